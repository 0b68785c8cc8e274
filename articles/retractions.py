"""When what was reported is taken back: marked once, every story that leans on it is listed and its people told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse

from articles import ledger, sources, typed
from articles.access import may
from articles.models import Outlet, Quotation, Retraction, Source, Story
from articles.refusals import Refused
from newsroom import audit, notices
from newsroom.accounts.models import Person
from newsroom.wording import quoted

MOST = 500


def through(outlet: Outlet) -> QuerySet[Quotation]:
    """What came by way of an outlet: said to it, relayed by it, or quoted from its own report; newest first."""
    report = Q(source__outlet=outlet, source__kind=Source.Kind.REPORT)
    found = Quotation.objects.filter(Q(chain__outlet=outlet) | report).distinct()
    return found.select_related("source", "verified_by").prefetch_related("chain__outlet").order_by("-pk")


def retract(
    quotation_ids: Collection[int],
    *,
    person: Person,
    at: datetime,
    outlet: Outlet | None = None,
    reason: str = "",
    link: str = "",
) -> list[Story]:
    """Mark entries as retracted and tell the owners and bylines of the stories that stand on them; return the stories.

    A text with such a quotation is stopped from then on (``checks``); what readers see stays until somebody updates or
    withdraws it, which is what the notice asks for.

    Arguments:
        outlet: who retracted; None where only a single quotation is marked. Then every entry must have come through it,
            and a reason is asked for.

    Raises:
        Refused: by field (quotations, reason, link), or the person does not write the ledger.
    """
    if not may(person).write_sources:
        raise Refused("The ledger is written by reporters and editors.")
    reason, link, wanted = typed.line(reason), typed.line(link), set(quotation_ids)
    messages = {}
    known = through(outlet) if outlet else Quotation.objects.all()
    if not wanted:
        messages["quotations"] = "Tick what is retracted."
    elif len(wanted) > MOST or known.filter(pk__in=wanted).count() != len(wanted):
        messages["quotations"] = "One of them is no longer in the ledger. Nothing was marked."
    if outlet and not reason:
        messages["reason"] = "Say what was retracted, in a few words: owners read it in their notice."
    elif len(reason) > 300:
        messages["reason"] = "Keep it to 300 characters."
    if link and (len(link) > 500 or typed.web_address(link) is None):
        messages["link"] = "Give the whole address, beginning with https://."
    if messages:
        raise Refused(messages)
    with transaction.atomic():
        found = Quotation.objects.filter(pk__in=wanted)
        # In the order in which a live post takes those that it quotes. It comes wholly before, and is found below, or
        # wholly after, and is refused.
        list(found.select_for_update(no_key=True).order_by("pk").values_list("pk"))
        made = Retraction.objects.create(outlet=outlet, reason=reason, link=link, person=person, at=at)
        made.quotations.set(wanted)
        found.update(state=Quotation.State.RETRACTED)
        ledger.recount(wanted)
        subject = f"outlet:{outlet.pk}" if outlet else f"quotation:{next(iter(wanted))}"
        audit.note(person, "quotation.retracted", subject, retraction=made.pk, quotations=sorted(wanted))
        stories = list(sources.leaning_on(found).prefetch_related("bylines__person"))
        for story in stories:
            _tell(story, made, person, at)
    return stories


def stands(quotation_id: int, *, person: Person, reason: str, at: datetime) -> list[Story]:
    """Take a retraction back: the entry was checked and stands. Whoever was told of the one is told of the other.

    Raises:
        Refused: no reason; it is not retracted (any more); or the person does not write the ledger.
    """
    if not may(person).write_sources:
        raise Refused("The ledger is written by reporters and editors.")
    reason = typed.line(reason)
    if not reason:
        raise Refused("Say why it stands after all: whoever was told of the retraction reads it.")
    if len(reason) > 300:
        raise Refused("Keep the reason to 300 characters.")
    with transaction.atomic():
        found = Quotation.objects.filter(pk=quotation_id)
        if not found.filter(state=Quotation.State.RETRACTED).update(
            state=Quotation.State.CONFIRMED, verified_by=person, verified_at=at, stands_because=reason
        ):
            raise Refused("This quotation is not retracted any more. Look at it again; nothing was changed.")
        ledger.recount([quotation_id])
        # Not why: the record is read by administrators, who read no ledger.
        audit.note(person, "quotation.stands", f"quotation:{quotation_id}")
        stories = list(sources.leaning_on(found).prefetch_related("bylines__person"))
        for story in stories:
            _notice(
                story,
                f"{person.name} says it stands after all:",
                reason,
                f"stands:{quotation_id}:{at.isoformat()}",
                person,
                at,
            )
    return stories


def _tell(story: Story, made: Retraction, person: Person, at: datetime) -> None:
    _notice(story, outlet_name(made), made.reason, f"retraction:{made.pk}", person, at)


def _notice(story: Story, said: str, detail: str, key: str, person: Person, at: datetime) -> None:
    seen = story.published_revision
    notices.tell(
        "articles.retraction",
        # Whoever reads the ledger: an owner may have gone to another desk, and the reason says what the source did.
        {one for one in (story.owner, *(byline.person for byline in story.bylines.all())) if may(one).read_sources},
        key=f"{key}:{story.pk}",
        title=f"{said} what {quoted(seen.headline)} quotes" if seen else f"{said} what a story of yours quotes",
        detail=detail,
        url=reverse("articles-desk:write", args=[story.pk]),
        at=at,
        by=person,
    )


def outlet_name(made: Retraction) -> str:
    """ "The Daily Mail retracted", or "Somebody retracted" where no outlet is named."""
    name = made.outlet.printed if made.outlet else "The source"
    return f"{name[:1].upper()}{name[1:]} retracted"
