from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from articles.models import Draft, Revision, Story
from newsroom.accounts.models import Person
from tests.factories import articles as stories
from tests.factories.accounts import person
from tests.factories.articles import AT

__all__ = ["AT", "Desk", "make_desk"]


@dataclass
class Desk:
    """A draft and the people around it."""

    alice: Person
    bob: Person
    story: Story

    @property
    def draft(self) -> Draft:
        return Draft.objects.select_related("head").get(story=self.story)

    @property
    def head(self) -> Revision:
        head = self.draft.head
        assert head is not None
        return head

    @property
    def url(self) -> str:
        return f"/desk/stories/{self.story.pk}/"

    def typed(self, **changed: Any) -> dict[str, Any]:
        """The form as the page would send it, with some fields typed anew."""
        head, draft = self.head, self.draft
        return {
            "draft": draft.pk,
            "expected_version": draft.version,
            "kicker": head.kicker,
            "headline": head.headline,
            "standfirst": head.standfirst,
            "body": head.body,
            "lead_image": head.lead_image_id or "",
            "search_title": head.search_title,
            "search_description": head.search_description,
            **changed,
        }


def make_desk(**content: Any) -> Desk:
    alice = person("reporter")
    facts: dict[str, Any] = {
        "kicker": "Royal family",
        "headline": "Harbour walk ends with a quiet reunion",
        "standfirst": "A short visit closes with tea by the water",
        "body": "<p>The gates opened at nine.</p>\n<p>By noon the queue reached the river.</p>",
    }
    return Desk(alice, person("editor"), stories.story(owner=alice, **facts | content))


@pytest.fixture
def desk(db: None) -> Desk:
    return make_desk()
