from __future__ import annotations

from newsroom.outbox import event

PUBLICATION_CHANGED = event("publication.changed", fields=())
