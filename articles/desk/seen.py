"""The page as readers saw it at a minute, to look at and to take along."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles import access, moments, seen, seen_files
from articles.models import Sighting, Story
from newsroom import accounts
from newsroom.accounts import person_of

NOT_A_MINUTE = "Give a day and a time, for example 2026-03-01 07:30."


@accounts.require(*access.READERS_OF_DRAFTS)
@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """``?at=2025-09-11T10:03`` in the desk's zone, or with an offset; without it, now."""
    story = access.story_for_reading(person_of(request), pk)
    asked = request.GET.get("at", "")
    minute = _minute(asked) if asked else timezone.now()
    found = seen.at_minute(story, minute.replace(second=0, microsecond=0)) if minute else []
    context = {
        "story": story,
        "headline": story.published_revision.headline if story.published_revision else story.slug,
        "asked": asked or f"{timezone.localtime(minute):%Y-%m-%dT%H:%M}",
        "error": "" if minute else NOT_A_MINUTE,
        "minute": minute,
        "zone": moments.zone(),
        "found": found,
        "spans": seen.spans(story),
        "most": seen.MOST,
    }
    response = render(request, "desk/articles/seen.html", context, status=200 if minute else 422)
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


def _minute(text: str) -> datetime | None:
    """A minute as it is typed or linked to, in UTC; None where it cannot be read."""
    try:
        typed = datetime.fromisoformat(text)
        local = typed if typed.tzinfo else typed.replace(tzinfo=timezone.get_default_timezone())
        moment = local.astimezone(UTC)
        return moment if moment - timedelta(days=2) > datetime.min.replace(tzinfo=UTC) and moment.year < 9000 else None
    except (ValueError, OverflowError):
        return None
