"""The library: every picture, the newest first, found by words and by what they are. The address holds all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from media_assets import access, collecting, facets, rights
from media_assets import library as rules
from media_assets.models import Asset, Use
from newsroom import accounts
from newsroom.deskui.keys import Key

KEYS = [
    Key("← → ↑ ↓", "Move among the pictures"),
    Key("Enter", "Open the picture"),
    Key("X", "Select it; with Shift, all from the last one on"),
]


@dataclass(frozen=True)
class Card:
    """One picture of the grid with its state: a chip's name and words."""

    asset: Asset
    state: str
    words: str
    until: datetime | None = None


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
    if names:
        return Card(asset, "stop", "May not be used")
    until = rights.allowed_until(asset, Use.WEB, at)
    if until is not None and until < at + rules.SOON:
        return Card(asset, "warn", "Until", until)
    return Card(asset, "fine", "May be used")


@accounts.require(*access.SEE)
@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """Show a page of the library."""
    person, at = accounts.person_of(request), timezone.now()
    asked = rules.Asked.read(request.GET)
    page = rules.browse(
        rules.found(asked, at), before=request.GET.get("before", ""), after=request.GET.get("after", "")
    )
    found = facets.of(asked, at)
    may_change = access.may(person, "change")
    collections = collecting.newest() if access.may(person, "upload") else []
    return render(
        request,
        "desk/pictures/library.html",
        {
            "cards": [card(asset, at) for asset in page.assets],
            "page": page,
            "asked": asked,
            "facets": found,
            "keep": f"{urlencode(asked.query())}&" if asked.query() else "",
            "hidden": [(name, value) for name, value in asked.query().items() if name in _UNSEEN],
            "tabs": [(one, urlencode(asked.query(state=one.value))) for one in found.states],
            "set_filters": len([name for name in asked.filters if name not in _UNSEEN]),
            "told": _told(asked),
            "bare": urlencode(rules.Asked(q=asked.q, state=asked.state).query()),
            "may_upload": access.may(person, "upload"),
            "may_change": may_change,
            "may_collect": access.may(person, "upload"),
            "collections": collections,
            "page_keys": KEYS,
        },
    )


# What is asked by links on other pages, and not by a field of this one.
_UNSEEN = ("shows", "event", "collection", "batch")


def _told(asked: rules.Asked) -> list[tuple[str, str]]:
    """Such a question in words, and the address without it."""
    words = {
        "shows": asked.shows,
        "event": asked.event,
        "collection": collecting.name_of(asked.collection) if asked.collection is not None else "",
        "batch": "what came in together" if asked.batch else "",
    }
    labels = {"shows": "Shows", "event": "Event", "collection": "Collection", "batch": "Only"}
    return [
        (f"{labels[name]}: {said}" if name != "batch" else f"Only {said}", urlencode(asked.without(name).query()))
        for name, said in words.items()
        if said
    ]
