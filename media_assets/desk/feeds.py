"""What agencies' watched folders brought, and what was refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.core.paginator import Paginator
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from media_assets import access, feeds
from media_assets.models import Agency, FeedFile
from newsroom import accounts

PAGE = 50
COUNTED = 1_000
SHOWN = {"": "All", "refused": "Refused", "taken": "Taken in"}


@dataclass(frozen=True)
class Folder:
    """One folder: whose, how many files wait in it (COUNTED at most), when the last one was settled."""

    name: str
    agency: Agency | None
    waiting: int
    last: datetime | None


@accounts.require(*access.CHANGE)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show the folders and what became of their files, the newest first."""
    shown = request.GET.get("show", "")
    shown = shown if shown in SHOWN else ""
    settled = FeedFile.objects.exclude(state=FeedFile.State.ARRIVING, message="")
    rows = settled.filter(state=shown) if shown else settled
    known = feeds.agencies()
    last = dict(settled.values("folder").annotate(last=Max("settled_at")).values_list("folder", "last"))
    context = {
        "connected": feeds.root() is not None,
        "folders": [
            Folder(name, known.get(name), sum(1 for _ in islice(feeds.lying(name), COUNTED)), last.get(name))
            for name in feeds.folders()
        ],
        "slugs": sorted(known),
        "page": Paginator(rows.select_related("asset"), PAGE).get_page(request.GET.get("page")),
        "shown": shown,
        "tabs": SHOWN.items(),
        "keep": f"show={shown}&" if shown else "",
    }
    return render(request, "desk/pictures/feeds.html", context)
