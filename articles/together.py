"""Saving while others write in the same draft: what they changed elsewhere is taken in, of what both changed both texts
are kept, and nobody is locked out (promise 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction
from django.db.models import F

from articles import clashes, drafts, merge, rearranged
from articles import content as words
from articles.models import Clash, Draft, Revision
from articles.refusals import Refused
from newsroom import blocks
from newsroom.accounts.models import Person

LONGEST_PEN = 32
_ATTEMPTS = 5
SHRINKS_FROM = 80
"""Words. A text shorter than this may be emptied without a question."""
SHRINKS_TO = 0.4
"""A body left with less than this part of its words is asked about: select-all, copy and paste within milliseconds
has been seen to leave an empty editor behind."""


@dataclass(frozen=True)
class Shrinks(Exception):
    """The page would take most of its words out of the story. before, after: words."""

    before: int
    after: int


@dataclass(frozen=True)
class Typed:
    """What an open page says.

    base_id: the revision that the page has last taken in. keys: one for each paragraph as the page knows them, "" for a
    new one; anything else than one for each counts as none. contested: clashes whose paragraph says this person's words
    in this page. overtaken: places that this page changed while an answer with others' words for them was on its way.
    settled: clash -> Clash.Choice; what was chosen stands in the content already.
    """

    content: drafts.Content
    base_id: int | None = None
    keys: Sequence[str] = ()
    contested: Sequence[int] = ()
    overtaken: Sequence[str] = ()
    settled: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Kept:
    """What the draft says now, and how it came about.

    sent: the page's own text with the keys of its paragraphs. joined: the draft says something else than the page.
    clashes: those that this save made. settled: those that this page held for open, and others have chosen meanwhile.
    rearranged: whose order of paragraphs gave way to the page's.
    """

    revision: Revision
    sent: merge.Text
    text: merge.Text
    clashes: tuple[Clash, ...] = ()
    settled: tuple[Clash, ...] = ()
    rearranged: Revision | None = None

    @property
    def joined(self) -> bool:
        return (self.sent.fields, list(self.sent.paragraphs.items())) != (
            self.text.fields,
            list(self.text.paragraphs.items()),
        )


def save(
    draft_id: int,
    *,
    person: Person,
    expected_version: int,
    typed: Typed,
    at: datetime,
    autosave: bool = False,
    pen: str = "",
    knowing: bool = False,
    shrinking: bool = True,
) -> Kept:
    """Keep what a page says, together with what others saved since it last looked.

    knowing: this person has been told that the draft is approved and that a save ends that. shrinking: they have been
    asked, or need not be, whether the page may take most of its words out.

    Raises:
        Shrinks: it would, measured by what this page itself began from, whatever others have saved since.
        Held: the draft is approved, and this is an autosave or the person may not know it yet.
        Stale: somebody saved, and ``typed.base_id`` does not say what this page began from. Nothing was written.
        ContentRefused: by field, or the draft is closed.
        Draft.DoesNotExist: no such draft.
    """
    for attempt in range(_ATTEMPTS):
        try:
            with transaction.atomic():
                return _once(
                    draft_id, person, expected_version, typed, at, autosave, _sound_pen(pen), knowing, shrinking
                )
        except drafts.Held:
            raise
        except drafts.Stale:
            if attempt == _ATTEMPTS - 1 or typed.base_id is None:
                raise
    raise AssertionError("unreachable")


def _once(
    draft_id: int,
    person: Person,
    expected_version: int,
    typed: Typed,
    at: datetime,
    autosave: bool,
    pen: str,
    knowing: bool,
    shrinking: bool,
) -> Kept:
    draft = Draft.objects.select_related("story", "head__author", "approved_by").get(pk=draft_id)
    head = draft.head
    assert head is not None
    late = draft.version != expected_version
    base = _base(draft, head, typed.base_id, pen, late)
    if late and draft.standing == Draft.Standing.APPROVED and not knowing:
        raise drafts.held(draft_id)
    content = words.cleaned(person, typed.content, known=head)
    if not shrinking and (began_from := base or (None if late else head)) is not None:
        _ask_before_shrinking(began_from, content.body)
    if base is None:
        # Nobody knows what this page began from: the version decides.
        revision = drafts.save(
            draft_id,
            person=person,
            expected_version=expected_version,
            content=content,
            at=at,
            autosave=autosave,
            pen=pen,
        )
        said = text_of(revision)
        return Kept(revision, said, said)
    began, theirs = text_of(base), text_of(head)
    named = clashes.named(draft, person, typed.contested, typed.settled)
    sent = _text(
        content,
        _keys(began, theirs, base, content.body, typed.keys, {*began.paragraphs, *theirs.paragraphs, *named.places}),
    )
    yours, retyped = clashes.apart(sent, began, named.contested)
    disputed = [*typed.overtaken, *(clash.place for clash in named.late)]
    began = clashes.both_changed(clashes.before_the_choice(began, sent, named.over), disputed)
    others = head.pk != base.pk or disputed or named.over
    merged = merge.merge(began, theirs, yours) if others else merge.Merged(yours, ())
    revision = drafts.save(
        draft_id,
        person=person,
        expected_version=draft.version,
        content=content_of(merged.text),
        at=at,
        autosave=autosave,
        pen=pen,
        keys=list(merged.text.paragraphs),
        joined=merged.text.paragraphs != yours.paragraphs or merged.text.fields != yours.fields,
    )
    if revision.pen != pen or revision.author_id != person.pk:
        # Nothing to add: the page goes on from another's revision, which from now on stays as this page takes it in.
        drafts.begin(draft_id)
        revision.refresh_from_db()
    made: tuple[Clash, ...] = ()
    if retyped or named.settled or merged.clashes:
        # A draft's row before those of its clashes, also where the save above had nothing to write: a page that types in
        # one and another that settles it would wait for each other.
        Draft.objects.select_for_update(no_key=True).values_list("pk").get(pk=draft_id)
        clashes.retype(retyped)
        settled = clashes.settle(draft, person, named.settled, at)
        made = clashes.of_page(draft, person, pen, merged.clashes, merged.text, other=head.author, at=at)
        if settled or made:
            _tell_open_pages(draft)
    if merged.order_lost:
        rearranged.tell(story_id=draft.story_id, lost=head, now=revision, by=person, at=at)
    gave_way = head if merged.order_lost else None
    return Kept(revision, sent, text_of(revision), made, (*named.over, *named.late), gave_way)


def _ask_before_shrinking(began_from: Revision, body: str) -> None:
    before, after = blocks.words(began_from.body), blocks.words(body)
    if before >= SHRINKS_FROM and after < before * SHRINKS_TO:
        raise Shrinks(before, after)


def text_of(revision: Revision) -> merge.Text:
    """A saved state as merging sees it."""
    return _text(drafts.content_of(revision), _sound(revision.paragraph_keys, revision.body))


def choose(clash: Clash, choice: str, *, person: Person, at: datetime) -> Revision:
    """Settle a clash from outside the writing screen: the draft then says what was chosen.

    Raises:
        Refused: it was settled already, or there is no such choice.
        Stale, ContentRefused, Held: as a save.
    """
    if choice not in Clash.Choice.values:
        raise Refused("Choose mine, theirs or both.")
    draft = Draft.objects.select_related("head").get(pk=clash.draft_id)
    assert draft.head is not None
    text = clashes.chosen(text_of(draft.head), clash, choice)
    with transaction.atomic():
        revision = drafts.save(
            draft.pk,
            person=person,
            expected_version=draft.version,
            content=content_of(text),
            at=at,
            keys=list(text.paragraphs),
        )
        Draft.objects.select_for_update(no_key=True).values_list("pk").get(pk=draft.pk)
        if not clashes.settle(draft, person, {clash.pk: choice}, at):
            raise Refused("Somebody has chosen already.")
        _tell_open_pages(draft)
    return revision


def _tell_open_pages(draft: Draft) -> None:
    """A choice, or a clash, may leave the text as it was; who has it open hears of it by the version alone."""
    Draft.objects.filter(pk=draft.pk, version=draft.version).update(version=F("version") + 1)


def _sound_pen(pen: str) -> str:
    """A page's name for itself: letters and figures; whatever else it sends is left out."""
    return "".join(letter for letter in pen if letter.isascii() and letter.isalnum())[:LONGEST_PEN]


def _base(draft: Draft, head: Revision, base_id: int | None, pen: str, late: bool) -> Revision | None:
    """What the page began from: what it names, or what it saved since and was never told of."""
    if base_id is None:
        return None
    named = Revision.objects.filter(pk=base_id, draft__story_id=draft.story_id).first()
    if named is None:
        return None
    if pen:
        own = Revision.objects.filter(draft=draft, pen=pen, joined=False, pk__gt=named.pk).order_by("-pk").first()
        if own is not None:
            return own
    if late and named.pk == head.pk and not named.sealed and named.pen != pen:
        return None  # its writer has gone on in it: what this page read is nowhere any more
    return named


def _keys(
    began: merge.Text, theirs: merge.Text, base: Revision, body: str, named: Sequence[str], known: set[str]
) -> list[str]:
    """One key for each paragraph of ``body``: as the page names them, else by alignment with what it began from."""
    elements = blocks.paragraphs.split(body)
    given = [key for key in named if key]
    keys = blocks.paragraphs.keys(base.body, list(began.paragraphs), body)
    if len(named) == len(elements) and len(set(given)) == len(given) and known >= set(given):
        # One that the page calls new may be an old one whose name was lost on the way, by an undo for instance.
        aligned = (key if key not in given else blocks.paragraphs.new_key() for key in keys)
        keys = [name or key for name, key in zip(named, aligned, strict=True)]
    # The same new paragraph in both is one: a page repeats what it sent when the answer was lost on the way.
    new = {html: key for key, html in theirs.paragraphs.items() if key not in began.paragraphs}
    taken = set(keys)
    for number, html in enumerate(elements):
        if keys[number] not in began.paragraphs and new.get(html, keys[number]) not in taken:
            keys[number] = new.pop(html)
    return keys


def _text(content: drafts.Content, keys: Iterable[str]) -> merge.Text:
    fields = {name: getattr(content, name) for name in merge.FIELDS if name != "lead_image"}
    fields["lead_image"] = str(content.lead_image_id or "")
    return merge.text_of(fields, content.body, list(keys))


def content_of(text: merge.Text) -> drafts.Content:
    """A merged state as content to save; its keys are ``text.paragraphs``."""
    fields = dict(text.fields)
    lead = fields.pop("lead_image")
    return replace(drafts.Content(body=text.body, lead_image_id=int(lead) if lead else None), **fields)  # type: ignore[arg-type]


def _sound(keys: Sequence[str], body: str) -> list[str]:
    """The keys of a saved body; a body older than its keys is given some for the moment."""
    if len(keys) == len(blocks.paragraphs.split(body)) == len(set(keys)):
        return list(keys)
    return blocks.paragraphs.keys(body, keys, body)
