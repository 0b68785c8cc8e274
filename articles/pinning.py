"""What stands first on the front page and on a section's page: editors order it, the rest fills itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from articles.access import may, published
from articles.events import FRONT_ARRANGED
from articles.models import Front, Pin, Section, Story
from articles.moments import said
from articles.refusals import Refused, Stale
from newsroom import audit
from newsroom.accounts.models import Person
from newsroom.outbox import record

PLACES = 5  # the lead and what stands beside it
HOME = "home"


@dataclass(frozen=True)
class Wanted:
    """One story in a place; until: when it leaves the place by itself (aware)."""

    story_id: int
    until: datetime | None = None


def tag_of(section: Section | None) -> str:
    """The page's tag in the page cache, by which its arrangement is known as well."""
    return f"section:{section.pk}" if section else HOME


def front_of(section: Section | None) -> Front:
    """The page's arrangement; one that is not kept yet where nobody has arranged it."""
    found = Front.objects.select_related("changed_by").filter(tag=tag_of(section)).first()
    return found or Front(tag=tag_of(section), section=section)


def pins(front: Front, at: datetime) -> list[Pin]:
    """The pins whose time is not over, in order, each with its story; also those that readers may not see now."""
    if front.pk is None:
        return []
    found = front.pins.filter(Q(until=None) | Q(until__gt=at))
    return list(found.select_related("story__section", "story__published_revision"))


def ended(front: Front, at: datetime) -> list[Pin]:
    """The pins whose time is over; they go with the next change."""
    if front.pk is None:
        return []
    return list(front.pins.filter(until__lte=at).select_related("story__section", "story__published_revision"))


def pinned(tag: str, at: datetime) -> QuerySet[Story]:
    """The stories that readers get in the first places of the page with this tag, in order: what they may see, and of a
    section what is of it. ``pins__until`` is when each leaves its place by itself."""
    held = Q(pins__until=None) | Q(pins__until__gt=at)
    # All of it in one filter: Django then asks of one and the same pin.
    return _of(published(at).filter(held, pins__isnull=False, pins__front__tag=tag), tag).order_by("pins__position")


def tried(tag: str, story_ids: list[int], at: datetime) -> QuerySet[Story]:
    """Of these stories, those that readers would get on the page with this tag; in no order."""
    return _of(published(at).filter(pk__in=story_ids), tag)


def _of(stories: QuerySet[Story], tag: str) -> QuerySet[Story]:
    kind, _, number = tag.partition(":")
    return stories.filter(section=int(number)) if kind == "section" else stories


def why_away(story: Story, section: Section | None, at: datetime) -> str:
    """Why readers do not get a pinned story in its place, "" where they do. Needs ``section`` of the story loaded."""
    if story.readers == Story.Readers.WITHDRAWN:
        return "Withdrawn: readers do not get it."
    if story.embargoed(at):
        assert story.embargo_until is not None
        return f"Under embargo until {said(story.embargo_until)}: readers do not get it before."
    if not story.shown_at(at):
        return "Not published: readers do not get it."
    if section is not None and story.section_id != section.pk:
        return f"It is in {story.section.name} now: readers do not get it here."
    return ""


def arrange(
    section: Section | None, *, person: Person, expected_version: int, wanted: Sequence[Wanted], at: datetime
) -> Front:
    """Put these stories first, in this order, in place of what stood there.

    Raises:
        Refused: not an editor's, too many, twice the same, none that readers may see, or a time that has passed;
            messages by ``until-<story>`` and "".
        Stale: somebody else has arranged the page since.
    """
    if not may(person).decide:
        raise Refused("Editors order the first places.")
    tag = tag_of(section)
    with transaction.atomic():
        Front.objects.get_or_create(tag=tag, defaults={"section": section})
        # The row is held until the end: who comes second finds another version (promise 6).
        held = Front.objects.filter(tag=tag, version=expected_version)
        if not held.update(version=expected_version + 1, changed_at=at, changed_by=person):
            raise Stale("Somebody else has arranged this page since you opened it.")
        front = Front.objects.get(tag=tag)
        before = dict(front.pins.values_list("story", "until"))
        _check(tag, wanted, before, at)
        front.pins.all().delete()
        Pin.objects.bulk_create(
            Pin(front=front, story_id=one.story_id, position=place, until=one.until) for place, one in enumerate(wanted)
        )
        audit.note(
            person,
            "front.arranged",
            f"section:{section.pk}" if section else "front page",
            stories=[one.story_id for one in wanted],
            before=list(before),
            until={str(one.story_id): one.until.isoformat() for one in wanted if one.until},
        )
        record(FRONT_ARRANGED, tag=tag)
    return front


def _check(tag: str, wanted: Sequence[Wanted], before: dict[int, datetime | None], at: datetime) -> None:
    ids = [one.story_id for one in wanted]
    messages: dict[str, str] = {}
    if len(ids) > PLACES:
        messages[""] = f"There are {PLACES} places; {len(ids)} stories are pinned. Unpin {len(ids) - PLACES}."
    if len(set(ids)) < len(ids):
        messages[""] = "One story is pinned twice."
    # One that was pinned already may be away for a while: it would lose its place for good.
    new = [pk for pk in ids if pk not in before]
    seen = set(_of(published(at), tag).filter(pk__in=new).values_list("pk", flat=True))
    if missing := [pk for pk in new if pk not in seen]:
        away = Story.objects.filter(pk__in=missing).select_related("published_revision")
        names = [f"“{story.published_revision.headline if story.published_revision else story.slug}”" for story in away]
        messages[""] = f"Readers may not see {', '.join(names) or 'that story'} here. Only what they see can be pinned."
    for one in wanted:
        if one.until is not None and one.until <= at:
            messages[f"until-{one.story_id}"] = f"It is {said(at)} already. Give a later time, or unpin it."
    if messages:
        raise Refused(messages)
