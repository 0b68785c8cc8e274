from __future__ import annotations

from newsroom.outbox.events import event

PUBLICATION_CHANGED = event("publication.changed", fields=())
