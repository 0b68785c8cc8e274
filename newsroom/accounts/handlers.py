from __future__ import annotations

from newsroom.accounts import passwords
from newsroom.accounts.events import RESET_ASKED
from newsroom.outbox import EventData, handler


@handler(RESET_ASKED, name="accounts.mail-reset", does="Mail the link for a new password")
def mail_reset(event: EventData) -> None:
    """Mail the link, away from the request: its time would tell whether the address is known."""
    if event.payload["person_id"] is not None:
        passwords.mail_link(event.payload["person_id"], cause=f"reset:{event.id}")
