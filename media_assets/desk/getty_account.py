"""What Getty Images took back, and which uses of its pictures we reported to it."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from media_assets import access, getty, getty_usage
from media_assets.models import AgencyUse, Listening, Removal, UsageBatch
from newsroom import accounts
from newsroom.outbox.models import Effect

PAGE, LAST = 20, 20


@dataclass(frozen=True)
class Line:
    """One batch. state: "reported", "split", "waiting", "again" or "given up". count: of the uses in it now."""

    batch: UsageBatch
    count: int
    state: str
    error: str


@accounts.require(*access.SEE)
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Show how we stand with Getty Images. The same few queries however much there is."""
    page = Paginator(UsageBatch.objects.annotate(count=Count("uses")).order_by("-made_at", "pk"), PAGE).get_page(
        request.GET.get("page")
    )
    return render(
        request,
        "desk/pictures/getty_account.html",
        {
            "connected": getty.connected(),
            "not_connected": getty.NOT_CONNECTED,
            "listening": list(Listening.objects.order_by("channel")),
            "removals": Removal.objects.select_related("asset", "change_set")[:LAST],
            "lines": _lines(list(page.object_list)),
            "page": page,
            "refused": AgencyUse.objects.exclude(refused="").select_related("asset")[:LAST],
            "waiting": AgencyUse.objects.filter(batch=None, refused="").count(),
            "may_report": access.may(accounts.person_of(request), "change"),
            "at": timezone.now(),
        },
    )


@accounts.require(*access.CHANGE)
@require_POST
def again(request: HttpRequest, use: int) -> HttpResponse:
    """Have a use reported once more that Getty did not take."""
    if use >= 2**63 or not AgencyUse.objects.filter(pk=use).exists():
        raise Http404("There is no such use.")
    if getty_usage.again(use):
        messages.success(request, "It is reported again with the next batch.")
    else:
        messages.info(request, "It is on its way already.")
    return redirect("media-desk:getty-account")


def _lines(batches: list[UsageBatch]) -> list[Line]:
    """One query, none where all are done."""
    open_ones = [batch for batch in batches if batch.reported_at is None and batch.split_at is None]
    numbers = [str(batch.number) for batch in open_ones]
    rows = Effect.objects.filter(
        event__kind="asset.uses-gathered", event__payload__batch__in=numbers, done_at=None
    ).select_related("event")
    effects = {effect.event.payload["batch"]: effect for effect in rows} if numbers else {}
    return [_line(batch, effects.get(str(batch.number))) for batch in batches]


def _line(batch: UsageBatch, effect: Effect | None) -> Line:
    count = batch.count  # type: ignore[attr-defined]
    if batch.reported_at:
        return Line(batch, count, "reported", "")
    if batch.split_at:
        return Line(batch, count, "split", batch.error)
    if effect is not None and effect.last_error:
        # The class in front of it is for those who look after the servers.
        return Line(batch, count, "given up" if effect.dead_at else "again", effect.last_error.partition(": ")[2])
    return Line(batch, count, "waiting", "")
