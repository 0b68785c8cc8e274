"""The demo's stories without its processes: every feature takes the whole road, the running story stands as its steps
write it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from articles import ledger, posting
from articles.blocks import ProductBlock
from articles.models import Offer, Section, Story, Topic
from media_assets import making, placements
from media_assets.models import Asset
from newsletters.models import Newsletter
from newsroom import blocks
from newsroom.accounts.models import Person
from newsroom.demo import content, seed
from newsroom.publication.current import forget
from tests.factories import articles as make


def newsroom_of_the_demo(now: datetime) -> list[Story]:
    """Every story that readers of the demo see; the running one is live, with a post, an update and two corrections.

    Needs ``PRIVATE_SHOPS``.
    """
    cast = seed.people({role: f"a password of {role}" for role, _, _ in content.PEOPLE}, {})
    seed.newsroom(cast, now)
    seed.shop(cast, 8099, now)
    for asset in Asset.objects.all():
        making.make(asset.pk, at=now)
    seed.features(cast, now)
    _running(cast, now)
    forget()
    return list(Story.objects.published(timezone.now()).select_related("section", "published_revision"))


def _running(cast: dict[str, Person], now: datetime) -> Story:
    entries = seed.quotations(cast["reporter"], now)
    alice, at = cast["reporter"], now - timedelta(hours=3)

    def picture(scene: str) -> int:
        caption, words = content.PICTURES[scene]
        asset = Asset.objects.get(alternative_text=words)
        return placements.place(asset, caption=caption, alternative_text=words, person=alice).pk

    def block(paragraph: str) -> str:
        kind, _, scene = paragraph.strip("[]").partition(":")
        if kind == "image":
            number = picture(scene)
        elif kind == "product":
            offer = Offer.objects.get(product__title=content.PRODUCT["title"])
            number = ProductBlock().place(alice, {"choice": str(offer.pk), "blurb": content.PRODUCT["blurb"]})
        else:
            newsletter = blocks.get(kind)
            assert newsletter is not None
            number = newsletter.place(alice, {"choice": str(Newsletter.objects.get().pk)})
        return f'<div data-block="{kind}" data-id="{number}"></div>'

    def tied(paragraph: str) -> str:
        for key, entry in entries.items():
            paragraph = paragraph.replace(f"{{{key}}}", f'<q data-quotation="{entry.pk}">“{entry.words}”</q>')
        return f"<p>{paragraph}</p>"

    body = "\n".join(block(part) if part.startswith("[") else tied(part) for part in content.BODY)
    lead = placements.load([picture(content.LEAD)])
    story = make.published_story(
        section=Section.objects.get(slug="the-court"),
        owner=alice,
        headline=content.HEADLINE,
        kicker=content.KICKER,
        standfirst=content.STANDFIRST,
        body=body,
        lead_image=next(iter(lead.values())),
        at=at,
        live=True,
        topics=list(Topic.objects.all()),
        approver=cast["editor"],
    )
    for said, why in content.WAIVED.items():
        ledger.waive(story_id=story.pk, words=said, reason=why, person=cast["editor"], at=at)
    Story.objects.filter(pk=story.pk).update(live_until=now + timedelta(hours=3))
    posting.post(story_id=story.pk, person=cast["editor"], words="The cars have left.", at=at + timedelta(minutes=20))
    story.refresh_from_db()
    make.update(story, kind="update", line="Adds what was seen at the gate.", at=at + timedelta(minutes=40))
    make.update(story, kind="clarification", line="The meeting was on Wednesday.", at=at + timedelta(minutes=50))
    make.update(story, kind="correction", line="The Duke is 40 & not 41.", at=at + timedelta(hours=1))
    make.update(story, kind="minor", at=at + timedelta(hours=2))
    return story
