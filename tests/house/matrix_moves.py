"""Who may take which move of a story, and who reads what went out unread."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from articles import drafts
from articles.models import Draft
from tests.factories import articles as make
from tests.factories.accounts import person as somebody
from tests.factories.live import live_pen
from tests.house.matrix import Row
from tests.house.matrix_articles import DECIDED, READERS, WRITERS, _draft, _published, _version

MOVERS = WRITERS | {"legal"}


def _with(**facts: Any) -> dict[str, Any]:
    """A story that bears a mark."""
    from articles.models import Story

    made = make.story()
    Story.objects.filter(pk=made.pk).update(**facts)
    return {"pk": made.pk}


def _soon() -> str:
    return f"{timezone.localtime() + timedelta(days=1):%Y-%m-%dT%H:%M}"


def _held() -> dict[str, Any]:
    return _with(held_at=timezone.now(), held_by=somebody("legal"), held_reason="A letter came.")


def _mended() -> dict[str, Any]:
    """A withdrawn story with an approved draft of other words."""
    story = make.withdrawn_story()
    writer = somebody("reporter")
    draft = drafts.open_again(story, writer, at=timezone.now())
    words = drafts.Content("Other words", body="<p>Other words.</p>")
    head = drafts.save(draft.pk, person=writer, expected_version=draft.version, content=words, at=timezone.now())
    Draft.objects.filter(pk=draft.pk).update(
        standing="approved", approved_revision=head, approved_by=somebody("editor"), version=1
    )
    return {"pk": story.pk}


def _scheduled() -> dict[str, Any]:
    return {"pk": make.scheduled_story().pk}


def _receipt() -> dict[str, Any]:
    receipt = make.receipt()
    return {"pk": receipt.story_id, "receipt": receipt.pk}


def _review() -> dict[str, Any]:
    return {"pk": make.review().pk}


def _live() -> dict[str, Any]:
    return {"pk": make.published_story(live=True).pk}


def _pen() -> dict[str, Any]:
    pen = live_pen()
    return {"pk": pen.story_id, "pen": pen.pk}


MATRIX: dict[str, Row] = {
    "articles-desk:prolong-live": Row(
        kwargs=_live, method="POST", both=True, data=_version, allow=WRITERS, status=DECIDED
    ),
    # A reporter without the pen is told so (422).
    "articles-desk:live-post": Row(
        kwargs=_live, method="POST", both=True, data={"words": "The gates are open."}, allow=WRITERS, status=DECIDED
    ),
    "articles-desk:live-pen-give": Row(
        kwargs=_live,
        method="POST",
        data=lambda kwargs: {"person": somebody("reporter").pk},
        allow={"editor"},
        status=302,
    ),
    "articles-desk:live-pen-take-back": Row(kwargs=_pen, method="POST", allow={"editor"}, status=302),
    "articles-desk:emergency-publish": Row(
        kwargs=lambda: _draft(Draft.Standing.IN_REVIEW),
        method="POST",
        both=True,
        data=lambda kwargs: _version(kwargs, reason="It is on every other site."),
        allow=WRITERS,
        status=DECIDED,
    ),
    "articles-desk:schedule": Row(
        kwargs=lambda: _draft(Draft.Standing.APPROVED),
        method="POST",
        both=True,
        data=lambda kwargs: _version(kwargs, publish_at=_soon()),
        allow=WRITERS,
        status=DECIDED,
    ),
    "articles-desk:reschedule": Row(
        kwargs=_scheduled,
        method="POST",
        both=True,
        data=lambda kwargs: _version(kwargs, publish_at=_soon()),
        allow=WRITERS,
        status=DECIDED,
    ),
    "articles-desk:unschedule": Row(
        kwargs=_scheduled, method="POST", both=True, data=_version, allow=WRITERS, status=DECIDED
    ),
    "articles-desk:reinstate": Row(
        kwargs=lambda: {"pk": make.withdrawn_story().pk},
        method="POST",
        both=True,
        data=lambda kwargs: _version(kwargs, reason="It was right."),
        allow=WRITERS,
        status=DECIDED,
    ),
    "articles-desk:mend": Row(
        kwargs=_mended,
        method="POST",
        both=True,
        data=lambda kwargs: _version(kwargs, kind="minor"),
        allow=WRITERS,
        status=DECIDED,
    ),
    "articles-desk:embargo": Row(
        kwargs=_published,
        method="POST",
        both=True,
        data=lambda kwargs: _version(kwargs, until=_soon(), reason="The palace asks."),
        allow=WRITERS,
        status=DECIDED,
    ),
    "articles-desk:lift-embargo": Row(
        kwargs=lambda: _with(embargo_until=timezone.now() + timedelta(days=1)),
        method="POST",
        both=True,
        data=lambda kwargs: _version(kwargs, reason="They were first."),
        allow=WRITERS,
        status=DECIDED,
    ),
    "articles-desk:hold": Row(
        kwargs=_draft,
        method="POST",
        both=True,
        data=lambda kwargs: _version(kwargs, reason="A letter came."),
        allow=MOVERS,
        status=DECIDED,
    ),
    "articles-desk:lift-hold": Row(
        kwargs=_held,
        method="POST",
        both=True,
        data=lambda kwargs: _version(kwargs, reason="It is settled."),
        allow=MOVERS,
        status=DECIDED,
    ),
    "articles-desk:spike": Row(
        kwargs=_draft,
        method="POST",
        both=True,
        data=lambda kwargs: _version(kwargs, reason="Nothing in it."),
        allow=WRITERS,
        status=DECIDED,
    ),
    "articles-desk:restore": Row(
        kwargs=lambda: _with(spiked_at=timezone.now()),
        method="POST",
        both=True,
        data=_version,
        allow=WRITERS,
        status=DECIDED,
    ),
    "articles-desk:receipts": Row(kwargs=_published, allow=READERS),
    "articles-desk:receipt-retry": Row(kwargs=_receipt, method="POST", allow={"editor"}, status=302),
    "articles-desk:reviews": Row(allow=READERS),
    "articles-desk:review-close": Row(kwargs=_review, method="POST", allow={"editor"}, status=302),
}
