"""What happens in the newsletters, as others may hear of it."""

from __future__ import annotations

from newsroom.outbox import event

SIGN_UP_REQUESTED = event("newsletters.sign_up_requested", fields=("sign_up_id",))
SUBSCRIBED = event("newsletters.subscribed", fields=("subscription_id",))
SUBSCRIBER_LEFT = event("newsletters.left", fields=("subscription_id",))
NEWSLETTER_CHANGED = event("newsletters.changed", fields=("newsletter_id",))
LINK_REQUESTED = event("newsletters.link_requested", fields=("request_id",))
ADDRESS_CHANGE_ASKED = event("newsletters.address_change_asked", fields=("change_id",))
IMPORT_BEGUN = event("newsletters.import_begun", fields=("import_id",))
ISSUE_STARTED = event("newsletters.issue_started", fields=("issue_id",))
