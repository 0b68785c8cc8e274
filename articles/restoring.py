"""Bringing an earlier state of a story back: as the newest revision of its open draft, never in anything's place."""

from __future__ import annotations

from datetime import datetime

from articles import drafts
from articles.models import Draft, Revision
from newsroom import audit
from newsroom.accounts.models import Person

PEN = "restored"  # nobody's page: a save under it amends no page's revision, and no page goes on in what it saved


def restore(
    draft: Draft, revision: Revision, *, person: Person, expected_version: int, at: datetime
) -> Revision | None:
    """Save what ``revision`` says as the next revision of ``draft``; None where the draft says it already.

    It is a save like any other: who may write may do it, an approval is gone with it, and what is scheduled stays.

    Raises:
        drafts.Stale: somebody saved or moved this draft meanwhile. Nothing was written.
        drafts.ContentRefused: the draft is closed, the person does not write, or a block of it may no longer be used.
    """
    head = draft.head_id
    kept = drafts.save(
        draft.pk,
        person=person,
        expected_version=expected_version,
        content=drafts.content_of(revision),
        at=at,
        pen=PEN,
    )
    if kept.pk == head:
        return None
    audit.note(person, "story.restored", f"story:{draft.story_id}", revision=revision.pk, as_revision=kept.pk)
    return kept
