"""Getty's API over HTTP: what is asked, what is understood, and one clear sentence for whatever goes wrong."""

from __future__ import annotations

import io
import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import LazySettings

from media_assets import getty, getty_asking
from newsroom.demo.getty import TOO_MANY, USED_UP, Agency, Reply, told
from newsroom.servers import Getty
from tests.getty import open_getty, shown

SEARCH, IMAGES, PRODUCTS, DOWNLOADS = "/v3/search", "/v3/images", "/v3/products", "/v3/downloads"


@pytest.fixture
def agency() -> Iterator[Agency]:
    with open_getty() as opened:
        yield opened


def paths(agency: Agency) -> list[str]:
    return [path for _, path, _ in agency.asked]


def downloaded(number: str, **said: str) -> bytes:
    file = io.BytesIO()
    getty.download(number, file, note=said.get("note", ""), code=said.get("code", ""))
    return file.getvalue()


def test_a_search_asks_for_the_newest_and_for_what_is_shown(agency: Agency) -> None:
    found = getty.search("windsor", 1)
    assert (found.count, found.pictures[0].title) == (4, "State banquet in St George’s Hall")
    picture = next(one for one in found.pictures if one.id == "1690000102")
    assert picture.artist == "Tom Okafor"
    assert picture.created == datetime(2025, 7, 2, 14, 10, tzinfo=UTC)
    assert picture.restrictions == ("Editorial use only.", "No use in print before 1 October 2025.")
    assert (picture.licence, picture.size, picture.credit) == ("rightsmanaged", (1920, 1200), "")
    assert [one.id for one in found.pictures if one.must_be_asked_for] == ["1690000104"]
    assert getty.thumbnail(picture.thumbnail)[8:12] == b"WEBP"
    _, _, query = agency.asked[1]
    assert (query["sort_order"], query["page_size"], query["page"]) == ("newest", "20", "1")


def test_pages_follow_each_other() -> None:
    with open_getty(pictures=[shown(number) for number in range(25)]):
        first, second = getty.search("picture", 1), getty.search("picture", 2)
    assert (len(first.pictures), len(second.pictures), second.count) == (20, 5, 25)
    assert not {one.id for one in first.pictures} & {one.id for one in second.pictures}


@pytest.mark.parametrize(
    "typed", ["1690000103", " 1690000103 ", "GettyImages-1690000103", "gettyimages-1690000103.jpg"]
)
def test_a_number_finds_its_picture_with_the_credit_line(agency: Agency, typed: str) -> None:
    found = getty.search(typed, 1)
    assert [one.credit for one in found.pictures] == ["Ines Varga/Royal Pictures via Getty Images"]
    assert paths(agency) == ["/oauth2/token", "/v3/images/1690000103"]


def test_a_number_that_nobody_has_finds_nothing(agency: Agency) -> None:
    assert getty.search("1690009999", 1) == getty.Found(0, [])
    with pytest.raises(getty.NoSuchPicture, match="no picture with the number 1690009999"):
        getty.picture("1690009999")
    for odd in ("", "../../oauth2", "1 2", "x" * 41):
        with pytest.raises(getty.NoSuchPicture):
            getty.picture(odd)
    assert len(paths(agency)) == 3  # what is no number is not asked for


def test_the_token_is_kept_until_shortly_before_its_end(agency: Agency) -> None:
    for _ in range(3):
        getty.search("windsor", 1)
    assert paths(agency).count("/oauth2/token") == 1
    agency.lasts = 60
    getty_asking._tokens.clear()
    for _ in range(2):
        getty.search("windsor", 1)
    assert paths(agency).count("/oauth2/token") == 3


def test_a_token_taken_back_costs_one_question(agency: Agency) -> None:
    getty.search("windsor", 1)
    agency.tokens.clear()
    with pytest.raises(getty.Problem, match="does not accept our key"):
        getty.search("windsor", 1)
    assert getty.search("windsor", 1).count == 4


def test_an_agreement_and_a_download(agency: Agency) -> None:
    agency.note, agency.codes = True, ("ROYALS", "SPORT")
    agreed = getty.agreement()
    assert (agreed.left, agreed.asks_note, agreed.asks_code, agreed.codes) == (40, True, True, ("ROYALS", "SPORT"))
    file = downloaded("1690000101", note="For Monday", code="ROYALS")
    assert file[:2] == b"\xff\xd8"
    assert getty.agreement().left == 40, "remembered for five minutes"
    assert getty.agreement(fresh=True).left == 39
    with pytest.raises(getty.Problem, match=r"did not take the question \(400\)"):
        downloaded("1690000101")


def test_downloads_that_are_used_up(agency: Agency) -> None:
    agency.limit = 0
    with pytest.raises(getty.Problem, match="downloads of our agreement with Getty Images are used up"):
        downloaded("1690000101")


def test_too_many_questions_in_a_second(agency: Agency) -> None:
    agency.per_second = 0
    with pytest.raises(getty.Problem, match=r"asked too often at this moment. Wait a few seconds"):
        getty.search("windsor", 1)


DEEP = b"[" * 100_000
FAULTS: list[tuple[str, Reply, str]] = [
    ("/oauth2/token", told(401, {"error": "invalid_client"}), "does not accept our key. Whoever runs the servers"),
    ("/oauth2/token", told(500, {}), r"a fault of its own \(500\)"),
    ("/oauth2/token", told(200, {"access_token": "a\nb", "expires_in": "1800"}), "cannot be read"),
    ("/oauth2/token", told(200, {"access_token": "abc", "expires_in": "soon"}), "cannot be read"),
    (SEARCH, told(401, {"message": "Unauthorized"}), "does not accept our key"),
    (SEARCH, told(403, {"message": "Forbidden"}), "Our agreement with Getty Images does not include this"),
    (SEARCH, USED_UP, "are used up"),
    (SEARCH, told(404, {}), r"did not take the question \(404\)"),
    (SEARCH, TOO_MANY, "asked too often"),
    (SEARCH, told(503, {}), r"a fault of its own \(503\)"),
    (SEARCH, Reply(200, b"<html>Maintenance", "text/html"), "cannot be read"),
    (SEARCH, Reply(200, DEEP), "cannot be read"),
    (SEARCH, told(200, []), "cannot be read"),
    (SEARCH, told(200, {"result_count": "many", "images": None}), "cannot be read"),
    (SEARCH, Reply(200, b" " * 2_000_001), "cannot be reached: .* sent more than 2,000 kB"),
    (SEARCH, Reply(302, b""), r"did not take the question \(302\)"),
]


@pytest.mark.parametrize(("path", "fault", "says"), FAULTS)
def test_each_fault_is_one_sentence(agency: Agency, path: str, fault: Reply, says: str) -> None:
    agency.faults[path] = fault
    with pytest.raises(getty.Problem, match=says) as told_so:
        getty.search("windsor", 1)
    assert "demo-secret" not in str(told_so.value)
    assert len(paths(agency)) <= 2, "nothing is tried a second time"


def test_a_server_that_is_away_or_silent(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getty_asking, "SECONDS", 0.2)
    monkeypatch.setattr(getty_asking.asked, "__kwdefaults__", {**getty_asking.asked.__kwdefaults__, "seconds": 0.2})
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        settings.GETTY = Getty(f"http://127.0.0.1:{port}", "key", "secret")
        with pytest.raises(getty.Problem, match=r"cannot be reached: .* did not answer within 0 seconds"):
            getty.search("windsor", 1)
    with pytest.raises(getty.Problem, match=r"cannot be reached: .* does not answer"):
        getty.search("windsor", 1)
    settings.GETTY = None
    with pytest.raises(getty.Problem, match="Whoever runs the servers connects it with the settings GETTY_KEY"):
        getty.search("windsor", 1)


def test_what_is_missing_or_wrong_in_a_row_is_left_out(agency: Agency) -> None:
    rows: list[Any] = [
        None,
        {"id": 7},
        {"id": "../x"},
        {
            "id": "1",
            "title": 5,
            "caption": "A\0B",
            "allowed_use": [],
            "display_sizes": [3, {"uri": "https://elsewhere.example/x.jpg"}],
            "max_dimensions": {"width": "wide"},
            "date_created": "2012-05-01T00:00:00 +00:00",
        },
        {
            "id": "2",
            "date_created": "2012-99-01T00:00:00",
            "allowed_use": {"usage_restrictions": [None, "-", "Print only"]},
        },
    ]
    agency.faults[SEARCH] = told(200, {"result_count": 5, "images": rows})
    one, two = getty.search("windsor", 1).pictures
    assert (one.title, one.caption, one.thumbnail, one.size) == ("", "A B", "", None)
    assert one.created == datetime(2012, 5, 1, tzinfo=UTC)
    assert (two.created, two.restrictions) == (None, ("Print only",))


@pytest.mark.parametrize(
    "address",
    ["http://10.0.0.1/x", "https://evil.example/x", "file:///etc/passwd", "http://127.0.0.1:1/x", "https://[", 7, None],
)
def test_a_file_elsewhere_is_not_fetched(agency: Agency, address: Any) -> None:
    agency.faults[DOWNLOADS] = told(200, {"uri": address})
    with pytest.raises(getty.Problem, match="a server that is not its own"):
        downloaded("1690000101")


def test_whose_hosts_are_gettys_own(settings: LazySettings) -> None:
    settings.GETTY = Getty("https://api.gettyimages.com", "key", "secret")
    assert getty_asking.is_own("https://delivery.gettyimages.com/xa/1.jpg?v=1")
    for other in ("http://delivery.gettyimages.com/1.jpg", "https://gettyimages.com.evil.example/1", "https://evilgettyimages.com/1",
                  "https://a:b@media.gettyimages.com/1", "https://media.gettyimages.com:8443/1"):  # fmt: skip
        assert not getty_asking.is_own(other), other


def test_a_file_that_does_not_come(agency: Agency) -> None:
    agency.faults["/files/"] = Reply(410, b"Gone", "text/plain")
    with pytest.raises(getty.Problem, match=r"granted the download, but its file did not come \(410\)"):
        downloaded("1690000101")
    thumbnail = getty.search("1690000101", 1).pictures[0].thumbnail
    with pytest.raises(getty.Problem, match="did not give the thumbnail"):
        getty.thumbnail(thumbnail)
    agency.faults["/files/"] = Reply(200, b"<svg><script/>", "image/jpeg")
    with pytest.raises(getty.Problem, match="damaged"):
        getty.thumbnail(thumbnail)


def test_no_editorial_subscription(agency: Agency) -> None:
    agency.faults[PRODUCTS] = told(200, {"products": [{"type": "easyaccess", "status": "active"}, 5]})
    with pytest.raises(getty.Problem, match="has no editorial subscription"):
        getty.agreement()


def test_one_picture_is_the_one_that_was_asked_for(agency: Agency) -> None:
    agency.pictures = [replace(agency.pictures[0], id="1690000101")]
    agency.faults[IMAGES] = Reply(200, json.dumps({"images": [{"id": "999999"}], "images_not_found": []}).encode())
    with pytest.raises(getty.NoSuchPicture):
        getty.picture("1690000101")
