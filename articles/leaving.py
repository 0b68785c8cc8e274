"""How a story leaves the reader's site: page, lists, feeds, site maps, search, other stories, pictures."""

from __future__ import annotations

from datetime import UTC

from django.utils import timezone

from articles import hubs, pictures, published_words
from articles.access import published
from articles.corrections import KINDS
from articles.exits import Exit
from articles.models import Reference, RelatedPlacement, Story, Update
from media_assets import library, making
from media_assets.events import ASSET_CHANGED
from newsroom import live
from newsroom.live import purge
from newsroom.outbox import record


def page(story_id: int) -> str:
    # Also where the database is away and old pages stand in: never this one.
    purge(f"story:{story_id}", gone=True)
    story = Story.objects.get(pk=story_id)
    if story.readers == Story.Readers.WITHDRAWN and not story.embargoed(timezone.now()):
        return "Its address answers 410, with the notice." if story.withdrawn_notice else "Its address answers 410."
    return "Its address answers 404." if not _seen(story_id) else "Readers see it again: it came back meanwhile."


def open_pages(story_id: int) -> str:
    """Who has it open loses it in place; who was away (asleep, without a network) when the page next asks."""
    purge(f"story:{story_id}", gone=True)
    told = live.told(f"story:{story_id}")
    if told is None:
        return "No page could follow it."
    if told.shown:
        return "Readers see it again: it came back meanwhile."
    listening = "1 web process holds" if told.processes == 1 else f"{told.processes} web processes hold"
    return f"Told as version {told.version}; {listening} open pages."


def lists(story_id: int) -> str:
    story = Story.objects.select_related("section").get(pk=story_id)
    topics = list(story.topics.values_list("pk", flat=True))
    authors = list(story.bylines.values_list("person", flat=True))
    purge(
        "home",
        f"section:{story.section_id}",
        *(f"topic:{pk}" for pk in topics),
        *(f"author:{pk}" for pk in authors),
    )
    counted = [
        f"{len(found)} {name}{'s' if len(found) != 1 else ''}"
        for name, found in (("topic", topics), ("author", authors))
        if found
    ]
    *first, last = ["The front page", story.section.name, *counted]
    return f"{', '.join(first)} and {last} are drawn anew."


def corrections(story_id: int) -> str:
    # Its own tag takes the pages that name it; the ones behind them move up.
    purge("corrections", gone=True)
    count = Update.objects.filter(story=story_id, kind__in=KINDS).count()
    return (
        f"{count} of its corrections are gone from there."
        if count > 1
        else ("Its correction is gone from there." if count else "It stood there with nothing.")
    )


def feeds(story_id: int) -> str:
    purge("feed", gone=True)
    hubs.tell(story_id, left=True)
    return "Every feed is drawn anew: the site’s, and those of sections, topics and authors."


def maps(story_id: int) -> str:
    # They list thousands of stories and bear no story's tag.
    story = Story.objects.get(pk=story_id)
    first = story.first_published_at
    purge("feed:sitemap", *([f"sitemap:{first.astimezone(UTC):%Y-%m}"] if first else []), gone=True)
    return "The site maps are drawn anew: their index, its month and the news."


def search(story_id: int) -> str:
    """What readers search is asked anew each time and kept nowhere: here it is asked once more, for this story."""
    if not published_words.findable(story_id, timezone.now()):
        return "No reader’s search finds it."
    if not _seen(story_id):
        raise RuntimeError("Readers’ search still finds the story.")
    return "Readers’ search finds it again: it came back meanwhile."


def related(story_id: int) -> str:
    """The pages that offer it bear its tag, which ``page`` purges as well; here they are counted and named."""
    purge(f"story:{story_id}")
    placed = RelatedPlacement.objects.filter(story=story_id).values("pk")
    offering = Reference.objects.filter(kind="related", placement_id__in=placed).values("revision")
    count = published(timezone.now()).filter(published_revision__in=offering).count()
    if not count:
        return "No other story offers it."
    return f"{count} other stor{'ies' if count != 1 else 'y'} offered it; the link is gone from there."


def files(story_id: int) -> str:
    """Pictures that this story alone shows leave the public folder."""
    at, wanted = timezone.now(), pictures.assets_of(story_id)
    away = pictures.closed(wanted, at)
    for asset_id in sorted(wanted):
        making.settle(asset_id, at=at)
        record(ASSET_CHANGED, asset_id=asset_id)
    left = [pk for pk in away if making.lies_open(library.load([pk])[pk])]
    if left:
        raise RuntimeError(f"The files of {len(left)} pictures are still in the public folder.")
    if not wanted:
        return "It shows no pictures."
    stay = len(wanted) - len(away)
    kept = (
        f" {stay} stay{'s' if stay == 1 else ''}: another story shows {'it' if stay == 1 else 'them'}." if stay else ""
    )
    return f"{len(away)} picture{'s' if len(away) != 1 else ''} of its own taken away.{kept}"


def _seen(story_id: int) -> bool:
    return published(timezone.now()).filter(pk=story_id).exists()


EXITS = (
    Exit("page", "Its page, kept and in reserve", page, order=10),
    Exit("open", "Pages that readers have open", open_pages, order=15),
    Exit("lists", "Front page, section, topics and authors", lists, order=20),
    Exit("corrections", "Page of corrections", corrections, order=25),
    Exit("feeds", "Feeds", feeds, order=30),
    Exit("maps", "Site maps", maps, order=40),
    Exit("search", "Readers’ search", search, order=45),
    Exit("related", "Links in other stories", related, order=50),
    Exit("pictures", "Pictures", files, order=60),
)
