"""Promise 12: who a confidential source is, is sealed, read only by those named, each reading logged, and leaves by no
exit."""

from __future__ import annotations

import base64
import logging
import secrets
import threading
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from playwright.sync_api import expect

from articles import drafts, identities, sources
from articles.models import Identity, IdentityEntry, IdentityReader, Source
from articles.refusals import Refused
from newsroom import sealing
from newsroom.accounts.models import Person
from newsroom.accounts.roles import Role
from newsroom.notices.models import Notice
from tests.browser import Site, look_over
from tests.factories import articles as make
from tests.factories.accounts import person

CANARY = "Quentin Zarovsky-Blythe"
pytestmark = pytest.mark.django_db


@pytest.fixture
def aide() -> Source:
    return make.source(kind="unnamed", description="a former aide")


@pytest.fixture
def alice() -> Person:
    return person("reporter")


@pytest.fixture
def bob() -> Person:
    return person("editor")


def keep(aide: Source, who: Person, now: datetime, secret: str = CANARY) -> None:
    identities.keep(aide.pk, person=who, secret=secret, at=now)


def refused(act: Any) -> str:
    with pytest.raises(Refused) as told:
        act()
    return str(told.value)


def acts() -> list[str]:
    return list(IdentityEntry.objects.order_by("pk").values_list("act", flat=True))


def test_who_keeps_it_reads_it_and_nobody_else(aide: Source, alice: Person, now: datetime) -> None:
    keep(aide, alice, now)
    assert identities.read(aide.pk, person=alice, reason="To call back", at=now) == CANARY
    for role in (Role.REPORTER, Role.EDITOR, Role.LEGAL):
        other = person(role)
        for act in (
            lambda who=other: identities.read(aide.pk, person=who, reason="To know", at=now),
            lambda who=other: identities.name_reader(aide.pk, person=who, whom=who, at=now),
            lambda who=other: identities.end_reader(aide.pk, person=who, whom_id=alice.pk, at=now),
            lambda who=other: identities.forget(aide.pk, person=who, at=now),
        ):
            assert "named here" in refused(act)
    assert "named here" in refused(lambda: keep(aide, person("reporter"), now, "Somebody else"))
    assert identities.read(aide.pk, person=alice, reason="To call back", at=now) == CANARY


def test_each_reading_is_written_down_for_good_and_the_others_are_told(
    aide: Source, alice: Person, bob: Person, now: datetime
) -> None:
    keep(aide, alice, now)
    identities.name_reader(aide.pk, person=alice, whom=bob, at=now)
    assert "why" in refused(lambda: identities.read(aide.pk, person=bob, reason="  ", at=now))
    assert identities.read(aide.pk, person=bob, reason="Legal asks", at=now) == CANARY
    assert acts() == ["kept", "named", "read"]
    entry = IdentityEntry.objects.get(act="read")
    assert (entry.person, entry.reason, entry.at) == (bob, "Legal asks", now)
    notice = Notice.objects.get(kind="articles.identity")
    assert (notice.person, notice.detail) == (alice, "Legal asks")
    assert bob.name in notice.title
    for change in (lambda: IdentityEntry.objects.all().delete(), lambda: IdentityEntry.objects.update(reason="x")):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_in_the_database_it_is_sealed(aide: Source, alice: Person, now: datetime) -> None:
    keep(aide, alice, now)
    identities.read(aide.pk, person=alice, reason="To call back", at=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        tables = [name for (name,) in cursor.fetchall()]
        for table in tables:
            cursor.execute(f'SELECT row::text FROM "{table}" AS row')
            for (row,) in cursor.fetchall():
                for form in (CANARY, CANARY.encode().hex(), base64.b64encode(CANARY.encode()).decode()[:20]):
                    assert form not in row, table
    lengths = {len(sealing.seal("source:1", name)) for name in ("Al", "Alexandrina Victoria of Hanover")}
    assert len(lengths) == 1, "its length says how long the name is"


def test_a_row_copied_onto_another_source_does_not_open_there(aide: Source, alice: Person, now: datetime) -> None:
    keep(aide, alice, now)
    other = make.source(kind="unnamed", description="a driver")
    keep(other, alice, now, "Another person")
    Identity.objects.filter(source=other).update(sealed=Identity.objects.get(source=aide).sealed)
    assert "something else" in refused(lambda: identities.read(other.pk, person=alice, reason="To call", at=now))


def test_a_new_key_in_front_and_no_key_at_all(aide: Source, alice: Person, now: datetime, settings: Any) -> None:
    keep(aide, alice, now)
    new = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    old = settings.IDENTITY_KEYS
    settings.IDENTITY_KEYS = [new, *old]
    assert identities.read(aide.pk, person=alice, reason="To call", at=now) == CANARY
    call_command("reseal", stdout=StringIO())
    settings.IDENTITY_KEYS = [new]
    assert identities.read(aide.pk, person=alice, reason="To call", at=now) == CANARY
    settings.IDENTITY_KEYS = old
    assert "keys" in refused(lambda: identities.read(aide.pk, person=alice, reason="To call", at=now))
    settings.IDENTITY_KEYS = []
    assert "IDENTITY_KEYS" in refused(lambda: identities.read(aide.pk, person=alice, reason="To call", at=now))
    assert "IDENTITY_KEYS" in refused(lambda: keep(aide, alice, now))


def test_somebody_can_always_read_it_until_it_is_forgotten(
    aide: Source, alice: Person, bob: Person, now: datetime
) -> None:
    keep(aide, alice, now)
    assert "else could read" in refused(lambda: identities.end_reader(aide.pk, person=alice, whom_id=alice.pk, at=now))
    identities.name_reader(aide.pk, person=alice, whom=bob, at=now)
    bob.is_active = False
    bob.save()
    assert "else could read" in refused(lambda: identities.end_reader(aide.pk, person=alice, whom_id=alice.pk, at=now))
    identities.end_reader(aide.pk, person=alice, whom_id=bob.pk, at=now)
    assert [one.person for one in IdentityReader.objects.all()] == [alice]
    client = Client()
    client.force_login(alice)
    client.post(reverse("articles-desk:identity-forget", args=[aide.pk]))
    assert Identity.objects.exists(), "it cannot be undone, so one press is not enough"
    client.post(reverse("articles-desk:identity-forget", args=[aide.pk]), {"sure": "yes"})
    assert not Identity.objects.exists()
    assert acts() == ["kept", "named", "ended", "forgotten"]
    keep(aide, person("reporter"), now)  # a new secret has new readers


def test_who_left_the_story_desk_reads_nothing(aide: Source, alice: Person, now: datetime) -> None:
    keep(aide, alice, now)
    alice.roles = [Role.PICTURE_EDITOR]
    alice.save()
    client = Client()
    client.force_login(alice)
    answer = client.post(reverse("articles-desk:identity-read", args=[aide.pk]), {"reason": "To know"})
    assert answer.status_code == 403
    assert "read" not in acts()
    assert "reporter, an editor or legal" in refused(
        lambda: identities.name_reader(aide.pk, person=alice, whom=person(Role.MARKETING), at=now)
    )


@pytest.mark.django_db(transaction=True)
def test_a_reading_is_no_part_of_something_that_may_be_undone(aide: Source, alice: Person, now: datetime) -> None:
    keep(aide, alice, now)
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        identities.read(aide.pk, person=alice, reason="To call", at=now)


def test_only_an_unnamed_person_has_one(aide: Source, alice: Person, now: datetime) -> None:
    assert "unnamed" in refused(lambda: keep(make.source("Ann Hale"), alice, now))
    keep(aide, alice, now)
    facts = sources.SourceFacts(kind="named", name="Ann Hale")
    assert "sealed" in refused(
        lambda: sources.change(aide.pk, person=alice, expected_version=aide.version, facts=facts, at=now)
    )


@pytest.mark.django_db(transaction=True)
def test_nobody_writes_it_down_while_the_source_gets_a_name(aide: Source, alice: Person, now: datetime) -> None:
    told: list[object] = []

    def keep_it() -> None:
        try:
            keep(aide, alice, now)
        except Exception as problem:
            told.append(problem)
        finally:
            connection.close()

    other = threading.Thread(target=keep_it)
    facts = sources.SourceFacts(kind="named", name="Ann Hale")
    with transaction.atomic():
        sources.change(aide.pk, person=alice, expected_version=aide.version, facts=facts, at=now)
        other.start()
        other.join(0.5)
    other.join(30)
    assert [type(one) for one in told] == [Refused], "it waited, and saw the name"
    assert not Identity.objects.exists()


def test_it_leaves_by_no_exit(
    aide: Source, alice: Person, bob: Person, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    """Every page that a GET can reach, for those who may read it and for those who read most, after it was read."""
    caplog.set_level(logging.DEBUG)
    client = Client()
    client.force_login(alice)
    where = [aide.pk]
    client.post(reverse("articles-desk:identity-keep", args=where), {"identity": CANARY})
    client.post(reverse("articles-desk:identity-reader", args=where), {"whom": bob.pk})
    shown = client.post(reverse("articles-desk:identity-read", args=where), {"reason": "To call back"})
    assert CANARY in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    story = make.published_story(body=f'<p>“<q data-quotation="{make.quotation(source=aide).pk}">It opens</q>”</p>')
    drafts.open_again(story, bob, at=now)
    seen = 0
    for who in (alice, bob, person(Role.LEGAL), person(Role.ADMINISTRATOR)):
        client.force_login(who)
        for name in _names():
            for arguments in ([], [aide.pk] if "source" in name or "identity" in name else [story.pk]):
                try:
                    url = reverse(name, args=arguments)
                except NoReverseMatch:
                    continue
                answer = client.get(f"{url}?q=Zarovsky")
                body = b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined]
                assert CANARY.encode() not in body, (who.roles, url)
                seen += answer.status_code == 200
    assert seen > 100
    assert CANARY not in caplog.text


def _names() -> list[str]:
    """Every named route, with its namespace."""
    found: list[str] = []

    def walk(resolver: Any, space: str) -> None:
        for pattern in resolver.url_patterns:
            if hasattr(pattern, "url_patterns"):
                walk(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
            elif pattern.name and pattern.name != "sign-out":
                found.append(space + pattern.name)

    walk(get_resolver(), "")
    return found


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_written_down_let_in_and_read(site: Site, alice: Person, bob: Person) -> None:
    aide = make.source(kind="unnamed", description="a former aide")
    page = site.page(alice)
    page.goto(reverse("articles-desk:source", args=[aide.pk]))
    page.get_by_role("link", name="Who it is: not written down").click()
    page.get_by_label("Who it is, and how to reach them").fill(CANARY)
    page.get_by_role("button", name="Seal it").click()
    expect(page.get_by_text("One person only")).to_be_visible()
    page.get_by_label("Let in").select_option(label=bob.name)
    page.get_by_role("button", name="Let in").click()
    expect(page.get_by_text(f"Let in by {alice.name}")).to_be_visible()
    page.get_by_label("Why you need to know").fill("To call back about the letter")
    page.get_by_role("button", name="Show me who it is").click()
    expect(page.get_by_text(CANARY)).to_be_visible()
    look_over(page, "identity-shown")
    page.get_by_role("link", name="Put it away").click()
    expect(page.get_by_text(CANARY)).to_have_count(0)
    look_over(page, "identity")
    assert not site.complaints
