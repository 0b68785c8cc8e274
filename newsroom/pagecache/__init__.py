"""Finished pages, kept by tag, served before Django (domain 23).

A reader view says what its page stands on: ``return pagecache.keep(render(...), {"story:12", "section:3"})``. Whoever
changes one of these things says so once it is committed: ``pagecache.purge("story:12")``, from a handler of the outbox.
A view with pages to turn declares it: ``@pagecache.varies("page")``.
A view that keeps its page is the same for everybody: it is rendered without cookies, for the site's own address.
"""

from __future__ import annotations

from newsroom.pagecache.brief import BriefCopy
from newsroom.pagecache.handover import keep, varies
from newsroom.pagecache.purging import purge

__all__ = ["BriefCopy", "keep", "purge", "varies"]
