"""Taking a sign-up from a kept page: no cookie and no token, so where it comes from is asked instead."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from newsletters import box, guard, signup
from newsletters.reader.frame import private
from newsletters.reader.pages import found
from newsroom.limits import client_network, from_here

TRAP = "website"  # a field that people do not see; robots fill in everything


@csrf_exempt
@require_POST
def sign_up(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the form. Whoever signs up, known or not, is sent to the same page."""
    newsletter = found(slug)
    ticked = signup.unique(request.POST.getlist("consent"))
    email = request.POST.get("email", "").replace("\x00", "")[:1000]
    page = signup.page_path(request.POST.get("page", ""))
    placement = signup.placement_of(newsletter, request.POST.get("placement", ""))
    placement_id = placement.pk if placement else None
    where = signup.FOOTER if request.POST.get("box") == signup.FOOTER and placement is None else ""

    def again(errors: dict[str, str], status: int) -> HttpResponse:
        form = box.of_page(
            newsletter, page=page, email=email, ticked=ticked, errors=errors, placement_id=placement_id, name=where
        )
        return private(
            request,
            "newsletters/newsletter.html",
            {"newsletter": newsletter, "box": form, "again": True},
            status=status,
        )

    if not from_here(request):
        return again({"": "Your browser did not say that the form is ours. Send it again from this page."}, 403)
    if not request.POST.get(TRAP) and not guard.hasty(request.POST.get("took", "")):
        asked = signup.Asked(
            address=email,
            ticked=ticked,
            wording=request.POST.get("wording", ""),
            placement=placement,
            page=page,
            offered=request.POST.get("list", ""),
            box=where,
        )
        try:
            signup.request(newsletter, asked, network=client_network(request), at=timezone.now())
        except signup.Refused as error:
            return again(error.messages, 429 if error.busy else 422)
    response = redirect("newsletters:check-your-mail", slug=newsletter.slug)
    response.status_code = 303
    response["Cache-Control"] = "no-store"
    return response
