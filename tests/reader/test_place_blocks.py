"""The story desk's blocks: product and related story, placed and shown on every exit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from articles import clicks
from articles.blocks import ProductBlock, QuoteBlock, RelatedBlock
from articles.models import Merchant, Offer, Product, ProductPlacement, Story
from media_assets import rights
from media_assets.models import Asset, Use
from media_assets.withdrawal import withdraw
from newsroom import blocks
from newsroom.blocks import PlaceRefused, Target
from tests.asserts import page
from tests.factories import articles as make
from tests.factories import media_assets as pictures
from tests.factories.accounts import person
from tests.reader.showing import shown

pytestmark = pytest.mark.django_db


def loaded(pk: int) -> ProductPlacement:
    return ProductBlock().load({pk})[pk]


class TestProduct:
    @pytest.mark.parametrize("target", [Target.WEB, Target.MAIL, Target.FEED, Target.TEXT])
    def test_every_exit_discloses_first_and_marks_the_link(self, target: Target) -> None:
        html = shown("product", make.product_placement(make.product(checked_at=timezone.now())).pk, target)
        said = html if target is Target.TEXT else page(html).text
        assert said.startswith("Affiliate link. We earn a commission if you buy through it.")
        for words in ("Harrow & Vale", "Wool riding coat", "£240.00", "Example Shop", "rice checked", "Yorkshire"):
            assert words in said, words
        if target is not Target.TEXT:
            links = page(html).all("a")
            assert links
            assert all(a.attributes["rel"] == "sponsored nofollow noopener" for a in links)

    @pytest.mark.parametrize("target", [Target.WEB, Target.MAIL, Target.FEED, Target.TEXT, Target.DESK])
    def test_a_price_hides_itself_after_two_days(self, target: Target) -> None:
        checked = timezone.now()
        pk = make.product_placement(make.product(checked_at=checked)).pk
        late = checked + timedelta(hours=48)
        assert "£240.00" in shown("product", pk, target, late - timedelta(seconds=1))
        gone = shown("product", pk, target, late)
        assert "240" not in gone
        assert "See price at Example Shop" in gone

    def test_the_price_follows_the_library_and_the_words_do_not(self) -> None:
        product = make.product(checked_at=timezone.now())
        pk = make.product_placement(product).pk
        Offer.objects.filter(pk=product.offer.pk).update(price="9.50", currency="EUR")
        Product.objects.filter(pk=product.pk).update(title="Other", blurb="Other")
        html = shown("product", pk)
        assert "€9.50" in html
        assert "Other" not in html

    @pytest.mark.parametrize("target", list(Target))
    def test_nothing_but_the_price_follows_the_library(self, target: Target) -> None:
        """Promises 1 to 3: a reporter who edits the library changes no word, link or picture that was approved."""
        at, coat, hat = timezone.now(), pictures.asset(alternative_text="A coat on a stand"), pictures.asset()
        shop = make.merchant("First Shop", hosts=("shop.example",), tag="tag=first-20")
        product = make.product(merchant=shop, picture=coat, checked_at=at)
        pk = make.product_placement(product).pk
        before = shown("product", pk, target, at)
        Asset.objects.filter(pk=coat.pk).update(alternative_text="Other words")
        Merchant.objects.filter(pk=shop.pk).update(
            name="Renamed Shop", tag="tag=other-20", tracking="https://go.example/?u={url}"
        )
        Product.objects.filter(pk=product.pk).update(maker="Other", title="Other", blurb="Other", picture=hat)
        Offer.objects.filter(pk=product.offer.pk).update(link="https://shop.example/other")
        assert shown("product", pk, target, at) == before
        assert "First Shop" in before
        assert clicks.address_of(loaded(pk)) == "https://shop.example/coats/riding?tag=first-20"

    def test_a_price_of_another_shop_is_not_shown(self) -> None:
        """A block shows the price of the offer that it names, and none where that is not its link's shop's."""
        at, product = timezone.now(), make.product(checked_at=timezone.now())
        other = make.merchant("Other Shop", hosts=("other.example",))
        cheaper = make.offer(product, merchant=other, link="https://other.example/coat", price="9.00", checked_at=at)
        pk, second = make.product_placement(product).pk, make.product_placement(product, offer=cheaper).pk
        assert "£240.00 at Example Shop" in page(shown("product", pk)).text
        assert "£9.00 at Other Shop" in page(shown("product", second)).text
        Merchant.objects.filter(pk=product.offer.merchant_id).update(hosts=["moved.example"])
        old = make.product_placement(product, offer=cheaper, offerless=True).pk
        for number, shop, why in (
            (pk, "Example Shop", "no longer leads to Example Shop"),
            (old, "Other Shop", "no offer of"),
        ):
            for target in Target:
                html = shown("product", number, target)
                assert "240" not in html
                assert "9.00" not in html
                assert f"See price at {shop}" in html
            assert why in shown("product", number, Target.DESK)
            assert any(why in problem.message for problem in ProductBlock().checks(loaded(number), at))

    def test_readers_are_told_what_is_out_of_stock_and_no_price_of_a_page_that_is_gone(self) -> None:
        product = make.product(checked_at=timezone.now(), in_stock=False)
        pk = make.product_placement(product).pk
        for target in Target:
            assert "Out of stock" in shown("product", pk, target)
        warned = [problem.message for problem in ProductBlock().checks(loaded(pk), timezone.now()) if not problem.stop]
        assert warned == ["“Wool riding coat” is out of stock at Example Shop; readers are told so."]
        Offer.objects.filter(pk=product.offer.pk).update(in_stock=None, link_state="gone")
        for target in Target:
            html = shown("product", pk, target)
            assert "240" not in html
            assert "Out of stock" not in html
        said = [problem.message for problem in ProductBlock().checks(loaded(pk), timezone.now())]
        assert any("is gone" in message for message in said)

    def test_the_credit_and_the_rights_of_its_picture_follow_the_library(self) -> None:
        asset = pictures.asset(credit="Jane Poe")
        pk = make.product_placement(make.product(picture=asset)).pk
        Asset.objects.filter(pk=asset.pk).update(credit="Jane Roe")
        assert "(Image credit: Jane Roe)" in shown("product", pk)
        withdraw(asset.pk, person=person("picture_editor"), reason="Complaint", at=timezone.now())
        assert "<img" not in shown("product", pk)
        assert ProductBlock().tags(loaded(pk)) == {f"product:{loaded(pk).product_id}", f"asset:{asset.pk}"}

    def test_a_picture_without_alternative_text_is_not_placed(self) -> None:
        bare = pictures.asset(made=False)
        Asset.objects.filter(pk=bare.pk).update(alternative_text=" ")
        product = make.product(picture=bare)
        placed = loaded(ProductBlock().place(person("reporter"), {"choice": str(product.offer.pk)}))
        assert (placed.picture_id, placed.picture_text) == (None, "")
        with pytest.raises(DatabaseError), transaction.atomic():
            ProductPlacement.objects.create(
                product=product, picture=bare, picture_text=" ", created_by=placed.created_by, created_at=make.AT
            )

    def test_its_picture_needs_the_right_of_that_exit(self) -> None:
        asset = pictures.asset(credit="Jane Poe")
        rights.add(asset, person=person("picture_editor"), use=Use.MAIL, allowed=False, note="Web only", at=make.AT)
        pk = make.product_placement(make.product(picture=asset)).pk
        root = page(shown("product", pk))
        assert root.one("img").attributes["alt"]
        assert "(Image credit: Jane Poe)" in root.text
        assert "<img" not in shown("product", pk, Target.MAIL)
        assert "(Image credit: Jane Poe)" in shown("product", pk, Target.FEED)

    def test_a_link_elsewhere_stops_the_publication(self) -> None:
        placement = make.product_placement(make.product(link="https://elsewhere.example/"))
        stops = [problem.message for problem in ProductBlock().checks(placement, timezone.now()) if problem.stop]
        assert len(stops) == 1
        assert "merchant" in stops[0]

    def test_it_is_placed_with_this_storys_words(self) -> None:
        product = make.product()
        fields = {"choice": str(product.offer.pk), "blurb": " Warm.  "}
        pk = ProductBlock().place(person("reporter"), fields)
        placement = ProductBlock().load({pk})[pk]
        assert (placement.maker, placement.title, placement.blurb) == ("Harrow & Vale", "Wool riding coat", "Warm.")
        assert ProductBlock().values(placement)["choice"] == str(product.offer.pk)
        for bad in ({"choice": ""}, {"choice": "0"}, {"choice": "12345"}, fields | {"blurb": "x" * 1001}):
            with pytest.raises(PlaceRefused):
                ProductBlock().place(person("reporter"), bad)

    def test_editing_keeps_the_details_until_the_librarys_new_ones_are_taken(self) -> None:
        alice, product = person("reporter"), make.product(picture=pictures.asset())
        pk = ProductBlock().place(alice, {"choice": str(product.offer.pk), "blurb": "Warm."})
        assert ProductBlock().values(loaded(pk))["renew"] == ""
        Product.objects.filter(pk=product.pk).update(title="Long coat", picture=None)
        Offer.objects.filter(pk=product.offer.pk).update(link="https://shop.example/long")
        values = ProductBlock().values(loaded(pk))
        assert values["placement"] == str(pk)
        for words in ("name “Long coat”", "link", "picture"):
            assert words in values["renew"]
        warned = [problem for problem in ProductBlock().checks(loaded(pk), make.AT) if "new details" in problem.message]
        assert [problem.stop for problem in warned] == [False]

        sent = {"choice": str(product.offer.pk), "placement": str(pk), "blurb": "Very warm."}
        edited = loaded(ProductBlock().place(alice, sent))
        renewed = loaded(ProductBlock().place(alice, sent | {"renew": "yes"}))
        fresh = loaded(ProductBlock().place(alice, sent | {"placement": ""}))
        assert len({pk, edited.pk, renewed.pk, fresh.pk}) == 4
        assert (edited.title, edited.link, edited.blurb) == (product.title, product.offer.link, "Very warm.")
        assert edited.picture_id == product.picture_id
        for one in (renewed, fresh):
            assert (one.title, one.link, one.picture_id) == ("Long coat", "https://shop.example/long", None)
        assert ProductBlock().values(renewed)["renew"] == ""

    @pytest.mark.parametrize("odd", ["0", "x", "999999", "9" * 30, "-1"])
    def test_an_odd_placement_gives_no_details(self, odd: str) -> None:
        product = make.product()
        pk = ProductBlock().place(person("reporter"), {"choice": str(product.offer.pk), "placement": odd})
        assert loaded(pk).title == product.title

    def test_another_product_brings_its_own_details(self) -> None:
        coat, hat = make.product_placement(), make.product("Straw hat")
        pk = ProductBlock().place(person("reporter"), {"choice": str(hat.offer.pk), "placement": str(coat.pk)})
        assert loaded(pk).title == "Straw hat"


class TestRelated:
    def test_it_leads_to_the_story_while_that_is_published(self) -> None:
        other = make.published_story(headline="The other one")
        pk = make.related_placement(other).pk
        assert page(shown("related", pk)).one("a").attributes["href"] == other.path
        assert f"https://news.example{other.path}" in shown("related", pk, Target.MAIL)
        assert "http" in shown("related", pk, Target.TEXT)
        Story.objects.filter(pk=other.pk).update(readers="withdrawn")
        for target in (Target.WEB, Target.MAIL, Target.FEED, Target.TEXT):
            assert shown("related", pk, target) == ""
        assert "not published" in shown("related", pk, Target.DESK)
        tags = blocks.tags(f'<div data-block="related" data-id="{pk}"></div>')
        assert tags == {f"story:{other.pk}"}

    def test_only_published_stories_are_offered_and_never_the_story_itself(self) -> None:
        here = make.published_story(headline="Here")
        make.story(headline="A draft")
        make.published_story(headline="Tomorrow", at=timezone.now() + timedelta(days=1))
        alice = person("reporter")
        assert [choice.title for choice in RelatedBlock().search(alice, "")] == ["Here"]
        assert RelatedBlock().search(alice, "nothing of that name") == []
        with pytest.raises(PlaceRefused):
            RelatedBlock().place(alice, {"choice": str(here.pk), "story": str(here.pk)})
        with pytest.raises(PlaceRefused):
            RelatedBlock().place(alice, {"choice": str(here.pk), "line": "x" * 201})
        with pytest.raises(PlaceRefused):
            RelatedBlock().place(alice, {"choice": str(make.story().pk)})


@pytest.mark.parametrize("many", [1, 20])
def test_each_kind_loads_in_one_query(many: int, at_most: Any) -> None:
    asset = pictures.asset(size=(64, 48))
    lead = pictures.image_placement(asset)
    for block, made in (
        (QuoteBlock(), [make.quote_placement() for _ in range(many)]),
        (ProductBlock(), [make.product_placement(make.product(picture=asset)) for _ in range(many)]),
        (RelatedBlock(), [make.related_placement(make.published_story(lead_image=lead)) for _ in range(many)]),
    ):
        at = timezone.now()
        with at_most(1 + (block.kind == "product")):  # and the merchants, once for all
            loaded = block.load({placement.pk for placement in made})
            for placement in loaded.values():
                block.tags(placement)
                block.allowed(placement, at, Target.WEB)
                list(block.checks(placement, at))
                block.title(placement)
                block.values(placement)
                block.context(placement, Target.WEB, at)
        assert len(loaded) == many


@pytest.mark.parametrize("many", [1, 20])
def test_a_search_costs_at_most_two_queries(many: int, at_most: Any) -> None:
    alice = person("reporter")
    for _ in range(many):
        make.quotation(chain=[(make.outlet(), False)])
        make.product()
        make.published_story()
    for block in (QuoteBlock(), ProductBlock(), RelatedBlock()):
        for words in ("", "o", "\u202e%_'\""):
            with at_most(2):
                block.search(alice, words)
