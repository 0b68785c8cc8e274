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
from newsletters.models import SignUp
from newsroom import mail
from newsroom.publication.current import current


def answer(sign_up_id: int, *, at: datetime) -> None:
    """Write to the address of a sign-up, in the caller's transaction. Called again, it writes nothing more.

    Nothing that a person typed is repeated in the letter: a form that mails typed words to any address is a gift to
    those who send rubbish. One-click headers are left out: this is not bulk mail, and there is no list to leave.
    """
    sign_up = SignUp.objects.select_related("newsletter").filter(pk=sign_up_id).first()
    if sign_up is None or sign_up.confirmed_at or sign_up.tokens.exists():
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


def _send(kind: str, sign_up: SignUp, subject: str, **facts: Any) -> None:
    context = {"newsletter": sign_up.newsletter, "publication": current(), **facts}
    mail.send(
        key=f"newsletters.{kind}:{sign_up.pk}",
        to=addresses.read(sign_up.address).deliverable,
        subject=subject,
        text=render_to_string(f"emails/{kind}.txt", context).strip() + "\n",
        html=str(mjml.render(f"emails/{kind}.mjml", context)),
        headers={"Auto-Submitted": "auto-generated"},
    )
