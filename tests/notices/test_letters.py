"""Letters gather: the first after two minutes, the next an hour later, without what was read at the desk."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from newsroom.accounts.models import Person
from newsroom.mail.models import Letter
from newsroom.notices import letters, reading
from newsroom.notices.models import Notice, Preference
from tests.factories.accounts import person
from tests.notices.conftest import after

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("of_kinds")]


def test_the_first_waits_two_minutes_for_company(tell: Callable[..., None], alice: Person) -> None:
    tell("kit.loud", [alice], key="1")
    tell("kit.loud", [alice], key="2", at=after(1))
    assert letters.post(after(1.9)) == 0
    assert letters.post(after(2)) == 1
    letter = Letter.objects.get()
    assert letter.to == alice.email
    assert letter.subject == "2 notices from the desk of The newsroom"
    assert "It happened: 1" in letter.text
    assert "It happened: 2" in letter.text
    assert "/desk/notices/preferences/" in letter.text
    assert set(Notice.objects.values_list("mail", flat=True)) == {"sent"}


def test_one_notice_says_itself_in_the_subject(tell: Callable[..., None], alice: Person) -> None:
    tell("kit.loud", [alice], key="1", title="Bob Barrow requested changes")
    letters.post(after(2))
    assert Letter.objects.get().subject == "Bob Barrow requested changes"


def test_a_busy_hour_is_two_letters(tell: Callable[..., None], alice: Person) -> None:
    for minute in range(60):
        tell("kit.loud", [alice], key=f"at {minute}", at=after(minute))
        letters.post(after(minute))
        letters.post(after(minute + 0.5))
    assert Letter.objects.count() == 1
    assert letters.post(after(61.9)) == 0
    assert letters.post(after(62)) == 1
    first, second = Letter.objects.order_by("pk")
    assert [line for line in first.text.splitlines() if "happened" in line][-1] == "It happened: at 2"
    assert second.subject == "57 notices from the desk of The newsroom"
    assert "And 32 more at the desk" in second.text


def test_what_was_read_at_the_desk_is_left_out(tell: Callable[..., None], alice: Person) -> None:
    tell("kit.loud", [alice], key="1")
    tell("kit.loud", [alice], key="2")
    reading.mark(alice, Notice.objects.get(key="1").pk, read=True, at=after(1))
    letters.post(after(2))
    assert "It happened: 1" not in Letter.objects.get().text
    assert Notice.objects.get(key="1").mail == "seen"


def test_what_one_s_roles_do_not_let_one_read_any_more_is_left_out(tell: Callable[..., None], alice: Person) -> None:
    Preference.objects.create(person=alice, kind="kit.legal", desk=True, mail=True)
    tell("kit.legal", [alice], key="1", title="A headline for legal")
    tell("kit.loud", [alice], key="2")
    assert letters.post(after(2)) == 1
    assert "A headline for legal" not in Letter.objects.get().text
    assert Notice.objects.get(key="1").mail == "not"


def test_everything_read_is_no_letter_and_does_not_delay_the_next(tell: Callable[..., None], alice: Person) -> None:
    tell("kit.loud", [alice], key="1")
    reading.mark_all(alice, up_to=Notice.objects.get().pk, at=after(1))
    assert letters.post(after(2)) == 0
    tell("kit.loud", [alice], key="2", at=after(3))
    assert letters.post(after(5)) == 1


def test_the_desk_alone_sends_nothing(tell: Callable[..., None], alice: Person) -> None:
    tell("kit.quiet", [alice], key="1")
    assert letters.post(after(500)) == 0


def test_who_left_meanwhile_gets_no_letter(tell: Callable[..., None], alice: Person) -> None:
    tell("kit.loud", [alice], key="1")
    Person.objects.filter(pk=alice.pk).update(is_active=False)
    assert letters.post(after(2)) == 0
    assert not Letter.objects.exists()
    assert not Notice.objects.filter(mail="waiting").exists()


def test_an_address_that_no_letter_can_reach_holds_nobody_back(tell: Callable[..., None], alice: Person) -> None:
    odd = person("editor", email="zoë@example.org")
    tell("kit.loud", [odd, alice], key="1")
    assert letters.post(after(2)) == 1
    assert Letter.objects.get().to == alice.email
    assert Notice.objects.get(person=odd).mail == "not", "it would be tried at every sweep for ever"


def test_a_line_break_in_a_title_cannot_add_a_header(tell: Callable[..., None], alice: Person) -> None:
    tell("kit.loud", [alice], key="1", title="A\r\nBcc: everybody@example.org")
    letters.post(after(2))
    assert Letter.objects.get().subject == "A Bcc: everybody@example.org"


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_write_one_letter(tell: Callable[..., None], alice: Person) -> None:
    for number in range(30):
        tell("kit.loud", [alice], key=str(number))
    gate, written = threading.Barrier(2), []

    def sweep() -> None:
        gate.wait()
        written.append(letters.post(after(2)))
        connection.close()

    threads = [threading.Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(written) == [0, 1]
    assert Letter.objects.count() == 1


def test_tidy_keeps_what_waits(tell: Callable[..., None], alice: Person) -> None:
    tell("kit.loud", [alice], key="waits")
    tell("kit.quiet", [alice], key="old")
    tell("kit.quiet", [alice], key="new", at=after(10))
    assert letters.tidy(after(5)) == 1
    assert set(Notice.objects.values_list("key", flat=True)) == {"waits", "new"}


def test_a_sweep_that_comes_late_to_the_lock_writes_no_second_letter(tell: Callable[..., None], alice: Person) -> None:
    """It had listed the person before the other sweep committed."""
    tell("kit.loud", [alice], key="1")
    letters.post(after(2))
    tell("kit.loud", [alice], key="2", at=after(2))
    assert not letters._post(alice.pk, after(5))
    assert Letter.objects.count() == 1


def test_those_who_wait_their_hour_take_nobody_s_place(
    tell: Callable[..., None], alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "MOST_AT_ONCE", 1)
    tell("kit.loud", [alice], key="1")
    letters.post(after(2))
    tell("kit.loud", [alice], key="2", at=after(2))
    tell("kit.loud", [bob], key="3", at=after(3))
    assert letters.post(after(6)) == 1
    assert Letter.objects.latest("pk").to == bob.email
