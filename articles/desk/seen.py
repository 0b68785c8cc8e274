"""The page as readers saw it at a minute, to look at and to take along."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles import access, moments, seen, seen_files
from articles.models import Sighting, Story
from newsroom import accounts
from newsroom.accounts import person_of

EARLIEST = 1900
NOT_A_MINUTE = "Give a day and a time, for example 2026-03-01 07:30."


@accounts.require(*access.READERS_OF_DRAFTS)
@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """``?at=2025-09-11T10:03`` in the desk's zone, or with an offset; without it, now."""
    story = access.story_for_reading(person_of(request), pk)
    asked, now = request.GET.get("at", ""), timezone.now()
    minutes, error = _minutes(asked, now) if asked else ([now], "")
    minutes = [minute.replace(second=0, microsecond=0) for minute in minutes]
    context = {
        "story": story,
        "headline": story.published_revision.headline if story.published_revision else story.slug,
        # A link may name a minute with its offset, which the field cannot show.
        "asked": moments.field_value(minutes[0]) if minutes else asked,
        "error": error,
        "twice": len(minutes) > 1,
        "zone": moments.zone(),
        "found": list(dict.fromkeys(span for minute in minutes for span in seen.at_minute(story, minute))),
        "spans": seen.spans(story),
        "most": seen.MOST,
    }
    response = render(request, "desk/articles/seen.html", context, status=422 if error else 200)
    response.csp = {"frame-src": "'self'"}  # type: ignore[attr-defined]
    return response


@accounts.require(*access.READERS_OF_DRAFTS)
@require_safe
def kept_page(request: HttpRequest, pk: int, sighting: int) -> HttpResponse:
    """The kept page itself, for the frame: nothing in it runs, nothing of it is asked from elsewhere."""
    html, style = seen_files.viewable(_sighting(request, pk, sighting).page)
    response = HttpResponse(html)
    response["Cache-Control"] = "no-store, private"
    response["X-Robots-Tag"] = "noindex"
    response["X-Frame-Options"] = "SAMEORIGIN"
    response.csp = {  # type: ignore[attr-defined]
        "script-src": "'none'",
        "style-src": f"'sha256-{style}'",
        "img-src": "data:",
        "connect-src": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'self'",
        "sandbox": "",
    }
    return response


@accounts.require(*access.READERS_OF_DRAFTS)
@require_safe
def download(request: HttpRequest, pk: int, sighting: int) -> HttpResponse:
    """The page with its files as one ZIP file."""
    wanted = _sighting(request, pk, sighting)
    span = next(span for span in seen.at_minute(wanted.story, wanted.at) if span.sighting.pk == wanted.pk)
    response = HttpResponse(seen_files.archive(span), content_type="application/zip")
    name = f"{wanted.story.slug}-{timezone.localtime(wanted.at):%Y-%m-%d-%H%M%S}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store, private"
    return response


def _sighting(request: HttpRequest, pk: int, sighting: int) -> Sighting:
    story: Story = access.story_for_reading(person_of(request), pk)
    found = seen.page_of(story, sighting)
    if found is None:
        raise Http404("Readers were given no such page of this story.")
    found.story = story
    return found


def _minutes(text: str, now: datetime) -> tuple[list[datetime], str]:
    """The minute that was typed or linked to, in UTC; of one that the clocks of autumn go through twice both, unless an
    offset says which. Or none, and what to do."""
    try:
        typed = datetime.fromisoformat(text)
        zone = timezone.get_default_timezone()
        if typed.tzinfo:
            found = [typed.astimezone(UTC)]
        else:
            found = sorted({typed.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)})
            found = [moment for moment in found if moment.astimezone(zone).replace(tzinfo=None) == typed]
            if not found:
                return [], f"There is no {typed:%H:%M} on that day: the clocks go forward. Choose another time."
        if not all(EARLIEST < moment.year < 9000 for moment in found):
            return [], NOT_A_MINUTE
    except (ValueError, OverflowError):
        return [], NOT_A_MINUTE
    if found[0] > now:
        return [], "That minute is still to come. Give one that has passed."
    return [moment for moment in found if moment <= now], ""
