"""What the story desk tells people of. Each names a story, so that nobody is shown it who reads none (``sees``)."""

from __future__ import annotations

from articles import access
from newsroom.accounts.models import Person
from newsroom.notices import Kind


def _writes(person: Person) -> bool:
    return access.may(person).write


def _decides(person: Person) -> bool:
    return access.may(person).decide


def _reads(person: Person) -> bool:
    return access.may(person).read


def _reads_sources(person: Person) -> bool:
    return access.may(person).read_sources


SUBMITTED = Kind(
    name="articles.submitted",
    label="A story is submitted",
    help="Somebody hands a draft to the editors.",
    may=_decides,
    sees=_reads,
    order=10,
)
CHANGES_REQUESTED = Kind(
    name="articles.changes-requested",
    label="Changes are requested",
    help="An editor gives a story back that you own or that bears your name.",
    may=_writes,
    sees=_reads,
    mail=True,
    always=True,
    order=20,
)
APPROVED = Kind(
    name="articles.approved",
    label="Your story is approved",
    help="An editor stands behind the words of a story of yours, or its approval ends because it changes its section.",
    may=_writes,
    sees=_reads,
    order=30,
)
PUBLISHED = Kind(
    name="articles.published",
    label="Your story is published",
    help="Readers see a story of yours, for the first time or with an update. Minor changes are silent here too.",
    may=_writes,
    sees=_reads,
    order=40,
)
WITHDRAWN = Kind(
    name="articles.withdrawn",
    label="Your story is withdrawn",
    help="A story of yours is taken from readers.",
    may=_writes,
    sees=_reads,
    mail=True,
    always=True,
    order=50,
)
HELD = Kind(
    name="articles.held",
    label="A story is held back",
    help="Legal places a hold on a story or lifts it; or a story of yours comes under embargo, or out of it before its time.",
    may=_reads,
    mail=True,
    always=True,
    order=51,
)
SPIKED = Kind(
    name="articles.spiked",
    label="Your story is spiked",
    help="A story of yours is put away unpublished, or brought back.",
    may=_writes,
    sees=_reads,
    always=True,
    order=52,
)
PLANNED = Kind(
    name="articles.planned",
    label="Your story is scheduled",
    help="A story of yours is to be published by itself at a minute, at another minute, or no more.",
    may=_writes,
    sees=_reads,
    order=42,
)
REARRANGED = Kind(
    name="articles.rearranged",
    label="Your order of paragraphs gave way",
    help="You moved paragraphs, somebody else moved them otherwise at the same time, and their order stands.",
    may=_writes,
    sees=_reads,
    always=True,
    order=58,
)
MENTION = Kind(
    name="articles.mention",
    label="A note names you",
    help="Somebody writes @ and your name in a note on a story.",
    may=_reads,
    mail=True,
    always=True,
    order=60,
)
REPLY = Kind(
    name="articles.reply",
    label="A note is answered",
    help="Somebody says something in a thread in which you spoke.",
    may=_reads,
    order=70,
)
SCHEDULE = Kind(
    name="articles.schedule",
    label="A schedule fails, is late or is stopped",
    help="What was to be published or withdrawn by itself was not, or not at its time.",
    may=_writes,
    sees=_reads,
    mail=True,
    always=True,
    order=55,
)
COMPLAINT = Kind(
    name="articles.complaint",
    label="A reader complains",
    help="A complaint comes in, is given to you, or is due in three days.",
    may=access.may_handle_complaints,
    mail=True,
    always=True,
    order=80,
)
RETRACTION = Kind(
    name="articles.retraction",
    label="What your story quotes is retracted",
    help="A story that you own or that bears your name leans on something that was taken back, or "
    "names a source who may not be named any more.",
    may=_writes,
    sees=_reads_sources,
    mail=True,
    always=True,
    order=45,
)
IDENTITY = Kind(
    name="articles.identity",
    label="Somebody reads who a source is",
    help="You may read the identity of a confidential source, and somebody else who may has read it.",
    may=_reads_sources,
    mail=True,
    always=True,
    order=75,
)
LIVE = Kind(
    name="articles.live",
    label="A live story of yours",
    help="A story of yours is declared live, or ends: by an editor, or by its time. You are given the live pen of a story.",
    may=_writes,
    sees=_reads,
    always=True,
    order=45,
)
OFFER = Kind(
    name="articles.offer",
    label="A link to a shop needs you",
    help="A link that a story of yours shows, or of a shop that you look after, is dead or leads elsewhere, is well "
    "again, or its price waits for a person.",
    may=_writes,
    sees=_reads,
    mail=True,
    order=65,
)
KINDS = (
    SUBMITTED,
    CHANGES_REQUESTED,
    APPROVED,
    PUBLISHED,
    PLANNED,
    LIVE,
    RETRACTION,
    WITHDRAWN,
    HELD,
    SPIKED,
    SCHEDULE,
    REARRANGED,
    MENTION,
    REPLY,
    IDENTITY,
    OFFER,
    COMPLAINT,
)
