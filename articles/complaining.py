"""Taking a reader's complaint. Whoever sends one, person or robot, in time or too often, is answered the same."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from articles import addresses, typed
from articles.events import COMPLAINT_RECEIVED
from articles.models import Complaint, Story
from articles.refusals import Refused
from newsroom import limits
from newsroom.outbox import record

log = logging.getLogger(__name__)

# The regulator's time: IPSO takes a complaint up itself when the publication has not settled it within 28 days
# (Editors' Code of Practice, IPSO complaints procedure).
DUE = timedelta(days=28)
# How long an address is kept once the complaint is decided: long enough for an appeal, which IPSO takes for 4 months.
CONTACT_KEPT = timedelta(days=180)
LONGEST = {"wrong": 5000, "quoted": 2000, "page": 500, "contact": 254}
PER_NETWORK = (5, 3600)
PER_SITE = (300, 3600)
SET_ASIDE = (1000, 86400)  # what is set aside is kept for a person to look through; a flood must not fill the disk


@dataclass(frozen=True)
class Asked:
    """What came with the form, as it came. trapped: a field was filled in that people do not see."""

    wrong: str
    quoted: str = ""
    page: str = ""
    contact: str = ""
    trapped: bool = False


def receive(asked: Asked, *, network: str, at: datetime) -> Complaint | None:
    """Keep a complaint and tell the desk. What a robot sent, or what came too often, is set aside and told to nobody.

    Arguments:
        network: the asker's network (``limits.client_network``), for the budgets; not stored.

    Returns: None only when even the room for what is set aside is used up. The caller must answer the same.

    Raises:
        Refused: by field; nothing was kept.
    """
    facts = _cleaned(asked)
    set_aside = asked.trapped or not (_within("network", network, PER_NETWORK) and _within("site", "all", PER_SITE))
    if set_aside and not _within("set aside", "all", SET_ASIDE):
        log.warning("A complaint was dropped: too many were set aside today.")
        return None
    story = story_at(facts["page"])
    with transaction.atomic():
        made = Complaint.objects.create(
            **facts,
            story=story,
            revision=story.published_revision if story else None,
            received_at=at,
            due_at=at + DUE,
            set_aside=set_aside,
        )
        if not set_aside:
            record(COMPLAINT_RECEIVED, complaint_id=made.pk)
    return made


def story_at(page: str) -> Story | None:
    """The story that a page's address names or named, where readers have seen it; None for anything else."""
    try:
        parts = [part for part in urlsplit(page.removeprefix(settings.ORIGIN)).path.split("/") if part]
    except ValueError:
        return None
    return addresses.story_at(parts[-2], parts[-1]) if len(parts) >= 2 else None


def _cleaned(asked: Asked) -> dict[str, str]:
    facts = {
        "wrong": typed.lines(asked.wrong),
        "quoted": typed.lines(asked.quoted),
        "page": typed.line(asked.page),
        "contact": typed.line(asked.contact),
    }
    messages = {}
    for name, longest in LONGEST.items():
        if len(facts[name]) > longest:
            messages[name] = f"Keep this to {longest:,} characters; it has {len(facts[name]):,}."
    if not facts["wrong"]:
        messages["wrong"] = "Tell us in a sentence or two what is wrong."
    if facts["contact"] and "contact" not in messages and not _can_be_written_to(facts["contact"]):
        messages["contact"] = "We cannot write to this address. Mend it, or leave the field empty."
    if messages:
        raise Refused(messages)
    return facts


def _can_be_written_to(contact: str) -> bool:
    try:
        validate_email(contact)
    except ValidationError:
        return False
    return True


def _within(name: str, key: str, budget: tuple[int, int]) -> bool:
    return limits.spend(f"articles.complaints.{name}", key, limit=budget[0], seconds=budget[1])
