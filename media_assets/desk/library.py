"""The library: every picture, the newest first, found by words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from media_assets import access, rights
from media_assets import library as rules
from media_assets.models import Asset, Use
from newsroom import accounts

PAGE = 48
SHOWN: dict[str, tuple[str, Q]] = {
    "": ("All", Q()),
    "incomplete": ("No credit or text yet", Q(credit="") | Q(alternative_text="")),
    "withdrawn": ("Withdrawn", Q(withdrawn_at__isnull=False)),
}


@dataclass(frozen=True)
class Card:
    """One picture of the grid with its state: a chip's name and words."""

    asset: Asset
    state: str
    words: str


def card(asset: Asset, at: datetime) -> Card:
    """The first reason why it may not be used stands for all; the picture's own page lists them."""
    if asset.withdrawn_at is not None:
        return Card(asset, "withdrawn", "Withdrawn")
    names = rights.usability(asset, Use.WEB, at).names
    for name, state, words in (
        ("no-credit", "warn", "No credit"),
        ("no-alternative-text", "warn", "No alternative text"),
        ("denied", "stop", "May not be used"),
        ("embargo", "scheduled", "Embargo"),
        ("call-for-image", "warn", "To be cleared first"),
        ("sensitive", "warn", "An editor decides"),
        ("ended", "stop", "Rights ended"),
        ("not-yet", "scheduled", "Not yet"),
        ("no-right", "warn", "No right recorded"),
    ):
        if name in names:
            return Card(asset, state, words)
    return Card(asset, "stop", "May not be used") if names else Card(asset, "fine", "May be used")


def _found(words: str, shown: str) -> QuerySet[Asset]:
    return rules.search(words).filter(SHOWN[shown][1])


@accounts.require(*access.SEE)
@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """Show a page of the library."""
    words = request.GET.get("q", "").replace("\0", "")[:200].strip()
    shown = request.GET.get("show", "")
    shown = shown if shown in SHOWN else ""
    page = Paginator(_found(words, shown), PAGE).get_page(request.GET.get("page"))
    at = timezone.now()
    # The page's slice again, now with renditions and rights beside each row: two queries however many there are.
    cards = [card(asset, at) for asset in rules.with_everything(page.object_list)]  # type: ignore[arg-type]
    kept = {key: value for key, value in (("q", words), ("show", shown)) if value}
    return render(
        request,
        "desk/pictures/library.html",
        {
            "cards": cards,
            "page": page,
            "keep": f"{urlencode(kept)}&" if kept else "",
            "q": words,
            "shown": shown,
            "tabs": [
                {"label": label, "query": urlencode({k: v for k, v in (("q", words), ("show", key)) if v}), "key": key}
                for key, (label, _) in SHOWN.items()
            ],
            "may_upload": access.may(accounts.person_of(request), "upload"),
        },
    )
