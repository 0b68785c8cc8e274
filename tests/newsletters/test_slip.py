"""A slip in the address, mended on the page that says so."""

from __future__ import annotations

import pytest
from django.test import Client
from playwright.sync_api import expect

from newsletters import addresses
from newsletters.models import SignUp
from tests.browser import Site
from tests.factories import newsletters


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_mended_address_is_taken(site: Site) -> None:
    """The page after a slip must let its own form be sent: under no-referrer browsers say "Origin: null"."""
    letter = newsletters.newsletter()
    page = site.page(java_script_enabled=False)
    page.goto(f"/newsletters/{letter.slug}/")
    field = page.get_by_label("Email address")
    field.evaluate("(input) => { input.form.noValidate = true; }")
    field.fill("nope")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_label("Email address")).to_have_value("nope")
    page.get_by_label("Email address").fill("grace@readers.example")
    page.get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/check-your-mail/")
    assert SignUp.objects.get().address == "grace@readers.example"


@pytest.mark.django_db
def test_a_domain_that_grows_too_long_is_refused(client: Client) -> None:
    typed = "a" * 64 + "@" + ".".join(["é" * 20 + "abcdefghijklmnopqrst"] * 4) + ".fr"
    assert len(typed) <= addresses.LONGEST
    with pytest.raises(addresses.NotAnAddress):
        addresses.read(typed)
