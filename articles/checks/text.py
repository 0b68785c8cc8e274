"""What the words themselves must be, and what stands around them: headline, standfirst, address, topics, search fields."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists

from articles import particulars
from articles.checks.registry import BOTH, STOP, WARN, Check, Matter, check, stop, warn
from articles.models import Story, Topic

LONG_HEADLINE = 110  # Google shows about so much of NewsArticle.headline
LONG_STANDFIRST = 300  # characters: what happened, in one breath; more is the first paragraph
LONG_SEARCH_TITLE = 60
LONG_SEARCH_DESCRIPTION = 160


@check(
    "Headline",
    f"There is one, of at most {LONG_HEADLINE} characters: lists and search engines cut more off.",
    level=BOTH,
)
def headline(matter: Matter) -> Iterator[Check]:
    words = matter.revision.headline
    if not words:
        yield stop("The story has no headline.", "headline")
    elif len(words) > LONG_HEADLINE:
        yield warn(f"The headline has {len(words)} characters; beyond {LONG_HEADLINE} it is cut off.", "headline")


@check("Text", "There is one.", level=STOP)
def text(matter: Matter) -> Iterator[Check]:
    if not matter.revision.body.strip():
        yield stop("The story has no text.", "body")


@check("Standfirst", f"There is one, of at most {LONG_STANDFIRST} characters.", level=WARN)
def standfirst(matter: Matter) -> Iterator[Check]:
    words = matter.revision.standfirst
    if not words:
        yield warn("There is no standfirst.", "standfirst")
    elif len(words) > LONG_STANDFIRST:
        yield warn(f"The standfirst has {len(words)} characters; keep it to {LONG_STANDFIRST}.", "standfirst")


@check("Address", "It says what the story is about, and no longer “untitled”.", level=STOP)
def address(matter: Matter) -> Iterator[Check]:
    if matter.story.slug.startswith(particulars.UNNAMED):
        yield stop("The address still says “untitled”.", "slug")


@check("Topics", "The story bears at least one, where the desk keeps topics.", level=WARN)
def topics(matter: Matter) -> Iterator[Check]:
    chosen = Story.topics.through.objects.filter(story=matter.story.pk)
    if Topic.objects.annotate(chosen=Exists(chosen)).values_list("chosen", flat=True).first() is False:
        yield warn("The story bears no topic.", "topics")


@check(
    "Search fields",
    f"Search engines get a title of at most {LONG_SEARCH_TITLE} characters and a description of at most "
    f"{LONG_SEARCH_DESCRIPTION}. Empty fields fall back on headline and standfirst, where those fit.",
    level=WARN,
)
def search_fields(matter: Matter) -> Iterator[Check]:
    revision = matter.revision
    title, description = revision.search_title, revision.search_description
    if len(title) > LONG_SEARCH_TITLE:
        yield warn(f"Search engines cut a title after about {LONG_SEARCH_TITLE} characters.", "search_title")
    elif not title and len(revision.headline) > LONG_SEARCH_TITLE:
        yield warn(
            f"There is no search title, and search engines cut the headline after about {LONG_SEARCH_TITLE} characters.",
            "search_title",
        )
    if len(description) > LONG_SEARCH_DESCRIPTION:
        yield warn(
            f"Search engines cut a description after about {LONG_SEARCH_DESCRIPTION} characters.", "search_description"
        )
    elif not description and not revision.standfirst:
        yield warn(
            "There is neither a search description nor a standfirst: search engines choose words of their own.",
            "search_description",
        )
    elif not description and len(revision.standfirst) > LONG_SEARCH_DESCRIPTION:
        yield warn(
            "There is no search description, and search engines cut the standfirst after about "
            f"{LONG_SEARCH_DESCRIPTION} characters.",
            "search_description",
        )
