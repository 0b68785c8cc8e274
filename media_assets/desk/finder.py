"""Pictures in the desk's palette."""

from __future__ import annotations

from django.urls import reverse

from media_assets import access, library
from newsroom.accounts.models import Person
from newsroom.deskui.palette import Hit


def find(person: Person, question: str) -> list[Hit]:
    """At most six pictures, the newest first, in two queries."""
    if not access.may(person, "see"):
        return []
    found = library.search(question).only("caption", "alternative_text", "original_name", "credit")[:6]
    return [Hit(one.title[:120], reverse("media-desk:asset", args=[one.pk]), "Picture", one.credit) for one in found]
