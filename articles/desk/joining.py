"""What an open writing screen sends beside its words, and what it is told of others' words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import strip_tags
from django.views.decorators.http import require_POST

from articles import access, clashes, corrections, drafts, merge, rearranged, together
from articles.desk import both_texts
from articles.models import Clash, Draft
from articles.refusals import Refused, Stale
from articles.typed import whole_number
from newsroom import accounts
from newsroom.accounts import person_of


def typed_of(post: Mapping[str, str], content: drafts.Content) -> together.Typed:
    """What the page says. Parts that make no sense count as not sent: the text is saved all the same."""
    settled = _read(post, "settled", dict)
    return together.Typed(
        content,
        base_id=whole_number(post.get("base", "")),
        keys=[key if isinstance(key, str) else "" for key in _read(post, "keys", list)],
        contested=[pk for pk in _read(post, "contested", list) if isinstance(pk, int) and 0 < pk < 2**63],
        overtaken=[place for place in _read(post, "overtaken", list) if isinstance(place, str)],
        settled={number: str(choice) for pk, choice in settled.items() if (number := whole_number(pk)) is not None},
    )


def _read(post: Mapping[str, str], name: str, sort: type) -> Any:
    try:
        said = json.loads(post.get(name) or "null")
    except (ValueError, RecursionError):  # no JSON, or brackets without end
        said = None
    return said if isinstance(said, sort) else sort()


def told(request: HttpRequest, draft: Draft, kept: together.Kept) -> dict[str, Any]:
    """For the page's script.

    base: what it goes on from. keys: of the paragraphs that it sent. joined: null where the draft says just that; else
    fields, and paragraphs in order, each with its HTML unless that was sent so. clashes: all that wait in this draft.
    chosen: by others, of what this page held for open still, and whose order of paragraphs gave way; sentences.
    """
    joined = None
    if kept.joined:
        joined = {
            "fields": {name: said for name, said in kept.text.fields.items() if said != kept.sent.fields[name]},
            "paragraphs": [
                {"key": key} if html == kept.sent.paragraphs.get(key) else {"key": key, "html": html}
                for key, html in kept.text.paragraphs.items()
            ],
            "body": kept.text.body,
        }
    waiting = cards(draft, kept.text)
    return {
        "base": kept.revision.pk,
        "keys": list(kept.sent.paragraphs),
        "joined": joined,
        "clashes": [
            {"id": card["clash"].pk, "place": card["clash"].place, "after": card["clash"].after, "new": card["new"]}
            | {"yours": card["clash"].yours, "theirs": card["theirs"]}
            for card in _marked(waiting, kept)
        ],
        "chosen": [_chosen(clash, kept.text) for clash in kept.settled]
        + ([rearranged.said(kept.rearranged)] if kept.rearranged else []),
        "clash_html": render_to_string("desk/writing/_clashes.html", {"clashes": waiting}, request=request),
    }


def _marked(waiting: list[dict[str, Any]], kept: together.Kept) -> list[dict[str, Any]]:
    new = {clash.pk for clash in kept.clashes}
    return [card | {"new": card["clash"].pk in new} for card in waiting]


def cards(draft: Draft, text: merge.Text | None = None) -> list[dict[str, Any]]:
    """The clashes that wait in a draft as the templates draw them."""
    found = clashes.waiting(draft)
    if not found:
        return []
    if text is None:
        assert draft.head is not None
        text = together.text_of(draft.head)
    pairs = [both_texts.Both(clash.place, clash.yours, _now(clash, text)) for clash in found]
    drawn = both_texts.sides(pairs, at=timezone.now(), sourcing=True)
    return [
        {"clash": clash, "name": _name(clash, text), "yours": yours, "other": other, "theirs": pair.theirs}
        for clash, pair, (yours, other) in zip(found, pairs, drawn, strict=True)
    ]


def _now(clash: Clash, text: merge.Text) -> str:
    """What the draft says there by now."""
    if clash.place in merge.FIELDS:
        return text.fields.get(clash.place, "")
    return text.paragraphs.get(clash.place, "")


def _name(clash: Clash, text: merge.Text) -> str:
    place = clash.place if clash.place in text.paragraphs else clash.after
    number = list(text.paragraphs).index(place) + 1 if place in text.paragraphs else 0
    if clash.place in merge.FIELDS or place == clash.place:
        return corrections.named(clash.place, number)
    return f"After paragraph {number}" if number else "At the top"


def _chosen(clash: Clash, text: merge.Text) -> str:
    """What a page that held a clash for open is told of somebody else's choice."""
    assert clash.settled_by is not None
    whose = {"yours": clash.person, "theirs": clash.other}.get(clash.choice)
    took = f"{whose.name}’s text" if whose else "both texts, one after the other"
    if whose == clash.settled_by:
        took = "their own text"
    return f"{_name(clash, text)}: {clash.settled_by.name} chose {took}."


@accounts.require(*access.WRITERS)
@require_POST
def choose(request: HttpRequest, pk: int, clash: int) -> HttpResponse:
    """Settle a clash with a plain form: ``choice`` is yours, theirs or both."""
    person = person_of(request)
    story = access.story_for_editing(person, pk)
    found = get_object_or_404(Clash, pk=clash, draft__story=story)
    try:
        together.choose(found, request.POST.get("choice", ""), person=person, at=timezone.now())
    except (Refused, Stale) as refused:
        messages.error(request, strip_tags(str(refused)))
    else:
        messages.success(request, "Chosen. The other text stays in the story’s history.")
    address = redirect("articles-desk:write", pk=pk)
    address["Location"] += f"?draft={found.draft_id}"
    return address
