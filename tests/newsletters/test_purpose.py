"""A purpose's address: readers hold it, so with its first wording it is fixed in the admin, the model and the database."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client

from newsletters.models import Purpose, Wording
from tests.factories import newsletters as made
from tests.factories.accounts import person


@pytest.fixture
def frank(client: Client) -> Client:
    client.force_login(person("administrator"))
    return client


def change(frank: Client, purpose: Purpose, **fields: Any) -> Any:
    data = {"name": purpose.name, "slug": purpose.slug, **fields}
    return frank.post(f"/admin/newsletters/purpose/{purpose.pk}/change/", data)


@pytest.mark.django_db
def test_the_admin_shows_it_and_takes_no_other(frank: Client) -> None:
    purpose = made.purpose()
    page = frank.get(f"/admin/newsletters/purpose/{purpose.pk}/change/").content.decode()
    assert 'name="slug"' not in page
    assert purpose.slug in page
    assert change(frank, purpose, name="Renamed", slug="elsewhere").status_code == 302
    old = purpose.slug
    purpose.refresh_from_db()
    assert (purpose.name, purpose.slug) == ("Renamed", old)
    assert frank.get(f"/newsletters/companies/{old}/1/").status_code == 200


@pytest.mark.django_db
def test_without_a_wording_it_may_change(frank: Client) -> None:
    purpose = Purpose.objects.create(slug="first", name="First")
    assert change(frank, purpose, slug="second").status_code == 302
    purpose.refresh_from_db()
    assert purpose.slug == "second"


@pytest.mark.django_db
def test_the_model_says_why_beside_the_field() -> None:
    purpose = made.purpose()
    purpose.full_clean()
    purpose.slug = "elsewhere"
    with pytest.raises(ValidationError) as caught:
        purpose.full_clean()
    assert list(caught.value.message_dict) == ["slug"]
    Purpose(slug="new", name="New").full_clean()


@pytest.mark.django_db
def test_the_database_refuses_whoever_asks() -> None:
    purpose = made.purpose()
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Purpose.objects.filter(pk=purpose.pk).update(slug="elsewhere")
    Purpose.objects.filter(pk=purpose.pk).update(name="Renamed", slug=purpose.slug)
    assert Purpose.objects.get(pk=purpose.pk).name == "Renamed"


@pytest.mark.django_db(transaction=True)
def test_a_wording_that_is_written_at_the_same_moment_is_seen() -> None:
    """Two connections: the wording's writer holds the purpose, the change waits for it, and then finds the wording."""
    purpose = Purpose.objects.create(slug="first", name="First")
    refused: list[bool] = []

    def move() -> None:
        try:
            Purpose.objects.filter(pk=purpose.pk).update(slug="second")
            refused.append(False)
        except IntegrityError:
            refused.append(True)
        finally:
            connection.close()

    thread = threading.Thread(target=move)
    with transaction.atomic():
        Purpose.objects.select_for_update().get(pk=purpose.pk)
        thread.start()
        thread.join(1)
        assert not refused
        Wording.objects.create(purpose=purpose, version=1, text="Send me news", list_date=date(2025, 9, 1))
    thread.join()
    assert refused == [True]
