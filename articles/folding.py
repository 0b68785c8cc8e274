"""A quick correction and a rewrite, side by side: what one of them brings before readers is taken into the other, which
goes on where it stood and is not published by it (promise 5)."""

from __future__ import annotations

from datetime import datetime

from articles import clashes, drafts, ledger, merge, rearranged, schedule, taken, together
from articles.approvals import BINDING
from articles.models import Draft, Revision, Story
from newsroom.accounts.models import Person


def fold(story: Story, published: Revision, *, person: Person, at: datetime, posted: bool = False) -> list[Draft]:
    """Take ``published`` into every other open draft, each measured by what it began from; return those drafts.

    posted: it is a live post. That one leaves approved and scheduled drafts as they are (``carrying``).

    What both changed is a clash of the draft: it keeps its own words there, and the published ones wait beside them.
    A draft that was approved or scheduled is in review again: its approval named words without these (promise 2).
    Called inside the transaction of a publish, whose own draft is closed already.
    """
    others = Draft.objects.filter(story=story, base_revision__isnull=False).exclude(base_revision=published)
    others = others.exclude(standing__in=(Draft.Standing.CLOSED, *(BINDING if posted else ())))
    held = list(others.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk", flat=True))
    # Read only now: beside a row that was waited for (somebody saved), PostgreSQL joins no head at all.
    taken = Draft.objects.select_related("head", "base_revision").filter(pk__in=held).order_by("pk")
    return [_take_in(draft, published, person, at) for draft in taken]


def _take_in(draft: Draft, published: Revision, person: Person, at: datetime) -> Draft:
    head, before = draft.head, draft.base_revision
    assert head is not None
    assert before is not None
    merged: merge.Merged | None = None
    if head.pk == before.pk:  # nothing written in it yet: it begins from the new words
        revision = published
    else:
        began, own, new = (together.text_of(revision) for revision in (before, head, published))
        merged = merge.merge(began, own, new)
        revision = drafts.keep(
            draft, together.content_of(merged.text), person=person, at=at, keys=list(merged.text.paragraphs)
        )
        # The log row below names these words: no autosave may amend them.
        Revision.objects.filter(pk=revision.pk).update(sealed=True)
    approved = draft.standing in (Draft.Standing.APPROVED, Draft.Standing.SCHEDULED)
    if draft.standing == Draft.Standing.SCHEDULED:
        # The planned revision lacks what has just been published: going out, it would take that from readers again.
        why = f"{person.name} published other words of this story; the planned ones were without them."
        schedule.stop(schedule.of(draft), why=why, at=at, by=person)
    draft.head, draft.base_revision = revision, published
    draft.version += 1
    draft.changed_at, draft.changed_by = at, person
    if approved:
        draft.standing, draft.approved_revision, draft.approved_by = Draft.Standing.IN_REVIEW, None, None
    draft.open_quotations = ledger.open_count(revision, story_id=draft.story_id)
    draft.save()
    if merged is not None:
        clashes.of_publication(draft, published, merged.clashes, merged.text, other=head.author, at=at)
        if merged.order_lost:
            rearranged.tell(story_id=draft.story_id, lost=head, now=revision, by=published.author, at=at)
    reason = "Its approval ended: it named words without these." if approved else ""
    taken.log(
        "fold",
        story_id=draft.story_id,
        draft_id=draft.pk,
        revision_id=revision.pk,
        person_id=person.pk,
        at=at,
        reason=reason,
    )
    return draft
