"""What is said of a story outside its text: section, address, topics, bylines, owner."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.text import slugify

from articles import approvals, refusals
from articles.access import may
from articles.events import STORY_CHANGED
from articles.merchants import link_rel
from articles.models import Byline, EarlierAddress, Section, Story, Topic
from articles.refusals import Refused
from newsroom import audit
from newsroom.accounts.models import Person
from newsroom.outbox import record

_LINK = re.compile(r'<a href="([^"]*)"')
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
LONGEST_SLUG = 80
UNNAMED = "untitled"


@dataclass(frozen=True)
class Particulars:
    """slug: None leaves the address to whoever chooses it now, a person or the headline. products_barred: None leaves it
    as it is; saying it is an editor's."""

    section_id: int | None
    slug: str | None = None
    topic_ids: Sequence[int] = ()
    byline_ids: Sequence[int] = ()
    owner_id: int | None = None
    products_barred: bool | None = None


def slug_for(headline: str) -> str:
    """The address that a headline suggests: ASCII, whole words, at most 80 characters; "untitled" for none."""
    slug = slugify(headline.replace("’", "").replace("'", ""))
    if len(slug) > LONGEST_SLUG:
        slug = slug[: LONGEST_SLUG + 1].rpartition("-")[0] or slug[:LONGEST_SLUG]
    return slug.strip("-_").replace("_", "-") or UNNAMED


def free_slug(section_id: int, headline: str, *, beyond: int = 0, story_id: int | None = None) -> str:
    """``slug_for`` the headline, with the first free number behind it where the section has that address already.

    beyond: skip so many more numbers; for another try after a lost race.
    """
    wanted = slug_for(headline)
    others = Story.objects.filter(section_id=section_id, slug__startswith=wanted).exclude(pk=story_id or 0)
    # What readers hold of another story as well: nobody takes that without having chosen it.
    called = Section.objects.filter(pk=section_id).values("slug")
    held = EarlierAddress.objects.filter(section__in=called, slug__startswith=wanted).exclude(story=story_id or 0)
    taken = set(others.values_list("slug", flat=True).union(held.values_list("slug", flat=True), all=True))
    if wanted not in taken and not beyond and wanted != UNNAMED:
        return wanted
    number = 2
    while f"{wanted}-{number}" in taken:
        number += 1
    return f"{wanted}-{number + beyond}"


def follow_headline(story: Story, headline: str) -> None:
    """Let the address follow the headline until readers know it, a person chose one, or it was approved for words that
    are to go out. Runs inside the save."""
    if story.readers != Story.Readers.NOTHING or story.slug_by_hand or not headline:
        return
    wanted = slug_for(headline)
    if story.slug == wanted or re.fullmatch(re.escape(wanted) + r"-\d+", story.slug):
        return
    try:
        with transaction.atomic():
            free = Story.objects.filter(pk=story.pk, readers=Story.Readers.NOTHING, slug_by_hand=False)
            free.exclude(drafts__standing__in=approvals.BINDING).update(
                # Not the version: the details form beside the text would go stale with every headline typed.
                slug=free_slug(story.section_id, headline, story_id=story.pk)
            )
    except IntegrityError:
        return  # somebody took it meanwhile: the next save follows, and no text is lost over an address


def change(
    story_id: int, *, person: Person, expected_version: int, facts: Particulars, at: datetime | None = None
) -> Story:
    """Change what is said of a story. at: None is now.

    Until publication a writer changes everything. An approval covers section, address and bylines: while one stands they
    are an editor's to change, and it ends where the section is changed for or from one with the strict rule (promises 2
    and 3). After publication all of it is an editor's, and the address that readers hold leads on to the new one.

    Raises:
        Refused: by field (section, slug, topics, bylines, owner), or not this person's to change.
        refusals.Stale: somebody changed it meanwhile; nothing was written.
        Story.DoesNotExist: no such story.
    """
    try:
        with transaction.atomic():
            # Held before it is looked at: nobody approves, plans or publishes this story until what follows is committed.
            story = Story.objects.select_for_update(no_key=True).get(pk=story_id)
            _change(story, person, expected_version, facts, at or timezone.now())
    except IntegrityError as error:
        if "articles_story_address" in str(error):
            raise Refused({"slug": "Another story of this section has this address."}) from None
        # A topic or a section was deleted after it was looked for.
        raise Refused("Something of the lists is no longer there. Look again, then save.") from None
    return Story.objects.select_related("section").get(pk=story_id)


def _change(story: Story, person: Person, expected_version: int, facts: Particulars, at: datetime) -> None:
    rights = may(person)
    unpublished = story.readers == Story.Readers.NOTHING
    if facts.products_barred not in (None, story.products_barred) and not rights.decide:
        raise Refused({"products_barred": "An editor says whether products may stand in a story."})
    if not rights.write or not (unpublished or rights.decide):
        raise Refused("After publication an editor changes what stands around the story.")
    values = _checked(story, facts, unpublished)
    if not Story.objects.filter(pk=story.pk, version=expected_version).update(**values, version=F("version") + 1):
        raise refusals.Stale("Somebody changed this story's details meanwhile. Look again, then save.")
    # Only now: who looked at other details than these is told that first.
    bound = not rights.decide and approvals.binding(story.pk).exists()
    section_id, slug = values.get("section_id", story.section_id), values.get("slug", story.slug)
    if bound and (said := approvals.covered(story, section_id=section_id, slug=slug, byline_ids=facts.byline_ids)):
        raise Refused(said)
    if facts.section_id is not None:
        approvals.end_at_section(story, facts.section_id, person=person, at=at)
    topic_ids = list(story.topics.order_by("pk").values_list("pk", flat=True))
    author_ids = list(story.bylines.order_by("person").values_list("person", flat=True))
    story.topics.set(facts.topic_ids)
    if not bound:
        story.bylines.all().delete()
        Byline.objects.bulk_create(
            Byline(story=story, person_id=pk, position=position)
            for position, pk in enumerate(dict.fromkeys(facts.byline_ids))
        )
    if not unpublished:
        record(
            STORY_CHANGED,
            story_id=story.pk,
            section_ids=sorted({story.section_id, facts.section_id or 0} - {0}),
            topic_ids=topic_ids,
            author_ids=author_ids,
        )
    if not unpublished and (section_id, slug) != (story.section_id, story.slug):
        audit.note(person, "story.moved", f"story:{story.pk}", address=story.path)
    audit.note(person, "story.particulars", f"story:{story.pk}")


def _checked(story: Story, facts: Particulars, unpublished: bool) -> dict[str, object]:
    messages: dict[str, str] = {}
    values: dict[str, object] = {}
    slug = story.slug if facts.slug is None else facts.slug.strip().lower()
    if slug != story.slug and (not _SLUG.match(slug) or len(slug) > LONGEST_SLUG):
        messages["slug"] = f"Use small letters, figures and single hyphens, up to {LONGEST_SLUG} characters."
    section = Section.objects.filter(pk=facts.section_id).first() if facts.section_id is not None else None
    if section is None:
        messages["section"] = "Choose a section."
    elif Story.objects.filter(section=section, slug=slug).exclude(pk=story.pk).exists():
        if facts.slug is None and not story.slug_by_hand:
            values["slug"] = free_slug(section.pk, slug, story_id=story.pk)
        else:
            messages["slug"] = "Another story of this section has this address."
    if section and section.products_barred and section.pk != story.section_id and not unpublished and _sells(story):
        messages["section"] = f"{section.name} bars products, and readers see some in this story. Take them out first."
    values["section_id"] = facts.section_id
    if facts.slug is not None and slug != story.slug:
        values |= {"slug": slug, "slug_by_hand": True}
    if Topic.objects.filter(pk__in=facts.topic_ids).count() != len(set(facts.topic_ids)):
        messages["topics"] = "Choose topics of the list."
    people = {*facts.byline_ids, *([facts.owner_id] if facts.owner_id else [])}
    if Person.objects.filter(pk__in=people).count() != len(people):
        messages["bylines"] = "Choose people of the newsroom."
    if facts.products_barred is not None:
        values["products_barred"] = facts.products_barred
    if facts.owner_id:
        values["owner_id"] = facts.owner_id
    if messages:
        raise Refused(messages)
    return values


def _sells(story: Story) -> bool:
    """Whether what readers see, or saw, of the story holds a product or a link to a shop."""
    seen = story.published_revision
    if seen is None:
        return False
    return seen.references.filter(kind="product").exists() or any(
        link_rel(unescape(address)) for address in _LINK.findall(seen.body)
    )
