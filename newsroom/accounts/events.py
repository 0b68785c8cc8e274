from __future__ import annotations

from newsroom.outbox import event

# person_id is None where nobody has the address: the request does the same work either way.
RESET_ASKED = event("accounts.reset-asked", fields=("person_id",))
