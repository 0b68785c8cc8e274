"""Django's admin: for administrators only, through the desk's own sign-in."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth import admin as auth_admin  # noqa: F401  (registers Group, taken away below)
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from newsroom.accounts.doors import require
from newsroom.accounts.models import Person
from newsroom.accounts.roles import Role
from newsroom.administration import ModelAdmin


def own_password(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    """The desk's own page counts attempts and writes the change down; the admin's would not."""
    return redirect("accounts:password")


admin.site.site_header = admin.site.site_title = "Administration"
admin.site.site_url = "/desk/"
# One way in: the desk's sign-in counts attempts, the admin's own form would not.
admin.site.login = require(Role.ADMINISTRATOR)(admin.site.login)  # type: ignore[method-assign, assignment]
admin.site.password_change = require()(own_password)  # type: ignore[method-assign, assignment]
admin.site.unregister(Group)  # a person has roles, no groups


@admin.register(Person)
class PersonAdmin(ModelAdmin):
    """To look at only: roles and leaving go through the desk's People page, whose rules hold there."""

    list_display = ["name", "email", "role_names", "standing", "last_login"]
    search_fields = ["name", "email"]
    fields = ["name", "email", "roles", "is_active", "invited_at", "joined_at", "left_at", "last_login"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
