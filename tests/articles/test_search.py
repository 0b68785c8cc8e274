"""Search: what is found, by whom, in which order, and what no question can break."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles import marking, search
from articles.models import Draft, Outlet, Product, SearchEntry, Source, Story
from articles.search import Where
from newsroom.accounts.models import Person
from tests.factories.accounts import person
from tests.factories.articles import (
    AT,
    outlet,
    product,
    published_story,
    quotation,
    section,
    source,
    story,
    withdrawn_story,
)

K = SearchEntry.Kind
SEARCH = reverse("articles-desk:search")


def names(who: Person, q: str, kind: SearchEntry.Kind = K.STORY, **where: Any) -> list[str]:
    return [row.name for row in search.find(who, kind, q, where=Where(**where)).rows]


def marked(parts: Any) -> list[str]:
    return [part.text for part in parts if part.hit]


def test_finds_stories_by_their_words(alice: Person) -> None:
    story(
        owner=alice,
        headline="Zoë Müller walks to Balmoral",
        standfirst="A quiet visit",
        body="<p>The <strong>gar</strong>dens were closing &amp; the gates stayed open.</p><p>She left.</p>",
    )
    story(owner=alice, headline="Reading rooms", body="<p>Open the gates, said the gardener.</p>")
    found = {
        q: names(alice, q)
        for q in (
            "zoe muller",
            "ZOË",
            "gardens closing",
            "closed garden",  # by the stem
            '"open the gates"',
            '"the gates open"',
            "gates -gardener",
            "balmoral or gardener",
            "balm",  # begun
            "quiet vis",
            "left visit",
            "nowhere",
            "th",
        )
    }
    both, zoe, rooms = (
        {"Zoë Müller walks to Balmoral", "Reading rooms"},
        ["Zoë Müller walks to Balmoral"],
        ["Reading rooms"],
    )
    assert set(found.pop("balmoral or gardener")) == both
    assert set(found.pop("th")) == both
    assert set(found.pop("closed garden")) <= both
    assert found == {
        "zoe muller": zoe,
        "ZOË": zoe,
        "gardens closing": zoe,
        '"open the gates"': rooms,
        '"the gates open"': [],
        "gates -gardener": zoe,
        "balm": zoe,
        "quiet vis": zoe,
        "left visit": zoe,
        "nowhere": [],
    }


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("“quiet reunion”", True),  # curly, as phones type them
        ("“reunion quiet”", False),
        ("„quiet reunion“", True),
        ("«quiet reunion»", True),
        ("Okoro-Blankenship", True),
        ("okoro blankenship", True),
        ("Okoro-Blan", True),
        ("O’Bri", True),
        ("O'Brien", True),
        ("obrien", False),
        ("Kate's", True),
        ("Kate’s", True),
        ("reunion -blankenship", False),
        ("reunion -okoro-blan", True),  # half a word left out is another word
        ("zoe", True),
        ("ZOË", True),
        ("k", False),  # a letter alone is no word
        ("reunion" + " or windsor" * 60, True),
    ],
)
def test_names_and_quotation_marks_as_people_type_them(alice: Person, q: str, found: bool) -> None:
    story(owner=alice, headline="Kate’s quiet reunion", body="<p>Zoë Okoro-Blankenship and O’Brien were there.</p>")
    assert bool(names(alice, q)) is found


def test_marks_what_was_asked_for_as_it_is_written(alice: Person) -> None:
    story(
        owner=alice,
        headline="Zoë Müller",
        body=f"<p>{'Long before that. ' * 30}Then Zoë closed the well-kept gates.</p>",
    )
    row = search.find(alice, K.STORY, "zoe closing").rows[0]
    assert marked(row.title) == ["Zoë"]
    row = search.find(alice, K.STORY, "closing well-kept").rows[0]
    assert row.name == "Zoë Müller"
    assert "closed" in marked(row.excerpt)
    said = "".join(part.text for part in row.excerpt)
    assert said.startswith("…")
    assert len(said) < marking.EXCERPT + 70
    assert "Müller" not in said, "the headline stands above it"
    assert "Then Zoë closed the well-kept gates." in said


def test_a_headline_counts_more_than_a_mention_and_new_before_old(alice: Person) -> None:
    story(owner=alice, headline="Something else", body="<p>Near Balmoral.</p>", at=AT + timedelta(days=2))
    story(owner=alice, headline="Balmoral", body="<p>Words.</p>", at=AT)
    story(owner=alice, headline="Another thing", body="<p>Near Balmoral.</p>", at=AT + timedelta(days=1))
    assert names(alice, "balmoral") == ["Balmoral", "Something else", "Another thing"]


def test_only_the_newest_matches_are_ranked_and_it_is_said(
    alice: Person, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "RANKED", 3)
    monkeypatch.setattr("articles.desk.searching.RANKED", 3)
    story(owner=alice, headline="Balmoral, long ago", at=AT)
    for day in range(1, 4):
        story(owner=alice, headline=f"Day {day}", body="<p>Near Balmoral.</p>", at=AT + timedelta(days=day))
    answer = search.find(alice, K.STORY, "balmoral")
    assert [row.name for row in answer.rows] == ["Day 3", "Day 2", "Day 1"]
    assert (answer.count, answer.more) == (3, True)
    client.force_login(alice)
    html = client.get(SEARCH, {"q": "balmoral"}).content.decode()
    assert "More than 3 match" in html
    assert ">3+<" in html


def test_each_save_and_move_is_searched_at_once(alice: Person, save: Any) -> None:
    made = published_story(owner=alice, headline="The gates", body="<p>Firstly.</p>")
    draft = Draft.objects.create(
        story=made, head=made.published_revision, base_revision=made.published_revision, opened_by=alice,
        opened_at=AT, changed_at=AT, changed_by=alice,
    )  # fmt: skip
    save(draft, alice, headline="The doors", body="<p>Secondly.</p>", autosave=True)
    save(draft, alice, body="<p>Thirdly.</p>", autosave=True)  # amends its own
    assert names(alice, "thirdly") == ["The doors"]
    assert names(alice, "secondly") == []
    assert names(alice, "firstly") == ["The doors"], "readers still see it"
    assert names(alice, "gates") == ["The doors"]
    draft.refresh_from_db()
    Draft.objects.filter(pk=draft.pk).update(standing=Draft.Standing.CLOSED)
    Story.objects.filter(pk=made.pk).update(published_revision=draft.head)
    assert names(alice, "firstly") == []
    assert names(alice, "thirdly") == ["The doors"]


def test_finds_sources_by_name_outlet_and_what_they_said_and_products(alice: Person) -> None:
    hale = source("Margaret Hale", description="Head gardener")
    said = quotation("It was never a secret garden", source=hale)
    paper = source("A statement", kind="report", outlet=outlet("Daily Mail"))
    coat = product(maker="Harrow & Vale", title="Waxed coat", blurb="Keeps the Scottish rain out.")
    assert names(alice, "hale", K.SOURCE) == ["Margaret Hale, Head gardener"]
    assert names(alice, "secret gardens", K.SOURCE) == ["Margaret Hale, Head gardener"]
    assert names(alice, "daily mail", K.SOURCE) == ["A statement"]
    assert names(alice, "scottish rain", K.PRODUCT) == ["Harrow & Vale Waxed coat"]
    Source.objects.filter(pk=hale.pk).update(name="Margaret Thornton")
    Outlet.objects.filter(pk=paper.outlet_id).update(name="Evening Post")
    Product.objects.filter(pk=coat.pk).update(title="Oiled coat")
    assert names(alice, "hale", K.SOURCE) == []
    assert names(alice, "thornton", K.SOURCE) == ["Margaret Thornton, Head gardener"]
    assert names(alice, "evening", K.SOURCE) == ["A statement"]
    assert names(alice, "oiled", K.PRODUCT) == ["Harrow & Vale Oiled coat"]
    said.delete()
    Source.objects.filter(pk=hale.pk).delete()
    assert names(alice, "thornton", K.SOURCE) == []


def test_filters(alice: Person, bob: Person) -> None:
    fashion = section("Fashion")
    story(owner=bob, headline="Coats open", section=fashion)
    published_story(owner=alice, headline="Coats seen")
    withdrawn_story(owner=alice, headline="Coats gone")
    assert names(alice, "coats", section_id=fashion.pk) == ["Coats open"]
    assert names(alice, "coats", owner_id=bob.pk) == ["Coats open"]
    assert names(alice, "coats", stands="open") == ["Coats open"]
    assert names(alice, "coats", stands="published") == ["Coats seen"]
    assert names(alice, "coats", stands="withdrawn") == ["Coats gone"]
    assert search.counts(alice, "coats", Where(stands="published"))[K.STORY] == 1


def test_who_may_not_see_finds_nothing(db: None, client: Client) -> None:
    hidden = story(headline="Embargoed Balmoral")
    Story.objects.filter(pk=hidden.pk).update(embargo_until=timezone.now() + timedelta(days=1))
    published_story(headline="Balmoral for all")
    source("Balmoral’s factor")
    product(title="Balmoral boots")
    seen = {}
    for role in ("reporter", "editor", "picture_editor", "legal", "marketing", "administrator"):
        who = person(role)
        client.force_login(who)
        seen[role] = tuple(len(names(who, "balmoral", kind)) for kind in K)
        assert tuple(search.counts(who, "balmoral", Where()).values()) == tuple(
            n for n, kind in zip(seen[role], K, strict=True) if kind in search.kinds_for(who)
        )
        hits = client.get("/desk/find/", {"q": "balmoral"}).json()["hits"]
        assert len([hit for hit in hits if hit["kind"] == "Source"]) == seen[role][1]
        assert len([hit for hit in hits if hit["kind"] == "Story"]) == seen[role][0]
        if seen[role][0]:
            html = client.get(SEARCH, {"q": "balmoral", "kind": "source"}).content.decode()
            assert ("factor" in html) == bool(seen[role][1]), f"{role} asks for the sources’ tab by its address"
    everything, nothing, no_sources = (2, 1, 1), (0, 0, 0), (2, 0, 1)
    assert seen == {
        "reporter": everything,
        "editor": everything,
        "legal": everything,
        "picture_editor": no_sources,
        "administrator": no_sources,
        "marketing": nothing,
    }


def test_readers_meet_no_search_of_ours(client: Client) -> None:
    assert client.get(SEARCH, {"q": "x"}).status_code == 302


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(q=st.text(max_size=60) | st.text(alphabet="a'\"\\:*&|!()<>- or%_\x00é", max_size=30))
def test_no_question_breaks_it(alice: Person, q: str) -> None:
    for kind in K:
        search.find(alice, kind, q)
    search.counts(alice, q, Where())


def test_python_and_the_database_fold_alike(db: None) -> None:
    letters = "".join(map(chr, [*range(0x20, 0x2FF), *range(0x1E00, 0x1F00)]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT articles_fold(normalize(%s))", [letters])
        assert cursor.fetchone()[0] == marking.fold(letters)
    assert marking.fold("Zoë Łukasz Ødegård") == "Zoe Lukasz Odegard"
    assert len(marking.fold(letters)) == len(unicodedata.normalize("NFC", letters)), "marks stay where the words are"


def test_a_text_of_any_length_is_saved(alice: Person) -> None:
    words = " ".join(f"wort{n}ß" for n in range(90_000))
    story(owner=alice, headline="Long", body=f"<p>{words}</p><p>{'x' * 5000}</p>")
    assert names(alice, "wort77") == ["Long"]


@pytest.mark.parametrize("kind", list(K))
def test_queries_do_not_grow(alice: Person, client: Client, kind: SearchEntry.Kind) -> None:
    client.force_login(alice)

    def queries(url: str, **asked: str) -> int:
        client.get(url, asked)
        with CaptureQueriesContext(connection) as ran:
            assert client.get(url, asked).status_code == 200
        return len([query for query in ran if "publication_publication" not in query["sql"]])

    def more() -> None:
        story(owner=alice, headline="Balmoral")
        published_story(owner=alice, headline="Balmoral")
        source("Balmoral")
        product(title="Balmoral boots")

    more()
    page, palette = queries(SEARCH, q="balmoral", kind=kind.value), queries("/desk/find/", q="balmoral")
    for _ in range(9):
        more()
    assert queries(SEARCH, q="balmoral", kind=kind.value) == page
    assert queries("/desk/find/", q="balmoral") <= palette, "fewer when the first six fill the list"
    assert max(page, palette) <= 12


def test_marks_that_do_not_fit_the_text_cost_the_highlight_and_no_word() -> None:
    """PostgreSQL's parser answers with the text that it read; should it ever be another one, its words are not shown."""
    assert list(marking.parts("Café words", "Cafe \x01words\x02")) == [
        marking.Part("Café ", False),
        marking.Part("words", True),
    ]
    for other in ("Cafe \x01word\x02", "other", ""):
        assert list(marking.parts("Café words", other)) == [marking.Part("Café words", False)], other
