"""Imports at the desk: choosing a file, watching it being taken in, and the lines that were refused."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from newsletters import access, importing
from newsletters.models import Import, Purpose
from newsroom import accounts

SHOWN = 100


@accounts.require(*access.ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """The form and the imports before. POST takes a file and leads to its progress."""
    error, status = "", 200
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                raise importing.Refused("Choose a file first.")
            if (file.size or 0) > importing.LARGEST:
                raise importing.Refused(f"The file is larger than {importing.LARGEST / 1e6:.0f} MB. Cut it in two.")
            made = importing.begin(
                file.read(), name=file.name or "", person=accounts.person_of(request), at=timezone.now()
            )
        except importing.Refused as refused:
            error, status = refused.message, 422
        else:
            return redirect("newsletters-desk:import", pk=made.pk)
    context = {
        "error": error,
        "columns": importing.COLUMNS,
        "confirmed": importing.CONFIRMED,
        "largest": importing.LARGEST // 1_000_000,
        "most": importing.MOST_LINES,
        "purposes": Purpose.objects.filter(wordings__isnull=False).distinct(),
        "imports": Import.objects.select_related("made_by")[:30],
    }
    return render(request, "desk/newsletters/imports.html", context, status=status)


@accounts.require(*access.ROLES)
@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the import is, and what was refused and why."""
    found = access.import_for(accounts.person_of(request), pk)
    context = {**_standing(found), "refused": importing.refused(found)[:SHOWN], "shown": SHOWN}
    return render(request, "desk/newsletters/import.html", context)


@accounts.require(*access.ROLES)
@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The card with the numbers, asked for again and again by the page."""
    found = access.import_for(accounts.person_of(request), pk)
    response = render(request, "desk/newsletters/_import_progress.html", _standing(found))
    if found.finished_at:
        response["HX-Refresh"] = "true"  # the whole page says other things now
    return response


@accounts.require(*access.ROLES)
@require_safe
def refused(request: HttpRequest, pk: int) -> HttpResponse:
    """The refused lines as a file, to be mended and sent again."""
    found = access.import_for(accounts.person_of(request), pk)
    response = HttpResponse(
        "\ufeff" + importing.refused_as_csv(importing.refused(found)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="refused-{found.pk}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _standing(found: Import) -> dict[str, Any]:
    counts = importing.counts(found)
    done = counts["taken"] + counts["refused"]
    return {"import": found, "counts": counts, "done": done, "at": timezone.now()}
