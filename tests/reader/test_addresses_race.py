"""A story is published while its section gets another name: readers may have met it under the old one."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from articles import workflow
from articles.models import Section
from tests.factories import articles as make

WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'articles_story'::regclass"


@pytest.mark.django_db(transaction=True)
def test_the_address_under_the_old_name_leads_on(client: Client) -> None:
    made = make.story(standing="approved", slug="gates")
    draft = made.draft  # type: ignore[attr-defined]
    published, renamed = threading.Event(), threading.Event()

    def rename() -> None:
        published.wait(10)
        Section.objects.filter(pk=made.section_id).update(slug="palace")
        renamed.set()
        connection.close()

    other = threading.Thread(target=rename)
    other.start()
    with transaction.atomic():
        workflow.publish(draft=draft, person=draft.approved_by, expected_version=1, at=timezone.now())
        published.set()
        deadline = time.monotonic() + 10
        waits = 0
        while not waits and not renamed.is_set() and time.monotonic() < deadline:
            with connection.cursor() as cursor:
                cursor.execute(WAITS)
                (waits,) = cursor.fetchone()
    other.join(10)
    assert renamed.is_set()
    assert client.get("/palace/gates/").status_code == 200
    assert client.get("/royals/gates/")["Location"] == "/palace/gates/"
