"""Writing a letter into the ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from django.conf import settings
from django.db import transaction

from newsroom.mail.message import address, build
from newsroom.mail.models import Letter
from newsroom.outbox.doorbell import ring_on_commit

POST = "newsroom.mail.post"


def send(
    *,
    key: str,
    to: str,
    subject: str,
    text: str,
    html: str | None = None,
    headers: Mapping[str, str] | None = None,
    sender: str | None = None,
) -> Letter:
    """Write a letter into the caller's transaction; it is posted soon after the commit.

    Arguments:
        key: what the letter is, unique for ever, for example ``"reset:17:3"``. The same key again adds nothing and
            returns the letter that is there, so a repeated handler mails nobody twice.
        Others as for ``build``.

    Raises:
        MailError: as for ``build``.
    """
    _, sender_address = address(sender or settings.MAIL_FROM, "sender")
    # Made from the key, so that a letter that was sent twice after all can be seen to be one letter.
    digest = hashlib.sha256(f"{settings.SECRET_KEY}\0{key}".encode()).hexdigest()[:40]
    message_id = f"<{digest}@{sender_address.rpartition('@')[2]}>"
    content = build(to=to, subject=subject, text=text, html=html, headers=headers, sender=sender, message_id=message_id)
    return keep(key=key, to=address(to, "to")[1], subject=subject, content=content, message_id=message_id,
                envelope_from=sender_address)  # fmt: skip


def keep(*, key: str, to: str, subject: str, content: bytes, message_id: str, envelope_from: str) -> Letter:
    """Write a finished message into the ledger, once per key; return what the ledger holds under it."""
    letter = Letter(
        key=key, to=to, subject=subject[:400], content=content, message_id=message_id, envelope_from=envelope_from
    )
    with transaction.atomic():
        Letter.objects.bulk_create([letter], ignore_conflicts=True)
        kept = Letter.objects.get(key=key)
        ring_on_commit(POST)
    return kept
