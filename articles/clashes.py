"""Clashes: of what two changed, each in another way, the draft says the one and the other waits here (promise 4).

What each came from keeps them apart: the open page that was late, or the publication that a fold takes in. Neither is
ever written over by another, and what was chosen is not undone by a page that has not heard of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from articles import merge
from articles.models import Clash, Draft, Revision
from newsroom import blocks
from newsroom.accounts.models import Person

NEITHER = "\0"


@dataclass(frozen=True)
class Named:
    """The clashes that a page names.

    contested: they wait, and the page says this person's words there. settled: chosen from here on. over: the page still
    says this person's words there, and somebody has chosen meanwhile. late: chosen from here, after another's choice.
    """

    contested: tuple[Clash, ...] = ()
    settled: Mapping[int, str] = field(default_factory=dict)
    over: tuple[Clash, ...] = ()
    late: tuple[Clash, ...] = ()

    @property
    def places(self) -> set[str]:
        return {clash.place for clash in (*self.contested, *self.over, *self.late)}


def waiting(draft: Draft) -> list[Clash]:
    """The clashes of a draft that wait for a choice; people loaded. One query."""
    return list(Clash.objects.filter(draft=draft, choice="").select_related("person", "other"))


def named(draft: Draft, person: Person, contested: Iterable[int], settled: Mapping[int, str]) -> Named:
    """What has become of the clashes that a page of ``person`` names. One query, where it names any."""
    chosen = {pk: choice for pk, choice in settled.items() if choice in Clash.Choice.values}
    wanted = {*contested, *settled}
    if not wanted:
        return Named(settled=chosen)
    found = list(Clash.objects.filter(pk__in=wanted, draft=draft).select_related("settled_by", "person", "other"))
    own = [one for one in found if one.pk in set(contested) and one.person_id == person.pk and not one.published_id]
    return Named(
        tuple(one for one in own if not one.choice and one.pk not in chosen),
        chosen,
        tuple(one for one in own if one.choice and one.pk not in chosen),
        # The same choice again is an answer that was lost on the way.
        tuple(
            one
            for one in found
            if one.choice and one.pk in chosen and (one.settled_by_id, one.choice) != (person.pk, chosen[one.pk])
        ),
    )


def apart(sent: merge.Text, began: merge.Text, contested: Iterable[Clash]) -> tuple[merge.Text, dict[int, str]]:
    """The page's text with the contested places as they were, and what it says there, by clash: kept in that."""
    fields, paragraphs = dict(sent.fields), dict(sent.paragraphs)
    said: dict[int, str] = {}
    for clash in contested:
        if clash.place in merge.FIELDS:
            said[clash.pk], fields[clash.place] = fields[clash.place], began.fields[clash.place]
            continue
        said[clash.pk] = paragraphs.get(clash.place, "")
        if clash.place in began.paragraphs and clash.place in paragraphs:
            paragraphs[clash.place] = began.paragraphs[clash.place]
        elif clash.place in began.paragraphs:
            paragraphs = _put(paragraphs, clash.place, began)
        else:
            paragraphs.pop(clash.place, None)
    return merge.Text(fields, paragraphs), said


def before_the_choice(began: merge.Text, sent: merge.Text, over: Iterable[Clash]) -> merge.Text:
    """What the page began from, where somebody has chosen meanwhile: this person's words as they were kept last. A page
    that says them still has typed nothing there and takes the choice in; of one that went on, both are kept."""
    fields, paragraphs = dict(began.fields), dict(began.paragraphs)
    for clash in over:
        if clash.place in merge.FIELDS:
            fields[clash.place] = clash.yours
        elif not clash.yours:
            paragraphs.pop(clash.place, None)
        elif clash.place in paragraphs or clash.place not in sent.paragraphs:
            paragraphs[clash.place] = clash.yours
        else:
            paragraphs = _put(paragraphs, clash.place, merge.Text({}, {**sent.paragraphs, clash.place: clash.yours}))
    return merge.Text(fields, paragraphs)


def both_changed(began: merge.Text, places: Iterable[str]) -> merge.Text:
    """A beginning from which both sides differ at ``places``: neither may win there without being chosen."""
    fields = dict(began.fields) | {place: NEITHER for place in places if place in merge.FIELDS}
    paragraphs = dict(began.paragraphs) | {place: NEITHER for place in places if place not in merge.FIELDS}
    return merge.Text(fields, paragraphs)


def retype(said: Mapping[int, str]) -> None:
    """Keep what a page says by now in its contested places. Not in one that was settled just now: the page's next save
    finds it so, and its words differ still."""
    for pk, words in said.items():
        Clash.objects.filter(pk=pk, choice="").exclude(yours=words).update(yours=words)


def settle(draft: Draft, person: Person, settled: Mapping[int, str], at: datetime) -> bool:
    """Write choices down, each of what waits still; whether there was one."""
    done = [
        Clash.objects.filter(pk=pk, draft=draft, choice="").update(choice=choice, settled_by=person, settled_at=at)
        for pk, choice in settled.items()
        if choice in Clash.Choice.values
    ]
    return any(done)


def of_page(
    draft: Draft,
    person: Person,
    pen: str,
    found: Iterable[merge.Clash],
    text: merge.Text,
    *,
    other: Person,
    at: datetime,
) -> tuple[Clash, ...]:
    """Keep what an open page and the draft changed both; text: what the draft says now. A page that says the same again
    (an answer was lost) goes on in its own."""
    kept = []
    for one in found:
        said = _said(one, text) | {"other": other}
        clash, _ = Clash.objects.update_or_create(
            draft=draft,
            place=one.place,
            person=person,
            pen=pen,
            published=None,
            choice="",
            defaults=said,
            create_defaults={**said, "at": at},
        )
        kept.append(clash)
    return tuple(kept)


def of_publication(
    draft: Draft, published: Revision, found: Iterable[merge.Clash], text: merge.Text, *, other: Person, at: datetime
) -> None:
    """Keep what a publication and the draft that takes it in changed both: its words wait beside the draft's."""
    Clash.objects.bulk_create(
        Clash(
            draft=draft,
            place=one.place,
            published=published,
            person=published.author,
            other=other,
            at=at,
            **_said(one, text),
        )
        for one in found
    )


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


def _said(found: merge.Clash, text: merge.Text) -> dict[str, Any]:
    order = list(text.paragraphs)
    behind = found.place if found.place in text.paragraphs else found.after
    return {
        "base": found.base.strip(NEITHER),
        "yours": found.yours,
        "theirs": found.theirs,
        "after": found.after,
        "position": order.index(behind) + 1 if behind in text.paragraphs else 0,
    }


def _put(paragraphs: dict[str, str], key: str, stood: merge.Text) -> dict[str, str]:
    """A paragraph put in where it stands in ``stood``."""
    order = list(stood.paragraphs)
    before = next((one for one in reversed(order[: order.index(key)]) if one in paragraphs), "")
    keys = list(paragraphs)
    keys.insert(keys.index(before) + 1 if before else 0, key)
    return {one: stood.paragraphs[key] if one == key else paragraphs[one] for one in keys}
