from __future__ import annotations

from newsroom.outbox import EventData, handler
from newsroom.pagecache import purge

from .events import PUBLICATION_CHANGED


@handler(PUBLICATION_CHANGED, name="publication.purge")
def purge_pages(event: EventData) -> None:
    """The masthead stands on every page."""
    purge("publication")
