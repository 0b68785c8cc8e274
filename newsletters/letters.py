"""The single letters of this room: please confirm, and you are on the list already."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from newsletters import addresses, signup, tokens
from newsletters.composition import mjml
from newsletters.models import AddressChange, LinkRequest, SignUp, Subscriber
from newsroom import mail
from newsroom.publication.current import current


def answer(sign_up_id: int, *, at: datetime) -> None:
    """Write to the address of a sign-up, in the caller's transaction. Called again, it writes nothing more.

    Nothing that a person typed is repeated in the letter: a form that mails typed words to any address is a gift to
    those who send rubbish. One-click headers are left out: this is not bulk mail, and there is no list to leave.
    """
    sign_up = SignUp.objects.select_related("newsletter").filter(pk=sign_up_id).first()
    if sign_up is None or sign_up.confirmed_at or sign_up.queued_at or sign_up.tokens.exists():
        return
    there = signup.standing(sign_up)
    if there is not None:
        since = timezone.localtime(there.confirmed_at)
        _send("already", sign_up, f"You are on the list already: {sign_up.newsletter.name}", since=since)
        return
    key = tokens.make(sign_up, at=at)
    _send(
        "confirm",
        sign_up,
        f"Confirm your sign-up to {sign_up.newsletter.name}",
        link=settings.ORIGIN + reverse("newsletters:confirm", kwargs={"token": key}),
        ticks=list(sign_up.ticks.order_by("signuptick__id")),
        until=timezone.localtime(at + tokens.CONFIRM_WITHIN),
        zone=timezone.localtime(at + tokens.CONFIRM_WITHIN).tzname(),
    )


def link(request_id: int, *, at: datetime) -> None:
    """Mail the link to the preferences, where the address is one of ours; else nothing. The request goes either way: we
    have no ground to keep a stranger's address."""
    asked = LinkRequest.objects.filter(pk=request_id).first()
    if asked is None:
        return
    person = Subscriber.objects.filter(normalised=asked.normalised, confirmed_at__isnull=False).first()
    if person is not None:
        key = tokens.make_for_centre(person, at=at)
        _write("link", f"link:{asked.pk}", person.address, "Your newsletters and what you agreed to",
               link=settings.ORIGIN + reverse("newsletters:centre", kwargs={"token": key}),
               until=timezone.localtime(at + tokens.CENTRE_WITHIN))  # fmt: skip
    asked.delete()


def move(change_id: int, *, at: datetime) -> None:
    """Ask the new address whether it is the reader's. Called again, it writes nothing more."""
    change = AddressChange.objects.filter(pk=change_id, confirmed_at=None).exclude(address="").first()
    if change is None or change.tokens.exists():
        return
    key = tokens.make_for_move(change, at=at)
    _write("move", f"move:{change.pk}", change.address, "Confirm your new address",
           link=settings.ORIGIN + reverse("newsletters:move", kwargs={"token": key}),
           until=timezone.localtime(at + tokens.MOVE_WITHIN))  # fmt: skip


def moved(change: AddressChange, *, old: str, at: datetime) -> None:
    """Tell the old address that letters go elsewhere now, in the caller's transaction. The new one is not named: whoever
    reads this mailbox need not be who moved."""
    _write(
        "moved", f"moved:{change.pk}", old, "Your letters go to another address now", moved_at=timezone.localtime(at)
    )


def _send(kind: str, sign_up: SignUp, subject: str, **facts: Any) -> None:
    _write(kind, f"{kind}:{sign_up.pk}", sign_up.address, subject, newsletter=sign_up.newsletter, **facts)


def _write(kind: str, key: str, to: str, subject: str, **facts: Any) -> None:
    context = {"publication": current(), "origin": settings.ORIGIN, **facts}
    mail.send(
        key=f"newsletters.{key}",
        to=addresses.read(to).deliverable,
        subject=subject,
        text=render_to_string(f"emails/{kind}.txt", context).strip() + "\n",
        html=str(mjml.render(f"emails/{kind}.mjml", context)),
        headers={"Auto-Submitted": "auto-generated"},
    )
