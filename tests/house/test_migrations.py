"""Squashed migrations leave what the ones that they replace left, and a database that has those goes on from there."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunSQL

SQUASHED = {
    "media_assets": "0001_squashed_0002_placements_are_fixed",
    "articles": "0001_squashed_0027_quotation_addresses",
    "newsletters": "0001_squashed_0004_purpose_address",
}
# What a migration's SQL makes for good, with all of its text. A function's body has semicolons of its own.
MADE = re.compile(
    r"CREATE(?: OR REPLACE)? (?:FUNCTION (?P<function>\w+)\b.*?\$\$.*?\$\$|TRIGGER (?P<trigger>\w+)\b.*?|SEQUENCE (?P<sequence>\w+));"
    r"|DROP (?:TRIGGER|FUNCTION|SEQUENCE) (?P<dropped>\w+)\b.*?;",
    re.DOTALL,
)


def loader_of_old_ones() -> MigrationLoader:
    loader = MigrationLoader(None, load=False)
    loader.replace_migrations = False
    loader.build_graph()
    return loader


@pytest.mark.parametrize("app", SQUASHED)
def test_the_squashed_ones_leave_the_same_models(app: str) -> None:
    old = loader_of_old_ones()
    squashed = old.disk_migrations[app, SQUASHED[app]]
    before = old.project_state([tuple(squashed.replaces[-1])])
    anew = MigrationLoader(None)
    after = anew.project_state([(app, SQUASHED[app])])
    names = [name for label, name in before.models if label == app]
    assert names
    assert names == [name for label, name in after.models if label == app]
    plain = MigrationAutodetector(before, after).deep_deconstruct
    for name in names:
        for part in ("fields", "options", "bases", "managers"):
            was, is_now = getattr(before.models[app, name], part), getattr(after.models[app, name], part)
            assert plain(was) == plain(is_now), f"{name}: {part}"
        # The columns' order too: dumps and COPY without a list of columns rest on it.
        assert list(before.models[app, name].fields) == list(after.models[app, name].fields), name


@pytest.mark.parametrize("app", SQUASHED)
def test_the_squashed_ones_leave_the_same_triggers_and_functions(app: str) -> None:
    old = loader_of_old_ones()
    squashed = old.disk_migrations[app, SQUASHED[app]]
    before: dict[str, str] = {}
    for node in squashed.replaces:
        before = made(before, old.disk_migrations[tuple(node)].operations)
    assert before
    assert made({}, squashed.operations) == before


def made(before: dict[str, str], operations: list[object]) -> dict[str, str]:
    """What is there after the operations' SQL: name -> the statement that made it, blanks and comments aside."""
    there = dict(before)
    for operation in operations:
        if isinstance(operation, RunSQL):
            for found in MADE.finditer(re.sub(r"--[^\n]*", "", str(operation.sql))):
                if found["dropped"]:
                    del there[found["dropped"]]
                else:
                    kind = found.lastgroup
                    there[f"{found[kind]}"] = " ".join(found[0].split()) if kind else ""
    return there


@pytest.mark.django_db
def test_a_database_that_has_the_old_ones_has_nothing_to_do() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE name LIKE '0001_squashed_%'")
        assert cursor.rowcount == len(SQUASHED)
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    executor.check_replacements()
    assert set(SQUASHED.items()) <= set(executor.recorder.applied_migrations())


@pytest.mark.django_db
def test_a_database_that_has_some_of_the_old_ones_gets_the_others() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE name LIKE '0001_squashed_%'"
            " OR app = 'articles' AND name >= '0026' OR app = 'newsletters' AND name >= '0003'"
        )
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    missing = {(step.app_label, step.name) for step, _ in plan}
    assert missing >= {
        ("articles", "0026_seen_retention"),
        ("articles", "0027_quotation_addresses"),
        ("newsletters", "0003_shown_stories"),
        ("newsletters", "0004_purpose_address"),
    }
    assert missing.isdisjoint(SQUASHED.items())
