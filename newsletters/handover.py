"""Handing letters over: one line to the mail server, and what follows from each thing that it can say.

| the server | the letter in hand | the sending |
|---|---|---|
| cannot be reached, or 4xx before it knows the reader | as if not tried | waits (``stalling``) |
| 5xx before it knows the reader: sign-in, sender address | as if not tried | is held |
| hangs up before the content | waits, later each time | waits |
| 4xx to the reader (RCPT) | waits; after ``MOST_ATTEMPTS`` a soft bounce | goes on |
| 4xx after the content | waits; after ``MOST_TRIES`` a soft bounce | goes on |
| 5xx to the reader, or to this letter's content | bounced (mailbox full: a soft bounce) | goes on |
| 5xx because of the size | as if not tried | is held |
| many noes in a row, none clearly about its reader | all of them as if not tried | is held, or waits (4xx) |
| hangs up after the content | uncertain (RFC 1047) | goes on |
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from newsletters import alarms, issues, message, returning, shown, stalling, tokens
from newsletters.addresses import NotAnAddress, read
from newsletters.book import LEFT, Book, Claimed, State
from newsletters.models import Delivery, Issue
from newsroom.mail import smtp

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=2)
MOST_ATTEMPTS = 10  # refused to the reader for now, about six hours
MOST_TRIES = 66  # about five days: RFC 5321 4.5.4.1
IN_A_ROW = 10  # noes that may be about us; then they are
MAILBOX_FULL = (2, 2)  # X.2.2 (RFC 3463): says nothing against the address, also as a 5xx
WINDOW_SECONDS = 0.02  # letters marked in one commit are handed over in about this time
LARGEST_WINDOW = 16
LAST = timedelta(minutes=10)  # they are tried again behind everybody else

BROKEN_LINE = "The connection broke after the letter, before the answer."


@dataclass
class Run:
    """What one call did."""

    sent: int = 0
    skipped: int = 0
    uncertain: int = 0
    bounced: int = 0
    soft_bounced: int = 0
    put_back: int = 0
    more: bool = False


@dataclass(frozen=True)
class _Ready:
    """A letter with what its envelope says. token: its receiver's own key to leave."""

    letter: Claimed
    sender: str
    to: str
    token: str


class _Stopped(Exception):
    """The letter in hand may not go out any more: see ``Sender._stop``."""


class Sender:
    """One line to the mail server, and the claim under which its letters go out."""

    def __init__(self, issue: Issue, run: Run, connect: Callable[[], smtp.Connection]) -> None:
        self.issue = issue
        self.run = run
        self.connect = connect
        self.book = Book(issue)
        self.line: smtp.Connection | None = None
        self.template = message.template(issue)
        self.stopped = False
        self.doubtful: list[int] = []
        self._size, self._marked, self._began = 1, 0, 0.0
        self.stalled = issue.stalled_since is not None

    def send(self, letters: Sequence[Claimed]) -> None:
        """Hand letters over, one after the other, and write down how each ended. ``stopped`` then says that the sending may
        not go on; the letters behind are given back."""
        ready = [one for letter in letters if (one := self._ready(letter)) is not None]
        following: list[_Ready | None] = [*ready[1:], None]
        try:
            for place, (one, follows) in enumerate(zip(ready, following, strict=True)):
                if one.letter.delivery_id not in self.book.begun:
                    self._begin(ready[place:])
                if one.letter.delivery_id in self.book.begun:
                    self._one(one, follows)
                else:
                    self._stop(one.letter)
                if self.stopped:
                    break
        except BaseException:
            # PostgreSQL went away, or we are told to end: what is known is written down as soon as it can be.
            self.book.write()
            self.book.give_back()
            raise
        self.book.write()

    def _begin(self, ready: Sequence[_Ready]) -> None:
        """Mark the next letters in one commit: as many as are handed over in ``WINDOW_SECONDS``, growing from one.

        To a slow server each letter is marked by itself. A sender that is killed leaves at most these uncertain.
        """
        if self._marked:
            fits = int(WINDOW_SECONDS * self._marked / max(time.monotonic() - self._began, 1e-6))
            self._size = max(1, min(fits, 2 * self._size, LARGEST_WINDOW))
        these = ready[: self._size]
        self.book.begin([one.letter.delivery_id for one in these])
        self._marked, self._began = len(these), time.monotonic()

    def _ready(self, letter: Claimed) -> _Ready | None:
        """What goes to whom; None where nothing goes, and then that is written down."""
        if not letter.may or letter.subscription_id is None:
            self.book.end(letter.delivery_id, State.SKIPPED, why=LEFT)
            self.run.skipped += 1
            return None
        try:
            address = read(letter.address).deliverable
        except NotAnAddress as error:
            self._bounced(letter, error.message)
            return None
        token = tokens.leave_token(letter.subscription_id, self.issue.pk)
        return _Ready(letter, message.envelope_from(token), address, token)

    def _one(self, one: _Ready, follows: _Ready | None) -> None:
        letter = one.letter
        finished = self.template.fill(
            address=one.to, token=one.token, message_id=message.message_id(self.issue.pk, letter.delivery_id)
        )
        try:
            self._hand_over(one, finished, follows)
        except _Stopped:
            self.close()  # the other side waits for the content, and there is no other way to take it back
            self._stop(letter)
        except smtp.Refused as error:
            self._refused(letter, error)
        except smtp.Lost as error:
            self.close()
            self._lost(letter, error)
        except ValueError as error:  # an address that passed the sign-up's reading and not the line's own
            self._bounced(letter, str(error))
        else:
            self.book.sent(letter.delivery_id)
            self.run.sent += 1
            self.doubtful.clear()
            if self.stalled:
                stalling.resume(self.issue.pk)
                self.stalled = False

    def _hand_over(self, one: _Ready, finished: bytes, follows: _Ready | None) -> None:
        def go() -> None:
            if not self.book.go(one.letter.delivery_id):
                raise _Stopped

        used = self.line is not None and self.line.is_open
        while True:
            if self.line is None or not self.line.is_open:
                self.line = self.connect()
            try:
                then = (follows.sender, follows.to) if follows else None
                self.line.hand_over(one.sender, one.to, finished, before_content=go, then=then)
                return
            except smtp.Lost as error:
                if error.content_sent or not used:
                    raise
            except smtp.Refused as error:
                if error.code != 421 or error.step is smtp.Step.CONTENT or not used:
                    raise
            # Servers end a line after so many letters, or when it was idle: that is no outage, a new line shows.
            used = False
            self.close()

    def _stop(self, letter: Claimed) -> None:
        """Find out why the letter may not go out, and leave its row as that asks."""
        at = timezone.now()
        if self.book.skip_if_they_left(letter.delivery_id):
            self.run.skipped += 1
        elif missing := shown.headlines(shown.gone(self.issue.pk, at=at).values_list("story_id", flat=True)):
            self._hold(shown.sentence(missing))
        elif not Issue.objects.filter(pk=self.issue.pk, state=Issue.State.SENDING).exists():
            self._give_up_the_rest()
        # Otherwise the claim was lost: another sender has the letter.

    def _refused(self, letter: Claimed, error: smtp.Refused) -> None:
        said = str(error)
        if error.ours or error.too_big:
            if error.step in (smtp.Step.RCPT, smtp.Step.CONTENT):
                # The server knows the reader by now: should it be about them after all, the others go first.
                self._put_back(letter, said, counted=False)
            if error.too_big:
                self._hold_and_alarm(
                    said,
                    f"The mail server refuses this letter as too big: “{said[:120]}”. Nobody else was tried. Ask an "
                    "administrator to let larger letters through, then go on; or cancel the rest and send a shorter one.",
                )
            else:
                self._outage(said, permanent=error.permanent)
            return
        if error.answer.status == MAILBOX_FULL and error.permanent:
            self._soft_bounced(letter, said)
        elif error.permanent:
            self._bounced(letter, said)
            if error.the_readers:
                self._tell(letter, error)
        elif letter.attempts >= (MOST_ATTEMPTS if error.step is smtp.Step.RCPT else MOST_TRIES):
            self._soft_bounced(letter, said)
        else:
            self._put_back(letter, said)
        if not error.the_readers:
            self._doubt(letter, error)

    def _lost(self, letter: Claimed, error: smtp.Lost) -> None:
        if error.content_sent:
            self.book.end(letter.delivery_id, State.UNCERTAIN, why=BROKEN_LINE)
            self.run.uncertain += 1
            return
        if error.step is not smtp.Step.CONNECT:
            # It hung up on a fresh line, in the middle of the envelope: at this very address, for all that we know.
            why = f"The mail server hung up before the letter: {error}"
            if letter.attempts >= MOST_TRIES:
                self._soft_bounced(letter, why)
            else:
                self._put_back(letter, why)
        self._outage(str(error), permanent=error.permanent)

    def _doubt(self, letter: Claimed, error: smtp.Refused) -> None:
        """Count a no that may be about us. Many in a row, with no yes between, are: nobody shall pay for that."""
        self.doubtful.append(letter.delivery_id)
        if len(self.doubtful) < IN_A_ROW:
            return
        self.book.take_back(self.doubtful, why=str(error), wait=LAST if error.permanent else FIRST_WAIT)
        if not error.permanent:
            self._outage(str(error), permanent=False)
            return
        self._hold_and_alarm(
            str(error),
            f"The mail server refused {IN_A_ROW} letters in a row, and not for their readers’ sake: “{str(error)[:120]}”. "
            f"Those {IN_A_ROW} wait again. Ask an administrator, then let the sending go on.",
        )

    def _outage(self, said: str, *, permanent: bool) -> None:
        """What every letter would be told. It says nothing about the reader in hand, nor about those behind."""
        if permanent:
            self._hold_and_alarm(
                said,
                f"The mail server does not take mail from us: “{said[:120]}”. Nobody lost their letter. Ask an "
                "administrator to look at the sender address and the sign-in to the server, then let the sending go on.",
            )
            return
        stalling.stall(self.issue.pk, why=said, at=timezone.now())
        self._give_up_the_rest()

    def _hold_and_alarm(self, said: str, why: str) -> None:
        """For what an administrator has to mend."""
        with transaction.atomic():
            alarms.outage(self.issue, said=said, at=timezone.now())
        self._hold(why)

    def _hold(self, why: str) -> None:
        issues.hold(self.issue.pk, why=why, at=timezone.now())
        self._give_up_the_rest()

    def _give_up_the_rest(self) -> None:
        self.stopped = True
        self.book.give_back()

    def _bounced(self, letter: Claimed, why: str) -> None:
        self.book.end(letter.delivery_id, State.BOUNCED, why=why)
        self.run.bounced += 1

    def _tell(self, letter: Claimed, error: smtp.Refused) -> None:
        row = Delivery.objects.filter(pk=letter.delivery_id, state=State.BOUNCED).first()
        if row is not None:
            returning.refused(row, status=error.text, said=str(error), at=timezone.now())

    def _soft_bounced(self, letter: Claimed, why: str) -> None:
        tries = f"Given up after {letter.attempts} tries: " if letter.attempts > 1 else ""
        self.book.end(letter.delivery_id, State.SOFT_BOUNCED, why=f"{tries}{why}")
        self.run.soft_bounced += 1

    def _put_back(self, letter: Claimed, why: str, *, counted: bool = True) -> None:
        wait = min(FIRST_WAIT * 2 ** min(letter.attempts - 1, 20), LONGEST_WAIT)
        self.book.put_back(letter.delivery_id, why=why, wait=wait, counted=counted)
        self.run.put_back += 1

    def close(self) -> None:
        if self.line is not None:
            self.line.close()
            self.line = None
