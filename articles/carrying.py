"""Live posts that came while a rewrite was approved or scheduled (promises 2, 3 and 5).

An approval names a revision and never passes to a later one, so nothing is put into approved words, and no post may cost
the approval: at seven in the morning nobody is there to give it again. The two go out each by its own right. The approved
revision is published, as named; in the same breath code puts the posts back that readers have, as it put them into the words
of before, by the live pen that each of them went out by.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from articles import drafts, merge, taken, together
from articles.models import Draft, MoveLog, Revision, Story
from articles.refusals import MoveRefused
from newsroom.accounts.models import Person


def posted_since(draft: Draft, story: Story) -> int | None:
    """How many live posts readers were given since ``draft`` began or took others' words in; None where something else
    was published as well. No query where nothing was, else one."""
    if story.published_revision_id in (None, draft.base_revision_id):
        return 0
    made = Draft.objects.filter(story=story, kind=Draft.Kind.LIVE, approved_revision__isnull=False)
    before = dict(made.values_list("approved_revision", "base_revision"))
    at, count = story.published_revision_id, 0
    while at in before:
        at, count = before[at], count + 1
        if at == draft.base_revision_id:
            return count
    return None


def carry(draft: Draft, approved: Revision, *, person: Person, at: datetime, mends: bool = False) -> Revision:
    """What readers are given when ``approved`` goes out: itself, or, where live posts came meanwhile, itself with these.

    mends: the story is withdrawn, perhaps for one of these very posts: it comes back with the approved words and no others.
    The caller holds the story's row.

    Raises:
        MoveRefused: something else was published since the draft began.
    """
    story = Story.objects.select_related("published_revision").get(pk=draft.story_id)
    number = posted_since(draft, story)
    if number is None:
        raise MoveRefused(
            "Readers see a newer version than this draft began from. Take that in before you publish this."
        )
    if not number or mends:
        return approved
    assert draft.base_revision is not None
    assert story.published_revision is not None
    began, own, seen = (together.text_of(one) for one in (draft.base_revision, approved, story.published_revision))
    merged = merge.merge(began, own, seen)
    if merged.clashes or merged.order_lost:  # a post only adds: this was none
        raise MoveRefused("Readers see other words than these go out with. Take those in before you publish this.")
    made = Draft.objects.create(
        story=story,
        kind=Draft.Kind.LIVE,
        standing=Draft.Standing.CLOSED,
        head=approved,
        base_revision=approved,
        opened_by=person,
        opened_at=at,
        changed_at=at,
        changed_by=person,
    )
    content = replace(drafts.content_of(approved), body=merged.text.body)
    revision = drafts.keep(made, content, person=person, at=at, keys=list(merged.text.paragraphs))
    Draft.objects.filter(pk=made.pk).update(head=revision)
    Revision.objects.filter(pk=revision.pk).update(sealed=True)
    return revision


def note(published: MoveLog) -> None:
    """Write down that posts were put in, behind the move that published the approved words."""
    seen = Story.objects.select_related("published_revision").get(pk=published.story_id).published_revision
    if seen is None or seen.pk == published.revision_id:
        return
    taken.log(
        "carry-posts",
        story_id=published.story_id,
        draft_id=seen.draft_id,
        revision_id=seen.pk,
        person_id=published.person_id,
        at=published.at,
        reason=published.reason,
    )
