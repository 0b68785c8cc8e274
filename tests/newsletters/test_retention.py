"""The clocks of purposes: what is due, the report, and the run that erases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from newsletters import consent, retention, tasks
from newsletters.models import (
    Import,
    ImportLine,
    Newsletter,
    RetentionRule,
    RetentionRun,
    SignUp,
    Subscriber,
    Suppression,
)
from newsroom.audit.models import AuditRow
from newsroom.mail import send
from newsroom.mail.models import Letter
from tests.factories import newsletters as made
from tests.factories.accounts import person
from tests.newsletters.sending import now

NOW = now()


def sign_up(newsletter: Newsletter, *, days: int, confirmed: bool = False) -> SignUp:
    at = NOW - timedelta(days=days)
    return SignUp.objects.create(
        newsletter=newsletter, wording=newsletter.purpose.wordings.get(), address="a@example.org",
        normalised="a@example.org", form="newsletter-page", requested_at=at, confirmed_at=at if confirmed else None,
    )  # fmt: skip


def lapsed(newsletter: Newsletter, *, months: int) -> Subscriber:
    """Somebody who withdrew everything so many months ago."""
    at = NOW - timedelta(days=months * 30.5)
    reader = made.subscriber(newsletter, at=at - timedelta(days=1))
    consent.withdraw(reader, newsletter.purpose, at=at, page_path="", form="letter:1", how="one-click")
    return reader


@pytest.mark.django_db
def test_sign_ups_end_by_their_own_newsletters_clock() -> None:
    quick, slow = made.newsletter(), made.newsletter()
    RetentionRule.objects.create(purpose=quick.purpose, unconfirmed_days=7)
    kept = [sign_up(quick, days=6), sign_up(slow, days=29)]
    sign_up(quick, days=8)
    sign_up(slow, days=31)
    sign_up(slow, days=31, confirmed=True)
    assert retention.run(at=NOW).sign_ups == 3
    assert list(SignUp.objects.order_by("pk")) == kept


@pytest.mark.django_db
def test_people_end_by_the_longest_of_their_clocks_and_never_with_a_standing_consent() -> None:
    newsletter = made.newsletter()
    box = newsletter.offers.first().purpose
    due, soon, standing = lapsed(newsletter, months=25), lapsed(newsletter, months=23), lapsed(newsletter, months=60)
    made.grant(standing, box, at=NOW - timedelta(days=1500))
    longer = lapsed(newsletter, months=25)
    made.grant(longer, box, at=NOW - timedelta(days=1500))
    consent.withdraw(longer, box, at=NOW - timedelta(days=790), page_path="", form="x", how="y")
    RetentionRule.objects.create(purpose=box, lapsed_months=48)
    coming = lapsed(newsletter, months=30)
    back = sign_up(newsletter, days=0)
    SignUp.objects.filter(pk=back.pk).update(normalised=coming.normalised)
    done = retention.run(at=NOW)
    assert done.people == 1
    erased = Subscriber.objects.filter(erased_at__isnull=False)
    assert list(erased) == [due]
    assert Suppression.objects.get().why == "retention"
    assert Subscriber.objects.filter(pk__in=[soon.pk, standing.pk, longer.pk, coming.pk], erased_at=None).count() == 4


@pytest.mark.django_db
def test_the_report_counts_what_stands_where() -> None:
    newsletter = made.newsletter()
    made.subscriber(newsletter)
    for months in (25, 24.5, 23.5, 3):
        lapsed(newsletter, months=months)  # type: ignore[arg-type]
    for days in (31, 20, 1):
        sign_up(newsletter, days=days)
    report = retention.report(at=NOW)
    assert (report.lapsed, report.due, report.soon) == (4, 2, 1)
    clock = next(one for one in report.clocks if one.purpose == newsletter.purpose)
    assert (clock.standing, clock.unconfirmed, clock.due, clock.soon) == (1, 3, 1, 3)


@pytest.mark.django_db
def test_the_report_costs_the_same_for_one_purpose_and_for_many() -> None:
    made.newsletter()
    with CaptureQueriesContext(connection) as few:
        retention.report(at=NOW)
    for _ in range(10):
        made.newsletter()
    with CaptureQueriesContext(connection) as many:
        retention.report(at=NOW)
    assert len(few) == len(many)


@pytest.mark.django_db(transaction=True)
def test_single_letters_and_refused_lines_are_kept_for_a_month() -> None:
    with transaction.atomic():
        for number in (1, 2):
            send(key=f"newsletters.confirm:{number}", to="a@example.org", subject="S", text="T")
        send(key="accounts.invite:1", to="b@example.org", subject="S", text="T")
    Letter.objects.update(state="sent", created_at=NOW - timedelta(days=31))
    Letter.objects.filter(key="newsletters.confirm:2").update(created_at=NOW)
    made_by = person("marketing")
    for days in (31, 1):
        file = Import.objects.create(
            name="x.csv", made_by=made_by, made_at=NOW, lines=1, finished_at=NOW - timedelta(days=days)
        )
        ImportLine.objects.create(
            of=file, number=2, state="refused", normalised="a@example.org", cells={"address": "a"}
        )
    tasks.keep_no_longer()
    assert dict(Letter.objects.values_list("key", "to")) == {
        "newsletters.confirm:1": "forgotten",
        "newsletters.confirm:2": "a@example.org",
        "accounts.invite:1": "b@example.org",
    }
    assert list(ImportLine.objects.order_by("pk").values_list("cells", flat=True)) == [{}, {"address": "a"}]
    tasks.keep_no_longer()
    assert RetentionRun.objects.count() == 1, "a quiet hour leaves no row of its own"


@pytest.mark.django_db
def test_marketing_sets_a_clock_and_a_slip_keeps_what_was_typed(client: Client) -> None:
    client.force_login(person("marketing"))
    purpose = made.newsletter().purpose
    address = "/desk/newsletters/consent/retention/"
    fields: dict[str, Any] = {"purpose": purpose.slug, "days": "14", "months": "6"}
    assert client.post(address, fields).status_code == 302
    rule = RetentionRule.objects.get()
    assert (rule.unconfirmed_days, rule.lapsed_months) == (14, 6)
    assert AuditRow.objects.filter(action="newsletters.retention").count() == 1
    for wrong in ({"days": "0"}, {"days": "366"}, {"months": "soon"}, {"months": "²"}, {"months": "99999999999"}):
        answer = client.post(address, {**fields, **wrong})
        assert answer.status_code == 422
        assert f'value="{next(iter(wrong.values()))[:20]}"' in answer.content.decode()
    rule.refresh_from_db()
    assert (rule.unconfirmed_days, rule.lapsed_months) == (14, 6)
    assert client.post(address, {**fields, "purpose": "nothing"}).status_code == 404
