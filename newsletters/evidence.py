"""What can be proved of one person: every receipt with the words that they saw, and their place in the chain."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q

from newsletters import chain, consent, keyed, suppression
from newsletters.models import AddressChange, ChainCheck, ConsentReceipt, SignUp, Subscriber
from newsroom.wording import harmless

LONGEST_PATH = 20_000  # links from the first receipt on; beyond them a proof says where it ends
COLUMNS = (
    "receipt", "act", "purpose", "wording", "version", "companies", "list", "when", "asked", "page", "story", "form", "how",
    "digest",
)  # fmt: skip


def people(normalised: str) -> list[Subscriber]:
    """Return the rows that this address has, or had before it was erased or moved: found by its keyed hash."""
    hashes = keyed.all_of(normalised)
    named = Q(normalised=normalised) | Q(
        pk__in=ConsentReceipt.objects.filter(address_hash__in=hashes).values("subscriber")
    )
    moved = AddressChange.objects.filter(Q(old_hash__in=hashes) | Q(new_hash__in=hashes), confirmed_at__isnull=False)
    return list(Subscriber.objects.filter(named | Q(pk__in=moved.values("subscriber"))).order_by("pk"))


def receipt(row: ConsentReceipt) -> dict[str, Any]:
    """Return one receipt whole, with the words that the person read and what its digest is made of."""
    story, listed = row.story, row.list_version
    revision = story.published_revision if story else None
    return {
        "receipt": row.seq,
        "act": row.get_act_display(),
        "purpose": row.purpose.name,
        "wording": row.wording.text,
        "version": row.wording.version,
        "companies": row.wording.companies,
        "list_of": row.wording.list_date.isoformat(),
        "newsletter": {"name": listed.name, "version": listed.version, "promise": listed.promise, "rhythm": listed.rhythm,
                       "boxes": listed.boxes} if listed else None,
        "when": row.at.isoformat(),
        "asked": row.asked_at.isoformat(),
        "page": row.page_path,
        "story": {"id": story.pk, "headline": revision.headline if revision else "", "address": story.path} if story else None,
        "form": row.form,
        "how": row.how,
        "address_hash": row.address_hash,
        "previous": row.previous,
        "content": row.content,
        "digest": row.digest,
        "hashed": chain.values_of(row, chain.words_of(row.wording)),
    }  # fmt: skip


def of_person(person: Subscriber) -> dict[str, Any]:
    """Return all that we have of a person, for themselves."""
    return {
        "address": person.address,
        "confirmed": _iso(person.confirmed_at),
        "paused_until": _iso(person.paused_until),
        "erased": _iso(person.erased_at),
        "newsletters": [
            {
                "newsletter": one.newsletter.name,
                "state": one.get_state_display(),
                "since": _iso(one.confirmed_at),
                "left": _iso(one.left_at),
                "left_by": one.left_by,
            }
            for one in person.subscriptions.select_related("newsletter").order_by("pk")
        ],
        "receipts": [receipt(row) for row in consent.history(person)],
        "letters": [
            {"issue": one.issue.frozen_subject, "state": one.get_state_display(), "sent": _iso(one.sent_at), "why": one.why}
            for one in person.deliveries.select_related("issue").defer("issue__frozen_html", "issue__frozen_text")
            .order_by("pk")
        ],
        "sign_ups": [
            {"newsletter": one.newsletter.name, "asked": _iso(one.requested_at), "confirmed": _iso(one.confirmed_at),
             "page": one.page_path, "form": one.form}
            for one in SignUp.objects.filter(normalised=person.normalised or "-").select_related("newsletter")
        ],
        "address_changes": [
            {"to": one.address, "asked": _iso(one.asked_at), "confirmed": _iso(one.confirmed_at)}
            for one in person.changes.all()
        ],
    }  # fmt: skip


def for_regulator(normalised: str, *, at: datetime) -> dict[str, Any]:
    """Return the whole evidence for one address, the erased included, with the proof by the chain."""
    found = people(normalised)
    rows = ConsentReceipt.objects.filter(subscriber__in=found, seq__isnull=False).order_by("seq")
    suppressed = suppression.of(normalised)
    return {
        "made": at.isoformat(),
        "by": settings.ORIGIN,
        "address": normalised,
        "address_hash": keyed.one(normalised),
        "suppressed": {"why": suppressed.get_why_display(), "since": _iso(suppressed.at)} if suppressed else None,
        "people": [of_person(person) for person in found],
        "proof": _proof(rows.values_list("seq", flat=True).first()),
    }


def as_csv(receipts: Iterable[dict[str, Any]]) -> str:
    """Return receipts as a table (RFC 4180). No cell begins as a formula would."""
    written = io.StringIO()
    rows = csv.writer(written, quoting=csv.QUOTE_ALL)
    rows.writerow(COLUMNS)
    for one in receipts:
        listed, story = one["newsletter"], one["story"]
        cells = [
            one["receipt"], one["act"], one["purpose"], one["wording"], one["version"],
            ", ".join(company["name"] for company in one["companies"]),
            f"{listed['name']}, version {listed['version']}" if listed else "", one["when"], one["asked"], one["page"],
            story["headline"] if story else "", one["form"], one["how"], one["digest"],
        ]  # fmt: skip
        rows.writerow([harmless(cell) for cell in cells])
    return written.getvalue()


def _proof(first: int | None) -> dict[str, Any]:
    """The links from the person's first receipt to the newest, each by the hash of its content alone: anybody can follow
    the digests from the receipts above to the head, and learns nothing of other people."""
    last = ConsentReceipt.objects.filter(seq__isnull=False).order_by("-seq").first()
    checked = ChainCheck.objects.first()
    links = (
        ConsentReceipt.objects.filter(seq__gte=first or 0).order_by("seq") if first else ConsentReceipt.objects.none()
    )
    path = list(links.values_list("seq", "content", "digest")[:LONGEST_PATH])
    return {
        "recipe": "digest = SHA-256 of seq, the digest before, content; content = SHA-256 of the values under “hashed”; each value "
        "as a netstring: its length in bytes, a colon, the value, a comma",
        "head": {"receipt": last.seq, "digest": last.digest} if last else None,
        "links": [{"receipt": seq, "content": content, "digest": digest} for seq, content, digest in path],
        "links_end": "at the head" if last is None or not path or path[-1][0] == last.seq else f"at receipt {path[-1][0]}",
        "last_walk": {"at": _iso(checked.at), "receipts": checked.receipts, "head": checked.head, "broken": checked.broken}
        if checked else None,
    }  # fmt: skip


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
