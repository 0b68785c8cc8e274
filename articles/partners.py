"""The number of what partners are given of a story: it grows with any change in it, a credit as well as a word."""

from __future__ import annotations

import hashlib

from django.db import connection

# One statement: the row is written only where the object is another one, and asked for where it is not.
_RAISE = """
WITH raised AS (
    INSERT INTO articles_newsobject AS kept (story_id, version, digest) VALUES (%(story)s, %(least)s, %(digest)s)
    ON CONFLICT (story_id) DO UPDATE
        SET version = greatest(kept.version + 1, excluded.version), digest = excluded.digest
        WHERE kept.digest <> excluded.digest
    RETURNING version
)
SELECT version FROM raised UNION ALL SELECT version FROM articles_newsobject WHERE story_id = %(story)s
ORDER BY version DESC LIMIT 1
"""


def version(story_id: int, said: bytes, *, least: int) -> int:
    """The number of a story's news object that says ``said``: the last one's where that said the same, else a higher one.

    least: it is never below this.
    """
    values: dict[str, int | str] = {"story": story_id, "least": least, "digest": hashlib.sha256(said).hexdigest()}
    with connection.cursor() as cursor:
        for _ in range(2):
            cursor.execute(_RAISE, values)
            # None: another process gave the first one of this story just now, and this statement saw neither.
            if (row := cursor.fetchone()) is not None:
                return int(row[0])
    return least
