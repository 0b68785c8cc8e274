"""Planning: one delivery for everyone who consents now, and for nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from newsletters import audience, consent, delivery
from newsletters.models import Delivery, Issue, Subscriber, Subscription
from tests.factories import newsletters as made
from tests.newsletters.sending import sending


@pytest.mark.django_db
def test_only_a_confirmed_address_with_a_live_consent_to_that_newsletter_is_in_the_audience() -> None:
    newsletter, other = made.newsletter(), made.newsletter()
    wanted = made.subscriber(newsletter)
    at = datetime.now(UTC)

    unconfirmed = made.subscriber(newsletter)
    Subscriber.objects.filter(pk=unconfirmed.pk).update(confirmed_at=None)
    left = made.subscriber(newsletter)
    Subscription.objects.filter(subscriber=left).update(state="left")
    withdrew = made.subscriber(newsletter)
    consent.withdraw(withdrew, newsletter.purpose, at=at, page_path="", form="x", how="x")
    never = made.subscriber()
    Subscription.objects.create(subscriber=never, newsletter=newsletter, confirmed_at=at)
    elsewhere = made.subscriber(other)
    Subscription.objects.create(subscriber=elsewhere, newsletter=newsletter, confirmed_at=at - timedelta(days=1))
    boxed = made.subscriber(other)
    made.grant(boxed, newsletter.offers.first().purpose)
    Subscription.objects.create(subscriber=boxed, newsletter=newsletter, confirmed_at=at - timedelta(days=1))

    assert [row.subscriber for row in audience.of(newsletter, at=at)] == [wanted]
    assert audience.size(newsletter, at=at) == 1


@pytest.mark.django_db
def test_a_consent_given_again_after_a_withdrawal_stands() -> None:
    newsletter = made.newsletter()
    reader = made.subscriber(newsletter)
    at = datetime.now(UTC)
    consent.withdraw(reader, newsletter.purpose, at=at, page_path="", form="x", how="x")
    assert audience.size(newsletter, at=at) == 0
    made.grant(reader, newsletter.purpose)
    assert audience.size(newsletter, at=at) == 1


@pytest.mark.django_db
def test_planning_again_adds_nobody_twice_and_goes_on_where_it_stood(monkeypatch: pytest.MonkeyPatch) -> None:
    issue = sending()
    made.subscribers(issue.newsletter, 25)
    monkeypatch.setattr(delivery, "PLAN_CHUNK", 10)
    assert delivery.plan(issue.pk) == 25
    issue.refresh_from_db()
    assert issue.planned_at is not None
    Issue.objects.filter(pk=issue.pk).update(planned_at=None, planned_up_to=0)
    delivery.plan(issue.pk)
    assert Delivery.objects.filter(issue=issue).count() == 25


@pytest.mark.django_db
def test_who_joins_after_the_sending_began_waits_for_the_next_issue() -> None:
    issue = sending()
    made.subscriber(issue.newsletter)
    made.subscriber(issue.newsletter, at=datetime.now(UTC) + timedelta(seconds=5))
    assert delivery.plan(issue.pk) == 1


@pytest.mark.django_db
def test_the_database_refuses_a_second_delivery_to_one_person() -> None:
    issue = sending()
    reader = made.subscriber(issue.newsletter)
    Delivery.objects.create(issue=issue, subscriber=reader)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(issue=issue, subscriber=reader)


@pytest.mark.django_db
def test_a_held_issue_is_not_planned() -> None:
    issue = sending()
    made.subscriber(issue.newsletter)
    Issue.objects.update(state=Issue.State.HELD)
    assert delivery.plan(issue.pk) == 0
