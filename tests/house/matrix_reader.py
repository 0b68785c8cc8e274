"""The reader's addresses: open to everybody, signed in or not."""

from __future__ import annotations

from typing import Any

from tests.house.matrix import EVERYBODY, Row


def _section() -> dict[str, Any]:
    from tests.factories.articles import section

    return {"section": section().slug}


def _story() -> dict[str, Any]:
    from tests.factories.articles import published_story

    story = published_story()
    return {"section": story.section.slug, "slug": story.slug}


def _product() -> dict[str, Any]:
    from tests.factories import articles as make

    placed = make.product_placement()
    make.published_story(body=f'<div data-block="product" data-id="{placed.pk}"></div>')
    return {"pk": placed.pk}


MATRIX: dict[str, Row] = {
    "reader:home": Row(allow=EVERYBODY),
    "reader:rss": Row(allow=EVERYBODY),
    "reader:robots": Row(allow=EVERYBODY),
    "reader:sitemap": Row(allow=EVERYBODY),
    "reader:news-sitemap": Row(allow=EVERYBODY),
    "reader:about": Row(kwargs={"page": "sources"}, allow=EVERYBODY),
    "reader:corrections": Row(allow=EVERYBODY),
    "reader:section": Row(kwargs=_section, allow=EVERYBODY),
    "reader:section-rss": Row(kwargs=_section, allow=EVERYBODY),
    "reader:story": Row(kwargs=_story, allow=EVERYBODY),
    "reader:go": Row(kwargs=_product, allow=EVERYBODY, status=302),
    "reader:complain": Row(allow=EVERYBODY),
    "reader:complain-about": Row(kwargs=_story, allow=EVERYBODY),
    "reader:complaint-thanks": Row(allow=EVERYBODY),
    "reader:complaint-send": Row(
        method="POST",
        data={"wrong": "The queue never reached the river."},
        headers={"Origin": "http://testserver"},
        allow=EVERYBODY,
        status=303,
    ),
}
