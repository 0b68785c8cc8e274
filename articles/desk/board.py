"""The board: every story by where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles import access, reviews, schedule, shelf
from articles.models import Draft, Section, Story
from articles.shelf import Filters
from articles.times import zone_name
from articles.typed import whole_number
from newsroom import accounts
from newsroom.accounts import Role, person_of
from newsroom.accounts.models import Person
from newsroom.deskui.templatetags.desk import ago

D = Draft.Standing
ROWS_A_GROUP = 25
ROWS_A_PAGE = 50
CARDS = 8
REVIEWS = 3
ALARMS = 5
TABS = (
    ("", "All open", "open"),
    ("mine", "For me", "mine"),
    (D.IN_REVIEW, "In review", D.IN_REVIEW),
    (D.CHANGES_REQUESTED, "Changes requested", D.CHANGES_REQUESTED),
    (D.APPROVED, "Approved", D.APPROVED),
    (D.SCHEDULED, "Scheduled", D.SCHEDULED),
    (D.DRAFT, "Draft", D.DRAFT),
    ("published", "Published", "published"),
    ("withdrawn", "Withdrawn", "withdrawn"),
    ("spiked", "Spiked", "spiked"),
)
_NOTES = {
    D.IN_REVIEW: "waiting for an editor",
    D.CHANGES_REQUESTED: "back with the writer",
    D.APPROVED: "ready to go",
    D.SCHEDULED: "goes out by itself",
    D.DRAFT: "being written",
}


@dataclass(frozen=True)
class Row:
    """One story as a row shows it. state, stands: the chip's state and words. lead, open: whether to flag them."""

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


@dataclass(frozen=True)
class Group:
    state: str
    title: str
    count: int
    note: str
    rows: Sequence[Row]
    more: str = ""


@accounts.require(*access.READERS_OF_DRAFTS)
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    person, at = person_of(request), timezone.now()
    filters = _asked(request)
    page = min(whole_number(request.GET.get("page", "1")) or 1, 10_000)
    counts = shelf.counts(filters, person)
    view = View(person, at, filters)
    groups = view.groups(counts) if filters.stands in ("", "mine") else [view.one(counts, page)]
    shown = sum(len(group.rows) for group in groups)
    context = {
        "groups": [group for group in groups if group.rows],
        "cards": view.cards() if not filters.stands else [],
        "tabs": [
            {
                "label": label,
                "count": _number(counts[key]),
                "url": _url(replace(filters, stands=stands)),
                "current": filters.stands == stands,
            }
            for stands, label, key in TABS
        ],
        "sections": view.section_filter(),
        "owners": view.owner_filter(),
        "filtered": filters.section_id is not None or filters.owner_id is not None,
        "clear_url": _url(Filters(filters.stands)),
        "empty_everywhere": not shown
        and filters == Filters()
        and not any(counts[stands] for stands in ("published", "withdrawn", "spiked")),
        "reviews": list(reviews.waiting()[: REVIEWS + 1]),
        "most_reviews": REVIEWS,
        "overdue": list(schedule.overdue(at)[:ALARMS]),
        "may": view.rights,
        "now": at,
        "newer": f"{_url(filters)}&page={page - 1}" if page > 1 else "",
        "older": f"{_url(filters)}&page={page + 1}" if view.has_more else "",
        "page": page,
    }
    return render(request, "desk/articles/board.html", context)


def _asked(request: HttpRequest) -> Filters:
    stands = request.GET.get("stands", "")
    return Filters(
        stands=stands if stands in {tab[0] for tab in TABS} else "",
        section_id=whole_number(request.GET.get("section", "")),
        owner_id=whole_number(request.GET.get("owner", "")),
    )


def _url(filters: Filters) -> str:
    given = {"stands": filters.stands, "section": filters.section_id, "owner": filters.owner_id}
    query = urlencode({name: value for name, value in given.items() if value})
    return f"{reverse('articles-desk:board')}?{query}"


def _number(count: int) -> str:
    return f"{shelf.MOST_COUNTED:,}+" if count > shelf.MOST_COUNTED else f"{count:,}"


class View:
    """One reading of the board, for one person at one moment."""

    def __init__(self, person: Person, at: datetime, filters: Filters) -> None:
        self.person, self.at, self.filters = person, at, filters
        self.rights = access.may(person)
        self.has_more = False

    def groups(self, counts: dict[str, int]) -> list[Group]:
        """The groups of "All open" and "For me": one query a group."""
        drafts = shelf.drafts(self.filters)
        mine = self.filters.stands == "mine"
        if mine:
            drafts = shelf.for_me(drafts, self.person)
        groups = [self._group(standing, drafts, counts) for standing in shelf.OPEN]
        if not mine:
            groups.append(self._today())
        return groups

    def _group(self, standing: Draft.Standing, drafts: Iterable[Draft], counts: dict[str, int]) -> Group:
        found = list(drafts.filter(standing=standing)[: ROWS_A_GROUP + 1])  # type: ignore[attr-defined]
        more = len(found) > ROWS_A_GROUP
        rows = [self._draft_row(draft) for draft in found[:ROWS_A_GROUP]]
        note = _NOTES[standing]
        if standing == D.SCHEDULED and (moments := [draft.due_at for draft in found if draft.due_at]):
            note = f"next at {self._moment(min(moments))}"
        if standing == D.IN_REVIEW and found:
            note = f"oldest waits {ago(min(draft.moved_at or draft.changed_at for draft in found), self.at)}"
        count = len(rows) if self.filters.stands == "mine" and not more else counts[standing]
        return Group(
            standing,
            standing.label,
            count,
            f"{note}, {ROWS_A_GROUP} shown" if more else note,
            rows,
            _url(replace(self.filters, stands=standing)) if more else "",
        )

    def _today(self) -> Group:
        found = list(shelf.published_today(self.filters, self.at)[: ROWS_A_GROUP + 1])
        more = len(found) > ROWS_A_GROUP
        rows = [self._story_row(story) for story in found[:ROWS_A_GROUP]]
        url = _url(replace(self.filters, stands="published")) if more else ""
        note = f"the newest {ROWS_A_GROUP} shown" if more else "published or updated"
        return Group("published", "Published today", len(rows), note, rows, url)

    def one(self, counts: dict[str, int], page: int) -> Group:
        """A single tab, by pages; one query."""
        stands = self.filters.stands
        start = (page - 1) * ROWS_A_PAGE
        window = slice(start, start + ROWS_A_PAGE + 1)
        if stands in ("published", "withdrawn"):
            stories = list(shelf.stories(self.filters, stands)[window])
            self.has_more = len(stories) > ROWS_A_PAGE
            rows = [self._story_row(story) for story in stories[:ROWS_A_PAGE]]
            return Group(stands, stands.capitalize(), counts[stands], "the last touched first", rows)
        if stands == "spiked":
            drafts = list(shelf.spiked(self.filters)[window])
            self.has_more = len(drafts) > ROWS_A_PAGE
            rows = [self._draft_row(draft) for draft in drafts[:ROWS_A_PAGE]]
            return Group(stands, "Spiked", counts[stands], "put away, with their words", rows)
        drafts = list(shelf.drafts(self.filters).filter(standing=stands)[window])
        self.has_more = len(drafts) > ROWS_A_PAGE
        standing = D(stands)
        return Group(
            stands, standing.label, counts[stands], _NOTES[standing], [self._draft_row(d) for d in drafts[:ROWS_A_PAGE]]
        )

    def cards(self) -> list[dict[str, object]]:
        """Live stories by the time since readers last heard anything; one query."""
        return [
            {
                "story": story,
                "headline": story.published_revision.headline if story.published_revision else story.slug,
                "since": ago(story.visible_updated_at or self.at, self.at),
                "late": self.at - (story.visible_updated_at or self.at) > shelf.LATE_AFTER,
                "notes": story.notes or 0,  # type: ignore[attr-defined]
                "is_open": story.is_open,  # type: ignore[attr-defined]
                "url": self._link(story.pk, is_open=story.is_open),  # type: ignore[attr-defined]
            }
            for story in shelf.needing_an_update(self.filters)[:CARDS]
        ]

    def section_filter(self) -> list[dict[str, object]]:
        rows = [(None, "any"), *Section.objects.values_list("pk", "name")]
        return [
            {"label": name, "url": _url(replace(self.filters, section_id=pk)), "current": self.filters.section_id == pk}
            for pk, name in rows
        ]

    def owner_filter(self) -> list[dict[str, object]]:
        people = Person.objects.filter(is_active=True, roles__overlap=[Role.REPORTER, Role.EDITOR]).order_by("name")
        mine = [(self.person.pk, "me")] if self.rights.write else []
        rows = [(None, "anyone"), *mine, *people.exclude(pk=self.person.pk).values_list("pk", "name")[:200]]
        return [
            {"label": name, "url": _url(replace(self.filters, owner_id=pk)), "current": self.filters.owner_id == pk}
            for pk, name in rows
        ]

    def _link(self, story_id: int, *, is_open: bool) -> str:
        if not is_open:
            return reverse("articles-desk:history", args=[story_id])
        return reverse("articles-desk:write" if self.rights.write else "articles-desk:preview", args=[story_id])

    def _draft_row(self, draft: Draft) -> Row:
        head, story = draft.head, draft.story
        assert head is not None
        url = self._link(story.pk, is_open=True)
        state, stands = self._held_back(story) or self._late(draft) or (draft.standing, self._stands(draft))
        return Row(
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
        )

    def _held_back(self, story: Story) -> tuple[str, str] | None:
        """What weighs more than where the draft stands."""
        if story.spiked_at is not None:
            return "spiked", f"Spiked {ago(story.spiked_at, self.at)}"
        if story.held_at is not None:
            return "hold", f"Legal hold, {ago(story.held_at, self.at)}"
        if story.embargo_until is not None and story.embargoed(self.at):
            return "embargo", f"Embargo, {self._moment(story.embargo_until)}"
        return None

    def _late(self, draft: Draft) -> tuple[str, str] | None:
        due_at = getattr(draft, "due_at", None)
        if draft.standing != D.SCHEDULED or due_at is None or due_at > self.at - schedule.OVERDUE:
            return None
        return "overdue", f"Overdue, {ago(due_at, self.at)}"

    def _moment(self, moment: datetime) -> str:
        """A moment near by in few words: "12:00", "Fri 00:01", "3 Oct 07:00"."""
        local, today = timezone.localtime(moment), timezone.localtime(self.at).date()
        days = (local.date() - today).days
        if days == 0:
            return f"{local:%H:%M}"
        return f"{local:%a %H:%M}" if 0 < days < 7 else f"{local.day} {local:%b %H:%M}"

    def _stands(self, draft: Draft) -> str:
        by = (draft.moved_by or "").split()[:1]  # type: ignore[attr-defined]
        moved = ago(draft.moved_at or draft.changed_at, self.at)  # type: ignore[attr-defined]
        if draft.standing == D.IN_REVIEW:
            return f"Waits {moved}"
        if draft.standing == D.CHANGES_REQUESTED and by:
            return f"From {by[0]}, {moved}"
        due_at = getattr(draft, "due_at", None)
        if draft.standing == D.SCHEDULED and due_at is not None:
            waits = ", newer words wait" if draft.head_id != draft.planned_revision else ""  # type: ignore[attr-defined]
            return f"{self._moment(due_at)} {zone_name(timezone.localtime(due_at))}{waits}"
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

    def _story_row(self, story: Story) -> Row:
        revision = story.published_revision
        assert revision is not None
        state, stands = self._held_back(story) or self._seen(story)
        return Row(
            url=self._link(story.pk, is_open=False),
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
