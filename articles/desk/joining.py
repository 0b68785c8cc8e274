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

from articles import access, clashes, drafts, merge, together
from articles.desk import clash as side_by_side
from articles.models import Clash, Draft
from articles.refusals import Refused, Stale
from articles.typed import whole_number
from newsroom import accounts, blocks
from newsroom.accounts import person_of

_NAMES = {
    "headline": "Headline",
    "kicker": "Kicker",
    "standfirst": "Standfirst",
    "lead_image": "Lead picture",
    "search_title": "Search title",
    "search_description": "Search description",
    "social_title": "Social title",
    "social_description": "Social description",
}


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
    return [_card(clash, text) for clash in found]


def _card(clash: Clash, text: merge.Text) -> dict[str, Any]:
    field = clash.place in merge.FIELDS
    theirs = text.fields.get(clash.place, "") if field else text.paragraphs.get(clash.place, "")
    yours, other = side_by_side.marked(_shown(clash, clash.yours), _shown(clash, theirs))
    name = _NAMES[clash.place] if field else _paragraph(clash, text)
    return {"clash": clash, "name": name, "yours": yours, "other": other, "theirs": theirs}


def _paragraph(clash: Clash, text: merge.Text) -> str:
    place = clash.place if clash.place in text.paragraphs else clash.after
    number = list(text.paragraphs).index(place) + 1 if place in text.paragraphs else 0
    return f"Paragraph {number}" if place == clash.place else f"After paragraph {number}" if number else "At the top"


def _shown(clash: Clash, said: str) -> str:
    if clash.place == "lead_image":
        return f"Picture {said}" if said else ""
    if clash.place in merge.FIELDS:
        return said
    references = blocks.references(said) if said else []
    if references:
        block = blocks.get(references[0].kind)
        return f"[{block.label if block else references[0].kind} {references[0].id}]"
    return " ".join(blocks.plain_text(said).split()) if said else ""


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
        messages.success(request, "Chosen. The other text stays in the history.")
    address = redirect("articles-desk:write", pk=pk)
    address["Location"] += f"?draft={found.draft_id}"
    return address
