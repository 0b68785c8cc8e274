"""Who holds a draft goes on to its clashes: whoever held a clash and waited for the draft would be killed by the database."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction

from articles import clashes, together
from articles.models import Clash, Draft
from tests.articles.test_races import waits_for_a_row
from tests.articles.test_together import THREE, Page
from tests.factories.accounts import person
from tests.factories.articles import story

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("what", ["types in one and settles another", "settles one from outside"])
def test_what_concerns_a_clash_waits_for_its_draft_with_empty_hands(what: str, now: datetime) -> None:
    alice, bob = person("reporter"), person("editor")
    draft: Draft = story(owner=alice, body=THREE, headline="Harbour walk").draft  # type: ignore[attr-defined]
    hers, his = Page(draft, alice, "a"), Page(draft, bob, "b")
    hers.save(now, body=THREE.replace("nine", "ten"), headline="Hers")
    # The newest state is his own: of another's the page would wait for the draft in any case.
    hail = THREE.replace("rain", "hail")
    kept = his.save(now, body=hail.replace("nine", "eight"), headline="His")
    headline, gates = sorted(kept.clashes, key=lambda one: one.place != "headline")
    body = hail.replace("nine", "eight sharp")
    results: list[Any] = []

    def types() -> Any:
        keys = kept.revision.paragraph_keys
        return his.save(
            now, body=body, headline="Hers", keys=keys, contested=[gates.pk], settled={headline.pk: "theirs"}
        )

    def act() -> None:
        try:
            one = Clash.objects.select_related("person", "other").get(pk=gates.pk)
            settles = what == "settles one from outside"
            results.append(together.choose(one, "theirs", person=alice, at=now) if settles else types())
        except Exception as problem:
            results.append(problem)
        finally:
            connection.close()

    other = threading.Thread(target=act)
    with transaction.atomic():
        Draft.objects.select_for_update(no_key=True).get(pk=draft.pk)
        other.start()
        waits_for_a_row()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '5s'")
        assert len(Clash.objects.filter(draft=draft).select_for_update()) == 2
    other.join(30)
    assert not isinstance(results[0], Exception), results[0]
    left = {clash.pk: clash.yours for clash in clashes.waiting(draft)}
    if what == "settles one from outside":
        assert set(left) == {headline.pk}
    else:
        assert left == {gates.pk: "<p>The gates opened at eight sharp.</p>"}
