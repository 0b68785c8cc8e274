"""Bringing pictures in at the desk: each file gets its own answer."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from media_assets.models import Asset
from tests.asserts import page
from tests.factories import media_assets as make
from tests.factories.accounts import person
from tests.media_assets import quirky
from tests.media_assets.at_desk import at_desk, cost, sound

pytestmark = pytest.mark.django_db


def files(*named: tuple[str, bytes]) -> dict[str, Any]:
    return {"files": [SimpleUploadedFile(name, data) for name, data in named]}


def test_several_files_at_once_each_with_its_own_answer() -> None:
    client, alice = at_desk("reporter")
    there = make.asset(made=False)
    from media_assets import storage

    same = storage.original(there.sha256, "JPEG").read_bytes()
    answer = client.post(
        "/desk/pictures/upload/",
        files(("good.jpg", make.picture_bytes()), ("broken.jpg", make.picture_bytes()[:300]), ("same.jpg", same)),
    )
    root = sound(answer)
    good, broken, again = root.one("ul", "lines").all("li")
    assert good.text.startswith("good.jpg Added.")
    assert broken.text == "broken.jpg The file is damaged or cut off. Export or send it again."
    assert again.text.startswith("same.jpg This picture is in the library already")
    assert again.one("a").attributes["href"] == f"/desk/pictures/{there.pk}/"
    assert [asset.original_name for asset in Asset.objects.filter(added_by=alice)] == ["good.jpg"]


def test_what_the_file_says_is_offered_for_the_credit() -> None:
    client, _ = at_desk("reporter")
    make.agency()
    data = quirky.jpeg(quirky.iim({110: b"Photo by Anna Meyer/Getty Images", 120: b"The King at Balmoral"}))
    root = sound(client.post("/desk/pictures/upload/", files(("a.jpg", data))))
    fields = root.one("li", "waiting-picture")
    asset = Asset.objects.get()
    assert fields.one("input", id=f"p{asset.pk}_credit").attributes["value"] == "Getty Images"
    assert fields.one("input", id=f"p{asset.pk}_creator").attributes["value"] == "Anna Meyer"
    assert "The King at Balmoral" in fields.one("textarea", id=f"p{asset.pk}_caption").text
    assert asset.credit == ""


@pytest.mark.parametrize(("sent", "status"), [({}, 422), ({"files": ""}, 422), ({"files": "text"}, 422)])
def test_no_file_is_answered_beside_the_field(sent: dict[str, str], status: int) -> None:
    client, _ = at_desk("reporter")
    root = sound(client.post("/desk/pictures/upload/", sent), status)
    assert root.one("p", "error").text == "Choose one or more pictures first."
    assert root.one("input", id="files").attributes["aria-invalid"] == "true"


def test_a_script_gets_an_answer_for_each_file_and_the_form_to_go_on() -> None:
    client, _ = at_desk("reporter")
    answer = client.post(
        "/desk/pictures/upload/", files(("good.jpg", make.picture_bytes())), headers={"Accept": "application/json"}
    )
    (told,) = answer.json()["files"]
    asset = Asset.objects.get()
    assert (told["name"], told["state"], told["url"]) == ("good.jpg", "fine", f"/desk/pictures/{asset.pk}/")
    form = page(told["form"])
    assert form.one("form").attributes["action"] == f"/desk/pictures/{asset.pk}/details/"
    assert form.one("input", name="csrfmiddlewaretoken").attributes["value"]
    empty = client.post("/desk/pictures/upload/", {}, headers={"Accept": "application/json"})
    assert (empty.status_code, empty.json()) == (422, {"error": "Choose one or more pictures first."})


def test_a_full_disk_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    from media_assets import storage

    def full(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "write", full)
    client, _ = at_desk("reporter")
    root = sound(client.post("/desk/pictures/upload/", files(("good.jpg", make.picture_bytes()))), 422)
    assert "The picture store did not answer or is full" in root.one("ul", "lines").text
    assert not Asset.objects.exists()


def test_each_sees_the_waiting_pictures_that_are_theirs_to_complete() -> None:
    client, alice = at_desk("reporter")
    make.received(person=alice, name="alices.jpg")
    make.received(person=person("reporter"), name="anothers.jpg")

    def waiting(of: Client) -> list[str]:
        return [
            one.one("h3").one("a").text for one in page(of.get("/desk/pictures/upload/")).all("li", "waiting-picture")
        ]

    assert waiting(client) == ["alices.jpg"]
    assert waiting(at_desk("picture_editor")[0]) == ["anothers.jpg", "alices.jpg"]


def test_upload_costs_the_same_with_1_and_with_10_waiting() -> None:
    client, alice = at_desk("reporter")
    make.received(person=alice)
    first = cost(client, "/desk/pictures/upload/")
    for _ in range(9):
        make.received(person=alice)
    assert cost(client, "/desk/pictures/upload/") == first <= 9
