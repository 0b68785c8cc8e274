"""The cache in front of us is told what was purged: by its own interface, after Redis, until it has taken it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
import redis
from django.conf import LazySettings
from django.db.models import F
from django.utils import timezone

from newsroom import outbox, servers
from newsroom.outbox.models import Effect
from newsroom.pagecache import cdn, purge, purging
from newsroom.pagecache.answers import Ready
from newsroom.pagecache.asgi import TRUST
from newsroom.pagecache.page import Page, pack
from tests.recorder import Recorder, recorder

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "t0k3n-of-ours"
KINDS = {
    "fastly": "fastly+http://{token}@{host}/SU1Z0isxPaozGVKXdv0eY",
    "cloudflare": "cloudflare+http://{token}@{host}/023e105f4ecef8ad9ca31a8372d0c353",
    "purge": "purge+http://{token}@{host}/?tags=xkey&keys=xkey-purge",
}
MOST = {"fastly": 256, "cloudflare": 100, "purge": 50}


@pytest.fixture
def heard() -> Iterator[Recorder]:
    with recorder() as one:
        yield one


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest, heard: Recorder, settings: LazySettings) -> str:
    settings.CDN = servers.cdn("CDN_URL", KINDS[request.param].format(token=TOKEN, host=heard.host))
    return str(request.param)


def relay(later: timedelta = cdn.SETTLED) -> None:
    """Everything that is due once so much time has passed."""
    Effect.objects.filter(handler="pagecache.purge-cdn").update(due_at=F("due_at") - later)
    outbox.relay()


def keys(kind: str, heard: Recorder) -> list[list[str]]:
    """The tags of each request, which is in every other respect as the interface wants it."""
    found = []
    for request in heard.heard:
        if kind == "fastly":
            assert (request.method, request.path) == ("POST", "/service/SU1Z0isxPaozGVKXdv0eY/purge")
            assert request.headers["fastly-key"] == TOKEN
            found.append(request.headers["surrogate-key"].split(" "))
        elif kind == "cloudflare":
            path = "/client/v4/zones/023e105f4ecef8ad9ca31a8372d0c353/purge_cache"
            assert (request.method, request.path) == ("POST", path)
            assert request.headers["authorization"] == f"Bearer {TOKEN}"
            assert request.headers["content-type"] == "application/json"
            found.append(json.loads(request.body).pop("tags"))
        else:
            assert (request.method, request.path) == ("PURGE", "/")
            assert request.headers["authorization"] == f"Bearer {TOKEN}"
            found.append(request.headers["xkey-purge"].split(" "))
    return found


def test_it_is_told_once_everything_behind_it_is_fresh(kind: str, heard: Recorder) -> None:
    assert timedelta(seconds=TRUST) < cdn.SETTLED
    purge("story:12", "home")
    outbox.relay()
    assert heard.heard == [], "what it fetches now could be a copy from before"
    relay()
    assert keys(kind, heard) == [["home", "story:12"]]
    outbox.relay()
    assert len(heard.heard) == 1


def test_what_was_withdrawn_leaves_it_at_once_and_again(kind: str, heard: Recorder) -> None:
    purge("story:12", gone=True)
    outbox.relay()
    assert keys(kind, heard) == [["story:12"]]
    relay()
    assert keys(kind, heard) == [["story:12"]] * 2


def test_many_go_in_requests_that_it_takes(kind: str, heard: Recorder) -> None:
    tags = [f"story:{number}" for number in range(1000, 1000 + MOST[kind] + 1)]
    purge(*tags)
    relay()
    assert [len(some) for some in keys(kind, heard)] == [MOST[kind], 1]
    assert [tag for some in keys(kind, heard) for tag in some] == tags


@pytest.mark.parametrize("status", [429, 500, 503, 403, 302])
def test_it_is_told_again_until_it_takes_it(kind: str, heard: Recorder, status: int, caplog: object) -> None:
    heard.answers = [status]
    purge("story:12")
    relay()
    effect = Effect.objects.get()
    assert (effect.done_at, effect.attempts) == (None, 1)
    assert str(status) in effect.last_error
    assert TOKEN not in effect.last_error
    assert TOKEN not in str(getattr(caplog, "text", ""))
    relay(timedelta(minutes=1))
    assert keys(kind, heard) == [["story:12"]] * 2
    effect.refresh_from_db()
    assert effect.done_at is not None


def test_redis_first_and_never_held_back(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CDN = servers.cdn("CDN_URL", "purge+http://127.0.0.1:9/")  # nobody listens there
    purge("story:12")  # done, although the other is away
    with redis.Redis.from_url(settings.REDIS_URL) as store:
        before = store.hget("{pages}:state", "story:12")
        assert before
        relay()
        effect = Effect.objects.get()
        assert "does not answer" in effect.last_error
        assert effect.due_at > timezone.now() - timedelta(seconds=1)
    # And where Redis does not take it, nothing is told: the cache would fetch the old page.
    Effect.objects.all().delete()

    def away(*args: object, **kwargs: object) -> None:
        raise redis.ConnectionError("away")

    monkeypatch.setattr(purging, "_script", lambda url: away)
    with pytest.raises(redis.ConnectionError):
        purge("story:12")
    assert not Effect.objects.exists()


def test_without_one_nothing_is_recorded() -> None:
    purge("story:12", gone=True)
    assert not Effect.objects.exists()


@pytest.mark.parametrize(
    ("url", "name", "value"),
    [
        ("", b"surrogate-key", b"home story:12"),
        (KINDS["fastly"], b"surrogate-key", b"home story:12"),
        (KINDS["cloudflare"], b"cache-tag", b"home,story:12"),
        (KINDS["purge"], b"xkey", b"home story:12"),
        ("purge+http://127.0.0.1/?tags=X-Keys", b"x-keys", b"home story:12"),
    ],
)
def test_answers_name_their_tags_as_it_reads_them(settings: LazySettings, url: str, name: bytes, value: bytes) -> None:
    settings.CDN = servers.cdn("CDN_URL", url.format(token=TOKEN, host="127.0.0.1"))
    page = Page(200, (), frozenset({"story:12", "home"}), "", 0, 0.0, 0.0, pack((), b"Words"))
    headers = Ready(page, begun=0, fresh_until=0).variants[0].start["headers"]
    named = [one for one in headers if one[0] in (b"surrogate-key", b"cache-tag", b"xkey", b"x-keys")]
    assert named == [(name, value)]
    assert (b"cache-control", b"public, max-age=0, s-maxage=1, stale-while-revalidate=1, stale-if-error=300") in headers


def test_so_many_tags_that_no_proxy_would_let_them_through() -> None:
    """Stories and pictures are named in any case; none is cut in two."""
    tags = [f"topic-name:{number}" for number in range(500)] + [f"story:{number}" for number in range(300)]
    _, said = cdn.header(tags, None)
    named = said.decode().split()
    assert len(said) <= cdn.LONGEST
    assert set(tags[500:]) < set(named) < set(tags)
