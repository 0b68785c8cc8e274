"""Stories are moved, sections renamed, stories published, withdrawn and put under embargo in any order: every address
that readers ever held is answered by the story that had it last, in one step, and no other address is answered at all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.models import Section, Story
from tests.factories import articles as make

SLUGS, SECTIONS = ("a", "b", "c"), ("north", "south", "east")
STEP = st.one_of(
    st.tuples(st.just("move"), st.integers(0, 3), st.integers(0, 1), st.sampled_from(SLUGS)),
    st.tuples(st.just("rename"), st.integers(0, 1), st.sampled_from(SECTIONS)),
    st.tuples(st.just("publish"), st.integers(0, 1), st.sampled_from(SLUGS)),
    st.tuples(st.just("draft"), st.integers(0, 1), st.sampled_from(SLUGS)),
    st.tuples(st.just("withdraw"), st.integers(0, 3)),
    st.tuples(st.just("embargo"), st.integers(0, 3)),
)


class Town:
    """The stories and sections, and beside them who was found where, as a reader would remember it."""

    def __init__(self) -> None:
        self.sections = [make.section(name.capitalize()) for name in SECTIONS[:2]]
        self.stories: list[Story] = []
        self.drafts: list[Story] = []
        self.remembered: dict[str, int] = {}
        self.publish(0, "a")

    def publish(self, section: int, slug: str) -> None:
        self.stories.append(make.published_story(section=self.sections[section], slug=slug))

    def draft(self, section: int, slug: str) -> None:
        self.drafts.append(make.story(section=self.sections[section], slug=slug))

    def move(self, number: int, section: int, slug: str) -> None:
        one = self.stories[number % len(self.stories)]
        Story.objects.filter(pk=one.pk).update(section=self.sections[section], slug=slug)

    def rename(self, number: int, slug: str) -> None:
        Section.objects.filter(pk=self.sections[number].pk).update(slug=slug)

    def withdraw(self, number: int) -> None:
        pk = self.stories[number % len(self.stories)].pk
        Story.objects.filter(pk=pk).update(readers="withdrawn", withdrawn_at=timezone.now())

    def embargo(self, number: int) -> None:
        pk = self.stories[number % len(self.stories)].pk
        Story.objects.filter(pk=pk).update(embargo_until=timezone.now() + timedelta(hours=1))

    def take(self, name: str, *facts: object) -> None:
        try:
            with transaction.atomic():
                getattr(self, name)(*facts)
        except IntegrityError:  # the address is taken: the desk is told so
            return
        for story in Story.objects.exclude(readers="nothing").select_related("section"):
            self.remembered[story.path] = story.pk

    def look(self, client: Client) -> None:
        now = {story.pk: story for story in Story.objects.select_related("section")}
        paths = {f"/{section}/{slug}/" for section in SECTIONS for slug in SLUGS}
        for path in paths:
            answer = client.get(path)
            if (pk := self.remembered.get(path)) is None:
                assert answer.status_code == 404, path
                continue
            story = now[pk]
            if story.embargoed(timezone.now()):
                assert answer.status_code == 404, path
            elif story.readers == "withdrawn":
                assert answer.status_code == 410, path
            elif story.path == path:
                assert answer.status_code == 200, path
            else:
                assert (answer.status_code, answer["Location"]) == (301, story.path), path


@pytest.mark.django_db
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=8))
def test_every_address_that_readers_held_is_answered_in_one_step(
    client: Client, steps: list[tuple[object, ...]]
) -> None:
    with transaction.atomic():
        town = Town()
        town.take("publish", 1, "b")
        for name, *facts in steps:
            town.take(str(name), *facts)
            town.look(client)
        transaction.set_rollback(True)
