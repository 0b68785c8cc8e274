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


def _topic() -> dict[str, Any]:
    from tests.factories.articles import published_story, topic

    king = topic("The King")
    published_story(topics=[king])
    return {"topic": king.slug}


def _author() -> dict[str, Any]:
    from tests.factories.articles import published_story

    return {"pk": published_story().owner.pk}


def _author_page() -> dict[str, Any]:
    from tests.factories.accounts import person
    from tests.factories.articles import published_story

    return {"pk": published_story(owner=person("reporter", name="Ann Poe")).owner.pk, "name": "ann-poe"}


def _month() -> dict[str, Any]:
    from tests.factories.articles import published_story

    story = published_story()
    return {"month": "2025-09", "part": story.pk // 20_000 + 1}


FORMATS = ("rss", "atom", "json")


def _product() -> dict[str, Any]:
    from tests.factories import articles as make

    placed = make.product_placement()
    make.published_story(body=f'<div data-block="product" data-id="{placed.pk}"></div>')
    return {"pk": placed.pk}


MATRIX: dict[str, Row] = {
    "reader:home": Row(allow=EVERYBODY),
    **{f"reader:{form}": Row(allow=EVERYBODY) for form in FORMATS},
    "reader:security": Row(allow=EVERYBODY, status=(200, 404)),
    "reader:robots": Row(allow=EVERYBODY),
    "reader:sitemap": Row(allow=EVERYBODY),
    **{f"reader:sitemap-{name}": Row(allow=EVERYBODY) for name in ("pages", "topics", "authors")},
    "reader:sitemap-month": Row(kwargs=_month, allow=EVERYBODY),
    "reader:news-sitemap": Row(allow=EVERYBODY),
    "reader:about": Row(kwargs={"page": "sources"}, allow=EVERYBODY),
    "reader:who": Row(allow=EVERYBODY),
    "reader:search": Row(data={"q": "queue"}, allow=EVERYBODY),
    "reader:corrections": Row(allow=EVERYBODY),
    "reader:section": Row(kwargs=_section, allow=EVERYBODY),
    "reader:topic": Row(kwargs=_topic, allow=EVERYBODY),
    "reader:author": Row(kwargs=_author_page, allow=EVERYBODY),
    **{f"reader:section-{form}": Row(kwargs=_section, allow=EVERYBODY) for form in FORMATS},
    **{f"reader:topic-{form}": Row(kwargs=_topic, allow=EVERYBODY) for form in FORMATS},
    **{f"reader:author-{form}": Row(kwargs=_author, allow=EVERYBODY) for form in FORMATS},
    "reader:story": Row(kwargs=_story, allow=EVERYBODY),
    # Without the slash at their end.
    "reader:section-bare": Row(kwargs=_section, allow=EVERYBODY, status=301),
    "reader:topic-bare": Row(kwargs=_topic, allow=EVERYBODY, status=301),
    "reader:author-bare": Row(kwargs=_author_page, allow=EVERYBODY, status=301),
    "reader:story-bare": Row(kwargs=_story, allow=EVERYBODY, status=301),
    "reader:complain-about-bare": Row(kwargs=_story, allow=EVERYBODY, status=301),
    "reader:story-ninjs": Row(kwargs=_story, allow=EVERYBODY),
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
