"""A story for partners' systems."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from articles import partners
from articles.models import Story
from media_assets import rights
from media_assets.models import Asset, Use
from newsroom import blocks
from newsroom.accounts.models import Person
from newsroom.publication.models import Publication
from tests.asserts import page
from tests.factories import articles as make
from tests.factories import media_assets as pictures
from tests.factories.accounts import person
from tests.flush import flush_by_delete  # noqa: F401

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"
# What the schema knows (ninjs-schema_3.0.json): it refuses every other name. By the list's name, of each thing in it.
OBJECT = {
    "uri",
    "type",
    "representationType",
    "version",
    "firstCreated",
    "versionCreated",
    "contentCreated",
    "pubStatus",
    "copyrightHolder",
    "copyrightNotice",
    "edNote",
    "language",
    "descriptions",
    "bodies",
    "headlines",
    "subjects",
    "infoSources",
    "by",
    "renditions",
    "associations",
    "altIds",
    "trustIndicators",
    "standard",
}
INSIDE = {
    "headlines": {"role", "contentType", "value"},
    "descriptions": {"role", "contentType", "value"},
    "bodies": {"role", "contentType", "charCount", "wordCount", "value"},
    "subjects": {"name", "rel", "uri"},
    "infoSources": {"name", "role", "uri"},
    "renditions": {"name", "href", "contentType", "width", "height"},
    "altIds": {"role", "value"},
    "trustIndicators": {"title", "href"},
}


def conforms(item: dict[str, Any], *, associated: bool = False) -> None:
    assert set(item) <= OBJECT | ({"name"} if associated else set())
    assert item["uri"]
    assert all(value not in ("", [], None) for value in item.values())
    for name, known in INSIDE.items():
        for one in item.get(name, []):
            assert set(one) <= known, name
            assert "value" not in known or one["value"]
    for one in item.get("associations", []):
        assert one["name"]
        conforms(one, associated=True)


def read(client: Client, path: str, status: int = 200) -> dict[str, Any]:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/json"
    item: dict[str, Any] = json.loads(answer.content)
    conforms(item)
    return item


def values(item: dict[str, Any], name: str) -> dict[str, str]:
    return {one["role"]: one["value"] for one in item[name]}


def test_all_that_a_partner_prints(client: Client) -> None:
    Publication.objects.update_or_create(pk=1, defaults={"name": "The Long Walk"})
    lead = pictures.image_placement(
        pictures.asset(credit="Getty Images", creator="Ann Lens"), caption="The gates.", alternative_text="Iron gates"
    )
    inside = pictures.image_placement(pictures.asset(credit="Ours"), alternative_text="A wall")
    product, king = make.product_placement(), make.topic("King Charles")
    body = "".join(
        f'<p>Words.</p><div data-block="{kind}" data-id="{placed.pk}"></div>'
        for kind, placed in (("image", inside), ("product", product))
    )
    story = make.published_story(
        headline="Gates open", kicker="Windsor", standfirst="At nine.", body=body, lead_image=lead, topics=[king]
    )
    make.update(story, kind="correction", line="We had the hour wrong.")
    link = page(client.get(story.path)).one("link", rel="alternate", type_="application/json")
    assert link.attributes["href"] == f"{SITE}{story.path}ninjs.json"
    answer = client.get(f"{story.path}ninjs.json")
    assert answer.page_tags >= {
        f"story:{story.pk}",
        f"asset:{lead.asset_id}",
        f"asset:{inside.asset_id}",
        "publication",
    }  # type: ignore[attr-defined]
    item = read(client, f"{story.path}ninjs.json")
    assert item["standard"]["name"] == "ninjs"
    assert (item["uri"], item["pubStatus"], item["type"]) == (
        f"tag:127.0.0.1,2025-09-11:story-{story.pk}",
        "usable",
        "text",
    )
    assert values(item, "headlines") == {"main": "Gates open", "kicker": "Windsor"}
    assert values(item, "descriptions") == {"summary": "At nine.", "search": "At nine."}
    assert (item["firstCreated"], item["versionCreated"]) == ("2025-09-11T09:00:00+01:00", "2025-09-11T09:30:00+01:00")
    assert item["by"] == story.owner.name
    assert item["infoSources"][0]["name"] == story.owner.name
    assert client.get(item["infoSources"][0]["uri"]).status_code == 200
    assert [one["name"] for one in item["subjects"]] == ["Royals", "King Charles"]
    assert item["renditions"] == [{"name": "page", "href": f"{SITE}{story.path}", "contentType": "text/html"}]
    (text,) = item["bodies"]
    words = text["value"]
    assert (
        words.index("affiliate links. We earn a commission")
        < words.index("We had the hour wrong.")
        < words.index("Words.")
    )
    assert 'src="/' not in words
    assert 'href="/' not in words
    assert item["edNote"] == "Correction, 11 September 2025, 09.30 BST: We had the hour wrong."
    first, second = item["associations"]
    assert (first["name"], first["by"], first["infoSources"]) == (
        "lead",
        "Ann Lens",
        [{"name": "Getty Images", "role": "credit"}],
    )
    assert values(first, "descriptions") == {"caption": "The gates.", "alternative": "Iron gates"}
    assert [one["width"] for one in first["renditions"]] == sorted(one["width"] for one in first["renditions"])
    assert first["uri"] == first["renditions"][-1]["href"]
    assert second["infoSources"][0]["name"] == "Ours"


def test_a_picture_that_partners_may_not_have_is_not_in_it(client: Client) -> None:
    asset = pictures.asset()
    rights.add(asset, person=person("picture_editor"), use=Use.FEED, allowed=False, note="Web only", at=make.AT)
    placed = pictures.image_placement(asset)
    story = make.published_story(
        lead_image=placed, body=f'<p>Words.</p><div data-block="image" data-id="{placed.pk}"></div>'
    )
    item = read(client, f"{story.path}ninjs.json")
    assert "associations" not in item
    assert "/media/" not in json.dumps(item)


def test_withdrawn_under_embargo_moved_and_never_there(client: Client) -> None:
    gone = make.withdrawn_story(headline="A mistaken story", slug="mistaken", notice="It named the wrong person.")
    item = read(client, f"{gone.path}ninjs.json", 410)
    assert (item["pubStatus"], item["edNote"]) == ("canceled", "It named the wrong person.")
    assert item["uri"] == f"tag:127.0.0.1,2025-09-11:story-{gone.pk}"
    assert "mistaken story" not in json.dumps(item)
    assert client.get(f"{gone.path}ninjs.json").page_tags == {f"story:{gone.pk}", "publication"}  # type: ignore[attr-defined]
    secret, draft = make.published_story(), make.story()
    Story.objects.filter(pk=secret.pk).update(embargo_until=timezone.now() + timedelta(hours=1))
    for path in (secret.path, draft.path, "/royals/never/", "/nowhere/never/"):
        assert client.get(f"{path}ninjs.json").status_code == 404
    moved = make.published_story(slug="before")
    before = read(client, "/royals/before/ninjs.json")
    Story.objects.filter(pk=moved.pk).update(slug="after")
    answer = client.get("/royals/before/ninjs.json")
    assert (answer.status_code, answer["Location"]) == (301, "/royals/after/ninjs.json")
    assert read(client, "/royals/after/ninjs.json")["uri"] == before["uri"]


def test_a_name_never_changes_with_the_time_zone(client: Client) -> None:
    story = make.published_story(at=make.AT.replace(hour=23, minute=30))
    before = read(client, f"{story.path}ninjs.json")["uri"]
    Publication.objects.update_or_create(pk=1, defaults={"time_zone": "Pacific/Auckland"})
    assert read(client, f"{story.path}ninjs.json")["uri"] == before


@pytest.mark.parametrize("many", [1, 20])
def test_it_costs_at_most_five_queries(
    client: Client, many: int, at_most: Callable[[int], AbstractContextManager[None]]
) -> None:
    body = "".join(
        f'<p>Words.</p><div data-block="{kind}" data-id="{placed.pk}"></div>'
        for _ in range(many)
        for kind, placed in (
            ("image", pictures.image_placement(pictures.asset())),
            ("quote", make.quote_placement()),
            ("product", make.product_placement()),
            ("related", make.related_placement()),
        )
    )
    story = make.published_story(body=blocks.clean(body))
    with at_most(5):
        assert client.get(f"{story.path}ninjs.json").status_code == 200


def test_the_version_grows_with_any_change_and_with_nothing_else(client: Client) -> None:
    """A partner that compares versions must not keep a wrong credit or a link to a story that is gone."""
    alice = person("reporter")
    asset, other = pictures.asset(credit="Getty Images"), make.published_story(headline="The other")
    king, placed = make.topic("King Charles"), make.related_placement(other)
    story = make.published_story(
        body=f'<p>Words.</p><div data-block="related" data-id="{placed.pk}"></div>',
        lead_image=pictures.image_placement(asset),
        topics=[king],
        owner=alice,
    )
    path = f"{story.path}ninjs.json"

    def version() -> int:
        return int(read(client, path)["version"])

    first = version()
    assert version() == first, "asked again it is the same"
    assert first >= story.published_revision_id, "never below what it was called before it had a number of its own"
    seen = [first]
    for change in (
        lambda: Asset.objects.filter(pk=asset.pk).update(credit="PA Images"),
        lambda: Person.objects.filter(pk=alice.pk).update(name="Alice Ashdown-Poe"),
        lambda: Story.objects.filter(pk=other.pk).update(readers="withdrawn"),
        lambda: Asset.objects.filter(pk=asset.pk).update(credit="Getty Images"),
        lambda: make.update(story, kind="correction", line="We had the hour wrong."),
    ):
        change()
        seen.append(version())
    assert seen == sorted(set(seen)), "each change one step up, also back to what it said before"
    Story.objects.filter(pk=story.pk).update(readers="withdrawn", withdrawn_at=timezone.now())
    assert int(read(client, path, 410)["version"]) > seen[-1]


@pytest.mark.django_db(transaction=True)
def test_two_processes_that_give_a_changed_object_at_once_give_it_one_number() -> None:
    story = make.published_story()
    assert partners.version(story.pk, b"old", least=7) == 7
    with ThreadPoolExecutor(2) as both:

        def give(said: bytes) -> int:
            try:
                return partners.version(story.pk, said, least=7)
            finally:
                connection.close()

        assert set(both.map(give, [b"new", b"new"])) == {8}
    assert partners.version(story.pk, b"newer", least=5) == 9
