"""What an administrator changes or deletes in Django's admin leaves readers' pages with it, and what is needed stays."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection, transaction
from django.db.models import Model
from django.db.models.signals import pre_delete
from django.test import Client
from django.urls import reverse

from articles import admin as articles_admin
from articles.models import Merchant, Section, Story, Topic
from newsletters.models import Newsletter
from newsroom import outbox
from newsroom.outbox.models import Event
from tests.factories import articles as make
from tests.factories import media_assets as pictures
from tests.factories import newsletters as letters
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db

SECTION = {"name": "Palaces", "slug": "palaces", "position": "3"}
TOPIC = {"name": "Windsor", "slug": "windsor"}
MERCHANT = {"name": "Harrow & Vale", "hosts": "harrow.example", "tag": "", "pause": 30}
CASES = {
    "section": (make.section, SECTION, {"publication", "section:{pk}"}),
    "topic": (make.topic, TOPIC, {"topic:{pk}", "topic-name:{pk}", "feed:sitemap"}),
    "merchant": (make.merchant, MERCHANT, {"publication"}),
    "newsletter": (lambda: letters.newsletter(boxes=False), {}, {"newsletters", "publication", "newsletter:{pk}"}),
}


@pytest.fixture
def frank(client: Client) -> Client:
    client.force_login(person("administrator"))
    return client


@pytest.fixture
def purged(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """What handlers purge, in order; the purge itself is tested where it lives."""
    from articles import handlers as articles_handlers
    from newsletters import handlers as newsletters_handlers

    calls: list[set[str]] = []
    for module in (articles_handlers, newsletters_handlers):
        monkeypatch.setattr(module, "purge", lambda *tags, gone=False: calls.append(set(tags)))
    return calls


def address(of: Model, page: str) -> str:
    args = [] if page == "changelist" else [of.pk]
    return reverse(f"admin:{of._meta.app_label}_{of._meta.model_name}_{page}", args=args)


def by_page(frank: Client, what: Model) -> Any:
    return frank.post(address(what, "delete"), {"post": "yes"})


def by_list(frank: Client, what: Model) -> Any:
    data = {"action": "delete_selected", "_selected_action": [what.pk], "post": "yes"}
    return frank.post(address(what, "changelist"), data)


def said(response: Any) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", list(CASES))
@pytest.mark.parametrize("delete", [by_page, by_list])
def test_what_nothing_needs_goes_and_its_pages_follow(
    frank: Client, purged: list[set[str]], name: str, delete: Callable[..., Any]
) -> None:
    factory, _, tags = CASES[name]
    what = factory()  # type: ignore[operator]
    assert delete(frank, what).status_code == 302
    assert not type(what).objects.filter(pk=what.pk).exists()
    assert purged == []
    outbox.relay()
    assert purged == [{tag.format(pk=what.pk) for tag in tags}]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["section", "topic", "merchant"])
def test_what_is_changed_is_drawn_again(frank: Client, purged: list[set[str]], name: str) -> None:
    factory, data, tags = CASES[name]
    what = factory()  # type: ignore[operator]
    assert frank.post(address(what, "change"), data).status_code == 302
    what.refresh_from_db()
    assert what.name == data["name"]
    outbox.relay()
    assert purged == [{tag.format(pk=what.pk) for tag in tags}]


@pytest.mark.django_db(transaction=True)
def test_a_newsletter_is_told_once_with_the_boxes_beside_it(frank: Client, purged: list[set[str]]) -> None:
    what = letters.newsletter(boxes=False)
    brands = letters.purpose()
    told = {
        "name": "The court letter",
        "slug": what.slug,
        "promise": "The week at court.",
        "sender_name": "Court",
        "purpose": what.purpose_id,
        "offers-TOTAL_FORMS": "1",
        "offers-INITIAL_FORMS": "0",
        "offers-0-purpose": brands.pk,
        "offers-0-position": "0",
    }
    assert frank.post(address(what, "change"), told).status_code == 302
    what.refresh_from_db()
    assert (what.name, what.open, list(what.boxes.all())) == ("The court letter", False, [brands])
    outbox.relay()
    assert purged == [{"newsletters", "publication", f"newsletter:{what.pk}"}]


@pytest.mark.parametrize("delete", [by_page, by_list])
def test_nothing_goes_whose_pages_could_not_be_told(
    frank: Client, monkeypatch: pytest.MonkeyPatch, delete: Callable[..., Any]
) -> None:
    from newsroom.outbox import admin as telling

    def cut_off(*_: Any, **__: Any) -> None:
        raise RuntimeError("the line to the outbox is cut")

    what = make.topic()
    monkeypatch.setattr(telling, "record", cut_off)
    with pytest.raises(RuntimeError):
        delete(frank, what)
    assert Topic.objects.filter(pk=what.pk).exists()


def needed_section() -> Section:
    made = make.section()
    make.story(section=made, slug="a")
    make.published_story(section=made, slug="b")
    return made


def needed_topic() -> Topic:
    made = make.topic()
    make.published_story(topics=[made])
    return made


def topic_of_a_withdrawn_story() -> Topic:
    made = make.topic()
    make.withdrawn_story(topics=[made])
    return made


def merchant_with_a_product() -> Merchant:
    return make.product().offer.merchant


def merchant_linked_in_a_story() -> Merchant:
    made = make.merchant()
    make.published_story(headline="The coat", body='<p>It is <a href="https://www.shop.example/coat?a=1">here</a>.</p>')
    return made


def newsletter_with_a_reader() -> Newsletter:
    made = letters.newsletter()
    letters.subscriber(made)
    return made


def newsletter_in_a_story() -> Newsletter:
    made = letters.newsletter()
    letters.box(made)
    return made


@pytest.mark.parametrize("delete", [by_page, by_list])
@pytest.mark.parametrize(
    ("needed", "sentence"),
    [
        (needed_section, "Royals stays: 2 stories stand in it. Move them first."),
        (needed_topic, "King Charles stays: 1 published story is filed under it."),
        (topic_of_a_withdrawn_story, "King Charles stays: 1 published story is filed under it."),
        (merchant_with_a_product, "Example Shop stays: 1 product is sold there."),
        (merchant_linked_in_a_story, "Example Shop stays: the story “The coat” links there."),
        (newsletter_with_a_reader, "stays: readers signed up to it, or it was sent."),
        (newsletter_in_a_story, "stays: its box stands in a story."),
    ],
)
def test_what_is_needed_stays_and_says_by_what(
    frank: Client, needed: Callable[[], Any], sentence: str, delete: Callable[..., Any]
) -> None:
    what = needed()
    answer = delete(frank, what)
    assert sentence in (said(answer) if answer.status_code == 302 else answer.content.decode())
    assert type(what).objects.filter(pk=what.pk).exists()
    assert not Event.objects.exists()
    # Asked before, too: the page that would ask "Are you sure?" says it.
    before = frank.get(address(what, "delete"), follow=True)
    assert sentence in before.content.decode()


def test_a_draft_loses_the_topic_and_nothing_else(frank: Client) -> None:
    made = make.topic()
    kept = make.story(topics=[made])
    by_page(frank, made)
    assert not Topic.objects.exists()
    assert not Story.objects.get(pk=kept.pk).topics.exists()


def test_words_that_only_look_like_a_link_hold_no_merchant(frank: Client) -> None:
    made = make.merchant()
    make.published_story(body="<p>Write to shop.example, or see https://shop.example/.</p>")
    make.story(body='<p>A draft with a <a href="https://shop.example/">link</a>.</p>')
    by_page(frank, made)
    assert not Merchant.objects.exists()


def test_a_purpose_and_an_agency_in_use_stay(frank: Client) -> None:
    purpose, agency = letters.purpose(), pictures.agency()
    pictures.asset(agency=agency, made=False)
    for what in (purpose, agency):
        for delete in (by_page, by_list):
            assert delete(frank, what).status_code == 200
            assert type(what).objects.filter(pk=what.pk).exists()


def test_the_address_of_a_list_of_companies_stays_once_readers_hold_it(frank: Client) -> None:
    purpose = letters.purpose()
    frank.post(address(purpose, "change"), {"name": "Partners", "slug": "partners"})
    before = purpose.slug
    purpose.refresh_from_db()
    assert (purpose.name, purpose.slug) == ("Partners", before)


@contextmanager
def before_the_rows_go(sender: type[Model], do: Callable[[], Any]) -> Iterator[None]:
    """Somebody else commits ``do`` after the admin looked and before it deletes."""

    def elsewhere(**_: Any) -> None:
        def run() -> None:
            try:
                do()
            finally:
                connection.close()

        other = threading.Thread(target=run)
        other.start()
        other.join()

    pre_delete.connect(elsewhere, sender=sender, weak=False)
    try:
        yield
    finally:
        pre_delete.disconnect(elsewhere, sender=sender)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("delete", [by_page, by_list])
def test_what_came_to_be_needed_meanwhile_is_told_and_not_an_error(frank: Client, delete: Callable[..., Any]) -> None:
    """The database finds out at the very end, when the transaction is committed."""
    made, owner = make.section(), person("reporter")
    with before_the_rows_go(Section, lambda: make.story(section=made, owner=owner)):
        answer = delete(frank, made)
    assert answer.status_code == 302
    assert "Something else came to need it meanwhile" in said(answer)
    assert Section.objects.get() == made
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("delete", [by_page, by_list])
def test_what_the_admin_did_not_know_of_is_told_and_not_an_error(
    frank: Client, monkeypatch: pytest.MonkeyPatch, delete: Callable[..., Any]
) -> None:
    made = make.section()
    make.story(section=made)
    monkeypatch.setattr(articles_admin.SectionAdmin, "why_kept", lambda self, obj: "")
    monkeypatch.setattr(articles_admin.SectionAdmin, "get_deleted_objects", lambda *_: ([], {}, set(), []))
    answer = delete(frank, made)
    assert answer.status_code == 302
    assert "Something else came to need it meanwhile" in said(answer)
    assert Section.objects.get() == made


@pytest.mark.django_db(transaction=True)
def test_a_story_is_not_published_while_its_topic_goes(frank: Client) -> None:
    """Who comes second waits: here the publication, which then is of a story without the topic."""
    made = make.topic()
    story = make.story(topics=[made])
    order: list[str] = []
    started = threading.Event()

    def publish() -> None:
        started.set()
        with transaction.atomic():
            Story.objects.select_for_update().get(pk=story.pk)
            order.append("published")
        connection.close()

    other = threading.Thread(target=publish)

    def meanwhile(**_: Any) -> None:
        other.start()
        started.wait()
        other.join(timeout=0.5)
        order.append("deleted")

    pre_delete.connect(meanwhile, sender=Topic, weak=False)
    try:
        by_page(frank, made)
    finally:
        pre_delete.disconnect(meanwhile, sender=Topic)
        other.join()
    assert order == ["deleted", "published"]
