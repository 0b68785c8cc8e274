"""Who may open what at the story desk. Every view gets its objects through a door of this file.

Marketing never reads a draft or a source; legal reads everything and changes nothing; the picture editor reads
stories; administrators read, so that they can help, and write nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Case, F, QuerySet, Value, When
from django.http import Http404

from articles.models import Complaint, Draft, Merchant, Note, NoteEntry, Offer, Product, Source, Story
from newsroom.accounts import Role
from newsroom.accounts.models import Person
from newsroom.prepared import Prepared

READERS_OF_DRAFTS: tuple[str, ...] = (
    Role.REPORTER,
    Role.EDITOR,
    Role.PICTURE_EDITOR,
    Role.LEGAL,
    Role.ADMINISTRATOR,
)
WRITERS: tuple[str, ...] = (Role.REPORTER, Role.EDITOR)
EDITORS: tuple[str, ...] = (Role.EDITOR,)
READERS_OF_CLICKS: tuple[str, ...] = (Role.MARKETING, Role.EDITOR, Role.ADMINISTRATOR)
# Everybody knows who the shops are. Hosts and tracking decide what is declared as paid, and where readers are led.
READERS_OF_MERCHANTS: tuple[str, ...] = (*READERS_OF_DRAFTS, Role.MARKETING)
SETTERS_OF_MERCHANTS: tuple[str, ...] = (Role.ADMINISTRATOR,)
# What a shop pays is kept from those who write about its goods.
READERS_OF_TERMS: tuple[str, ...] = (Role.MARKETING, Role.EDITOR, Role.ADMINISTRATOR)
WRITERS_OF_TERMS: tuple[str, ...] = (Role.MARKETING, Role.ADMINISTRATOR)
READERS_OF_THE_RECORD: tuple[str, ...] = (Role.EDITOR, Role.ADMINISTRATOR)
LAWYERS: tuple[str, ...] = (Role.LEGAL,)
READERS_OF_SOURCES: tuple[str, ...] = (Role.REPORTER, Role.EDITOR, Role.LEGAL)


@dataclass(frozen=True)
class May:
    """What a person may do at this desk; templates ask this and never a role."""

    read: bool
    write: bool
    decide: bool
    read_sources: bool
    read_clicks: bool
    set_merchants: bool
    read_terms: bool
    write_terms: bool

    @property
    def write_sources(self) -> bool:
        return self.write

    @property
    def write_products(self) -> bool:
        return self.write


def may(person: Person) -> May:
    return May(
        read=person.has_role(*READERS_OF_DRAFTS),
        write=person.has_role(*WRITERS),
        decide=person.has_role(*EDITORS),
        read_sources=person.has_role(*READERS_OF_SOURCES),
        read_clicks=person.has_role(*READERS_OF_CLICKS),
        set_merchants=person.has_role(*SETTERS_OF_MERCHANTS),
        read_terms=person.has_role(*READERS_OF_TERMS),
        write_terms=person.has_role(*WRITERS_OF_TERMS),
    )


def published(at: datetime) -> QuerySet[Story]:
    """The stories that readers may see at ``at``: the only way out for pages, feeds, search and mail."""
    return Story.objects.published(at)


def story_for_reading(person: Person, pk: int) -> Story:
    """The story with section, owner and published revision loaded.

    Raises:
        PermissionDenied: this person reads no drafts.
        Http404: there is no such story.
    """
    if not may(person).read:
        raise PermissionDenied("Stories in the making are for the story desk.")
    story = (
        Story.objects.select_related("section", "owner", "published_revision", "approved_by", "held_by", "live_by")
        .filter(pk=pk)
        .first()
    )
    if story is None:
        raise Http404("There is no such story.")
    return story


def story_for_editing(person: Person, pk: int) -> Story:
    """As story_for_reading, for those who write.

    Raises:
        PermissionDenied: this person does not write stories.
        Http404: there is no such story.
    """
    if not may(person).write:
        raise PermissionDenied("Your roles do not write stories.")
    return story_for_reading(person, pk)


def _drafts_of(story: int) -> QuerySet[Draft]:
    return Draft.objects.filter(story_id=story).select_related(
        "story__section",
        "story__owner",
        "story__published_revision",
        "story__held_by",
        "story__live_by",
        "head__author",
        "head__lead_image__asset",
        "approved_by",
        "changed_by",
        "base_revision",
    )


_LARGEST = 2**63 - 1  # an address may hold any number, a column of ids none beyond this
_draft_named = Prepared[Draft](lambda story, draft: _drafts_of(story).filter(pk=draft), story=-1, draft=-2)
_draft_open = Prepared[Draft](
    lambda story: _drafts_of(story).exclude(standing=Draft.Standing.CLOSED).order_by("-kind", "-pk")[:1], story=-1
)
# Of closed ones what readers see: a live post opens and closes later than the draft that it goes into.
_SEEN_FIRST = Case(When(head=F("story__published_revision"), then=Value(0)), default=Value(1))
_draft_closed = Prepared[Draft](lambda story: _drafts_of(story).order_by(_SEEN_FIRST, "-pk")[:1], story=-1)


def draft_for_reading(person: Person, story_pk: int, draft_pk: int | None = None) -> Draft:
    """The named draft of a story, or its open main draft, or (all closed) the latest one; story, head and people loaded.

    Raises:
        PermissionDenied: this person reads no drafts.
        Http404: no such story, or the draft belongs to another one.
    """
    if not may(person).read:
        raise PermissionDenied("Stories in the making are for the story desk.")
    found: list[Draft] = []
    if max(story_pk, draft_pk or 0) <= _LARGEST:
        if draft_pk is not None:
            found = _draft_named(story=story_pk, draft=draft_pk)
        else:
            found = _draft_open(story=story_pk) or _draft_closed(story=story_pk)
    if not found:
        raise Http404("There is no such story.")
    return found[0]


def draft_for_editing(person: Person, story_pk: int, draft_pk: int | None = None) -> Draft:
    """As draft_for_reading, for those who write.

    Raises:
        PermissionDenied: this person does not write stories.
        Http404: no such story, or the draft belongs to another one.
    """
    if not may(person).write:
        raise PermissionDenied("Your roles do not write stories.")
    return draft_for_reading(person, story_pk, draft_pk)


def draft_for_move(person: Person, who: tuple[str, ...], story_pk: int, draft_pk: int | None = None) -> Draft:
    """As draft_for_reading, for those who write (they are told whose a move is) and for those whose move it is.

    Raises:
        PermissionDenied: neither.
        Http404: no such story, or the draft belongs to another one.
    """
    if not person.has_role(*WRITERS, *who):
        raise PermissionDenied("Your roles do not move stories.")
    return draft_for_reading(person, story_pk, draft_pk)


def sources_for(person: Person) -> QuerySet[Source]:
    """The ledger's sources.

    Raises:
        PermissionDenied: this person reads no sources (marketing, picture editors, administrators).
    """
    if not may(person).read_sources:
        raise PermissionDenied("Who said what is for those who write and check it.")
    return Source.objects.select_related("outlet", "added_by")


def source_for_reading(person: Person, pk: int) -> Source:
    """Raises PermissionDenied as sources_for does, Http404 for an unknown one."""
    source = sources_for(person).filter(pk=pk).first()
    if source is None:
        raise Http404("There is no such source.")
    return source


def source_for_editing(person: Person, pk: int) -> Source:
    """Raises PermissionDenied for those who do not write, Http404 for an unknown one."""
    if not may(person).write_sources:
        raise PermissionDenied("Your roles do not write the ledger.")
    return source_for_reading(person, pk)


def product_for_reading(person: Person, pk: int) -> Product:
    """Raises PermissionDenied for those who read no stories, Http404 for an unknown one."""
    if not may(person).read:
        raise PermissionDenied("The product library is for the story desk.")
    product = Product.objects.select_related("picture").filter(pk=pk).first()
    if product is None:
        raise Http404("There is no such product.")
    return product


def product_for_editing(person: Person, pk: int) -> Product:
    """Raises PermissionDenied for those who do not write, Http404 for an unknown one."""
    if not may(person).write_products:
        raise PermissionDenied("Your roles do not change products.")
    return product_for_reading(person, pk)


def offer_for_editing(person: Person, pk: int) -> Offer:
    """An offer with product and merchant. Raises PermissionDenied for those who do not write, Http404 for an unknown one."""
    if not may(person).write_products:
        raise PermissionDenied("Your roles do not change products.")
    offer = Offer.objects.select_related("product", "merchant").filter(pk=pk).first()
    if offer is None:
        raise Http404("There is no such offer.")
    return offer


def merchant_for_reading(person: Person, pk: int) -> Merchant:
    """A merchant with its keeper. Raises PermissionDenied for those without a role here, Http404 for an unknown one."""
    if not person.has_role(*READERS_OF_MERCHANTS):
        raise PermissionDenied("Merchants are for the desk.")
    merchant = Merchant.objects.select_related("keeper").filter(pk=pk).first()
    if merchant is None:
        raise Http404("There is no such merchant.")
    return merchant


def merchant_for_setting(person: Person, pk: int) -> Merchant:
    """Raises PermissionDenied for all but administrators, Http404 for an unknown one."""
    if not may(person).set_merchants:
        raise PermissionDenied("Merchants are changed by administrators.")
    return merchant_for_reading(person, pk)


def merchant_for_terms(person: Person, pk: int) -> Merchant:
    """Raises PermissionDenied for those who do not write what was agreed, Http404 for an unknown one."""
    if not may(person).write_terms:
        raise PermissionDenied("What a merchant pays is marketing’s to write.")
    return merchant_for_reading(person, pk)


NOTERS: tuple[str, ...] = (Role.REPORTER, Role.EDITOR, Role.PICTURE_EDITOR, Role.LEGAL)


def may_note(person: Person) -> bool:
    """Who writes notes: everybody who works on stories. Administrators read them, as they read the stories."""
    return person.has_role(*NOTERS)


def note_for_reading(person: Person, pk: int) -> Note:
    """A note with its story.

    Raises:
        PermissionDenied: this person reads no drafts.
        Http404: there is no such note.
    """
    if not may(person).read:
        raise PermissionDenied("Notes are for the story desk.")
    note = Note.objects.select_related("story__section").filter(pk=pk).first()
    if note is None:
        raise Http404("There is no such note.")
    return note


def note_entry_for_reading(person: Person, pk: int) -> NoteEntry:
    """One line of a thread, with its note and story.

    Raises:
        PermissionDenied: this person reads no drafts.
        Http404: there is no such line.
    """
    if not may(person).read:
        raise PermissionDenied("Notes are for the story desk.")
    entry = NoteEntry.objects.select_related("note__story__section").filter(pk=pk).first()
    if entry is None:
        raise Http404("There is no such note.")
    return entry


def may_read_deleted_notes(person: Person) -> bool:
    """What was deleted is for those who read the record of who did what."""
    return person.has_role(*READERS_OF_THE_RECORD)


HANDLERS_OF_COMPLAINTS: tuple[str, ...] = (Role.EDITOR, Role.LEGAL)


def may_handle_complaints(person: Person) -> bool:
    """Editors and legal: a complaint carries a reader's address, and says who may be at fault."""
    return person.has_role(*HANDLERS_OF_COMPLAINTS)


def complaints_for(person: Person) -> QuerySet[Complaint]:
    """All complaints.

    Raises:
        PermissionDenied: this person handles none.
    """
    if not may_handle_complaints(person):
        raise PermissionDenied("Complaints are for editors and legal.")
    return Complaint.objects.all()


def complaint_for(person: Person, pk: int) -> Complaint:
    """A complaint with its story, what readers saw and see of it, its people and its correction.

    Raises:
        PermissionDenied: this person handles none.
        Http404: there is no such complaint.
    """
    found = complaints_for(person).select_related(
        "story__section", "story__published_revision", "revision", "owner", "decided_by", "update", "withdrawal"
    )
    complaint = found.filter(pk=pk).first()
    if complaint is None:
        raise Http404("There is no such complaint.")
    return complaint
