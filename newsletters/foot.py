"""The sign-up form at the foot of every page. What it shows comes along with the publication: no query of its own."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F
from django.db.models.functions import JSONObject
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from newsletters import box
from newsletters.models import Newsletter
from newsletters.signup import FOOTER
from newsroom.publication.current import current

RIDER = "newsletters.foot"


def beside() -> ArraySubquery:
    """The newsletter of the footer as JSON beside any row, or an empty list."""
    rows = box.with_wordings(Newsletter.objects.filter(in_footer=True, open=True), newsletter="")
    said = JSONObject(
        id="pk",
        name="name",
        slug="slug",
        promise="promise",
        rhythm="rhythm",
        own=F("_own"),
        boxes=F("_boxes"),
        list=F("_list"),
    )
    return ArraySubquery(rows.order_by("pk").values(json=said)[:1])


def form() -> box.Box | None:
    """Return the footer's form, or None where no newsletter stands there or it could not be agreed to."""
    found = current().riders.get(RIDER)
    made = box.of_json(found[0], uid="foot-letter", name=FOOTER) if found else None
    return made if made is not None and made.open else None


def footer(request: HttpRequest) -> dict[str, Any]:
    """Give every page of readers ``footer_box``, asked for only where the footer is drawn."""
    return {"footer_box": SimpleLazyObject(form)}
