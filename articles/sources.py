"""The people, papers and statements that a newsroom quotes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Lower, Replace
from django.urls import reverse

from articles import typed
from articles.access import may, sources_for
from articles.models import Identity, Outlet, Quotation, QuotationUse, Source, Story
from articles.notice_kinds import RETRACTION
from articles.refusals import Refused, Stale
from newsroom import audit, notices
from newsroom.accounts.models import Person
from newsroom.wording import quoted


@dataclass(frozen=True)
class SourceFacts:
    """What the form asks. name is empty for an unnamed person, whose description is the agreed one."""

    kind: str
    name: str = ""
    description: str = ""
    outlet_id: int | None = None
    link: str = ""
    note: str = ""


def add(*, person: Person, facts: SourceFacts, at: datetime) -> Source:
    """Raises Refused by field (kind, name, description, outlet, link), or where the person does not write the ledger."""
    values = _checked(person, facts)
    with transaction.atomic():
        source = Source.objects.create(**values, added_by=person, added_at=at)
        audit.note(person, "source.added", f"source:{source.pk}")
    return source


def change(source_id: int, *, person: Person, expected_version: int, facts: SourceFacts, at: datetime) -> Source:
    """Change a source. What approved texts print of it stays as approved: pull quotes keep their own attribution. Where it
    may not be named any more, those behind the stories that lean on it are told, and a check stops the next publication.

    Raises:
        Refused: by field, as ``add``.
        Stale: somebody changed it meanwhile; nothing was written.
    """
    values = _checked(person, facts)
    with transaction.atomic():
        seen = Source.objects.filter(pk=source_id, version=expected_version)
        # Held, so that nobody writes down who it is (``identities.keep``) between this look and the change.
        before = Source.objects.select_for_update().filter(pk=source_id).first()
        if values["kind"] != Source.Kind.UNNAMED and Identity.objects.filter(source_id=source_id).exists():
            raise Refused({"kind": "Who this is stands sealed. Have that forgotten first, then change the kind."})
        if not seen.update(**values, version=F("version") + 1):
            raise Stale("Somebody changed this source while you had it open. Your words are still in the form.")
        audit.note(person, "source.changed", f"source:{source_id}")
        if before is not None and before.kind != Source.Kind.UNNAMED == values["kind"]:
            _tell_of_silence(before, person, at)
    return Source.objects.get(pk=source_id)


def _tell_of_silence(source: Source, person: Person, at: datetime) -> None:
    """Whoever stands behind a story that may print the name. The notice does not repeat it."""
    for story in leaning(source).prefetch_related("bylines__person"):
        people = {story.owner, *(byline.person for byline in story.bylines.all())}
        seen = story.published_revision
        notices.tell(
            RETRACTION.name,
            {one for one in people if may(one).read_sources},
            key=f"unnamed:{source.pk}:{source.version}:{story.pk}",
            title=f"A source of {quoted(seen.headline) if seen else 'a story of yours'} may not be named any more",
            detail="Look where the text names them. Quotations set apart are chosen again.",
            url=reverse("articles-desk:write", args=[story.pk]),
            at=at,
            by=person,
        )


def by_name(kind: str, name: str) -> Source | None:
    """The source of that kind and name, however its capitals and apostrophes are written; the oldest of several. Never an
    unnamed person: two who are both described as "a source" must never become one."""
    if kind == Source.Kind.UNNAMED:
        return None
    plain = Replace(Replace(Lower("name"), Value("'"), Value("’")), Value("ʼ"), Value("’"))
    key = name.lower().replace("'", "’").replace("ʼ", "’")
    return Source.objects.filter(kind=kind).annotate(plain=plain).filter(plain=key).order_by("pk").first()


def listing(person: Person, *, q: str = "", kind: str = "") -> QuerySet[Source]:
    """Sources by name, with how many quotations each has (``said``).

    Raises:
        PermissionDenied: this person reads no sources.
    """
    found = sources_for(person).annotate(said=Count("quotations")).order_by("name", "description", "pk")
    if kind in Source.Kind.values:
        found = found.filter(kind=kind)
    if q := typed.line(q)[:100]:
        found = found.filter(Q(name__icontains=q) | Q(description__icontains=q) | Q(outlet__name__icontains=q))
    return found


def leaning(source: Source) -> QuerySet[Story]:
    """The stories whose readers or open drafts stand on this source, newest first; section and head line loaded."""
    return leaning_on(Quotation.objects.filter(source=source))


def leaning_on(quotations: QuerySet[Quotation]) -> QuerySet[Story]:
    """The stories whose readers or open drafts stand on any of these entries; as ``leaning``."""
    revisions = QuotationUse.objects.filter(quotation__in=quotations.values("pk")).values("revision_id")
    return (
        Story.objects.filter(
            Q(published_revision__in=revisions) | (Q(drafts__head__in=revisions) & ~Q(drafts__standing="closed"))
        )
        .select_related("section", "owner", "published_revision")
        .prefetch_related("drafts__head")
        .distinct()
        .order_by("-pk")
    )


def leaning_counts(ids: Iterable[int]) -> dict[int, int]:
    """How many stories lean on each source, by its id, as ``leaning`` lists them; two queries for any number."""
    uses = QuotationUse.objects.filter(quotation__source_id__in=set(ids))
    seen = uses.filter(revision__published_in__isnull=False).values_list(
        "quotation__source_id", "revision__published_in"
    )
    drafted = uses.exclude(revision__head_of=None).filter(~Q(revision__head_of__standing="closed"))
    pairs = {*seen, *drafted.values_list("quotation__source_id", "revision__head_of__story_id")}
    return Counter(source for source, _ in pairs)


def said(source: Source) -> QuerySet[Quotation]:
    return source.quotations.select_related("source", "verified_by").prefetch_related("chain__outlet").order_by("-pk")


def _checked(person: Person, facts: SourceFacts) -> dict[str, object]:
    if not may(person).write_sources:
        raise Refused("The ledger is written by reporters and editors.")
    name, description = typed.line(facts.name), typed.line(facts.description)
    link, note = typed.line(facts.link), typed.lines(facts.note)
    messages: dict[str, str] = {}
    if facts.kind not in Source.Kind.values:
        messages["kind"] = "Choose what kind of source it is."
    elif facts.kind == Source.Kind.UNNAMED:
        if name:
            messages["name"] = "An unnamed person has no name here. Use the description that you agreed."
        if not description:
            messages["description"] = "Write how they agreed to be described: “a former aide”."
    elif not name:
        messages["name"] = "Give the name, as it is printed."
    if len(name) > 160:
        messages["name"] = "Keep the name to 160 characters."
    if len(description) > 200:
        messages["description"] = "Keep the description to 200 characters."
    if link and (len(link) > 500 or typed.web_address(link) is None):
        messages["link"] = "Give the whole address, beginning with https://."
    if len(note) > 5000:
        messages["note"] = "Keep the note to 5,000 characters."
    if facts.outlet_id is not None and not Outlet.objects.filter(pk=facts.outlet_id).exists():
        messages["outlet"] = "Choose an outlet from the list."
    if messages:
        raise Refused(messages)
    return {
        "kind": facts.kind,
        "name": name,
        "description": description,
        "outlet_id": facts.outlet_id,
        "link": link,
        "note": note,
    }
