"""The page of one picture: credit, rights, withdrawal, where it is used."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from media_assets import rights, usage
from media_assets.models import Asset, Use
from tests.asserts import page
from tests.factories import media_assets as make
from tests.factories.accounts import person
from tests.media_assets.at_desk import at_desk, cost, sound

pytestmark = pytest.mark.django_db


def test_the_page_of_a_picture() -> None:
    client, _ = at_desk("legal")
    asset = make.asset(caption="Balmoral at dusk", agency=make.agency())
    root = sound(client.get(f"/desk/pictures/{asset.pk}/"))
    assert root.one("h1").text == "Balmoral at dusk"
    assert "(Image credit: Getty Images)" in root.one("figcaption").text
    assert not root.all("form", id="details")  # legal reads
    assert root.one("ul", "files").all("a")[0].attributes["href"].startswith(f"/media/{asset.digest}/")


def test_a_reporter_completes_their_own_upload_and_then_leaves_it_to_the_picture_desk() -> None:
    client, alice = at_desk("reporter")
    asset = make.received(person=alice)
    sent = {
        "credit": "Getty Images", "alternative_text": "A castle", "version": "1", "use": "any", "ends_at": "", "next": "upload",
    }  # fmt: skip
    answer = client.post(f"/desk/pictures/{asset.pk}/details/", sent)
    assert (answer.status_code, answer["Location"]) == (302, "/desk/pictures/upload/")
    asset.refresh_from_db()
    assert rights.usability(asset, Use.WEB, timezone.now()).allowed
    again = client.post(f"/desk/pictures/{asset.pk}/details/", {**sent, "credit": "Mine", "version": "2"})
    assert again.status_code == 403
    other = make.received(person=person("reporter"))
    assert client.post(f"/desk/pictures/{other.pk}/details/", sent).status_code == 403


@pytest.mark.parametrize("role", ["picture_editor", "editor", "administrator"])
def test_no_role_saves_without_credit_and_text_and_nothing_typed_is_lost(role: str) -> None:
    client, _ = at_desk(role)
    asset = make.asset()
    sent = {"credit": " ", "alternative_text": "", "caption": "What I typed", "version": "1"}
    root = sound(client.post(f"/desk/pictures/{asset.pk}/details/", sent), 422)
    assert [error.text for error in root.all("p", "error")] == [
        "Say whose picture it is. No picture is shown without a credit.",
        "Describe what is to be seen, for readers who cannot see the picture.",
    ]
    assert "What I typed" in root.one("textarea", id=f"p{asset.pk}_caption").text
    assert Asset.objects.get(pk=asset.pk).credit == "Getty Images"


def test_a_stale_save_is_told_and_keeps_what_was_typed() -> None:
    client, _ = at_desk("picture_editor")
    asset = make.asset()
    url = f"/desk/pictures/{asset.pk}/details/"
    first = {"credit": "Alamy", "alternative_text": "A castle", "version": "1"}
    assert client.post(url, first).status_code == 302
    root = sound(client.post(url, {**first, "credit": "PA Images"}), 409)
    assert root.one("section", "alarm").text.startswith("Not saved. Somebody else changed this picture meanwhile.")
    assert root.one("input", id=f"p{asset.pk}_credit").attributes["value"] == "PA Images"
    assert "(Image credit: Alamy)" in root.one("figcaption").text
    version = root.one("input", name="version").attributes["value"]
    assert client.post(url, {**first, "credit": "PA Images", "version": version}).status_code == 302
    assert Asset.objects.get(pk=asset.pk).credit == "PA Images"


def test_rights_are_recorded_and_ended() -> None:
    client, _ = at_desk("picture_editor")
    asset = make.asset()
    url = f"/desk/pictures/{asset.pk}/rights/"
    wrong = sound(client.post(url, {"allowed": "no", "use": "mail"}), 422)
    assert "Say why it may not be used" in wrong.one("p", "error").text
    assert client.post(url, {"allowed": "no", "use": "mail", "note": "Web only"}).status_code == 302
    row = asset.rights.get(use="mail")
    assert not rights.usability(asset, Use.MAIL, timezone.now()).allowed
    assert client.post(f"{url}{row.pk}/end/").status_code == 302
    assert rights.usability(asset, Use.MAIL, timezone.now()).allowed
    again = client.post(f"{url}{row.pk}/end/", follow=True)
    assert "had ended already" in again.content.decode()


def test_times_are_in_the_desks_zone() -> None:
    client, _ = at_desk("picture_editor")
    asset = make.asset()
    client.post(f"/desk/pictures/{asset.pk}/rights/", {"allowed": "yes", "use": "web", "ends_at": "2031-07-01T18:00"})
    assert asset.rights.get(use="web").ends_at.isoformat() == "2031-07-01T17:00:00+00:00"
    assert "1 July 2031, 18:00 BST" in page(client.get(f"/desk/pictures/{asset.pk}/")).text


@pytest.mark.parametrize("moment", ["tomorrow", "0001-01-01T00:00", "9999-12-31T23:59", "2031-02-30T10:00", "\x00"])
def test_a_moment_that_is_none_is_answered_beside_the_field(moment: str) -> None:
    client, _ = at_desk("picture_editor")
    asset = make.asset(made=False)
    root = sound(
        client.post(f"/desk/pictures/{asset.pk}/rights/", {"allowed": "yes", "use": "web", "ends_at": moment}), 422
    )
    assert root.one("p", "error").text.startswith("Give a")
    assert asset.rights.count() == 1


def test_withdraw_and_reinstate_at_the_desk() -> None:
    client, _ = at_desk("editor")
    asset = make.asset()
    url = f"/desk/pictures/{asset.pk}/"
    refused = sound(client.post(f"{url}withdraw/", {"reason": " "}), 422)
    assert "Say why" in refused.one("p", "error").text
    client.post(f"{url}withdraw/", {"reason": "The agency asked."})
    root = sound(client.get(url))
    assert "It was withdrawn: The agency asked." in root.one("ul", "reasons").text
    assert not root.one("ul", "files").all("a")
    client.post(f"{url}reinstate/")
    assert not sound(client.get(url)).all("ul", "reasons")


def test_where_it_is_used_comes_from_the_apps_that_use_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage, "_finders", [])
    usage.register(
        lambda person, ids, at: {
            pk: [usage.Used("A visit to Windsor", "/desk/stories/7/", "Published", timezone.now())] for pk in ids
        }
    )
    client, _ = at_desk("reporter")
    asset = make.asset(made=False)
    (place,) = page(client.get(f"/desk/pictures/{asset.pk}/")).one("ul", "used").all("a")
    assert (place.text, place.attributes["href"]) == ("A visit to Windsor", "/desk/stories/7/")


def test_the_page_of_a_picture_costs_the_same_with_1_and_with_20_rights() -> None:
    client, charlie = at_desk("picture_editor")
    asset = make.asset(agency=make.agency())
    first = cost(client, f"/desk/pictures/{asset.pk}/")
    for number in range(19):
        rights.add(asset, person=charlie, use="web", note=str(number), at=make.AT)
    assert cost(client, f"/desk/pictures/{asset.pk}/") == first <= 14


def test_preview_is_for_the_desk_and_kept_by_the_browser() -> None:
    asset = make.asset(made=False, size=(1200, 800))
    asset.rights.all().delete()
    assert Client().get(f"/desk/pictures/{asset.pk}/preview.webp").status_code == 302
    client, _ = at_desk("marketing")
    answer = client.get(f"/desk/pictures/{asset.pk}/preview.webp")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert answer["Cache-Control"] == "private, max-age=86400"
    again = client.get(f"/desk/pictures/{asset.pk}/preview.webp", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_a_lost_preview_is_made_again_and_a_lost_original_is_no_error_of_ours() -> None:
    from media_assets import storage

    client, _ = at_desk("reporter")
    asset = make.asset(made=False)
    place = storage.preview(asset.sha256)
    before = place.read_bytes()
    storage.remove(place)
    assert client.get(f"/desk/pictures/{asset.pk}/preview.webp").content == before
    storage.remove(place)
    storage.remove(storage.original(asset.sha256, "JPEG"))
    assert client.get(f"/desk/pictures/{asset.pk}/preview.webp").status_code == 404


@pytest.mark.parametrize("pk", ["999999", "99999999999999999999999"])
@pytest.mark.parametrize(
    "path", ["", "preview.webp", "details/", "rights/", "rights/1/end/", "withdraw/", "reinstate/"]
)
def test_a_picture_that_never_was_is_not_found(pk: str, path: str) -> None:
    client, _ = at_desk("picture_editor")
    send = client.get if path in ("", "preview.webp") else client.post
    assert send(f"/desk/pictures/{pk}/{path}").status_code == 404
