"""The demo's letters, as its mail server lays them down."""

from __future__ import annotations

import time
from email.message import EmailMessage
from itertools import count
from pathlib import Path

from django.conf import settings

_number = count(1)
LEAVE = "http://127.0.0.1:8000/newsletters/leave/abc/"


def letter(
    *,
    subject: str = "Please confirm your address",
    to: str = "reader@example.org",
    text: str = "Press the button: http://127.0.0.1:8000/newsletters/confirm/abc/",
    html: str = "<p>Press the button.</p>",
    one_click: str = "",
) -> str:
    """Lay a letter into the inbox, the newest so far, and return its name."""
    message = EmailMessage()
    message["X-Envelope-To"], message["From"], message["To"] = to, "The Long Walk <desk@longwalk.example>", to
    message["Subject"] = subject
    if one_click:
        message["List-Unsubscribe"], message["List-Unsubscribe-Post"] = f"<{one_click}>", "List-Unsubscribe=One-Click"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    name = str(time.time_ns() + next(_number))
    folder = Path(settings.HOME) / "inbox"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.eml").write_bytes(message.as_bytes())
    return name
