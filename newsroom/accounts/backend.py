"""How Django asks who somebody is."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from newsroom.accounts.models import Person


class PersonBackend(BaseBackend):
    def authenticate(
        self, request: HttpRequest | None, email: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Person | None:
        """Return the active person with this address and password, or None.

        Every refusal costs one password hash, so its time does not tell whether the address is known.
        """
        email = email if email is not None else kwargs.get("username")
        if not isinstance(email, str) or password is None:
            return None
        person = Person.objects.with_email(email).first()
        if person is None or not person.has_usable_password():
            Person().set_password(password)
            return None
        return person if person.check_password(password) and person.is_active else None

    def get_user(self, user_id: int) -> Person | None:
        # Asked on every request: somebody who was shut out is out on the very next one.
        return Person.objects.filter(pk=user_id, is_active=True).first()
