"""Those behind a live story are told when its time is over."""

from __future__ import annotations

from django.urls import reverse

from articles import notice_kinds
from articles.models import MoveLog
from articles.moves import EVENTS
from articles.telling import readers_among, those_behind
from newsroom import notices
from newsroom.outbox import EventData, handler
from newsroom.wording import quoted


@handler(
    EVENTS["end-live-due"], name="articles.tell-live-over", does="Tell those behind a story that its live time is over"
)
def tell_over(event: EventData) -> None:
    log = MoveLog.objects.select_related("story__published_revision", "person").get(pk=event.payload["log_id"])
    story = log.story
    holders = [pen.person for pen in story.pens.filter(taken_back_at=log.at).select_related("person")]
    seen = story.published_revision
    notices.tell(
        notice_kinds.LIVE.name,
        {one.pk: one for one in [*those_behind(story), *readers_among([log.person, *holders])]}.values(),
        key=f"live-over:{log.pk}",
        title=f"The live time of {quoted(seen.headline if seen else story.slug)} is over",
        detail="Readers are told no more that it will be updated. Declare it live again to go on.",
        url=reverse("articles-desk:history", args=[story.pk]),
        at=event.at,
    )
