"""Notices in a browser: the bell, opening one, the preferences by keyboard; whole and readable at both widths."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from newsroom import notices
from newsroom.notices.models import Notice
from tests.browser import Site, look_over, until
from tests.factories.accounts import person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_evening_s_notices(site: Site) -> None:
    alice, now = person("reporter"), timezone.now()
    with transaction.atomic():
        for number, (kind, title, detail) in enumerate(
            [
                ("articles.published", "Bob Barrow published “The gates open at Windsor”", ""),
                ("articles.approved", "Bob Barrow approved “The gates open at Windsor”", ""),
                (
                    "articles.changes-requested",
                    "Bob Barrow requested changes to “Five tailored coats in the Princess of Wales’s autumn cut”",
                    "Who says that the second coat is new? The agency’s caption dates it to the spring of last year.",
                ),
                (
                    "articles.mention",
                    "Dora Dean named you in a note on “A diary in full”",
                    "@Alice Ashdown who heard it?",
                ),
            ]
        ):
            notices.tell(
                kind,
                [alice],
                key=str(number),
                title=title,
                detail=detail,
                url="/desk/help/",
                at=now - timedelta(minutes=70 - 20 * number),
            )
    Notice.objects.filter(key="0").update(read_at=now)
    window = site.page(alice)
    window.goto("/desk/help/")
    window.get_by_role("link", name="Notices, 3 unread").first.click()
    window.get_by_role("heading", name="Notices", exact=True).wait_for()
    look_over(window, "notices")

    # Opening one marks it as read, without a step more.
    window.get_by_role("link", name="Dora Dean named you").click()
    window.wait_for_url("**/desk/help/")
    until(lambda: Notice.objects.get(key="3").read_at, "the opened notice is read")

    window.goto("/desk/notices/?show=unread")
    window.locator(".notice", has_text="Bob Barrow approved").get_by_role("button", name="Mark as read").click()
    window.wait_for_url("**/desk/notices/?show=unread")
    window.get_by_role("button", name="Mark all as read").click()
    window.get_by_text("1 marked as read.").wait_for()
    window.get_by_text("Nothing here").wait_for()
    look_over(window, "notices-none")

    window.get_by_role("link", name="Choose what you are told").click()
    group = window.get_by_role("group", name="Changes are requested")
    look_over(window, "notices-preferences")
    assert group.get_by_role("radio").count() == 2
    group.get_by_label("At the desk").check()
    window.get_by_role("button", name="Save").click()
    window.get_by_text("It holds from the next notice on").wait_for()
    assert not alice.notice_preferences.get(kind="articles.changes-requested").mail
    assert site.complaints == []
