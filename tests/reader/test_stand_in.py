"""A lead picture that may not be shown: the story's next one stands in among other stories and on other sites."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.reader import front
from media_assets import rights
from media_assets.models import Asset
from newsroom.publication.current import current
from tests.factories import articles as make
from tests.factories import media_assets as pictures
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db


def story(number: int = 1) -> tuple[Asset, Asset]:
    """A published story's lead picture, and the next one in its text."""
    lead, inside = pictures.asset(credit=f"Lead {number}"), pictures.asset(credit=f"Inside {number}")
    block = f'<div data-block="image" data-id="{pictures.image_placement(inside).pk}"></div>'
    make.published_story(
        headline=f"Story {number}",
        lead_image=pictures.image_placement(lead),
        body=f"<p>Words.</p>{block}<p>More.</p>",
        at=timezone.now() - timedelta(minutes=number),
    )
    return lead, inside


def bar(asset: Asset, use: str = "any") -> None:
    rights.add(asset, person=person("editor"), use=use, allowed=False, note="Asked", at=timezone.now())


def test_the_next_picture_stands_in_with_its_own_credit(client: Client) -> None:
    lead, inside = story()
    page = client.get("/").content.decode()
    assert lead.digest in page
    assert inside.digest not in page
    bar(lead)
    page = client.get("/").content.decode()
    assert lead.digest not in page
    assert inside.digest in page
    assert "Inside 1" in page
    assert "Lead 1" not in page
    # A purge of either finds the page.
    assert {f"asset:{lead.pk}", f"asset:{inside.pk}"} <= front.home(current(), timezone.now()).tags
    bar(inside)
    page = client.get("/").content.decode()
    assert inside.digest not in page
    assert "Story 1" in page


def test_other_sites_and_search_engines_get_it_too(client: Client) -> None:
    lead, inside = story()
    bar(lead)
    page = client.get("/royals/story-1/").content.decode()
    assert lead.digest not in page
    assert page.count(inside.digest) > 1
    assert 'property="og:image"' in page
    assert '"image":[' in page
    assert 'class="hero' not in page  # it stands in the text already


def test_it_costs_two_queries_however_many_there_are() -> None:
    def cost() -> int:
        # The least of three: what is remembered for a moment (the publication) is asked again when that is over.
        asked = []
        for _ in range(3):
            with CaptureQueriesContext(connection) as queries:
                front.home(current(), timezone.now())
            asked.append(len(queries))
        return min(asked)

    leads = [story(number)[0] for number in range(1, 6)]
    plain = cost()
    bar(leads[0])
    assert cost() == plain + 2
    for lead in leads[1:]:
        bar(lead)
    assert cost() == plain + 2
