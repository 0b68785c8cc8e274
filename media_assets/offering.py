"""What a picture file's own words offer to whoever completes it: in the desk's form, and never taken for a person's."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from media_assets import metadata
from media_assets.models import Agency

ASK = "The file itself says “call for image”"


def suggestions(said: metadata.Said, agency: Agency | None) -> dict[str, str]:
    """What the form offers: the file's own words, the credit in the desk's form. ``said`` stays as it is."""
    offered = {field: found["value"] for field, found in said.items()}
    credit = offered.get("credit") or offered.get("source", "")
    form, creator = metadata.house_form(credit, agency.name if agency else "", agency.credit if agency else "")
    offered["credit"] = form
    if creator and not offered.get("creator"):
        offered["creator"] = creator
    return offered


def agency_of(said: metadata.Said) -> Agency | None:
    """The agency whose name stands in the file's credit, source or copyright notice; the longest name wins."""
    words = " / ".join(said[field]["value"] for field in ("credit", "source", "copyright_notice") if field in said)
    named = [agency for agency in Agency.objects.all() if agency.name.casefold() in words.casefold()] if words else []
    return max(named, key=lambda agency: len(agency.name), default=None)


def address(said: str) -> str:
    """The address of a page that a file names, or nothing: it says what it likes, and readers' machines will follow it."""
    try:
        URLValidator(["https", "http"])(said)
    except ValidationError:
        return ""
    return said if len(said) <= 500 else ""


def must_be_asked_for(said: metadata.Said) -> bool:
    """Whether the agency's file says that it comes from a sales representative and not with a subscription."""
    found = said.get("call_for_image")
    return found is not None and found["value"].casefold() in {"true", "yes", "y", "1"}
