"""The record of who did what: every move on a story and every deed of the audit log, as one list, the newest first."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from articles.moves import BY_NAME
from newsroom.wording import harmless

CHUNK = 1000
NAMES = ("at", "person_id", "person", "action", "subject", "facts")
# What an action begins with, and what that is called.
ABOUT = (
    ("", "everything"),
    ("story.", "stories"),
    ("front.", "front pages"),
    ("source.", "sources"),
    ("quotation.", "quotations"),
    ("product.", "products"),
    ("offer.", "offers"),
    ("merchant.", "merchants"),
    ("media_assets.", "pictures"),
    ("newsletters.", "newsletters"),
    ("accounts.", "people"),
    ("record.", "this record"),
)
_SAID = {
    "story.particulars": "changed what stands around the text",
    "story.moved": "gave a story that readers know another address",
    "story.restored": "restored an earlier state",
    "story.note-deleted": "deleted a note of their own",
    "story.note-put-back": "put back a note that they had deleted",
    "story.seen-removed": "let pages that readers saw go, their time being over",
    "story.review-closed": "read afterwards what had gone out unread",
    "story.live-pen-given": "gave the live pen of a story",
    "story.live-pen-taken": "took a live pen back",
    "front.arranged": "ordered the first places of a page",
    "newsletters.erase": "erased a reader",
    "newsletters.import": "brought readers in from a file",
    "newsletters.retention": "set how long addresses are kept",
    "newsletters.evidence": "looked at what can be proved of an address",
    "newsletters.write-again": "let letters go out again to an address that sent them back",
    "check.waived": "waived a check",
    "source.added": "added a source",
    "source.changed": "changed a source",
    "quotation.retracted": "marked a quotation as retracted",
    "quotation.stands": "let a retracted quotation stand after all",
    "quotation.state": "checked or marked a quotation",
    "quotation.waived": "let quotation marks stand without a source",
    "quotation.unwaived": "took back that quotation marks need no source",
    "product.added": "added a product",
    "product.changed": "changed a product",
    "merchant.added": "added a merchant",
    "merchant.changed": "changed a merchant",
    "merchant.terms-changed": "changed what a merchant pays",
    "offer.added": "added an offer",
    "offer.changed": "changed an offer",
    "offer.ended": "ended an offer",
    "offer.begun-again": "began an offer again",
    "offer.held-taken": "took a price that waited",
    "media_assets.add_right": "added a right",
    "media_assets.end_right": "ended a right",
    "media_assets.change": "changed what is said of a picture",
    "media_assets.alike": "decided whether two pictures are the same",
    "media_assets.categorise": "said what kind of picture it is",
    "media_assets.collection": "began a collection of pictures",
    "media_assets.collection_rename": "renamed a collection of pictures",
    "media_assets.collection_remove": "removed a collection of pictures",
    "media_assets.taken_back": "had a picture taken back by its agency",
    "media_assets.focus": "set the focal point of a picture",
    "media_assets.original": "took the original of a picture",
    "media_assets.withdraw": "withdrew a picture",
    "media_assets.reinstate": "brought a picture back",
    "newsletters.send": "sent an issue",
    "newsletters.hold": "held a mailing",
    "newsletters.go-on": "let a mailing go on",
    "newsletters.cancel": "cancelled a mailing",
    "newsletters.resolve-arrived": "counted an uncertain letter as sent",
    "newsletters.resolve-again": "had an uncertain letter sent again",
    "undelivered.try-again": "had failed work tried again",
    "undelivered.try-all-again": "had all failed work tried again",
    "undelivered.give-up": "gave up failed work",
    "undelivered.send-again": "sent an uncertain letter again",
    "undelivered.arrived": "said that an uncertain letter arrived",
    "accounts.change-roles": "changed roles",
    "accounts.come-back": "let somebody back in",
    "accounts.invite": "invited",
    "accounts.invite-again": "invited again",
    "accounts.leave": "ended somebody’s time here",
    "accounts.rename": "renamed",
    "accounts.sign-out-everywhere": "signed somebody out everywhere",
    "accounts.accept": "took up the invitation",
    "accounts.change": "changed the password",
    "accounts.reset": "set a new password by mail",
    "record.exported": "exported this record",
}


@dataclass(frozen=True)
class Wanted:
    """Which deeds. about: the beginning of their action. since, before: aware. person_id, subject ("story:12"): exact."""

    about: str = ""
    person_id: int | None = None
    subject: str = ""
    since: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True)
class Deed:
    """One row. number: within its log. facts: what the log keeps besides; of a move its reason and revision."""

    at: datetime
    log: str
    number: int
    person_id: int | None
    person: str
    action: str
    subject: str
    facts: dict[str, Any]

    @property
    def thing(self) -> str:
        """What it was done to, as people say it: "Story 12"."""
        return thing(self.subject)

    @property
    def besides(self) -> dict[str, Any]:
        """The facts as a row has room for them: of long lists the number, the whole stands in the export."""
        return {name.replace("_", " "): _in_words(value) for name, value in self.facts.items()}

    @property
    def said(self) -> str:
        """What was done, in words."""
        move = BY_NAME.get(self.action.removeprefix("story."))
        if self.log == "move":
            return move.done if move else self.action.removeprefix("story.")
        app, _, verb = self.action.partition(".")
        return _SAID.get(self.action) or f"{verb.replace('_', ' ').replace('-', ' ')} ({app.replace('_', ' ')})"


_ROWS = """
    SELECT at, log, number, person_id, person, action, subject, facts FROM (
        SELECT at, 'audit' AS log, id AS number, person_id, person_name AS person, action, subject, facts
        FROM audit_auditrow
        UNION ALL
        SELECT m.at, 'move', m.id, m.person_id, p.name, 'story.' || m.move, 'story:' || m.story_id,
            jsonb_strip_nulls(jsonb_build_object('reason', nullif(m.reason, ''), 'revision', m.revision_id))
        FROM articles_movelog m JOIN accounts_person p ON p.id = m.person_id
    ) AS deeds
"""


def deeds(wanted: Wanted, *, after: Deed | None = None, most: int = CHUNK) -> list[Deed]:
    """The newest ``most`` deeds, or those that follow ``after``; one query."""
    conditions = ["true"]
    params: list[Any] = []
    if wanted.about:
        conditions.append("starts_with(action, %s)")
        params.append(wanted.about)
    for column, value, how in (
        ("person_id", wanted.person_id, "="),
        ("subject", wanted.subject or None, "="),
        ("at", wanted.since, ">="),
        ("at", wanted.before, "<"),
    ):
        if value is not None:
            conditions.append(f"{column} {how} %s")
            params.append(value)
    if after is not None:
        conditions.append("at <= %s AND (at, log, number) < (%s, %s, %s)")
        params += [after.at, after.at, after.log, after.number]
    sql = f"{_ROWS} WHERE {' AND '.join(conditions)} ORDER BY at DESC, log DESC, number DESC LIMIT %s"
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, most])
        return [
            Deed(at, log, number, person_id, person, action, subject, _facts(facts))
            for at, log, number, person_id, person, action, subject, facts in cursor.fetchall()
        ]


def _in_words(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{len(value)}, named in the export" if isinstance(value, dict | list) and len(value) > 3 else value


def thing(subject: str) -> str:
    """ "story:12" as people read it: "Story 12"."""
    kind, _, number = subject.partition(":")
    kind = {"asset": "picture"}.get(kind, kind.replace("_", " ").replace("-", " "))
    return f"{kind[:1].upper()}{kind[1:]} {number}".strip()


def subject_of(text: str) -> str:
    """What somebody typed for a thing, as the logs name it: "Story 12", "story:12" and "picture 3" alike."""
    typed = re.fullmatch(r"\s*([A-Za-z][A-Za-z _-]*?)\s*[:#]?\s*(\d+)\s*", text)
    if typed is None:
        return text
    kind = typed[1].lower().replace(" ", "_")
    return f"{'asset' if kind == 'picture' else kind}:{typed[2]}"


def _facts(stored: Any) -> dict[str, Any]:
    facts = json.loads(stored) if isinstance(stored, str) else stored
    return facts if isinstance(facts, dict) else {"": facts}


def as_lines(found: Sequence[Deed]) -> str:
    """JSON, one deed a line."""
    return "".join(
        f"{json.dumps(dict(zip(NAMES, _values(deed), strict=True)), ensure_ascii=False)}\n" for deed in found
    )


def as_table(found: Sequence[Deed], *, head: bool = False) -> str:
    """CSV (RFC 4180). No cell begins as a formula would: a spreadsheet must not run what somebody typed as a reason."""
    written = io.StringIO()
    rows = csv.writer(written, quoting=csv.QUOTE_ALL)
    if head:
        rows.writerow(NAMES)
    for deed in found:
        *values, facts = _values(deed)
        rows.writerow([harmless(cell) for cell in [*values, json.dumps(facts, ensure_ascii=False)]])
    return written.getvalue()


def _values(deed: Deed) -> tuple[Any, ...]:
    return deed.at.isoformat(), deed.person_id, deed.person, deed.action, deed.subject, deed.facts
