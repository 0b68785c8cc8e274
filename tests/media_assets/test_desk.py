"""The desk's pages for pictures: what they show, what they refuse, what they cost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from media_assets import rights, usage
from media_assets.models import Asset, Use
from newsroom.accounts.models import Person
from newsroom.publication.current import forget
from tests.asserts import Element, assert_sound, page
from tests.factories import media_assets as make
from tests.factories.accounts import person
from tests.media_assets import quirky

pytestmark = pytest.mark.django_db


def at_desk(role: str) -> tuple[Client, Person]:
    somebody, client = person(role), Client()
    client.force_login(somebody)
    return client, somebody


def sound(response: Any, status: int = 200) -> Element:
    assert response.status_code == status
    root = page(response)
    assert_sound(root)
    return root


def cost(client: Client, url: str) -> int:
    """The number of queries of a page. What the process keeps for a second is forgotten first, or the clock decides."""
    forget()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def titles(root: Element) -> list[str]:
    return [one.text for one in root.all("span", "thumb-title")]


# ---- library ----


def test_library_shows_the_newest_first_with_credit_and_state() -> None:
    client, _ = at_desk("marketing")
    make.asset(made=False, caption="First", at=timezone.now() - timedelta(hours=1))
    make.asset(
        made=False, caption="Second", credit="Alamy", at=timezone.now(), ends_at=timezone.now() + timedelta(days=1)
    )
    Asset.objects.get(caption="Second").rights.update(ends_at=timezone.now())
    root = sound(client.get("/desk/pictures/"))
    assert titles(root) == ["Second", "First"]
    assert [one.text for one in root.all("p", "thumb-credit")] == ["Alamy", "Getty Images"]
    states = [card.all("span")[-1].text for card in root.one("ul", "gallery").all("li")]
    assert states == ["Rights ended", "May be used"]
    assert not root.all("a", "go")  # marketing brings none in


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("balmoral", {"Balmoral at dusk"}),
        ("BALM", {"Balmoral at dusk"}),
        ("dusk balmoral", {"Balmoral at dusk"}),
        ("balmoral sandringham", set()),
        ("alamy", {"The Waleses at Sandringham"}),
        ("press association", {"The Waleses at Sandringham"}),
        ("anna mey", {"Balmoral at dusk"}),
        ("it's; & | ! ( ' :*", set()),
        ("%", set()),
        ("", {"Balmoral at dusk", "The Waleses at Sandringham"}),
        ("  ", {"Balmoral at dusk", "The Waleses at Sandringham"}),
    ],
)
def test_library_search(words: str, found: set[str]) -> None:
    client, _ = at_desk("reporter")
    make.asset(made=False, caption="Balmoral at dusk", creator="Anna Meyer", alternative_text="A house")
    make.asset(
        made=False, caption="The Waleses at Sandringham", credit="Alamy", agency=make.agency("Press Association"),
        alternative_text="A family",
    )  # fmt: skip
    root = sound(client.get("/desk/pictures/", {"q": words}))
    assert set(titles(root)) == found
    assert bool(root.all("section", "empty")) is (not found)


def test_library_shows_what_lacks_credit_and_what_is_withdrawn() -> None:
    client, _ = at_desk("picture_editor")
    make.asset(made=False, caption="Fine")
    make.received(name="bare.jpg")
    gone = make.asset(made=False, caption="Gone")
    Asset.objects.filter(pk=gone.pk).update(withdrawn_at=make.AT, withdrawn_reason="Asked.")
    assert titles(sound(client.get("/desk/pictures/?show=incomplete"))) == ["bare.jpg"]
    assert titles(sound(client.get("/desk/pictures/?show=withdrawn"))) == ["Gone"]
    assert len(titles(sound(client.get("/desk/pictures/?show=nonsense")))) == 3


def test_an_empty_library_teaches() -> None:
    client, _ = at_desk("reporter")
    assert "needs a credit and an alternative text" in sound(client.get("/desk/pictures/")).one("section", "empty").text
    client, _ = at_desk("legal")
    assert not sound(client.get("/desk/pictures/")).one("section", "empty").all("a")


def test_library_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    from media_assets.desk import library

    monkeypatch.setattr(library, "PAGE", 2)
    client, _ = at_desk("reporter")
    for number in range(3):
        make.asset(made=False, caption=f"Picture {number}")
    root = sound(client.get("/desk/pictures/", {"q": "picture"}))
    assert len(titles(root)) == 2
    (older,) = root.all("a", rel="next")
    assert older.attributes["href"] == "?q=picture&page=2"
    assert titles(sound(client.get(f"/desk/pictures/{older.attributes['href']}"))) == ["Picture 0"]


def test_library_costs_the_same_at_1_and_at_20() -> None:
    client, alice = at_desk("reporter")
    make.asset(person=alice, agency=make.agency())
    first = cost(client, "/desk/pictures/")
    for _ in range(19):
        make.asset(made=False, person=alice, agency=make.agency())
    assert cost(client, "/desk/pictures/") == first <= 5
    assert len(titles(page(client.get("/desk/pictures/")))) == 20


# ---- upload ----


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
    assert cost(client, "/desk/pictures/upload/") == first <= 6


# ---- one picture ----


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
        lambda ids: {
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
    assert cost(client, f"/desk/pictures/{asset.pk}/") == first <= 6


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
    place.unlink()
    assert client.get(f"/desk/pictures/{asset.pk}/preview.webp").content == before
    place.unlink()
    storage.original(asset.sha256, "JPEG").unlink()
    assert client.get(f"/desk/pictures/{asset.pk}/preview.webp").status_code == 404


@pytest.mark.parametrize("pk", ["999999", "99999999999999999999999"])
@pytest.mark.parametrize(
    "path", ["", "preview.webp", "details/", "rights/", "rights/1/end/", "withdraw/", "reinstate/"]
)
def test_a_picture_that_never_was_is_not_found(pk: str, path: str) -> None:
    client, _ = at_desk("picture_editor")
    send = client.get if path in ("", "preview.webp") else client.post
    assert send(f"/desk/pictures/{pk}/{path}").status_code == 404


def test_the_palette_finds_pictures() -> None:
    from media_assets.desk.finder import find

    asset = make.asset(made=False, caption="Balmoral at dusk")
    (hit,) = find(person("marketing"), "balm")
    assert (hit.label, hit.url, hit.kind) == ("Balmoral at dusk", f"/desk/pictures/{asset.pk}/", "Picture")
    assert find(person(), "balm") == []
