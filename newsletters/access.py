"""Who may do what with newsletters: marketing, and nobody else. Views get their objects through these doors."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404

from newsletters.models import Delivery, Import, Issue, Newsletter, Purpose, Subscriber
from newsroom.accounts import Role

ROLES = (Role.MARKETING,)


def newsletter_for(person: Any, pk: int) -> Newsletter:
    """Return the newsletter. Raises Http404; the view's ``require(*ROLES)`` has asked who it is."""
    return get_object_or_404(Newsletter.objects.select_related("purpose"), pk=pk)


def issue_for(person: Any, pk: int) -> Issue:
    return get_object_or_404(
        Issue.objects.select_related("newsletter__purpose", "made_by", "sent_by").defer("frozen_html", "frozen_text"),
        pk=pk,
    )


def delivery_for(person: Any, issue: Issue, pk: int) -> Delivery:
    return get_object_or_404(Delivery.objects.select_related("subscriber", "issue"), pk=pk, issue=issue)


def purpose_for(person: Any, slug: str) -> Purpose:
    return get_object_or_404(Purpose, slug=slug)


def import_for(person: Any, pk: int) -> Import:
    return get_object_or_404(Import.objects.select_related("made_by"), pk=pk)


def subscriber_for(person: Any, pk: int) -> Subscriber:
    return get_object_or_404(Subscriber, pk=pk, erased_at=None)


def may_open(person: Any) -> bool:
    """Say whether the person sees newsletters in the desk's menu."""
    return bool(person.has_role(*ROLES))
