"""The board's shelves: which stories stand where, as the desk asks for them. A fixed number of queries, however many
stories there are; counts stop at MOST_COUNTED."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from articles import picture_flags
from articles.access import may
from articles.checks import corrected
from articles.models import Clash, Draft, MoveLog, Schedule, Story, Update
from articles.schedule import OVERDUE
from newsroom.accounts.models import Person

MOST_COUNTED = 1000
# Of what readers see, warnings are looked for in the last touched: among all that there ever were a few that are flagged
# would be searched for from end to end, at every reading of the board.
LOOKED_THROUGH = 5000
LATE_AFTER = timedelta(minutes=30)  # a live story without a word for so long asks for one

D = Draft.Standing
OPEN = (D.IN_REVIEW, D.CHANGES_REQUESTED, D.APPROVED, D.SCHEDULED, D.DRAFT)


@dataclass(frozen=True)
class Filters:
    """What the board shows. stands: "", "mine", a Standing, "published", "withdrawn" or "spiked". Ids are None for any.
    warned: only what the board flags (``draft_warnings``, ``story_warnings``). live: only live stories. also, also_seen:
    the drafts and the published stories that are flagged by more than their own rows (``looked_at``)."""

    stands: str = ""
    section_id: int | None = None
    owner_id: int | None = None
    warned: bool = False
    live: bool = False
    also: frozenset[int] = field(default=frozenset(), compare=False)
    also_seen: frozenset[int] = field(default=frozenset(), compare=False)


def looked_at(filters: Filters, at: datetime) -> Filters:
    """The filters with what only looking finds: pictures, and words that a correction took out. Of each kind the
    LOOKED_THROUGH that were touched last. Asked inside the board's own questions, PostgreSQL reads every story that there
    is to find them. Nine queries at most, none where no warnings are asked for."""
    if not filters.warned:
        return filters
    opened = Draft.objects.exclude(standing=D.CLOSED).filter(story__spiked_at=None).order_by("-changed_at", "-pk")
    heads = dict(opened.values_list("pk", "head")[:LOOKED_THROUGH])
    seen: dict[int, int | None] = {}
    for readers in (Story.Readers.PUBLISHED, Story.Readers.WITHDRAWN):
        touched = Story.objects.filter(readers=readers).order_by("-visible_updated_at", "-pk")
        seen |= dict(touched.values_list("pk", "published_revision")[:LOOKED_THROUGH])
    flags = picture_flags.of({pk for pk in (*heads.values(), *seen.values()) if pk is not None}, at)
    back = corrected.flagged(corrected.corrected_drafts())
    return replace(
        filters,
        also=frozenset({pk for pk, head in heads.items() if head in flags} | back),
        also_seen=frozenset(pk for pk, revision in seen.items() if revision in flags),
    )


def draft_warnings(at: datetime) -> Q:
    """Which drafts' rows carry a flag: quotations not tied, no lead picture, a legal hold, an overdue plan, two texts of
    one place."""
    late = Schedule.objects.filter(draft=OuterRef("pk"), state=Schedule.State.WAITING, due_at__lt=at - OVERDUE)
    held = Q(story__held_at__isnull=False)
    return (
        Q(open_quotations__gt=0)
        | Q(head__lead_image__isnull=True)
        | held
        | Q(Exists(late))
        | Q(pk__in=Clash.objects.filter(choice="").values("draft"))
    )


def _clashing() -> QuerySet[Clash]:
    return Clash.objects.filter(draft=OuterRef("pk"), choice="")


def story_warnings() -> Q:
    """As ``draft_warnings``, of what readers see."""
    return Q(held_at__isnull=False) | Q(published_revision__lead_image__isnull=True)


def drafts(filters: Filters) -> QuerySet[Draft]:
    """Open drafts of the filters' section and owner, with all that a row shows; the last changed first."""
    last = MoveLog.objects.filter(draft=OuterRef("pk")).order_by("-pk")
    planned = Schedule.objects.filter(draft=OuterRef("pk"), state=Schedule.State.WAITING)
    found = (
        Draft.objects.exclude(standing=D.CLOSED)
        .filter(story__spiked_at__isnull=True)
        .select_related("story__section", "story__owner", "head", "approved_by")
        .annotate(moved_at=Subquery(last.values("at")[:1]), moved_by=Subquery(last.values("person__name")[:1]))
        .annotate(moved=Subquery(last.values("move")[:1]), moved_why=Subquery(last.values("reason")[:1]))
        .annotate(
            due_at=Subquery(planned.values("due_at")[:1]),
            planned_revision=Subquery(planned.values("revision_id")[:1]),
            clashing=Exists(_clashing()),
        )
        .order_by("-changed_at", "-pk")
    )
    return _of(filters, found)


def _of(filters: Filters, found: QuerySet[Draft]) -> QuerySet[Draft]:
    if filters.section_id is not None:
        found = found.filter(story__section_id=filters.section_id)
    if filters.owner_id is not None:
        found = found.filter(story__owner_id=filters.owner_id)
    if filters.live:
        found = found.filter(story__live=True)
    if filters.warned:
        found = found.filter(draft_warnings(timezone.now()) | Q(pk__in=filters.also))
    return found


def spiked(filters: Filters) -> QuerySet[Draft]:
    """Drafts of stories that were put away, the last put away first."""
    found = Draft.objects.exclude(standing=D.CLOSED).filter(story__spiked_at__isnull=False)
    return _of(filters, found.select_related("story__section", "story__owner", "head")).order_by(
        "-story__spiked_at", "-pk"
    )


def stories(filters: Filters, readers: str) -> QuerySet[Story]:
    """Stories that readers see (or saw), the last touched first; of those with warnings the ones among the last
    LOOKED_THROUGH."""
    found = Story.objects.filter(readers=readers).select_related("section", "owner", "published_revision")
    if filters.section_id is not None:
        found = found.filter(section_id=filters.section_id)
    if filters.owner_id is not None:
        found = found.filter(owner_id=filters.owner_id)
    if filters.live:
        found = found.filter(live=True)
    if filters.warned:
        # By their time, asked first: given the rows as a subquery, PostgreSQL may read all stories to find them.
        touched = Story.objects.filter(readers=readers).order_by("-visible_updated_at", "-pk")
        last = touched.values_list("visible_updated_at", flat=True)[LOOKED_THROUGH - 1 : LOOKED_THROUGH].first()
        found = found.filter(
            story_warnings() | Q(pk__in=filters.also_seen), **({"visible_updated_at__gte": last} if last else {})
        )
    return found.order_by("-visible_updated_at", "-pk")


def for_me(found: QuerySet[Draft], person: Person) -> QuerySet[Draft]:
    """What waits for this person: their own drafts to write on, and for an editor what others wait for."""
    waits = Q(standing__in=(D.DRAFT, D.CHANGES_REQUESTED), story__owner=person)
    if may(person).decide:
        waits |= Q(standing=D.IN_REVIEW) & ~Q(opened_by=person)
        waits |= Q(standing=D.APPROVED)
    return found.filter(waits)


def published_today(filters: Filters, at: datetime) -> QuerySet[Story]:
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    return stories(filters, Story.Readers.PUBLISHED).filter(visible_updated_at__gte=midnight)


def needing_an_update(filters: Filters) -> QuerySet[Story]:
    """Live published stories, the longest silent first; with how many public notes each has and whether it is open."""
    notes = (
        Update.objects.filter(story=OuterRef("pk"))
        .exclude(kind=Update.Kind.MINOR)
        .order_by()
        .values("story")
        .annotate(n=Count("pk"))
        .values("n")
    )
    is_open = Exists(Draft.objects.filter(story=OuterRef("pk")).exclude(standing=D.CLOSED))
    return (
        stories(filters, Story.Readers.PUBLISHED)
        .filter(live=True)
        .annotate(notes=Subquery(notes), is_open=is_open)
        .order_by(F("visible_updated_at").asc(), "pk")
    )


def counts(filters: Filters, person: Person) -> dict[str, int]:
    """How many stand where, each up to MOST_COUNTED + 1, in one query; two more where warnings are looked for."""
    # Standing by standing, which an index finds, and added up: asked for all that are open at once, PostgreSQL reads
    # every story that there ever was.
    # What was put away is named by its own small index: joined for that alone, the stories would be read whole again.
    put_away = Story.objects.filter(pk=OuterRef("story"), spiked_at__isnull=False)
    plain = _of(filters, Draft.objects.filter(~Exists(put_away)))
    theirs = for_me(plain, person)
    asked: dict[str, QuerySet[Draft] | QuerySet[Story]] = {
        **{standing: plain.filter(standing=standing) for standing in OPEN},
        **{f"mine {standing}": theirs.filter(standing=standing) for standing in OPEN if standing != D.SCHEDULED},
        "published": stories(filters, Story.Readers.PUBLISHED),
        "withdrawn": stories(filters, Story.Readers.WITHDRAWN),
        "spiked": spiked(filters),
    }
    parts: list[str] = []
    params: list[Any] = []
    for queryset in asked.values():
        sql, given = queryset.order_by().values("pk")[: MOST_COUNTED + 1].query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS counted)")  # noqa: S608  Django's own SQL; values stay parameters
        params += given
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), params)
        found: dict[str, int] = dict(zip(asked, cursor.fetchone(), strict=True))
    mine = sum(found.pop(name) for name in list(found) if name.startswith("mine "))
    every = sum(found[standing] for standing in OPEN)
    return found | {"open": min(every, MOST_COUNTED + 1), "mine": min(mine, MOST_COUNTED + 1)}
