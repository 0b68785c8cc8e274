"""What happens in the newsletters, as others may hear of it."""

from __future__ import annotations

from newsroom.outbox import event

SIGN_UP_REQUESTED = event("newsletters.sign_up_requested", fields=("sign_up_id",))
SUBSCRIBED = event("newsletters.subscribed", fields=("subscription_id",))
SUBSCRIBER_LEFT = event("newsletters.left", fields=("subscription_id",))
NEWSLETTER_CHANGED = event("newsletters.changed", fields=("newsletter_id",))
ISSUE_STARTED = event("newsletters.issue_started", fields=("issue_id",))
