"""Text as people type and paste it, made fit to keep. Nothing here refuses; the rules that call it do."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from newsroom import blocks

# PostgreSQL keeps no NUL and no lone surrogate: one of them in a headline would answer 500. The direction marks turn
# text around so that it reads otherwise than it is.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")


def line(text: str) -> str:
    """One line: control characters gone, every run of blanks one space, none at the ends."""
    return " ".join(_UNWRITABLE.sub("", text).split())


def lines(text: str) -> str:
    """Several lines: as ``line``, each; at most one empty line between two."""
    rows = [line(row) for row in _UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(rows)).strip()


def web_address(text: str) -> str | None:
    """``text`` as an http or https address of a real host, or None."""
    address = blocks.safe_address(line(text))
    if address is None or urlsplit(address).scheme.lower() not in ("http", "https"):
        return None
    return address


def whole_number(text: object) -> int | None:
    """``text`` as an id (1 to 2**63 - 1), or None. Never raises: ids come from addresses and forms."""
    written = str(text).strip()
    if not (written.isascii() and written.isdigit()) or len(written) > 19:
        return None
    number = int(written)
    return number if 0 < number < 2**63 else None
