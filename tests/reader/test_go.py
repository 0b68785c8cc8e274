"""From a product block to the shop: nowhere else, and counted without knowing whom."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import OperationalError, connection, connections
from django.test import Client
from django.utils import timezone

from articles import clicks
from articles.models import Click, Draft, MoveLog, ProductPlacement, Story
from articles.reader import going
from tests.asserts import page
from tests.factories import articles as make
from tests.factories.accounts import person
from tests.factories.articles import AT

BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
pytestmark = pytest.mark.django_db


def shown(placed: ProductPlacement | None = None, **facts: Any) -> tuple[ProductPlacement, Story]:
    """A block in a story that readers see."""
    placed = placed or make.product_placement()
    return placed, make.published_story(body=f'<div data-block="product" data-id="{placed.pk}"></div>', **facts)


@pytest.fixture(autouse=True)
def nobody_was_here_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(going, "_lately", clicks.Lately())


def counted() -> dict[tuple[int, int], int]:
    return {(row.placement_id, row.story_id): row.count for row in Click.objects.all()}


def test_a_click_leads_to_the_shop_and_is_counted_by_block_and_day(client: Client) -> None:
    shop = make.merchant("Network Shop", hosts=("shop.example",), tracking="https://go.network.example/?m=1&u={url}")
    placed, story = shown(make.product_placement(make.product(merchant=shop)))
    root = page(client.get(story.path).content.decode()).one("aside", "product")
    link = root.one("a")
    assert link.attributes["href"] == f"/go/{placed.pk}/"
    assert link.attributes["rel"] == "sponsored nofollow noopener"
    assert link.text == "See it at Network Shop"
    for number in range(3):
        answer = client.get(
            f"/go/{placed.pk}/?to=https://evil.example/&u=https://evil.example/",
            headers=BROWSER,
            REMOTE_ADDR=f"192.0.2.{number}",
        )
        assert answer.status_code == 302
        assert answer.headers["Location"] == (
            "https://go.network.example/?m=1&u=https%3A%2F%2Fshop.example%2Fcoats%2Friding%3Ftag%3Ddesk-20"
        )
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "strict-origin"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert not answer.cookies
    assert counted() == {(placed.pk, story.pk): 3}
    assert "Disallow: /go/" in client.get("/robots.txt").content.decode()


def test_the_day_is_the_publications(settings: LazySettings) -> None:
    placed, story = shown()
    for hour in (22, 23):  # an hour before and after midnight in London's summer time
        clicks.count(clicks.Going(placed.pk, "", story.pk), datetime(2025, 9, 11, hour, 30, tzinfo=UTC))
    assert [str(row.day) for row in Click.objects.order_by("day")] == ["2025-09-11", "2025-09-12"]


def test_it_leads_nowhere_for_what_readers_do_not_see(client: Client) -> None:
    """No open redirect: an address that no approved story holds is not followed, whoever put it into the library."""
    at = timezone.now()
    never = make.product_placement()
    drafted = make.product_placement()
    make.story(body=f'<div data-block="product" data-id="{drafted.pk}"></div>', standing=Draft.Standing.IN_REVIEW)
    withdrawn, gone = shown()
    Story.objects.filter(pk=gone.pk).update(readers=Story.Readers.WITHDRAWN)
    embargoed, later = shown()
    Story.objects.filter(pk=later.pk).update(embargo_until=at + timedelta(days=1))
    rewritten, live = make.product_placement(), make.published_story()
    newer = make.revision(
        live.draft,  # type: ignore[attr-defined]
        author=live.owner,
        body=f'<div data-block="product" data-id="{rewritten.pk}"></div>',
    )
    MoveLog.objects.create(story=live, revision=newer, move="approve", person=live.owner, at=at)
    for pk in (never.pk, drafted.pk, rewritten.pk, withdrawn.pk, embargoed.pk, 10**15, 10**30):
        answer = client.get(f"/go/{pk}/", headers=BROWSER)
        assert answer.status_code == 404, pk
        assert "Location" not in answer.headers
    assert not Click.objects.exists()


def test_the_desks_preview_leads_on_and_counts_nothing(client: Client) -> None:
    placed = make.product_placement()
    client.force_login(person("legal"))
    assert client.get(f"/go/{placed.pk}/", headers=BROWSER).status_code == 302
    client.force_login(person("marketing"))
    assert client.get(f"/go/{placed.pk}/", headers=BROWSER).status_code == 404
    assert not Click.objects.exists()


def test_a_letter_of_yesterday_still_leads_to_the_shop(client: Client) -> None:
    """An editor published other words of the block meanwhile: the sent letter's link names the block that it showed."""
    placed, story = shown()
    newer = make.revision(story.draft, author=story.owner, headline="Another", body="<p>Without it.</p>")  # type: ignore[attr-defined]
    Story.objects.filter(pk=story.pk).update(published_revision=newer)
    assert client.get(f"/go/{placed.pk}/", headers=BROWSER).status_code == 302
    assert counted() == {(placed.pk, story.pk): 1}


def test_who_only_looks_is_not_counted(client: Client) -> None:
    placed, _ = shown()
    way = f"/go/{placed.pk}/"
    robots = (
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "facebookexternalhit/1.1",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "curl/8.5.0",
        "python-requests/2.32",
        "Mozilla/5.0 (compatible; YandexBot/3.0)",
        "",
    )
    asked: list[dict[str, str]] = [{"user-agent": agent} for agent in robots]
    # Another site's picture, frame or script that names our address: nobody pressed anything (Fetch Metadata).
    asked += [
        BROWSER | {"sec-fetch-mode": mode, "sec-fetch-dest": goal}
        for mode, goal in (("no-cors", "image"), ("navigate", "iframe"), ("cors", "empty"), ("no-cors", "script"))
    ]
    for headers in asked:
        assert client.get(way, headers=headers).status_code == 302, headers
    early = [
        ("sec-purpose", "prefetch;prerender"),
        ("purpose", "prefetch"),
        ("x-moz", "prefetch"),
        ("x-purpose", "preview"),
    ]
    for name, value in early:
        answer = client.get(way, headers=BROWSER | {name: value})
        # A browser keeps no 503: whoever then presses the link asks, and is counted.
        assert (answer.status_code, answer.headers["Cache-Control"], "Location" in answer.headers) == (
            503,
            "no-store",
            False,
        )
    assert client.head(way, headers=BROWSER).status_code == 302
    assert client.post(way, headers=BROWSER).status_code == 405
    assert not Click.objects.exists()


def test_a_double_click_is_one_and_another_reader_is_another(client: Client) -> None:
    placed, story = shown()
    hat, _ = shown(make.product_placement(make.product("Hat", maker="Brim")))
    real = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    for pk, headers, address in (
        (placed.pk, BROWSER, "192.0.2.1"),
        (placed.pk, BROWSER, "192.0.2.1"),
        (hat.pk, BROWSER, "192.0.2.1"),
        (placed.pk, BROWSER, "192.0.2.2"),
        (placed.pk, BROWSER | real | {"user-agent": "Mozilla/5.0 (Macintosh) Safari/605.1.15"}, "192.0.2.1"),
    ):
        assert client.get(f"/go/{pk}/", headers=headers, REMOTE_ADDR=address).status_code == 302
    assert (counted()[placed.pk, story.pk], sum(counted().values())) == (3, 4)
    lately = clicks.Lately()
    asked = [lately.again(1, "192.0.2.1", "Safari", now=now) for now in (10.0, 12.9, 15.8, 19.0)]
    assert asked == [False, True, True, False]
    for number in range(clicks.MOST_REMEMBERED + 100):
        lately.again(number, "192.0.2.1", "Safari", now=20.0)
    assert len(lately._seen) <= clicks.MOST_REMEMBERED
    lately.again(1, "", "", now=90.0)
    assert len(lately._seen) < clicks.MOST_REMEMBERED
    assert not any(b"192.0.2.1" in mark or b"Safari" in mark for mark in lately._seen)


def test_nothing_that_could_name_a_reader_is_kept() -> None:
    assert {field.name for field in Click._meta.get_fields()} == {"id", "placement", "story", "day", "count"}


def test_without_redis_it_leads_on_and_counts(client: Client, settings: LazySettings) -> None:
    placed, _ = shown()
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    assert client.get(f"/go/{placed.pk}/", headers=BROWSER).status_code == 302
    assert sum(counted().values()) == 1


def test_without_postgresql_it_says_so_and_without_the_count_it_leads_on(client: Client) -> None:
    placed, _ = shown()

    def failing(part: str) -> Callable[..., Any]:
        def run(execute: Any, sql: str, *rest: Any) -> Any:
            if part in sql:
                raise OperationalError("server closed the connection unexpectedly")
            return execute(sql, *rest)

        return run

    with connection.execute_wrapper(failing("articles_productplacement")):
        answer = client.get(f"/go/{placed.pk}/", headers=BROWSER)
    assert answer.status_code == 503
    assert "closed for a moment" in answer.content.decode()
    assert (answer.headers["Retry-After"], answer.headers["Cache-Control"]) == ("10", "no-store")
    with connection.execute_wrapper(failing("INSERT INTO articles_click")):
        assert client.get(f"/go/{placed.pk}/", headers=BROWSER).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_two_readers_at_once_are_two_clicks() -> None:
    placed, story = shown()
    followed, at = clicks.Going(placed.pk, "", story.pk), timezone.now()

    def follow(_: int) -> None:
        for _ in range(10):
            clicks.count(followed, at)
        connections.close_all()

    with ThreadPoolExecutor(4) as readers:
        list(readers.map(follow, range(4)))
    assert counted() == {(placed.pk, story.pk): 40}


@pytest.mark.parametrize("by", [{"withdrawn_reason": "x", "readers": "withdrawn"}, {"embargo_until": True}])
def test_marketing_learns_no_headline_that_readers_may_not_see(client: Client, by: dict[str, Any]) -> None:
    placed, story = shown(headline="The Duke is ill")
    now = timezone.now()
    clicks.count(clicks.Going(placed.pk, "", story.pk), now)
    client.force_login(person("marketing"))
    addresses = [f"/desk/clicks/{page}?by={group}" for page in ("", "clicks.csv") for group in ("story", "block")]
    assert all("The Duke is ill" in client.get(address).content.decode() for address in addresses)
    facts = {"embargo_until": now + timedelta(hours=1)} if "embargo_until" in by else by
    Story.objects.filter(pk=story.pk).update(**facts)
    for address in addresses:
        assert "The Duke is ill" not in client.get(address).content.decode()


def test_marketing_sees_totals_and_takes_them_along(client: Client, at_most: Any) -> None:
    other = make.merchant("Other Shop", hosts=("other.example",))
    coat = make.product_placement(make.product("=Coat", maker="＋Harrow"))
    hat = make.product_placement(make.product("Hat", maker="Brim", merchant=other, link="https://other.example/"))
    (_, first), (_, second) = shown(coat, headline="First story"), shown(hat, headline="Second story")
    day = AT.date()
    for placed, story, ago, count in (
        (coat, first, 0, 2),
        (coat, second, 1, 3),
        (hat, second, 2, 4),
        (hat, second, 40, 9),
    ):
        Click.objects.create(placement=placed, story=story, day=day - timedelta(days=ago), count=count)
    Story.objects.filter(pk=second.pk).update(readers=Story.Readers.WITHDRAWN)
    client.force_login(person("marketing"))
    asked = f"since={day - timedelta(days=20)}&until={day}"
    gone = "A story that readers do not see"
    expected: dict[str, list[tuple[Any, ...]]] = {
        "by=product": [("＋Harrow =Coat", 5, 2), ("Brim Hat", 4, 1)],
        "by=merchant": [("Example Shop", 5, 2), ("Other Shop", 4, 1)],
        "by=story": [(gone, 7, 2), ("First story", 2, 1)],
        "by=day": [(str(day), 2, 1), (str(day - timedelta(1)), 3, 1), (str(day - timedelta(2)), 4, 1)],
        f"by=product&merchant={other.pk}": [("Brim Hat", 4, 1)],
        "by=block": [
            ("Brim Hat at Other Shop", gone, 4, 1),
            ("＋Harrow =Coat at Example Shop", gone, 3, 1),
            ("＋Harrow =Coat at Example Shop", "First story", 2, 1),
        ],
    }
    in_words = {"2025-09-11": "Thu 11 Sept 2025", "2025-09-10": "Wed 10 Sept 2025", "2025-09-09": "Tue 9 Sept 2025"}
    for by, lines in expected.items():
        root = page(client.get(f"/desk/clicks/?{by}&{asked}").content.decode())
        rows = [[cell.text for cell in row.all("td")] for row in root.one("tbody").all("tr")]
        names = ["".join(map(str, line[:-2])) for line in lines]
        wanted = [
            [in_words.get(name, name), f"{line[-2]} click", f"{line[-1]} "]
            for name, line in zip(names, lines, strict=True)
        ]
        assert [name for name, *_ in rows] == [name for name, *_ in wanted], by
        for row, (_, clicked, parts) in zip(rows, wanted, strict=True):
            assert (row[1].startswith(clicked), row[2].startswith(parts)) == (True, True), by
        taken = client.get(f"/desk/clicks/clicks.csv?{by}&{asked}")
        cells = list(csv.reader(io.StringIO(taken.content.decode("utf-8-sig"))))
        assert [tuple(cell.removeprefix("'") for cell in row) for row in cells[1:]] == [
            tuple(map(str, line)) for line in lines
        ]
        assert not any(cell.startswith(("=", "＋")) for row in cells for cell in row)
    for odd in (
        "by=x",
        "since=x",
        "since=2025-13-40&until=",
        f"since={day}&until=2020-01-01",
        "merchant=x",
        "merchant=0",
    ):
        assert client.get(f"/desk/clicks/?{odd}").status_code == 200, odd
    for more in (1, 19, 80):
        for _ in range(more):
            Click.objects.create(placement=make.product_placement(make.product()), story=first, day=day, count=1)
        for by in ("product", "block", "story", "merchant", "day"):
            with at_most(7):
                client.get(f"/desk/clicks/?by={by}&{asked}")
