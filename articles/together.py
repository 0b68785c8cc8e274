"""Saving while others write in the same draft: what they changed elsewhere is taken in, of what both changed both texts
are kept, and nobody is locked out (promise 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction

from articles import content as words
from articles import drafts, merge
from articles.models import Clash, Draft, Revision
from articles.refusals import Refused
from newsroom import blocks
from newsroom.accounts.models import Person

LONGEST_PEN = 32
_ATTEMPTS = 5
_NEITHER = "\0"


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
    clashes: those that this save made.
    """

    revision: Revision
    sent: merge.Text
    text: merge.Text
    clashes: tuple[Clash, ...] = ()

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
) -> Kept:
    """Keep what a page says, together with what others saved since it last looked.

    knowing: this person has been told that the draft is approved and that a save ends that.

    Raises:
        Held: the draft is approved, and this is an autosave or the person may not know it yet.
        Stale: somebody saved, and ``typed.base_id`` does not say what this page began from. Nothing was written.
        ContentRefused: by field, or the draft is closed.
        Draft.DoesNotExist: no such draft.
    """
    for attempt in range(_ATTEMPTS):
        try:
            with transaction.atomic():
                return _once(draft_id, person, expected_version, typed, at, autosave, _sound_pen(pen), knowing)
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
) -> Kept:
    draft = Draft.objects.select_related("story", "head__author", "approved_by").get(pk=draft_id)
    head = draft.head
    assert head is not None
    late = draft.version != expected_version
    base = _base(draft, head, typed.base_id, pen, late)
    if late and draft.standing == Draft.Standing.APPROVED and not knowing:
        raise drafts.held(draft_id)
    content = words.cleaned(person, typed.content, known=head)
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
    contested = list(Clash.objects.filter(pk__in=typed.contested, draft=draft, person=person, choice=""))
    known = {*began.paragraphs, *theirs.paragraphs, *(clash.place for clash in contested)}
    sent = _text(content, _keys(began, theirs, base, content.body, typed.keys, known))
    yours = _without_contested(sent, began, [clash for clash in contested if clash.pk not in typed.settled])
    began = _both_changed(began, typed.overtaken)
    merged = merge.merge(began, theirs, yours) if head.pk != base.pk or typed.overtaken else merge.Merged(yours, ())
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
    _settle(draft, person, typed.settled, at)
    made = tuple(_clash(draft, person, head.author, clash, at) for clash in merged.clashes)
    return Kept(revision, sent, text_of(revision), made)


def text_of(revision: Revision) -> merge.Text:
    """A saved state as merging sees it."""
    return _text(drafts.content_of(revision), _sound(revision.paragraph_keys, revision.body))


def open_clashes(draft: Draft) -> list[Clash]:
    """The clashes of a draft that wait for a choice; people loaded."""
    return list(Clash.objects.filter(draft=draft, choice="").select_related("person", "other"))


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
    text = chosen(text_of(draft.head), clash, choice)
    with transaction.atomic():
        if not Clash.objects.select_for_update().filter(pk=clash.pk, choice="").exists():
            raise Refused("Somebody has chosen already.")
        revision = drafts.save(
            draft.pk,
            person=person,
            expected_version=draft.version,
            content=content_of(text),
            at=at,
            keys=list(text.paragraphs),
        )
        _settle(draft, person, {clash.pk: choice}, at)
    return revision


def chosen(text: merge.Text, clash: Clash, choice: str) -> merge.Text:
    """The text with a choice made. "both": yours as a paragraph of its own behind theirs; of a field, behind it."""
    if choice == Clash.Choice.THEIRS:
        return text
    if clash.place in merge.FIELDS:
        both = choice == Clash.Choice.BOTH and clash.place != "lead_image"
        said = f"{text.fields[clash.place]} {clash.yours}".strip() if both else clash.yours
        return merge.Text({**text.fields, clash.place: said}, text.paragraphs)
    paragraphs = dict(text.paragraphs)
    if choice == Clash.Choice.YOURS and clash.place in paragraphs:
        paragraphs[clash.place] = clash.yours
        return merge.Text(text.fields, {key: html for key, html in paragraphs.items() if html})
    if not clash.yours:
        return text
    order = list(paragraphs)
    behind = clash.place if clash.place in paragraphs else clash.after
    key = blocks.paragraphs.new_key() if clash.place in paragraphs else clash.place
    order.insert(order.index(behind) + 1 if behind in paragraphs else 0, key)
    paragraphs[key] = clash.yours
    return merge.Text(text.fields, {one: paragraphs[one] for one in order})


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


def _without_contested(sent: merge.Text, began: merge.Text, contested: Iterable[Clash]) -> merge.Text:
    """The page's text with the contested places as they were: what it says there is kept in the clash."""
    fields, paragraphs = dict(sent.fields), dict(sent.paragraphs)
    for clash in contested:
        if clash.place in merge.FIELDS:
            said, fields[clash.place] = fields[clash.place], began.fields[clash.place]
        else:
            said = paragraphs.get(clash.place, "")
            if clash.place in began.paragraphs and clash.place in paragraphs:
                paragraphs[clash.place] = began.paragraphs[clash.place]
            elif clash.place in began.paragraphs:
                paragraphs = _put(paragraphs, clash.place, began)
            else:
                paragraphs.pop(clash.place, None)
        if said != clash.yours:
            Clash.objects.filter(pk=clash.pk).update(yours=said)
    return merge.Text(fields, paragraphs)


def _put(paragraphs: dict[str, str], key: str, began: merge.Text) -> dict[str, str]:
    """A paragraph that this page took out, back where it stood."""
    order = list(began.paragraphs)
    before = next((one for one in reversed(order[: order.index(key)]) if one in paragraphs), "")
    keys = list(paragraphs)
    keys.insert(keys.index(before) + 1 if before else 0, key)
    return {one: paragraphs.get(one, began.paragraphs[key] if one == key else "") for one in keys}


def _both_changed(began: merge.Text, places: Iterable[str]) -> merge.Text:
    """A beginning from which both sides differ at ``places``: neither may win there without being chosen."""
    fields = dict(began.fields) | {place: _NEITHER for place in places if place in merge.FIELDS}
    paragraphs = dict(began.paragraphs) | {place: _NEITHER for place in places if place not in merge.FIELDS}
    return merge.Text(fields, paragraphs)


def _settle(draft: Draft, person: Person, settled: Mapping[int, str], at: datetime) -> None:
    for pk, choice in settled.items():
        if choice in Clash.Choice.values:
            Clash.objects.filter(pk=pk, draft=draft, choice="").update(choice=choice, settled_by=person, settled_at=at)


def _clash(draft: Draft, person: Person, other: Person, found: merge.Clash, at: datetime) -> Clash:
    said = {
        "base": found.base.strip(_NEITHER),
        "yours": found.yours,
        "theirs": found.theirs,
        "after": found.after,
        "other": other,
    }
    clash, _ = Clash.objects.update_or_create(
        draft=draft, place=found.place, person=person, choice="", defaults=said, create_defaults={**said, "at": at}
    )
    return clash


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
