"""The library: what it shows, what it finds, what it costs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from media_assets import library, standing, withdrawal
from media_assets.models import Asset
from tests.asserts import page
from tests.factories import media_assets as make
from tests.factories.accounts import person
from tests.media_assets.at_desk import at_desk, cost, sound, titles

pytestmark = pytest.mark.django_db


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
    withdrawal.withdraw(gone.pk, person=person("picture_editor"), reason="Asked.", at=make.AT)
    standing.settle([gone.pk], at=make.AT)
    assert titles(sound(client.get("/desk/pictures/?state=incomplete"))) == ["bare.jpg"]
    assert titles(sound(client.get("/desk/pictures/?state=withdrawn"))) == ["Gone"]
    assert len(titles(sound(client.get("/desk/pictures/?state=nonsense")))) == 3


def test_an_empty_library_teaches() -> None:
    client, _ = at_desk("reporter")
    assert "needs a credit and an alternative text" in sound(client.get("/desk/pictures/")).one("section", "empty").text
    client, _ = at_desk("legal")
    assert not sound(client.get("/desk/pictures/")).one("section", "empty").all("a")


def test_library_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "PAGE", 2)
    client, _ = at_desk("reporter")
    for number in range(3):
        make.asset(made=False, caption=f"Picture {number}")
    root = sound(client.get("/desk/pictures/", {"q": "picture"}))
    assert len(titles(root)) == 2
    (older,) = root.all("a", rel="next")
    make.asset(made=False, caption="Picture that came in meanwhile")
    root = sound(client.get(f"/desk/pictures/{older.attributes['href']}"))
    assert titles(root) == ["Picture 0"]
    assert older.attributes["href"].startswith("?q=picture&before=")
    (newer,) = root.all("a", rel="prev")
    assert titles(sound(client.get(f"/desk/pictures/{newer.attributes['href']}"))) == ["Picture 2", "Picture 1"]


def test_library_costs_the_same_at_1_and_at_20() -> None:
    client, alice = at_desk("reporter")
    make.asset(person=alice, agency=make.agency())
    first = cost(client, "/desk/pictures/")
    for _ in range(19):
        make.asset(made=False, person=alice, agency=make.agency())
    assert cost(client, "/desk/pictures/") == first <= 11
    assert len(titles(page(client.get("/desk/pictures/")))) == 20


def test_the_palette_finds_pictures() -> None:
    from media_assets.desk.finder import find

    asset = make.asset(made=False, caption="Balmoral at dusk")
    (hit,) = find(person("marketing"), "balm")
    assert (hit.label, hit.url, hit.kind) == ("Balmoral at dusk", f"/desk/pictures/{asset.pk}/", "Picture")
    assert find(person(), "balm") == []
