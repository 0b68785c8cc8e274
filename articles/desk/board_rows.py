"""How a draft or a story becomes a row of the board."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from articles import access, picture_flags, schedule
from articles.checks import corrected
from articles.models import Draft, Story
from articles.times import zone_name
from newsroom.accounts.models import Person
from newsroom.deskui.templatetags.desk import ago

D = Draft.Standing


@dataclass(frozen=True)
class Row:
    """One story as a row shows it. key: the same for the same draft or story at every reading, so that a board that
    refreshes itself leaves an unchanged row where it is. state, stands: the chip's state and words. why: what stopped its
    plan; clashing: two texts of one place wait for a choice; mend, mend_url: the move that begins it again, for those who may
    take it. revision_id, draft_id: what ``flagged`` reads. fault: of its pictures, in a word or two; takes_back: it says
    again what a correction put right."""

    key: str
    story_id: int
    url: str
    headline: str
    section: str
    state: str
    stands: str
    owner: str
    changed_at: datetime
    words: int
    pictures: int
    no_lead: bool
    quotations: int
    untied: int
    revision_id: int
    draft_id: int | None = None
    fault: str = ""
    takes_back: bool = False
    clashing: bool = False
    live: bool = False
    why: str = ""
    mend: str = ""
    mend_url: str = ""


def moment(near: datetime, at: datetime) -> str:
    """A moment near ``at`` in few words: "12:00", "Fri 00:01", "3 Oct 07:00"."""
    local, today = timezone.localtime(near), timezone.localtime(at).date()
    days = (local.date() - today).days
    if days == 0:
        return f"{local:%H:%M}"
    return f"{local:%a %H:%M}" if 0 < days < 7 else f"{local.day} {local:%b %H:%M}"


_FAULTS = {
    "withdrawn": "Picture withdrawn",
    "ended": "Right ended",
    "credit": "No credit",
    "text": "No alt text",
    "incomplete": "Picture incomplete",
    "barred": "Picture barred",
}


class Rows:
    """Makes the rows of one reading of the board, for one person at one moment. Its only queries are those of ``flagged``."""

    def __init__(self, person: Person, at: datetime) -> None:
        self.person, self.at = person, at
        self.rights = access.may(person)
        self._drafts: dict[int, Draft] = {}

    def flagged(self, rows: Iterable[Row]) -> dict[str, Row]:
        """The rows by their key, with what is wrong with their pictures and corrections: five queries at most, for all of
        them together."""
        made = list(rows)
        faults = picture_flags.of({row.revision_id for row in made}, self.at)
        back = corrected.flagged(self._drafts[row.draft_id] for row in made if row.draft_id is not None)
        return {
            row.key: replace(row, fault=self._fault(faults.get(row.revision_id)), takes_back=row.draft_id in back)
            for row in made
        }

    def _fault(self, flag: picture_flags.Flag | None) -> str:
        if flag is None:
            return ""
        more = f" +{flag.others}" if flag.others else ""
        if flag.kind == "ending" and flag.until is not None:
            return f"Right ends {moment(flag.until, self.at)}{more}"
        return f"{_FAULTS[flag.kind]}{more}"

    def link(self, story_id: int, *, is_open: bool) -> str:
        if not is_open:
            return reverse("articles-desk:history", args=[story_id])
        return reverse("articles-desk:write" if self.rights.write else "articles-desk:preview", args=[story_id])

    def of_draft(self, draft: Draft) -> Row:
        head, story = draft.head, draft.story
        assert head is not None
        self._drafts[draft.pk] = draft
        url = self.link(story.pk, is_open=True)
        stopped = draft.standing in (D.APPROVED, D.IN_REVIEW) and getattr(draft, "moved", "") == "stop-schedule"
        state, stands = (
            self._held_back(story)
            or self._late(draft)
            or (("warn", f"Plan stopped {self._moved(draft)}") if stopped else (draft.standing, self._stands(draft)))
        )
        mend, mend_url = self._mend(draft) if stopped else ("", "")
        return Row(
            key=f"draft-{draft.pk}",
            story_id=story.pk,
            live=story.live and story.is_published,
            url=url if draft.kind == Draft.Kind.MAIN else f"{url}?draft={draft.pk}",
            headline=head.headline or "Untitled story",
            section=story.section.name,
            state=state,
            stands=stands,
            owner="You" if story.owner_id == self.person.pk else story.owner.name,
            changed_at=draft.changed_at,
            words=head.words,
            pictures=head.pictures,
            no_lead=head.lead_image_id is None,
            quotations=head.quotations,
            untied=draft.open_quotations,
            revision_id=head.pk,
            draft_id=draft.pk,
            clashing=getattr(draft, "clashing", False),  # not asked of what was spiked
            why=draft.moved_why if stopped else "",  # type: ignore[attr-defined]
            mend=mend,
            mend_url=mend_url,
        )

    def _mend(self, draft: Draft) -> tuple[str, str]:
        """What an editor does about a plan that was stopped: its minutes stand in the form still."""
        if not self.rights.decide or draft.story.held_at is not None:
            return "", ""
        anew = draft.standing == D.IN_REVIEW or draft.story.section.strict_review
        if anew and draft.approved_by_id == self.person.pk:
            return "", ""  # whose approval counts no longer is not asked for it again
        name, label = ("approve", "Approve anew") if anew else ("schedule", "Plan it again")
        return label, f"{reverse(f'articles-desk:{name}', args=[draft.story_id])}?draft={draft.pk}"

    def _moved(self, draft: Draft) -> str:
        return ago(draft.moved_at or draft.changed_at, self.at)  # type: ignore[attr-defined]

    def _held_back(self, story: Story) -> tuple[str, str] | None:
        """What weighs more than where the draft stands."""
        if story.spiked_at is not None:
            return "spiked", f"Spiked {ago(story.spiked_at, self.at)}"
        if story.held_at is not None:
            return "hold", f"Legal hold, {ago(story.held_at, self.at)}"
        if story.embargo_until is not None and story.embargoed(self.at):
            return "embargo", f"Embargo, {moment(story.embargo_until, self.at)}"
        return None

    def _late(self, draft: Draft) -> tuple[str, str] | None:
        due_at = getattr(draft, "due_at", None)
        if draft.standing != D.SCHEDULED or due_at is None or due_at > self.at - schedule.OVERDUE:
            return None
        return "overdue", f"Overdue, {ago(due_at, self.at)}"

    def _stands(self, draft: Draft) -> str:
        by = (draft.moved_by or "").split()[:1]  # type: ignore[attr-defined]
        moved = self._moved(draft)
        if draft.standing == D.IN_REVIEW:
            return f"Waits {moved}"
        if draft.standing == D.CHANGES_REQUESTED and by:
            return f"From {by[0]}, {moved}"
        due_at = getattr(draft, "due_at", None)
        if draft.standing == D.SCHEDULED and due_at is not None:
            waits = ", newer words wait" if draft.head_id != draft.planned_revision else ""  # type: ignore[attr-defined]
            return f"{moment(due_at, self.at)} {zone_name(timezone.localtime(due_at))}{waits}"
        if draft.standing == D.APPROVED and draft.approved_by:
            local = timezone.localtime(draft.moved_at or draft.changed_at)  # type: ignore[attr-defined]
            return f"By {draft.approved_by.name.split()[0]}, {local:%H:%M}"
        if draft.standing != D.DRAFT:
            return draft.get_standing_display()
        if draft.kind == Draft.Kind.CORRECTION:
            return "Quick correction"
        if draft.base_revision_id:
            return "Update of a live one" if draft.story.live else "Next version"
        return "Draft"

    def of_story(self, story: Story) -> Row:
        revision = story.published_revision
        assert revision is not None
        state, stands = self._held_back(story) or self._seen(story)
        return Row(
            key=f"story-{story.pk}",
            story_id=story.pk,
            live=story.live and story.is_published,
            url=self.link(story.pk, is_open=False),
            headline=revision.headline,
            section=story.section.name,
            state=state,
            stands=stands,
            owner="You" if story.owner_id == self.person.pk else story.owner.name,
            changed_at=(story.withdrawn_at if state == "withdrawn" else None) or story.visible_updated_at or self.at,
            words=revision.words,
            pictures=revision.pictures,
            no_lead=revision.lead_image_id is None,
            quotations=revision.quotations,
            untied=0,
            revision_id=revision.pk,
        )

    def _seen(self, story: Story) -> tuple[str, str]:
        moment = story.withdrawn_at if story.readers == Story.Readers.WITHDRAWN else story.first_published_at
        local = timezone.localtime(moment or self.at)
        today = local.date() == timezone.localtime(self.at).date()
        said = f"{local:%H:%M}" if today else f"{local.day} {local:%b %Y}"
        if story.readers == Story.Readers.WITHDRAWN:
            return "withdrawn", f"Withdrawn {said}"
        if story.live:
            return "live", f"Live since {said}"
        return "published", f"Published {said}"
