"""Two moved paragraphs of one text, and both orders cannot be had: the later one stands, and whoever made the earlier one
is told where it is kept. An order is no words, so there is nothing to be shown beside the text and chosen from."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from articles import notice_kinds
from articles.models import Revision
from newsroom import notices
from newsroom.accounts.models import Person
from newsroom.wording import quoted


def tell(*, story_id: int, lost: Revision, now: Revision, by: Person, at: datetime) -> None:
    """Tell the author of ``lost``, inside the transaction that saves ``now`` with the order of ``by``."""
    compare = f"{reverse('articles-desk:history', args=[story_id])}?compare={now.pk}&with={lost.pk}"
    notices.tell(
        notice_kinds.REARRANGED.name,
        [lost.author],
        key=f"{notice_kinds.REARRANGED.name}:{lost.pk}:{now.pk}",
        title=f"{by.name} moved paragraphs of {quoted(now.headline[:120] or 'Untitled story')} otherwise than you",
        detail=f"Both orders could not be had. The later one stands; yours is kept as revision {lost.number}.",
        url=compare,
        at=at,
    )


def said(lost: Revision) -> str:
    """For the open page whose order stands."""
    return (
        f"{lost.author.name} had moved paragraphs as well. Your order stands; the other one is kept as revision "
        f"{lost.number} in the history."
    )
