"""Opening a line of work on a story and saving it. No save overwrites another's (promise 4), and none changes what
readers see (promise 1)."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Q, Value, When

from articles import ledger, particulars, refusals, taken
from articles.access import may
from articles.content import Content, ContentRefused, cleaned, content_of, digest
from articles.models import (
    Byline,
    Draft,
    MoveLog,
    Quotation,
    QuotationUse,
    QuotePlacement,
    Reference,
    Revision,
    Section,
    Story,
)
from newsroom import blocks
from newsroom.accounts.models import Person

__all__ = [
    "Content",
    "ContentRefused",
    "Held",
    "Stale",
    "begin",
    "content_of",
    "digest",
    "held",
    "keep",
    "open_again",
    "open_story",
    "save",
]

Standing = Draft.Standing


class Held(refusals.Stale):
    """An approved draft is not changed by itself: its approval would be gone without anybody having asked for that.

    Attributes:
        by, at: who approved it, and when. version: the version that a save by hand would have to name.
    """

    def __init__(self, by: Person, at: datetime, version: int) -> None:
        self.by, self.at, self.version = by, at, version
        super().__init__(f"{by} approved this draft. Saving your words asks for a new approval.")


class Stale(refusals.Stale):
    """Somebody saved or moved this draft after it was opened here. Nothing was written; both texts are carried.

    Attributes:
        yours: what this person wanted to save. theirs: the newest revision. by, at: who changed the draft, and when.
        version: the version that a new save would have to name.
    """

    def __init__(self, yours: Content, theirs: Revision, by: Person, at: datetime, version: int) -> None:
        self.yours, self.theirs, self.by, self.at, self.version = yours, theirs, by, at, version
        super().__init__(f"{by} changed this story while you had it open. Nothing of yours is lost.")


def open_story(
    person: Person, section: Section, *, headline: str = "", at: datetime, topics: tuple[int, ...] = ()
) -> Draft:
    """Start a story: the story, its main draft and an empty first revision; the person owns it and has the byline.

    Raises:
        ContentRefused: the headline is too long, or the person does not write stories.
    """
    content = cleaned(person, Content(headline=headline))
    with transaction.atomic():
        story = _new_story(person, section, content.headline, at)
        story.topics.set(topics)
        Byline.objects.create(story=story, person=person)
        draft = Draft.objects.create(story=story, opened_by=person, opened_at=at, changed_at=at, changed_by=person)
        draft.head = _write_revision(draft, content, person=person, at=at, number=1, keys=[])
        draft.save(update_fields=["head"])
        taken.log("open", story_id=story.pk, draft_id=draft.pk, revision_id=draft.head.pk, person_id=person.pk, at=at)
    return draft


def open_again(story: Story, person: Person, *, at: datetime, kind: str = Draft.Kind.MAIN) -> Draft:
    """Start the next version of a story, from the words that readers see now, or saw until it was withdrawn.

    Raises:
        ContentRefused: one is open already, the story was never published, it is withdrawn and ``kind`` is a quick
            correction (readers see nothing that could be corrected), or the person does not write stories.
    """
    if not may(person).write:
        raise ContentRefused("Your roles do not write stories.")
    with transaction.atomic():
        # Locked, so that the base is what readers see when this draft begins and not what a publish just replaced.
        story = Story.objects.select_for_update(of=("self",), no_key=True).get(pk=story.pk)
        if story.readers == Story.Readers.NOTHING:
            raise ContentRefused("Only a story that was published can be opened again.")
        if story.readers == Story.Readers.WITHDRAWN and kind == Draft.Kind.CORRECTION:
            raise ContentRefused("The story is withdrawn: there is nothing to correct quickly. Mend it in a draft.")
        base = story.published_revision
        try:
            with transaction.atomic():
                draft = Draft.objects.create(
                    story=story,
                    kind=kind,
                    head=base,
                    base_revision=base,
                    opened_by=person,
                    opened_at=at,
                    changed_at=at,
                    changed_by=person,
                )
        except IntegrityError:
            raise ContentRefused("Somebody is writing an update already. Go on in that draft.") from None
        taken.log(
            "reopen",
            story_id=story.pk,
            draft_id=draft.pk,
            revision_id=story.published_revision_id,
            person_id=person.pk,
            at=at,
        )
    return draft


def begin(draft_id: int) -> None:
    """Seal what a draft says now, for somebody who opens it to write: their words will be compared with it, however
    much its writer goes on typing."""
    with transaction.atomic():
        # The row of the draft, as a save locks it: no autosave is half-way through this revision.
        draft = Draft.objects.select_for_update().get(pk=draft_id)
        Revision.objects.filter(pk__in=[draft.head_id or 0], sealed=False).update(sealed=True)


def save(
    draft_id: int,
    *,
    person: Person,
    expected_version: int,
    content: Content,
    at: datetime,
    autosave: bool = False,
    pen: str = "",
    keys: list[str] | None = None,
    joined: bool = False,
) -> Revision:
    """Keep a state of a draft and return its revision. The same content again keeps nothing and changes nothing.

    expected_version: Draft.version as the writer last read it. autosave: amend one's own newest revision as long as
    nobody acted on it, instead of adding one. pen: the open page that saves (up to 32 characters); two pages of one
    person never amend each other's. keys: one key for each paragraph, where the writer knows them. joined: others' words
    are in it that the page has not seen.

    What becomes of the standing: in review stays in review (the editors read the newest words); approved falls back to
    in review and the approval is gone (promise 2); changes requested and draft stay.

    Raises:
        Held: an autosave, and the draft is approved.
        Stale: somebody saved or moved meanwhile; carries both texts.
        ContentRefused: by field (headline, kicker, standfirst, body, lead_image, ...), or the draft is closed.
        Draft.DoesNotExist: no such draft.
    """
    before = Draft.objects.select_related("story", "head").get(pk=draft_id)
    assert before.head is not None
    content = cleaned(person, content, known=before.head)
    if before.standing == Standing.CLOSED:
        raise ContentRefused("This draft is closed: it was published. Press “Write an update” to go on.")
    if before.version == expected_version and before.head.digest == digest(content):
        if not autosave:
            Revision.objects.filter(pk=before.head.pk, sealed=False).update(by_hand=True, sealed=True)
        return before.head
    if autosave and before.standing == Standing.APPROVED:
        raise held(draft_id)
    with transaction.atomic():
        # The story's row before the draft's, as every move takes them: the other way round, a save that lets the address
        # follow and a publish that goes on to this draft would wait for each other.
        Story.objects.select_for_update(no_key=True).filter(pk=before.story_id).values_list("pk").get()
        seen = Draft.objects.filter(pk=draft_id, version=expected_version).exclude(standing=Standing.CLOSED)
        moved = seen.update(
            version=F("version") + 1,
            changed_at=at,
            changed_by=person,
            standing=Case(When(standing=Standing.APPROVED, then=Value(Standing.IN_REVIEW)), default=F("standing")),
            approved_revision=None,
            approved_by=None,
        )
        if not moved:
            raise _stale(draft_id, content)
        # The row is locked from here on: nobody saves, approves or publishes this draft before we commit.
        draft = Draft.objects.select_related("story", "head").get(pk=draft_id)
        revision = keep(draft, content, person=person, at=at, autosave=autosave, pen=pen, keys=keys, joined=joined)
        if before.standing == Standing.APPROVED:
            taken.log(
                "change",
                story_id=draft.story_id,
                draft_id=draft.pk,
                revision_id=revision.pk,
                person_id=person.pk,
                at=at,
            )
        Draft.objects.filter(pk=draft_id).update(
            head=revision, open_quotations=ledger.open_count(revision, story_id=draft.story_id)
        )
        particulars.follow_headline(draft.story, content.headline)
    return revision


def keep(
    draft: Draft,
    content: Content,
    *,
    person: Person,
    at: datetime,
    autosave: bool = False,
    pen: str = "",
    keys: list[str] | None = None,
    joined: bool = False,
) -> Revision:
    """Write the next revision of a draft whose row the caller holds, or amend the page's own. ``save`` says the rest."""
    head = draft.head
    assert head is not None
    keys = keys or blocks.paragraphs.keys(head.body, head.paragraph_keys, content.body)
    own = head.draft_id == draft.pk
    mine = own and head.author_id == person.pk and head.pen == pen and not head.sealed
    # What somebody saved by hand is a state to come back to: only what was kept by itself is finished by a save.
    amended = head if mine and (autosave or not head.by_hand) else None
    if amended:
        amended.references.all().delete()
        amended.quotation_uses.all().delete()
    else:
        # Written on from: from now on the earlier state is history.
        Revision.objects.filter(pk=head.pk, sealed=False).update(sealed=True)
    number = head.number if amended else head.number + 1 if own else 1
    revision = _write_revision(
        draft,
        content,
        person=person,
        at=at,
        number=number,
        keys=keys,
        amended=amended,
        pen=pen,
        by_hand=not autosave,
        joined=joined,
    )
    if not autosave and pen:
        # What somebody saved by hand is a state to come back to; the page's next autosave begins another.
        Revision.objects.filter(pk=revision.pk).update(sealed=True)
    return revision


def _write_revision(
    draft: Draft,
    content: Content,
    *,
    person: Person,
    at: datetime,
    number: int,
    keys: list[str],
    amended: Revision | None = None,
    pen: str = "",
    by_hand: bool = True,
    joined: bool = False,
) -> Revision:
    references = set(blocks.references(content.body))
    revision = Revision(
        pk=amended.pk if amended else None,
        draft=draft,
        number=number,
        headline=content.headline,
        kicker=content.kicker,
        standfirst=content.standfirst,
        body=content.body,
        paragraph_keys=keys,
        lead_image_id=content.lead_image_id,
        search_title=content.search_title,
        search_description=content.search_description,
        social_title=content.social_title,
        social_description=content.social_description,
        words=blocks.words(content.body),
        pictures=sum(reference.kind == "image" for reference in references) + bool(content.lead_image_id),
        digest=digest(content),
        author=person,
        created_at=at,
        pen=pen,
        by_hand=by_hand,
        joined=joined,
    )
    revision.quotations = len(ledger.marks_of(revision))
    revision.save(force_update=amended is not None, force_insert=amended is None)
    Reference.objects.bulk_create(Reference(revision=revision, kind=r.kind, placement_id=r.id) for r in references)
    # Also those set apart: a retraction must find every story that leans on what was said.
    apart = QuotePlacement.objects.filter(pk__in=[one.id for one in references if one.kind == "quote"])
    ids = Quotation.objects.filter(
        Q(pk__in=blocks.quotation_ids(content.body)) | Q(pk__in=apart.values("quotation_id"))
    ).values_list("pk", flat=True)
    QuotationUse.objects.bulk_create(QuotationUse(revision=revision, quotation_id=pk) for pk in ids)
    return revision


def held(draft_id: int) -> Exception:
    """What is raised when an approved draft must not be changed without asking: Held, or ContentRefused."""
    draft = Draft.objects.select_related("approved_by").get(pk=draft_id)
    if draft.approved_by is None:
        return ContentRefused("Somebody moved this draft just now. Try again.")
    approved = MoveLog.objects.filter(draft=draft, move="approve").order_by("-pk").values_list("at", flat=True).first()
    return Held(draft.approved_by, approved or draft.changed_at, draft.version)


def _stale(draft_id: int, yours: Content) -> Exception:
    draft = Draft.objects.select_related("head__author", "changed_by").get(pk=draft_id)
    assert draft.head is not None
    if draft.standing == Standing.CLOSED:
        return ContentRefused("This draft was published meanwhile. Press “Write an update” to go on.")
    return Stale(yours, draft.head, draft.changed_by, draft.changed_at, draft.version)


def _new_story(person: Person, section: Section, headline: str, at: datetime) -> Story:
    for attempt in range(5):
        slug = particulars.free_slug(section.pk, headline, beyond=attempt)
        try:
            with transaction.atomic():
                return Story.objects.create(section=section, slug=slug, owner=person, created_at=at)
        except IntegrityError:
            continue  # somebody took this address between our look and our insert
    raise ContentRefused({"headline": "Several people are opening a story of this name. Try again."})
