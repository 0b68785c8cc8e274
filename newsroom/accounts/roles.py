"""The roles that a person can hold. What each may do stands in every app's ``access.py``, not here."""

from __future__ import annotations

from django.db import models


class Role(models.TextChoices):
    REPORTER = "reporter", "Reporter"
    EDITOR = "editor", "Editor"
    PICTURE_EDITOR = "picture_editor", "Picture editor"
    LEGAL = "legal", "Legal"
    MARKETING = "marketing", "Marketing"
    ADMINISTRATOR = "administrator", "Administrator"


# One sentence a role, in the words of the people: the invitation form and the desk's help show them.
PURPOSES: dict[str, str] = {
    Role.REPORTER: "Writes stories, adds sources and pictures, submits them. Never approves their own work.",
    Role.EDITOR: "Reviews, edits, approves, publishes, updates, corrects and withdraws.",
    Role.PICTURE_EDITOR: "Looks after the picture library, its credits and rights.",
    Role.LEGAL: "Reads everything. Places and lifts a hold.",
    Role.MARKETING: "Newsletters, sign-ups, issues and their results. Never story text or who a source is.",
    Role.ADMINISTRATOR: "People, roles and settings.",
}
