"""No URL answers 500 (domain 24): every URL is asked with what no form would send."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.forms import formsets
from django.test import Client
from django.urls import resolve

from newsroom.accounts.roles import Role
from tests.factories.accounts import person
from tests.house.matrix import begun_anew, rows
from tests.house.matrix_admin import LISTED
from tests.house.probes import (
    ALONE,
    BODIES,
    FEW,
    LIST_PARAMETERS,
    NUMBERS,
    QUERIES,
    TEXTS,
    TICKED,
    VALUES,
    asked_for,
    share,
    squared,
)

pytestmark = pytest.mark.django_db
MATRIX = rows()
# A body that cannot be read is refused by the same lines before any view, and what a strange query does to one view it does
# to the next: each URL is asked with some of them, and each of them at a third of all URLs.
SOME_BODIES, SOME_QUERIES = 8, 3
# Django's own pages differ in their forms and lists alone, not in how a body is read.
WITH_BODIES = sorted(
    name
    for name, row in MATRIX.items()
    if "POST" in row.methods and (not name.startswith("admin:") or name == "admin:articles_section_add")
)


class Prober:
    """Asks one URL again and again, each time in the state in which it was found; keeps what went wrong."""

    def __init__(self, name: str, log: pytest.LogCaptureFixture) -> None:
        self.row, self.log = MATRIX[name], log
        self.client = Client()
        # Behind every door at once, so that each probe reaches the view.
        self.client.force_login(person(*Role.values))
        self.url, self.data = self.row.request(name)
        self.parts = {str(part) for part in resolve(self.url).kwargs.values()}
        self.wrong: list[str] = []

    def ask(self, what: str, method: str, *args: Any, **options: Any) -> None:
        self.log.clear()
        with begun_anew():  # also because what is spent of a budget would turn later probes away
            try:
                response = getattr(self.client, method)(*args, headers=self.row.headers, **options)
                if response.status_code >= 500:
                    self.wrong.append(f"{method} with {what}: {response.status_code}")
            except Exception as error:
                self.wrong.append(f"{method} with {what}: {type(error).__name__}: {str(error)[:150]}")
        for record in self.log.records:
            if record.name == "newsroom.malformed":  # the last net: the view should have said so beside the field
                self.wrong.append(f"{method} with {what}: {record.getMessage()}")

    def names(self, method: str) -> list[str]:
        """The names that the view looks for in a request with this method. Of a page that is only shown not those that
        its form will send: it reads none of them."""
        with asked_for() as names:
            self.ask("the right data", method, self.url, self.data)
        return sorted(names | set(self.data) if method == self.row.method.lower() else names)

    def judge(self) -> None:
        if self.wrong:
            pytest.fail("\n".join(self.wrong), pytrace=False)


@pytest.fixture(autouse=True)
def small_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for the most forms that a set may have is given forty, not two thousand: they take ten seconds."""
    monkeypatch.setattr(formsets, "DEFAULT_MAX_NUM", 20)


@pytest.mark.parametrize(
    ("of", "number", "names"),
    [(BODIES, SOME_BODIES, WITH_BODIES), (QUERIES, SOME_QUERIES, sorted(MATRIX))],
    ids=["bodies", "queries"],
)
def test_none_is_left_to_chance(of: list[Any], number: int, names: list[str]) -> None:
    asked = Counter(one for name in names for one in share(of, name, number))
    assert set(asked) == set(of)
    assert min(asked.values()) >= 20


@pytest.mark.parametrize("name", sorted(MATRIX))
def test_malformed(name: str, caplog: pytest.LogCaptureFixture) -> None:
    prober = Prober(name, caplog)
    ask_with_values(prober, name)
    ask_at_addresses(prober, name)
    if name in WITH_BODIES:
        for kind, body in share(BODIES, name, SOME_BODIES):
            prober.ask(f"{kind} {body[:40]!r}", "generic", "POST", prober.url, body, content_type=kind)
    prober.judge()


def ask_with_values(prober: Prober, name: str) -> None:
    for method in {"get", "post"} & {method.lower() for method in prober.row.methods}:
        names = prober.names(method)
        kinds = FEW if method == "get" and name.startswith("admin:") else list(VALUES)
        # How many forms a set has: a wrong number hides all that is in them, and is asked for below.
        for what, data in squared([field for field in names if not field.endswith("_FORMS")], kinds):
            prober.ask(what, method, prober.url, prober.data | data)
        for kind in ALONE:
            for field in names if method == "post" else []:
                prober.ask(f"{kind} as {field}", method, prober.url, prober.data | {field: VALUES[kind]})


def ask_at_addresses(prober: Prober, name: str) -> None:
    method = prober.row.method.lower()
    parts = prober.url.split("/")
    for place, part in enumerate(parts):
        if part in prober.parts:
            for wrong in NUMBERS if part.isdigit() else TEXTS:
                prober.ask(wrong[:20], method, "/".join([*parts[:place], wrong, *parts[place + 1 :]]), prober.data)
    for query in [] if name.startswith("admin:") else share(QUERIES, name, SOME_QUERIES):
        prober.ask(f"?{query[:20]}", "generic", prober.row.method, f"{prober.url}?{query}")


@pytest.mark.parametrize("label", sorted(LISTED))
def test_malformed_lists_of_the_admin(label: str, caplog: pytest.LogCaptureFixture) -> None:
    prober = Prober(f"admin:{label}_changelist", caplog)
    LISTED[label].make()
    for name, values in LIST_PARAMETERS.items():
        for value in values:
            prober.ask(f"{name}={value[:20]}", "get", prober.url, {name: value})
    for data in TICKED:
        prober.ask(str(data), "post", prober.url, data)
    prober.judge()
