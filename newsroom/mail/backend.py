"""Django's own mails (error reports) on the letters' road."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError

from newsroom.mail.letters import keep
from newsroom.mail.message import MailError, address

log = logging.getLogger(__name__)


class LetterBackend(BaseEmailBackend):
    """Writes each recipient's copy into the ledger instead of talking to a server inside a request."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep every message once per recipient. Return how many messages were kept whole.

        Raises:
            MailError, DatabaseError: unless ``fail_silently``; then they are logged.
        """
        kept = 0
        for message in email_messages:
            try:
                self._keep(message)
            except (MailError, DatabaseError):
                if not self.fail_silently:
                    raise
                log.exception("A mail could not be written down: %s", message.subject)
            else:
                kept += 1
        return kept

    def _keep(self, message: EmailMessage) -> None:
        built: Any = message.message()
        content = built.as_bytes(linesep="\r\n")
        message_id = str(built["Message-ID"])
        sender = address(message.from_email, "sender")[1]
        each = uuid.uuid4().hex
        for recipient in dict.fromkeys(message.recipients()):
            to = address(recipient, "to")[1]
            keep(key=f"django:{each}:{to}"[:200], to=to, subject=str(message.subject), content=content,
                 message_id=message_id, envelope_from=sender)  # fmt: skip
