"""Choosing a product's picture on its page in the library."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.models import Product
from newsroom.accounts.models import Person
from tests.asserts import page
from tests.browser import Site, keep_picture, look_over, until
from tests.factories import articles as make
from tests.factories import media_assets as pictures
from tests.factories.accounts import person

ENDED = make.AT + timedelta(days=1)


@pytest.mark.django_db
def test_the_chosen_and_the_newest_usable_are_offered(alice: Person) -> None:
    chosen = pictures.asset(made=False, caption="A coat on a hook", ends_at=ENDED)  # by now it may be shown nowhere
    product = make.product(picture=chosen)
    desk = Client()
    desk.force_login(alice)
    where = f"/desk/products/{product.pk}/"

    def offered() -> tuple[list[str], list[str], int]:
        with CaptureQueriesContext(connection) as ran:
            radios = page(desk.get(where)).all("input", name="picture")
        values = [radio.attributes["value"] for radio in radios]
        checked = [radio.attributes["value"] for radio in radios if "checked" in radio.attributes]
        return values, checked, len([each for each in ran if "publication_publication" not in each["sql"]])

    one = pictures.asset(made=False)
    offered()  # what is asked once in a process
    values, checked, few = offered()
    assert (values, checked) == (["", str(chosen.pk), str(one.pk)], [str(chosen.pk)])
    pictures.asset(made=False, ends_at=ENDED)
    newest = [pictures.asset(made=False).pk for _ in range(12)]
    values, checked, many = offered()
    assert values == ["", str(chosen.pk), *map(str, sorted(newest, reverse=True)[: len(values) - 2])]
    assert len(values) == 9
    assert many == few


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_reporter_searches_and_chooses(site: Site) -> None:
    wanted = pictures.asset(caption="A riding coat in the stable yard")
    for number in range(9):
        pictures.asset(made=False, caption=f"The avenue, tree {number}")
    product = make.product()
    desk: Any = site.page(person("reporter"))
    desk.goto(f"/desk/products/{product.pk}/")
    choice = desk.get_by_role("group", name="Picture")
    assert choice.get_by_role("radio", name="No picture").is_checked()
    assert choice.get_by_role("radio", name="stable yard").count() == 0
    desk.set_viewport_size({"width": 390, "height": 900})
    boxes = [row.bounding_box() for row in choice.locator(".found-row").all()]
    assert len(boxes) > 5
    assert all(above["y"] + above["height"] <= below["y"] for above, below in pairwise(boxes)), "no row on another"
    assert choice.locator(".found-row > span").evaluate_all(INSIDE), "and its words stand in it"
    choice.scroll_into_view_if_needed()
    keep_picture(desk, "product-pictures-390")
    choice.get_by_role("radio", name="tree 8").check()
    choice.get_by_role("searchbox").fill("riding coat")
    choice.get_by_role("radio", name="stable yard").wait_for()
    assert choice.get_by_role("radio", name="tree 8").is_checked()
    choice.get_by_role("searchbox").press("Enter")  # looks again, and sends nothing
    choice.get_by_role("radio", name="stable yard").check()
    look_over(desk, "product-picture")
    desk.get_by_role("button", name="Save", exact=True).click()
    desk.get_by_text("Saved.").first.wait_for()
    product.refresh_from_db()
    assert product.picture_id == wanted.pk
    assert choice.get_by_role("radio", name="stable yard").is_checked()
    choice.get_by_role("radio", name="No picture").check()
    desk.get_by_role("button", name="Save", exact=True).click()
    until(lambda: Product.objects.filter(pk=product.pk, picture=None).exists(), "the picture is taken off")
    assert not site.complaints


INSIDE = """all => all.every(words => {
    const [inner, outer] = [words, words.closest(".found-row")].map(one => one.getBoundingClientRect());
    return inner.top >= outer.top && inner.bottom <= outer.bottom && inner.right <= outer.right;
})"""
