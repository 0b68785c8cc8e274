"""Stories, sources and products for tests, written straight into the tables: a test of one move does not depend on
all the moves before it. ``published_story`` stands as ``workflow.publish`` leaves a story."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from articles import complaining, drafts, ledger, particulars, seen
from articles.models import (
    Byline,
    Clash,
    Complaint,
    Draft,
    MoveLog,
    Note,
    NoteEntry,
    Outlet,
    Quotation,
    QuotationOutlet,
    QuotePlacement,
    Receipt,
    RelatedPlacement,
    Review,
    Revision,
    Schedule,
    Section,
    Sighting,
    Source,
    Story,
    Topic,
    Update,
)
from newsroom import blocks
from newsroom.accounts.models import Person
from tests.factories.accounts import person as somebody
from tests.factories.products import AT
from tests.factories.products import merchant as merchant
from tests.factories.products import offer as offer
from tests.factories.products import product as product
from tests.factories.products import product_placement as product_placement

BODY = "<p>The gates opened at nine.</p>\n<p>By noon the queue reached the river.</p>"
_number = count(1)


def section(name: str = "Royals", **facts: Any) -> Section:
    slug = facts.pop("slug", particulars.slug_for(name))
    return Section.objects.get_or_create(slug=slug, defaults={"name": name, **facts})[0]


def topic(name: str = "King Charles") -> Topic:
    return Topic.objects.get_or_create(slug=particulars.slug_for(name), defaults={"name": name})[0]


def story(
    *,
    section: Section | None = None,
    owner: Person | None = None,
    headline: str | None = None,
    body: str = BODY,
    standing: str = Draft.Standing.DRAFT,
    approver: Person | None = None,
    at: datetime = AT,
    topics: Sequence[Topic] = (),
    live: bool = False,
    slug: str | None = None,
    **content: Any,
) -> Story:
    """An unpublished story; its main draft, standing where ``standing`` says, is ``story.draft``.

    content: kicker, standfirst, lead_image (an ImagePlacement), search_title, search_description.
    """
    number = next(_number)
    headline = f"Story number {number}" if headline is None else headline
    owner = owner or somebody("reporter")
    place = section or globals()["section"]()
    made = Story.objects.create(
        section=place,
        slug=slug or particulars.free_slug(place.pk, headline),
        owner=owner,
        created_at=at,
        live=live,
    )
    made.topics.set(topics)
    Byline.objects.create(story=made, person=owner)
    draft = Draft.objects.create(story=made, opened_by=owner, opened_at=at, changed_at=at, changed_by=owner)
    draft.head = revision(draft, author=owner, headline=headline, body=body, at=at, **content)
    draft.standing = standing
    if standing == Draft.Standing.APPROVED:
        _approve(draft, approver or somebody("editor"), at)
    draft.open_quotations = ledger.open_count(draft.head, story_id=made.pk)
    draft.save()
    made.draft = draft  # type: ignore[attr-defined]
    return made


def revision(draft: Draft, *, author: Person, number: int | None = None, at: datetime = AT, **content: Any) -> Revision:
    """Write a saved state of a draft, not its head. ``content`` as ``story``, and headline and body."""
    lead = content.pop("lead_image", None)
    said = drafts.Content(
        headline=content.pop("headline", "A headline"),
        body=blocks.clean(content.pop("body", BODY)),
        lead_image_id=lead.pk if lead else None,
        **content,
    )
    number = number or draft.revisions.count() + 1
    return drafts._write_revision(
        draft, said, person=author, at=at, number=number, keys=blocks.paragraphs.keys("", [], said.body)
    )


def _approve(draft: Draft, approver: Person, at: datetime) -> None:
    assert draft.head is not None
    draft.approved_revision, draft.approved_by = draft.head, approver
    Revision.objects.filter(pk=draft.head.pk).update(sealed=True)
    for move, by in (("submit", draft.opened_by), ("approve", approver)):
        MoveLog.objects.create(story=draft.story, draft=draft, revision=draft.head, move=move, person=by, at=at)


def scheduled_story(*, due_at: datetime | None = None, approver: Person | None = None, **facts: Any) -> Story:
    """An approved story that goes out by itself at ``due_at`` (a day after AT). Facts as ``story``."""
    approver = approver or somebody("editor")
    made = story(standing=Draft.Standing.APPROVED, approver=approver, **facts)
    draft: Draft = made.draft  # type: ignore[attr-defined]
    draft.standing, draft.approved_revision, draft.approved_by = Draft.Standing.SCHEDULED, None, None
    draft.save()
    due_at = due_at or AT + timedelta(days=1)
    made.schedule = Schedule.objects.create(  # type: ignore[attr-defined]
        story=made,
        move="publish",
        draft=draft,
        revision=draft.head,
        approved_by=approver,
        due_at=due_at,
        next_at=due_at,
        person=approver,
        made_at=AT,
    )
    return made


def published_story(*, at: datetime = AT, approver: Person | None = None, **facts: Any) -> Story:
    """A story as readers see it since ``at``; ``story.draft`` is its closed draft. Facts as ``story``."""
    approver = approver or somebody("editor")
    made = story(standing=Draft.Standing.APPROVED, approver=approver, at=at, **facts)
    draft: Draft = made.draft  # type: ignore[attr-defined]
    made.readers, made.published_revision, made.approved_by = Story.Readers.PUBLISHED, draft.head, approver
    made.first_published_at = made.visible_updated_at = at
    made.save()
    draft.standing = Draft.Standing.CLOSED
    draft.save()
    MoveLog.objects.create(story=made, draft=draft, revision=draft.head, move="publish", person=approver, at=at)
    return made


def withdrawn_story(*, notice: str = "", reason: str = "Legal reasons", **facts: Any) -> Story:
    made = published_story(**facts)
    made.readers, made.withdrawn_at = Story.Readers.WITHDRAWN, AT + timedelta(hours=2)
    made.withdrawn_reason, made.withdrawn_notice = reason, notice
    made.save()
    return made


def sighting(story: Story | None = None, *, html: str = "<html><head></head><p>Words.</p></html>") -> Sighting:
    """A page that readers of a story were given."""
    told = story or published_story()
    seen.note(told.pk, html.encode(), at=AT + timedelta(hours=1), known=None)
    return Sighting.objects.get(story=told)


def receipt(story: Story | None = None, *, exit: str = "page") -> Receipt:
    """A receipt that is still to come, of a story that was withdrawn."""
    gone = story or withdrawn_story()
    log = MoveLog.objects.create(story=gone, move="withdraw", person=somebody("editor"), at=AT, reason="Wrong")
    return Receipt.objects.create(story=gone, log=log, exit=exit, asked_at=AT)


def review(
    story: Story | None = None, *, by: Person | None = None, kind: str = "emergency", at: datetime = AT
) -> Review:
    """An open review of what readers see of ``story``, as an emergency publish leaves it."""
    shown = story or published_story()
    by = by or somebody("editor", name="Carol Crane")
    log = MoveLog.objects.create(
        story=shown,
        revision=shown.published_revision,
        move="emergency-publish",
        person=by,
        at=at,
        reason="It is urgent.",
    )
    return Review.objects.create(
        story=shown, kind=kind, revision=shown.published_revision, log=log, person=by, opened_at=at
    )


def update(story: Story, *, kind: str = "update", line: str = "Adds the afternoon’s arrivals.", **facts: Any) -> Update:
    """A public note; moves the story's visible time as the clock rules say."""
    at = facts.pop("at", (story.visible_updated_at or AT) + timedelta(minutes=30))
    note = Update.objects.create(
        story=story,
        revision=story.published_revision,
        kind=kind,
        line="" if kind == "minor" else line,
        at=at,
        person=facts.pop("person", story.owner),
    )
    if kind != "minor":
        story.visible_updated_at = at
        story.save(update_fields=["visible_updated_at"])
    return note


def clash(draft: Draft, **facts: Any) -> Clash:
    """Two texts of the headline that wait for a choice."""
    facts = {"place": "headline", "yours": "Hers", "theirs": "His"} | facts
    return Clash.objects.create(draft=draft, person=draft.opened_by, other=somebody("editor"), at=AT, **facts)


def outlet(name: str = "Daily Mail", *, columnist: str = "", definite: bool | None = None, url: str = "") -> Outlet:
    definite = (not columnist and name == "Daily Mail") if definite is None else definite
    return Outlet.objects.get_or_create(name=name, columnist=columnist, defaults={"definite": definite, "url": url})[0]


def source(name: str = "Margaret Hale", *, kind: str = "named", description: str = "", **facts: Any) -> Source:
    if kind == Source.Kind.UNNAMED:
        name, description = "", description or "a source"
    return Source.objects.create(
        kind=kind,
        name=name,
        description=description,
        added_by=facts.pop("added_by", None) or somebody("reporter"),
        added_at=AT,
        **facts,
    )


def quotation(
    words: str = "The garden will be open to everyone by the spring",
    *,
    source: Source | None = None,
    chain: Sequence[tuple[Outlet, bool]] = (),
    **facts: Any,
) -> Quotation:
    """A ledger entry. chain: (outlet, via) in order."""
    made = Quotation.objects.create(
        words=words,
        normalised=ledger.normalise(words),
        source=source or globals()["source"](),
        added_by=facts.pop("added_by", None) or somebody("reporter"),
        added_at=AT,
        **facts,
    )
    for position, (through, via) in enumerate(chain):
        QuotationOutlet.objects.create(quotation=made, outlet=through, via=via, position=position)
    return made


def quote_placement(
    quotation: Quotation | None = None, *, words: str = "", style: str = "pull", **facts: Any
) -> QuotePlacement:
    said = quotation or globals()["quotation"]()
    return QuotePlacement.objects.create(
        quotation=said,
        words=words or said.words,
        attribution=facts.pop("attribution", None) or ledger.attribution(said),
        style=style,
        chain=ledger.addresses(said),
        created_by=facts.pop("created_by", None) or somebody("reporter"),
        created_at=AT,
    )


def note(
    story: Story | None = None,
    *,
    words: str = "Who heard it?",
    by: Person | None = None,
    paragraph: str = "",
    stood_on: str = "",
    resolved: bool = False,
    at: datetime = AT,
) -> Note:
    """A note with one entry. paragraph: a key; ``stood_on``, its words, must then be given."""
    by = by or somebody("editor")
    made = Note.objects.create(
        story=story or globals()["story"](),
        paragraph=paragraph,
        stood_on=stood_on,
        opened_by=by,
        opened_at=at,
        resolved_at=at if resolved else None,
        resolved_by=by if resolved else None,
    )
    NoteEntry.objects.create(note=made, words=words, person=by, at=at)
    return made


def complaint(story: Story | None = None, *, at: datetime = AT, **facts: Any) -> Complaint:
    """What a reader reported of a published story, new and nobody's. Decided ones name ``state`` and ``decided_by``."""
    about = story or published_story()
    if facts.get("decided_by"):
        facts = {"decided_at": at + timedelta(days=3), "outcome": "Nothing was wrong.", **facts}
    return Complaint.objects.create(
        story=about,
        revision=about.published_revision,
        received_at=at,
        due_at=at + complaining.DUE,
        **{"wrong": "The queue never reached the river.", "page": about.path, **facts},
    )


def related_placement(story: Story | None = None, *, line: str = "", **facts: Any) -> RelatedPlacement:
    return RelatedPlacement.objects.create(
        story=story or published_story(),
        line=line,
        created_by=facts.pop("created_by", None) or somebody("reporter"),
        created_at=AT,
    )
