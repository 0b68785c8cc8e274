"""Words and addresses that are meant to break a page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from articles.reader import structured
from newsroom.publication.models import Publication
from tests.asserts import assert_sound, json_ld, meta, page
from tests.factories import articles as make
from tests.factories import media_assets as pictures
from tests.factories.accounts import person

HOSTILE = [
    '</script><script>alert(1)</script>"><img src=x onerror=alert(2)>',
    "<!--<script>",
    "]]><b>&amp;</b>",
    "{{ page }}{% now 'Y' %}",
    "\U0001f451\u200d שלום \u2028 مرحبا 'straight' ’curly’",
]


@pytest.mark.django_db
@pytest.mark.parametrize("words", HOSTILE)
def test_words_stay_words(client: Client, words: str) -> None:
    Publication.objects.update_or_create(pk=1, defaults={"name": words[:80], "tagline": words})
    lead = pictures.image_placement(pictures.asset(credit=words), caption=words, alternative_text=words)
    quote = make.quote_placement(make.quotation(words + " said"), words=words)
    product = make.product_placement(make.product(title=words, maker=words, blurb=words))
    related = make.related_placement(line=words)
    body = "<p>Words.</p>" + "".join(
        f'<div data-block="{kind}" data-id="{placed.pk}"></div>'
        for kind, placed in (("quote", quote), ("product", product), ("related", related), ("image", lead))
    )
    story = make.published_story(
        headline=words,
        kicker=words[:60],
        standfirst=words,
        body=body,
        lead_image=lead,
        owner=person("reporter", name=words),
        topics=[make.topic(words[:70])],
        section=make.section(words[:60], slug="hostile"),
        live=True,
    )
    make.update(story, kind="correction", line=words)
    make.update(story, kind="update", line=words)
    expected = " ".join(words.split())
    for path in ("/", "/hostile/", story.path):
        root = page(client.get(path))
        assert_sound(root)
        ours = [script for script in root.all("script") if not script.attributes.get("src", "").startswith("/static/")]
        assert {script.attributes.get("type") for script in ours} == {"application/ld+json"}, path
        assert not root.all("b", cls="") or all(
            b.text in ("Live", "Published", "Updated", "Update", "Correction", "Affiliate link.") or "£" in b.text
            for b in root.all("b")
        )
        assert expected in root.text
        assert json_ld(root)
    root = page(client.get(story.path))
    assert root.one("h1").text == expected
    assert meta(root, "og:title") == [words]
    article = next(thing for thing in json_ld(root) if thing["@type"] == "LiveBlogPosting")
    assert article["headline"] == words[:110]
    (author,) = article["author"]
    assert author["name"] == words
    assert re.fullmatch(rf"{re.escape(settings.ORIGIN)}/authors/{story.owner_id}/[-\w]+/", author["url"], re.ASCII)
    listed = page(client.get(author["url"].removeprefix(settings.ORIGIN)))
    assert_sound(listed)
    assert listed.one("h1").text == expected
    assert json_ld(listed)
    assert article["image"][0]["creditText"] == words
    assert client.get("/feeds/rss.xml").status_code == 200


@pytest.mark.parametrize("words", HOSTILE)
def test_structured_data_cannot_leave_its_element(words: str) -> None:
    import json

    written = str(structured.write({"headline": words}))
    assert not set(written) & set("<>&\u2028\u2029")
    assert json.loads(written)["headline"] == words


ODD = [
    "/%00/",
    "/royals/%00/",
    "/royals/a%0d%0aSet-Cookie:x=1/",
    "/royals/" + "a" * 5000 + "/",
    "/" + "a" * 5000 + "/",
    "/royals/\u202e/",
    "/royals/..%2f..%2fetc%2fpasswd/",
    "/%ff%fe/",
    "/royals/<script>/",
    "/royals//",
    "//",
    "/royals/feed.xml/",
    "/%F0%9F%91%91/feed.xml",
    "/about/..%2fbase/",
    "/about/_base/",
    "/about/nothing/",
    "/royals/?page=%00",
    "/royals/?page=1&page=2",
    "/?" + "a=" * 3000,
    "/feeds/rss.xml?x=%ff",
]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ODD)
def test_no_address_breaks_the_site(client: Client, path: str) -> None:
    make.published_story()
    response = client.get(path)
    assert response.status_code in (200, 301, 400, 404), response.status_code


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_pages_are_only_read(client: Client, method: str) -> None:
    story = make.published_story()
    for path in ("/", "/royals/", story.path, "/feeds/rss.xml", "/about/sources/", "/robots.txt", "/sitemap.xml"):
        assert getattr(client, method)(path).status_code == 405, path
    assert client.head(story.path).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_error_pages_are_whole(status: int, rf: Any) -> None:
    from newsroom import errors

    answer = {
        400: lambda request: errors.bad_request(request),
        403: lambda request: errors.forbidden(request),
        404: lambda request: errors.not_found(request),
        500: lambda request: errors.server_error(request),
    }[status](rf.get("/"))
    assert answer.status_code == status
    root = page(answer)
    assert_sound(root)
    assert root.one("main").all("a", href="/")
    assert meta(root, "robots") == ["noindex"]


def test_the_page_for_our_own_faults_needs_no_database(rf: Any) -> None:
    """pytest-django refuses the database to a test without the mark: a query here would fail."""
    from newsroom import errors

    assert "Something broke" in errors.server_error(rf.get("/")).content.decode()


@pytest.mark.django_db
def test_an_expired_form_says_what_to_do(rf: Any) -> None:
    from newsroom import errors

    assert "The form has expired" in page(errors.csrf_failure(rf.post("/"))).one("h1").text
