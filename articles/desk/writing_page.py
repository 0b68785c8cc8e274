"""What the writing screen shows around the text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from articles import access, barring, checks, drafts, ledger, workflow
from articles.desk import history_rail, joining, notes, picture_rail, product_rail
from articles.desk.findings import Findings
from articles.desk.tying import TIE, facts
from articles.desk.writing_form import StoryForm
from articles.desk.writing_keys import KEYS
from articles.models import Draft, Quotation, Story
from articles.refusals import Refused
from articles.typed import whole_number
from newsroom import blocks
from newsroom.accounts import person_of


def content_of(typed: Mapping[str, Any]) -> drafts.Content:
    """The typed fields as content, the body cleaned. ``drafts.save`` asks the rest.

    Raises:
        Refused: by field.
        BodyTooLong: the body is longer than any story.
    """
    lead = typed.get("lead_image", "").strip()
    lead_image = whole_number(lead)
    if lead and lead_image is None:
        raise Refused({"lead_image": "The lead picture no longer exists. Choose another."})
    return drafts.Content(
        headline=typed.get("headline", ""),
        kicker=typed.get("kicker", ""),
        standfirst=typed.get("standfirst", ""),
        body=blocks.clean(typed.get("body", "")),
        lead_image_id=lead_image,
        search_title=typed.get("search_title", ""),
        search_description=typed.get("search_description", ""),
        social_title=typed.get("social_title", ""),
        social_description=typed.get("social_description", ""),
    )


@dataclass(frozen=True)
class Asked:
    """A picker as its template draws it."""

    kind: str
    label: str
    icon: str
    picker: blocks.Picker
    link: str

    @property
    def symbol(self) -> str:
        return self.icon.removeprefix("i-")

    @property
    def button(self) -> str:
        return self.label.split()[0]


def pickers() -> list[Asked]:
    """One for each registered kind that can be picked, then the tie of a quotation."""
    order = ("image", "quote", "product", "newsletter", "related")
    known = sorted(blocks.registered().values(), key=lambda block: (*order, block.kind).index(block.kind))
    return [
        Asked(block.kind, block.label, block.icon, block.picker, _address(block.picker.link)) for block in [*known, TIE]
    ]


def _address(name: str) -> str:
    try:
        return reverse(name) if name else ""
    except NoReverseMatch:
        return ""


_PLACES = {
    "headline": "headline",
    "kicker": "kicker",
    "standfirst": "standfirst",
    "search_title": "search title",
    "search_description": "search description",
    "social_title": "social title",
    "social_description": "social description",
}


@dataclass(frozen=True)
class Line:
    """A quotation of the saved text as the Sources tab shows it."""

    judged: ledger.Judged

    def __getattr__(self, name: str) -> Any:
        return getattr(self.judged, name)

    @property
    def line(self) -> str:
        quotation = self.judged.quotation
        return ledger.attribution(quotation) if quotation is not None else ""

    @property
    def unchecked(self) -> bool:
        """Nobody has held the words against their source."""
        quotation = self.judged.quotation
        return quotation is not None and quotation.state == Quotation.State.UNCHECKED

    @property
    def place_name(self) -> str:
        return _PLACES.get(self.judged.mark.place, self.judged.mark.place)


def context(request: HttpRequest, draft: Draft) -> dict[str, Any]:
    """Everything the templates of the screen need beside the form."""
    person, head, story = person_of(request), draft.head, draft.story
    assert head is not None
    asked = pickers()
    moves = workflow.moves_for(person, draft)
    primary = next((choice for choice in moves if choice.move.primary and choice.allowed), None)
    matter = checks.look_at(head, story=story, at=timezone.now())
    judged = [Line(item) for item in matter.quotations]
    stops = [item for item in judged if item.standing.stops]
    findings = Findings(checks.found_in(matter))
    approving = next((choice.warning for choice in moves if choice.move.four_eyes and choice.allowed), "")
    closed = draft.standing == Draft.Standing.CLOSED
    pictures = picture_rail.rows(matter)
    return {
        "draft": draft,
        "story": story,
        "head": head,
        "may": access.may(person),
        "may_save": not closed,
        "pickers": asked,
        "kinds": {item.kind: {"label": item.label, "icon": item.icon} for item in asked if item.kind != TIE.kind},
        "primary": primary,
        "others": [choice for choice in moves if choice is not primary and choice.allowed],
        "out_of_reach": workflow.barred(moves, person),
        "asking": [choice for choice in moves if _opens(choice, findings)],
        "asking_names": {choice.move.name for choice in moves if _opens(choice, findings)},
        "judged": judged,
        "stops": stops,
        "findings": findings,
        "approving_yourself": approving,
        "quotations": {str(item.quotation.pk): facts(item.quotation) for item in judged if item.quotation is not None},
        "waived": [item.mark.words for item in judged if item.standing is ledger.Standing.WAIVED],
        "counts": {
            "checks": len(findings.stops),
            "sources": len(stops),
            "pictures": sum(picture.stops for picture in pictures),
        },
        "placed": product_rail.rows(matter),
        "pictures": pictures,
        "page_keys": KEYS,
        "history": history_rail.newest(draft),
        "barred": barring.why(story),
        "words": head.words,
        "minutes": blocks.minutes(head.body),
        "byline": byline(story),
        "story_form": StoryForm.of(story, decides=access.may(person).decide),
        "may_change_story": story.readers == Story.Readers.NOTHING or access.may(person).decide,
        **notes.context(person, draft),
        "clashes": joining.cards(draft),
        **_lines(draft),
        **_closed(draft),
    }


def byline(story: Story) -> str:
    """Who is named on it, in order. One query."""
    names = [named.person.name for named in story.bylines.select_related("person")]
    return f"By {', '.join(names)}" if names else "No byline yet"


def _opens(choice: workflow.MoveChoice, findings: Findings) -> bool:
    """Whether pressing a move's button opens its dialog: it asks something, or there is something to know first."""
    return choice.allowed and bool(choice.asks or choice.warning or (choice.move.looked and findings.stops))


def _lines(draft: Draft) -> dict[str, Any]:
    """The open lines of work on the story, their kinds, and whether a quick correction can be begun beside this one."""
    story = draft.story
    if not story.is_published:
        return {"lines": [], "open_kinds": "" if draft.standing == Draft.Standing.CLOSED else draft.kind}
    found = Draft.objects.filter(story=story).exclude(standing=Draft.Standing.CLOSED).order_by("-kind")
    names = {Draft.Kind.MAIN: "Next version", Draft.Kind.CORRECTION: "Quick correction"}
    lines = [{"pk": one.pk, "label": names[Draft.Kind(one.kind)], "current": one.pk == draft.pk} for one in found]
    begun = {Draft.Kind(one.kind) for one in found}
    return {
        "lines": lines,
        "open_kinds": " ".join(begun),
        "may_correct": Draft.Kind.MAIN in begun and Draft.Kind.CORRECTION not in begun,
    }


def standing(draft: Draft) -> dict[str, Any]:
    """For an open page's script. approved: by whom and when, or None. closed: why nothing is saved in this draft any
    more, and what the button says that begins the next version (``again``); or None. ``draft.story`` loaded; two queries where it is
    approved, else none."""
    told: dict[str, Any] = {"approved": None, "closed": None}
    if draft.standing == Draft.Standing.APPROVED:
        held = drafts.held(draft.pk)
        told["approved"] = said(held) if isinstance(held, drafts.Held) else None
    if draft.standing == Draft.Standing.CLOSED:
        closed = _closed(draft)
        told["closed"] = {"because": closed["closed_because"], "again": closed["open_again_label"]}
    return told


def said(held: drafts.Held) -> dict[str, str]:
    """Who approved a draft, and when, in the desk's zone."""
    return {"by": str(held.by), "at": timezone.localtime(held.at).strftime("%H:%M")}


def _closed(draft: Draft) -> dict[str, Any]:
    if draft.standing != Draft.Standing.CLOSED:
        return {}
    if draft.story.readers != Story.Readers.PUBLISHED:
        return {
            "closed_because": "The story is withdrawn: readers see nothing of it. Mended words go the way of every draft, and only they come back.",
            "may_open_again": True,
            "open_again_label": "Mend the text",
        }
    return {
        "closed_because": "These are the words that readers see. Write an update to change them: it goes the same way, and they stay until it is published.",
        "may_open_again": True,
        "open_again_label": "Write an update",
    }
