"""What happens to stories that other rooms act on. Each is recorded in the transaction that caused it.

That somebody took a move is said by the move's own event (``moves.EVENTS``); here stands what follows from several of
them alike, above all what readers see.
"""

from __future__ import annotations

from newsroom.outbox.events import event

# The story went to another section, under another rule: the draft is in review again.
APPROVAL_ENDED = event("draft.approval-ended", fields=("story_id", "draft_id", "revision_id", "person_id"))

# First publication; STORY_UPDATED is every later one, and says which of the four kinds it was.
STORY_PUBLISHED = event("story.published", fields=("story_id", "revision_id"))
STORY_UPDATED = event("story.updated", fields=("story_id", "revision_id", "update_kind"))
STORY_WITHDRAWN = event("story.withdrawn", fields=("story_id",))
# It was taken from readers, for good or until an embargo ends: every exit acknowledges that it is gone (``exits``).
STORY_LEFT = event("story.left", fields=("story_id", "log_id"))
STORY_REINSTATED = event("story.reinstated", fields=("story_id",))
# A published story leaves every exit until the embargo ends; it is told again at that moment, when it may come back.
STORY_EMBARGOED = event("story.embargoed", fields=("story_id",))
EMBARGO_ENDED = event("story.embargo-ended", fields=("story_id",))
# What was scheduled: a try failed and will be repeated; it came late; it was stopped and nothing happens by itself.
SCHEDULE_FAILED = event("schedule.failed", fields=("schedule_id", "why"))
SCHEDULE_LATE = event("schedule.late", fields=("schedule_id",))
SCHEDULE_STOPPED = event("schedule.stopped", fields=("schedule_id", "why", "person_id"))
# Section, address, bylines, topics or the live mark of a published story changed: its pages say something else now.
# section_ids, topic_ids, author_ids: where it stood before, too: their pages and feeds have lost it.
STORY_CHANGED = event("story.changed", fields=("story_id", "section_ids", "topic_ids", "author_ids"))

# A page was given to readers for the first time: its pictures and style sheet are kept beside it.
PAGE_SEEN = event("page.seen", fields=("page_id",))
# Pages that readers saw are kept no longer: files that no other page names go with them.
PAGES_ENDED = event("page.ended", fields=("digests",))

# What feeds say is other than before, and whoever waits at the hub is to hear of it. The lists: which it has left, too.
FEEDS_CHANGED = event("feeds.changed", fields=("story_id", "section_ids", "topic_ids", "author_ids", "left"))

# Editors ordered the first places of a page. tag: that page's, "home" or "section:3".
FRONT_ARRANGED = event("front.arranged", fields=("tag",))
SECTION_CHANGED = event("section.changed", fields=("section_id",))
TOPIC_CHANGED = event("topic.changed", fields=("topic_id",))
PRODUCT_CHANGED = event("product.changed", fields=("product_id",))
# The recheck found it otherwise than before. what: "gone", "moved", "held" (a price waits for a person) or "well".
OFFER_TURNED = event("offer.turned", fields=("offer_id", "what"))
MERCHANT_CHANGED = event("merchant.changed", fields=("merchant_id",))

# A reader says that something is wrong.
COMPLAINT_RECEIVED = event("complaint.received", fields=("complaint_id",))
