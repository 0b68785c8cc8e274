"""The PostgreSQL that DATABASE_URL leads to: new enough, or refused in one sentence."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import NotSupportedError, connections


def refused_by_the_check() -> str:
    with pytest.raises(SystemCheckError) as refused:
        call_command("check", databases=["default"])
    return str(refused.value)


@pytest.mark.django_db
def test_this_postgresql_is_new_enough() -> None:
    call_command("check", databases=["default"])


@pytest.mark.django_db
def test_an_older_postgresql_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connections["default"].__dict__, "pg_version", 140012)
    assert "DATABASE_URL must lead to PostgreSQL 15 or newer. This one is version 14." in refused_by_the_check()
    from newsroom.management.commands.demo import Command

    with pytest.raises(SystemCheckError, match="PostgreSQL 15 or newer"):
        Command()._migrate()


@pytest.mark.django_db
def test_one_that_django_itself_refuses_is_said_in_the_same_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: object) -> int:
        raise NotSupportedError("PostgreSQL 14 or later is required (found 13.11)")

    connection = connections["default"]
    monkeypatch.delitem(connection.__dict__, "pg_version", raising=False)
    monkeypatch.setattr(type(connection), "pg_version", property(refuse))
    assert "PostgreSQL 15 or newer. PostgreSQL 14 or later is required (found 13.11)." in refused_by_the_check()
