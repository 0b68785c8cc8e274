"""The picture desk says what a picture is, clears it, and looks at what ends soon."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from media_assets import rights
from media_assets.models import AgencyUse, Asset, ChangeSet, Listening, Removal, UsageBatch
from tests.browser import look_over
from tests.factories import articles as stories
from tests.factories import media_assets as pictures
from tests.factories.accounts import person
from tests.getty import open_getty

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_picture_desk_and_its_rights(site: Any) -> None:
    now, pia = timezone.now(), person("picture_editor", name="Pia Kahn")
    asset = pictures.asset(person=pia, category="", caption="The bride on the steps", ends_at=now + timedelta(days=5))
    stories.published_story(headline="The wedding in pictures", lead_image=pictures.image_placement(asset), at=now)
    window = site.page(pia)
    window.goto(f"/desk/pictures/{asset.pk}/")
    expect(window.get_by_text("Kind not said")).to_be_visible()
    window.get_by_role("link", name="Say what kind it is").click()

    # Only what the chosen kind asks for is on the screen; what it lacks is said beside it, and nothing typed is lost.
    expect(window.get_by_label("Where it is from").first).to_be_hidden()
    window.get_by_role("radio", name="Screengrab").check()
    source = window.locator("#kind_screengrab-source")
    expect(source).to_be_visible()
    window.get_by_role("button", name="Save").click()
    expect(window.get_by_text("Screengrab: say “Where it is from”.")).to_be_visible()
    expect(window.get_by_role("radio", name="Screengrab")).to_be_checked()
    look_over(window, "picture-kind-refused")
    source.fill("BBC One, News at Six, 3 September 2025")
    window.get_by_role("button", name="Save").click()
    expect(window.get_by_text("Screengrab: such pictures may not be used on social media.")).to_be_visible()
    expect(window.get_by_text("Screengrab: only to report on the broadcast itself, while it is news.")).to_be_visible()

    # A condition, and the exception from it, with a name.
    window.get_by_text("Add a right, a denial or a condition").click()
    window.locator("#right_allowed").select_option("call")
    window.get_by_role("button", name="Record").click()
    expect(window.get_by_text("Say why it may not be used")).to_be_visible()
    window.locator("#right_note").fill("BBC Picture Desk, 020 8743 8000")
    window.get_by_role("button", name="Record").click()
    expect(window.get_by_text("It must be cleared with the sales representative").first).to_be_visible()
    window.get_by_text("Make an exception").click()
    window.locator("#exception_lifts").select_option("call-for-image")
    window.locator("#exception_use").select_option("web")
    window.locator("#exception_reason").fill("Cleared by phone with Jo")
    window.get_by_role("button", name="Let it through").click()
    expect(window.get_by_text("Say until when: an exception always ends.")).to_be_visible()
    expect(window.locator("#exception_reason")).to_have_value("Cleared by phone with Jo")
    look_over(window, "picture-exception-refused")
    window.locator("#exception_until").fill(f"{timezone.localtime(now + timedelta(days=3)):%Y-%m-%dT%H:%M}")
    window.get_by_role("button", name="Let it through").click()
    expect(window.get_by_text("Let through by Pia Kahn until").first).to_be_visible()
    asset = Asset.objects.get(pk=asset.pk)
    assert rights.usability(asset, "web", timezone.now()).allowed
    assert not rights.usability(asset, "mail", timezone.now()).allowed
    look_over(window, "picture-rights")

    window.goto("/desk/pictures/")
    window.get_by_role("link", name="Rights that end soon").click()
    expect(window.get_by_role("link", name="The wedding in pictures")).to_be_visible()
    look_over(window, "pictures-ending")

    taken = pictures.asset(made=False, agency=pictures.agency(), caption="The bouquet")
    change_set = ChangeSet.objects.create(number="9000000", received_at=now, changes=2, removals=1, confirmed_at=now)
    Removal.objects.create(asset=taken, change_set=change_set, said_at=now, at=now)
    Listening.objects.create(channel="4711", heard_at=now)
    batch = UsageBatch.objects.create(number="5f0f4c0a-5b3e-4d0c-9a53-3b8b4e6f2a71", made_at=now, reported_at=now)
    AgencyUse.objects.create(asset=asset, place="story:1", used_at=now, batch=batch)
    AgencyUse.objects.create(
        asset=taken, place="story:1", used_at=now, refused="Getty Images does not know this picture."
    )
    with open_getty():
        window.goto("/desk/pictures/getty/account/")
    expect(window.get_by_text("Getty Images does not know this picture.")).to_be_visible()
    look_over(window, "getty-account")
    assert not [line for line in site.complaints if "422" not in line]
