from __future__ import annotations

from newsroom.outbox import event

# person_id is None where nobody has the address: the request does the same work either way.
RESET_ASKED = event("accounts.reset-asked", fields=("person_id",))
# Their name stands in bylines: pages that readers have say another one now.
RENAMED = event("accounts.renamed", fields=("person_id",))
