"""The page as readers saw it: kept when it is given, never drawn again, and taken along as one file."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles import due, seen, seen_files, workflow
from articles.events import PAGE_SEEN
from articles.models import Draft, MoveLog, Offer, Revision, Schedule, SeenPage, Sighting, Story
from articles.reader import looking
from media_assets import storage
from newsroom import outbox
from newsroom.accounts.models import Person
from newsroom.outbox.models import Event
from tests.factories import articles as make
from tests.factories import media_assets as pictures
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db


def given(client: Client, told: Story, *, at: datetime | None = None) -> bytes:
    """Read the story; the sighting that this made is moved to ``at``."""
    before = set(Sighting.objects.values_list("pk", flat=True))
    html = client.get(told.path).content
    if at is not None:
        made = Sighting.objects.exclude(pk__in=before)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("UPDATE articles_sighting SET at = %s WHERE id = ANY(%s)", [at, [one.pk for one in made]])
            cursor.execute("SET LOCAL session_replication_role = origin")
    return html


def test_the_very_bytes_are_kept_once(client: Client) -> None:
    told = make.published_story(headline="Gates open")
    html = client.get(told.path).content
    assert client.get(told.path).content == html
    sighting = Sighting.objects.get()
    assert sighting.page.html == html
    assert sighting.page.digest == hashlib.sha256(html).hexdigest()
    assert Event.objects.filter(kind=PAGE_SEEN.name).count() == 1


def test_a_price_that_changed_is_another_page_and_the_old_one_stays(client: Client, alice: Person) -> None:
    now = timezone.now()
    placed = make.product_placement(make.product(price=Decimal("54.00"), checked_at=now))
    told = make.published_story(body=f'<p>Buy.</p><div data-block="product" data-id="{placed.pk}"></div>')
    first = given(client, told, at=now - timedelta(hours=2))
    Offer.objects.filter(pk=placed.offer_id).update(price=Decimal("39.00"))
    second = given(client, told, at=now - timedelta(hours=1))
    Offer.objects.filter(pk=placed.offer_id).update(price=Decimal("54.00"))
    given(client, told)
    assert b"54.00" in first
    assert b"39.00" in second
    assert b"affiliate links" in first, "the disclosure stands on it"
    assert SeenPage.objects.count() == 2, "the same page again is the same row"
    assert Sighting.objects.count() == 3

    def shown(hours: float) -> list[bytes]:
        return [span.sighting.page.html for span in seen.at_minute(told, now - timedelta(hours=hours))]

    assert shown(1.5) == [first]
    assert shown(0.5) == [second]
    assert shown(0) == [first, second], "both were given in this minute"
    assert shown(3) == []


def test_what_was_withdrawn_was_not_seen_after_it(client: Client, bob: Person) -> None:
    now = timezone.now()
    told = make.published_story(headline="Gates open")
    given(client, told, at=now - timedelta(hours=3))
    workflow.withdraw(
        story=told, person=bob, expected_version=told.version, at=now - timedelta(hours=2), reason="Wrong."
    )
    spans = seen.at_minute(told, now - timedelta(hours=1))
    assert spans == []
    [span] = seen.at_minute(told, now - timedelta(hours=2, minutes=30))
    assert span.gone
    assert span.until == now - timedelta(hours=2)
    given(client, told)  # the notice
    assert [span.sighting.page.status for span in seen.spans(told)] == [410, 200]


@pytest.mark.parametrize("move", ["withdraw", "withdraw-scheduled", "embargo"])
def test_the_same_page_after_a_time_away_was_seen_again(client: Client, bob: Person, move: str) -> None:
    """A scheduled withdrawal, a withdrawal, an embargo: nobody looked meanwhile, and the page comes back as it was."""
    now = timezone.now()
    told = make.published_story()
    given(client, told, at=now - timedelta(hours=3))
    MoveLog.objects.create(story=told, move=move, person=bob, at=now - timedelta(hours=2))
    assert seen.at_minute(told, now - timedelta(hours=1)) == []
    given(client, told, at=now - timedelta(minutes=30))
    assert [span.gone for span in seen.spans(told)] == [False, True]
    assert len(seen.at_minute(told, now)) == 1
    given(client, told)
    assert Sighting.objects.count() == 2, "given on as it was, it is no new row"


@pytest.mark.django_db(transaction=True)
def test_what_comes_back_is_looked_at_even_without_readers(client: Client, alice: Person, bob: Person) -> None:
    told = make.published_story(owner=alice)
    looking.look(told.pk)
    workflow.withdraw(story=told, person=bob, expected_version=told.version, at=timezone.now(), reason="Wrong.")
    told.refresh_from_db()
    workflow.take(
        "reinstate",
        subject=told,
        person=bob,
        expected_version=told.version,
        at=timezone.now(),
        reason="Right after all.",
    )
    outbox.relay()
    assert Sighting.objects.filter(story=told).count() == 2
    [span] = seen.at_minute(told, timezone.now().replace(second=0, microsecond=0))[:1]
    assert span.until is None


def test_nothing_but_given_pages_is_kept(client: Client, alice: Person) -> None:
    """Neither a preview, nor a page under embargo, nor a colleague's look at the history."""
    told = make.published_story()
    Story.objects.filter(pk=told.pk).update(embargo_until=timezone.now() + timedelta(days=1))
    assert client.get(told.path).status_code == 404
    looking.look(told.pk)
    client.force_login(alice)
    client.get(reverse("articles-desk:preview", args=[told.pk]))
    assert not Sighting.objects.exists()
    Story.objects.filter(pk=told.pk).update(embargo_until=None)
    looking.look(told.pk)
    assert Sighting.objects.get().page.html == Client().get(told.path).content, "drawn as for a reader"


@pytest.mark.django_db(transaction=True)
def test_each_publication_is_looked_at_even_without_readers(alice: Person, bob: Person) -> None:
    told = make.story(owner=alice, standing="approved", approver=bob)
    draft: Draft = told.draft  # type: ignore[attr-defined]
    workflow.publish(draft=draft, person=bob, expected_version=draft.version, at=timezone.now())
    outbox.relay()
    outbox.relay()  # what the first round recorded
    page = Sighting.objects.get(story=told).page
    assert draft.head is not None
    assert draft.head.headline.encode() in page.html
    assert page.gathered_at is not None


def test_the_database_refuses_to_change_what_was_seen(client: Client) -> None:
    client.get(make.published_story().path)
    page = SeenPage.objects.get()
    seen_files.gather(page.pk, at=timezone.now())
    for change in (
        lambda: Sighting.objects.update(at=timezone.now()),
        lambda: Sighting.objects.all().delete(),
        lambda: SeenPage.objects.update(packed=b"x"),
        lambda: SeenPage.objects.update(files={}),
        lambda: SeenPage.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_its_pictures_stay_when_they_are_gone_from_the_site(client: Client, alice: Person) -> None:
    lead = pictures.image_placement(pictures.asset(), alternative_text="Iron gates")
    told = make.published_story(lead_image=lead, headline="Gates open", slug="gates-open")
    html = client.get(told.path).content.decode()
    page = SeenPage.objects.get()
    seen_files.gather(page.pk, at=timezone.now())
    page.refresh_from_db()
    source = re.search(r'<img src="(/media/[^"]+)"', html)
    assert source is not None
    address = source[1]
    assert address in page.files
    assert any(name.endswith(".css") for name in page.files)
    from django.conf import settings

    shown = settings.MEDIA_ROOT / address.removeprefix("/media/")
    picture = shown.read_bytes()
    shown.unlink()
    client.force_login(alice)
    sighting = Sighting.objects.get()
    frame = client.get(reverse("articles-desk:seen-page", args=[told.pk, sighting.pk]))
    text = frame.content.decode()
    assert "data:image/" in text
    assert "<script" not in text
    assert "srcset" not in text
    assert 'src="/' not in text
    policy = frame["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "script-src 'none'" in policy
    answer = client.get(reverse("articles-desk:seen-download", args=[told.pk, sighting.pk]))
    assert "gates-open-" in answer["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.read("page.html").decode() == html
        listed = dict(re.findall(r"^([0-9a-f]{64})  (\S+)$", packed.read("what-this-is.txt").decode(), re.M))
        assert listed[page.digest] == "page.html"
        for digest, name in listed.items():
            assert hashlib.sha256(packed.read(name)).hexdigest() == digest
        assert picture in [packed.read(name) for name in listed.values()]


def test_the_page_at_the_desk(client: Client, alice: Person) -> None:
    told, other = make.published_story(headline="Gates open"), make.published_story()
    client.get(told.path)
    client.get(other.path)
    url = reverse("articles-desk:seen", args=[told.pk])
    foreign = Sighting.objects.get(story=other).pk
    client.force_login(alice)
    html = client.get(url).content.decode()
    assert Sighting.objects.get(story=told).page.digest in html
    assert "Readers saw no page of it then" in client.get(url, {"at": "2001-01-01T10:00"}).content.decode()
    for typed in ("x", "2025-13-01T10:00", "0001-01-01T00:00", "9999-12-31T23:59"):
        answer = client.get(url, {"at": typed})
        assert answer.status_code == 422, typed
        assert "Give a day and a time" in answer.content.decode()
    tomorrow = f"{timezone.now() + timedelta(days=1):%Y-%m-%dT%H:%M}"
    for typed, says in ((tomorrow, "still to come"), ("2025-03-30T01:30", "the clocks go forward")):
        answer = client.get(url, {"at": typed})
        assert answer.status_code == 422
        assert says in answer.content.decode()
        assert f'value="{typed}"' in answer.content.decode(), "what was typed is still there"
    for name in ("seen-page", "seen-download"):
        assert client.get(reverse(f"articles-desk:{name}", args=[told.pk, foreign])).status_code == 404
    client.force_login(person("marketing"))
    assert client.get(url).status_code == 403


@pytest.mark.usefixtures("watched_templates")
def test_a_minute_that_the_clocks_pass_twice(client: Client, alice: Person) -> None:
    """On 26 October 2025 it is half past one in London at 00:30 and at 01:30 UTC."""
    told = make.published_story()
    first, second = (datetime(2025, 10, 26, hour, 30, 10, tzinfo=UTC) for hour in (0, 1))
    seen.note(told.pk, b"<p>first</p>", at=first, known=None)
    seen.note(told.pk, b"<p>between</p>", at=first + timedelta(minutes=5), known=None)
    seen.note(told.pk, b"<p>second</p>", at=second, known=None)
    client.force_login(alice)
    url = reverse("articles-desk:seen", args=[told.pk])

    def shown(at: str) -> list[bytes]:
        found = client.get(url, {"at": at}).context["found"]
        return [span.sighting.page.html for span in found]

    assert shown("2025-10-26T01:30") == [b"<p>first</p>", b"<p>second</p>", b"<p>between</p>"]
    assert shown("2025-10-26T01:30+00:00") == [b"<p>second</p>", b"<p>between</p>"]
    assert shown("2025-10-26T01:30+01:00") == [b"<p>first</p>"]
    link = client.get(url, {"at": "2025-10-26T01:30:10+00:00"}).content.decode()
    assert 'value="2025-10-26T01:30"' in link, "the field shows the minute of a link"


def test_queries_do_not_grow(client: Client, alice: Person) -> None:
    told = make.published_story()
    draft: Draft = told.draft  # type: ignore[attr-defined]

    def more(n: int) -> None:
        Story.objects.filter(pk=told.pk).update(
            published_revision=make.revision(draft, author=alice, headline=f"State {n}")
        )
        Client().get(told.path)
        MoveLog.objects.create(story=told, move="withdraw", person=alice, at=timezone.now())

    def queries() -> int:
        url = reverse("articles-desk:seen", args=[told.pk])
        client.get(url)
        with CaptureQueriesContext(connection) as ran:
            client.get(url)
        return len([query for query in ran if "publication_publication" not in query["sql"]])

    client.force_login(alice)
    more(1)
    one = queries()
    for n in range(2, 12):
        more(n)
    assert Revision.objects.filter(headline="State 11").exists()
    assert queries() == one


@pytest.mark.django_db(transaction=True)
def test_a_planned_end_ends_it_and_coming_back_begins_it_anew(client: Client, bob: Person) -> None:
    """Also without a reader in between: the same bytes given again are given again."""
    for leave, back in (("withdraw", "reinstate"), ("embargo", "lift-embargo"), ("planned", "reinstate")):
        told = make.published_story()
        client.get(told.path)
        if leave == "planned":
            at = timezone.now()
            Schedule.objects.create(story=told, move="withdraw", due_at=at, next_at=at, person=bob, made_at=at)
            assert due.sweep() == 1
        else:
            until = {"until": (timezone.now() + timedelta(days=1)).isoformat()} if leave == "embargo" else {}
            workflow.take(
                leave, subject=told, person=bob, expected_version=1, at=timezone.now(), reason="Wait.", **until
            )
        [span] = seen.spans(told)
        assert (span.gone, span.until is not None) == (True, True), leave
        workflow.take(back, subject=told, person=bob, expected_version=2, at=timezone.now(), reason="It stands.")
        client.get(told.path)
        client.get(told.path)
        spans = seen.spans(told)
        assert [one.until is None for one in spans] == [True, False], back
        assert SeenPage.objects.filter(sightings__story=told).distinct().count() == 1


def test_only_what_lies_in_the_public_folder_is_gathered(settings: LazySettings) -> None:
    root = settings.MEDIA_ROOT
    root.mkdir(parents=True, exist_ok=True)
    (root.parent / "secret.txt").write_text("a key")
    (root / "seen.txt").write_text("seen")
    assert seen_files._read("/media/seen.txt") == b"seen"
    for way in ("../secret.txt", "%2e%2e/secret.txt", "x/../../secret.txt", f"/{root.parent}/secret.txt"):
        assert seen_files._read(f"/media/{way}") is None, way


def test_no_style_sheet_ends_the_element_that_it_is_put_in(client: Client, settings: LazySettings) -> None:
    client.get(make.published_story().path)
    page = SeenPage.objects.get()
    seen_files.gather(page.pk, at=timezone.now())
    page.refresh_from_db()
    address = next(name for name in page.files if name.endswith(".css"))
    sheet = storage.seen(page.files[address])
    before = sheet.read_bytes()
    storage.write(sheet, b'a::after { content: "</style><script>alert(1)</script>" }')
    try:
        html, _ = seen_files.viewable(page)
    finally:  # other tests' pages name the same file: it is kept by what it holds
        storage.write(sheet, before)
    assert html.count("</style>") == 1
    assert "<\\/script>" in html
