"""The pages of this room in a browser: nothing for axe to object to, at both widths, in both schemes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from newsroom import accounts
from newsroom.accounts import tokens
from tests.browser import Mailbox, Process, Site, look_over
from tests.factories.accounts import PASSWORD, person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_pages_are_open_to_everybody(site: Site) -> None:
    frank = person("administrator", "editor")
    alice = person("reporter", last_login=timezone.now())
    for name, role in [("Bob Barrow", "editor"), ("Charlie Calder", "picture_editor"), ("Dora Dean", "legal")]:
        person(role, name=name, last_login=timezone.now())
    gina = accounts.invite(email="gina@example.org", name="Gina Gale", roles=["reporter"], by=frank)
    gone = accounts.leave(person=person("marketing"), by=frank)
    invitation = tokens.make(gina, tokens.Purpose.INVITATION, cause="test", at=timezone.now())
    reset = tokens.make(alice, tokens.Purpose.RESET, cause="test2", at=timezone.now())

    outside, inside = site.page(), site.page(frank)
    for page, path, name in [
        (outside, "/desk/sign-in/", "sign-in"),
        (outside, "/desk/reset/", "reset"),
        (outside, f"/desk/invitation/{invitation}/", "invitation"),
        (outside, f"/desk/reset/{reset}/", "reset-link"),
        (outside, "/desk/reset/none/", "link-refused"),
        (inside, "/desk/people/", "people"),
        (inside, f"/desk/people/{alice.pk}/", "person"),
        (inside, f"/desk/people/{gone.pk}/", "person-left"),
        (inside, "/desk/me/", "me"),
        (inside, "/desk/me/password/", "password"),
    ]:
        page.goto(path)
        look_over(page, name)

    inside.goto(f"/desk/people/{alice.pk}/")
    inside.get_by_role("button", name="Shut out").click()
    inside.get_by_role("dialog").wait_for()
    look_over(inside, "leave")
    inside.goto("/desk/people/invite/")
    inside.get_by_role("button", name="Send the invitation").click()
    inside.locator(".error").first.wait_for()
    look_over(inside, "invite-errors")
    assert not site.complaints


def test_from_invitation_to_being_shut_out(
    site: Site, worker: Process, mailbox: Mailbox, real_password: Callable[[Any, str], None]
) -> None:
    """Frank invites Gina; she takes her place, forgets her password, gets another, and is shut out while she looks."""
    frank = person("administrator")
    real_password(frank, PASSWORD)

    office = site.page()
    office.goto("/desk/people/")
    office.get_by_label("Email address").fill(frank.email)
    office.get_by_label("Password").fill(PASSWORD)
    office.get_by_role("button", name="Sign in").click()
    office.get_by_role("link", name="Invite somebody").click()
    office.get_by_label("Name").fill("Gina Gale")
    office.get_by_label("Email address").fill("gina@example.org")
    office.get_by_label("Reporter").check()
    office.get_by_role("button", name="Send the invitation").click()
    office.get_by_text("Gina Gale is invited").wait_for()

    letter = mailbox.wait_for("gina@example.org")[0]
    home = site.page()
    home.goto(link_in(letter, site))
    home.get_by_label("New password").fill("an-excellent-password")
    home.get_by_label("The same again").fill("an-excellent-password")
    home.get_by_role("button", name="Open the desk").click()
    home.get_by_text("You are signed in").wait_for()

    phone = site.page(width=390)
    phone.goto("/desk/sign-in/")
    phone.get_by_role("link", name="Forgotten your password?").click()
    phone.get_by_label("Email address").fill("Gina@example.org")
    phone.get_by_role("button", name="Send the link").click()
    phone.get_by_role("heading", name="Look into your mail").wait_for()
    phone.goto(link_in(mailbox.wait_for("gina@example.org", count=2)[1], site))
    phone.get_by_label("New password").fill("another-excellent-password")
    phone.get_by_label("The same again").fill("another-excellent-password")
    phone.get_by_role("button", name="Set the password").click()
    phone.get_by_text("You are signed in").wait_for()
    home.goto("/desk/me/")
    assert "/desk/sign-in/" in home.url  # the earlier session ended with the old password

    office.get_by_role("link", name="Gina Gale").click()
    office.get_by_role("button", name="Shut out").click()
    office.get_by_role("dialog").get_by_role("button", name="Shut out").click()
    office.get_by_text("Gina Gale is shut out").wait_for()
    phone.goto("/desk/me/")
    assert "/desk/sign-in/" in phone.url
    assert not site.complaints


def link_in(letter: Any, site: Site) -> str:
    found = re.search(rf"{re.escape(site.url)}\S+", letter.get_content())
    assert found, letter.get_content()
    return found[0]
