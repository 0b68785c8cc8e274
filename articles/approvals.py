"""What an approval covers beside the words: the section, the address and the names on the story (promise 2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F, QuerySet

from articles import schedule, taken
from articles.events import APPROVAL_ENDED
from articles.models import Draft, Section, Story
from newsroom.accounts.models import Person
from newsroom.outbox import record

BINDING = (Draft.Standing.APPROVED, Draft.Standing.SCHEDULED)


def binding(story_id: int) -> QuerySet[Draft]:
    """The open drafts of a story whose approval stands."""
    return Draft.objects.filter(story_id=story_id, standing__in=BINDING).order_by("pk")


def covered(story: Story, *, section_id: object, slug: object, byline_ids: Sequence[int]) -> dict[str, str]:
    """Messages by field where these are not what an approval of ``story`` has seen, the order of the names included."""
    named = list(story.bylines.values_list("person_id", flat=True))
    changed = {
        "section": section_id != story.section_id,
        "slug": slug != story.slug,
        "bylines": list(dict.fromkeys(byline_ids)) != named,
    }
    words = {"section": "section", "slug": "address", "bylines": "bylines"}
    return {
        field: f"The story is approved with its {words[field]} as saved. Ask an editor to change this."
        for field, is_other in changed.items()
        if is_other
    }


def end_at_section(story: Story, section_id: int, *, person: Person, at: datetime) -> None:
    """End the approvals of a story that goes from its section to another where either has the strict rule: what was
    approved under one rule does not go out under the other. The caller holds the story's row.
    """
    strict = Section.objects.filter(pk__in=[story.section_id, section_id], strict_review=True).first()
    if section_id == story.section_id or strict is None:
        return
    why = f"{person.name} moved it to another section, and {strict.name} has the strict rule: approve it anew."
    for draft in binding(story.pk).select_for_update(of=("self",), no_key=True):
        _end(draft, why=why, person=person, at=at)


def _end(draft: Draft, *, why: str, person: Person, at: datetime) -> None:
    revision_id = draft.approved_revision_id
    if draft.standing == Draft.Standing.SCHEDULED:
        planned = schedule.of(draft)
        revision_id = planned.revision_id
        schedule.stop(planned, why=why, at=at, by=person)  # tells its people
    else:
        record(APPROVAL_ENDED, story_id=draft.story_id, draft_id=draft.pk, revision_id=revision_id, person_id=person.pk)
    # After the stop, which gives the approval back where no newer words were saved.
    Draft.objects.filter(pk=draft.pk).update(
        version=F("version") + 1,
        standing=Draft.Standing.IN_REVIEW,
        approved_revision=None,
        approved_by=None,
        changed_at=at,
        changed_by=person,
    )
    taken.log(
        "change",
        story_id=draft.story_id,
        draft_id=draft.pk,
        revision_id=revision_id,
        person_id=person.pk,
        at=at,
        reason=why,
    )
