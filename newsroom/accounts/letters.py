"""The letters of this room: an invitation and a password link."""

from __future__ import annotations

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from newsroom import mail
from newsroom.accounts.models import Person
from newsroom.publication.current import current


def invitation(person: Person, secret: str, *, key: str, by: str) -> None:
    """Send the invitation, in the caller's transaction."""
    _send("invitation", person, secret, key=key, subject="Your place at the desk of {publication}", by=by)


def reset(person: Person, secret: str, *, key: str) -> None:
    """Send the link to a new password, in the caller's transaction."""
    _send("reset", person, secret, key=key, subject="A new password for the desk of {publication}")


def _send(kind: str, person: Person, secret: str, *, key: str, subject: str, **facts: str) -> None:
    name = current().name
    text = render_to_string(
        f"desk/accounts/letters/{kind}.txt",
        {
            "person": person,
            "link": settings.ORIGIN + reverse(f"accounts:{kind}-link", kwargs={"secret": secret}),
            "publication_name": name,
            **facts,
        },
    )
    mail.send(key=key, to=person.email, subject=subject.format(publication=name), text=text)
