"""A correction that readers were told of is not taken back unseen, and no place goes out that nobody has chosen for."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from articles import checks, clashes, restoring, together, waiving, workflow
from articles.models import Clash, Draft, Revision, Story
from newsroom.accounts.models import Person
from tests.articles.test_correct import opened, out
from tests.articles.test_together import THREE, Page
from tests.factories.accounts import person
from tests.factories.articles import published_story, story

pytestmark = pytest.mark.django_db
Save = Callable[..., Revision]


@pytest.fixture
def seen(alice: Person) -> Story:
    return published_story(owner=alice, body=THREE, headline="Harbour walk")


@pytest.fixture
def correct(seen: Story, carol: Person, bob: Person, now: datetime, save: Save) -> Callable[[str, str], None]:
    def correct(wrong: str, right: str, kind: str = "correction") -> None:
        seen.refresh_from_db()
        draft = opened(seen, carol, "correction", now)
        draft.refresh_from_db()
        assert draft.head is not None
        save(draft, carol, body=draft.head.body.replace(wrong, right))
        waive_all(draft, bob, now)
        out(draft, carol, bob, now, kind=kind)
        seen.refresh_from_db()

    return correct


def found(draft: Draft, now: datetime) -> list[checks.Check]:
    draft = Draft.objects.select_related("story", "head").get(pk=draft.pk)
    assert draft.head is not None
    ran = checks.run(draft.head, story=draft.story, at=now)
    return [one for one in ran if one.name in ("one_text", "taken_back") and one.level == "stop"]


def waive_all(draft: Draft, editor: Person, now: datetime) -> None:
    for one in found(draft, now):
        draft = Draft.objects.select_related("story", "head").get(pk=draft.pk)
        waiving.waive(draft, name=one.name, about=one.about, reason="It stands.", person=editor, at=now)


def test_a_rewrite_that_takes_a_correction_back_is_stopped(
    seen: Story, alice: Person, bob: Person, now: datetime, save: Save, correct: Callable[..., None]
) -> None:
    rewrite = opened(seen, alice, "main", now)
    save(rewrite, alice, body=THREE.replace("rain", "hail").replace("at nine", "at nine sharp"))
    correct("nine", "eight")
    two, one = found(rewrite, now)
    assert (two.where, one.where) == ("body:0", "body:0")
    assert "two texts wait for a choice" in two.message
    assert one.message.startswith(
        "Paragraph 1 says “nine” again, which a correction put right at 10:00 BST on 11 September 2025"
    )
    assert one.message.endswith("Readers were told: The gates opened at eight, not nine.")
    with pytest.raises(workflow.Refused) as refused:
        out(rewrite, alice, bob, now, kind="minor")
    assert {problem.name for problem in refused.value.problems} >= {"one_text", "taken_back"}
    # Chosen for the rewrite, readers would see the error again: that is said still.
    together.choose(Clash.objects.get(), "theirs", person=alice, at=now)
    assert [one.name for one in found(rewrite, now)] == ["taken_back"]
    # On the page of the move, in the draft's Checks tab, over the API; and an editor may let it through.
    desk = Client()
    desk.force_login(bob)
    said = "Paragraph 1 says “nine” again"
    for address in (f"/desk/stories/{seen.pk}/approve/", f"/desk/stories/{seen.pk}/", f"/desk/api/stories/{seen.pk}/"):
        shown = desk.get(address, {"draft": rewrite.pk}).content.decode()
        assert said in shown or json.dumps(said)[1:-1] in shown, address
    waive_all(rewrite, bob, now)
    rewrite.refresh_from_db()
    workflow.take("approve", subject=rewrite, person=bob, expected_version=rewrite.version, at=now)


def test_an_earlier_state_brings_no_error_back(
    seen: Story, alice: Person, bob: Person, now: datetime, save: Save, correct: Callable[..., None]
) -> None:
    rewrite = opened(seen, alice, "main", now)
    old = save(rewrite, alice, body=THREE.replace("rain", "hail"))
    correct("nine", "eight")
    rewrite = Draft.objects.select_related("story", "head").get(pk=rewrite.pk)
    assert found(rewrite, now) == []
    restoring.restore(rewrite, old, person=alice, expected_version=rewrite.version, at=now)
    assert [one.name for one in found(rewrite, now)] == ["taken_back"]
    with pytest.raises(workflow.Refused):
        out(rewrite, alice, bob, now, kind="minor")


@pytest.mark.parametrize(
    ("wrong", "right", "now_says", "again"),
    [
        ("nine", "eight", "The gates opened at eight, under a nine-foot flag.", ""),
        ("nine", "eight", "Doors and gates were opened early, at nine in the morning.", "nine"),
        ("the river", "the old river", "By noon the queue had reached the river, and stayed.", "the river"),
        ("the river", "the old river", "By noon the queue had reached the old river by the river road.", ""),
        ("Then the", "At five the", "Then the rain came, and stayed.", "then"),
        ("Then the rain came.", "", "Then the rain came.", "Then the rain came."),
        ("the queue", "a queue", "By noon the queue reached as far as the river.", "noon the"),
        ("the queue", "a queue", "By noon a queue reached the river and the pier.", ""),
    ],
)
def test_what_counts_as_taken_back(
    seen: Story, alice: Person, now: datetime, save: Save, correct: Callable[..., None],
    wrong: str, right: str, now_says: str, again: str,
) -> None:  # fmt: skip
    """Words that the correction took out, in whatever was made of their paragraph; not the same words elsewhere in it."""
    correct(f"<p>{wrong}</p>" if not right else wrong, right)
    rewrite = opened(seen, alice, "main", now)
    rewrite.refresh_from_db()
    assert rewrite.head is not None
    paragraphs = rewrite.head.body.split("\n")
    alike = next((n for n, one in enumerate(THREE.split("\n")) if wrong in one), 0)
    if right:
        paragraphs[alike] = f"<p>{now_says}</p>"
    else:
        paragraphs.append(f"<p>{now_says}</p>")
    save(rewrite, alice, body="\n".join(paragraphs))
    assert [one.message.split("“")[1].split("”")[0] for one in found(rewrite, now)] == ([again] if again else [])


def test_a_correction_of_a_correction_is_the_last_word(
    seen: Story, alice: Person, now: datetime, save: Save, correct: Callable[..., None]
) -> None:
    correct("nine", "eight")
    correct("eight", "nine")  # let through by an editor, and from then on what readers see
    rewrite = opened(seen, alice, "main", now)
    save(rewrite, alice, body=THREE.replace("at nine", "at nine sharp"))
    assert found(rewrite, now) == []
    save(rewrite, alice, body=THREE.replace("at nine", "at eight sharp"))
    assert [one.message.split("“")[1].split("”")[0] for one in found(rewrite, now)] == ["eight"]


def test_a_clash_stops_until_somebody_has_chosen(alice: Person, bob: Person, now: datetime) -> None:
    draft: Draft = story(owner=alice, body=THREE, headline="Harbour walk").draft  # type: ignore[attr-defined]
    hers, his = Page(draft, alice, "a"), Page(draft, bob, "b")
    hers.save(now, body=THREE.replace("nine", "ten"), social_title="Hers")
    his.save(now, body=THREE.replace("nine", "eight"), social_title="His")
    assert [one.where for one in found(draft, now)] == ["social_title", "body:0"]
    editor = Client()
    editor.force_login(person("editor", name="Eve Elm"))
    assert "Two texts" in editor.get("/desk/stories/").content.decode()
    for clash in clashes.waiting(draft):
        together.choose(clash, "yours", person=alice, at=now)
    assert found(draft, now) == []
    assert "Two texts" not in editor.get("/desk/stories/").content.decode()


def test_what_waits_behind_a_plan_does_not_stop_it(alice: Person, bob: Person, now: datetime) -> None:
    draft: Draft = story(owner=alice, body=THREE, headline="Harbour walk").draft  # type: ignore[attr-defined]
    hers, his = Page(draft, alice, "a"), Page(draft, bob, "b")
    hers.save(now, body=THREE.replace("nine", "ten"))
    his.save(now, body=THREE.replace("nine", "eight"))
    Draft.objects.filter(pk=draft.pk).update(standing="scheduled")
    assert found(draft, now) == []
    # Said all the same, where whoever reads the newer words reads the checks.
    desk = Client()
    desk.force_login(bob)
    for page in (f"/desk/stories/{draft.story_id}/", f"/desk/api/stories/{draft.story_id}/"):
        said = desk.get(page).content.decode()
        assert "Paragraph 1: two texts wait for a choice" in said
        assert "What is scheduled goes out as it was approved" in said
    Draft.objects.filter(pk=draft.pk).update(standing="in_review")
    assert [one.name for one in found(draft, now)] == ["one_text"]
