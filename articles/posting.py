"""A live post: one field, at once with readers, as a revision of the published text made by code (promises 3 and 5).

It stands above the earlier posts, as dated paragraphs with keys of their own, and is taken into every open draft as a
quick correction is. Two at once wait for each other on the story's row: both arrive.
"""

from __future__ import annotations

import html
import uuid
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from django.db import connection, transaction
from django.db.models import QuerySet

from articles import checks, drafts, house_style, ledger, pens, publishing, reviews, taken, together, typed
from articles.access import may
from articles.marks import bare, pairs
from articles.models import Draft, LivePen, LivePost, Quotation, Review, Revision, Story, Update, Waiver
from articles.quotation_marks import normalise, says
from articles.refusals import MoveRefused
from articles.times import when, zone_of
from newsroom import blocks
from newsroom.accounts.models import Person
from newsroom.publication.current import current
from newsroom.wording import quoted

LONGEST = 2000
LONGEST_LINE = 300
LOOKED_BACK = 50  # posts: the newest of them that still stands in the text says where the next one goes


def post(*, story_id: int, person: Person, words: str, at: datetime, token: uuid.UUID | None = None) -> LivePost:
    """Put an update into the published text and show it to readers.

    words: plain text; each line is a paragraph. token: of the form; the same words sent twice with it are posted once.

    Raises:
        MoveRefused: by field: "words" for what was typed; "" where the story is not live, held, under embargo or
            withdrawn, a check stops it, or this person holds no pen.
        Story.DoesNotExist: no such story.
    """
    # What cleaning takes out as empty (a line of invisible characters) must not have a key.
    rows = [
        house_style.curl(row)
        for row in typed.lines(words).split("\n")
        if blocks.clean(f"<p>{html.escape(row, quote=False)}</p>")
    ]
    if not rows:
        raise MoveRefused({"words": "Write what has happened."})
    if (length := len("\n".join(rows))) > LONGEST:
        raise MoveRefused({"words": f"Keep a post to {LONGEST:,} characters; it has {length:,}."})
    with transaction.atomic():
        if token is not None:
            _hold(token)
        # Before the story's row, as a retraction takes them: it finds this post, or this post finds it. Otherwise words
        # taken back at this moment would be with readers, and nobody would ever be told.
        list(_in_ledger(_asked(rows)).select_for_update(no_key=True))
        # The story's row before any draft's, as every move takes them; and one post after the other.
        Story.objects.select_for_update(of=("self",), no_key=True).get(pk=story_id)
        # Read only now: beside a row that was waited for, PostgreSQL joins what belonged to its earlier state.
        story = Story.objects.select_related("section", "published_revision", "held_by").get(pk=story_id)
        if token is not None and (sent := LivePost.objects.filter(token=token).first()):
            # Other words: the answer to the first ones was lost on its way, and somebody wrote on in the field.
            if (sent.story_id, sent.person_id, sent.words) == (story.pk, person.pk, "\n".join(rows)):
                return sent
            token = None
        if why_not := pens.why_not(person, story, at):
            raise MoveRefused(why_not)
        pen = None if may(person).decide else pens.held(person, at).select_related("given_by").get(story=story)
        return _post(story, person, pen, rows, at, token or uuid.uuid4())


def _hold(token: uuid.UUID) -> None:
    """One form at a time: sent to two stories at once, both would find its token free and the later one would fail."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(token)])


def _post(
    story: Story, person: Person, pen: LivePen | None, rows: list[str], at: datetime, token: uuid.UUID
) -> LivePost:
    before = story.published_revision
    assert before is not None
    revision, keys = _write(story, before, person, rows, at)
    draft = revision.draft
    stops = checks.held_back(checks.run(revision, story=story, at=at), "live-post")
    if stops:
        raise MoveRefused(" ".join(check.message for check in stops), stops)
    # Whoever gave the pen stands behind what is written with it (promise 2: the published revision names its approver).
    approver = pen.given_by if pen else person
    Draft.objects.filter(pk=draft.pk).update(head=revision, approved_revision=revision, approved_by=approver)
    Revision.objects.filter(pk=revision.pk).update(sealed=True)
    words = "\n".join(rows)
    line = " ".join(rows)
    line = line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1].rstrip() + "…"
    update = publishing.show(
        draft, revision, person=person, approver=approver, at=at, kind=Update.Kind.UPDATE, line=line
    )
    assert update is not None
    log = taken.log(
        "live-post",
        story_id=story.pk,
        draft_id=draft.pk,
        revision_id=revision.pk,
        person_id=person.pk,
        at=at,
        reason=words,
    )
    # An editor's as well: nobody else has read it either (promise 3).
    reviews.begin(log, kind=Review.Kind.LIVE_POST, before=before)
    return LivePost.objects.create(
        story=story, update=update, log=log, person=person, pen=pen, words=words, paragraphs=keys, at=at, token=token
    )


def _write(story: Story, before: Revision, person: Person, rows: list[str], at: datetime) -> tuple[Revision, list[str]]:
    """The published text with the post in its place, as a revision of a draft that is closed from the start."""
    standing = together.text_of(before).paragraphs
    keys = [_free_key(standing) for _ in rows]
    post = dict(zip(keys, _paragraphs(story, before, rows, at), strict=True))
    earlier = {
        key
        for row in LivePost.objects.filter(story=story).values_list("paragraphs", flat=True)[:LOOKED_BACK]
        for key in row
    }
    order = list(standing.items())
    place = next((number for number, (key, _) in enumerate(order) if key in earlier), 0)
    text = dict([*order[:place], *post.items(), *order[place:]])
    try:
        body = blocks.clean("\n".join(text.values()))
    except blocks.BodyTooLong as refusal:
        raise MoveRefused({"words": str(refusal)}) from None
    content = replace(drafts.content_of(before), body=body)
    draft = Draft.objects.create(
        story=story,
        kind=Draft.Kind.LIVE,
        standing=Draft.Standing.CLOSED,
        head=before,
        base_revision=before,
        opened_by=person,
        opened_at=at,
        changed_at=at,
        changed_by=person,
    )
    return drafts.keep(draft, content, person=person, at=at, keys=list(text)), keys


def _free_key(taken: Collection[str]) -> str:
    while (key := blocks.paragraphs.new_key()) in taken:
        pass
    return key


def _paragraphs(story: Story, before: Revision, rows: list[str], at: datetime) -> list[str]:
    """The post as HTML, the first paragraph dated, every quotation tied or waived.

    Raises:
        MoveRefused: by field "words", with the quotations that nothing stands behind (promise 11).
    """
    known = _quotations(before, rows)
    waived = set(Waiver.objects.filter(story=story, ended_at=None).values_list("normalised", flat=True))
    untied: list[str] = []
    written = []
    for row in rows:
        parts, done = [], 0
        for start, end in pairs(row):
            words = bare(row[start:end])
            if not normalise(words) or normalise(words) in waived:
                continue
            found = next((one for one in known if says(words, one.words)), None)
            if found is None:
                untied.append(quoted(words))
                continue
            parts += [
                html.escape(row[done:start], quote=False),
                f'<q data-quotation="{found.pk}">{html.escape(row[start:end], quote=False)}</q>',
            ]
            done = end
        written.append("".join([*parts, html.escape(row[done:], quote=False)]))
    if untied:
        raise MoveRefused(
            {
                "words": f"{', '.join(untied)} {'is' if len(untied) == 1 else 'are'} not tied to a source. Quote word for "
                "word what this story’s text or the ledger has, or write it without quotation marks."
            }
        )
    dated = when(at, zone_of(current())).short
    first, *more = written
    return [f"<p>{piece}</p>" for piece in (f"<strong>{dated}:</strong> {first}", *more)]


def _quotations(before: Revision, rows: list[str]) -> list[Quotation]:
    """What may stand behind the post's quotations: first what the published text ties, then the very words in the
    ledger. Nothing that was retracted."""
    asked = _asked(rows)
    if not asked:
        return []
    tied = [mark.quotation_id for mark in ledger.marks_of(before) if mark.quotation_id]
    sound = Quotation.objects.exclude(state=Quotation.State.RETRACTED)
    return [*sound.filter(pk__in=tied), *_in_ledger(asked)]


def _asked(rows: list[str]) -> set[str]:
    """The words of the post's quotations, to be compared."""
    return {normalise(bare(row[start:end])) for row in rows for start, end in pairs(row)}


def _in_ledger(asked: set[str]) -> QuerySet[Quotation]:
    sound = Quotation.objects.exclude(state=Quotation.State.RETRACTED)
    return sound.filter(normalised__in=asked).order_by("pk")[:20]
