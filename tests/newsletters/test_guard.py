"""Sign-up boxes defend themselves: budgets that fail closed, an alarm, a list of throwaway domains, and haste."""

from __future__ import annotations

from typing import Any

import pytest
import redis
from django.conf import settings
from django.test import Client

from newsletters import guard, signup, tasks
from newsletters.models import SignUp, SignUpAlarm
from newsroom import limits
from newsroom.limits import budgets
from newsroom.notices.models import Notice
from newsroom.outbox.models import Event
from tests.factories import newsletters as made
from tests.factories.accounts import person
from tests.newsletters.sending import now


def post(client: Client, newsletter: Any, email: str, **fields: Any) -> Any:
    address = f"/newsletters/{newsletter.slug}/sign-up/"
    return client.post(address, {"email": email, **fields}, headers={"Origin": "http://testserver"})


@pytest.fixture
def redis_away(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Nothing listens where Redis was; ``back()`` brings it back."""
    real = settings.REDIS_URL
    monkeypatch.setattr(budgets, "_away_until", 0.0)
    monkeypatch.setattr(budgets, "_own", {})
    monkeypatch.setattr(settings, "REDIS_URL", "redis://127.0.0.1:1/0")

    def back() -> None:
        monkeypatch.setattr(settings, "REDIS_URL", real)
        monkeypatch.setattr(budgets, "_away_until", 0.0)

    return back


@pytest.mark.django_db(transaction=True)
def test_while_redis_is_away_sign_ups_wait_and_are_answered_afterwards(client: Client, redis_away: Any) -> None:
    marketing = person("marketing")
    newsletter = made.newsletter()
    answers = {post(client, newsletter, f"reader{number}@example.org").status_code for number in range(3)}
    answers |= {post(client, newsletter, "reader1@example.org").status_code for _ in range(5)}
    assert answers == {303}, "the same answer as ever"
    assert not Event.objects.filter(kind="newsletters.sign_up_requested").exists(), "nothing is mailed"
    waiting = SignUp.objects.filter(queued_at__isnull=False)
    assert 3 <= waiting.count() < 8
    assert all(one.network and "127.0.0.1" not in one.network for one in waiting)
    assert signup.release(at=now()) == 0, "still away: they wait on"
    client.force_login(marketing)
    assert "wait" in client.get("/desk/newsletters/consent/").content.decode()
    assert Notice.objects.filter(person=marketing, kind="newsletters.sign-ups").count() == 1
    redis_away()
    tasks.answer_queued()
    assert not waiting.all().exists()
    events = Event.objects.filter(kind="newsletters.sign_up_requested").count()
    assert events == SignUp.objects.count() >= 3
    assert not SignUp.objects.exclude(network="").exists(), "the network is kept no longer than it is needed"


@pytest.mark.django_db(transaction=True)
def test_what_waited_is_held_to_the_budgets(client: Client, redis_away: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    newsletter = made.newsletter()
    for number in range(4):
        post(client, newsletter, f"reader{number}@example.org")
    SignUp.objects.filter(address="reader3@example.org").update(network="another")
    redis_away()
    monkeypatch.setattr(guard, "PER_NETWORK", (2, 3600))
    assert signup.release(at=now()) == 3
    assert SignUp.objects.get(queued_at__isnull=False).address == "reader2@example.org", "its network waits on"


@pytest.mark.django_db
def test_a_flood_while_redis_is_away_does_not_fill_the_database(client: Client, redis_away: Any) -> None:
    newsletter = made.newsletter()
    statuses = [post(client, newsletter, f"reader{number}@example.org").status_code for number in range(20)]
    assert statuses[-1] == 429
    assert SignUp.objects.count() == guard.PER_NETWORK[0] // 2


@pytest.mark.django_db(transaction=True)
def test_each_kind_of_misuse_alarms_once_an_hour(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    marketing, administrator = person("marketing"), person("administrator")
    newsletter = made.newsletter()
    for _ in range(6):
        post(client, newsletter, "alice@example.org")
    monkeypatch.setattr(guard, "PER_SITE", (7, 3600))
    for number in range(9):
        post(client, newsletter, f"reader{number}@example.org")
    monkeypatch.setattr(guard, "PER_NETWORK", (3, 3600))
    post(client, newsletter, "bob@example.org")
    assert set(SignUpAlarm.objects.values_list("kind", flat=True)) == {"address", "site", "network"}
    for somebody in (marketing, administrator):
        told = Notice.objects.filter(person=somebody, kind="newsletters.sign-ups")
        assert told.count() == 3
        assert "alice" not in " ".join(f"{one.title} {one.detail}" for one in told)
    client.force_login(marketing)
    page = client.get("/desk/newsletters/consent/").content.decode()
    assert "One address was asked for again and again" in page


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["a@mailinator.com", "a@MAILINATOR.COM", "a@below.yopmail.com"])
def test_a_throwaway_address_is_told_so(client: Client, address: str) -> None:
    answer = post(client, made.newsletter(), address)
    assert answer.status_code == 422
    assert "throwaway" in answer.content.decode()
    assert f'value="{address}"' in answer.content.decode()
    assert not SignUp.objects.exists()


def test_a_domain_that_only_ends_alike_is_none() -> None:
    assert not guard.throwaway("a@notmailinator.com")
    assert not guard.throwaway("a@com")
    assert not guard.throwaway("a@example.org")


@pytest.mark.django_db
def test_a_form_that_came_in_no_time_is_answered_and_dropped(client: Client) -> None:
    newsletter = made.newsletter()
    assert post(client, newsletter, "robot@example.org", took="35").status_code == 303
    assert not SignUp.objects.exists()
    for took in ("", "4000", "²", "-1", "9" * 30):  # without a script nobody says how long it took
        assert post(client, newsletter, f"a{len(took)}@example.org", took=took).status_code == 303
    assert SignUp.objects.count() == 5


@pytest.mark.django_db
def test_a_shared_budget_says_when_it_cannot_be_asked(redis_away: Any) -> None:
    assert limits.spend_shared("a", "b", limit=1, seconds=60) is None
    assert limits.spend("a", "b", limit=2, seconds=60)
    redis_away()
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        assert client.ping()
    assert limits.spend_shared("a", "b", limit=1, seconds=60)
    assert limits.spend_shared("a", "b", limit=1, seconds=60) is False
