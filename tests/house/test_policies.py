"""What the pages may load is written down for those who run the product, as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from articles.models import Sighting
from newsroom import headers
from tests.factories import articles as make
from tests.factories.accounts import person

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "deploy" / "README.md").read_text()
# Whoever gives a page its own says so there, and adds it here.
SETS_ITS_OWN = {
    "articles/desk/preview.py",
    "articles/desk/seen.py",
    "articles/desk/writing.py",
    "newsletters/desk/composing.py",
    "newsroom/headers.py",  # says how
    "newsroom/demo/views.py",  # the demo's mailbox never runs in production
}


def directives(policy: str) -> dict[str, str]:
    return {
        name: sources
        for part in " ".join(policy.split()).split(";")
        if part.strip()
        for name, _, sources in [part.strip().partition(" ")]
    }


def written(row: str) -> dict[str, str]:
    """The directives that the table gives for the page whose row begins so."""
    line = next(line for line in PAGE.splitlines() if line.startswith(f"| {row}"))
    return directives(line.split("|")[2].strip().strip("`"))


def test_the_policy_of_all_pages_is_written_down() -> None:
    block = re.search(r"^    (default-src .*?)\n\n", PAGE, re.M | re.S)
    assert block is not None
    assert directives(block[1]) == headers.POLICY | {"upgrade-insecure-requests": ""}
    assert headers.POLICY["default-src"] == "'none'"
    assert "unsafe" not in " ".join(headers.POLICY.values())


def test_no_page_has_a_policy_of_its_own_in_secret() -> None:
    sets = {
        str(path.relative_to(ROOT))
        for app in ("articles", "media_assets", "newsletters", "newsroom")
        for path in (ROOT / app).rglob("*.py")
        if re.search(r"\.csp = ", path.read_text())
    }
    assert sets == SETS_ITS_OWN


@pytest.mark.django_db
def test_what_differs_is_written_down(client: Client) -> None:
    told = make.published_story()
    client.get(told.path)
    client.force_login(person("reporter"))
    sighting = Sighting.objects.get()
    for row, url in {
        "the writing screen": reverse("articles-desk:write", args=[told.pk]),
        "its preview": reverse("articles-desk:preview", args=[told.pk]),
        "as readers saw it": reverse("articles-desk:seen", args=[told.pk]),
        "a kept page": reverse("articles-desk:seen-page", args=[told.pk, sighting.pk]),
    }.items():
        answer = client.get(url)
        assert answer.status_code == 200
        policy = re.sub(r"sha256-[^']+", "sha256-…", answer["Content-Security-Policy"])
        given = {name: how for name, how in directives(policy).items() if headers.POLICY.get(name) != how}
        assert given == written(row), row
        assert "unsafe" not in given.get("script-src", "")
    for url in ("/", told.path, reverse("articles-desk:board"), reverse("articles-desk:history", args=[told.pk])):
        assert client.get(url)["Content-Security-Policy"] == headers.policy()
