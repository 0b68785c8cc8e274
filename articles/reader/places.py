"""Where stories stand together: a section, a topic, an author. Each has a page, three feeds and a tag of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.text import slugify

from articles.models import Byline, Section, Story, Topic
from articles.reader import cards
from articles.reader.cards import SectionLink
from newsroom.accounts.models import Person

NAMED = 300


@dataclass(frozen=True)
class Place:
    """kind: "section", "topic" or "author". path: its page. feeds: the folder of its feeds."""

    kind: str
    id: int
    name: str
    path: str
    feeds: str
    menu: list[SectionLink]

    @property
    def tag(self) -> str:
        """The page tag of whatever lists its stories."""
        return f"{self.kind}:{self.id}"

    @property
    def section(self) -> SectionLink | None:
        """Its entry in the menu."""
        return next((each for each in self.menu if self.kind == "section" and each.id == self.id), None)


@dataclass(frozen=True)
class AuthorLink:
    id: int
    name: str

    @property
    def path(self) -> str:
        return author_path(self.id, self.name)


@dataclass(frozen=True)
class TopicLink:
    id: int
    name: str
    slug: str

    @property
    def path(self) -> str:
        return f"/topics/{self.slug}/"


def author_path(person_id: int, name: str) -> str:
    """An author's page. The number finds it; the name in it follows the person's, and an old one leads on."""
    return f"/authors/{person_id}/{slugify(name) or 'author'}/"


def section(slug: str) -> Place | None:
    """One query, for the menu as well."""
    menu = [SectionLink(*row) for row in Section.objects.order_by("position", "name").values_list("pk", "name", "slug")]
    here = next((each for each in menu if each.slug == slug), None)
    return Place("section", here.id, here.name, here.path, here.path, menu) if here else None


def topic(slug: str, at: datetime) -> Place | None:
    """A topic with at least one story that readers may see at ``at``. One query."""
    told = cards.newest(at).filter(topics=OuterRef("pk")).order_by()
    found = Topic.objects.filter(Exists(told), slug=slug).annotate(_menu=cards.sections()).first()
    if found is None:
        return None
    path = TopicLink(found.pk, found.name, found.slug).path
    return Place("topic", found.pk, found.name, path, path, cards.links(found._menu))


def author(person_id: int, at: datetime) -> Place | None:
    """Somebody whose name stands over at least one story that readers may see at ``at``. One query.

    Of nobody else does a page say that they work here.
    """
    told = cards.newest(at).filter(bylines__person=OuterRef("pk")).order_by()
    found = Person.objects.filter(Exists(told), pk=person_id).annotate(_menu=cards.sections()).first()
    if found is None:
        return None
    path = author_path(found.pk, found.name)
    return Place("author", found.pk, found.name, path, f"/authors/{found.pk}/", cards.links(found._menu))


def named(at: datetime) -> QuerySet[Person]:
    """Everybody whose name stands over a story that readers may see at ``at``, in no order."""
    told = cards.newest(at).filter(bylines__person=OuterRef("pk")).order_by()
    # Asked for each name: ``Exists`` is joined, with all stories there are, to find a handful.
    return Person.objects.alias(_told=Subquery(told.values("pk")[:1])).filter(_told__isnull=False)


def authors(at: datetime) -> list[AuthorLink]:
    """Whoever is ``named``, by name, the first NAMED. One query."""
    return [AuthorLink(*row) for row in named(at).order_by("name", "pk").values_list("pk", "name")[:NAMED]]


def stories(place: Place, at: datetime) -> QuerySet[Story]:
    """Its stories that readers may see at ``at``, newest first."""
    if place.kind == "section":
        return cards.newest(at).filter(section=place.id)
    if place.kind == "topic":
        return cards.newest(at).filter(topics=place.id)
    return cards.newest(at).filter(pk__in=Byline.objects.filter(person=place.id).values("story"))
