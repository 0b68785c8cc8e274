"""Mail: one message, built once, handed over, and a ledger that says what became of it.

``send`` writes a letter into the caller's transaction, ``build`` makes the bytes of any message, ``mail.smtp`` talks
to the server. The newsletters' deliveries use ``build`` and ``smtp`` with a ledger of their own.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from newsroom.mail.message import MailError, build

if TYPE_CHECKING:
    from newsroom.mail.letters import send
    from newsroom.mail.posting import post
    from newsroom.mail.waiting import arrived, send_again, stuck, uncertain

__all__ = ["MailError", "arrived", "build", "post", "send", "send_again", "stuck", "uncertain"]

_LATER = {
    "send": "letters",
    "post": "posting",
    "arrived": "waiting",
    "send_again": "waiting",
    "stuck": "waiting",
    "uncertain": "waiting",
}


def __getattr__(name: str) -> Any:
    if module := _LATER.get(name):
        return getattr(import_module(f"newsroom.mail.{module}"), name)
    raise AttributeError(name)
