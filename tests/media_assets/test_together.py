"""Many pictures changed at once, collections, and filling in one after another."""

from __future__ import annotations

from typing import Any

import pytest

from media_assets import collecting, details, together
from media_assets.models import Asset, Collection
from tests.factories import media_assets as make
from tests.factories.accounts import person
from tests.media_assets.at_desk import at_desk, cost, sound, titles
from tests.media_assets.test_upload import files

pytestmark = pytest.mark.django_db


def sent(*assets: Asset, **fields: Any) -> dict[str, Any]:
    return {"a": [asset.pk for asset in assets], **fields}


def test_the_preview_says_what_would_change_and_changes_nothing() -> None:
    client, _ = at_desk("picture_editor")
    other = make.asset(made=False, caption="Other", credit="Alamy")
    same = make.asset(made=False, caption="Same", credit="Getty Images")
    root = sound(client.post("/desk/pictures/together/", sent(other, same, step="preview", credit="Getty Images")))
    first, second = root.one("tbody").all("tr")
    assert "Credit Alamy Getty Images" in first.text
    assert second.all("td")[1].text == "As it is"
    assert "1 will change, 1 is so already." in root.one("main").text
    assert Asset.objects.get(pk=other.pk).credit == "Alamy"
    assert root.one("input", name=f"v{other.pk}").attributes["value"] == str(other.version)


def test_what_is_applied_is_done_line_by_line() -> None:
    client, charlie = at_desk("picture_editor")
    getty = make.agency()
    plain, moved = make.asset(made=False, caption="Plain", credit="Alamy"), make.asset(made=False, caption="Moved")
    Asset.objects.filter(pk=plain.pk).update(people=["Bo"])
    heap = collecting.make("Heap", person=charlie, at=make.AT)
    data = sent(
        plain, moved, step="apply", credit="Getty", agency=getty.pk, people="Ann Hale\nBo", event="Gala",
        right="no", use="mail", note="Print only", collection=heap.pk, **{f"v{plain.pk}": 1, f"v{moved.pk}": 7},
    )  # fmt: skip
    root = sound(client.post("/desk/pictures/together/", data))
    first, second = root.one("tbody").all("tr")
    assert "Changed" in first.text
    assert "Somebody else changed it meanwhile. It was left as they made it." in second.text
    plain.refresh_from_db()
    moved.refresh_from_db()
    assert (plain.credit, plain.agency, plain.people, plain.event) == ("Getty", getty, ["Bo", "Ann Hale"], "Gala")
    assert plain.rights.filter(allowed=False, use="mail").exists()
    assert (moved.credit, moved.agency, moved.people) == ("Getty Images", None, [])
    assert not moved.rights.filter(allowed=False).exists()
    assert collecting.holding([plain.pk, moved.pk], heap.pk) == {plain.pk}


def test_a_credit_for_many_needs_no_alternative_text_yet() -> None:
    charlie = person("picture_editor")
    bare = make.received()
    (line,) = together.apply({bare.pk: 1}, together.Change(credit="Getty Images"), person=charlie, at=make.AT)
    assert line.done
    bare.refresh_from_db()
    assert (bare.credit, bare.alternative_text, bare.files_due_at) == ("Getty Images", "", None)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Choose what to change first"),
        ({"right": "no"}, "Say why it may not be used"),
        ({"right": "yes", "ends_at": "2001-01-01"}, "This moment has passed"),
        ({"right": "yes", "starts_at": "2099-02-01", "ends_at": "2099-01-01"}, "The end must be after the start"),
        ({"note": "lost otherwise"}, "Say whether it may be used"),
        ({"people": "\n".join(f"Name {number}" for number in range(41))}, "Name at most 40 people"),
    ],
)
def test_a_form_that_cannot_be_is_told_so_and_kept(fields: dict[str, str], said: str) -> None:
    client, _ = at_desk("picture_editor")
    asset = make.asset(made=False)
    root = sound(
        client.post(
            "/desk/pictures/together/",
            sent(asset, step="preview", event="Kept", **fields) if fields else sent(asset, step="preview"),
        ),
        422,
    )
    assert said in root.one("main").text
    if fields:
        assert root.one("input", id="together_event").attributes["value"] == "Kept"


def test_together_costs_the_same_with_1_and_with_20() -> None:
    client, _ = at_desk("picture_editor")
    many = [make.asset(made=False) for _ in range(20)]
    one = cost(client, f"/desk/pictures/together/?a={many[0].pk}")
    assert cost(client, "/desk/pictures/together/?" + "&".join(f"a={asset.pk}" for asset in many)) == one


# ---- collections ----


def test_pictures_go_into_a_collection_and_out_of_it() -> None:
    client, alice = at_desk("reporter")
    one, two = make.asset(made=False, caption="One"), make.asset(made=False, caption="Two")
    client.post("/desk/pictures/collections/put/", sent(one, two, name=" Tour  2026 "))
    heap = Collection.objects.get()
    assert (heap.name, heap.owner, heap.items.count()) == ("Tour 2026", alice, 2)
    answer = client.post("/desk/pictures/collections/put/", sent(one, collection=heap.pk, back="q=x"), follow=True)
    assert "0 added. 1 had been in it already." in answer.content.decode()
    root = sound(client.get(f"/desk/pictures/?collection={heap.pk}"))
    assert set(titles(root)) == {"One", "Two"}
    assert "Collection: Tour 2026" in root.one("ul", "asked-too").text
    client.post("/desk/pictures/collections/put/", sent(one, out=heap.pk))
    assert titles(sound(client.get(f"/desk/pictures/?collection={heap.pk}"))) == ["Two"]
    assert Asset.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "said"), [("", "Give the collection a name."), ("tour", "of this name already"), ("x" * 121, "under 120")]
)
def test_a_collection_that_cannot_be_keeps_what_was_typed(name: str, said: str) -> None:
    client, alice = at_desk("reporter")
    collecting.make("Tour", person=alice, at=make.AT)
    root = sound(client.post("/desk/pictures/collections/", {"name": name}), 422)
    assert said in root.one("p", "error").text
    assert root.one("input", id="name").attributes["value"] == name


def test_only_its_owner_and_the_picture_desk_rename_or_remove_one() -> None:
    heap = collecting.make("Tour", person=person("reporter"), at=make.AT)
    bob, _ = at_desk("reporter")
    assert bob.post(f"/desk/pictures/collections/{heap.pk}/remove/").status_code == 403
    assert at_desk("legal")[0].post("/desk/pictures/collections/", {"name": "X"}).status_code == 403
    charlie, _ = at_desk("picture_editor")
    charlie.post(f"/desk/pictures/collections/{heap.pk}/rename/", {"name": "Tour, day one"})
    assert Collection.objects.get().name == "Tour, day one"
    charlie.post(f"/desk/pictures/collections/{heap.pk}/remove/")
    assert not Collection.objects.exists()


def test_a_collection_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "MOST", 1)
    alice = person("reporter")
    heap = collecting.make("Tour", person=alice, at=make.AT)
    many = [make.asset(made=False).pk for _ in range(2)]
    with pytest.raises(collecting.Refused, match="at most 1"):
        collecting.put(many, heap.pk, person=alice, at=make.AT)
    assert collecting.put(many[:1], heap.pk, person=alice, at=make.AT) == 1


# ---- many files, then one after another ----


def test_what_is_said_once_goes_into_every_file() -> None:
    client, _ = at_desk("reporter")
    getty = make.agency()
    data = files(("a.jpg", make.picture_bytes()), ("bad.jpg", b"x"), ("b.jpg", make.picture_bytes()))
    batch = "0" * 31 + "1"
    root = sound(
        client.post(
            "/desk/pictures/upload/",
            {**data, "credit": "Getty Images", "agency": getty.pk, "event": "Gala", "batch": batch},
        )
    )
    assert [asset.credit for asset in Asset.objects.all()] == ["Getty Images"] * 2
    assert {(asset.agency, asset.event, asset.batch.hex) for asset in Asset.objects.all() if asset.batch} == {
        (getty, "Gala", batch)
    }
    assert root.one("input", id="all_credit").attributes["value"] == "Getty Images", "kept for the next files"
    assert f"batch={batch}" in root.one("p", id="came").all("a")[0].attributes["href"]
    refused = client.post("/desk/pictures/upload/", {**files(("c.jpg", make.picture_bytes())), "credit": "x" * 201})
    assert refused.status_code == 422
    assert Asset.objects.count() == 2


def test_one_after_another_until_nothing_is_left() -> None:
    client, alice = at_desk("reporter")
    client.post(
        "/desk/pictures/upload/",
        {**files(("a.jpg", make.picture_bytes()), ("b.jpg", make.picture_bytes())), "batch": "a" * 32},
    )
    make.received(person=person("reporter"), name="anothers.jpg")
    address = f"/desk/pictures/fill/?batch={'a' * 32}"
    root = sound(client.get(address))
    assert root.one("h1").text == "a.jpg"
    assert "2 of 2 still need" in root.one("span", role="status").text
    first, second = Asset.objects.filter(added_by=alice).order_by("pk")
    skip = root.one("form", id="fill").one("a", "bare").attributes["href"]
    assert sound(client.get(skip)).one("h1").text == "b.jpg"
    words = {"asset": first.pk, "version": 1, "credit": "Getty", "use": "any"}
    wrong = sound(client.post(address, words), 422)
    assert wrong.one("input", id=f"p{first.pk}_credit").attributes["value"] == "Getty"
    answer = client.post(address, {**words, "alternative_text": "A gate"}, follow=True)
    root = sound(answer)
    assert root.one("h1").text == "b.jpg"
    assert "1 of 2 still needs" in root.one("span", role="status").text
    details.amend(second.pk, person=alice, expected_version=1, said={"event": "Gala"}, at=make.AT)
    late = client.post(address, {**words, "asset": second.pk, "alternative_text": "A tree"})
    assert (late.status_code, Asset.objects.get(pk=second.pk).alternative_text) == (409, "")
    again = client.post(address, {**words, "asset": second.pk, "version": 2, "alternative_text": "A tree"}, follow=True)
    assert "Nothing is waiting" in sound(again).one("section", "empty").text
