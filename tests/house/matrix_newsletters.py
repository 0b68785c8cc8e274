from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from newsletters import issues, tokens
from newsletters.models import AddressChange, Delivery, Import, SignUp, Subscriber, Subscription
from newsroom.publication.models import Publication
from tests.factories import articles
from tests.factories import newsletters as made
from tests.factories.accounts import person
from tests.house.matrix import EVERYBODY, Row
from tests.newsletters.sending import sending

MARKETING = {"marketing"}


def slug() -> dict[str, Any]:
    return {"slug": made.newsletter().slug}


def companies() -> dict[str, Any]:
    return {"purpose": made.purpose(companies=["Acme Travel Ltd"]).slug, "version": 1}


def confirming() -> dict[str, Any]:
    newsletter = made.newsletter()
    sign_up = SignUp.objects.create(
        newsletter=newsletter,
        wording=newsletter.purpose.wordings.get(),
        address="alice@example.org",
        normalised="alice@example.org",
        form="newsletter-page",
        requested_at=datetime.now(UTC),
    )
    return {"token": tokens.make(sign_up, at=datetime.now(UTC))}


def leaving() -> dict[str, Any]:
    newsletter = made.newsletter()
    made.subscriber(newsletter)
    return {"token": tokens.leave_token(Subscription.objects.get(newsletter=newsletter).pk, 0)}


def centre() -> dict[str, Any]:
    person = made.subscriber(made.newsletter())
    return {"token": tokens.make_for_centre(person, at=datetime.now(UTC))}


def moving() -> dict[str, Any]:
    person = made.subscriber(made.newsletter())
    change = AddressChange.objects.create(
        subscriber=person,
        address="new@example.org",
        normalised="new@example.org",
        old_hash="a",
        new_hash="b",
        asked_at=datetime.now(UTC),
    )
    return {"token": tokens.make_for_move(change, at=datetime.now(UTC))}


def importing() -> dict[str, Any]:
    at = datetime.now(UTC)
    return {"pk": Import.objects.create(name="people.csv", made_by=person("marketing"), made_at=at, lines=0).pk}


def undeliverable() -> dict[str, Any]:
    reader = made.subscriber(made.newsletter())
    Subscriber.objects.filter(pk=reader.pk).update(undeliverable_at=datetime.now(UTC), undeliverable_why="550 5.1.1")
    return {"pk": reader.pk}


def composing() -> dict[str, Any]:
    return {"pk": made.issue().pk}


def ready() -> dict[str, Any]:
    """An issue that nothing stops."""
    Publication.objects.update_or_create(pk=1, defaults={"postal_address": "1 Castle Hill, Windsor"})
    newsletter = made.newsletter()
    made.subscriber(newsletter)
    issue = made.issue(newsletter)
    issues.pick(issue.pk, articles.published_story().pk, at=datetime.now(UTC))
    return {"pk": issue.pk}


def held() -> dict[str, Any]:
    issue = sending()
    issues.hold(issue.pk, why="Held.", at=datetime.now(UTC))
    return {"pk": issue.pk}


def uncertain() -> dict[str, Any]:
    issue = sending()
    row = Delivery.objects.create(issue=issue, subscriber=made.subscriber(issue.newsletter), state="uncertain")
    return {"pk": issue.pk, "delivery": row.pk}


MATRIX = {
    "newsletters:newsletters": Row(allow=EVERYBODY),
    "newsletters:newsletter": Row(kwargs=slug, allow=EVERYBODY),
    "newsletters:sign-up": Row(
        kwargs=slug,
        method="POST",
        data={"email": "alice@example.org"},
        headers={"Origin": "http://testserver"},
        allow=EVERYBODY,
        status=303,
    ),
    "newsletters:check-your-mail": Row(kwargs=slug, allow=EVERYBODY),
    "newsletters:confirm": Row(kwargs=confirming, method="POST", both=True, allow=EVERYBODY),
    "newsletters:leave": Row(
        kwargs=leaving, method="POST", both=True, data={"List-Unsubscribe": "One-Click"}, allow=EVERYBODY
    ),
    "newsletters:companies": Row(kwargs=companies, allow=EVERYBODY),
    "newsletters:preferences": Row(
        method="POST",
        both=True,
        data={"email": "alice@example.org"},
        headers={"Origin": "http://testserver"},
        allow=EVERYBODY,
        status=303,
    ),
    "newsletters:preferences-sent": Row(allow=EVERYBODY),
    "newsletters:preferences-erased": Row(allow=EVERYBODY),
    "newsletters:centre": Row(
        kwargs=centre, method="POST", both=True, data={"do": "go-on"}, allow=EVERYBODY, status=303
    ),
    "newsletters:centre-erase": Row(kwargs=centre, method="POST", both=True, allow=EVERYBODY, status=303),
    "newsletters:centre-file": Row(kwargs=lambda: {**centre(), "file": "receipts.csv"}, allow=EVERYBODY),
    "newsletters:move": Row(kwargs=moving, method="POST", both=True, allow=EVERYBODY),
    "newsletters-desk:returned": Row(allow=MARKETING),
    "newsletters-desk:write-again": Row(kwargs=undeliverable, method="POST", allow=MARKETING, status=302),
    "newsletters-desk:consent": Row(allow=MARKETING),
    "newsletters-desk:evidence": Row(method="POST", both=True, data={"address": "alice@example.org"}, allow=MARKETING),
    "newsletters-desk:retention": Row(
        method="POST",
        both=True,
        data=lambda kwargs: {"purpose": made.purpose().slug, "days": "30", "months": "24"},
        allow=MARKETING,
        status=302,
    ),
    "newsletters-desk:imports": Row(method="POST", both=True, allow=MARKETING, status=422),
    "newsletters-desk:import": Row(kwargs=importing, allow=MARKETING),
    "newsletters-desk:import-progress": Row(kwargs=importing, allow=MARKETING),
    "newsletters-desk:import-refused": Row(kwargs=importing, allow=MARKETING),
    "newsletters-desk:newsletters": Row(allow=MARKETING),
    "newsletters-desk:issue-new": Row(
        kwargs=lambda: {"pk": made.newsletter().pk}, method="POST", allow=MARKETING, status=302
    ),
    "newsletters-desk:issue": Row(
        kwargs=composing,
        method="POST",
        both=True,
        data={"subject": "A visit", "version": "1"},
        allow=MARKETING,
        status=302,
    ),
    "newsletters-desk:letter": Row(kwargs=ready, allow=MARKETING),
    "newsletters-desk:letter-part": Row(kwargs=lambda: {**ready(), "part": "html"}, allow=MARKETING),
    "newsletters-desk:issue-send": Row(
        kwargs=ready, method="POST", both=True, data={"version": "2"}, allow=MARKETING, status=302
    ),
    "newsletters-desk:results": Row(kwargs=lambda: {"pk": sending().pk}, allow=MARKETING),
    "newsletters-desk:progress": Row(kwargs=lambda: {"pk": sending().pk}, allow=MARKETING),
    "newsletters-desk:hold": Row(kwargs=lambda: {"pk": sending().pk}, method="POST", allow=MARKETING, status=302),
    "newsletters-desk:go-on": Row(kwargs=held, method="POST", allow=MARKETING, status=302),
    "newsletters-desk:cancel": Row(kwargs=held, method="POST", allow=MARKETING, status=302),
    "newsletters-desk:resolve": Row(
        kwargs=uncertain, method="POST", data={"as": "arrived"}, allow=MARKETING, status=302
    ),
    "newsletters-desk:wordings": Row(allow=MARKETING),
    "newsletters-desk:wording": Row(
        kwargs=lambda: {"slug": made.purpose().slug},
        method="POST",
        both=True,
        data={"text": "New words", "companies": "Acme Travel Ltd", "list_date": "2025-09-12", "seen": "1"},
        allow=MARKETING,
        status=302,
    ),
}
