"""The library's grid, search, filters, the picker and the look for twins at 1,000 and at 100,000 pictures: as many
queries, hardly more time.

``python -m tests.benchmarks.shelf`` (``SMALL_SHELF`` and ``LARGE_SHELF`` set other numbers). Each number of pictures gets a
database of its own, as in ``scale``. The pictures have rows and no files: half are one agency's, one in a thousand is of a
rare one; "balmoral" stands in every caption, a name in twenty of them, however many there are; of a hundred, two are
withdrawn, three have ended and five are incomplete; no two look alike.
"""

from __future__ import annotations

import os
import random
from datetime import timedelta
from typing import Any

from tests.benchmarks.errands import Errand
from tests.benchmarks.sizes import compare

SIZES = (int(os.environ.get("SMALL_SHELF", "1000")), int(os.environ.get("LARGE_SHELF", "100000")))
BATCH = 5_000


def fill(pictures: int) -> Any:
    """Write so many pictures; return the editor who brought them."""
    from django.contrib.postgres.indexes import GinIndex
    from django.db import connection
    from django.utils import timezone

    from media_assets import likeness
    from media_assets.models import Agency, Asset, Likeness, RightsRow, Standing
    from tests.factories.accounts import person

    editor, now, shaken = person("editor"), timezone.now(), random.Random(1)
    getty, alamy, rare = (
        Agency.objects.create(name=name, credit=name) for name in ("Getty Images", "Alamy", "Rare Bird")
    )

    def standing(number: int) -> str:
        part = number % 100
        return (
            Standing.WITHDRAWN if part < 2 else Standing.ENDED if part < 5 else Standing.INCOMPLETE if part < 10 else Standing.USABLE
        )  # fmt: skip

    def asset(number: int) -> Asset:
        stands = standing(number)
        name = " with Thistlewood" if number % (pictures // 20) == 0 else ""
        upright = number % 5 == 0
        return Asset(
            sha256=f"{number:064x}",
            original_name=f"IMG_{number}.jpg",
            original_format="JPEG",
            original_bytes=1_000_000,
            width=2000 if upright else 3000,
            height=3000 if upright else 2000,
            agency=rare if number % 1000 == 7 else getty if number % 2 else alamy,
            credit="Getty Images" if number % 2 else "Alamy",
            caption=f"Day {number} at Balmoral{name}, word{number * 7 % 5000} word{number * 13 % 4001}",
            alternative_text="" if stands == Standing.INCOMPLETE else "People at the gates of a castle",
            people=[f"Person {number % 3000}"],
            event=f"Event {number // 40}",
            standing=stands,
            usable_until=now + timedelta(days=number % 400 + 1)
            if number % 3 == 0 and stands == Standing.USABLE
            else None,
            withdrawn_at=now if stands == Standing.WITHDRAWN else None,
            withdrawn_reason="Asked" if stands == Standing.WITHDRAWN else "",
            digest=f"{number:032x}",
            added_by=editor,
            added_at=now - timedelta(minutes=10 * (pictures - number)),
        )

    # What is looked up by words and parts is built once, at the end: row by row it takes most of the time.
    gathered = [(model, one) for model in (Asset, Likeness) for one in model._meta.indexes if isinstance(one, GinIndex)]
    with connection.schema_editor() as editing:
        for model, one in gathered:
            editing.remove_index(model, one)
    for begin in range(0, pictures, BATCH):
        made = Asset.objects.bulk_create(asset(number) for number in range(begin, min(pictures, begin + BATCH)))
        RightsRow.objects.bulk_create(
            RightsRow(
                asset=one,
                use="any",
                ends_at=now - timedelta(days=1) if one.standing == Standing.ENDED else one.usable_until,
                added_by=editor,
                added_at=now,
            )
            for one in made
        )
        rows = []
        for one in made:
            hashes = [likeness._signed(shaken.getrandbits(64)) for _ in range(3)]
            rows.append(Likeness(asset=one, hashes=hashes, keys=likeness.keys_of(hashes)))
        Likeness.objects.bulk_create(rows)
    with connection.schema_editor() as editing:
        for model, one in gathered:
            editing.add_index(model, one)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return editor


def errands(editor: Any) -> dict[str, Errand]:
    """What is measured, by name."""
    from django.test import Client
    from django.urls import reverse

    from media_assets import likeness
    from media_assets.models import Agency

    client, shaken = Client(), random.Random(2)
    client.force_login(editor)
    library, picker = reverse("media-desk:library"), reverse("articles-desk:block-search")
    rare = Agency.objects.get(name="Rare Bird").pk

    def get(url: str, **asked: Any) -> str:
        answer = client.get(url, asked)
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()

    place = ""
    for _ in range(6):  # where the seventh page begins
        place = get(f"{library}?{place}").split('rel="next" href="?')[1].split('"')[0]
    hashes = [[likeness._signed(shaken.getrandbits(64)) for _ in range(3)] for _ in range(50)]

    return {
        "library": Errand(lambda run: get(library)),
        "library_page_7": Errand(lambda run: get(f"{library}?{place}")),
        "library_ended": Errand(lambda run: get(library, state="ended")),
        "library_ending_soon": Errand(lambda run: get(library, state="soon")),
        "library_rare_agency": Errand(lambda run: get(library, agency=rare)),
        "library_filters": Errand(lambda run: get(library, state="usable", shape="portrait", by=editor.pk)),
        "library_person": Errand(lambda run: get(library, shows="Person 7")),
        "library_search_in_all": Errand(lambda run: get(library, q="balmoral day")),
        "library_search_a_name": Errand(lambda run: get(library, q="thistlewood")),
        "library_search_begun": Errand(lambda run: get(library, q="thistle")),
        "library_search_an_agency": Errand(lambda run: get(library, q="getty images")),
        "picker": Errand(lambda run: get(picker, kind="image", filters="yes")),
        "picker_search": Errand(lambda run: get(picker, kind="image", filters="yes", q="balmoral")),
        "twins": Errand(lambda run: likeness.near(hashes[run % 50])),
    }


def main() -> None:
    # Of twins there are more candidates among more pictures, four in a hundred: once for each picture that comes in.
    compare("pictures", SIZES, lambda pictures: errands(fill(pictures)), grows={"twins"})


if __name__ == "__main__":
    main()
