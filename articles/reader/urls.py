"""The reader's addresses. The two of sections and stories stand last: they would catch the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.http import HttpResponse
from django.urls import URLPattern, path, re_path

from articles.reader import complaints, going, machines, searching, sitemaps, views
from articles.reader.feed_formats import FORMATS

# The site's feeds have a folder of their own, and had these names before there was more than one format.
SITE_FEEDS = {"rss": "feeds/rss.xml", "atom": "feeds/atom.xml", "json": "feeds/feed.json"}


def _feeds(folder: str, view: Callable[..., HttpResponse], name: str) -> Iterator[URLPattern]:
    """A place's three feeds, below its address."""
    for form in FORMATS.values():
        yield path(f"{folder}/{form.file}", view, {"form": form.name}, name=f"{name}-{form.name}")


def _bare(*addresses: URLPattern) -> Iterator[URLPattern]:
    """The same addresses without the slash at their end: their views lead from there to the present address in one step,
    where Django would lead to the slash first."""
    for address in addresses:
        yield path(str(address.pattern).removesuffix("/"), address.callback, name=f"{address.name}-bare")


_SECTION = path("<slug:section>/", views.section, name="section")
_STORY = path("<slug:section>/<slug:slug>/", views.story, name="story")
_TOPIC = path("topics/<slug:topic>/", views.topic, name="topic")
_AUTHOR = path("authors/<int:pk>/<slug:name>/", views.author, name="author")
_COMPLAIN = path("complaints/<slug:section>/<slug:slug>/", complaints.complain_about, name="complain-about")

app_name = "reader"
urlpatterns = [
    path("", views.home, name="home"),
    *(path(SITE_FEEDS[form], views.feed, {"form": form}, name=form) for form in FORMATS),
    path("robots.txt", machines.robots, name="robots"),
    path(".well-known/security.txt", machines.security, name="security"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    *(
        path(f"sitemaps/{name}.xml", machines.sitemap_of, {"name": name}, name=f"sitemap-{name}")
        for name in sitemaps.FILES
    ),
    # Strictly: written otherwise ("2025-9-01") it would be another address of the same page, and kept again.
    re_path(
        r"^sitemaps/(?P<month>[12]\d{3}-(?:0[1-9]|1[0-2]))-(?P<part>[1-9]\d{0,6})\.xml\Z",
        machines.sitemap_of_month,
        name="sitemap-month",
    ),
    path("news-sitemap.xml", machines.news_sitemap, name="news-sitemap"),
    path("about/who-we-are/", views.who, name="who"),
    path("about/<slug:page>/", views.about, name="about"),
    path("go/<int:pk>/", going.go, name="go"),
    path("search/", searching.search, name="search"),
    path("corrections/", views.corrections, name="corrections"),
    path("complaints/", complaints.complain, name="complain"),
    path("complaints/send/", complaints.send, name="complaint-send"),
    path("complaints/thanks/", complaints.thanks, name="complaint-thanks"),
    _COMPLAIN,
    _TOPIC,
    *_feeds("topics/<slug:topic>", views.topic_feed, "topic"),
    _AUTHOR,
    *_feeds("authors/<int:pk>", views.author_feed, "author"),
    *_feeds("<slug:section>", views.section_feed, "section"),
    _SECTION,
    path("<slug:section>/<slug:slug>/ninjs.json", views.story_ninjs, name="story-ninjs"),
    _STORY,
    *_bare(_TOPIC, _AUTHOR, _COMPLAIN, _SECTION, _STORY),
]
