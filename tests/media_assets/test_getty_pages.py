"""Getty's pictures at the desk: found, shown, taken in once."""

from __future__ import annotations

import errno
import io
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection, connections
from django.test import Client

from media_assets import getty, ingest, making, renditions, rights, storage, taking_in
from media_assets.models import Asset, Use
from newsroom.demo.getty import TOO_MANY, Agency, Reply
from tests.asserts import Element
from tests.factories import media_assets as make
from tests.factories.accounts import person
from tests.getty import drawn, open_getty, shown
from tests.media_assets.at_desk import at_desk, cost, sound

PAGE, TAKE = "/desk/pictures/getty/", "/desk/pictures/getty/take/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def agency() -> Iterator[Agency]:
    with open_getty() as opened:
        yield opened


def rows(root: Element) -> list[Element]:
    return [one for one in root.one("ul", "supplied").all("li") if one.all("div", "supplied-facts")]


def take(client: Client, number: str = "1690000102", **said: str) -> Any:
    return client.post(TAKE, {"id": number, "q": "garden", "page": "1", **said})


def test_not_connected_is_said_with_whoever_connects_it(settings: LazySettings) -> None:
    settings.GETTY = None
    client, _ = at_desk("picture_editor")
    root = sound(client.get(PAGE, {"q": "windsor"}))
    assert root.one("section", "empty").text == f"Not connected{getty.NOT_CONNECTED}"
    assert not root.all("input", id="q")
    assert sound(take(client), 422).one("section", "alarm").text == f"Not done. {getty.NOT_CONNECTED}"


def test_the_library_and_the_upload_lead_there(agency: Agency) -> None:
    client, _ = at_desk("reporter")
    for page in ("/desk/pictures/", "/desk/pictures/upload/"):
        assert [one for one in sound(client.get(page)).all("a") if one.attributes.get("href") == PAGE]
    (there,) = [one for one in sound(client.get("/desk/pictures/?q=a%26b")).all("a") if PAGE in one.attributes["href"]]
    assert there.attributes["href"] == f"{PAGE}?q=a%26b"
    assert PAGE not in at_desk("marketing")[0].get("/desk/pictures/").content.decode()
    assert "Find a picture" in sound(client.get(PAGE)).one("section", "empty").text


def test_what_is_found(agency: Agency) -> None:
    client, _ = at_desk("reporter")
    make.asset(made=False, agency=make.agency())
    Asset.objects.update(supplier_id="1690000101")
    root = sound(client.get(PAGE, {"q": "windsor"}))
    assert root.one("div", "title").text == "Getty Images4 pictures with “windsor”, 40 downloads left"
    banquet, walk, garden, chapel = rows(root)
    assert getty.MUST_BE_ASKED_FOR in banquet.text
    assert not banquet.all("button")
    assert "In the library" in walk.text
    assert not walk.all("button")
    assert walk.all("a")[-1].attributes["href"] == f"/desk/pictures/{Asset.objects.get().pk}/"
    for words in ("Garden party at the castle", "Tom Okafor, Getty Images News", "2 July 2025", "Rights-managed",
                  "1920 × 1200", "1690000102", "No use in print before 1 October 2025."):  # fmt: skip
        assert words in garden.text
    assert garden.one("button").attributes["aria-label"] == "Take in Garden party at the castle"
    thumbnail = chapel.one("img").attributes["src"]
    answer = client.get(thumbnail)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert client.get(thumbnail.replace("1690000103", "1690000102")).status_code == 404


def test_nothing_found_and_a_fault(agency: Agency) -> None:
    client, _ = at_desk("reporter")
    for words in ("zeppelin", "1690009999"):
        assert "Nothing found" in sound(client.get(PAGE, {"q": words})).one("section", "empty").text
    agency.faults["/v3/search"] = TOO_MANY
    root = sound(client.get(PAGE, {"q": "windsor"}))
    assert "asked too often" in root.one("section", "alarm").text
    assert root.one("input", id="q").attributes["value"] == "windsor"
    for odd in ({"q": "\ufffd", "page": "x"}, {"q": "x" * 5000, "page": "9" * 50}, {"q": "%", "page": "-1"}):
        sound(client.get(PAGE, odd))


def test_pages_of_results() -> None:
    client, _ = at_desk("reporter")
    with open_getty(pictures=[shown(number) for number in range(25)]):
        root = sound(client.get(PAGE, {"q": "picture"}))
        (older,) = root.all("a", rel="next")
        assert len(rows(sound(client.get(f"{PAGE}{older.attributes['href']}")))) == 5


def test_a_page_costs_the_same_at_1_and_at_20() -> None:
    client, _ = at_desk("reporter")
    with open_getty(pictures=[shown(1)]):
        first = cost(client, f"{PAGE}?q=picture")
    with open_getty(pictures=[shown(number) for number in range(20)]):
        assert cost(client, f"{PAGE}?q=picture") == first <= 5
        assert len(rows(sound(client.get(f"{PAGE}?q=picture")))) == 20


def test_it_is_taken_in_with_the_credit_in_the_houses_form(agency: Agency) -> None:
    client, alice = at_desk("reporter")
    answer = take(client)
    asset = Asset.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/desk/pictures/{asset.pk}/")
    assert (asset.credit, asset.creator, asset.copyright_notice) == ("Getty Images", "Tom Okafor", "Getty Images")
    assert asset.found["credit"] == {"value": "Photo by Tom Okafor/Getty Images", "from": "Getty"}
    assert asset.agency is not None
    assert (asset.agency.name, asset.supplier_id, asset.added_by) == ("Getty Images", "1690000102", alice)
    assert asset.found["usage_terms"]["value"] == "Editorial use only. No use in print before 1 October 2025."
    assert asset.found["caption"]["from"] == "XMP"
    assert storage.original(asset.sha256, "JPEG").read_bytes()[:2] == b"\xff\xd8"
    root = sound(client.get(answer["Location"]))
    assert "Taken in from Getty Images." in root.text
    assert root.one("input", id=f"p{asset.pk}_credit").attributes["value"] == "Getty Images"
    assert "No use in print before" in sound(client.get("/desk/pictures/upload/")).one("li", "waiting-picture").text
    assert not rights.usability(asset, Use.WEB, make.AT).allowed


def test_with_alternative_text_and_a_right_it_is_usable_and_its_files_bear_the_credit(agency: Agency) -> None:
    client, _ = at_desk("picture_editor")
    take(client)
    asset = Asset.objects.get()
    said = {"credit": asset.credit, "alternative_text": "Flowers along a lawn", "version": "1", "use": "any"}
    assert client.post(f"/desk/pictures/{asset.pk}/details/", {**said, "agency": asset.agency_id}).status_code == 302
    asset.refresh_from_db()
    assert asset.files_due_at is not None
    making.make(asset.pk, at=asset.files_due_at)
    asset = Asset.objects.get()
    (file, *_) = renditions.current(asset)
    assert b"Getty Images" in storage.public(file.digest, file.width, file.format).read_bytes()


def test_a_second_press_takes_nothing_twice(agency: Agency) -> None:
    client, _ = at_desk("reporter")
    take(client)
    again = take(client)
    asset = Asset.objects.get()
    assert again["Location"] == f"/desk/pictures/{asset.pk}/"
    assert "is in the library already" in client.get(again["Location"]).content.decode()
    assert len(agency.granted) == 1


def test_the_same_file_from_elsewhere_is_found_by_its_hash(agency: Agency) -> None:
    client, _ = at_desk("reporter")
    take(client)
    Asset.objects.update(supplier_id="")
    assert take(client)["Location"] == f"/desk/pictures/{Asset.objects.get().pk}/"


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("1690000104", getty.MUST_BE_ASKED_FOR),
        ("1690009999", "Getty Images has no picture with the number 1690009999."),
        ("../x", "Getty Images has no picture with the number ../x."),
        ("", "Getty Images has no picture with the number ."),
    ],
)
def test_what_is_not_to_be_had(agency: Agency, number: str, says: str) -> None:
    client, _ = at_desk("reporter")
    assert sound(take(client, number), 422).one("section", "alarm").text == f"Not done. {says}"
    assert not agency.granted
    assert not Asset.objects.exists()


def test_a_file_that_is_no_picture_is_refused_like_an_upload(agency: Agency) -> None:
    client, _ = at_desk("reporter")
    agency.faults["/files/"] = Reply(200, drawn("garden")[:3000], "image/jpeg")
    root = sound(take(client), 422)
    assert root.one("section", "alarm").text == "Not done. The file is damaged or cut off. Export or send it again."
    assert len(rows(root)) == 1
    agency.faults.clear()
    agency.limit = 1
    assert "are used up" in sound(take(client), 422).one("section", "alarm").text
    assert not Asset.objects.exists()


def test_a_full_disk_is_our_own_fault_and_keeps_nothing(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.BytesIO):
        def write(self, data: Any) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(taking_in.tempfile, "TemporaryFile", Full)
    client, _ = at_desk("reporter")
    alarm = sound(take(client), 422).one("section", "alarm").text
    assert alarm == "Not done. The picture store did not answer or is full. Nothing was kept; try again later."
    assert not Asset.objects.exists()


def test_a_note_and_a_code_are_asked_for_and_kept(agency: Agency) -> None:
    client, _ = at_desk("reporter")
    agency.note, agency.codes = True, ("ROYALS", "SPORT")
    (row,) = rows(sound(client.get(PAGE, {"q": "garden"})))
    assert row.one("input", name="note")
    (row,) = rows(sound(take(client, code="SPORT"), 422))
    assert row.one("p", "error").text == "Our agreement with Getty Images asks for a note with each download."
    assert row.one("input", name="note").attributes["aria-invalid"] == "true"
    assert [one.text for one in row.all("option") if "selected" in one.attributes] == ["SPORT"]
    (row,) = rows(sound(take(client, note="For Monday", code="HORSES"), 422))
    assert row.one("p", "error").text == "Choose one of the project codes of our agreement."
    assert row.one("input", name="note").attributes["value"] == "For Monday"
    assert not agency.granted
    assert take(client, note="For Monday", code="ROYALS").status_code == 302


def test_taking_in_is_for_those_who_upload_and_never_by_get(agency: Agency) -> None:
    for role in ("legal", "marketing", "administrator"):
        assert take(at_desk(role)[0]).status_code == 403
    assert at_desk("reporter")[0].get(TAKE).status_code == 405
    assert agency.asked == []


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_download_once(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    somebody, picture = person("reporter"), getty.picture("1690000102")
    begun, go_on = threading.Event(), threading.Event()
    download = getty.download

    def slow(*args: Any, **options: Any) -> None:
        begun.set()
        assert go_on.wait(20)
        download(*args, **options)

    monkeypatch.setattr(getty, "download", slow)

    def first() -> None:
        try:
            taking_in.take(picture, person=somebody, at=make.AT)
        finally:
            connections.close_all()

    thread = threading.Thread(target=first)
    thread.start()
    assert begun.wait(20)
    try:
        with pytest.raises(getty.Problem, match="is being taken in at this moment"):
            taking_in.take(picture, person=somebody, at=make.AT)
    finally:
        go_on.set()
        thread.join()
    with pytest.raises(ingest.Duplicate):
        taking_in.take(picture, person=somebody, at=make.AT)
    assert (Asset.objects.count(), len(agency.granted)) == (1, 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        assert cursor.fetchone()[0] == 0
