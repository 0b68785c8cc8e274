"""Readers' search: the words of what they may read now, the newest matches ranked.

What is asked is read as in a search box (websearch): "quoted words" stand together as they were typed, -word is left
out, "or" is either. Accents may be left out on either side.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection

from articles import typed
from articles.access import published
from articles.marking import MARKED_WHOLE, QUOTES, READ, Part, excerpt, fold, parts
from articles.refusals import Refused

RANKED = 500  # the newest matches; ranking all of two hundred thousand would take seconds and help nobody
LONGEST = 200
# Words that so many stories have are looked for from the newest story on, until RANKED have them; rarer ones in the index.
# The index would first gather every story that has a common word; the walk would pass by thousands without a rare one.
COMMON = 20_000
# The walk goes no further: two common words may hardly ever stand together.
WINDOW = 20_000
MILLISECONDS = 2_000  # and no question may hold a connection for longer
_UNWANTED = re.compile(r'(?:^|(?<=\s))-("?)((?<=")[^"]*\w[^"]*(?=")|(?<!")[^\s"]*\w[^\s"]*)\1')
_ONLY_UNWANTED = "Add a word that the stories should have, beside what they should not."
_TOO_COMMON = "These words stand in nearly every story. Add one that tells the story apart."
BEST, NEWEST = "best", "newest"


class Unasked(Refused):
    """Nothing can be looked for; the message says what to type instead."""


class TooLong(Exception):
    """The question was given up after MILLISECONDS."""


@dataclass(frozen=True)
class Question:
    """A tsquery as SQL with its parameters."""

    sql: str
    params: Sequence[str]


@dataclass(frozen=True)
class Found:
    """One story. title, excerpt: with what was asked for marked."""

    story_id: int
    title: Sequence[Part]
    excerpt: Sequence[Part]


@dataclass(frozen=True)
class Answer:
    """count: matches, RANKED at most; more: there are older ones that were not looked at."""

    rows: list[Found]
    count: int
    more: bool


def question(typed_words: str) -> Question:
    """Read what a reader typed; at most one query.

    Raises:
        Unasked: it is too long, or holds no word that could be looked for.
    """
    asked = typed.line(typed_words)
    if len(asked) > LONGEST:
        raise Unasked(f"Keep it to {LONGEST} characters; this has {len(asked)}. A few words are enough.")
    text = fold(asked).translate(QUOTES)
    exact: list[str] = []
    unwanted: list[str] = []
    if not re.search(r"\bor\b", text, re.IGNORECASE):  # beside an "or" neither is a condition of all
        unwanted = [words for _, words in _UNWANTED.findall(text)]
        text = _UNWANTED.sub(" ", text)
        exact = re.findall(r'"([^"]*\w[^"]*)"', text)
    if not re.search(r"\w", text):
        raise Unasked(_ONLY_UNWANTED if unwanted else "Type a word or a name to look for.")
    # Quoted and unwanted words are meant as they are typed: "the" counts, and -gardener leaves gardens in.
    sql = "(websearch_to_tsquery('english', %s)" + " && phraseto_tsquery('simple', %s)" * len(exact)
    unlike = " && !! phraseto_tsquery('simple', %s)" * len(unwanted)
    made = Question(f"{sql}{unlike})", [text, *exact, *unwanted])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT querytree({made.sql})", made.params)
        (tree,) = cursor.fetchone()
    if tree in ("", "T"):  # which no index answers: every story would be looked at
        raise Unasked(_ONLY_UNWANTED if "-" in asked else _TOO_COMMON)
    return made


def find(
    asked: Question, *, at: datetime, order: str = BEST, section_id: int | None = None, start: int = 0, most: int = 20
) -> Answer:
    """The newest RANKED matches among what readers may see at ``at``, in ``order`` (BEST or NEWEST) from number ``start``
    on; two queries.

    Raises:
        TooLong: it took longer than a question may.
    """
    walked = _estimated(asked) >= COMMON
    newest, params = _newest(asked, at, section_id, walk=walked)
    ranked = "first_published_at DESC, story_id DESC"
    if order == BEST:
        ranked = f"ts_rank('{{0.1, 0.2, 0.3, 1.0}}', vector, asked.q) DESC, {ranked}"
    sql = f"""
        WITH asked AS MATERIALIZED (SELECT {asked.sql} AS q), newest AS MATERIALIZED ({newest}),
        best AS (
            SELECT story_id, row_number() OVER (ORDER BY {ranked}) AS place, (SELECT count(*) FROM newest) AS count
            FROM (SELECT * FROM newest ORDER BY first_published_at DESC, story_id DESC LIMIT {RANKED}) AS looked_at, asked
            ORDER BY place OFFSET %s LIMIT %s
        )
        SELECT story_id, count, title, left(words, {READ}), ts_headline('english', articles_fold(title), asked.q, %s),
            ts_headline('english', articles_fold(left(words, {READ})), asked.q, %s)
        FROM best JOIN articles_publishedwords USING (story_id), asked ORDER BY place
    """  # noqa: S608  no part of it was typed
    rows = _bounded(sql, [*asked.params, *params, start, most, MARKED_WHOLE, MARKED_WHOLE])
    found = [
        Found(story_id, list(parts(title, marked)), excerpt(list(parts(words, shown))))
        for story_id, _, title, words, marked, shown in rows
    ]
    count = rows[0][1] if rows else 0
    return Answer(found, min(count, RANKED), walked or count > RANKED)


def findable(story_id: int, at: datetime) -> bool:
    """Whether a reader's search at ``at`` could find the story at all."""
    seen, params = _seen(at)
    sql = f"SELECT EXISTS (SELECT FROM articles_publishedwords WHERE story_id = %s AND {seen})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [story_id, *params])
        return bool(cursor.fetchone()[0])


def _bounded(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """What PostgreSQL answers within MILLISECONDS; the settings end with the statement, for all of it is one query.

    Raises:
        TooLong: it took longer.
    """
    # Joins of a few hundred rows with tables of all stories: each by its key, and no table read whole.
    off = "".join(f"SET LOCAL enable_{way} = off; " for way in ("seqscan", "hashjoin", "mergejoin"))
    settings = f"SET LOCAL statement_timeout = {MILLISECONDS:d}; {off}"
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"{settings}{sql}", params)
            found: list[tuple[Any, ...]] = cursor.fetchall()
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", None) != "57014":  # query_canceled
            raise
        raise TooLong from error
    return found


def _estimated(asked: Question) -> int:
    """How many stories PostgreSQL expects to match, by what it knows of how common each word is; it looks at none."""
    sql = f"EXPLAIN (FORMAT JSON) SELECT FROM articles_publishedwords WHERE vector @@ {asked.sql}"
    ((plan,),) = _bounded(sql, asked.params)
    return int((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]["Plan Rows"])


def _newest(asked: Question, at: datetime, section_id: int | None, *, walk: bool) -> tuple[str, list[Any]]:
    seen, allowed = _seen(at)
    of_section, section = (" WHERE section_id = %s", [section_id]) if section_id is not None else ("", [])
    newest_first = "ORDER BY first_published_at DESC, story_id DESC"
    if walk:
        rows = f"SELECT * FROM articles_publishedwords{of_section} {newest_first} LIMIT {WINDOW}"  # noqa: S608
        return (
            f"SELECT story_id, first_published_at, vector FROM ({rows}) AS walked"  # noqa: S608
            f" WHERE vector @@ {asked.sql} AND {seen} {newest_first} LIMIT {RANKED + 1}",
            [*section, *asked.params, *allowed],
        )
    # Gathered before they are put in order: asked in one, PostgreSQL would walk, for it thinks a look at a vector free.
    hits = f"SELECT story_id, section_id, first_published_at FROM articles_publishedwords WHERE vector @@ {asked.sql}"  # noqa: S608
    # In order before each is asked whether readers may see it: that is asked of the newest alone, one by one.
    ordered = f"SELECT * FROM hits{of_section} {newest_first}"  # noqa: S608
    kept = f"SELECT story_id FROM ({ordered}) AS ordered WHERE {seen} {newest_first} LIMIT {RANKED + 1}"  # noqa: S608
    return (
        f"WITH hits AS MATERIALIZED ({hits}), kept AS MATERIALIZED ({kept})"  # noqa: S608
        " SELECT story_id, first_published_at, vector FROM kept JOIN articles_publishedwords USING (story_id)",
        [*asked.params, *section, *allowed],
    )


def _seen(at: datetime) -> tuple[str, tuple[Any, ...]]:
    """The one rule of what readers may see, so that this exit cannot have another one (promises 8, 9)."""
    seen, params = published(at).values("pk").query.sql_with_params()
    return f"story_id IN ({seen})", params
