"""Opening a line of work on a story and saving it. No save overwrites another's (promise 4), and none changes what
readers see (promise 1)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import astuple, dataclass, replace
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Value, When

from articles import ledger, particulars, refusals, typed
from articles.access import may
from articles.models import (
    Byline,
    Draft,
    MoveLog,
    Quotation,
    QuotationUse,
    Reference,
    Revision,
    Section,
    Story,
)
from articles.refusals import Refused
from newsroom import blocks
from newsroom.accounts.models import Person

Standing = Draft.Standing
LENGTHS = {"headline": 200, "kicker": 60, "standfirst": 1000, "search_title": 200, "search_description": 400}
_NAMES = {
    "headline": "headline",
    "kicker": "kicker",
    "standfirst": "standfirst",
    "search_title": "search title",
    "search_description": "search description",
}


class ContentRefused(Refused):
    """The words cannot be saved as they are; ``messages`` says what to do, by field."""


@dataclass(frozen=True)
class Content:
    """What one revision says. body: HTML as the editor sends it; it is cleaned here. lead_image_id: an ImagePlacement."""

    headline: str = ""
    kicker: str = ""
    standfirst: str = ""
    body: str = ""
    lead_image_id: int | None = None
    search_title: str = ""
    search_description: str = ""


class Stale(refusals.Stale):
    """Somebody saved or moved this draft after it was opened here. Nothing was written; both texts are carried.

    Attributes:
        yours: what this person wanted to save. theirs: the newest revision. by, at: who changed the draft, and when.
        version: the version that a new save would have to name.
    """

    def __init__(self, yours: Content, theirs: Revision, by: Person, at: datetime, version: int) -> None:
        self.yours, self.theirs, self.by, self.at, self.version = yours, theirs, by, at, version
        super().__init__(f"{by} changed this story while you had it open. Nothing of yours is lost.")


def content_of(revision: Revision) -> Content:
    return Content(
        revision.headline,
        revision.kicker,
        revision.standfirst,
        revision.body,
        revision.lead_image_id,
        revision.search_title,
        revision.search_description,
    )


def digest(content: Content) -> str:
    """SHA-256 of a cleaned content as lower-case hex."""
    return hashlib.sha256(json.dumps(astuple(content), ensure_ascii=False).encode()).hexdigest()


def open_story(
    person: Person, section: Section, *, headline: str = "", at: datetime, topics: tuple[int, ...] = ()
) -> Draft:
    """Start a story: the story, its main draft and an empty first revision; the person owns it and has the byline.

    Raises:
        ContentRefused: the headline is too long, or the person does not write stories.
    """
    content = _cleaned(person, Content(headline=headline))
    with transaction.atomic():
        story = _new_story(person, section, content.headline, at)
        story.topics.set(topics)
        Byline.objects.create(story=story, person=person)
        draft = Draft.objects.create(story=story, opened_by=person, opened_at=at, changed_at=at, changed_by=person)
        draft.head = _write_revision(draft, content, person=person, at=at, number=1, keys=[])
        draft.save(update_fields=["head"])
        MoveLog.objects.create(story=story, draft=draft, revision=draft.head, move="open", person=person, at=at)
    return draft


def open_again(story: Story, person: Person, *, at: datetime, kind: str = Draft.Kind.MAIN) -> Draft:
    """Start the next version of a published story, from the words that readers see now.

    Raises:
        ContentRefused: one is open already, the story is not published, or the person does not write stories.
    """
    if not may(person).write:
        raise ContentRefused("Your roles do not write stories.")
    with transaction.atomic():
        # Locked, so that the base is what readers see when this draft begins and not what a publish just replaced.
        story = Story.objects.select_for_update(of=("self",)).get(pk=story.pk)
        if story.readers != Story.Readers.PUBLISHED:
            raise ContentRefused("Only a published story can be opened again.")
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
            raise ContentRefused("Somebody has opened this story already. Write on in that draft.") from None
        MoveLog.objects.create(story=story, draft=draft, revision=base, move="reopen", person=person, at=at)
    return draft


def save(
    draft_id: int,
    *,
    person: Person,
    expected_version: int,
    content: Content,
    at: datetime,
    autosave: bool = False,
) -> Revision:
    """Keep a state of a draft and return its revision. The same content again keeps nothing and changes nothing.

    expected_version: Draft.version as the writer last read it. autosave: amend one's own newest revision as long as
    nobody acted on it, instead of adding one.

    What becomes of the standing: in review stays in review (the editors read the newest words); approved falls back to
    in review and the approval is gone (promise 2); changes requested and draft stay.

    Raises:
        Stale: somebody saved or moved meanwhile; carries both texts.
        ContentRefused: by field (headline, kicker, standfirst, body, lead_image, ...), or the draft is closed.
        Draft.DoesNotExist: no such draft.
    """
    before = Draft.objects.select_related("story", "head").get(pk=draft_id)
    assert before.head is not None
    content = _cleaned(person, content, known=before.head)
    if before.standing == Standing.CLOSED:
        raise ContentRefused("This draft is closed: it was published. Open the story again to write on.")
    if before.version == expected_version and before.head.digest == digest(content):
        return before.head
    with transaction.atomic():
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
        revision = _keep(draft, content, person=person, at=at, amend=autosave)
        if before.standing == Standing.APPROVED:
            MoveLog.objects.create(
                story=draft.story, draft=draft, revision=revision, move="change", person=person, at=at
            )
        Draft.objects.filter(pk=draft_id).update(
            head=revision, open_quotations=ledger.open_count(revision, story_id=draft.story_id)
        )
        particulars.follow_headline(draft.story, content.headline)
    return revision


def _keep(draft: Draft, content: Content, *, person: Person, at: datetime, amend: bool) -> Revision:
    head = draft.head
    assert head is not None
    keys = blocks.paragraphs.keys(head.body, head.paragraph_keys, content.body)
    own = head.draft_id == draft.pk
    if amend and own and head.author_id == person.pk and not head.sealed:
        head.references.all().delete()
        head.quotation_uses.all().delete()
        return _write_revision(draft, content, person=person, at=at, number=head.number, keys=keys, amended=head)
    # Written on from: from now on the earlier state is history.
    Revision.objects.filter(pk=head.pk, sealed=False).update(sealed=True)
    return _write_revision(draft, content, person=person, at=at, number=head.number + 1 if own else 1, keys=keys)


def _write_revision(
    draft: Draft,
    content: Content,
    *,
    person: Person,
    at: datetime,
    number: int,
    keys: list[str],
    amended: Revision | None = None,
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
        words=blocks.words(content.body),
        pictures=sum(reference.kind == "image" for reference in references) + bool(content.lead_image_id),
        digest=digest(content),
        author=person,
        created_at=at,
    )
    revision.quotations = len(ledger.marks_of(revision))
    revision.save(force_update=amended is not None, force_insert=amended is None)
    Reference.objects.bulk_create(Reference(revision=revision, kind=r.kind, placement_id=r.id) for r in references)
    ids = Quotation.objects.filter(pk__in=blocks.quotation_ids(content.body)).values_list("pk", flat=True)
    QuotationUse.objects.bulk_create(QuotationUse(revision=revision, quotation_id=pk) for pk in ids)
    return revision


def _cleaned(person: Person, content: Content, known: Revision | None = None) -> Content:
    """The content as it will be kept. Raises ContentRefused with every field that cannot be."""
    if not may(person).write:
        raise ContentRefused("Your roles do not write stories.")
    messages: dict[str, str] = {}
    content = replace(
        content,
        headline=typed.line(content.headline),
        kicker=typed.line(content.kicker),
        standfirst=typed.lines(content.standfirst),
        search_title=typed.line(content.search_title),
        search_description=typed.line(content.search_description),
    )
    for name, longest in LENGTHS.items():
        if (length := len(getattr(content, name))) > longest:
            messages[name] = f"Keep the {_NAMES[name]} to {longest} characters; it has {length}."
    try:
        content = replace(content, body=blocks.clean(content.body))
    except blocks.BodyTooLong as refusal:
        messages["body"] = str(refusal)
    else:
        messages |= _unusable(person, content, known)
    if messages:
        raise ContentRefused(messages)
    return content


def _unusable(person: Person, content: Content, known: Revision | None) -> dict[str, str]:
    """Messages about blocks that do not exist or that this person may not use; what the head has is not asked again."""
    had = {(reference.kind, reference.id) for reference in blocks.references(known.body)} if known else set()
    asked: dict[str, set[int]] = {}
    for reference in blocks.references(content.body):
        if (reference.kind, reference.id) not in had:
            asked.setdefault(reference.kind, set()).add(reference.id)
    lead = content.lead_image_id
    new_lead = lead is not None and not (known and known.lead_image_id == lead)
    if lead is not None and new_lead:
        asked.setdefault("image", set()).add(lead)
    messages: dict[str, str] = {}
    for kind, ids in asked.items():
        block = blocks.get(kind)
        found = block.load({pk for pk in ids if pk < 2**63}) if block else {}
        for pk in sorted(ids):
            if block is None or pk not in found or not block.may_use(person, found[pk]):
                field = "lead_image" if kind == "image" and new_lead and pk == lead else "body"
                label = block.label if block else kind
                messages[field] = f"{label} {pk} does not exist or is not yours to use. Take it out and place it again."
    return messages


def _stale(draft_id: int, yours: Content) -> Exception:
    draft = Draft.objects.select_related("head__author", "changed_by").get(pk=draft_id)
    assert draft.head is not None
    if draft.standing == Standing.CLOSED:
        return ContentRefused("This draft was published meanwhile. Open the story again to write on.")
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
