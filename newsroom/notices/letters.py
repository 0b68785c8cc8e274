"""Notices by mail: gathered, so that one busy hour is two letters and not forty.

The rule, in the words of the preferences page: the first letter goes two minutes after the first thing it tells; the
next one an hour later at the earliest, with all that came meanwhile; what was read at the desk by then is left out.

The waiting rows are the ledger and the sweep finds them; the letter is written into the mail's ledger in the same
transaction that marks them, so none is told twice or forgotten.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Min, OuterRef
from django.template.loader import render_to_string
from django.urls import reverse

from newsroom import mail
from newsroom.accounts.models import Person
from newsroom.notices.kinds import kind_named, seen_by
from newsroom.notices.models import Notice, Rhythm
from newsroom.publication.current import current

log = logging.getLogger(__name__)

GATHER = timedelta(minutes=2)
APART = timedelta(hours=1)
MOST_AT_ONCE = 500  # people a sweep: the rest is found by the next one
MOST_NAMED = 25  # notices in one letter; the others are counted


def post(at: datetime) -> int:
    """Write the letters that are due at ``at`` (aware). Return how many. One person's trouble holds nobody else back."""
    too_soon = Rhythm.objects.filter(person=OuterRef("person"), letter_at__gt=at - APART)
    due = (
        Notice.objects.filter(mail=Notice.Mail.WAITING)
        .exclude(Exists(too_soon))
        .order_by()
        .values("person")
        .annotate(first=Min("at"))
        .filter(first__lte=at - GATHER)
        .order_by("first")
        .values_list("person", flat=True)[:MOST_AT_ONCE]
    )
    written = 0
    for person_id in list(due):
        try:
            written += _post(person_id, at)
        except Exception:
            log.exception("The notices for person %s could not be mailed.", person_id)
    return written


def _post(person_id: int, at: datetime) -> bool:
    with transaction.atomic():
        Rhythm.objects.get_or_create(person_id=person_id)
        rhythm = Rhythm.objects.select_for_update(skip_locked=True).filter(pk=person_id).first()
        if rhythm is None or (rhythm.letter_at and rhythm.letter_at > at - APART):
            return False  # another sweep writes this letter, or has just written it
        waiting = Notice.objects.filter(person=person_id, mail=Notice.Mail.WAITING)
        waiting.filter(desk=True, read_at__isnull=False).update(mail=Notice.Mail.SEEN)
        person = Person.objects.get(pk=person_id)
        # Their roles may have changed since they were told.
        waiting.exclude(kind__in=seen_by(person)).update(mail=Notice.Mail.NOT)
        rows = list(waiting.order_by("id"))
        if not rows:
            return False
        sent = person.is_active and _write(person, rows)
        if sent:
            rhythm.letter_at = at
            rhythm.save(update_fields=["letter_at"])
        # By number, not "all that wait": one that was committed since we read is not in this letter.
        numbers = [row.pk for row in rows]
        Notice.objects.filter(pk__in=numbers).update(mail=Notice.Mail.SENT if sent else Notice.Mail.NOT)
    return sent


def _write(person: Person, rows: list[Notice]) -> bool:
    """Write the letter into the mail's ledger; False where none can be built for this address, now or later."""
    name = current().name
    subject = rows[0].title if len(rows) == 1 else f"{len(rows)} notices from the desk of {name}"
    text = render_to_string(
        "desk/notices/letters/notices.txt",
        {
            "person": person,
            "rows": [{"label": kind_named(row.kind).label, "row": row} for row in rows[:MOST_NAMED]],
            "more": max(0, len(rows) - MOST_NAMED),
            "origin": settings.ORIGIN,
            "listing": settings.ORIGIN + reverse("notices:notices"),
            "preferences": settings.ORIGIN + reverse("notices:preferences"),
            "publication_name": name,
        },
    )
    try:
        mail.send(key=f"notices:{person.pk}:{rows[-1].pk}", to=person.email, subject=subject, text=text)
    except mail.MailError as error:
        log.error("No letter can be built for person %s: %s", person.pk, error)
        return False
    return True


def tidy(before: datetime) -> int:
    """Delete notices told before ``before`` (aware) that wait for no letter. Return how many."""
    old = Notice.objects.filter(at__lt=before).exclude(mail=Notice.Mail.WAITING)
    return old.delete()[0]
