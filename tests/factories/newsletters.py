"""Newsletters, their boxes, and people who signed up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from newsletters import consent, keyed
from newsletters.models import (
    BoxPlacement,
    Issue,
    Newsletter,
    NewsletterPurpose,
    Purpose,
    Subscriber,
    Subscription,
    Wording,
)
from tests.factories.accounts import person

BRANDS = "Contact me with news and offers from other Future brands"
PARTNERS = "Receive email from us on behalf of our trusted partners or sponsors"
_number = count(1)


def purpose(text: str = BRANDS, *, is_newsletter: bool = False, companies: list[str] | None = None) -> Purpose:
    """Make a purpose with the first version of its wording."""
    number = next(_number)
    made = Purpose.objects.create(slug=f"purpose-{number}", name=f"Purpose {number}", is_newsletter=is_newsletter)
    wording(made, text, companies=companies or [])
    return made


def wording(of: Purpose, text: str, *, companies: list[str] | None = None) -> Wording:
    """Add the next version of a purpose's wording."""
    return Wording.objects.create(
        purpose=of,
        version=of.wordings.count() + 1,
        text=text,
        companies=[{"name": name, "address": ""} for name in companies or []],
        list_date=date(2025, 9, 1),
    )


def newsletter(*, boxes: bool = True, wordings: tuple[str, str] = (BRANDS, PARTNERS), **facts: Any) -> Newsletter:
    """Make a newsletter with a purpose of its own and, unless told otherwise, the two boxes beside it."""
    number = next(_number)
    name = facts.pop("name", f"Royals Weekly {number}")
    made = Newsletter.objects.create(
        name=name,
        slug=facts.pop("slug", f"royals-weekly-{number}"),
        promise=facts.pop("promise", "What happened at the palaces, and why it matters."),
        rhythm=facts.pop("rhythm", "Every Friday morning"),
        sender_name=facts.pop("sender_name", name),
        purpose=purpose(f"Send me {name}", is_newsletter=True),
        **facts,
    )
    if boxes:
        for position, (text, company) in enumerate(zip(wordings, ["Homes & Gardens", "Acme Travel Ltd"], strict=True)):
            NewsletterPurpose.objects.create(
                newsletter=made, purpose=purpose(text, companies=[company]), position=position
            )
    return made


def box(of: Newsletter, **facts: Any) -> BoxPlacement:
    """Make a box as it stands in a story."""
    return BoxPlacement.objects.create(newsletter=of, **facts)


def subscriber(of: Newsletter | None = None, *, address: str = "", at: datetime | None = None) -> Subscriber:
    """Make a confirmed person; with a newsletter, on its list and with the receipt for it."""
    at = at or datetime.now(UTC) - timedelta(days=1)
    address = address or f"reader{next(_number)}@example.org"
    made = Subscriber.objects.create(address=address, normalised=address.lower(), confirmed_at=at, created_at=at)
    if of is not None:
        Subscription.objects.create(subscriber=made, newsletter=of, confirmed_at=at)
        grant(made, of.purpose, at=at)
    return made


def subscribers(of: Newsletter, number: int) -> list[Subscriber]:
    """Make many people on a list in three statements."""
    at = datetime.now(UTC) - timedelta(days=1)
    start = next(_number)
    addresses = [f"reader{start}-{n}@example.org" for n in range(number)]
    made = Subscriber.objects.bulk_create(
        [Subscriber(address=address, normalised=address, confirmed_at=at) for address in addresses]
    )
    Subscription.objects.bulk_create([Subscription(subscriber=one, newsletter=of, confirmed_at=at) for one in made])
    text = of.purpose.wordings.get(version=1)
    from newsletters.models import ConsentReceipt

    ConsentReceipt.objects.bulk_create(
        [
            ConsentReceipt(
                subscriber=one,
                purpose=of.purpose,
                wording=text,
                act="grant",
                at=at,
                asked_at=at,
                page_path="/newsletters/",
                form="newsletter-page",
                how="confirmed by button",
                address_hash=keyed.one(one.normalised),
            )
            for one in made
        ]
    )
    return made


def grant(to: Subscriber, of: Purpose, *, at: datetime | None = None) -> None:
    """Write a receipt of a grant in the purpose's newest wording."""
    at = at or datetime.now(UTC)
    consent.grant(
        to,
        of.wordings.order_by("-version")[0],
        at=at,
        asked_at=at,
        page_path="/newsletters/",
        form="newsletter-page",
        how="confirmed by button",
    )


def issue(of: Newsletter | None = None, **facts: Any) -> Issue:
    """Make an issue that is being composed."""
    return Issue.objects.create(
        newsletter=of or newsletter(),
        subject=facts.pop("subject", "A first step, and a private visit"),
        preview_text=facts.pop("preview_text", "Four days in Britain, told in two stories."),
        intro=facts.pop("intro", "Good morning. This week the talk is of a short visit."),
        made_by=facts.pop("made_by", None) or person("marketing"),
        **facts,
    )
