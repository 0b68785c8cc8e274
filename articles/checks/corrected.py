"""What must not go out unseen: a place where two texts wait for a choice, and words that readers were told were wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from articles import corrections, differing, merge, moments
from articles.checks.registry import BOTH, STOP, Check, Matter, check, stop, warn
from articles.models import CheckWaiver, Clash, CorrectedPlace, Draft, Revision, Story
from newsroom.wording import quoted

_WORD = re.compile(r"\w+(?:[’'-]\w+)*")
_ALIKE = 0.6  # of a paragraph whose name was lost: so much of it still stands
# Alone they say nothing: "the" stands in every paragraph, "was not" in few.
_SMALL = frozenset(
    """a an and are as at be been by for from had has have he her his in is it its no not of on or our she that the
    their there they this to was we were which who will with""".split()  # noqa: SIM905
)


@check(
    "One text for each place",
    "Where two people, or a correction and a rewrite, changed one place at once, somebody has chosen what the story says. "
    "Said, and stopping nothing, while approved words are scheduled and newer ones wait behind.",
    level=BOTH,
    waived_by="editor",
)
def one_text(matter: Matter) -> Iterator[Check]:
    """Nothing of words that readers see already. Of a draft that is planned, the newer words wait behind those that were
    approved: what clashed there stops no plan."""
    revision = matter.revision
    if matter.story.published_revision_id == revision.pk:
        return
    found = Clash.objects.filter(draft=revision.draft_id, choice="")
    for clash in found.select_related("person", "other", "draft"):
        place = _Place(revision, clash.place, clash.position)
        whose = f"{clash.other.name}’s, which the story says now, and {clash.person.name}’s"
        if clash.published_id:
            whose = f"the one that the story says now, and what {clash.person.name} corrected before readers"
        said = f"{place.name}: two texts wait for a choice, {whose}."
        if clash.draft.standing == Draft.Standing.SCHEDULED:
            # About nothing: waived now, it would be waived when the newer words are to go out as well.
            yield warn(f"{said} What is scheduled goes out as it was approved; neither is in it.", place.where)
            continue
        yield stop(said, place.where, about=f"clash {clash.pk}")


@check(
    "Published corrections",
    "The text says nowhere again what a correction or a clarification has put right before readers.",
    level=STOP,
    waived_by="editor",
)
def taken_back(matter: Matter) -> Iterator[Check]:
    """By place, the words that a correction took out. What readers see by now is measured too: words that another
    correction brought back, or an editor let through, are no news. One query, or two where something is found."""
    revision, story = matter.revision, matter.story
    for place, words in _taken_back([(revision, story)]).get(revision.pk, ()):
        update, spot = place.correction.update, _Place(revision, place.place, place.position)
        told = f" Readers were told: {update.line}" if update.line else ""
        yield stop(
            f"{spot.name} says {quoted(_short(words))} again, which a {update.get_kind_display().lower()} put right at "
            f"{moments.said(update.at)}.{told}",
            spot.where,
            about=_about(place, words),
        )


def flagged(drafts: Iterable[Draft]) -> set[int]:
    """Those of ``drafts`` (story and head loaded) of which ``taken_back`` says something that nobody let through. Three
    queries at most, however many they are."""
    heads = {draft.pk: (draft.head, draft.story) for draft in drafts if draft.head is not None}
    found = _taken_back(list(heads.values()))
    if not found:
        return set()
    stories = {story.pk for head, story in heads.values() if head.pk in found}
    waived = set(
        CheckWaiver.objects.filter(story__in=stories, check_name="taken_back").values_list("story_id", "about")
    )
    return {
        pk
        for pk, (head, story) in heads.items()
        if any((story.pk, _about(place, words)) not in waived for place, words in found.get(head.pk, ()))
    }


def corrected_drafts(most: int = 200) -> list[Draft]:
    """Open drafts of stories of which something was put right, the last changed first: all that ``flagged`` may find."""
    put_right = CorrectedPlace.objects.values("correction__update__story")
    found = Draft.objects.exclude(standing=Draft.Standing.CLOSED).filter(story__in=put_right, story__spiked_at=None)
    return list(found.select_related("story", "head").order_by("-changed_at", "-pk")[:most])


def _taken_back(pairs: Sequence[tuple[Revision, Story]]) -> dict[int, list[tuple[CorrectedPlace, str]]]:
    """By revision, what each says again that was put right in its story, with the words. Two queries at most."""
    asked = [
        (revision, story)
        for revision, story in pairs
        if story.first_published_at is not None and story.published_revision_id not in (None, revision.pk)
    ]
    if not asked:
        return {}
    put_right = CorrectedPlace.objects.filter(correction__update__story__in={story.pk for _, story in asked})
    places: dict[int, list[CorrectedPlace]] = {}
    for place in put_right.exclude(before="").select_related("correction__update"):
        places.setdefault(place.correction.update.story_id, []).append(place)
    found: dict[int, list[tuple[CorrectedPlace, str]]] = {}
    shown: dict[int, int] = {}
    for revision, story in asked:
        if story.pk not in places:
            continue
        now = corrections.said(revision)
        if back := [(place, words) for place in places[story.pk] if (words := _back(place, now))]:
            found[revision.pk] = back
            shown[revision.pk] = story.published_revision_id or 0
    if not found:
        return {}
    seen = {one.pk: corrections.said(one) for one in Revision.objects.filter(pk__in=set(shown.values()))}
    return {
        pk: news
        for pk, back in found.items()
        if (news := [(place, words) for place, words in back if not _back(place, seen[shown[pk]])])
    }


def _about(place: CorrectedPlace, words: str) -> str:
    return f"{place.pk}: {words}"[:500]


class _Place:
    """A place of a revision: its name for people, and where a finding leads."""

    def __init__(self, revision: Revision, place: str, position: int) -> None:
        keys = list(revision.paragraph_keys)
        number = keys.index(place) + 1 if place in keys else 0
        self.name = corrections.named(place, number or position)
        self.where = place if place in merge.FIELDS else f"body:{number - 1}" if number else "body"


def _back(place: CorrectedPlace, said: dict[str, str]) -> str:
    """The words of ``place`` that stand there again; "" for none."""
    if place.place in said:
        return _brought_back(place, said[place.place])
    if place.place in merge.FIELDS:
        return ""
    # Split, joined or pasted elsewhere: wherever most of those words stand.
    paragraphs = (words for name, words in said.items() if name not in merge.FIELDS)
    return next(
        (back for words in paragraphs if _alike(place.before, words) and (back := _brought_back(place, words))), ""
    )


def _brought_back(place: CorrectedPlace, words: str) -> str:
    if words == place.after:
        return ""
    if words == place.before:
        return words
    if place.place == "lead_image":
        return ""
    now, after = _words(words), _words(place.after)
    return next(
        (
            " ".join(run)
            for run, missing in _wrong(place)
            if _times(run, now) > _times(run, after) and not (missing and _times(missing, now))
        ),
        "",
    )


def _wrong(place: CorrectedPlace) -> Iterator[tuple[list[str], list[str]]]:
    """The runs of words that a correction took out; small ones with the word beside them. Of words that were only put
    in: the two between which they were missing, and themselves."""
    pieces = differing.change("", place.before, place.after).pieces
    before = _words(place.before)
    at = 0
    for number, piece in enumerate(pieces):
        length = len(_words(piece.text))
        if piece.kind == "gone" and length:
            run = before[at : at + length]
            if any(word not in _SMALL for word in run):
                yield run, []
            else:
                yield from ((wider, []) for wider in _wider(before, at, at + length))
        elif (
            piece.kind == "new"
            and length
            and not (number and pieces[number - 1].kind == "gone")
            and 0 < at < len(before)
        ):
            yield before[at - 1 : at + 1], _words(piece.text)
        at += 0 if piece.kind == "new" else length


def _wider(words: Sequence[str], start: int, end: int) -> Iterator[list[str]]:
    if start > 0:
        yield list(words[start - 1 : end])
    if end < len(words):
        yield list(words[start : end + 1])


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _times(run: Sequence[str], words: Sequence[str]) -> int:
    return sum(list(words[at : at + len(run)]) == list(run) for at in range(len(words) - len(run) + 1))


def _alike(before: str, now: str) -> bool:
    return SequenceMatcher(None, _words(before), _words(now), autojunk=False).ratio() >= _ALIKE


def _short(words: str) -> str:
    return words if len(words) <= 80 else words[:79].rstrip() + "…"
