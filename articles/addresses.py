"""Where an address that readers hold leads now. The rows of earlier ones are written by the database (migration 0030).

An address belongs to whom readers find there now; failing that, to whom they found there last. From there it is one step
to the present address, whatever happened in between, so there is no chain and no circle.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from articles.models import EarlierAddress, EarlierTopic, Section, Story, Topic


def story_at(section: str, slug: str, stories: QuerySet[Story] | None = None) -> Story | None:
    """The story that readers know, or knew, at ``/section/slug/``, with its section and published revision; None where
    they never found one. Whether they may see it now is for the caller to ask.

    A draft that has been given the address of another has it only once it is published: until then the address says
    nothing of it. stories: with what else the caller wants beside the row.
    """
    known = (Story.objects.all() if stories is None else stories).exclude(readers=Story.Readers.NOTHING)
    known = known.select_related("section", "published_revision")
    here = known.filter(section__slug=section, slug=slug).first()
    return here or known.filter(earlier_addresses__section=section, earlier_addresses__slug=slug).first()


def stories_at(places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Story]:
    """(section, slug) -> whatever story has or had that address, published or not: what the desk is told of links."""
    wanted = list(places)
    if not wanted:
        return {}
    now, before = Q(), Q()
    for section, slug in wanted:
        now |= Q(section__slug=section, slug=slug)
        before |= Q(section=section, slug=slug)
    rows = EarlierAddress.objects.select_related("story__section").filter(before)
    found = {(row.section, row.slug): row.story for row in rows}
    for story in Story.objects.filter(now).select_related("section"):
        place = (story.section.slug, story.slug)
        if story.readers != Story.Readers.NOTHING or place not in found:
            found[place] = story
    return found


def holders(story: Story) -> list[int]:
    """The ids of the other stories that were found where ``story`` is now: an address of theirs that is kept leads on
    to them and is no longer theirs. ``story`` has its section loaded."""
    others = EarlierAddress.objects.filter(section=story.section.slug, slug=story.slug).exclude(story=story)
    return list(others.values_list("story", flat=True))


def section_at(slug: str) -> Section | None:
    """The section that was called so in addresses, unless another is now."""
    if Section.objects.filter(slug=slug).exists():
        return None
    return Section.objects.filter(earlier_slugs__slug=slug).first()


def topic_at(slug: str) -> Topic | None:
    """The topic that was called so in addresses, unless another is now."""
    if Topic.objects.filter(slug=slug).exists():
        return None
    return Topic.objects.filter(earlier_slugs__slug=slug).first()


def topic_holders(topic: Topic) -> list[int]:
    """The ids of the other topics that were called in addresses what ``topic`` is now."""
    return list(EarlierTopic.objects.filter(slug=topic.slug).exclude(topic=topic).values_list("topic", flat=True))
