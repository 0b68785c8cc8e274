"""What the body editor asks of the server about blocks: cards, choices, placements. All of them answer JSON."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from articles import access
from articles.desk.tying import TIE
from articles.typed import whole_number
from newsroom import accounts, blocks
from newsroom.accounts import person_of

MOST_CARDS = 60
LONGEST_QUERY = 200


def asked_kind(kind: str) -> blocks.Block | None:
    """The registered kind, or the tie of a quotation in the running text, which is asked for in the same way."""
    return TIE if kind == TIE.kind else blocks.get(kind)


def _page(request: HttpRequest) -> blocks.PageContext:
    return blocks.PageContext(path="/", base_url=f"{request.scheme}://{request.get_host()}")


def cards(wanted: list[blocks.Reference], page: blocks.PageContext) -> dict[str, dict[str, str]]:
    """The card of each block by "kind:id": its accessible label and its HTML. One query per kind."""
    at = timezone.now()
    drawn: dict[str, dict[str, str]] = {}
    for kind in dict.fromkeys(reference.kind for reference in wanted):
        block = blocks.get(kind)
        ids = {reference.id for reference in wanted if reference.kind == kind}
        found = block.load(ids) if block is not None else {}
        for number in ids:
            drawn[f"{kind}:{number}"] = _card(block, kind, number, found.get(number), at, page)
    return drawn


def _card(
    block: blocks.Block | None, kind: str, number: int, placement: Any, at: Any, page: blocks.PageContext
) -> dict[str, str]:
    label = block.label if block else "Block of an unknown kind"
    title = block.title(placement) if block and placement is not None else ""
    problems = list(block.checks(placement, at)) if block and placement is not None else []
    inside = blocks.card(kind, number, placement, at=at, page=page)
    html = render_to_string(
        "desk/writing/_card.html",
        {"label": label, "icon": (block.icon if block else "i-info"), "inside": inside, "problems": problems,
         "editable": block is not None and placement is not None},
    )  # fmt: skip
    return {"label": f"{label}: {title}" if title else label, "html": html}


@accounts.require(*access.WRITERS)
@require_GET
def block_preview(request: HttpRequest) -> JsonResponse:
    """``?b=image:12&b=quote:3``: the cards of these blocks; what cannot be read as a kind and an id is left out."""
    wanted = []
    for key in request.GET.getlist("b")[:MOST_CARDS]:
        kind, _, number = key.partition(":")
        pk = whole_number(number)
        if kind.isascii() and kind.isalpha() and len(kind) <= 20 and pk is not None and len(number) <= 10:
            wanted.append(blocks.Reference(kind, pk))
    return JsonResponse(cards(wanted, _page(request)))


@accounts.require(*access.WRITERS)
@require_GET
def block_search(request: HttpRequest) -> JsonResponse:
    """``?kind=image&q=gate``: what can be chosen. ``?kind=image&placement=12``: what the picker shows to edit that one."""
    block = asked_kind(request.GET.get("kind", ""))
    if block is None:
        return JsonResponse({"error": "There is no such kind of block."}, status=404)
    if "placement" in request.GET:
        pk = whole_number(request.GET["placement"])
        placement = block.load({pk}).get(pk) if pk is not None else None
        if placement is None:
            return JsonResponse({"error": "This entry no longer exists."}, status=404)
        return JsonResponse({"values": block.values(placement)})
    story = whole_number(request.GET.get("story", ""))
    if story is not None and (why := block.barred(story)):
        return JsonResponse({"results": [], "empty": why})
    query = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:LONGEST_QUERY]
    answer = block.look(person_of(request), query, request.GET)
    found = [
        {
            "id": choice.id,
            "title": choice.title,
            "meta": choice.meta,
            "thumb": choice.thumb_url,
            "values": dict(choice.values),
            "barred": choice.barred,
        }
        for choice in answer.choices
    ]
    filters = [
        {"name": one.name, "label": one.label, "options": [list(option) for option in one.options]}
        for one in answer.filters
    ]
    return JsonResponse({"results": found, "empty": block.picker.empty, "filters": filters, "older": answer.older})


@accounts.require(*access.WRITERS)
@require_POST
def block_place(request: HttpRequest) -> JsonResponse:
    """Make a placement of what a picker sent. 200 ``{id, label, card}``, or 422 ``{errors: {field: message}}``."""
    kind = request.POST.get("kind", "")
    block = asked_kind(kind)
    if block is None:
        return JsonResponse({"errors": {"": "There is no such kind of block."}}, status=422)
    fields = {
        name: str(value).replace("\x00", "")
        for name, value in request.POST.items()
        if name not in ("kind", "csrfmiddlewaretoken")
    }
    story = whole_number(fields.get("story", ""))
    if story is not None and (why := block.barred(story)):
        return JsonResponse({"errors": {"": why}}, status=422)
    missing = _required(block, fields)
    if missing:
        return JsonResponse({"errors": missing}, status=422)
    try:
        with transaction.atomic():
            number = block.place(person_of(request), fields)
    except blocks.PlaceRefused as refused:
        return JsonResponse({"errors": refused.messages}, status=422)
    if block is TIE:
        return JsonResponse({"id": number, "quotation": TIE.told(number)})
    card = cards([blocks.Reference(kind, number)], _page(request))[f"{kind}:{number}"]
    return JsonResponse({"id": number, "label": card["label"], "card": card})


def _required(block: blocks.Block, fields: dict[str, str]) -> dict[str, str]:
    """What the picker itself can tell: nothing chosen, a required field left empty, one too long."""
    chosen = fields.get("choice", "").strip()
    errors: dict[str, str] = {}
    asked = {field.name: field for field in block.picker.fields}
    if not chosen and block.picker.new:
        asked |= {field.name: field for field in block.picker.new}
    elif not chosen and block.picker.search:
        errors["choice"] = "Choose one first."
    elif chosen and whole_number(chosen) is None:
        errors["choice"] = "This entry no longer exists."
    for field in asked.values():
        value = fields.get(field.name, "").strip()
        if field.required and not value:
            errors[field.name] = f"{field.label} is missing."
        elif field.max_length and len(value) > field.max_length:
            errors[field.name] = f"{field.label} has {len(value)} characters; the most is {field.max_length}."
        elif field.kind == "select" and value and value not in dict(field.options):
            errors[field.name] = "Choose one of the list."
    return errors
