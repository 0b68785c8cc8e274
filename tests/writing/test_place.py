"""What the editor asks about blocks: cards, choices, placements, and the source of a quotation."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from articles.models import Outlet, Quotation, QuotePlacement, RelatedPlacement, Source
from newsroom import blocks
from tests.factories import articles as stories
from tests.factories import media_assets as pictures
from tests.factories import newsletters
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db
KINDS = ("image", "quote", "product", "newsletter", "related", "quotation")


@pytest.fixture
def alice(client: Client) -> Any:
    alice = person("reporter")
    client.force_login(alice)
    return alice


def place(client: Client, kind: str, **fields: Any) -> Any:
    return client.post("/desk/blocks/place/", {"kind": kind, "story": "", **fields})


def test_every_kind_is_searched_placed_drawn_and_edited(client: Client, alice: Any) -> None:
    asset = pictures.asset()
    stories.quotation()
    stories.product()
    stories.published_story(headline="An earlier story")
    newsletters.newsletter()
    sent: dict[str, dict[str, str]] = {
        "image": {"caption": "At the gate.", "alternative_text": "A gate"},
        "quote": {"words": "The garden will be open", "style": "pull"},
        "product": {"blurb": "A coat."},
        "related": {"line": "Read this"},
        "newsletter": {},
    }
    for kind, fields in sent.items():
        found = client.get("/desk/blocks/search/", {"kind": kind, "q": ""}).json()["results"]
        assert found, kind
        block = blocks.get(kind)
        assert block is not None
        answer = place(client, kind, choice=found[0]["id"], **fields)
        assert answer.status_code == 200, (kind, answer.content)
        pk = answer.json()["id"]
        card = client.get("/desk/blocks/preview/", {"b": f"{kind}:{pk}"}).json()[f"{kind}:{pk}"]
        assert card == answer.json()["card"]
        assert card["label"].startswith(block.label)
        values = client.get("/desk/blocks/search/", {"kind": kind, "placement": pk}).json()["values"]
        assert values["choice"] == str(found[0]["id"])
        for name, value in fields.items():
            assert values[name] == value, kind
        again = place(client, kind, choice=found[0]["id"], **fields).json()["id"]
        assert again != pk, "editing a block makes a new placement; the approved one stays as it was"
    assert asset.pk == client.get("/desk/blocks/search/", {"kind": "image"}).json()["results"][0]["id"]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_chosen(client: Client, alice: Any, kind: str) -> None:
    answer = place(client, kind)
    assert answer.status_code == 422
    assert answer.json()["errors"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("choice", ["x", "-1", "0", "999999", "9" * 30, "1;2", "\x00", "٣"])
def test_odd_choices(client: Client, alice: Any, kind: str, choice: str) -> None:
    fields = {"caption": "x", "alternative_text": "x", "words": "x", "style": "pull", "blurb": "x", "line": ""}
    answer = place(client, kind, choice=choice, **fields)
    assert answer.status_code == 422, answer.content
    assert answer.json()["errors"]


def test_alternative_text_is_required(client: Client, alice: Any) -> None:
    answer = place(client, "image", choice=pictures.asset().pk, caption="x", alternative_text=" ")
    assert answer.status_code == 422
    assert "alternative_text" in answer.json()["errors"]


def test_a_written_quotation_enters_the_ledger_with_its_placement(client: Client, alice: Any) -> None:
    sent = {"words": "We saw the car", "source_kind": "named", "source": "Ann Hale", "style": "quote"}
    answer = place(client, "quote", **sent)
    assert answer.status_code == 200, answer.content
    placed = QuotePlacement.objects.get(pk=answer.json()["id"])
    assert (placed.words, placed.quotation.source.name) == ("We saw the car", "Ann Hale")
    refused = place(client, "quote", **sent | {"source": ""})
    assert refused.status_code == 422
    assert "source" in refused.json()["errors"]
    assert Quotation.objects.count() == 1, "a refused one leaves nothing behind"


def test_a_story_is_not_related_to_itself(client: Client, alice: Any) -> None:
    story = stories.published_story()
    assert place(client, "related", choice=story.pk, story=story.pk).status_code == 422
    assert not RelatedPlacement.objects.exists()


@pytest.mark.parametrize("url", ["search", "place", "preview"])
def test_an_unknown_kind(client: Client, alice: Any, url: str) -> None:
    data = {"kind": "video", "b": "video:3", "q": "x"}
    answer = client.post("/desk/blocks/place/", data) if url == "place" else client.get(f"/desk/blocks/{url}/", data)
    assert answer.status_code == {"search": 404, "place": 422, "preview": 200}[url]
    if url == "preview":
        assert "unknown kind" in answer.json()["video:3"]["html"]


def test_odd_cards_are_left_out(client: Client, alice: Any) -> None:
    odd = [
        "",
        ":",
        "image",
        "image:",
        "image:x",
        "image:-1",
        "image:0",
        "image:" + "9" * 30,
        "../x:1",
        "<b>:1",
        "İ:1",
        "a" * 30 + ":1",
    ]
    assert client.get("/desk/blocks/preview/", {"b": odd}).json() == {}
    missing = client.get("/desk/blocks/preview/", {"b": "image:9999999999"}).json()
    assert "no longer exists" in missing["image:9999999999"]["html"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("q", ["'", "%", "\\", "x" * 5000, "“”", "ß ſ İ", "(", "a b c d e f g h i j k l m n o p"])
def test_odd_searches(client: Client, alice: Any, kind: str, q: str) -> None:
    assert client.get("/desk/blocks/search/", {"kind": kind, "q": q}).status_code == 200


def test_twenty_cards_cost_what_one_costs(client: Client, alice: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    placed = [stories.quote_placement(stories.quotation(f"Words {n}")) for n in range(20)]
    counts = []
    for some in (placed[:1], placed):
        keys = [f"quote:{one.pk}" for one in some]
        client.get("/desk/blocks/preview/", {"b": keys})
        with CaptureQueriesContext(connection) as captured:
            assert len(client.get("/desk/blocks/preview/", {"b": keys}).json()) == len(some)
        counts.append(len(captured))
    assert counts[0] == counts[1], counts


@pytest.mark.parametrize("role", ["picture_editor", "legal", "marketing", "administrator"])
def test_only_writers_ask(client: Client, role: str) -> None:
    client.force_login(person(role))
    assert client.get("/desk/blocks/search/?kind=quotation").status_code == 403
    assert client.get("/desk/blocks/preview/?b=quote:1").status_code == 403
    assert place(client, "quote").status_code == 403


# ---- the source of a quotation in the running text ----


def test_tie_to_an_entry(client: Client, alice: Any) -> None:
    entry = stories.quotation("We saw the car", chain=[(stories.outlet(), False)])
    stories.quotation("Something else")
    found = client.get("/desk/blocks/search/", {"kind": "quotation", "q": "saw CAR"}).json()["results"]
    assert [choice["id"] for choice in found] == [entry.pk]
    told = place(client, "quotation", choice=entry.pk).json()
    assert told["id"] == entry.pk
    assert told["quotation"]["words"] == "We saw the car"
    assert "Daily Mail" in told["quotation"]["line"]


def test_tie_to_a_new_entry_with_its_chain(client: Client, alice: Any) -> None:
    mail = stories.outlet()
    sent = {
        "words": "“It stayed private,”",
        "source_kind": "unnamed",
        "who": "a source",
        "chain": "the Daily Mail\nvia Page Six",
    }
    told = place(client, "quotation", **sent)
    assert told.status_code == 200, told.content
    entry = Quotation.objects.get(pk=told.json()["id"])
    assert entry.source.kind == Source.Kind.UNNAMED
    assert [(link.outlet.name, link.via) for link in entry.chain.all()] == [("Daily Mail", False), ("Page Six", True)]
    assert entry.chain.all()[0].outlet == mail
    assert Outlet.objects.count() == 2


def test_two_unnamed_people_are_never_taken_for_one(client: Client, alice: Any) -> None:
    sent = {"source_kind": "unnamed", "who": "a source"}
    one = place(client, "quotation", words="The first thing", **sent).json()["id"]
    two = place(client, "quotation", words="Another thing", **sent).json()["id"]
    same = place(client, "quotation", words="A third thing", like=one, **sent).json()["id"]
    source = {pk: Quotation.objects.get(pk=pk).source_id for pk in (one, two, same)}
    assert source[one] != source[two]
    assert source[one] == source[same]
    assert (
        Quotation.objects.get(
            pk=place(client, "quotation", words="x y", like=one, source_kind="unnamed", who="another").json()["id"]
        ).source_id
        not in source.values()
    )


def test_a_named_source_is_used_again(client: Client, alice: Any) -> None:
    known = stories.source("Margaret Hale")
    pk = place(client, "quotation", words="Good day", source_kind="named", who="margaret hale").json()["id"]
    assert Quotation.objects.get(pk=pk).source == known


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"words": " “” "}, "words"), ({"who": ""}, "who"), ({"who": "x" * 161}, "who"), ({"source_kind": "x"}, "source_kind"),
     ({"words": "x" * 5001}, "words"), ({"chain": "x" * 200}, "chain"), ({"chain": "\n".join(f"Outlet {n}" for n in range(20))}, "chain")],
)  # fmt: skip
def test_a_refused_entry_leaves_nothing(client: Client, alice: Any, changed: dict[str, str], field: str) -> None:
    sent = {"words": "We saw the car", "source_kind": "named", "who": "Ann Hale", "chain": ""} | changed
    answer = place(client, "quotation", **sent)
    assert answer.status_code == 422
    assert field in answer.json()["errors"], answer.json()
    assert not Source.objects.exists()
    assert not Outlet.objects.exists()
