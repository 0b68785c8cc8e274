"""The desk's search over stories, sources and products: PostgreSQL's full text, the newest matches ranked.

What is asked is read as in a search box (websearch): "quoted words" stand together, -word is left out, "or" is either.
The last word may be a beginning. Accents may be left out on either side.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from articles import typed
from articles.access import may
from articles.marking import MARKED_WHOLE, QUOTES, READ, Part, excerpt, fold, parts
from articles.models import SearchEntry
from newsroom.accounts.models import Person

Kind = SearchEntry.Kind
RANKED = 500  # the newest matches; ranking all of a hundred thousand would take seconds and help nobody
LONGEST = 200


@dataclass(frozen=True)
class Found:
    """One thing. title, excerpt: with what was asked for marked."""

    thing: int
    touched_at: datetime
    title: Sequence[Part]
    excerpt: Sequence[Part]

    @property
    def name(self) -> str:
        return "".join(part.text for part in self.title)


@dataclass(frozen=True)
class Where:
    """Which stories. stands: "", "open", "published" or "withdrawn". None: any."""

    section_id: int | None = None
    owner_id: int | None = None
    stands: str = ""


@dataclass(frozen=True)
class Answer:
    """count: matches, RANKED at most; more: there are older ones that were not looked at."""

    rows: list[Found]
    count: int
    more: bool


def kinds_for(person: Person) -> list[SearchEntry.Kind]:
    """What this person may search. Who reads no drafts finds nothing, whatever readers see."""
    rights = may(person)
    kinds = [Kind.STORY] if rights.read else []
    kinds += [Kind.SOURCE] if rights.read_sources else []
    return kinds + ([Kind.PRODUCT] if rights.read else [])


def find(
    person: Person, kind: SearchEntry.Kind, q: str, *, where: Where | None = None, start: int = 0, most: int = 20
) -> Answer:
    """The best of the newest RANKED matches, from number ``start`` on; one query. Nothing for who may not see them.

    where: asked of stories alone.
    """
    asked = _asked(q)
    if asked is None or kind not in kinds_for(person):
        return Answer([], 0, False)
    newest, params = _newest(kind, asked, where or Where())
    sql = f"""
        WITH asked AS MATERIALIZED (SELECT {asked[0]} AS q), newest AS MATERIALIZED ({newest}),
        best AS (
            SELECT id, (SELECT count(*) FROM newest) AS count
            FROM (SELECT * FROM newest ORDER BY touched_at DESC, thing DESC LIMIT {RANKED}) AS looked_at, asked
            ORDER BY ts_rank('{{0.1, 0.2, 0.3, 1.0}}', vector, asked.q) DESC, touched_at DESC, thing DESC
            OFFSET %s LIMIT %s
        )
        SELECT thing, touched_at, count, title, left(words, {READ}),
            ts_headline('english', articles_fold(title), asked.q, %s),
            ts_headline('english', articles_fold(left(words, {READ})), asked.q, %s)
        FROM best JOIN articles_searchentry USING (id), asked
        ORDER BY ts_rank('{{0.1, 0.2, 0.3, 1.0}}', vector, asked.q) DESC, touched_at DESC, thing DESC
    """  # noqa: S608  no part of it was typed
    with connection.cursor() as cursor:
        cursor.execute(sql, [*asked[1], *params, start, most, MARKED_WHOLE, MARKED_WHOLE])
        rows = cursor.fetchall()
    found = [
        Found(thing, at, list(parts(title, marked)), excerpt(_behind(title, list(parts(words, shown)))))
        for thing, at, _, title, words, marked, shown in rows
    ]
    count = rows[0][2] if rows else 0
    return Answer(found, min(count, RANKED), count > RANKED)


def counts(person: Person, q: str, where: Where) -> dict[str, int]:
    """How many match of each kind that this person may search, each up to RANKED + 1; one query."""
    asked, kinds = _asked(q), kinds_for(person)
    if asked is None or not kinds:
        return dict.fromkeys(kinds, 0)
    parts: list[str] = []
    params: list[Any] = []
    for kind in kinds:
        newest, given = _newest(kind, asked, where)
        parts.append(f"(SELECT count(*) FROM ({newest}) AS counted)")  # noqa: S608  no part of it was typed
        params += given
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        return dict(zip(kinds, cursor.fetchone(), strict=True))


def _asked(q: str) -> tuple[str, list[str]] | None:
    """The question as a tsquery's SQL and its parameters; None where nothing is asked."""
    text = fold(typed.line(q)).translate(QUOTES)[:LONGEST]
    if not re.search(r"\w", text):
        return None
    whole = "(websearch_to_tsquery('english', %s) || websearch_to_tsquery('simple', %s))"
    # Also behind a hyphen or an apostrophe: "Okoro-Blan", "O’Bri".
    begun = re.search(r"(?:^|(?<=[\s(])|(?<=\w[-'’]))\w{2,}$", text)
    if begun is None or text.count('"') % 2:
        return whole, [text, text]
    before = text[: begun.start()]
    return f"{whole} || ({whole} && to_tsquery('simple', %s))", [text, text, before, before, f"'{begun[0]}':*"]


def _newest(kind: SearchEntry.Kind, asked: tuple[str, list[str]], where: Where) -> tuple[str, list[Any]]:
    # The question itself, not a look at ``asked``: PostgreSQL must see how common its words are. For common ones it walks
    # from the newest until it has enough, for rare ones it asks the index; the other way round takes seconds.
    conditions = ["kind = %s", f"vector @@ ({asked[0]})"]
    params: list[Any] = [kind.value, *asked[1]]
    if kind == Kind.STORY:
        for column, value in (("section_id", where.section_id), ("owner_id", where.owner_id)):
            if value is not None:
                conditions.append(f"EXISTS (SELECT FROM articles_story s WHERE s.id = thing AND s.{column} = %s)")
                params.append(value)
        if where.stands == "open":
            conditions.append(
                "EXISTS (SELECT FROM articles_draft d WHERE d.story_id = thing AND d.standing <> 'closed')"
            )
        elif where.stands:
            conditions.append("EXISTS (SELECT FROM articles_story s WHERE s.id = thing AND s.readers = %s)")
            params.append(where.stands)
    return (
        f"SELECT id, thing, touched_at, vector FROM articles_searchentry WHERE {' AND '.join(conditions)}"  # noqa: S608
        f" ORDER BY touched_at DESC, thing DESC LIMIT {RANKED + 1}",
        params,
    )


def _behind(title: str, parts: list[Part]) -> list[Part]:
    """``parts`` without the headline that they begin with: it stands above them already."""
    skip = len(title) + 1 if title and "".join(part.text for part in parts).startswith(f"{title}\n") else 0
    left: list[Part] = []
    for part in parts:
        left += [Part(part.text[skip:], part.hit)] if skip < len(part.text) else []
        skip = max(0, skip - len(part.text))
    return left
