"""Looking up what readers saw, in a browser: the page stands in its frame as it was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from articles.models import SeenPage
from tests.browser import look_over, until
from tests.factories import articles as make
from tests.factories import media_assets as pictures
from tests.factories.accounts import person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_editor_looks_up_what_readers_saw(site: Any, worker: Any) -> None:
    editor = person("editor")
    lead = pictures.image_placement(pictures.asset(), alternative_text="Iron gates", caption="The gates at noon")
    told = make.published_story(
        headline="The castle gates open for the summer",
        standfirst="By noon the queue reached the river",
        lead_image=lead,
        body="<p>The gates opened at nine, and the first to enter was a gardener.</p>" * 6,
        at=timezone.now() - timedelta(hours=1),
    )
    reader = site.page()
    reader.goto(told.path)
    until(lambda: SeenPage.objects.exclude(gathered_at=None).exists(), "the worker gathers its files")
    window = site.page(editor)
    window.goto(f"/desk/stories/{told.pk}/history/")
    window.get_by_role("link", name="As readers saw it").click()
    frame = window.frame_locator("iframe.seen-page")
    frame.get_by_role("heading", name="The castle gates open for the summer").wait_for()
    picture = frame.get_by_alt_text("Iron gates")
    assert picture.evaluate("one => one.complete && one.naturalWidth > 0"), "from the kept bytes"
    assert frame.locator("h1").evaluate("one => getComputedStyle(one).fontFamily").count("Georgia"), "with its style"
    look_over(window, "seen")
    with window.expect_download() as waiting:
        window.get_by_role("link", name="Download for a complaint").click()
    assert waiting.value.suggested_filename.endswith(".zip")
    window.get_by_label("At this minute").fill("2020-01-01T10:00")
    window.get_by_role("button", name="Show").click()
    window.get_by_text("Readers saw no page of it then").wait_for()
    assert not site.complaints
