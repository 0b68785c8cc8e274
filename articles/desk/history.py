"""What happened to a story: where it stands, every move, every saved state and what changed in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles import access, checks, corrections, differing, picture_dates, workflow
from articles.desk import both_texts
from articles.desk.history_lines import lines
from articles.models import CheckWaiver, Clash, Draft, MoveLog, Revision, Schedule, Story, Update
from articles.typed import whole_number
from media_assets.models import Asset
from newsroom import accounts
from newsroom.accounts import person_of

MOST = 100
CHOICES = 500  # states in a menu


def _pictures(story_id: int) -> list[tuple[Asset, picture_dates.Span]]:
    """The pictures that readers saw in the story, with their times; the newest fifty."""
    spans = picture_dates.of_story(story_id)[:50]
    loaded = Asset.objects.only("caption", "alternative_text", "original_name", "width", "height").in_bulk(
        {span.asset_id for span in spans}
    )
    return [(loaded[span.asset_id], span) for span in spans if span.asset_id in loaded]


@accounts.require(*access.READERS_OF_DRAFTS)
@require_safe
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Moves and saved states, MOST of each at most: the newest, or with ``?before=`` those before that moment.
    ``?compare=`` opens what one revision changed, ``&with=`` against which."""
    person = person_of(request)
    draft = access.draft_for_reading(person, pk)
    story = draft.story
    open_draft = draft if draft.standing != Draft.Standing.CLOSED else None
    before = _moment(request.GET.get("before", ""))
    moved = MoveLog.objects.filter(story_id=pk).select_related("person", "revision")
    # What a live post writes stands among the moves.
    saved = Revision.objects.filter(draft__story_id=pk).exclude(draft__kind=Draft.Kind.LIVE)
    known = saved.select_related("author", "draft").defer("body", "paragraph_keys", "standfirst")
    clashed = Clash.objects.filter(draft__story_id=pk).select_related("person", "other", "settled_by", "draft")
    moves, saves, both, older = _until(
        list(_before(moved, "at", before)),
        list(_before(known, "created_at", before)),
        list(_before(clashed, "at", before)),
    )
    happenings = lines(moves, saves, both)
    rights = access.may(person)
    texts = [both_texts.Both(one.place, one.yours, one.theirs) for one in both]
    drawn = both_texts.sides(texts, at=timezone.now(), sourcing=rights.read_sources)
    for one, sides in zip(both, drawn, strict=True):
        one.drawn = sides  # type: ignore[attr-defined]
    choices = _choices(person, draft, open_draft, everything=rights.write)
    context = {
        "story": story,
        "draft": open_draft,
        "headline": _headline(draft, story),
        "happenings": happenings,
        "older": f"?{urlencode({'before': older.isoformat()})}" if older else "",
        "newest": before is None,
        "revisions": _states(saved, compared := _compared(request, pk)),
        "may": rights,
        "may_handle_complaints": access.may_handle_complaints(person),
        "choices": [choice for choice in choices if choice.allowed],
        "out_of_reach": workflow.barred(choices, person),
        "planned": _planned(story),
        "compared": compared,
        "notes": _told(story),
        "pictures": _pictures(pk),
        "check_waivers": _check_waivers(story, sourcing=rights.read_sources),
        "waivers": story.waivers.select_related("person", "ended_by").order_by("-pk")[:50]
        if rights.read_sources
        else [],
    }
    return render(request, "desk/articles/history.html", context)


def _before(rows: QuerySet[Any], name: str, before: datetime | None) -> QuerySet[Any]:
    """The newest of ``rows``, one more than is shown of them."""
    rows = rows.filter(**{f"{name}__lt": before}) if before else rows
    return rows.order_by(f"-{name}", "-pk")[: MOST + 1]


def _until(
    moves: list[MoveLog], saves: list[Revision], clashes: list[Clash]
) -> tuple[list[MoveLog], list[Revision], list[Clash], datetime | None]:
    """The lists down to the moment to which all are whole, and that moment where there is more before it."""
    lists: tuple[Sequence[MoveLog | Revision | Clash], ...] = (moves, saves, clashes)
    ends = [rows[MOST - 1] for rows in lists if len(rows) > MOST]
    if not ends:
        return moves, saves, clashes, None
    end = max(_at(row) for row in ends)
    return (
        [row for row in moves if row.at >= end],
        [row for row in saves if row.created_at >= end],
        [row for row in clashes if row.at >= end],
        end,
    )


def _at(row: MoveLog | Revision | Clash) -> datetime:
    return row.created_at if isinstance(row, Revision) else row.at


def _moment(text: str) -> datetime | None:
    """A moment of a link of ours; anything else is no moment."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo and 1900 < moment.year < 9000 else None
    except (ValueError, OverflowError):
        return None


def _states(saved: QuerySet[Revision], compared: dict[str, Any] | None) -> list[Revision]:
    """The states to choose two from: the newest CHOICES, and those that are being compared."""
    shown = [one.pk for one in (compared["new"], compared["old"]) if one] if compared else []
    newest = saved.order_by("-pk").values("pk")[:CHOICES]
    wanted = Revision.objects.filter(Q(pk__in=newest) | Q(pk__in=shown)).select_related("author", "draft")
    return list(wanted.only("number", "created_at", "author__name", "draft__kind").order_by("-pk"))


def _choices(
    person: accounts.models.Person, draft: Draft, open_draft: Draft | None, *, everything: bool
) -> list[workflow.MoveChoice]:
    """The moves to offer: all while a draft is open, else only those on the story; not ``everything``: only their own."""
    choices = workflow.moves_for(person, draft)
    if not everything:
        choices = [choice for choice in choices if choice.allowed]
    return [choice for choice in choices if open_draft is not None or choice.move.on == "story"]


def _told(story: Story) -> list[dict[str, Any]]:
    """The newest notes to readers, corrections with their record; three queries."""
    found = story.updates.select_related("person", "record").prefetch_related("record__places", "record__complaints")
    return [{"note": update, "record": _record(update)} for update in found[:20]]


def _check_waivers(story: Story, *, sourcing: bool) -> list[CheckWaiver]:
    """What editors let through, the newest first; what speaks of the ledger only to those who read it."""
    found = CheckWaiver.objects.filter(story=story).select_related("person", "revision")
    if not sourcing:
        found = found.exclude(check_name__in=[row.name for row in checks.rows() if row.sourcing])
    return list(found[:50])


def _record(update: Update) -> dict[str, Any] | None:
    record = getattr(update, "record", None)
    if record is None:
        return None
    places = list(record.places.all())
    return {
        "prominence": record.get_prominence_display(),
        "suggested": record.get_suggested_display() if record.suggested != record.prominence else "",
        "places": [
            {
                "change": differing.change(corrections.named(place.place, place.position), place.before, place.after),
                "stood": corrections.lasted(place.until - place.since) if place.since else "",
            }
            for place in places
        ],
        "complaints": [complaint.pk for complaint in record.complaints.all()],
    }


def _planned(story: Story) -> list[Schedule]:
    """What will happen to the story by itself, the next first."""
    waiting = story.schedules.filter(state=Schedule.State.WAITING).select_related("revision", "person", "approved_by")
    return list(waiting.order_by("due_at", "pk")[:10])


def _headline(draft: Draft, story: Story) -> str:
    seen = story.published_revision
    head = draft.head
    return (seen.headline if seen else "") or (head.headline if head else "") or "Untitled story"


def _compared(request: HttpRequest, pk: int) -> dict[str, Any] | None:
    """Two states beside each other, whichever order they are asked in: the earlier one is what was changed."""
    if "compare" not in request.GET:
        return None
    new = _revision(request.GET["compare"], pk)
    if request.GET.get("with"):
        old: Revision | None = _revision(request.GET["with"], pk)
        assert old is not None
        if (old.created_at, old.pk) > (new.created_at, new.pk):
            old, new = new, old
    else:
        earlier = Revision.objects.filter(draft=new.draft, number__lt=new.number).select_related("author")
        old = earlier.order_by("-number").first() or new.draft.base_revision
    return {"new": new, "old": old, "changes": differing.changes(old, new)}


def _revision(asked: str, story_pk: int) -> Revision:
    found = Revision.objects.select_related("author", "draft__base_revision__author")
    wanted = whole_number(asked)
    revision = found.filter(pk=wanted, draft__story_id=story_pk).first() if wanted else None
    if revision is None:
        raise Http404("There is no such revision of this story.")
    return revision
