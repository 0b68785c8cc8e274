"""What was posted to a live story and still stands in its text: each post with its own words, time and author."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from articles.models import LivePost, MoveLog, Revision, Story
from articles.reader import cards
from articles.reader.places import AuthorLink
from articles.times import When, when
from newsroom import blocks

LONGEST_HEADLINE = 110
_SENTENCE = re.compile(r".*?[.!?…][”’\"')]*(?=\s|$)", re.DOTALL)
_BEGAN, _ENDED = "declare-live", ("end-live", "end-live-due")


@dataclass(frozen=True)
class Post:
    """anchor: the fragment of the page's address where it stands. edited: its words are others than were posted.
    author: None where the name of whoever posted does not stand over the story; the page names nobody else."""

    anchor: str
    headline: str
    body: str
    when: When
    edited: bool
    author: AuthorLink | None


@dataclass(frozen=True)
class Coverage:
    """What a live story was since it began to be one. ended: None while it is live."""

    began: When
    ended: When | None
    posts: list[Post]


def beside() -> dict[str, Any]:
    """What ``coverage`` needs beside a story's row: no query of its own."""
    posts = LivePost.objects.filter(story=OuterRef("pk")).order_by("-pk")
    moves = MoveLog.objects.filter(story=OuterRef("pk"), move__in=(_BEGAN, *_ENDED)).order_by("pk")
    return {
        "_posts": ArraySubquery(
            posts.values(json=JSONObject(id="pk", at="at", keys="paragraphs", person="person_id", words="words"))
        ),
        "_lived": ArraySubquery(moves.values(json=JSONObject(move="move", at="at"))),
    }


def anchors(story: Story, revision: Revision) -> dict[int, str]:
    """Where each post begins in the body: the number of the element -> the anchor to put there."""
    places = {key: number for number, key in enumerate(revision.paragraph_keys)}
    found: dict[int, str] = {}
    for row in _posted(story):
        first = min((places[key] for key in row["keys"] if key in places), default=None)
        if first is not None:
            found.setdefault(first, _anchor(row))
    return found


def coverage(
    story: Story, revision: Revision, people: Sequence[AuthorLink], at: datetime, zone: tzinfo
) -> Coverage | None:
    """The story as live coverage at ``at``; None for one that is not live and has no post in its text.

    story: with ``beside``. people: whose names stand over it.
    """
    assert story.first_published_at is not None
    live = story.live_at(at)
    posts = _standing(_posted(story), revision, people, zone)
    if not live and not posts:
        return None
    told = story.first_published_at  # what was declared before, readers did not know
    began = max([told, *_times(story, (_BEGAN,))[:1]])
    # One that nobody has swept up yet is over at its time all the same.
    over = story.live_until if story.live else max(_times(story, _ENDED), default=None)
    ended = None if live else max(began, over or story.visible_updated_at or told)
    return Coverage(when(began, zone), when(ended, zone) if ended else None, posts)


def _standing(
    rows: Iterable[Mapping[str, Any]], revision: Revision, people: Sequence[AuthorLink], zone: tzinfo
) -> list[Post]:
    rows = list(rows)
    if not rows:
        return []
    by_name = {person.id: person for person in people}
    text = dict(zip(revision.paragraph_keys, blocks.paragraphs.split(revision.body), strict=False))
    posts = []
    for row in rows:
        shown = when(cards.moment(row["at"]), zone)
        said = [blocks.plain_text(text[key]).strip() for key in row["keys"] if key in text]
        body = "\n".join(filter(None, said)).removeprefix(f"{shown.short}:").strip()
        if body:
            posts.append(
                Post(
                    anchor=_anchor(row),
                    headline=_headline(body),
                    body=body,
                    when=shown,
                    edited=body != row["words"],
                    author=by_name.get(row["person"]),
                )
            )
    return posts


def _headline(body: str) -> str:
    """Its first sentence, or as much of that as a headline holds."""
    line = body.split("\n", 1)[0]
    found = _SENTENCE.match(line)
    sentence = " ".join((found[0] if found else line).split())
    if len(sentence) <= LONGEST_HEADLINE:
        return sentence
    return sentence[: LONGEST_HEADLINE - 1].rpartition(" ")[0].rstrip(" ,;:") + "…"


def _posted(story: Story) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = getattr(story, "_posts", [])
    return found


def _times(story: Story, moves: Sequence[str]) -> list[datetime]:
    return [cards.moment(row["at"]) for row in story._lived if row["move"] in moves]  # type: ignore[attr-defined]


def _anchor(row: Mapping[str, Any]) -> str:
    return f"post-{row['id']}"
