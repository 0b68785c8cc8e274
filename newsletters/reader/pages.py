"""Pages that are the same for everybody."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from newsletters import box
from newsletters.models import Newsletter, Wording
from newsletters.reader.frame import kept


@require_safe
def newsletters(request: HttpRequest) -> HttpResponse:
    """All newsletters that take readers."""
    open_ones = list(Newsletter.objects.filter(open=True))
    return kept(request, "newsletters/newsletters.html", {"newsletters": open_ones}, *open_ones)


@require_safe
def newsletter(request: HttpRequest, slug: str) -> HttpResponse:
    """A newsletter's own page, with its form."""
    row = found(slug)
    form = box.of_page(row, page=reverse("newsletters:newsletter", kwargs={"slug": slug}))
    return kept(request, "newsletters/newsletter.html", {"newsletter": row, "box": form}, row)


@require_safe
def check_your_mail(request: HttpRequest, slug: str) -> HttpResponse:
    """Where every sign-up leads, whoever signed up."""
    row = found(slug)
    return kept(request, "newsletters/check_your_mail.html", {"newsletter": row}, row)


@require_safe
def companies(request: HttpRequest, purpose: str, version: int) -> HttpResponse:
    """The companies named by one version of a wording; it never changes, and older versions stay to be read."""
    if version > 2_147_483_647:
        raise Http404  # the database's integer ends there, and asking for more would be an error, not a miss
    wording = get_object_or_404(Wording.objects.select_related("purpose"), purpose__slug=purpose, version=version)
    newest = Wording.objects.filter(purpose=wording.purpose_id).order_by("-version").first()
    shown_by = Newsletter.objects.filter(offers__purpose=wording.purpose_id)
    return kept(request, "newsletters/companies.html", {"wording": wording, "newest": newest}, *shown_by)


def found(slug: str) -> Newsletter:
    """Return the newsletter with its wordings beside it. Raises Http404."""
    row: Newsletter = get_object_or_404(box.with_wordings(Newsletter.objects.all(), newsletter=""), slug=slug)
    return row
