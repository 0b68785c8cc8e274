"""What stories need of what an administrator may delete. Each function answers a sentence, or "" for what may go.

They lock the stories that they decide by: called in the deletion's transaction, no story is published meanwhile.
"""

from __future__ import annotations

import re
from html import unescape

from articles import products
from articles.models import Merchant, Revision, Section, Story, Topic
from newsroom.wording import quoted

_LINK = re.compile(r'<a href="([^"]*)"')


def section(section: Section) -> str:
    """A section stays as long as any story stands in it, seen or not: the database keeps it too."""
    found = Story.objects.filter(section=section)
    if not (number := found.count()):
        return ""
    return f"{section.name} stays: {_count(number, 'story stands', 'stories stand')} in it. Move them first."


def topic(topic: Topic) -> str:
    """A topic stays as long as a story that readers have seen is filed under it; drafts merely lose it."""
    found = Story.objects.select_for_update(of=("self",)).filter(topics=topic)
    seen = [readers for readers in found.values_list("readers", flat=True) if readers != Story.Readers.NOTHING]
    if not seen:
        return ""
    return (
        f"{topic.name} stays: {_count(len(seen), 'published story is', 'published stories are')} filed under it. "
        "An editor takes it off them first, in the Story tab."
    )


def merchant(merchant: Merchant) -> str:
    """A merchant stays as long as the library has a product of theirs, or a published text links to them: the link
    would lose its label as an advertisement (promise 16)."""
    if number := merchant.offers.count():
        sold = _count(number, "product is", "products are")
        return f"{merchant.name} stays: {sold} sold there. Give them another merchant first."
    for host in filter(None, map(products.clean_host, merchant.hosts)):
        texts = Revision.objects.filter(body__icontains=host).exclude(published_in=None)
        for headline, body in texts.values_list("headline", "body").iterator():
            if any(products.merchant_of(unescape(link)) == merchant.name for link in _LINK.findall(body)):
                return f"{merchant.name} stays: the story {quoted(headline)} links there. Take the link out first."
    return ""


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
