"""The record of who did what: one list of both logs, and exports that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles import record
from articles.models import MoveLog
from articles.record import Wanted
from newsroom import audit
from newsroom.accounts.models import Person
from newsroom.audit.models import AuditRow
from newsroom.wording import harmless
from tests.factories.accounts import person
from tests.factories.articles import AT, story

RECORD, EXPORT = reverse("articles-desk:record"), reverse("articles-desk:record-export")


def moved(by: Person, at: datetime, *, move: str = "spike", reason: str = "") -> MoveLog:
    told = story(owner=by)
    return MoveLog.objects.create(story=told, move=move, person=by, at=at, reason=reason)


def exported(by: Person, **asked: Any) -> str:
    async def take() -> bytes:
        client = AsyncClient()
        await client.aforce_login(by)
        answer = await client.post(EXPORT, asked)
        assert answer.status_code == 200
        assert "attachment" in answer["Content-Disposition"]
        return b"".join([part async for part in answer.streaming_content])

    return async_to_sync(take)().decode()


def test_both_logs_are_one_list(alice: Person, bob: Person) -> None:
    moved(alice, AT)
    audit.note(bob, "source.added", "source:7")
    moved(bob, timezone.now() + timedelta(minutes=1), move="withdraw", reason="It is wrong.")
    found = record.deeds(Wanted())
    assert [(deed.person, deed.said) for deed in found] == [
        (bob.name, "withdrew this"),
        (bob.name, "added a source"),
        (alice.name, "spiked this"),
    ]
    assert found[0].facts == {"reason": "It is wrong."}
    assert [deed.said for deed in record.deeds(Wanted(about="source."))] == ["added a source"]
    assert [deed.person for deed in record.deeds(Wanted(person_id=alice.pk))] == [alice.name]
    assert record.deeds(Wanted(subject="source:7")) == [found[1]]
    assert record.deeds(Wanted(since=AT + timedelta(hours=1))) == found[:2]
    assert record.deeds(Wanted(before=AT + timedelta(hours=1))) == found[2:]


def test_pages_and_chunks_miss_nothing_and_repeat_nothing(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where many deeds bear one moment, in both logs."""
    for number in range(7):
        moved(alice, AT + timedelta(seconds=number // 3))
        audit.note(alice, "source.added", f"source:{number}")
    everything = record.deeds(Wanted())
    assert len(everything) == 14
    in_chunks, last = [], None
    while found := record.deeds(Wanted(), after=last, most=2):
        in_chunks += found
        last = found[-1]
    assert in_chunks == everything


def test_exports_hold_everything_and_are_recorded(alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(record.deeds.__kwdefaults__, "most", 2)  # several chunks
    reasons = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "Plain, with “quotes” and\na line"]
    for number, reason in enumerate(reasons):
        moved(alice, AT + timedelta(minutes=number), reason=reason)
    lines = [json.loads(line) for line in exported(bob, format="jsonl").splitlines()]
    assert [one["facts"]["reason"] for one in lines if "reason" in one["facts"]] == reasons[::-1], "as it was typed"
    table = exported(bob, format="csv", person=str(alice.pk), about="story.")
    assert table.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(table.removeprefix("\ufeff"))))
    assert rows[0] == list(record.NAMES)
    assert len(rows) == 1 + len(reasons)
    assert AuditRow.objects.filter(action="record.exported", person_id=bob.pk).count() == 2
    assert AuditRow.objects.filter(action="record.exported").latest("pk").facts == {
        "format": "csv",
        "asked": {"person": str(alice.pk), "about": "story."},
    }


def test_no_cell_begins_a_formula(alice: Person) -> None:
    hostile = [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n@x",
        "  =1",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "|calc",
        "%x",
    ]
    assert [harmless(cell)[0] for cell in hostile] == ["'"] * len(hostile)
    assert [harmless(cell) for cell in ("words", "1-2", None, 12, "a=b")] == ["words", "1-2", "", "12", "a=b"]
    mallory = person("reporter", name="=HYPERLINK(1)")
    audit.note(mallory, "source.added", "=cmd|x")
    [deed] = record.deeds(Wanted(person_id=mallory.pk))
    [row] = csv.reader(io.StringIO(record.as_table([deed])))
    assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert row[2] == "'=HYPERLINK(1)"


def test_the_page_keeps_what_was_typed_and_says_what_is_wrong(client: Client, bob: Person, alice: Person) -> None:
    gone = moved(alice, AT, reason="<b>Why</b>")
    client.force_login(bob)
    html = client.get(RECORD).content.decode()
    assert "spiked this" in html
    assert "&lt;b&gt;Why" in html
    assert reverse("articles-desk:history", args=[gone.story_id]) in html
    answer = client.get(RECORD, {"since": "yesterday", "subject": "story:1"})
    assert answer.status_code == 422
    assert "Give a day, for example" in answer.content.decode()
    assert 'value="yesterday"' in answer.content.decode()
    assert 'value="story:1"' in answer.content.decode()
    assert client.post(EXPORT, {"since": "yesterday"}).status_code == 422
    day = {"since": "2025-09-11", "until": "2025-09-11"}
    assert "spiked this" in client.get(RECORD, day).content.decode(), "both days are included"
    assert "spiked this" not in client.get(RECORD, {"until": "2025-09-10"}).content.decode()


def test_queries_do_not_grow(client: Client, bob: Person, alice: Person) -> None:
    client.force_login(bob)

    def queries() -> int:
        client.get(RECORD)
        with CaptureQueriesContext(connection) as ran:
            client.get(RECORD)
        return len([query for query in ran if "publication_publication" not in query["sql"]])

    moved(alice, AT)
    one = queries()
    for number in range(20):
        moved(alice, AT + timedelta(seconds=number))
        audit.note(alice, "product.added", f"product:{number}")
    assert queries() == one


def test_things_are_called_by_their_names(bob: Person) -> None:
    assert [record.thing(subject) for subject in ("story:12", "asset:3", "live_pen:4", "record")] == [
        "Story 12",
        "Picture 3",
        "Live pen 4",
        "Record",
    ]
    for typed in ("story:12", "Story 12", " story #12 ", "STORY 12"):
        assert record.subject_of(typed) == "story:12", typed
    assert record.subject_of("picture 3") == "asset:3"
    assert record.subject_of("nothing in particular") == "nothing in particular"
    client = Client()
    client.force_login(bob)
    audit.note(bob, "source.added", "source:7")
    audit.note(bob, "source.added", "source:8")
    audit.note(
        None, "story.seen-removed", "story:9", pages={f"moment {n}": "0" * 64 for n in range(200)}, given_from="x"
    )
    long = client.get(RECORD, {"subject": "story 9"}).content.decode()
    assert "200, named in the export" in long
    assert "given from" in long
    assert "0" * 64 not in long
    html = client.get(RECORD, {"subject": "Source 7"}).content.decode()
    assert "Source 7" in html
    assert "Source 8" not in html


def test_every_deed_is_told_in_words() -> None:
    """A deed without words of its own is shown by its name in the code, which says nothing to who reads the record."""
    root = Path(__file__).resolve().parents[2]
    written = "\n".join(
        path.read_text()
        for app in ("newsroom", "articles", "newsletters", "media_assets")
        for path in (root / app).rglob("*.py")
    )
    actions = set(re.findall(r'\bnote\(\s*[\w.]+,\s*"([a-z_]+\.[a-z_-]+)"', written))
    assert len(actions) > 40
    wordless = [
        action for action in sorted(actions) if "(" in record.Deed(AT, "audit", 1, None, "", action, "", {}).said
    ]
    assert not wordless
