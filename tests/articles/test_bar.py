"""Where products may not be plugged."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from articles import barring, checks, particulars, workflow
from articles.models import Draft, Story
from articles.particulars import Particulars
from articles.refusals import MoveRefused, Refused
from newsroom.accounts.models import Person
from tests.factories import articles as make
from tests.factories.accounts import person


def plugging(**facts: Any) -> Story:
    placed = make.product_placement()
    body = f'<p>Words.</p><div data-block="product" data-id="{placed.pk}"></div>'
    return make.story(body=body, **facts)


def stops(story: Story, at: datetime) -> list[str]:
    head = story.draft.head  # type: ignore[attr-defined]
    found = checks.run(head, story=story, at=at)
    return [check.message for check in found if check.level == "stop" and "barred" in check.message]


@pytest.mark.django_db
def test_a_section_bars_products_and_nobody_passes(alice: Person, bob: Person, now: datetime) -> None:
    barred = make.section("Obituaries", products_barred=True)
    story = plugging(section=barred, owner=alice, standing=Draft.Standing.IN_REVIEW)
    draft = story.draft  # type: ignore[attr-defined]
    assert stops(story, now) == [
        "“Wool riding coat” cannot stand here. Products are barred in Obituaries. Only an administrator can change that."
    ]
    with pytest.raises(MoveRefused) as refused:
        workflow.approve(draft=draft, person=bob, expected_version=1, at=now)
    assert "barred" in str(refused.value.problems)
    approved = plugging(section=barred, owner=alice, standing=Draft.Standing.APPROVED, approver=bob)
    with pytest.raises(MoveRefused):
        workflow.publish(draft=approved.draft, person=bob, expected_version=1, at=now)  # type: ignore[attr-defined]
    barred_ones = [check for check in checks.run(draft.head, story=story, at=now) if check.name == "no_plugs"]
    assert [check.waived_by for check in barred_ones] == [""]
    assert not stops(plugging(), now)


@pytest.mark.django_db
def test_links_to_shops_are_plugs_too(now: datetime) -> None:
    make.merchant()
    body = '<p><a href="https://shop.example/coat?a=1&amp;b=2">Coat</a> <a href="/go/3/">way</a> <a href="https://x.example/">no</a></p>'
    story = make.story(section=make.section("Obituaries", products_barred=True), body=body)
    said = stops(story, now)
    assert len(said) == 2
    assert "https://shop.example/coat?a=1&b=2" in said[0]
    assert not stops(make.story(body=body), now)


@pytest.mark.django_db
def test_an_editor_bars_one_story_and_lifts_it(alice: Person, bob: Person, now: datetime) -> None:
    story = plugging(owner=alice)
    facts = {"section_id": story.section_id, "byline_ids": [alice.pk]}
    with pytest.raises(Refused) as refused:
        particulars.change(story.pk, person=alice, expected_version=1, facts=Particulars(**facts, products_barred=True))
    assert list(refused.value.messages) == ["products_barred"]
    barred = particulars.change(
        story.pk, person=bob, expected_version=1, facts=Particulars(**facts, products_barred=True)
    )
    assert barring.why(barred).startswith("An editor barred products")
    kept = particulars.change(story.pk, person=alice, expected_version=2, facts=Particulars(**facts))
    assert kept.products_barred
    with pytest.raises(Refused):
        particulars.change(
            story.pk, person=alice, expected_version=3, facts=Particulars(**facts, products_barred=False)
        )
    lifted = particulars.change(
        story.pk, person=bob, expected_version=3, facts=Particulars(**facts, products_barred=False)
    )
    assert barring.why(lifted) == ""


@pytest.mark.django_db
def test_the_picker_says_so_and_places_nothing(client: Client) -> None:
    barred, free = plugging(section=make.section("Obituaries", products_barred=True)), plugging()
    offer = make.product("Straw hat").offer  # type: ignore[attr-defined]
    client.force_login(person("reporter"))
    looked = client.get("/desk/blocks/search/", {"kind": "product", "q": "", "story": barred.pk}).json()
    assert looked == {"results": [], "empty": barring.why(barred)}
    sent = {"kind": "product", "choice": offer.pk, "blurb": "Warm."}
    refused = client.post("/desk/blocks/place/", sent | {"story": barred.pk})
    assert (refused.status_code, refused.json()) == (422, {"errors": {"": barring.why(barred)}})
    assert client.get("/desk/blocks/search/", {"kind": "product", "story": free.pk}).json()["results"]
    assert client.post("/desk/blocks/place/", sent | {"story": free.pk}).status_code == 200
    assert client.get("/desk/blocks/search/", {"kind": "quote", "story": barred.pk}).status_code == 200


@pytest.mark.django_db
def test_only_an_editors_story_tab_has_the_box(client: Client) -> None:
    story = plugging()
    for role, there in (("reporter", False), ("editor", True)):
        client.force_login(person(role))
        page = client.get(f"/desk/stories/{story.pk}/").content.decode()
        assert ('name="products_barred"' in page) is there, role


@pytest.mark.django_db
def test_the_products_tab_lists_the_saved_texts_blocks(client: Client, now: datetime) -> None:
    coat, hat = (
        make.product_placement(),
        make.product_placement(make.product("Straw hat", in_stock=False, link_state="gone")),
    )
    body = "".join(f'<div data-block="product" data-id="{placed.pk}"></div>' for placed in (hat, coat))
    story = make.story(body=f"<p>Words.</p>{body}")
    from articles.models import Click

    for day in (1, 2):
        Click.objects.create(placement=hat, story=story, day=now.date().replace(day=day), count=4)
    client.force_login(person("reporter"))
    page = client.get(f"/desk/stories/{story.pk}/").content.decode()
    tab = page[page.index('id="rail-products"') : page.index('id="rail-checks"')]
    assert tab.index("Straw hat") < tab.index("Wool riding coat")
    for words in ("£240.00 at Example Shop", "Out of stock", "Gone", "8 clicks", "0 clicks", "hidden"):
        assert words in tab, words
