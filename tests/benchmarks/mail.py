"""Letters a second through the whole ledger to a local sink, beside Django's own ``send_messages`` with the same letters;
memory of a sender at few and at many; how long a million people take to be counted and planned.

``python -m tests.benchmarks.mail`` (``LETTERS``, ``MANY`` and ``PEOPLE`` set other numbers). Letters of 19 KB. By turns on one
core, the sink on the other, the median of the rounds; then two senders on both cores, with the sink and PostgreSQL.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.benchmarks.serving import cores, pin
from tests.benchmarks.sizes import database, django_ready, servers

ROUNDS = 5
LETTERS = int(os.environ.get("LETTERS", "4000"))  # in a round on one core
MANY = int(os.environ.get("MANY", "200000"))
PEOPLE = int(os.environ.get("PEOPLE", "1000000"))
ASKED = {"ledger_vs_django": 5.0, "ledger_two_cores": 1500.0}
REPOSITORY = Path(__file__).resolve().parents[2]
SIZE = 19_000  # bytes of a whole letter

SUBSCRIBERS = """
INSERT INTO newsletters_subscriber (address, normalised, confirmed_at, created_at, undeliverable_why)
SELECT a, a, now() - interval '1 day', now() - interval '1 day', ''
FROM (SELECT 'reader' || n || '@example.org' AS a FROM generate_series(1, %(people)s) AS n) AS made
ON CONFLICT DO NOTHING
"""
SUBSCRIPTIONS = """
INSERT INTO newsletters_subscription (subscriber_id, newsletter_id, state, confirmed_at, left_by)
SELECT id, %(newsletter)s, 'active', confirmed_at, '' FROM newsletters_subscriber ORDER BY id LIMIT %(people)s
"""
RECEIPTS = """
INSERT INTO newsletters_consentreceipt (subscriber_id, purpose_id, wording_id, act, at, asked_at, page_path, form, how,
    address_hash)
SELECT id, %(purpose)s, %(wording)s, 'grant', confirmed_at, confirmed_at, '/newsletters/', 'newsletter-page',
    'confirmed by button', ''
FROM newsletters_subscriber ORDER BY id LIMIT %(people)s
"""


class Sink:
    """The server that takes everything, in a process of its own."""

    def __init__(self, core: set[int]) -> None:
        command = [sys.executable, "-m", "tests.benchmarks.mail_sink"]
        self.process = subprocess.Popen(
            command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        if core and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(self.process.pid, core)
        assert self.process.stdout is not None
        self.url = f"smtp://127.0.0.1:{int(self.process.stdout.readline())}"

    def end(self) -> tuple[int, int]:
        """Return how many letters came, and how many different ones."""
        said, _ = self.process.communicate("")
        letters, different = said.split()
        return int(letters), int(different)


@contextmanager
def sink(letters: int, core: set[int]) -> Iterator[str]:
    """A sink's address. Afterwards it must have so many letters, all different.

    Raises:
        SystemExit: a letter is missing, or came twice: then no speed counts.
    """
    made = Sink(core)
    try:
        yield made.url
        got = made.end()
    finally:
        made.process.kill()
        made.process.wait()
    if got != (letters, letters):
        raise SystemExit(f"The sink has {got[0]} letters, {got[1]} different ones; {letters} were to come.")


def newsletter_with(people: int) -> Any:
    """A newsletter with so many people on its list."""
    from django.db import connection

    from tests.factories import newsletters as made

    newsletter = made.newsletter(boxes=False)
    values = {"people": people, "newsletter": newsletter.pk, "purpose": newsletter.purpose_id}
    values["wording"] = newsletter.purpose.wordings.get().pk
    with connection.cursor() as cursor:
        for statement in (SUBSCRIBERS, SUBSCRIPTIONS, RECEIPTS):
            cursor.execute(statement, values)
        cursor.execute("ANALYZE")
    return newsletter


def issue(newsletter: Any) -> Any:
    """An issue that is being sent, frozen with ``SIZE`` bytes of letter; nothing is planned yet."""
    from django.utils import timezone

    from newsletters import message
    from newsletters.models import Issue
    from tests.factories import newsletters as made

    begun = made.issue(newsletter)
    words = "The gates of the palace opened at nine, and the first visitors had waited since before it was light. "
    text = words * 20
    html = "\n".join(
        f'<p style="margin:0 0 16px;font:16px/1.5 Georgia,serif;color:#1a1a1a">{words}</p>' for _ in range(84)
    )
    begun.frozen_subject, begun.state = begun.subject, Issue.State.SENDING
    begun.frozen_html = f'<html lang="en-GB"><body>{html}<p><a href="{message.leave_url()}">Leave</a></p></body></html>'
    begun.frozen_text = f"{text}\n\nLeave: {message.leave_url()}\n"
    begun.frozen_at = begun.started_at = timezone.now()
    begun.sent_by = begun.made_by
    begun.save()
    return begun


def planned(newsletter: Any, letters: int) -> Any:
    from newsletters import delivery

    begun = issue(newsletter)
    if delivery.plan(begun.pk) != letters:
        raise SystemExit("Not everybody was planned.")
    return begun


def senders(issue_id: int, url: str, core: set[int], number: int) -> tuple[float, int]:
    """Let so many processes send the issue. Return letters a second by the clock, and the memory of the largest in KB."""
    from django.conf import settings
    from django.db import connection

    command = [sys.executable, "-m", "tests.benchmarks.mail", "send", str(issue_id), connection.settings_dict["NAME"]]
    environment = {**os.environ, "MAIL_URL": url, "NEWSROOM_HOME": str(settings.HOME)}
    running = [
        subprocess.Popen(
            command, cwd=REPOSITORY, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(number)
    ]
    for process in running:
        if core and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(process.pid, core)
        assert process.stdout is not None
        process.stdout.readline()  # it is ready
    began = time.monotonic()
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [json.loads(process.communicate()[0]) for process in running]
    took = time.monotonic() - began
    return sum(one["sent"] for one in said) / took, max(one["memory"] for one in said)


def send(issue_id: int, name: str) -> None:
    """What a sender's process does: the task's own function, until nothing is left."""
    with ExitStack() as held:
        django_ready(held)
        from django.db import connection

        from newsletters import delivery

        connection.settings_dict["NAME"] = name
        connection.ensure_connection()
        print("ready", flush=True)
        sys.stdin.readline()
        run = delivery.deliver(issue_id, seconds=1e9)
        print(json.dumps({"sent": run.sent, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}), flush=True)


def by_django(issue: Any, url: str, letters: int) -> float:
    """The same letters by ``EmailMultiAlternatives`` and Django's SMTP backend on one connection; letters a second."""
    from urllib.parse import urlsplit

    from django.core.mail import EmailMultiAlternatives
    from django.core.mail.backends.smtp import EmailBackend

    from newsletters import message, tokens

    port = urlsplit(url).port
    began = time.monotonic()

    def letter(number: int) -> EmailMultiAlternatives:
        token = tokens.leave_token(number, issue.pk)
        made = EmailMultiAlternatives(
            subject=issue.frozen_subject,
            body=issue.frozen_text.replace(message.TOKEN_HERE, token),
            from_email="News <news@example.org>",
            to=[f"reader{number}@example.org"],
            headers={
                "Message-ID": message.message_id(issue.pk, number),
                "List-Unsubscribe": f"<{message.leave_url(token)}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        )
        made.attach_alternative(issue.frozen_html.replace(message.TOKEN_HERE, token), "text/html")
        return made

    backend = EmailBackend(host="127.0.0.1", port=port, timeout=60)
    backend.open()
    for start in range(0, letters, 500):
        backend.send_messages([letter(number) for number in range(start, min(start + 500, letters))])
    backend.close()
    return letters / (time.monotonic() - began)


def main() -> None:
    ours, others = cores()
    figures: dict[str, tuple[float, str]] = {}
    with ExitStack() as held:
        servers(held)
        django_ready(held)
        held.enter_context(database("bench_mail"))
        few = newsletter_with(LETTERS)
        _print("letter_bytes", _letter_bytes(issue(few)), "bytes", figures)
        ledger, django = [], []
        for _ in range(ROUNDS):
            begun = planned(few, LETTERS)
            with sink(LETTERS, others) as url:
                ledger.append(senders(begun.pk, url, ours, 1)[0])
            fewer = max(200, LETTERS // 5)
            with sink(fewer, others) as url:
                before = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
                pin(ours)
                django.append(by_django(begun, url, fewer))
                pin(before)
        _print("ledger_one_core", statistics.median(ledger), "letters/s", figures)
        _print("django_one_core", statistics.median(django), "letters/s", figures)
        _print("ledger_vs_django", statistics.median(ledger) / statistics.median(django), "ratio", figures)
        memory = {}
        for people in (10_000, MANY):
            begun = planned(newsletter_with(people), people)
            with sink(people, set()) as url:
                rate, memory[people] = senders(begun.pk, url, set(), 2)
            _print(f"ledger_two_cores_{people}", rate, "letters/s", figures)
            _print(f"sender_memory_{people}", memory[people] / 1024, "MB", figures)
        figures["ledger_two_cores"] = figures["ledger_two_cores_10000"]
        million = newsletter_with(PEOPLE)
        from django.utils import timezone

        from newsletters import audience

        began = time.monotonic()
        if audience.size(million, at=timezone.now()) != PEOPLE:
            raise SystemExit("Not everybody was counted.")
        _print("audience_count_seconds", time.monotonic() - began, "s", figures)
        began = time.monotonic()
        planned(million, PEOPLE)
        _print("audience_plan_seconds", time.monotonic() - began, "s", figures)
    for name, (number, unit) in figures.items():
        print(f"figure: {name} = {number:.2f} {unit}")
    short = [name for name, least in ASKED.items() if figures[name][0] < least]
    short += ["memory"] if memory[MANY] > 1.2 * memory[10_000] else []
    short += ["audience"] if figures["audience_count_seconds"][0] + figures["audience_plan_seconds"][0] > 60 else []
    if short:
        raise SystemExit(f"Less than what is asked: {', '.join(short)}.")


def _print(name: str, number: float, unit: str, figures: dict[str, tuple[float, str]]) -> None:
    figures[name] = number, unit
    print(f"{name}: {number:.2f} {unit}", flush=True)


def _letter_bytes(begun: Any) -> int:
    from newsletters import message, tokens

    token = tokens.leave_token(1, begun.pk)
    return len(message.template(begun).fill(address="reader1@example.org", token=token, message_id="<1@example.org>"))


if __name__ == "__main__":
    if sys.argv[1:2] == ["send"]:
        send(int(sys.argv[2]), sys.argv[3])
    else:
        main()
