"""Complaints at the desk: the queue with its clock, and the page on which one is looked into."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from articles import access, complaints, setting_aside
from articles.models import Complaint, Update
from articles.refusals import Refused, Stale
from articles.typed import whole_number
from newsroom import accounts
from newsroom.accounts import person_of
from newsroom.accounts.models import Person

State = Complaint.State
ROWS_A_PAGE = 50
TABS = (
    ("", "Open"),
    ("mine", "Mine"),
    (State.NEW.value, "New"),
    (State.LOOKING.value, "Looking into it"),
    ("decided", "Decided"),
    ("aside", "Set aside"),
)
# state -> the desk's chip of the same meaning (shape and colour); the words are the complaint's own
CHIPS = {
    State.NEW: "draft",
    State.LOOKING: "in_review",
    State.UPHELD: "changes_requested",
    State.NOT_UPHELD: "closed",
    State.RESOLVED: "approved",
}


@accounts.require(*access.HANDLERS_OF_COMPLAINTS)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The queue: what is due first stands first. ``?stands=`` names a tab, ``?q=`` finds words in what was said."""
    person, at = person_of(request), timezone.now()
    stands, q = _asked(request.GET)
    found = setting_aside.matching(_of_tab(access.complaints_for(person), stands, person), q)
    page = Paginator(found.select_related("owner", "story__published_revision"), ROWS_A_PAGE).get_page(
        request.GET.get("page")
    )
    keep = {name: value for name, value in (("stands", stands), ("q", q)) if value}
    context = {
        "rows": [_row(one, at) for one in page],
        "page": page,
        "tabs": [
            {"label": label, "url": f"{reverse('articles-desk:complaints')}{f'?stands={name}' if name else ''}",
             "current": name == stands}
            for name, label in TABS
        ],
        "stands": stands,
        "q": q,
        "most": setting_aside.MOST,
        "keep": f"{urlencode(keep)}&" if keep else "",
        "overdue": complaints.overdue(at)[:100].count(),
        "aside": complaints.aside_lately(at),
    }  # fmt: skip
    return render(request, "desk/articles/complaints.html", context)


@accounts.require(*access.HANDLERS_OF_COMPLAINTS)
@require_POST
def complaints_aside(request: HttpRequest) -> HttpResponse:
    """Set many aside, or (``to=in``) bring them in: those that are ticked or, with ``all``, those that the search finds."""
    person, at = person_of(request), timezone.now()
    stands, q = _asked(request.POST)
    back = {name: value for name, value in (("stands", stands), ("q", q)) if value}
    # Without a search "all" would be the whole queue.
    if q and request.POST.get("all"):
        found = setting_aside.matching(_of_tab(access.complaints_for(person), stands, person), q)
        ids = list(found.values_list("pk", flat=True)[: setting_aside.MOST])
    else:
        ids = [pk for pk in map(whole_number, request.POST.getlist("ids")[: setting_aside.MOST]) if pk]
    if request.POST.get("to") == "in":
        count = setting_aside.bring_in(ids, person=person, at=at)
        said = f"{count} brought in. {'It stands' if count == 1 else 'They stand'} among the open ones now."
    else:
        count = setting_aside.set_aside(ids, person=person, at=at)
        said = f"{count} set aside. You find {'it' if count == 1 else 'them'} under Set aside and can bring {'it' if count == 1 else 'them'} in."
    if count:
        messages.success(request, said)
    else:
        messages.warning(request, "Nothing was changed. Tick at least one that is still in this list.")
    return redirect(f"{reverse('articles-desk:complaints')}{'?' if back else ''}{urlencode(back)}")


@accounts.require(*access.HANDLERS_OF_COMPLAINTS)
@require_safe
def complaint(request: HttpRequest, pk: int) -> HttpResponse:
    """One complaint, with all that is known of it."""
    return _page(request, access.complaint_for(person_of(request), pk))


@accounts.require(*access.HANDLERS_OF_COMPLAINTS)
@require_POST
def complaint_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Set state, owner, outcome and what followed: a correction, a withdrawal."""
    person = person_of(request)
    found = access.complaint_for(person, pk)

    def act(expected: int) -> str:
        owner, update, withdrawal = (request.POST.get(name, "") for name in ("owner", "update", "withdrawal"))
        to = complaints.Change(
            state=request.POST.get("state", ""),
            # An id that is none must be refused beside its field, not be taken for "nobody".
            owner_id=(whole_number(owner) or 0) if owner else None,
            outcome=request.POST.get("outcome", ""),
            update_id=(whole_number(update) or 0) if update else None,
            withdrawal_id=(whole_number(withdrawal) or 0) if withdrawal else None,
            page=request.POST.get("page", ""),
        )
        complaints.change(complaint=found, person=person, expected_version=expected, to=to, at=timezone.now())
        return "Kept."

    return _acted(request, found, act)


@accounts.require(*access.HANDLERS_OF_COMPLAINTS)
@require_POST
def complaint_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer by mail."""
    person = person_of(request)
    found = access.complaint_for(person, pk)

    def act(expected: int) -> str:
        words = request.POST.get("words", "")
        complaints.answer(complaint=found, person=person, expected_version=expected, words=words, at=timezone.now())
        return "The answer is on its way."

    return _acted(request, found, act)


@accounts.require(*access.HANDLERS_OF_COMPLAINTS)
@require_POST
def complaint_bring_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one that was set aside for a person's."""
    person = person_of(request)
    found = access.complaint_for(person, pk)

    def act(expected: int) -> str:
        complaints.bring_in(complaint=found, person=person, expected_version=expected, at=timezone.now())
        return "It stands among the open ones now."

    return _acted(request, found, act)


def _acted(request: HttpRequest, found: Complaint, act: Callable[[int], str]) -> HttpResponse:
    expected = whole_number(request.POST.get("expected_version", ""))
    try:
        if expected is None:
            raise Refused("This page has lost track of its version. Look again, then decide.")
        said = act(expected)
    except Stale as stale:
        fresh = access.complaint_for(person_of(request), found.pk)
        return _page(request, fresh, {"": str(stale)}, HTTPStatus.CONFLICT)
    except Refused as refused:
        return _page(request, found, refused.messages, HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, said)
    return redirect("articles-desk:complaint", pk=found.pk)


def _page(
    request: HttpRequest, found: Complaint, errors: dict[str, str] | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    """The page; after a refusal the forms hold what was typed."""
    posted = request.POST if request.method == "POST" else {}
    story = found.story
    updates: QuerySet[Update] = Update.objects.none()
    if story is not None:
        updates = Update.objects.filter(story=story).exclude(kind=Update.Kind.MINOR).order_by("-at", "-id")
    values = {
        "state": posted.get("state", found.state),
        "owner": posted.get("owner", str(found.owner_id or "")),
        "outcome": posted.get("outcome", found.outcome),
        "update": posted.get("update", str(found.update_id or "")),
        "withdrawal": posted.get("withdrawal", str(found.withdrawal_id or "")),
        "words": posted.get("words", ""),
        "page": posted.get("page", ""),
    }
    context = {
        "complaint": found,
        "clock": complaints.clock(found, timezone.now()),
        "chip": CHIPS[State(found.state)],
        "stands_there": complaints.stands(found),
        "headline": _headline(found),
        "states": State.choices,
        "owners": [(str(one.pk), one.name) for one in complaints.handlers()],
        "updates": [(str(one.pk), one) for one in updates[:50]],
        "withdrawals": [(str(one.pk), one) for one in complaints.withdrawals(found.story_id)[:20]],
        "entries": found.entries.select_related("person")[:200],
        "values": values,
        "errors": errors or {},
        "whole": (errors or {}).get("", ""),
        "longest": complaints.LONGEST,
        "erased_by": (found.decided_at or found.due_at) + complaints.CONTACT_KEPT,
    }
    return render(request, "desk/articles/complaint.html", context, status=status)


def _asked(given: QueryDict) -> tuple[str, str]:
    """The tab and the words that an address, or a form of the list, names."""
    stands = given.get("stands", "")
    return stands if stands in {tab[0] for tab in TABS} else "", given.get("q", "").replace("\x00", "").strip()[:100]


def _of_tab(found: QuerySet[Complaint], stands: str, person: Person) -> QuerySet[Complaint]:
    if stands == "aside":
        return found.filter(set_aside=True).order_by("-received_at", "-id")
    found = found.filter(set_aside=False)
    if stands == "decided":
        return found.filter(decided_at__isnull=False).order_by("-decided_at", "id")
    found = found.filter(decided_at=None).order_by("due_at", "id")
    if stands == "mine":
        return found.filter(owner=person)
    return found.filter(state=stands) if stands else found


def _row(one: Complaint, at: Any) -> dict[str, Any]:
    return {
        "complaint": one,
        "clock": complaints.clock(one, at),
        "chip": CHIPS[State(one.state)],
        "headline": _headline(one),
    }


def _headline(one: Complaint) -> str:
    seen = one.story.published_revision if one.story else None
    return seen.headline if seen else ""
