"""What one revision says, and what of it can be kept."""

from __future__ import annotations

import hashlib
import json
from dataclasses import astuple, dataclass, replace

from articles import typed
from articles.access import may
from articles.models import Revision
from articles.refusals import Refused
from newsroom import blocks
from newsroom.accounts.models import Person

LENGTHS = {"headline": 200, "kicker": 60, "standfirst": 1000, "search_title": 200, "search_description": 400} | {
    "social_title": 200,
    "social_description": 400,
}
_NAMES = {
    "headline": "headline",
    "kicker": "kicker",
    "standfirst": "standfirst",
    "search_title": "search title",
    "search_description": "search description",
    "social_title": "social title",
    "social_description": "social description",
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
    social_title: str = ""
    social_description: str = ""


def content_of(revision: Revision) -> Content:
    return Content(
        revision.headline,
        revision.kicker,
        revision.standfirst,
        revision.body,
        revision.lead_image_id,
        revision.search_title,
        revision.search_description,
        revision.social_title,
        revision.social_description,
    )


def digest(content: Content) -> str:
    """SHA-256 of a cleaned content as lower-case hex."""
    said = astuple(content)
    if not (content.social_title or content.social_description):
        said = said[:-2]  # as it was counted before there were such fields: states of then stay equal to themselves
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def cleaned(person: Person, content: Content, known: Revision | None = None) -> Content:
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
        social_title=typed.line(content.social_title),
        social_description=typed.line(content.social_description),
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
