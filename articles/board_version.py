"""Whether a board that is open shows what is true: one cheap number to compare."""

from __future__ import annotations

from datetime import datetime

from django.db import connection


def version(at: datetime) -> str:
    """What the board stands on at ``at``: equal versions show the same. One query, which reads one row.

    The minute is part of it: ages on the board are told to the minute, plans fall due by the clock alone, and a change
    that was counted just before its transaction ended is read again then.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM articles_board_changes")
        return f"{cursor.fetchone()[0]}-{int(at.timestamp()) // 60}"
