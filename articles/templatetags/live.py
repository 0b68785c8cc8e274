"""The field for a live post, wherever a live story stands."""

from __future__ import annotations

import uuid
from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils import timezone

from articles import pens, posting
from articles.access import may
from articles.models import Story
from newsroom.accounts import person_of

register = template.Library()


@register.inclusion_tag("desk/articles/_live_post.html", takes_context=True)
def live_post(
    context: RequestContext, story: Story, back: str = "", words: str = "", error: str = ""
) -> dict[str, Any]:
    """The field, for whoever may post to the story: ``{% live_post story back="board" %}``. One query a page for a
    reporter, however many stories; none for an editor.

    back: where a browser without JavaScript goes on ("board"; else the live story's page).
    """
    request, at = context["request"], timezone.now()
    person = person_of(request)
    if not may(person).write or not story.live_at(at) or not story.is_published:
        return {"may_post": False}
    if not may(person).decide:
        if not hasattr(request, "_live_pens"):
            request._live_pens = set(pens.held(person, at).values_list("story_id", flat=True))
        if story.pk not in request._live_pens:
            return {"may_post": False}
    return {
        "may_post": True,
        "story": story,
        "headline": story.published_revision.headline if story.published_revision else "",
        "back": back,
        "words": words,
        "error": error,
        "token": uuid.uuid4(),
        "longest": posting.LONGEST,
        "csrf_token": context.get("csrf_token"),
    }
