"""What a text must stand up to before it is approved and published."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from articles import checks, ledger, workflow
from articles.models import Draft, Revision
from newsroom.accounts.models import Person
from tests.factories import media_assets, newsletters
from tests.factories.articles import (
    BODY,
    product,
    product_placement,
    quotation,
    quote_placement,
    related_placement,
    story,
)


def block(kind: str, placed: Any) -> str:
    return f'<p>One.</p><div data-block="{kind}" data-id="{placed.pk}"></div>'


def found(now: datetime, **facts: Any) -> dict[str, str]:
    """where -> level of what the checks say of a story with these facts."""
    made = story(**facts)
    head: Revision = made.draft.head  # type: ignore[attr-defined]
    return {check.where: check.level for check in checks.run(head, story=made, at=now)}


@pytest.mark.django_db
def test_a_whole_story_passes(now: datetime) -> None:
    assert found(now, standfirst="What happened.", lead_image=media_assets.image_placement()) == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "where", "level"),
    [
        ({"headline": ""}, "headline", "stop"),
        ({"headline": ""}, "slug", "stop"),
        ({"headline": "x " * 60}, "headline", "warn"),
        ({"body": ""}, "body", "stop"),
        ({}, "standfirst", "warn"),
        ({}, "lead_image", "warn"),
        ({"search_title": "x" * 61}, "search_title", "warn"),
        ({"search_description": "x" * 161}, "search_description", "warn"),
        ({"body": "<p>One.</p><p>She said “no”.</p>"}, "body:1", "stop"),
        ({"headline": "She said “no”"}, "headline", "stop"),
        ({"standfirst": "She said “no”"}, "standfirst", "stop"),
        ({"body": '<p>One.</p><div data-block="image" data-id="99999"></div>'}, "image:99999", "stop"),
        ({"body": '<p>One.</p><div data-block="nonsense" data-id="1"></div>'}, "nonsense:1", "stop"),
    ],
)
def test_each_check(now: datetime, facts: dict[str, Any], where: str, level: str) -> None:
    assert found(now, **facts).get(where) == level


@pytest.mark.django_db
def test_a_picture_whose_rights_ended_stops_it(now: datetime) -> None:
    """Promise 13: asked again when approved and published, not only when picked."""
    ended = media_assets.asset(made=False, ends_at=media_assets.AT + timedelta(minutes=30))
    placed = media_assets.image_placement(ended)
    block = f'<p>One.</p><div data-block="image" data-id="{placed.pk}"></div>'
    assert found(now, lead_image=placed)["lead_image"] == "stop"
    assert found(now, body=block)[f"image:{placed.pk}"] == "stop"


IMAGE = {"caption": "The gate.", "alternative_text": "A gate"}


@pytest.mark.django_db
@pytest.mark.parametrize("lead", [True, False])
@pytest.mark.parametrize("field", ["caption", "alternative_text"])
def test_marks_beside_a_picture_are_quotations_too(now: datetime, field: str, lead: bool) -> None:
    """Promise 11: alternative text is read aloud, and is published as a caption is."""
    placed = media_assets.image_placement(**{**IMAGE, field: "“Never again”, he said"})
    facts: dict[str, Any] = {"lead_image": placed} if lead else {"body": block("image", placed)}
    assert found(now, **facts)["lead_image" if lead else f"image:{placed.pk}"] == "stop"
    assert "stop" not in found(now, lead_image=media_assets.image_placement(**IMAGE)).values()


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["title", "maker", "blurb", "alternative_text"])
def test_marks_in_the_words_of_a_product_are_quotations_too(now: datetime, field: str) -> None:
    facts: dict[str, Any] = {"picture": media_assets.asset(made=False), "checked_at": now}
    if field == "alternative_text":
        facts["picture"] = media_assets.asset(made=False, alternative_text="A mug that says “keep calm”")
    else:
        facts[field] = "The “Palace” coat"
    placed = product_placement(product(**facts))
    assert found(now, body=block("product", placed))[f"product:{placed.pk}"] == "stop"


@pytest.mark.django_db
def test_marks_in_the_words_of_other_blocks_are_quotations_too(now: datetime) -> None:
    link = related_placement(line="“Never again”, he said")
    box = newsletters.box(newsletters.newsletter(), line="“Never again”, he said")
    where = found(now, body=block("related", link) + block("newsletter", box))
    assert (where[f"related:{link.pk}"], where[f"newsletter:{box.pk}"]) == ("stop", "stop")


def test_the_shops_own_marks_in_a_name_are_waived(alice: Person, bob: Person, now: datetime) -> None:
    placed = product_placement(product("Mug “Keep calm”", checked_at=now))
    made = story(owner=alice, body=block("product", placed))
    head: Revision = made.draft.head  # type: ignore[attr-defined]
    (stop,) = [check for check in checks.run(head, story=made, at=now) if check.level == "stop"]
    assert (stop.message, stop.waived_by) == (
        "“Keep calm”, in the name of the product, is not tied to a source.",
        "editor",
    )
    assert made.draft.open_quotations == 1  # type: ignore[attr-defined]
    ledger.waive(story_id=made.pk, words="Keep calm", reason="Printed on the mug", person=bob, at=now)
    assert not [check for check in checks.run(head, story=made, at=now) if check.level == "stop"]
    made.draft.refresh_from_db()  # type: ignore[attr-defined]
    assert made.draft.open_quotations == 0  # type: ignore[attr-defined]


def test_a_caption_says_what_the_text_ties(alice: Person, now: datetime) -> None:
    """Tied in the running text, or set apart in a block: both are ties of this story."""
    said = quotation("Never again, and I mean it")
    placed = media_assets.image_placement(caption="“Never again”, he said")
    tied = f'<p>He said <q data-quotation="{said.pk}">“Never again, and I mean it”</q>.</p>'
    for text in (tied, block("quote", quote_placement(said))):
        assert "stop" not in found(now, owner=alice, body=text + block("image", placed)).values()
    type(said).objects.filter(pk=said.pk).update(state="retracted")
    where = found(now, owner=alice, body=block("quote", quote_placement(said)) + block("image", placed))
    assert where[f"image:{placed.pk}"] == "stop"


def test_a_stop_holds_back_approving_and_publishing_but_not_submitting(
    alice: Person, bob: Person, now: datetime
) -> None:
    made = story(owner=alice, body="<p>She said “no”.</p>")
    draft: Draft = made.draft  # type: ignore[attr-defined]
    workflow.submit(draft=draft, person=alice, expected_version=draft.version, at=now)
    draft.refresh_from_db()
    with pytest.raises(workflow.Refused):
        workflow.approve(draft=draft, person=bob, expected_version=draft.version, at=now)
    waived = story(owner=alice, body="<p>She said “no”.</p>", standing="approved", approver=bob)
    with pytest.raises(workflow.Refused, match="“no” is not tied to a source"):
        workflow.publish(draft=waived.draft, person=bob, expected_version=1, at=now)  # type: ignore[attr-defined]


def test_what_was_retracted_after_the_approval_is_not_published(alice: Person, bob: Person, now: datetime) -> None:
    said = quotation("No")
    body = f'<p>She said <q data-quotation="{said.pk}">“no”</q>.</p>'
    made = story(owner=alice, body=body, standing="approved", approver=bob)
    type(said).objects.filter(pk=said.pk).update(state="retracted")
    with pytest.raises(workflow.Refused, match="retracted"):
        workflow.publish(draft=made.draft, person=bob, expected_version=1, at=now)  # type: ignore[attr-defined]


def test_the_cost_does_not_grow_with_the_text(django_assert_max_num_queries: Any, alice: Person, now: datetime) -> None:
    counts = []
    for many in (1, 20):
        made = story(
            owner=alice,
            body=BODY
            + "".join(
                f'<p><q data-quotation="{quotation("Words").pk}">“Words”</q></p>'
                f'<div data-block="image" data-id="{media_assets.image_placement(media_assets.asset(made=False)).pk}"></div>'
                f'<div data-block="product" data-id="{product_placement(product()).pk}"></div>'
                for _ in range(many)
            ),
        )
        with django_assert_max_num_queries(12) as ran:
            checks.run(made.draft.head, story=made, at=now)  # type: ignore[attr-defined]
        counts.append(len(ran))
    assert counts[0] == counts[1]
