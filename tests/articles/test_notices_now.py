"""Notices are shown by what a person may read now, not by what they might when they were told."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.utils import timezone

from articles import notice_kinds
from newsroom import notices
from newsroom.accounts.models import Person
from newsroom.notices import reading

pytestmark = pytest.mark.django_db
STORIES = {one.name for one in notice_kinds.KINDS}
SOURCES = {"articles.retraction", "articles.identity"}
READERS = {"articles.complaint"}


@pytest.mark.parametrize(
    ("role", "hidden"),
    [
        ("marketing", STORIES),
        ("picture_editor", SOURCES | READERS),
        ("administrator", SOURCES | READERS),
        ("reporter", READERS),
        ("legal", set()),
        ("editor", set()),
    ],
)
def test_who_goes_to_another_desk_reads_no_more_than_it_does(bob: Person, role: str, hidden: set[str]) -> None:
    with transaction.atomic():
        for name in STORIES:
            notices.tell(name, [bob], key=name, title="Told of “The Duke is ill”", url="/desk/", at=timezone.now())
    bob.roles = [role]
    bob.save()
    assert set(reading.listed(bob).values_list("kind", flat=True)) == STORIES - hidden
    assert reading.unread_count(bob) == len(STORIES - hidden)
