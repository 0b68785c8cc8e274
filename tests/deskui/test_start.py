"""Where somebody lands who signs in."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.accounts import person

ROLES = ["reporter", "editor", "picture_editor", "legal", "marketing", "administrator"]


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_everybody_lands_on_a_page_of_theirs(client: Client, role: str) -> None:
    client.force_login(person(role))
    response = client.get(reverse("deskui:start"), follow=True)
    assert response.status_code == 200
    assert response.redirect_chain[-1][0].startswith("/desk/")
