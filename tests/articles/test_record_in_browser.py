"""The record in a browser: filtered, looked over, taken along."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from articles.models import MoveLog
from newsroom import audit
from tests.browser import look_over
from tests.factories import articles as make
from tests.factories.accounts import person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_editor_looks_into_the_record(site: Any) -> None:
    editor, alice = person("editor"), person("reporter", name="Ines Ibarra")
    for number in range(30):
        told = make.published_story(headline=f"The {number}th day")
        MoveLog.objects.create(
            story=told,
            move="withdraw",
            person=editor,
            at=timezone.now() - timedelta(minutes=number),
            reason="A reader told us that the queue was a different one, and they were right.",
        )
        audit.note(alice, "source.added", f"source:{number}")
    window = site.page(editor)
    window.goto("/desk/record/")
    look_over(window, "record")
    window.get_by_label("Who", exact=True).select_option(label=alice.name)
    window.get_by_role("button", name="Show").press("Enter")
    window.wait_for_url("**person=**")
    window.get_by_text("withdrew this").first.wait_for(state="detached")
    with window.expect_download() as waiting:
        window.get_by_role("button", name="CSV, for a spreadsheet").click()
    taken = waiting.value.path().read_text()
    assert taken.count("source.added") == 30
    assert "story.withdraw" not in taken
    assert not site.complaints
