"""What every step stands on: the people with their browsers, the story, and what is said when something is not so."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from django.urls import reverse

from articles.models import Draft, Story
from newsroom.demo import content
from newsroom.demo.visitor import Answer, Visitor

T = TypeVar("T")


class StepFailed(Exception):
    """A step's result is not what it must be; the message says what was found."""


def need(found: object, what: str) -> None:
    """Raise StepFailed with ``what`` unless ``found`` holds."""
    if not found:
        raise StepFailed(what)


def wait_for(ask: Callable[[], T | None], what: str, seconds: float = 45.0) -> T:
    """Ask until the answer is true; raise StepFailed after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        if time.monotonic() > deadline:
            raise StepFailed(f"{what} did not come within {seconds:.0f} seconds")
        time.sleep(0.05)
    return answer


def visible(page: str) -> str:
    """The words of an answer that should not have come, for the step's message."""
    try:
        return json.dumps(json.loads(page))[:300]
    except ValueError:
        main = re.search(r"<main.*?</main>", page, re.S)
        return " ".join(re.sub(r"<[^>]+>", " ", main.group(0) if main else page).split())[:300]


@dataclass
class Job:
    """The main job of one run.

    Attributes:
        origin: the site's address.
        passwords: role -> password.
        now: the start of the run; makes this run's reader's address its own.
        issue: the number of this run's issue; 0 until it is composed.
    """

    origin: str
    passwords: dict[str, str]
    now: datetime
    issue: int = 0
    people: dict[str, Visitor] = field(default_factory=dict)

    def person(self, role: str) -> Visitor:
        """Somebody of the cast, signed in."""
        if role not in self.people:
            visitor = Visitor(self.origin)
            email = next(email for of, _, email in content.PEOPLE if of == role)
            visitor.get(reverse("accounts:sign-in"))
            fields = {"email": email, "password": self.passwords[role]}
            answer = visitor.post(reverse("accounts:sign-in"), fields)
            need(answer.status == 200 and "/sign-in/" not in answer.url, f"{email} cannot sign in ({answer.status})")
            self.people[role] = visitor
        return self.people[role]

    @property
    def reader_address(self) -> str:
        return f"reader-{self.now:%Y%m%d%H%M%S}@home.example"

    @property
    def story(self) -> Story | None:
        found = Story.objects.filter(drafts__head__headline=content.HEADLINE).order_by("pk")
        return found.select_related("section").first()

    @property
    def told(self) -> Story:
        story = self.story
        if story is None:
            raise StepFailed("the story is not there")
        return story

    @property
    def draft(self) -> Draft:
        found = self.told.drafts.select_related("head", "story", "approved_revision").order_by("pk")
        return found.get(kind=Draft.Kind.MAIN)

    def at_story(self, name: str) -> str:
        """The address of one of the story's pages at the desk."""
        return reverse(f"articles-desk:{name}", kwargs={"pk": self.told.pk})

    def move(self, role: str, name: str, *, on: str = "draft") -> Answer:
        """Press one of the workflow's buttons. ``on``: whose version goes along, the draft's or the story's."""
        version = self.draft.version if on == "draft" else self.told.version
        return self.person(role).post(self.at_story(name), {"expected_version": str(version)})
