"""The history by keyboard: compare two states, bring the earlier one back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from articles.models import Draft, Revision
from tests.browser import look_over
from tests.factories import articles as make
from tests.factories.accounts import person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_somebody_compares_and_restores(site: Any) -> None:
    alice = person("reporter")
    now = timezone.now() - timedelta(hours=1)
    made = make.story(
        owner=alice,
        headline="Gates open",
        at=now,
        body="<p>The gates opened at nine, and the first to enter was a gardener.</p><p>He said nothing.</p>",
    )
    draft: Draft = made.draft  # type: ignore[attr-defined]
    for number, body in enumerate(
        (
            "<p>The gates opened at ten, and the first to enter was a gardener.</p><p>He said nothing.</p>",
            "<p>The gates opened at ten, and the last to leave was a gardener.</p><h2>Afterwards</h2>",
            "<p>The gates opened at ten, and the last to leave was a gardener.</p><h2>Afterwards</h2><p>It rained.</p>",
        ),
        start=1,
    ):
        kept = make.revision(
            draft, author=alice, headline="Gates open again", body=body, at=now + timedelta(minutes=number)
        )
    Revision.objects.filter(draft=draft).update(by_hand=False)
    Draft.objects.filter(pk=draft.pk).update(head=kept)
    window = site.page(alice)
    window.goto(f"/desk/stories/{made.pk}/history/")
    window.get_by_text("saved revisions 1 to 4 in one sitting").wait_for()
    window.get_by_text("Each of its 4 states").press("Enter")
    window.get_by_role("link", name="What changed in revision 2").wait_for()
    window.get_by_label("From", exact=True).select_option(str(draft.revisions.get(number=1).pk))
    window.get_by_label("to", exact=True).select_option(str(kept.pk))
    window.get_by_role("button", name="Compare").press("Enter")
    window.get_by_role("heading", name="From revision 1 to 4").wait_for()
    taken_out = {one.text_content() for one in window.locator("del").all()}
    assert {"[taken out: nine]", "[taken out: first]", "[taken out: He said nothing.]"} <= taken_out
    look_over(window, "history-words")
    window.get_by_role("button", name="Restore revision 1").press("Enter")
    window.get_by_text("Revision 1 is restored as revision 5.").wait_for()
    assert Draft.objects.get(pk=draft.pk).head.headline == "Gates open"  # type: ignore[union-attr]
    assert not site.complaints
