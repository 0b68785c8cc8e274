"""The sign-up form as a page shows it: in a story, or on the newsletter's own page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_date

from newsletters.models import BoxPlacement, ListVersion, Newsletter, NewsletterPurpose, Wording
from newsroom.public_pages import url


@dataclass(frozen=True)
class Said:
    """One wording as the form shows it. ``named``: how many companies rely on it."""

    id: int
    purpose_id: int
    slug: str
    version: int
    text: str
    named: int
    list_date: date
    ticked: bool = False

    @property
    def sentence(self) -> str:
        """The wording with a full stop, for running text."""
        return self.text if self.text.endswith((".", "?")) else f"{self.text}."

    @property
    def companies_url(self) -> str:
        return url("newsletters:companies", self.slug, self.version)


@dataclass(frozen=True)
class Box:
    """All that the form's template reads.

    ``errors``: field -> sentence. ``uid``: makes the page's ids unique. ``name``: which box it is, where no placement says
    so. ``list_id``: the version of the newsletter that is offered.
    """

    newsletter: Newsletter
    own: Said | None
    choices: list[Said]
    line: str
    page: str
    placement_id: int | None
    uid: str
    list_id: int | None = None
    name: str = ""
    email: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        """A newsletter without a wording of its own offers nothing that could be agreed to."""
        return self.newsletter.open and self.own is not None

    @property
    def error(self) -> str:
        """What is wrong with the form as a whole."""
        return self.errors.get("", "")

    @property
    def action(self) -> str:
        return url("newsletters:sign-up", self.newsletter.slug)


def with_wordings(rows: QuerySet[Any], *, newsletter: str) -> QuerySet[Any]:
    """Put the newest wordings beside each row, as JSON: no query more, however many boxes a page has.

    Args:
        newsletter: the path from the row to its newsletter, "" when the row is one.
    """
    path = f"{newsletter}__" if newsletter else ""
    said = JSONObject(
        id="pk",
        purpose_id="purpose_id",
        slug="purpose__slug",
        version="version",
        text="text",
        companies="companies",
        list_date="list_date",
    )
    newest = Wording.objects.filter(purpose=OuterRef("purpose_id")).order_by("-version").values(json=said)[:1]
    own = Wording.objects.filter(purpose=OuterRef(f"{path}purpose_id")).order_by("-version").values(json=said)[:1]
    offered = (
        NewsletterPurpose.objects.filter(newsletter=OuterRef(f"{path}pk"))
        .order_by("position", "id")
        .annotate(said=Subquery(newest))
        .values(json=JSONObject(said=F("said")))
    )
    listed = ListVersion.objects.filter(newsletter=OuterRef(f"{path}pk")).order_by("-version").values("pk")[:1]
    return rows.annotate(_own=Subquery(own), _boxes=ArraySubquery(offered), _list=Subquery(listed))


def of_placement(row: BoxPlacement, *, page: str) -> Box:
    """Return the form of a placement that ``with_wordings`` loaded."""
    return _box(row, row.newsletter, page=page, placement_id=row.pk, uid=f"newsletter-{row.pk}", line=row.line)


def of_page(
    row: Newsletter,
    *,
    page: str,
    email: str = "",
    ticked: Iterable[str] = (),
    errors: Mapping[str, str] | None = None,
    placement_id: int | None = None,
    name: str = "",
) -> Box:
    """Return the form of a newsletter's own page, with what was typed and what is wrong with it.

    Args:
        page, placement_id, name: where the form stood that is mended here: the receipt names that place.
    """
    facts = {"page": page, "placement_id": placement_id, "uid": "newsletter", "email": email, "name": name}
    return _box(row, row, ticked=ticked, errors=errors or {}, **facts)


def of_json(said: Mapping[str, Any], *, uid: str, name: str) -> Box:
    """Return the form of a newsletter whose row came as JSON, with the wordings of ``with_wordings`` in it."""
    newsletter = Newsletter(**{field: said[field] for field in ("id", "name", "slug", "promise", "rhythm")})
    row: Any = newsletter
    row._own, row._boxes, row._list = said["own"], said["boxes"], said["list"]
    return _box(row, newsletter, page="", uid=uid, name=name)


def _box(row: Any, newsletter: Newsletter, *, ticked: Iterable[str] = (), **facts: Any) -> Box:
    marked = set(ticked)
    boxes = [_said(each["said"], marked) for each in row._boxes if each["said"]]
    facts = {"placement_id": None, "line": "", "list_id": row._list, **facts}
    facts["line"] = facts["line"] or newsletter.promise
    own = _said(row._own, set()) if row._own else None
    return Box(newsletter=newsletter, own=own, choices=boxes, **facts)


def _said(row: Mapping[str, Any], ticked: set[str]) -> Said:
    listed = row["list_date"]
    day = listed if isinstance(listed, date) else parse_date(listed)
    assert day is not None
    return Said(
        id=row["id"],
        purpose_id=row["purpose_id"],
        slug=row["slug"],
        version=row["version"],
        text=row["text"],
        named=len(row["companies"]),
        list_date=day,
        ticked=str(row["id"]) in ticked,
    )
