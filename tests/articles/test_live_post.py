"""A live post: at once with readers, in its place, into every draft, and read afterwards (promises 3 and 5)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles import drafts, ledger, pens, posting, reviews, workflow
from articles.models import Clash, Draft, LivePost, MoveLog, Review, Revision, Schedule, Story, Update
from articles.refusals import MoveRefused, Refused
from newsroom import outbox
from newsroom.accounts.models import Person
from newsroom.blocks import paragraphs
from newsroom.notices.models import Notice
from newsroom.outbox.models import Event
from tests.articles.test_races import both_at_once, won
from tests.asserts import page
from tests.browser import axe_problems, keep_picture, look_over, until
from tests.factories.accounts import person
from tests.factories.articles import AT, published_story, quotation, quote_placement, scheduled_story
from tests.factories.live import live_pen

pytestmark = pytest.mark.django_db
Save = Callable[..., Any]
BODY = "<p>The gates opened at nine.</p>\n<p>It rained.</p>"
FIRST = "<p><strong>10.00 BST, 11 September:</strong> The King is here.</p>"


@pytest.fixture
def seen(alice: Person) -> Story:
    return published_story(owner=alice, body=BODY, live=True, at=AT)


def post(story: Story, by: Person, words: str, at: datetime, **facts: Any) -> LivePost:
    made = posting.post(story_id=story.pk, person=by, words=words, at=at, **facts)
    story.refresh_from_db()
    return made


def body(story: Story) -> str:
    story.refresh_from_db()
    assert story.published_revision is not None
    return story.published_revision.body


@pytest.mark.django_db(transaction=True)
def test_it_stands_above_the_earlier_ones_and_moves_the_clock(seen: Story, bob: Person, now: datetime) -> None:
    before = seen.published_revision
    first = post(seen, bob, "The King is here.", now)
    assert body(seen) == f"{FIRST}\n{BODY}"
    second = post(seen, bob, "Tea & <cake>\r\n\r\nare served.", now + timedelta(minutes=5))
    dated = "<p><strong>10.05 BST, 11 September:</strong> Tea &amp; &lt;cake&gt;</p>\n<p>are served.</p>"
    assert body(seen) == f"{dated}\n{FIRST}\n{BODY}"
    revision = seen.published_revision
    assert revision is not None
    assert revision.paragraph_keys[:3] == [*second.paragraphs, *first.paragraphs]
    assert revision.paragraph_keys[3:] == before.paragraph_keys  # type: ignore[union-attr]
    assert len(revision.paragraph_keys) == len(paragraphs.split(revision.body))
    assert (revision.sealed, revision.author, seen.approved_by) == (True, bob, bob)
    assert seen.visible_updated_at == now + timedelta(minutes=5)
    assert [(one.kind, one.line) for one in Update.objects.all()] == [
        ("update", "Tea & <cake> are served."),
        ("update", "The King is here."),
    ]
    log = MoveLog.objects.filter(move="live-post").latest("pk")
    assert (log.person, log.revision, log.reason) == (bob, revision, "Tea & <cake>\nare served.")
    assert Event.objects.filter(kind="story.updated").count() == 2
    reviews_of = [(one.kind, one.person, one.log_id) for one in Review.objects.order_by("pk")]
    assert reviews_of == [("live_post", bob, one.log_id) for one in LivePost.objects.order_by("pk")], (
        "nobody else read it"
    )
    with pytest.raises(Refused):
        reviews.close(Review.objects.latest("pk").pk, person=bob, at=now)
    outbox.relay()
    assert not Notice.objects.exists(), "two hundred posts are not two hundred notices"


def test_an_editor_may_have_moved_what_was_posted(
    seen: Story, alice: Person, bob: Person, now: datetime, save: Save
) -> None:
    """Below an introduction, say: the next post goes where the newest one stands now."""
    post(seen, bob, "The King is here.", now)
    draft = drafts.open_again(seen, bob, at=now)
    save(draft, bob, body=f"<p>Follow the visit here.</p>\n{FIRST}\n{BODY}")
    workflow.take(
        "emergency-publish", subject=draft, person=bob, expected_version=draft.version, at=now,
        reason="Now", kind="minor",
    )  # fmt: skip
    post(seen, bob, "He left.", now)
    assert body(seen).startswith("<p>Follow the visit here.</p>\n<p><strong>10.00 BST, 11 September:</strong> He left.")


def test_readers_see_it_once_with_its_time(seen: Story, bob: Person, client: Client) -> None:
    post(seen, bob, "The King is here.", timezone.now())
    root = page(client.get(seen.path))
    assert root.text.count("The King is here.") == 1, "not again among the updates"
    assert "Updated" in root.one("div", "byline").text


def test_the_pen_of_a_reporter_leaves_an_open_review(seen: Story, bob: Person, carol: Person, now: datetime) -> None:
    pen = live_pen(seen, by=bob, at=now - timedelta(hours=1))
    before = seen.published_revision
    made = post(seen, pen.person, "The King is here.", now)
    assert (made.pen, seen.approved_by) == (pen, bob), "whoever gave the pen stands behind it"
    review = Review.objects.get()
    assert (review.kind, review.person, review.before, review.revision, review.log) == (
        "live_post", pen.person, before, seen.published_revision, made.log,
    )  # fmt: skip
    with pytest.raises(Refused):
        reviews.close(review.pk, person=pen.person, at=now)
    assert reviews.close(review.pk, person=carol, at=now).closed_by == carol


def test_who_may_not_and_when_nobody_may(seen: Story, alice: Person, bob: Person, now: datetime) -> None:
    legal = person("legal")
    pen = live_pen(seen, person=alice, by=bob, at=now, until=now + timedelta(hours=1))
    hour = timedelta(hours=1)
    hold = {"held_at": now, "held_by": legal, "held_reason": "A letter came."}
    cases: list[tuple[Person, dict[str, Any], datetime, str]] = [
        (person("reporter", name="Dele"), {}, now, "hold the live pen"),
        (alice, {}, now + hour, "hold the live pen"),
        (person("marketing"), {}, now, "do not write"),
        (legal, {}, now, "do not write"),
        (bob, {"live": False}, now, "not live"),
        (bob, {"live_until": now}, now, "not live"),
        (bob, hold, now, "legal hold"),
        (alice, hold, now, "legal hold"),
        (bob, {"embargo_until": now + hour}, now, "embargo"),
        (bob, {"readers": "withdrawn"}, now, "do not see"),
    ]
    for by, facts, at, said in cases:
        as_it_was = Story.objects.filter(pk=seen.pk).values(*facts)[0] if facts else {}
        Story.objects.filter(pk=seen.pk).update(**facts)
        with pytest.raises(MoveRefused) as refused:
            post(seen, by, "The King is here.", at)
        assert said in refused.value.messages[""], (by, facts)
        Story.objects.filter(pk=seen.pk).update(**as_it_was)
    pens.take_back(pen, person=bob, at=now)
    with pytest.raises(MoveRefused):
        post(seen, alice, "The King is here.", now)
    for words in ("", " \n\t", "\u200b", "\ufeff\n\u2060", "x" * (posting.LONGEST + 1)):
        with pytest.raises(MoveRefused) as refused:
            post(seen, bob, words, now)
        assert list(refused.value.messages) == ["words"]
    assert not LivePost.objects.exists()


def test_no_quotation_goes_out_without_a_source(bob: Person, now: datetime) -> None:
    """Promise 11 is as hard here: tied by the text, in the ledger word for word, or waived; nothing else."""
    tied, known = quotation("We shall open the garden to everyone"), quotation("It is a joy to be here")
    gone = quotation("I was never there", state="retracted")
    block = f'<div data-block="quote" data-id="{quote_placement(tied).pk}"></div>'
    story = published_story(body=f"<p>Words.</p>{block}", live=True)
    for words in ("He said “never again”.", "He said 'never again' twice.", f"She said “{gone.words}”.", "“a joy”"):
        with pytest.raises(MoveRefused) as refused:
            post(story, bob, f"The King is here.\n{words}", now)
        assert list(refused.value.messages) == ["words"], words
        assert "not tied to a source" in refused.value.messages["words"]
    post(story, bob, "He said “open the garden” & “It is a joy to be here”.", now)
    assert (
        f'He said <q data-quotation="{tied.pk}">“open the garden”</q> &amp; '
        f'<q data-quotation="{known.pk}">“It is a joy to be here”</q>.'
    ) in body(story)
    ledger.waive(story_id=story.pk, words="The Crown", reason="A title", person=bob, at=now)
    post(story, bob, "They watched “The Crown”.", now)
    assert "They watched “The Crown”." in body(story)


def test_what_stops_a_publication_stops_a_post(seen: Story, bob: Person, now: datetime) -> None:
    with_gone = published_story(body='<p>Words.</p>\n<div data-block="image" data-id="999999"></div>', live=True)
    with pytest.raises(MoveRefused) as refused:
        post(with_gone, bob, "The King is here.", now)
    assert "no longer exists" in refused.value.messages[""]


def test_a_form_sent_twice_posts_once(seen: Story, bob: Person, carol: Person, now: datetime) -> None:
    token = uuid.uuid4()
    first = post(seen, bob, "The King is here.", now, token=token)
    assert post(seen, bob, "The King is here.", now, token=token) == first
    assert LivePost.objects.count() == 1
    assert post(seen, carol, "The Queen too.", now, token=token) != first, "another's, lost to nobody"
    assert post(seen, bob, "The King is here. He waves.", now, token=token) != first, "the first answer never arrived"


def test_every_open_draft_takes_it_in_and_none_goes_out(
    seen: Story, alice: Person, bob: Person, carol: Person, now: datetime, save: Save
) -> None:
    rewrite = drafts.open_again(seen, alice, at=now)
    save(rewrite, alice, body=BODY.replace("rained", "hailed"))
    fix = drafts.open_again(seen, carol, at=now, kind="correction")
    save(fix, carol, body=BODY.replace("nine", "eight"))
    workflow.submit(draft=fix, person=carol, expected_version=fix.version, at=now)
    fix.refresh_from_db()
    workflow.approve(draft=fix, person=bob, expected_version=fix.version, at=now)
    post(seen, bob, "The King is here.", now)
    assert body(seen) == f"{FIRST}\n{BODY}", "nothing of the drafts went out"
    for draft in (rewrite, fix):
        draft.refresh_from_db()
    assert rewrite.head.body == f"{FIRST}\n{BODY.replace('rained', 'hailed')}"  # type: ignore[union-attr]
    assert rewrite.base_revision == seen.published_revision
    assert fix.head.body == BODY.replace("nine", "eight")  # type: ignore[union-attr]
    assert (fix.standing, fix.approved_revision, fix.approved_by) == ("approved", fix.head, bob)
    assert not Clash.objects.exists()


def test_a_scheduled_draft_is_not_published_by_it(alice: Person, bob: Person, now: datetime) -> None:
    planned = scheduled_story(owner=alice, body=BODY, live=True)
    draft: Draft = planned.draft  # type: ignore[attr-defined]
    base = Revision.objects.create(
        **Revision.objects.filter(pk=draft.head_id).values("headline", "body", "paragraph_keys", "digest")[0],
        draft=Draft.objects.create(
            story=planned, kind="correction", standing="closed", opened_by=alice, opened_at=AT, changed_at=AT, changed_by=alice
        ),
        number=1, author=alice, created_at=AT,
    )  # fmt: skip
    Story.objects.filter(pk=planned.pk).update(
        readers="published", published_revision=base, approved_by=bob, first_published_at=AT, visible_updated_at=AT
    )
    Draft.objects.filter(pk=draft.pk).update(base_revision=base)
    post(planned, bob, "The King is here.", now)
    draft.refresh_from_db()
    assert (draft.standing, draft.head.body) == ("scheduled", BODY)  # type: ignore[union-attr]
    assert body(planned) == f"{FIRST}\n{BODY}"
    assert Schedule.objects.get().state == "waiting"


def test_the_latest_words_are_what_the_desk_opens(
    seen: Story, alice: Person, bob: Person, carol: Person, now: datetime, save: Save, client: Client
) -> None:
    """A draft that was opened before a post and published after it is what readers see, not the post's."""
    draft = drafts.open_again(seen, alice, at=now)
    save(draft, alice, headline="A longer story")
    post(seen, bob, "The King is here.", now)
    draft.refresh_from_db()
    for name, by, answers in (("submit", alice, {}), ("approve", bob, {}), ("publish", carol, {"kind": "minor"})):
        workflow.take(name, subject=draft, person=by, expected_version=draft.version, at=now, **answers)
        draft.refresh_from_db()
    client.force_login(alice)
    html = client.get(reverse("articles-desk:write", args=[seen.pk])).content.decode()
    assert "A longer story" in html


def test_posts_are_only_added_to(seen: Story, bob: Person, now: datetime) -> None:
    made = LivePost.objects.filter(pk=post(seen, bob, "The King is here.", now).pk)
    for act in (lambda: made.update(words="No."), lambda: made._raw_delete("default")):  # type: ignore[attr-defined]
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_the_desk_keeps_what_was_refused(seen: Story, alice: Person, bob: Person, client: Client) -> None:
    client.force_login(bob)
    here = reverse("articles-desk:live-post", args=[seen.pk])
    refused = client.post(here, {"words": "He said “no”."})
    assert refused.status_code == 422
    root = page(refused)
    assert root.one("textarea", name="words").text == "He said “no”."
    assert "not tied to a source" in root.one("p", id=f"post-{seen.pk}-error").text
    answer = client.post(here, {"words": "He said “no”."}, headers={"Accept": "application/json"})
    assert (answer.status_code, list(answer.json()["messages"])) == (422, ["words"])
    answer = client.post(here, {"words": "He is here.", "token": "none"}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["said"]) == (201, "Posted. Readers see it now.")
    assert client.post(here, {"words": "He left.", "back": "board"}).headers["Location"] == "/desk/stories/"
    assert [one.words for one in LivePost.objects.all()] == ["He left.", "He is here."]
    client.force_login(alice)
    refused = client.post(here, {"words": "Mine too."})
    assert refused.status_code == 422
    assert "Mine too." in page(refused).one("p", "kept-words").text, "the words are not lost with the pen"


@pytest.mark.parametrize("many", [1, 20])
def test_the_page_costs_the_same(seen: Story, bob: Person, client: Client, many: int, now: datetime) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for number in range(many):
        pen = live_pen(seen, person=person("reporter", name=f"Reporter {number}"), by=bob, at=now)
        post(seen, pen.person, f"Post {number}.", now)
    client.force_login(bob)
    client.get("/desk/")
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse("articles-desk:live-post", args=[seen.pk]))
    assert len(captured) <= 14, [query["sql"][:120] for query in captured]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(2))
def test_two_at_once_both_arrive(now: datetime, turn: int) -> None:
    """Also with somebody who writes on in a draft at the same moment: nobody waits for ever, no word is lost."""
    alice, bob, carol = person("reporter"), person("editor"), person("editor", name="Carol Crane")
    story = published_story(owner=alice, body=BODY, live=True, at=AT)
    draft = drafts.open_again(story, alice, at=now)
    content = drafts.Content("Headline", body=BODY.replace("rained", "hailed"))
    results = both_at_once(
        lambda: posting.post(story_id=story.pk, person=bob, words="The King is here.", at=now),
        lambda: posting.post(story_id=story.pk, person=carol, words="The Queen too.", at=now),
        lambda: drafts.save(draft.pk, person=alice, expected_version=1, content=content, at=now),
    )
    assert len(won(results, LivePost)) == 2, results
    assert "The King is here." in body(story)
    assert "The Queen too." in body(story)
    assert won(results, Revision) or won(results, drafts.Stale), results
    draft.refresh_from_db()
    assert draft.base_revision == story.published_revision


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_one_field_one_key(surroundings: dict[str, str], site: Any) -> None:
    bob = person("editor")
    story = published_story(headline="A day at the harbour", body=BODY, live=True, at=timezone.now())
    pen = live_pen(story, by=bob)
    posting.post(story_id=story.pk, person=pen.person, words="The band plays.", at=timezone.now())
    window = site.page(bob)
    window.goto(reverse("articles-desk:live-post", args=[story.pk]))
    field = window.get_by_label("Live post")
    field.fill("He said “nobody heard this”.")
    field.press("Control+Enter")
    window.get_by_text("not tied to a source").wait_for()
    assert field.input_value() == "He said “nobody heard this”.", "nothing typed is lost"
    look_over(window, "live")
    field.fill("The King is here.")
    field.press("Control+Enter")
    window.locator("[data-posts]").get_by_text("The King is here.").wait_for()
    assert field.input_value() == ""
    until(lambda: LivePost.objects.count() == 2, "both are posted")
    window.get_by_label("Give it to").select_option(label=person("reporter").name)
    window.get_by_role("button", name="Give the live pen").click()
    window.get_by_text(f"{person('reporter').name} has the live pen").first.wait_for()
    window.goto(reverse("articles-desk:board"))
    keep_picture(window, "live-board")
    assert axe_problems(window) == []
    field = window.get_by_label("Live post: A day at the harbour")
    field.fill("He leaves by boat.")
    field.press("Control+Enter")
    window.get_by_text("Posted. Readers see it now.").wait_for()
    window.goto(reverse("articles-desk:history", args=[story.pk]))
    look_over(window, "live-history")
    reader = site.page()
    reader.goto(story.path)
    assert reader.get_by_text("He leaves by boat.").is_visible()
    assert reader.get_by_text("The King is here.").is_visible()
    assert not site.complaints
