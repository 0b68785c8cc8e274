"""Which addresses the recheck may ask at all (OWASP, server-side request forgery), each rule by itself."""

from __future__ import annotations

import pytest
from django.conf import LazySettings

from articles import fetching
from articles.fetching import Unreachable
from tests.shop import open_shop


@pytest.mark.parametrize(
    "number",
    ["10.0.0.1", "127.0.0.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "::1", "fd00::1", "fe80::1%lo", "ff02::1",
     "::ffff:10.0.0.1"],
)  # fmt: skip
def test_a_name_with_one_number_inside_is_not_asked_at_all(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch, number: str
) -> None:
    """Judged by itself: that nothing could be reached from here would say the same of every address."""
    settings.PRIVATE_SHOPS = False
    answers = [["93.184.215.14"], ["93.184.215.14", number], [number]]
    given = iter(answers)
    monkeypatch.setattr(
        fetching.socket, "getaddrinfo", lambda *args, **facts: [(0, 0, 0, "", (one, 80)) for one in next(given)]
    )
    assert fetching._public("shop.example", 80) == "93.184.215.14"
    for _ in answers[1:]:
        with pytest.raises(Unreachable, match="private network"):
            fetching._public("shop.example", 80)


@pytest.mark.parametrize("port", [22, 25, 5432, 6379, 8000])
def test_no_port_but_the_webs(settings: LazySettings, port: int) -> None:
    settings.PRIVATE_SHOPS = False
    with pytest.raises(Unreachable, match="port"):
        fetching._parts(f"http://shop.example:{port}/")


def test_it_connects_to_the_number_that_was_judged(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second answer of the name server may lead inside."""
    settings.PRIVATE_SHOPS = True
    with open_shop() as shop:
        port = shop.sells("/coat", price="1").rpartition(":")[2].partition("/")[0]
        monkeypatch.setattr(fetching, "_public", lambda host, port: "127.0.0.1")
        assert fetching.fetch(f"http://no-such-shop.invalid:{port}/coat").status == 200
