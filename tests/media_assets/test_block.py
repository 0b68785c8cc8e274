"""The image block on every exit, and in the picker (promises 13 and 14)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from media_assets import rights, withdrawal
from media_assets.blocks import ImageBlock
from media_assets.models import Asset, ImagePlacement
from newsroom import blocks
from newsroom.blocks import PageContext, PlaceRefused, Target
from tests.asserts import page
from tests.factories import media_assets as make
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db
NOW = make.AT
DAY = timedelta(days=1)
ORIGIN = "https://news.example"


def body(*placements: ImagePlacement) -> str:
    return "<p>Before.</p>" + "".join(f'<div data-block="image" data-id="{one.pk}"></div>' for one in placements)


def rendered(placement: ImagePlacement, target: Target, at: Any = NOW) -> Any:
    return blocks.render(body(placement), target, at=at, page=PageContext("/royals/a-visit/", ORIGIN))


def placed(**facts: Any) -> ImagePlacement:
    return make.image_placement(make.asset(size=(1800, 1200), **facts), caption="Visitors <wait> at the gate.")


def test_web() -> None:
    placement = placed()
    written = rendered(placement, Target.WEB)
    root = page(str(written.html))
    picture = root.one("picture")
    image = picture.one("img").attributes
    assert (image["width"], image["height"], image["loading"]) == ("1800", "1200", "lazy")
    assert image["alt"] == placement.alternative_text
    assert [part.split()[1] for part in image["srcset"].split(", ")] == ["320w", "640w", "960w", "1280w", "1800w"]
    assert all(part.split()[0].endswith(".jpg") for part in image["srcset"].split(", "))
    sources = [source.attributes for source in picture.all("source")]
    assert [source["type"] for source in sources] == ["image/avif", "image/webp"], "the smallest first"
    source = sources[0]
    assert source["sizes"] == image["sizes"]
    assert root.one("figcaption").text == "Visitors <wait> at the gate. (Image credit: Getty Images)"
    assert written.tags == {f"asset:{placement.asset_id}"}


def test_web_before_the_files_are_made_keeps_the_place() -> None:
    placement = make.image_placement(make.asset(made=False, size=(1800, 1200)))
    image = page(str(rendered(placement, Target.WEB).html)).one("img").attributes
    assert (image["width"], image["height"]) == ("1800", "1200")
    assert image["src"] == f"/media/{placement.asset.digest}/20.webp", "twenty pixels, at once"
    Asset.objects.filter(pk=placement.asset_id).update(placeholder=b"")
    image = page(str(rendered(placement, Target.WEB).html)).one("img").attributes
    assert image["src"].endswith(".svg")


def test_mail_has_one_width_absolute_addresses_and_the_credit() -> None:
    root = page(str(rendered(placed(), Target.MAIL).html))
    image = root.one("img").attributes
    assert (image["width"], image["height"]) == ("600", "400")
    assert image["src"].startswith(f"{ORIGIN}/media/")
    assert image["src"].endswith("/960.jpg")
    assert "srcset" not in image
    assert root.text.endswith("Visitors <wait> at the gate. (Image credit: Getty Images)")


def test_mail_never_makes_a_picture_larger_than_it_is() -> None:
    placement = make.image_placement(make.asset(size=(300, 200)))
    assert page(str(rendered(placement, Target.MAIL).html)).one("img").attributes["width"] == "300"


def test_feed() -> None:
    root = page(str(rendered(placed(), Target.FEED).html))
    assert root.one("figure").one("img").attributes["src"].startswith(f"{ORIGIN}/media/")
    assert root.one("figcaption").text.endswith("(Image credit: Getty Images)")


def test_text() -> None:
    placement = placed()
    assert str(rendered(placement, Target.TEXT).html).endswith(
        f"[Picture: {placement.alternative_text}] (Image credit: Getty Images)"
    )


def test_desk_shows_the_state_of_the_rights() -> None:
    placement = placed()
    withdrawal.withdraw(placement.asset_id, person=person("editor"), reason="The agency asked.", at=NOW)
    root = page(str(rendered(placement, Target.DESK).html))
    assert root.one("img").attributes["src"] == f"/desk/pictures/{placement.asset_id}/preview.webp"
    assert root.one("li").text == "It was withdrawn: The agency asked."


@pytest.mark.parametrize("target", [Target.WEB, Target.MAIL, Target.FEED, Target.TEXT])
@pytest.mark.parametrize(
    "taken_away",
    [
        lambda asset: Asset.objects.filter(pk=asset.pk).update(credit=""),
        lambda asset: Asset.objects.filter(pk=asset.pk).update(alternative_text=""),
        lambda asset: asset.rights.all().delete(),
        lambda asset: asset.rights.update(ends_at=NOW),
        lambda asset: rights.add(asset, person=asset.added_by, allowed=False, note="Sued", at=NOW),
        lambda asset: withdrawal.withdraw(asset.pk, person=asset.added_by, reason="Sued", at=NOW),
    ],
    ids=["credit", "text", "no right", "right ended", "denied", "withdrawn"],
)
def test_rights_are_asked_when_it_is_rendered(target: Target, taken_away: Callable[[Asset], Any]) -> None:
    """Promise 13: nothing of the picture is left on any exit, and the page still stands on its tag."""
    placement = placed()
    assert "castle" in str(rendered(placement, target).html)
    taken_away(placement.asset)
    written = rendered(placement, target)
    assert "castle" not in str(written.html)
    assert "media" not in str(written.html)
    assert written.tags == {f"asset:{placement.asset_id}"}


@pytest.mark.parametrize(("target", "shown"), [(Target.WEB, True), (Target.FEED, True), (Target.MAIL, False)])
def test_a_denial_for_newsletters_is_for_newsletters(target: Target, shown: bool) -> None:
    placement = placed()
    rights.add(placement.asset, person=placement.created_by, use="mail", allowed=False, note="Web only", at=NOW)
    assert ("castle" in str(rendered(placement, target).html)) is shown


def test_rights_are_asked_when_it_is_published() -> None:
    placement = placed(ends_at=NOW + 10 * DAY)
    assert blocks.problems(body(placement), at=NOW) == []
    soon = blocks.problems(body(placement), at=NOW + 5 * DAY)
    assert [problem.stop for problem in soon] == [False]
    assert "ends on 21 September, 09:00 BST" in soon[0].message
    over = blocks.problems(body(placement), at=NOW + 10 * DAY)
    assert [problem.stop for problem in over] == [True]
    assert "ended on" in over[0].message


def test_what_another_exit_lacks_is_a_warning() -> None:
    placement = placed()
    rights.add(placement.asset, person=placement.created_by, use="mail", allowed=False, note="Web only", at=NOW)
    (problem,) = blocks.problems(body(placement), at=NOW)
    assert not problem.stop
    assert "left out of newsletters" in problem.message


@pytest.mark.parametrize("count", [1, 20])
def test_a_body_of_any_length_costs_one_query(count: int, django_assert_num_queries: Any) -> None:
    asset = make.asset()
    placements = [make.image_placement(asset if number else make.asset()) for number in range(count)]
    for target in Target:
        with django_assert_num_queries(1):
            blocks.render(body(*placements), target, at=NOW, page=PageContext("/", ORIGIN))


# ---- the picker ----


def test_search_finds_what_may_be_used_now() -> None:
    make.asset(made=False, caption="The Waleses at Sandringham", credit="Alamy")
    make.asset(made=False, caption="Balmoral at dusk", credit="Getty Images")
    gone = make.asset(made=False, caption="Balmoral from the air")
    gone.rights.all().delete()
    alice, block = person("reporter"), ImageBlock()
    (found,) = block.search(alice, "balm")
    assert (found.title, found.meta) == ("Balmoral at dusk", "(Image credit: Getty Images)")
    assert found.values["alternative_text"] == "A castle on a hill under a morning sun"
    assert [choice.title for choice in block.search(alice, "")] == ["Balmoral at dusk", "The Waleses at Sandringham"]
    assert block.search(alice, "\0") == block.search(alice, "")
    assert block.search(person("marketing"), "") == []


@pytest.mark.parametrize("count", [1, 30])
def test_search_costs_the_same(count: int, django_assert_num_queries: Any) -> None:
    alice = person("reporter")
    for _ in range(count):
        make.asset(made=False, caption="Balmoral at dusk", person=alice)
    with django_assert_num_queries(4):
        assert len(ImageBlock().search(alice, "balmoral")) == min(count, 24)


def test_place_and_edit() -> None:
    alice, block, asset = person("reporter"), ImageBlock(), make.asset(made=False, at=timezone.now())
    first = block.place(alice, {"choice": str(asset.pk), "caption": "At noon", "alternative_text": "A gate"})
    values = block.values(block.load({first})[first])
    assert values == {
        "choice": str(asset.pk),
        "choice_title": asset.title,
        "caption": "At noon",
        "alternative_text": "A gate",
    }
    second = block.place(alice, {**values, "caption": "At dusk"})
    assert second != first
    assert ImagePlacement.objects.get(pk=first).caption == "At noon"


@pytest.mark.parametrize("role", ["reporter", "editor", "picture_editor"])
def test_rights_are_asked_when_it_is_picked(role: str) -> None:
    asset = make.asset(made=False, at=timezone.now())
    asset.rights.update(ends_at=timezone.now())
    with pytest.raises(PlaceRefused) as refused:
        ImageBlock().place(person(role), {"choice": str(asset.pk), "alternative_text": "A gate"})
    assert refused.value.messages["choice"].startswith(
        "This picture may not be used. The right to use it anywhere ended"
    )


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("choice", {"choice": ""}),
        ("choice", {"choice": "x"}),
        ("choice", {"choice": "²"}),
        ("choice", {"choice": "99999999999999999999"}),
        ("choice", {"choice": "9999999"}),
        ("alternative_text", {"alternative_text": " "}),
        ("caption", {"caption": "x" * 2001}),
    ],
)
def test_place_says_what_is_wrong(field: str, fields: dict[str, str]) -> None:
    asset = make.asset(made=False, at=timezone.now())
    sent = {"choice": str(asset.pk), "caption": "", "alternative_text": "A gate", **fields}
    with pytest.raises(PlaceRefused) as refused:
        ImageBlock().place(person("reporter"), sent)
    assert set(refused.value.messages) == {field}
    assert not ImagePlacement.objects.exists()


@pytest.mark.parametrize("roles", [["legal"], ["marketing"], ["administrator"], []])
def test_others_place_nothing(roles: list[str]) -> None:
    asset = make.asset(made=False, at=timezone.now())
    with pytest.raises(PlaceRefused):
        ImageBlock().place(person(*roles), {"choice": str(asset.pk), "alternative_text": "A gate"})
