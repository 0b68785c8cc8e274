"""A whole day with the demo: from make to Ctrl-C, and once more."""

from __future__ import annotations

import os
import re
import signal
import sys
from pathlib import Path

import pytest
import redis

from newsroom import embedded
from newsroom.demo import content, shop
from newsroom.demo.visitor import Visitor
from tests.faults.demo import NAMES, SERVING, Demo, under_make
from tests.faults.effects import Run, nothing_came_twice, what_was_done_is_there

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds processes through /proc")


def test_a_day_with_the_demo(demo: Demo, tmp_path: Path) -> None:
    """Started with make, Valkey emptied between any two steps: all effects happen, each once. Everything that it names
    opens; it is ended with Ctrl-C; and the second run finds what the first left."""
    with demo.hurried():
        demo.start(command=under_make(demo, tmp_path))
        for step in NAMES:
            assert demo.begins(step), demo.said
            empty_valkey(demo)
        assert demo.reaches(SERVING, or_else="never said"), demo.said
        demo.settle()
    assert demo.done == NAMES, demo.said
    nothing_came_twice(demo)
    what_was_done_is_there(demo, Run.of(demo))
    every_address_answers(demo)
    every_person_can_sign_in(demo)
    assert demo.process
    os.killpg(demo.process.pid, signal.SIGINT)  # twice, as impatient people do
    demo.interrupt()  # make's own status is not ours
    assert demo.lines[-1] == "Stopped. Everything is kept for the next run."
    assert "Traceback" not in demo.complaints
    assert demo.left_over() == []
    first, letters = demo.lines, ids(demo)

    code, said, complaints = demo.run("--once")
    assert (code, complaints) == (0, "")
    assert demo.done == NAMES
    for word in ("story: ", "sign in: "):
        assert those_with(word, first) == those_with(word, demo.lines)
    steps_kept = [line for line in demo.lines if ": kept: " in line]
    assert len(steps_kept) == 5, said
    assert "Marketing composes an issue from the story: issue 2: " in said
    assert set(letters) < set(ids(demo))
    assert len(ids(demo)) == len(set(ids(demo))) == 4
    assert demo.left_over() == []


def empty_valkey(demo: Demo) -> None:
    servers = embedded.find(demo.home / "servers")
    assert servers
    with redis.Redis.from_url(servers.redis_url) as client:
        client.flushall()


def every_address_answers(demo: Demo) -> None:
    printed = [match.groups() for line in demo.lines if (match := re.fullmatch(r"(\w+): (http\S+)", line))]
    assert [name for name, _ in printed] == ["reader", "story", "desk", "inbox", "shop"]
    words = {
        "reader": content.PUBLICATION["name"],
        "story": content.HEADLINE,
        "desk": "Sign in",
        "inbox": content.SUBJECT,
        "shop": shop.NAME,
    }
    for name, address in printed:
        answer = Visitor(f"http://127.0.0.1:{demo.port}").get(address)
        assert answer.status == 200, address
        assert words[name] in answer.text, address


def every_person_can_sign_in(demo: Demo) -> None:
    origin = f"http://127.0.0.1:{demo.port}"
    people = [match.groups() for line in demo.lines if (match := re.fullmatch(r"sign in: (\S+) / (\S+)", line))]
    assert len(those_with("sign in:", demo.lines)) == len(people) == 6
    assert [email for email, _ in people] == [email for _, _, email in content.PEOPLE]
    for email, password in people:
        person = Visitor(origin)
        person.get("/desk/sign-in/")
        answer = person.post("/desk/sign-in/", {"email": email, "password": password})
        assert answer.status == 200, email
        assert answer.url.startswith(f"{origin}/desk/"), email
        assert "/sign-in/" not in answer.url, email


def those_with(word: str, lines: list[str]) -> list[str]:
    return [line for line in lines if line.startswith(word)]


def ids(demo: Demo) -> list[str]:
    """Readers' letters; the desk's people are told of a dead link to the shop meanwhile, at their own time."""
    readers = [letter for letter in demo.inbox() if str(letter["X-Envelope-To"]).endswith("@home.example")]
    return [str(letter["Message-ID"]) for letter in readers]
