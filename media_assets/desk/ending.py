"""Rights that end soon: what ends when, the stories concerned, and what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from media_assets import access, usage
from media_assets import ending as rules
from media_assets.ending import Ending
from media_assets.models import Departure
from media_assets.usage import Used
from newsroom import accounts

PAGE = 20


@dataclass(frozen=True)
class Row:
    """One end ahead. days: whole ones from now. used: the places that this person may open."""

    ending: Ending
    days: int
    used: list[Used]


@accounts.require(*access.SEE)
@require_safe
def ending(request: HttpRequest) -> HttpResponse:
    """Show what ends within thirty days, the next first, and what left lately."""
    person, at = accounts.person_of(request), timezone.now()
    page = Paginator(rules.candidates(at), PAGE).get_page(request.GET.get("page"))
    endings = rules.coming(list(page.object_list), at)
    used = usage.of({one.asset.pk for one in endings}, person=person, at=at)
    left = Departure.objects.filter(returned_at=None).select_related("asset")[:PAGE] if page.number == 1 else []
    context = {
        "rows": [Row(one, (one.ends_at - at).days, used[one.asset.pk]) for one in endings],
        "page": page,
        "left": left,
        "may_rights": access.may(person, "change"),
        "may_withdraw": access.may(person, "withdraw"),
    }
    return render(request, "desk/pictures/ending.html", context)
