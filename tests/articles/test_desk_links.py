"""Where the desk leads: from a finding to the page on which it is put right, and the menu's mark of where one is."""

from __future__ import annotations

import pytest
from django.test import Client

from newsroom.accounts.models import Person
from tests.asserts import page
from tests.factories import articles as make

pytestmark = pytest.mark.django_db


def test_a_warning_about_a_product_leads_to_its_page(client: Client, bob: Person) -> None:
    placed = make.product_placement(make.product("Coat"))
    made = make.story(standing="in_review", body=f'<p>W.</p><div data-block="product" data-id="{placed.pk}"></div>')
    address = f"/desk/products/{placed.product_id}/"
    client.force_login(bob)
    for place in (f"/desk/stories/{made.pk}/", f"/desk/stories/{made.pk}/approve/"):
        found = page(client.get(place)).all("li", "check")
        leads = {link.attributes["href"] for one in found if "Coat" in one.text for link in one.all("a")}
        assert address in leads, place
        lead = next(one for one in found if "no lead image" in one.text)
        assert not [link for link in lead.all("a") if link.attributes["href"] == address]


@pytest.mark.parametrize("place", ["/desk/sources/outlets/", "/desk/sources/outlets/{}/", "/desk/sources/"])
def test_outlets_belong_to_the_sources(client: Client, bob: Person, place: str) -> None:
    client.force_login(bob)
    root = page(client.get(place.format(make.outlet().pk)))
    assert {link.text.strip() for link in root.one("nav", "nav").all("a", **{"aria-current": "page"})} == {"Sources"}
