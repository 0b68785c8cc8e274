"""The demo's shop may come up after the first try to read it, which must not fail this run or the next ones."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from articles.models import Offer
from newsroom.demo import seed, shop
from newsroom.demo.steps import shopping
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db(transaction=True)
REFUSED = "The shop did not answer properly (Connection refused)."


@pytest.fixture
def refused(settings: Any) -> Offer:
    """The offer that the step waits for, after a try that failed."""
    settings.PRIVATE_SHOPS = True  # this machine is one
    at = timezone.now()
    seed.shop({"editor": person("editor"), "administrator": person("administrator")}, 8090, at)
    title = shop.ARTICLES[0].title
    tried = {"tries": 3, "due_at": at + timedelta(hours=1), "link_seen_at": at, "link_note": REFUSED}
    Offer.objects.filter(product__title=title).update(**tried)
    return Offer.objects.get(product__title=title)


def test_once_it_is_open_it_is_asked_again_but_for_what_is_settled(refused: Offer) -> None:
    gone = Offer.objects.get(product__title="Walking umbrella")
    Offer.objects.filter(pk=gone.pk).update(link_state=Offer.Link.GONE, due_at=refused.due_at, tries=0)
    seed.shop_is_open()
    refused.refresh_from_db()
    gone.refresh_from_db()
    assert (refused.due_at, refused.tries) == (None, 0)
    assert gone.due_at is not None


def test_the_step_looks_past_a_try_that_failed(refused: Offer) -> None:
    def read() -> None:
        well = {"link_state": Offer.Link.FINE, "link_note": "", "checked_by": None, "price": "245.00"}
        Offer.objects.filter(pk=refused.pk).update(**well)
        connection.close()

    later = threading.Timer(0.3, read)
    later.start()
    job: Any = None  # it asks the database alone
    assert shopping.price(job) == f"£245.00 for {shop.ARTICLES[0].title}"
    later.join()


def test_when_it_never_answers_the_step_says_why(refused: Offer, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_late(ask: Any, what: str) -> Any:
        assert not ask()
        raise shopping.StepFailed(what)

    monkeypatch.setattr(shopping, "wait_for", too_late)
    job: Any = None
    with pytest.raises(shopping.StepFailed, match="the shop’s page was not read: The shop did not answer properly"):
        shopping.price(job)
