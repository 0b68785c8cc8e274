"""Telling: inside the caller's transaction, once per key, where each person wants it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from newsroom import notices
from newsroom.accounts.models import Person
from newsroom.notices import preferences
from newsroom.notices.models import Notice
from tests.factories.accounts import person
from tests.notices.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("of_kinds")]


@pytest.mark.django_db(transaction=True)
def test_refuses_without_a_transaction(alice: Person) -> None:
    with pytest.raises(notices.NoticeError, match="open transaction"):
        notices.tell("kit.quiet", [alice], key="1", title="It", url="/desk/", at=NOW)
    assert not Notice.objects.exists()


def test_leaves_with_the_transaction_or_not_at_all(alice: Person) -> None:
    with transaction.atomic():
        notices.tell("kit.quiet", [alice], key="1", title="It", url="/desk/", at=NOW)
        transaction.set_rollback(True)
    assert not Notice.objects.exists()


def test_an_unknown_kind_is_a_mistake_of_the_caller(alice: Person) -> None:
    with pytest.raises(notices.NoticeError, match=r"kit\.nothing"):
        notices.tell("kit.nothing", [alice], key="1", title="It", url="/desk/", at=NOW)


def test_the_same_key_is_told_once_to_each(tell: Callable[..., None], alice: Person, bob: Person) -> None:
    tell("kit.quiet", [alice], key="1")
    tell("kit.quiet", [alice, bob, bob], key="1")
    assert sorted(Notice.objects.values_list("person", "key")) == sorted([(alice.pk, "1"), (bob.pk, "1")])


def test_nobody_is_told_what_they_did_themselves(tell: Callable[..., None], alice: Person, bob: Person) -> None:
    tell("kit.quiet", [alice, bob], key="1", by=alice)
    assert [one.person for one in Notice.objects.all()] == [bob]


def test_who_left_or_never_came_is_told_nothing(tell: Callable[..., None], alice: Person) -> None:
    left, invited = person("editor", is_active=False), person("editor", joined_at=None)
    tell("kit.quiet", [alice, left, invited], key="1")
    assert [one.person for one in Notice.objects.all()] == [alice]


@pytest.mark.parametrize(
    ("kind", "chosen", "desk", "mail"),
    [
        ("kit.quiet", None, True, "not"),
        ("kit.loud", None, True, "waiting"),
        ("kit.loud", "desk", True, "not"),
        ("kit.loud", "mail", False, "waiting"),
        ("kit.quiet", "both", True, "waiting"),
        ("kit.must", "desk", True, "not"),
    ],
)
def test_it_goes_where_the_person_wants_it(
    tell: Callable[..., None], alice: Person, kind: str, chosen: str | None, desk: bool, mail: str
) -> None:
    if chosen:
        preferences.choose(alice, {kind: chosen})
    tell(kind, [alice], key="1")
    row = Notice.objects.get()
    assert (row.desk, row.mail) == (desk, mail)


def test_who_wants_nothing_gets_nothing(tell: Callable[..., None], alice: Person, bob: Person) -> None:
    preferences.choose(alice, {"kit.loud": "none"})
    tell("kit.loud", [alice, bob], key="1")
    assert [one.person for one in Notice.objects.all()] == [bob]


def test_what_must_be_seen_cannot_leave_the_desk(tell: Callable[..., None], alice: Person) -> None:
    for refused in ("mail", "none"):
        with pytest.raises(ValueError, match=r"kit\.must"):
            preferences.choose(alice, {"kit.must": refused})
    # Also where a row from before it was always there says otherwise.
    alice.notice_preferences.create(kind="kit.must", desk=False, mail=False)
    tell("kit.must", [alice], key="1")
    assert Notice.objects.get().desk


def test_what_is_too_long_or_unwritable_is_kept_shorter(tell: Callable[..., None], alice: Person) -> None:
    tell("kit.quiet", [alice], key="k" * 300, title="a\x00b\n" + "c" * 400, detail="d" * 700)
    row = Notice.objects.get()
    assert row.title.startswith("ab ccc")
    assert (len(row.title), len(row.detail), row.title[-1]) == (300, 600, "…")


@pytest.mark.parametrize("count", [1, 20])
def test_two_queries_however_many_people(tell: Callable[..., None], django_assert_num_queries: Any, count: int) -> None:
    people = [person("reporter") for _ in range(count)]
    with django_assert_num_queries(2), transaction.atomic(savepoint=False):
        notices.tell("kit.loud", people, key="1", title="It", url="/desk/", at=NOW)
    assert Notice.objects.count() == count


def test_a_kind_registers_once() -> None:
    with pytest.raises(notices.NoticeError, match="twice"):
        notices.register(notices.Kind(name="kit.quiet", label="", help="", may=lambda person: True))
    with pytest.raises(notices.NoticeError, match="must stand in the desk"):
        notices.register(
            notices.Kind(name="kit.x", label="", help="", may=lambda person: True, desk=False, always=True)
        )
