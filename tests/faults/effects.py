"""What a demo's run must have left behind: each effect of each step that it did, exactly once."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from newsroom.demo import content
from tests.faults.demo import Demo

CONFIRMATION, LETTER = "The confirmation arrives in the inbox", "The letter arrives"


@dataclass
class Run:
    """What one run said: the steps that it did, its reader's address, its issue's number."""

    done: list[str]
    reader: str
    issue: int

    @classmethod
    def of(cls, demo: Demo) -> Run:
        reader = re.search(r"reader-\d+@home\.example", demo.said)
        issue = re.search(r": issue (\d+): ", demo.said)
        return cls(demo.done, reader[0] if reader else "", int(issue[1]) if issue else 0)


def nothing_came_twice(demo: Demo) -> None:
    """The inbox holds what the two ledgers say, each letter once; nobody was asked or told the same thing twice."""
    inbox = demo.inbox()
    arrived = Counter((str(letter["X-Envelope-To"]), str(letter["Message-ID"])) for letter in inbox)
    assert [letter for letter, times in arrived.items() if times > 1] == []
    rows = demo.ask('SELECT "to", message_id, state FROM mail_letter')
    rows += demo.ask(
        "SELECT s.address, '<issue-' || d.issue_id || '.' || d.id || '@127.0.0.1>', d.state"
        " FROM newsletters_delivery d JOIN newsletters_subscriber s ON s.id = d.subscriber_id"
    )
    # Uncertain is what plain SMTP cannot know; skipped are those who left. There is no other end.
    assert {state for *_, state in rows} <= {"sent", "uncertain", "skipped"}
    sent = {(to, message_id) for to, message_id, state in rows if state == "sent"}
    uncertain = {(to, message_id) for to, message_id, state in rows if state == "uncertain"}
    assert sent - arrived.keys() == set(), "the ledger says sent, the inbox has it not"
    assert arrived.keys() - sent - uncertain == set(), "the inbox has what no ledger knows of"
    asked = Counter(str(letter["X-Envelope-To"]) for letter in inbox if "Confirm" in str(letter["Subject"]))
    assert set(asked.values()) <= {1}
    told = Counter(
        (str(letter["X-Envelope-To"]), found[1])
        for letter in inbox
        if (found := re.match(r"<issue-(\d+)\.", str(letter["Message-ID"])))
    )
    assert set(told.values()) <= {1}
    signed_up = {address for (address,) in demo.ask("SELECT address FROM newsletters_signup")}
    assert signed_up - asked.keys() <= {to for to, _ in uncertain}, "signed up, and never asked to confirm"


def what_was_done_is_there(demo: Demo, run: Run) -> None:
    """Each step that a run called done has left its effect, exactly once."""
    facts = {"headline": content.HEADLINE, "reader": run.reader, "issue": run.issue}
    for name, (statement, expected) in EFFECTS.items():
        if name in run.done:
            assert demo.ask(statement, **facts) == [expected], name
    if CONFIRMATION in run.done:
        assert len([letter for letter in demo.inbox() if letter["X-Envelope-To"] == run.reader]) >= 1
    if LETTER in run.done:
        assert len(letters_of(demo, run)) == 1


def letters_of(demo: Demo, run: Run) -> list[object]:
    mark = f"<issue-{run.issue}."
    return [
        letter
        for letter in demo.inbox()
        if letter["X-Envelope-To"] == run.reader and str(letter["Message-ID"]).startswith(mark)
    ]


STORY = "(SELECT d.story_id FROM articles_draft d JOIN articles_revision r ON r.id = d.head_id WHERE r.headline = %(headline)s)"
SUBSCRIBER = "(SELECT id FROM newsletters_subscriber WHERE address = %(reader)s)"
MOVED = f"SELECT count(*) FROM articles_movelog WHERE story_id = {STORY} AND move = "
# A step of a run -> a question, and the answer that it must have for good.
EFFECTS: dict[str, tuple[str, tuple[object, ...]]] = {
    "The reporter writes the story": (
        f"SELECT (SELECT count(*) FROM articles_movelog WHERE story_id = {STORY} AND move = 'open'),"
        f" (SELECT count(*) FROM articles_story_topics WHERE story_id = {STORY}),"
        f" (SELECT count(*) FROM articles_quotationuse u JOIN articles_draft d ON d.head_id = u.revision_id WHERE d.story_id = {STORY}),"
        f" (SELECT count(*) FROM articles_reference u JOIN articles_draft d ON d.head_id = u.revision_id WHERE d.story_id = {STORY})",
        (1, 4, len(content.QUOTATIONS), 3),
    ),
    "The reporter submits it": (MOVED + "'submit'", (1,)),
    "The editor waives two phrases and declares the story live": (
        f"SELECT (SELECT count(*) FROM articles_waiver WHERE story_id = {STORY}), live FROM articles_story WHERE id = {STORY}",
        (len(content.WAIVED), True),
    ),
    "The editor approves it": (MOVED + "'approve'", (1,)),
    "The editor publishes it": (
        "SELECT (SELECT count(*) FROM outbox_event WHERE kind = 'story.published' AND (payload->>'story_id')::bigint = s.id),"
        f" published_revision_id IS NOT NULL FROM articles_story s WHERE id = {STORY}",
        (1, True),
    ),
    "The reader signs up, one of two boxes ticked": (
        "SELECT count(DISTINCT s.id), count(t.id) FROM newsletters_signup s"
        " LEFT JOIN newsletters_signuptick t ON t.sign_up_id = s.id WHERE s.address = %(reader)s",
        (1, 1),
    ),
    "The reader presses the confirm button": (
        "SELECT count(DISTINCT s.id), count(r.id) FROM newsletters_subscription s JOIN newsletters_consentreceipt r"
        f" ON r.subscriber_id = s.subscriber_id AND r.act = 'grant' WHERE s.subscriber_id = {SUBSCRIBER}",
        (1, 2),
    ),
    "Marketing composes an issue from the story": (
        "SELECT count(*) FROM newsletters_issuestory WHERE issue_id = %(issue)s",
        (3,),
    ),
    "Marketing sends it": (
        f"SELECT i.state, count(d.id) FROM newsletters_issue i LEFT JOIN newsletters_delivery d ON d.issue_id = i.id"
        f" AND d.subscriber_id = {SUBSCRIBER} WHERE i.id = %(issue)s GROUP BY i.state",
        ("sent", 1),
    ),
    "The reader leaves with one click": (
        f"SELECT state FROM newsletters_subscription WHERE subscriber_id = {SUBSCRIBER}",
        ("left",),
    ),
}
