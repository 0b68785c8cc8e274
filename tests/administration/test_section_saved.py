"""A section that is saved writes what was changed: an address "set" to itself would hold up every writer of stories."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from articles.models import Section
from tests.factories.articles import section


@pytest.mark.django_db
def test_an_address_that_stays_is_not_written() -> None:
    made: Any = section()
    made.position = 7
    with CaptureQueriesContext(connection) as ran:
        form: Any = SimpleNamespace(changed_data=["position"])
        admin.site._registry[Section].save_model(RequestFactory().post("/"), made, form, change=True)
    (update,) = [query["sql"] for query in ran if query["sql"].startswith("UPDATE")]
    assert '"position"' in update
    assert '"slug"' not in update
    made.refresh_from_db()
    assert made.position == 7
