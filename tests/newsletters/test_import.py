"""Imports: only with evidence, refused line by line, whole after a kill, and nobody comes back who was erased."""

from __future__ import annotations

import csv
import io
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from newsletters import audience, chain, consent, erasing, importing, tasks
from newsletters.models import ConsentReceipt, Import, ImportLine, Newsletter, Subscriber, Suppression
from newsroom.audit.models import AuditRow
from tests.factories import newsletters as made
from tests.factories.accounts import person
from tests.newsletters.sending import at_once, now

HEAD = "address,purpose,wording,when,where,how"
ADDRESS = "/desk/newsletters/consent/imports/"


@pytest.fixture
def erin(client: Client) -> Client:
    client.force_login(person("marketing"))
    return client


def line(newsletter: Newsletter, whose: str, **changes: str) -> str:
    cells = {
        "address": whose, "purpose": newsletter.purpose.slug, "wording": "1", "when": "2025-03-04 09:30",
        "where": "Flower show, stand 12", "how": "double opt-in",
    } | changes  # fmt: skip
    written = io.StringIO()
    csv.writer(written).writerow(cells.values())
    return written.getvalue().strip()


def begin(*lines: str, head: str = HEAD) -> Import:
    return importing.begin("\n".join([head, *lines]).encode(), name="people.csv", person=person("marketing"), at=now())


def refused(of: Import) -> dict[int, str]:
    return dict(importing.refused(of).values_list("number", "why"))


@pytest.mark.django_db
def test_a_line_with_its_evidence_is_a_receipt_and_a_place_on_the_list() -> None:
    newsletter = made.newsletter()
    text = newsletter.purpose.wordings.get().text
    file = begin(line(newsletter, "Ann@example.org", wording=text), line(newsletter, "bob@example.org"))
    assert audience.size(newsletter, at=now()) == 0
    assert not importing.take_in(file.pk, at=now())
    assert importing.counts(file) == {"waiting": 0, "taken": 2, "refused": 0}
    assert audience.size(newsletter, at=now() + timedelta(seconds=1)) == 2
    receipt = ConsentReceipt.objects.order_by("seq")[0]
    assert receipt.subscriber.address == "Ann@example.org"
    assert (receipt.page_path, receipt.how) == ("Flower show, stand 12", "double opt-in")
    assert receipt.form == f"import:{file.pk}:2"
    assert receipt.at.isoformat() == "2025-03-04T09:30:00+00:00"
    assert receipt.address_hash
    assert chain.walk().whole
    assert not ImportLine.objects.exclude(cells={}).exists(), "the receipt is the evidence now"
    assert AuditRow.objects.filter(action="newsletters.import").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"address": "no address"}, "an @ and a domain"),
        ({"purpose": "nothing"}, "no purpose nothing"),
        ({"wording": "7"}, "No wording of this purpose"),
        ({"wording": "Send me whatever"}, "No wording of this purpose"),
        ({"wording": ""}, "The column wording is empty"),
        ({"where": " "}, "The column where is empty"),
        ({"how": ""}, "The column how is empty"),
        ({"how": "bought the list"}, "does not show that the address is theirs"),
        ({"when": "last summer"}, "is no date"),
        ({"when": "2025-13-40"}, "is no date"),
        ({"when": "2999-01-01"}, "lies ahead"),
        ({"when": "0001-01-01T00:00:00+23:59"}, "could have agreed"),
        ({"where": "x" * 501}, "too long"),
    ],
)
def test_a_line_without_evidence_is_refused_with_the_reason(changes: dict[str, str], says: str) -> None:
    newsletter = made.newsletter()
    file = begin(line(newsletter, "ann@example.org", **changes), line(newsletter, "bob@example.org"))
    importing.take_in(file.pk, at=now())
    found = refused(file)
    assert says in found.get(2, "")
    assert 3 not in found, "the others are taken"
    assert list(Subscriber.objects.filter(normalised="ann@example.org")) == []


@pytest.mark.django_db
def test_who_was_erased_withdrew_or_agreed_already_is_refused() -> None:
    newsletter = made.newsletter()
    erased = made.subscriber(newsletter, address="erased@example.org")
    erasing.erase(erased.pk, why=Suppression.Why.ERASED, how="x", at=now())
    left = made.subscriber(newsletter, address="left@example.org")
    consent.withdraw(left, newsletter.purpose, at=now(), page_path="", form="letter:1", how="one-click")
    made.subscriber(newsletter, address="there@example.org")
    names = ("erased", "left", "there", "twice", "twice")
    file = begin(*(line(newsletter, f"{name}@example.org") for name in names))
    importing.take_in(file.pk, at=now())
    found = refused(file)
    assert "Kept out since" in found[2]
    assert "They withdrew on" in found[3]
    assert "agreed to this already" in found[4]
    assert "The file says the same" in found[6]
    assert sorted(found) == [2, 3, 4, 6]
    assert not Subscriber.objects.filter(normalised="erased@example.org").exists()
    assert not ImportLine.objects.filter(cells__icontains="erased@").exists(), "not kept here either"
    assert not consent.standing(left)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "wording, when, where, how are missing"),
        (b"address,purpose\na@b.example,x", "wording, when, where, how are missing"),
        (HEAD.encode(), "no line below"),
        (HEAD.encode() + b"\n\n , \n", "no line below"),
        (b"\xff\xfea\x00", "not in UTF-8"),
        (b"PK\x03\x04\x00\x00", "no text"),
        (HEAD.encode() + b'\n"' + b"x" * 200_000 + b'"', "cannot be read as CSV"),
        (HEAD.encode() + b"\nx" * 20_001, "20,000 is the most"),
        (b"x" * 5_000_001, "5 MB is the most"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_whole(content: bytes, says: str) -> None:
    with pytest.raises(importing.Refused, match=says):
        importing.begin(content, name="x.csv", person=person("marketing"), at=now())
    assert not Import.objects.exists()


@pytest.mark.django_db
def test_a_spreadsheets_own_ways_are_understood() -> None:
    newsletter = made.newsletter()
    head = "\ufeff" + HEAD.replace(",", ";").upper()
    file = begin(line(newsletter, "ann@example.org").replace(",", ";"), head=head)
    importing.take_in(file.pk, at=now())
    assert refused(file) == {}


@pytest.mark.django_db
def test_from_the_desk_with_the_refused_lines_as_a_harmless_file(erin: Client) -> None:
    newsletter = made.newsletter()
    content = "\n".join([HEAD, line(newsletter, "=cmd|calc@example.org"), line(newsletter, "ann@example.org")])
    answer = erin.post(ADDRESS, {"file": SimpleUploadedFile("people.csv", content.encode())})
    file = Import.objects.get()
    assert answer["Location"] == f"{ADDRESS}{file.pk}/"
    waiting = erin.get(f"{ADDRESS}{file.pk}/progress/")
    assert 'value="0"' in waiting.content.decode()
    assert "HX-Refresh" not in waiting
    tasks.take_in(file.pk)
    newsletter_line = line(newsletter, "x@example.org", purpose="=SUM(A1)")
    other = begin(newsletter_line)
    tasks.take_in(other.pk)
    assert erin.get(f"{ADDRESS}{file.pk}/progress/")["HX-Refresh"] == "true"
    table = erin.get(f"{ADDRESS}{other.pk}/refused.csv").content.decode("utf-8-sig")
    row = next(csv.DictReader(io.StringIO(table)))
    assert row["purpose"] == "'=SUM(A1)"
    assert row["why"].startswith("There is no purpose")
    assert erin.post(ADDRESS, {}).status_code == 422
    assert erin.post(ADDRESS, {"file": SimpleUploadedFile("x.csv", b"x")}).status_code == 422


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_take_each_line_once() -> None:
    newsletter = made.newsletter()
    file = begin(*(line(newsletter, f"reader{number}@example.org") for number in range(350)))
    threads = [at_once(lambda: importing.take_in(file.pk, at=now())) for _ in range(2)]
    for thread in threads:
        thread.join()
    importing.take_in(file.pk, at=now())
    assert importing.counts(file)["taken"] == 350
    assert ConsentReceipt.objects.count() == 350
    assert chain.walk().whole


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_loses_no_line_and_takes_none_twice(tmp_path: Any) -> None:
    """A process of its own, on this test's database, ended with -9 while it takes lines in; then another goes on."""
    newsletter = made.newsletter()
    file = begin(*(line(newsletter, f"reader{number}@example.org") for number in range(2000)))
    parts = urlsplit(os.environ["DATABASE_URL"])
    database = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
    code = (
        "import django; django.setup(); from django.utils import timezone; from newsletters import importing;"
        f"importing.take_in({file.pk}, at=timezone.now(), seconds=600)"
    )
    with (tmp_path / "worker.log").open("wb") as log:
        worker = subprocess.Popen(
            [sys.executable, "-c", code],
            env={
                **os.environ, "DATABASE_URL": database, "REDIS_URL": settings.REDIS_URL,
                "NEWSROOM_HOME": str(settings.HOME), "DJANGO_SETTINGS_MODULE": "newsroom.settings",
                "ADDRESS_KEYS": ",".join(settings.ADDRESS_KEYS),
            },
            cwd=settings.BASE_DIR, stdout=log, stderr=log,
        )  # fmt: skip
    until = time.monotonic() + 120
    while not 100 <= importing.counts(file)["taken"] < 2000:
        assert time.monotonic() < until, (tmp_path / "worker.log").read_text()
        time.sleep(0.02)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    done = importing.counts(file)["taken"]
    assert 100 <= done < 2000
    assert ConsentReceipt.objects.count() == done, "a chunk and its receipts stand or fall together"
    assert importing.unfinished() == [file.pk], "the sweep finds it again"
    importing.take_in(file.pk, at=now(), seconds=600)
    assert importing.counts(file) == {"waiting": 0, "taken": 2000, "refused": 0}
    assert ConsentReceipt.objects.count() == Subscriber.objects.count() == 2000
    assert chain.walk().whole
