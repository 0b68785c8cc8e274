"""The number of what partners are given of a story: it grows with any change in it, a credit as well as a word."""

from __future__ import annotations

import hashlib

from django.db import connection

# One statement that writes in any case: it waits for another process's and then sees that one's row, where a look before
# or beside it would see the number from before.
_RAISE = """
INSERT INTO articles_newsobject AS kept (story_id, version, digest) VALUES (%s, %s, %s)
ON CONFLICT (story_id) DO UPDATE SET digest = excluded.digest,
    version = CASE WHEN kept.digest = excluded.digest THEN kept.version ELSE greatest(kept.version + 1, excluded.version) END
RETURNING version
"""


def version(story_id: int, said: bytes, *, least: int) -> int:
    """The number of a story's news object that says ``said``: the last one's where that said the same, else a higher one.

    least: it is never below this.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RAISE, [story_id, least, hashlib.sha256(said).hexdigest()])
        return int(cursor.fetchone()[0])
