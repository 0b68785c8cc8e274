"""The sourcing ledger: what was said, by whom, through whom it came; and which words of a text stand on it.

Promise 11: every quotation in a published text is tied to an entry, or waived by an editor with a reason; words changed
inside a tied quotation void the tie.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db import transaction

from articles import quotation_marks, typed
from articles.access import may
from articles.marks import bare
from articles.models import (
    Draft,
    Outlet,
    Quotation,
    QuotationOutlet,
    QuotationUse,
    QuotePlacement,
    Revision,
    Source,
    Story,
    Waiver,
)
from articles.quotation_marks import Mark, normalise, says
from articles.refusals import Refused
from newsroom import audit, blocks
from newsroom.accounts.models import Person
from newsroom.blocks import Reference

LONGEST_WORDS = 5000
LONGEST_ARCHIVED = 50_000
_LINES = ("headline", "kicker", "standfirst")


@dataclass(frozen=True)
class Link:
    """One link of the chain from the source to us. via: they relayed it; it was not said to them."""

    outlet_id: int
    via: bool = False


class Standing(StrEnum):
    TIED = "tied"
    PART = "part"  # in a headline or caption: part of a quotation that the text ties
    WAIVED = "waived"
    UNTIED = "untied"
    CHANGED = "changed"
    RETRACTED = "retracted"
    UNKNOWN = "unknown"

    @property
    def stops(self) -> bool:
        return self in (Standing.UNTIED, Standing.CHANGED, Standing.RETRACTED, Standing.UNKNOWN)


@dataclass(frozen=True)
class Judged:
    """A pair of marks and how it stands. quotation: the ledger entry it is tied to, with source and chain loaded."""

    mark: Mark
    standing: Standing
    quotation: Quotation | None = None
    waiver: Waiver | None = None


def _writer(person: Person) -> None:
    if not may(person).write_sources:
        raise Refused("The ledger is written by reporters and editors.")


def add_outlet(*, person: Person, name: str, columnist: str = "", definite: bool = False, url: str = "") -> Outlet:
    """The outlet of this name and columnist, made if it is new.

    Raises:
        Refused: by field (name, url), or the person does not write the ledger.
    """
    _writer(person)
    name, columnist, url = typed.line(name), typed.line(columnist), typed.line(url)
    messages: dict[str, str] = {}
    if not name:
        messages["name"] = "Give the outlet's name, as it is printed."
    elif len(name) > 120 or len(columnist) > 120:
        messages["name"] = "Keep names to 120 characters."
    if url and (len(url) > 500 or typed.web_address(url) is None):
        messages["url"] = "Give the whole address, beginning with https://."
    if messages:
        raise Refused(messages)
    outlet, _ = Outlet.objects.get_or_create(
        name=name, columnist=columnist, defaults={"definite": definite, "url": url}
    )
    return outlet


def add_quotation(
    *,
    person: Person,
    words: str,
    source_id: int | None,
    at: datetime,
    chain: Sequence[Link] = (),
    said_to: str = "",
    said_on: date | None = None,
    link: str = "",
    archived: str = "",
    state: str = Quotation.State.UNCHECKED,
) -> Quotation:
    """Enter what a source said.

    words: as said, with or without marks around them. chain: in the order in which the words travelled to us.
    archived: what the report said, kept for the day on which the link is dead.

    Raises:
        Refused: by field (words, source, chain, said_to, link, archived, state), or the person does not write the ledger.
    """
    _writer(person)
    words = bare(typed.lines(words))
    messages: dict[str, str] = {}
    if not normalise(words):
        messages["words"] = "Write the words that were said."
    elif len(words) > LONGEST_WORDS:
        messages["words"] = f"Keep a quotation to {LONGEST_WORDS} characters; enter a longer one in parts."
    if source_id is None or not Source.objects.filter(pk=source_id).exists():
        messages["source"] = "Choose who said it."
    ids = {link_.outlet_id for link_ in chain}
    if len(chain) > 8 or Outlet.objects.filter(pk__in=ids).count() != len(ids):
        messages["chain"] = "Choose the outlets from the list."
    said_to, link = typed.line(said_to), typed.line(link)
    if len(said_to) > 200:
        messages["said_to"] = "Keep it to 200 characters."
    if link and (len(link) > 500 or typed.web_address(link) is None):
        messages["link"] = "Give the whole address, beginning with https://."
    archived = typed.lines(archived)
    if len(archived) > LONGEST_ARCHIVED:
        messages["archived"] = f"Keep it to {LONGEST_ARCHIVED:,} characters: the part around the words is enough."
    if state not in Quotation.State.values:
        messages["state"] = "Choose one of the list."
    if messages:
        raise Refused(messages)
    verified = {"verified_by": person, "verified_at": at} if state == Quotation.State.CONFIRMED else {}
    assert source_id is not None
    with transaction.atomic():
        quotation = Quotation.objects.create(
            words=words,
            normalised=normalise(words),
            source_id=source_id,
            said_to=said_to,
            said_on=said_on,
            link=link,
            archived=archived,
            state=state,
            added_by=person,
            added_at=at,
            **verified,
        )
        QuotationOutlet.objects.bulk_create(
            QuotationOutlet(quotation=quotation, outlet_id=link_.outlet_id, via=link_.via, position=position)
            for position, link_ in enumerate(chain)
        )
    return quotation


def confirm(quotation_id: int, *, person: Person, seen: str, at: datetime) -> None:
    """Say that a quotation was checked against its source. seen: its state as the page showed it.

    Raises:
        Refused: it stands otherwise by now (a retraction must not be undone by an old page; ``retractions.stands``
            does that), no such quotation, or the person does not write the ledger.
    """
    _writer(person)
    with transaction.atomic():
        found = Quotation.objects.filter(pk=quotation_id, state=seen).exclude(state=Quotation.State.RETRACTED)
        if not found.update(state=Quotation.State.CONFIRMED, verified_by=person, verified_at=at):
            raise Refused("Somebody marked this quotation otherwise meanwhile. Look at it again; nothing was changed.")
        audit.note(person, "quotation.state", f"quotation:{quotation_id}", state="confirmed")
        recount([quotation_id])


def recount(quotation_ids: Iterable[int]) -> None:
    """Count the open quotations of the drafts that stand on these entries again: what the board flags."""
    uses = QuotationUse.objects.filter(quotation__in=set(quotation_ids)).values("revision_id")
    drafts = Draft.objects.filter(head__in=uses).exclude(standing=Draft.Standing.CLOSED)
    # The stories' rows before their drafts', as every move takes them: a live post goes on from draft to draft as well.
    _hold(drafts.values("story_id"))
    for draft in drafts.select_related("head"):
        assert draft.head is not None
        Draft.objects.filter(pk=draft.pk, head=draft.head).update(
            open_quotations=open_count(draft.head, story_id=draft.story_id)
        )


def attribution(quotation: Quotation) -> str:
    """Who said it and through whom it came, as printed: "Sources, to the Daily Mail"; "A source, via Rob Shuter’s
    ShutterScoop". Reads ``source`` and ``chain``; load them with ``with_chain``."""
    links = [f"{'via' if link.via else 'to'} {link.outlet.printed}" for link in quotation.chain.all()]
    return ", ".join([quotation.source.printed, *links])


def addresses(quotation: Quotation) -> list[dict[str, str]]:
    """The outlets that ``attribution`` names, in its order, each with its address ("" where the ledger has none)."""
    return [{"name": link.outlet.name, "url": link.outlet.url} for link in quotation.chain.all()]


def with_chain(ids: Iterable[int]) -> dict[int, Quotation]:
    """Ledger entries by id, with source and chain, in two queries; unknown ids are left out."""
    found = Quotation.objects.select_related("source").prefetch_related("chain__outlet").filter(pk__in=set(ids))
    return {quotation.pk: quotation for quotation in found}


def blocks_of(revision: Revision) -> list[Reference]:
    """The blocks that a revision shows, its lead picture among them."""
    lead = [Reference("image", revision.lead_image_id)] if revision.lead_image_id else []
    return [*lead, *blocks.references(revision.body)]


def marks_of(revision: Revision, placements: Mapping[str, Mapping[int, Any]] | None = None) -> list[Mark]:
    """Every quotation that readers would see: in the body, headline, kicker, standfirst, search fields and in all that
    blocks say (caption, alternative text, a product's name).

    placements: the revision's blocks by kind and id; None asks for them, one query per kind.
    """
    marks = quotation_marks.in_body(revision.body)
    for place in (*_LINES, "search_title", "search_description", "social_title", "social_description"):
        marks += quotation_marks.in_line(getattr(revision, place), place)
    for kind, found in (blocks.load(blocks_of(revision)) if placements is None else placements).items():
        for pk, placement in found.items():
            lead = kind == "image" and pk == revision.lead_image_id
            marks += _in_block(kind, placement, "lead_image" if lead else f"{kind}:{pk}")
    return marks


def _in_block(kind: str, placement: Any, where: str) -> list[Mark]:
    if isinstance(placement, QuotePlacement):
        return [Mark(placement.words, "quotation set apart", quotation_id=placement.quotation_id, block=where)]
    block = blocks.get(kind)
    said = block.published_words(placement) if block else {}
    return [mark for place, text in said.items() for mark in quotation_marks.in_line(text, place, where)]


def judge(marks: Sequence[Mark], *, story_id: int) -> list[Judged]:
    """How each pair of marks stands. Three queries, however many."""
    entries = with_chain(mark.quotation_id for mark in marks if mark.quotation_id)
    waivers = {waiver.normalised: waiver for waiver in Waiver.objects.filter(story_id=story_id, ended_at=None)}
    judged = [_judge_one(mark, entries, waivers) for mark in marks]
    said = [item.quotation.words for item in judged if item.standing is Standing.TIED and item.quotation]
    # A headline or a caption holds no tie of its own: its words must be part of what the text ties.
    return [
        replace(item, standing=Standing.PART)
        if item.standing is Standing.UNTIED
        and item.mark.place != "body"
        and any(says(item.mark.words, words) for words in said)
        else item
        for item in judged
    ]


def _judge_one(mark: Mark, entries: dict[int, Quotation], waivers: dict[str, Waiver]) -> Judged:
    if mark.quotation_id is None:
        waiver = waivers.get(mark.normalised)
        return Judged(mark, Standing.WAIVED if waiver else Standing.UNTIED, waiver=waiver)
    entry = entries.get(mark.quotation_id)
    if entry is None:
        return Judged(mark, Standing.UNKNOWN)
    if entry.state == Quotation.State.RETRACTED:
        return Judged(mark, Standing.RETRACTED, entry)
    # The guard of promise 11's second half: without it an edit inside a tied quotation is a misquote in print.
    return Judged(mark, Standing.TIED if says(mark.words, entry.words) else Standing.CHANGED, entry)


def waive(*, story_id: int, words: str, reason: str, person: Person, at: datetime) -> Waiver:
    """Let words in quotation marks through that nobody said: a title, scare quotes. Holds for this story's same words.

    Raises:
        Refused: by field (words, reason), or the person is no editor.
    """
    if not may(person).decide:
        raise Refused("Only an editor waives a quotation.")
    words, reason = bare(typed.lines(words)), typed.line(reason)
    messages: dict[str, str] = {}
    if not normalise(words) or len(words) > LONGEST_WORDS:
        messages["words"] = "Choose the words that need no source."
    if not reason:
        messages["reason"] = "Say why nobody needs to have said this: “title of the film”."
    elif len(reason) > 300:
        messages["reason"] = "Keep the reason to 300 characters."
    if not Story.objects.filter(pk=story_id).exists():
        messages[""] = "There is no such story."
    if messages:
        raise Refused(messages)
    with transaction.atomic():
        waiver, _ = Waiver.objects.get_or_create(
            story_id=story_id,
            normalised=normalise(words),
            ended_at=None,
            defaults={"words": words, "reason": reason, "person": person, "at": at},
        )
        audit.note(person, "quotation.waived", f"story:{story_id}", waiver=waiver.pk)
        recount_of(story_id)
    return waiver


def open_count(revision: Revision, *, story_id: int) -> int:
    """How many pairs of marks of a revision stop its approval."""
    return sum(item.standing.stops for item in judge(marks_of(revision), story_id=story_id))


def _hold(story_ids: Any) -> None:
    stories = Story.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=story_ids)
    list(stories.order_by("pk").values_list("pk", flat=True))


def recount_of(story_id: int) -> None:
    """Count the open quotations of a story's open drafts again."""
    _hold([story_id])
    for draft in Draft.objects.filter(story_id=story_id).exclude(standing=Draft.Standing.CLOSED).select_related("head"):
        if draft.head:
            count = open_count(draft.head, story_id=story_id)
            # Not a change of the draft: its version stays, or waiving would make an open writing screen stale.
            Draft.objects.filter(pk=draft.pk, head=draft.head).update(open_quotations=count)
