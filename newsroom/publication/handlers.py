from __future__ import annotations

from newsroom.outbox import EventData, handler
from newsroom.pagecache import purge

from .events import PUBLICATION_CHANGED


@handler(PUBLICATION_CHANGED, name="publication.purge", does="Draw every page anew with the publication’s new facts")
def purge_pages(event: EventData) -> None:
    """The masthead stands on every page."""
    purge("publication")
