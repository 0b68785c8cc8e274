"""Links of the running text: to our own pages that are there, and to no shop that readers are not told of."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from articles import checks, merchants
from articles.models import Story
from tests import valkey
from tests.factories import articles as make

pytestmark = pytest.mark.django_db


def found(now: datetime, *addresses: str) -> list[str]:
    body = "<p>First.</p>" + "".join(f'<p>See <a href="{address}">there</a>.</p>' for address in addresses)
    made = make.story(body=body)
    ran = checks.run(made.draft.head, story=made, at=now)  # type: ignore[attr-defined]
    return [one.message for one in ran if one.name in ("own_links", "disclosure")]


@pytest.mark.parametrize("way", ["{path}", "{path}?a=1#b", "{origin}{path}", "http://{host}{path}", "{bare}"])
def test_links_to_a_story_as_it_stands(now: datetime, settings: Any, way: str) -> None:
    settings.ORIGIN = "https://news.example"
    gone, draft, seen = make.withdrawn_story(), make.story(), make.published_story()
    barred = make.published_story()
    Story.objects.filter(pk=barred.pk).update(embargo_until=now + timedelta(days=1))

    def said(path: str) -> list[str]:
        bare = path.rstrip("/")
        return found(now, way.format(path=path, origin=settings.ORIGIN, host="www.news.example", bare=bare))

    assert said(seen.path) == []
    assert "a story that was withdrawn" in said(gone.path)[0]
    assert "a story that is not published" in said(draft.path)[0]
    assert "a story under embargo until" in said(barred.path)[0]
    assert "where there is no story" in said("/royals/never-was/")[0]


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("/", ""),
        ("/royals/", ""),
        ("/corrections/", ""),
        ("/no-such-section/", "which is not there"),
        ("/royals/a/b/c/", "which is not there"),
        ("/desk/stories/12/", "a page of the desk"),
        ("/admin/", "a page of the desk"),
        ("https://elsewhere.example/royals/never-was/", ""),
        ("mailto:desk@news.example", ""),
        ("http://[", ""),
    ],
)
def test_other_addresses(now: datetime, address: str, why: str) -> None:
    said = found(now, address)
    assert bool(said) == bool(why)
    assert all(why in one for one in said)


def test_each_is_said_where_it_stands_and_holds_back_the_approval_alone(now: datetime) -> None:
    made = make.story(body='<p>First.</p><p><a href="/royals/x/">One</a></p><p><a href="/royals/y/">Two</a></p>')
    ran = checks.run(made.draft.head, story=made, at=now)  # type: ignore[attr-defined]
    ours = [one for one in ran if one.name == "own_links"]
    assert [(one.where, one.about) for one in ours] == [("body:1", "/royals/x/"), ("body:2", "/royals/y/")]
    assert all(one.holds_back("approve") and not one.holds_back("publish") for one in ours)


def test_the_cost_is_the_same_for_one_link_and_twenty(now: datetime, django_assert_max_num_queries: Any) -> None:
    counts = []
    for many in (1, 20):
        body = "".join(f'<p><a href="/royals/x-{number}/">One</a></p>' for number in range(many))
        made = make.story(body=body + '<p><a href="/royals/">Royals</a></p>')
        valkey.emptied()  # what a process keeps for a second is asked for each time
        merchants.forget()
        with django_assert_max_num_queries(12) as ran:
            assert len(checks.run(made.draft.head, story=made, at=now)) > many  # type: ignore[attr-defined]
        counts.append(len(ran))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("address", "tells"),
    [
        ("https://amzn.to/3abc", True),
        ("https://www.amazon.co.uk/dp/B0?tag=royals-21", True),
        ("https://www.amazon.co.uk/dp/B0", False),
        ("https://go.redirectingat.com/?id=1", True),
        ("https://click.shop-links.co/x", True),
        ("https://tailor.example/coat?clickref=9", True),
        ("https://notamzn.to.example/", False),
        ("https://go.ournetwork.example/?m=12&u=x", True),  # its host stands in the merchant's tracking template
        ("https://ournetwork.example/", False),
        ("https://shop.example/coat?tag=9&awc=3", False),  # a merchant of the library: marked and disclosed by itself
    ],
)
def test_a_link_that_earns_without_a_disclosure_stops_it(now: datetime, address: str, tells: bool) -> None:
    """Promise 16."""
    make.merchant(tracking="https://go.ournetwork.example/?m=12&u={url}")
    assert bool(found(now, address.replace("&", "&amp;"))) == tells


def test_our_own_pages_earn_nothing_where_a_network_shares_our_host(now: datetime, settings: Any) -> None:
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "www.longwalk.example"]
    make.merchant(tracking="https://www.longwalk.example/shop/?u={url}")
    make.published_story(section=make.section(), slug="a-visit")
    assert not found(now, "https://www.longwalk.example/royals/a-visit/")
