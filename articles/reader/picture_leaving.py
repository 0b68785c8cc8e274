"""How a picture leaves the reader's site: each page, feed and list that has it is drawn anew and looked through.

Drawn anew, because a kept copy that stands on the picture's tag is stale by the purge; looked through, because a receipt
that nobody checked would be worth nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils import timezone

from articles import hubs, picture_use
from articles.access import published
from articles.models import Story
from articles.reader import looking
from articles.reader.feed_formats import FORMATS
from articles.reader.places import author_path
from media_assets import library, rights
from media_assets.exits import Exit
from media_assets.models import Departure, Rendition, Use
from newsroom import live
from newsroom.wording import quoted

# Stories that are looked through, and topics and authors of theirs. What more there are, the purge of the picture's tag
# reaches as well; but a handler of the outbox has a lease.
MOST, PLACES = 20, 8
_SOCIAL = re.compile(r'<meta (?:property="og|name="twitter):image[^>]*>')


def pages(departure: Departure) -> str:
    """Their pages, as they are drawn now and as they are kept in reserve: neither shows it."""
    live.purge(f"asset:{departure.asset_id}", gone=True)
    stories = _stories(departure)
    if not (lost := _lost(departure, Use.WEB, Use.SOCIAL)):
        return "Pages may still show it."
    _look(departure, (story.path for story in stories), lost)
    what = "names it to social networks" if lost == {Use.SOCIAL} else "shows it, also not in what search engines read"
    return _said(stories, f"drawn anew: none {what}.")


def open_pages(departure: Departure) -> str:
    """Who has a story open loses the picture in place; who was away, when the page next asks."""
    if Use.WEB not in _lost(departure, Use.WEB):
        return "Open pages may still show it."
    told = 0
    for story in _stories(departure):
        live.purge(f"story:{story.pk}")
        last = live.told(f"story:{story.pk}")
        told += last is not None and last.shown
    return (
        f"{told} {'story' if told == 1 else 'stories'} told to every web process."
        if told
        else "No page could follow it."
    )


def lists(departure: Departure) -> str:
    """Front page, sections, topics, authors."""
    lost = _lost(departure, Use.WEB, Use.SOCIAL)
    if not lost:
        return "Lists may still show it."
    paths = _places(_stories(departure), "")
    _look(departure, paths, lost)
    return f"{len(paths)} drawn anew, the front page among them: none shows it. All others that had it are drawn when next asked for."


def feeds(departure: Departure) -> str:
    """The site's, and those of sections, topics and authors, in every format; and the news objects for partners."""
    lost = _lost(departure, Use.FEED)
    if not lost:
        return "Feeds may still show it."
    stories = _stories(departure)
    paths = [path for form in FORMATS for path in _places(stories, f"-{form}")]
    objects = [f"{story.path}ninjs.json" for story in stories]
    _look(departure, [*paths, *objects], lost)
    ones = f"{len(objects)} news object{'s' if len(objects) != 1 else ''}"
    return f"{len(paths)} feeds and {ones} drawn anew: none has it."


EXITS = (
    Exit("pages", "Stories, and what search engines read", pages, order=10),
    Exit("open", "Pages that readers have open", open_pages, order=15),
    Exit("lists", "Front page, sections, topics and authors", lists, order=20),
    Exit("feeds", "Feeds and news objects for partners", feeds, order=30),
)


def _lost(departure: Departure, *uses: Use) -> set[Use]:
    """Which of ``uses`` it left and is still away from: it may have come back while this waited."""
    asset = library.load([departure.asset_id])[departure.asset_id]
    at = timezone.now()
    return {use for use in uses if use in departure.uses and not rights.usability(asset, use, at).allowed}


def _stories(departure: Departure) -> list[Story]:
    seen = (
        published(timezone.now())
        .select_related("section", "published_revision")
        .prefetch_related("topics", "bylines__person")
    )
    found = picture_use.shown(seen.order_by("-pk"), {departure.asset_id}, MOST)
    return list({story.pk: story for story, _ in found}.values())


def _places(stories: Sequence[Story], form: str) -> list[str]:
    """The addresses of lists with one of the stories: the newest ones', where they are many. form: "" for the pages, "-rss" and the like for feeds."""
    paths = [reverse(f"reader:{form.removeprefix('-') or 'home'}")]
    sections = {story.section.slug for story in stories}
    paths += [reverse(f"reader:section{form}", kwargs={"section": slug}) for slug in sorted(sections)]
    topics = {topic.slug for story in stories for topic in story.topics.all()}
    paths += [reverse(f"reader:topic{form}", kwargs={"topic": slug}) for slug in sorted(topics)[:PLACES]]
    people = {line.person for story in stories for line in story.bylines.all()}
    for person in sorted(people, key=lambda one: one.pk)[:PLACES]:
        paths.append(
            reverse(f"reader:author{form}", kwargs={"pk": person.pk}) if form else author_path(person.pk, person.name)
        )
    return paths


def _look(departure: Departure, paths: Iterable[str], lost: set[Use]) -> None:
    """Draw each page and look for any address that the picture ever had, where it may not stand any more: what is said to
    social networks is a use of its own.

    Raises:
        RuntimeError: one has it still. The outbox asks again.
    """
    digests = set(Rendition.objects.filter(asset=departure.asset_id).values_list("digest", flat=True))
    for path in paths:
        body = looking.drawn(path).content.decode()
        if lost == {Use.SOCIAL}:
            body = "".join(_SOCIAL.findall(body))
        elif Use.SOCIAL not in lost:
            body = _SOCIAL.sub("", body)
        if any(digest in body for digest in digests):
            raise RuntimeError(f"{path} still shows it.")


def _said(stories: Sequence[Story], then: str) -> str:
    if not stories:
        return "No story that readers see has it."
    names = [quoted(story.published_revision.headline[:80]) for story in stories[:2] if story.published_revision]
    more = f" and {len(stories) - 2} more" if len(stories) > 2 else ""
    return f"{', '.join(names)}{more} {then}"


def tell_hub(asset_id: int) -> None:
    """Feeds with a changed picture have changed: their subscribers are told, once the pages are purged."""
    seen = published(timezone.now())
    for story_id in sorted({story.pk for story, _ in picture_use.shown(seen.order_by("-pk"), {asset_id}, MOST)}):
        hubs.tell(story_id)
