"""Django's admin: every page of every model that is registered there, for administrators only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from articles.models import Section
from newsletters.models import Purpose
from newsroom.publication.models import Publication
from tests.factories import articles, media_assets, newsletters
from tests.factories.accounts import person
from tests.house.matrix import Row

ADMINISTRATOR = {"administrator"}
SECTION = {"name": "Palaces", "slug": "palaces", "position": "3"}


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One model of the admin.

    Attributes:
        make: makes a row of it that nothing else needs.
        may: what an administrator may do besides looking: some of "add", "change", "delete".
        data: a whole form, for adding and for changing; or a callable that makes what it names first.
    """

    make: Callable[[], Any]
    may: frozenset[str] | set[str] = frozenset({"add", "change", "delete"})
    data: dict[str, Any] | Callable[[], dict[str, Any]] = field(default_factory=dict)

    def fields(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        return self.data() if callable(self.data) else self.data


def publication() -> Publication:
    return Publication.objects.get_or_create(pk=1)[0]


def one_publication() -> dict[str, Any]:
    publication()
    return {"name": "The Long Walk", "language": "en-GB", "time_zone": "Europe/London"}


def boxless() -> dict[str, Any]:
    """A newsletter's form without boxes."""
    purpose = newsletters.purpose("Send me the court letter", is_newsletter=True)
    return {
        "name": "The court letter",
        "slug": "the-court-letter",
        "promise": "The week at court.",
        "rhythm": "Fridays",
        "sender_name": "The court letter",
        "purpose": purpose.pk,
        "open": "on",
        "offers-TOTAL_FORMS": "0",
        "offers-INITIAL_FORMS": "0",
    }


LISTED = {
    "accounts_person": Listed(make=lambda: person("reporter"), may=set()),
    "articles_merchant": Listed(
        make=articles.merchant,
        data={"name": "Harrow & Vale", "hosts": "harrow.example", "tag": "tag=desk-21", "pause": 30},
    ),
    "articles_outlet": Listed(make=articles.outlet, data={"name": "The Court Record"}),
    "articles_section": Listed(make=articles.section, data=SECTION),
    "articles_topic": Listed(make=articles.topic, data={"name": "Windsor", "slug": "windsor"}),
    "media_assets_agency": Listed(make=media_assets.agency, data={"name": "Alamy", "credit": "Alamy"}),
    "media_assets_asset": Listed(make=lambda: media_assets.asset(made=False), may=set()),
    "media_assets_imageplacement": Listed(
        make=lambda: media_assets.image_placement(media_assets.asset(made=False)), may=set()
    ),
    "media_assets_rightsrow": Listed(make=lambda: media_assets.asset(made=False).rights.get(), may=set()),
    "newsletters_newsletter": Listed(make=lambda: newsletters.newsletter(boxes=False), data=boxless),
    "newsletters_purpose": Listed(
        make=lambda: Purpose.objects.create(name="Offers", slug="offers"), data={"name": "Events", "slug": "events"}
    ),
    "publication_publication": Listed(
        make=publication,
        may={"change"},  # there is one; it can be added only where it is missing
        data=one_publication,
    ),
}


def _rows(label: str, listed: Listed) -> dict[str, Row]:
    def one() -> dict[str, Any]:
        return {"object_id": listed.make().pk}

    def row(verb: str, **facts: Any) -> Row:
        allow = ADMINISTRATOR if verb in listed.may else set()
        return Row(method="POST", both=True, any_method=True, allow=allow, status=302, **facts)

    looked_at = Row(kwargs=one, both=True, any_method=True, allow=ADMINISTRATOR)
    return {
        f"admin:{label}_changelist": Row(both=True, any_method=True, allow=ADMINISTRATOR),
        f"admin:{label}_add": row("add", data=listed.fields),
        f"admin:{label}_change": row("change", kwargs=one, data=listed.fields) if "change" in listed.may else looked_at,
        f"admin:{label}_delete": row("delete", kwargs=one, data={"post": "yes"}),
        f"admin:{label}_history": looked_at,
    }


def _seen_by_readers() -> dict[str, Any]:
    section = articles.section()
    return {"content_type_id": ContentType.objects.get_for_model(Section).pk, "object_id": section.pk}


MATRIX: dict[str, Row] = {
    "admin:index": Row(any_method=True, both=True, allow=ADMINISTRATOR),
    "admin:app_list": Row(kwargs={"app_label": "articles"}, any_method=True, both=True, allow=ADMINISTRATOR),
    "admin:login": Row(any_method=True, both=True, allow=ADMINISTRATOR, status=302),
    "admin:logout": Row(method="POST", allow=ADMINISTRATOR),
    "admin:password_change": Row(any_method=True, both=True, allow=ADMINISTRATOR, status=302),
    "admin:password_change_done": Row(any_method=True, both=True, allow=ADMINISTRATOR),
    "admin:jsi18n": Row(any_method=True, both=True, allow=ADMINISTRATOR),
    "admin:autocomplete": Row(allow=set(), any_method=True, both=True),  # no form of ours asks it
    "admin:view_on_site": Row(kwargs=_seen_by_readers, any_method=True, both=True, allow=ADMINISTRATOR, status=302),
}
for _label, _listed in LISTED.items():
    MATRIX |= _rows(_label, _listed)


def label_of(model: type[Model]) -> str:
    """A model's name as the admin's addresses have it, and ``LISTED``."""
    return f"{model._meta.app_label}_{model._meta.model_name}"
