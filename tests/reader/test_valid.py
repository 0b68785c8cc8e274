"""Every page is valid HTML, and every feed and map valid XML or JSON (html5lib, and the standard's content models)."""

from __future__ import annotations

import json

import pytest
from defusedxml import ElementTree
from django.test import Client
from django.urls import resolve

from articles.reader.feed_formats import FORMATS
from articles.reader.urls import SITE_FEEDS
from tests.asserts import assert_sound, page
from tests.house import matrix_newsletters, matrix_reader
from tests.reader import public
from tests.validity import problems

# Not looked at: what answers to POST, leads on, or is for machines (below).
OTHERWISE = {"reader:go", "reader:complaint-send", "reader:robots", "reader:security", "newsletters:sign-up"}
OTHERWISE |= {"newsletters:centre-file"}  # files of the reader's own
MACHINES = ("rss", "atom", "json", "ninjs", "sitemap", "-bare")


@pytest.mark.django_db
def test_every_page_feed_and_map_is_valid(client: Client) -> None:
    world = public.world()
    look_at_pages(client, world)
    look_at_machines(client, world)


def look_at_pages(client: Client, world: public.World) -> None:
    wrong: dict[str, list[str]] = {}
    looked: set[str] = set()
    for one in public.pages(world):
        answer = client.get(one.path)
        assert answer.status_code == one.status, one
        looked.add(resolve(one.path.partition("?")[0]).view_name)
        text = answer.content.decode()
        assert_sound(page(text))
        wrong[one.name] = problems(text)
    for name, text in public.unmet():
        assert_sound(page(text))
        wrong[name] = problems(text)
    assert not {name: said for name, said in wrong.items() if said}
    # Whatever has an address is looked at, so that a new page is.
    rows = {
        name
        for name in {**matrix_reader.MATRIX, **matrix_newsletters.MATRIX}
        if name.startswith(("reader:", "newsletters:"))
    }
    assert {name for name in rows - OTHERWISE - looked if not any(kind in name for kind in MACHINES)} == set()


def look_at_machines(client: Client, world: public.World) -> None:
    """As XML with no entity of anybody's, or as JSON; each address once."""
    author = world.story.owner.pk
    folders = ("/royals/", "/topics/the-king/", f"/authors/{author}/")
    feeds = [f"/{path}" for path in SITE_FEEDS.values()]
    feeds += [f"{folder}{form.file}" for folder in folders for form in FORMATS.values()]
    maps = ["/sitemap.xml", "/news-sitemap.xml", "/sitemaps/pages.xml", "/sitemaps/topics.xml", "/sitemaps/authors.xml"]
    for path in (*feeds, *maps, f"{world.story.path}ninjs.json"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        if "json" in answer.headers["Content-Type"]:
            found = json.loads(answer.content)
            addresses = [item["id"] for item in found.get("items", [])]
        else:
            root = ElementTree.fromstring(answer.content, forbid_dtd=True)
            names = ("{*}guid", "{http://www.w3.org/2005/Atom}id", "{*}loc")
            addresses = [one.text for name in names for one in root.iterfind(f".//{name}")]
        assert len(addresses) == len(set(addresses)), path
        assert addresses or path.endswith("ninjs.json"), path
