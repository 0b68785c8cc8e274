"""Looking into a complaint: its clock, who has it, what was found, the answer, and forgetting who asked."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from articles import notice_kinds, typed
from articles.access import HANDLERS_OF_COMPLAINTS, may_handle_complaints
from articles.clicks import PUBLISHES
from articles.complaining import CONTACT_KEPT, story_at
from articles.models import Complaint, ComplaintEntry, MoveLog, Revision, Story, Update
from articles.moves import MOVES
from articles.quotation_marks import normalise
from articles.refusals import MoveRefused, Refused, Stale
from newsroom import blocks, mail, notices
from newsroom.accounts.models import Person
from newsroom.mail.forgetting import forget as forget_letters
from newsroom.publication.current import current

log = logging.getLogger(__name__)

State = Complaint.State
WITHDRAWALS = tuple(move.name for move in MOVES if move.readers_become == Story.Readers.WITHDRAWN)
_CALLED = {"update": "correction", "withdrawal": "withdrawal"}
DECISIONS = (State.UPHELD, State.NOT_UPHELD, State.RESOLVED)
LONGEST = 5000
SOON = 7  # days before the due day from which the clock warns
REMINDED = timedelta(days=3)
SET_ASIDE_KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Clock:
    """Where a complaint stands in its time. state: fine, warn or stop. words: the same, to be read."""

    state: str
    words: str


def clock(complaint: Complaint, at: datetime) -> Clock:
    """Days are the calendar days of the desk's zone: "due today" is true until midnight there."""
    due = timezone.localtime(complaint.due_at).date()
    if complaint.decided_at is not None:
        late = (timezone.localtime(complaint.decided_at).date() - due).days
        return Clock("warn", f"Decided {_days(late)} late") if late > 0 else Clock("fine", "Decided in time")
    left = (due - timezone.localtime(at).date()).days
    if left < 0:
        return Clock("stop", f"{_days(-left)} overdue")
    if left == 0:
        return Clock("warn", "Due today")
    return Clock("warn" if left <= SOON else "fine", f"Due in {_days(left)}")


def overdue(at: datetime) -> QuerySet[Complaint]:
    """Open complaints whose day is over: those that the clock calls overdue."""
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    return Complaint.objects.filter(decided_at=None, set_aside=False, due_at__lt=midnight)


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


@dataclass(frozen=True)
class Stands:
    """Whether the quoted words stood in the story when the complaint came, and stand there now."""

    then: bool
    now: bool


def stands(complaint: Complaint) -> Stands | None:
    """None where there is nothing to compare. ``revision`` and ``story.published_revision`` should be loaded."""
    if not complaint.quoted or complaint.revision is None or complaint.story is None:
        return None
    asked = normalise(complaint.quoted)
    seen = complaint.story.published_revision
    return Stands(*(asked in _all_words(one) if one else False for one in (complaint.revision, seen)))


def _all_words(revision: Any) -> str:
    return normalise(" ".join([revision.headline, revision.standfirst, blocks.plain_text(revision.body)]))


def handlers() -> QuerySet[Person]:
    """Those who can have a complaint."""
    here = Person.objects.filter(is_active=True, joined_at__isnull=False)
    return here.filter(roles__overlap=list(HANDLERS_OF_COMPLAINTS)).order_by("name", "pk")


@dataclass(frozen=True)
class Change:
    """What the complaint's form says. update_id, withdrawal_id: the correction, or the withdrawal (a row of the log), that
    followed, of the same story. page: the address of the story that it is about, where none is known yet; "" leaves it so."""

    state: str
    owner_id: int | None = None
    outcome: str = ""
    update_id: int | None = None
    withdrawal_id: int | None = None
    page: str = ""


def change(*, complaint: Complaint, person: Person, expected_version: int, to: Change, at: datetime) -> Complaint:
    """Set state, owner, outcome, what followed and the story; each thing that changes is written down.

    Looking into it without an owner makes it one's own.

    Raises:
        Refused: by field (state, owner, outcome, update, withdrawal, page), or it is not this person's to do.
        Stale: somebody changed it since; nothing was written.
    """
    _must_handle(person)
    outcome, owner, update, withdrawal = typed.lines(to.outcome), None, None, None
    messages: dict[str, str] = {}
    if to.state not in State.values:
        messages["state"] = "Choose one of the list."
    if to.owner_id is not None and (owner := handlers().filter(pk=to.owner_id).first()) is None:
        messages["owner"] = "Choose somebody who handles complaints."
    if len(outcome) > LONGEST:
        messages["outcome"] = f"Keep it to {LONGEST:,} characters; it has {len(outcome):,}."
    elif to.state in DECISIONS and not outcome:
        messages["outcome"] = "Say what was found. It stays on record."
    if to.update_id is not None:
        update = Update.objects.filter(pk=to.update_id, story=complaint.story_id or 0).first()
        if update is None:
            messages["update"] = "Choose one of this story’s updates."
    if to.withdrawal_id is not None:
        withdrawal = withdrawals(complaint.story_id).filter(pk=to.withdrawal_id).first()
        if withdrawal is None:
            messages["withdrawal"] = "Choose one of this story’s withdrawals."
    story = story_at(typed.line(to.page)) if to.page.strip() and complaint.story_id is None else None
    if to.page.strip() and complaint.story_id is None and story is None:
        messages["page"] = "No story that readers have seen has this address."
    if messages:
        raise Refused(messages)
    if owner is None and to.state != State.NEW and complaint.owner_id is None:
        owner = person
    decided = to.state in DECISIONS
    anew = decided and to.state != complaint.state
    facts: dict[str, Any] = {"state": to.state, "owner": owner, "outcome": outcome}
    facts |= {"update": update, "withdrawal": withdrawal}
    if story is not None:
        facts |= {"story": story, "revision": _seen_then(story, complaint.received_at)}
    if not decided:
        facts |= {"decided_at": None, "decided_by": None}
    elif anew:
        facts |= {"decided_at": at, "decided_by": person}
    with transaction.atomic():
        _claim(complaint, expected_version, set_aside=False, **facts)
        for act, words in _said(complaint, person, facts):
            ComplaintEntry.objects.create(complaint=complaint, act=act, words=words, person=person, at=at)
        if story is not None:
            ComplaintEntry.objects.create(
                complaint=complaint, act="said which story it is about", words=story.path, person=person, at=at
            )
        if owner is not None and owner.pk != complaint.owner_id:
            notices.tell(
                notice_kinds.COMPLAINT.name, [owner], key=f"complaint:{complaint.pk}:{expected_version}:owner", by=person,
                title=f"{person.name} gave you a complaint", detail=complaint.wrong, url=path(complaint), at=at,
            )  # fmt: skip
    return Complaint.objects.get(pk=complaint.pk)


def _seen_then(story: Story, at: datetime) -> Revision | None:
    """What readers saw of a story at a moment, as far as the log says; None before its first publication."""
    shown = MoveLog.objects.filter(story=story, at__lte=at, move__in=PUBLISHES).select_related("revision")
    log = shown.order_by("-pk").first()
    return log.revision if log else None


def aside_lately(at: datetime) -> int:
    """How many were set aside in the last day, up to a hundred: among a flood may be a person's."""
    return Complaint.objects.filter(set_aside=True, received_at__gt=at - timedelta(days=1))[:100].count()


def open_of(story_id: int) -> QuerySet[Complaint]:
    """What readers reported of a story and nobody has decided yet, the oldest first."""
    return Complaint.objects.filter(story=story_id, decided_at=None, set_aside=False).order_by("received_at", "pk")


def withdrawals(story_id: int | None) -> QuerySet[MoveLog]:
    """The moves that took a story from readers, the last first."""
    return MoveLog.objects.filter(story=story_id or 0, move__in=WITHDRAWALS).select_related("person")


def tie(ids: Sequence[int], to: Update | MoveLog, *, person: Person, at: datetime) -> list[Complaint]:
    """Tie open complaints of the story to the correction or the withdrawal that answers them, in its transaction.

    Raises:
        MoveRefused: one of them (field "complaints") is decided, set aside, or of another story.
    """
    if not ids:
        return []
    found = list(open_of(to.story_id).filter(pk__in=ids).select_for_update())
    if len(found) != len(set(ids)):
        raise MoveRefused({"complaints": "One of these complaints has been decided meanwhile. Choose again."})
    field, words = ("update", to.line) if isinstance(to, Update) else ("withdrawal", to.reason)
    for complaint in found:
        # The version rises: whoever has it open would otherwise untie it by saving their form.
        Complaint.objects.filter(pk=complaint.pk).update(**{field: to}, version=F("version") + 1)
        act = f"tied a {_CALLED[field]} to it"
        ComplaintEntry.objects.create(complaint=complaint, act=act, words=words, person=person, at=at)
    return found


def bring_in(*, complaint: Complaint, person: Person, expected_version: int, at: datetime) -> None:
    """Take a complaint that was set aside for one of a person. Its clock began when it came.

    Raises:
        Refused, Stale: as ``change``.
    """
    _must_handle(person)
    with transaction.atomic():
        _claim(complaint, expected_version, set_aside=False)
        ComplaintEntry.objects.create(complaint=complaint, act="brought it in", person=person, at=at)


def answer(*, complaint: Complaint, person: Person, expected_version: int, words: str, at: datetime) -> None:
    """Write to whoever complained. The letter leaves with this transaction.

    Raises:
        Refused: by field (words), or there is no address (any more).
        Stale: somebody changed it since; perhaps they answered.
    """
    _must_handle(person)
    words = typed.lines(words)
    if not words:
        raise Refused({"words": "Write the answer first."})
    if len(words) > LONGEST:
        raise Refused({"words": f"Keep it to {LONGEST:,} characters; it has {len(words):,}."})
    with transaction.atomic():
        _claim(complaint, expected_version, set_aside=False)
        # The row is ours now: read again, or an address that was erased a moment ago would still be written to.
        fresh = Complaint.objects.select_related("story__published_revision").get(pk=complaint.pk)
        if not fresh.contact:
            raise Refused("There is no address to answer to.")
        entry = ComplaintEntry.objects.create(
            complaint=fresh, act="answered by mail", words=words, person=person, at=at
        )
        name = current().name
        seen = fresh.story.published_revision if fresh.story else None
        text = render_to_string(
            "desk/articles/letters/complaint.txt",
            {
                "complaint": fresh,
                "words": words,
                "headline": seen.headline if seen else "",
                "origin": settings.ORIGIN,
                "publication_name": name,
            },
        )
        try:
            mail.send(key=f"{_letters(fresh)}{entry.pk}", to=fresh.contact, subject=f"Your report to {name}", text=text)
        except mail.MailError:
            raise Refused("No letter can be written to this address.") from None


def forget(at: datetime) -> int:
    """Erase the addresses whose time is over: CONTACT_KEPT after the decision, or after the day on which it was due.
    The letters that went there forget theirs as well. Return how many."""
    before = at - CONTACT_KEPT
    over = Q(decided_at__lt=before) | Q(decided_at__isnull=True, due_at__lt=before)
    erased = 0
    for complaint in Complaint.objects.filter(over).exclude(contact="").order_by("pk")[:1000]:
        with transaction.atomic():
            if (
                Complaint.objects.filter(over, pk=complaint.pk)
                .exclude(contact="")
                .update(contact="", contact_erased_at=at, version=F("version") + 1)
            ):
                forget_letters(_letters(complaint))
                ComplaintEntry.objects.create(complaint=complaint, act="the address was erased", at=at)
                erased += 1
    Complaint.objects.filter(set_aside=True, received_at__lt=at - SET_ASIDE_KEPT, entries=None).delete()
    return erased


def remind(at: datetime) -> None:
    """Tell whoever has it, or everybody who could, three days before a complaint is due."""
    soon = Complaint.objects.filter(decided_at=None, set_aside=False, due_at__lte=at + REMINDED, due_at__gt=at)
    everybody: list[Person] | None = None
    for complaint in soon.select_related("owner")[:200]:
        if everybody is None:
            everybody = list(handlers())
        owner = complaint.owner
        # Who has left keeps the roles of that day, and reads nothing any more.
        told = [owner] if owner and owner.is_active and may_handle_complaints(owner) else everybody
        with transaction.atomic():
            notices.tell(
                notice_kinds.COMPLAINT.name, told, key=f"complaint:{complaint.pk}:due",
                title=f"A complaint is due on {timezone.localtime(complaint.due_at):%-d %B}", detail=complaint.wrong,
                url=path(complaint), at=at,
            )  # fmt: skip


def path(complaint: Complaint) -> str:
    """Its page at the desk."""
    return reverse("articles-desk:complaint", args=[complaint.pk])


def told_under(complaint_id: int) -> str:
    """What its coming is told under."""
    return f"complaint:{complaint_id}"


def _letters(complaint: Complaint) -> str:
    return f"complaint:{complaint.pk}:answer:"


def _claim(complaint: Complaint, expected_version: int, **facts: Any) -> None:
    """Change the row if it stands as it was read. Raises Stale."""
    seen = Complaint.objects.filter(pk=complaint.pk, version=expected_version)
    if not seen.update(version=F("version") + 1, **facts):
        last = ComplaintEntry.objects.filter(complaint=complaint).select_related("person").first()
        who = last.person.name if last and last.person else "Somebody"
        raise Stale(f"{who} changed this complaint while you had it open. Look at it again, then decide.")


def _said(before: Complaint, person: Person, now: dict[str, Any]) -> list[tuple[str, str]]:
    owner, outcome = now["owner"], now["outcome"]
    said = []
    if now["state"] != before.state:
        said.append((f"set it to “{State(now['state']).label}”", ""))
    if owner != before.owner:
        given = "took it" if owner == person else f"gave it to {owner.name}" if owner else "left it without an owner"
        said.append((given[:40], ""))
    if outcome != before.outcome:
        said.append(("wrote the outcome" if not before.outcome else "changed the outcome", outcome))
    for field, words in (("update", "line"), ("withdrawal", "reason")):
        if (to := now[field]) != getattr(before, field):
            called = _CALLED[field]
            said.append((f"tied a {called} to it", getattr(to, words)) if to else (f"untied the {called}", ""))
    return said


def _must_handle(person: Person) -> None:
    if not may_handle_complaints(person):
        raise Refused("Complaints are for editors and legal.")
