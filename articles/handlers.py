"""What follows each event. Handlers run at least once: a purge may be repeated, it only costs a rendering."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from articles import addresses, hubs, pictures, seen_files
from articles.corrections import KINDS
from articles.events import (
    EMBARGO_ENDED,
    FEEDS_CHANGED,
    FRONT_ARRANGED,
    MERCHANT_CHANGED,
    PAGE_SEEN,
    PAGES_ENDED,
    PRODUCT_CHANGED,
    SECTION_CHANGED,
    STORY_CHANGED,
    STORY_PUBLISHED,
    STORY_REINSTATED,
    STORY_UPDATED,
    TOPIC_CHANGED,
)
from articles.models import Story, Topic
from articles.reader import looking, picture_leaving, sitemaps
from media_assets import getty_usage, making
from media_assets.events import ASSET_CHANGED
from media_assets.models import Asset
from newsroom.accounts.events import RENAMED
from newsroom.live import purge
from newsroom.outbox import EventData, handler, record

MOST_NAMED = 500  # stories purged one by one; of whoever wrote more, every page is asked again


def story_tags(story_id: int) -> set[str]:
    """The tags of every page that shows a story, its card or a block of it, and of the kept answer that led on from its
    address to the one that was there before."""
    story = Story.objects.filter(pk=story_id).select_related("section").prefetch_related("topics", "bylines").first()
    if story is None:
        return {f"story:{story_id}", "home"}
    return {
        "home",
        *(f"story:{pk}" for pk in (story.pk, *addresses.holders(story))),
        f"section:{story.section_id}",
        *([sitemaps.tag(story.first_published_at)] if story.first_published_at else []),
        *(f"topic:{topic.pk}" for topic in story.topics.all()),
        *(f"author:{byline.person_id}" for byline in story.bylines.all()),
    }


@handler(STORY_PUBLISHED, name="articles.purge-published", does="Show a published story on the readers’ pages")
def purge_published(event: EventData) -> None:
    purge(*story_tags(event.payload["story_id"]))
    hubs.tell(event.payload["story_id"])


@handler(STORY_UPDATED, name="articles.purge-updated", does="Show an updated story on the readers’ pages")
def purge_updated(event: EventData) -> None:
    told = {"corrections"} if event.payload["update_kind"] in KINDS else set()
    purge(*story_tags(event.payload["story_id"]), *told)
    hubs.tell(event.payload["story_id"])


@handler(STORY_CHANGED, name="articles.purge-changed", does="Draw a story’s pages anew after a change")
def purge_changed(event: EventData) -> None:
    tags, before = story_tags(event.payload["story_id"]), hubs.Before.of(event.payload)
    purge(*tags, *before.tags)
    hubs.tell(event.payload["story_id"], before)


@handler(
    EMBARGO_ENDED, name="articles.purge-embargo-ended", does="Show a story on the readers’ pages after its embargo"
)
def purge_embargo_ended(event: EventData) -> None:
    """It may be with readers again. Where another embargo was set meanwhile the pages are only drawn anew."""
    purge(*story_tags(event.payload["story_id"]), "corrections")
    hubs.tell(event.payload["story_id"])


@handler(STORY_REINSTATED, name="articles.purge-reinstated", does="Show a reinstated story on the readers’ pages")
def purge_reinstated(event: EventData) -> None:
    purge(*story_tags(event.payload["story_id"]), "corrections")
    hubs.tell(event.payload["story_id"])


@handler(FEEDS_CHANGED, name="articles.ping-hub", does="Tell the feeds’ subscribers of what is new")
def ping_hub(event: EventData) -> None:
    told = event.payload
    hubs.ping(told["story_id"], hubs.Before.of(told), left=told["left"], at=timezone.now())


@handler(STORY_PUBLISHED, name="articles.look-published", does="Keep the page of a published story as readers saw it")
def look_published(event: EventData) -> None:
    """Draw the page once as a reader gets it, so that it is kept even if nobody comes before it changes again."""
    looking.look(event.payload["story_id"])


handler(STORY_UPDATED, name="articles.look-updated", does="Keep the page of an updated story as readers saw it")(
    look_published
)
# Readers are given it again, perhaps the very same page as before: from this moment on, and not only from the next visit.
handler(
    STORY_REINSTATED, name="articles.look-reinstated", does="Keep the page of a reinstated story as readers saw it"
)(look_published)
handler(
    EMBARGO_ENDED,
    name="articles.look-embargo-ended",
    does="Keep the page of a story after its embargo as readers saw it",
)(look_published)


@handler(PAGE_SEEN, name="articles.gather-seen", does="Keep the files of a page as readers saw it")
def gather_seen(event: EventData) -> None:
    seen_files.gather(event.payload["page_id"], at=timezone.now())


@handler(PAGES_ENDED, name="articles.remove-seen-files", does="Delete the files of kept pages whose time is over")
def remove_seen_files(event: EventData) -> None:
    seen_files.remove_unneeded(event.payload["digests"])


def settle_pictures(event: EventData) -> None:
    """The files that left the public folder with the story (``leaving``) come back with it."""
    for asset_id in sorted(pictures.assets_of(event.payload["story_id"])):
        record(ASSET_CHANGED, asset_id=asset_id)


for _kind, _does in (
    (EMBARGO_ENDED, "Bring back the pictures of a story after its embargo"),
    (STORY_REINSTATED, "Bring back the pictures of a reinstated story"),
):
    handler(_kind, name=f"articles.settle-pictures-{_kind.name.partition('.')[2]}", does=_does)(settle_pictures)


@handler(STORY_PUBLISHED, name="articles.open-pictures", does="Bring back the pictures of a published story")
def open_pictures(event: EventData) -> None:
    """A picture may have been put away with another story that showed it."""
    at = timezone.now()
    wanted = pictures.assets_of(event.payload["story_id"])
    for asset in Asset.objects.filter(pk__in=wanted, files_due_at=None):
        if not making.present(asset) and making.shown(asset, at):
            record(ASSET_CHANGED, asset_id=asset.pk)


@handler(STORY_PUBLISHED, name="articles.note-uses", does="Note which agency’s pictures a published story uses")
def note_uses(event: EventData) -> None:
    story_id = event.payload["story_id"]
    getty_usage.note(pictures.shown_in(story_id), place=f"story:{story_id}", at=event.at)


handler(STORY_UPDATED, name="articles.note-uses-updated", does="Note which agency’s pictures an updated story uses")(
    note_uses
)
handler(STORY_UPDATED, name="articles.open-pictures-updated", does="Bring back the pictures of an updated story")(
    open_pictures
)


@handler(ASSET_CHANGED, name="articles.tell-hub-picture", does="Tell the feeds’ subscribers of a changed picture")
def tell_hub_of_picture(event: EventData) -> None:
    if settings.WEBSUB_HUB:
        picture_leaving.tell_hub(event.payload["asset_id"])


@handler(PRODUCT_CHANGED, name="articles.purge-product", does="Show what changed of a product on the readers’ pages")
def purge_product(event: EventData) -> None:
    purge(f"product:{event.payload['product_id']}")


@handler(MERCHANT_CHANGED, name="articles.purge-merchant", does="Draw every page anew with a merchant’s new facts")
def purge_merchant(event: EventData) -> None:
    """Any running text may link to its hosts, and then says so (promise 16): every page is asked again."""
    purge("publication")


@handler(FRONT_ARRANGED, name="articles.purge-front", does="Show the new order of a front page")
def purge_front(event: EventData) -> None:
    purge(event.payload["tag"])


@handler(SECTION_CHANGED, name="articles.purge-section", does="Show what changed of a section on the readers’ pages")
def purge_section(event: EventData) -> None:
    """The menu of every page names the sections."""
    purge("publication", f"section:{event.payload['section_id']}")


@handler(RENAMED, name="articles.purge-renamed", does="Show a person’s new name in their bylines")
def purge_renamed(event: EventData) -> None:
    """Bylines stand on the stories' pages, on every card of them and in the feeds, all under the story's tag."""
    theirs = Story.objects.filter(bylines__person=event.payload["person_id"]).exclude(readers=Story.Readers.NOTHING)
    stories = list(theirs.values_list("pk", flat=True)[: MOST_NAMED + 1])
    purge(*(f"story:{pk}" for pk in stories) if len(stories) <= MOST_NAMED else ("publication",))
    purge(f"author:{event.payload['person_id']}", "feed:sitemap")


@handler(TOPIC_CHANGED, name="articles.purge-topic", does="Show what changed of a topic on the readers’ pages")
def purge_topic(event: EventData) -> None:
    pk = event.payload["topic_id"]
    topic = Topic.objects.filter(pk=pk).first()
    before = addresses.topic_holders(topic) if topic else []
    purge("feed:sitemap", f"topic-name:{pk}", *(f"topic:{one}" for one in (pk, *before)))
