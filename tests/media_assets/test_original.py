"""The original leaves through the desk alone, for who may change pictures, whole, and on record."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import async_to_sync

from media_assets import ingest, storage, stores
from newsroom.audit.models import AuditRow
from tests.factories import media_assets as make
from tests.factories.accounts import person
from tests.media_assets.at_desk import at_desk, sound

pytestmark = pytest.mark.django_db


def whole(answer: Any) -> bytes:
    async def read() -> bytes:
        return b"".join([part async for part in answer.streaming_content])

    return async_to_sync(read)()


@pytest.mark.parametrize("name", ["gate.jpg", 'König "Karl"; a=b.jpg', "x\r\ny.jpg"])
def test_it_comes_as_it_came_in_and_is_on_record(name: str) -> None:
    data = make.picture_bytes(900, 600)
    asset = ingest.receive(make.upload(data, name), person=person("reporter"))
    client, editor = at_desk("editor")
    answer = client.post(f"/desk/pictures/{asset.pk}/original/")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment; filename")
    assert not {"\r", "\n"} & set(answer["Content-Disposition"])
    assert (answer["Content-Length"], answer["Cache-Control"]) == (str(len(data)), "no-store, private")
    assert whole(answer) == data
    row = AuditRow.objects.get(action="media_assets.original")
    assert (row.person_id, row.subject) == (editor.pk, f"asset:{asset.pk}")


def test_the_page_offers_it_to_who_may_and_a_press_of_others_is_refused() -> None:
    asset = make.asset(made=False)
    for role, offered in (("picture_editor", True), ("reporter", False), ("legal", False), ("marketing", False)):
        client, _ = at_desk(role)
        page = client.get(f"/desk/pictures/{asset.pk}/")
        if page.status_code == 200:
            assert ("Download the original" in sound(page).text) is offered, role
        status = client.post(f"/desk/pictures/{asset.pk}/original/").status_code
        assert (status == 200) is offered, role


def test_a_lost_one_is_said_on_its_page() -> None:
    asset = make.asset(made=False)
    storage.remove(storage.original(asset.sha256, "JPEG"))
    client, _ = at_desk("picture_editor")
    answer = client.post(f"/desk/pictures/{asset.pk}/original/", follow=True)
    assert "The original is lost." in sound(answer).text
    assert not AuditRow.objects.filter(action="media_assets.original").exists()


def test_a_folder_that_goes_while_a_file_is_written_into_it_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody took the last file away, and the folder with it."""
    place = storage.public("f" * 32, 320, "jpg")
    written, tries = stores.Folder._written, []

    def late(self: stores.Folder, beside: Any, data: bytes) -> None:
        tries.append(beside)
        if len(tries) == 1:
            beside.parent.rmdir()
        written(self, beside, data)

    monkeypatch.setattr(stores.Folder, "_written", late)
    storage.write(place, b"here")
    assert (place.read_bytes(), len(tries)) == (b"here", 2)
    storage.remove(place)
    assert storage.under("f" * 32) == set()


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "a/../../secret"])
def test_no_name_leads_out_of_a_store(name: str) -> None:
    from django.core.exceptions import SuspiciousOperation

    with pytest.raises(SuspiciousOperation):
        storage.Place("public", name).read_bytes()
