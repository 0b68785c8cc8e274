"""What an open writing screen is told of others' words: the addresses that its script talks to."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from articles import drafts, presence
from articles.models import Clash
from tests.asserts import page
from tests.factories import articles as stories
from tests.factories import media_assets as pictures
from tests.writing.conftest import AT, Desk
from tests.writing.test_save import JSON, post

pytestmark = pytest.mark.django_db
BODY = "<p>The gates opened at nine.</p>\n<p>By noon the queue reached the river.</p>"


def as_read(desk: Desk, **changed: Any) -> dict[str, Any]:
    """The form as a page sends it that has read the draft as it stands now."""
    drafts.begin(desk.draft.pk)
    return desk.typed(base=desk.head.pk, pen="mine", **changed)


def theirs(desk: Desk, **words: Any) -> None:
    drafts.save(
        desk.draft.pk,
        person=desk.bob,
        expected_version=desk.draft.version,
        content=drafts.Content(**{"headline": desk.head.headline, "kicker": desk.head.kicker, "standfirst": desk.head.standfirst, "body": BODY} | words),
        at=AT,
        pen="his",
    )  # fmt: skip


def test_others_words_come_back_with_the_answer(client: Client, desk: Desk) -> None:
    mine = as_read(desk, body=BODY.replace("river", "sea"))
    theirs(desk, body=BODY.replace("nine", "eight"), headline="His headline")
    client.force_login(desk.alice)
    told = client.post(f"{desk.url}save/", mine, headers=JSON).json()
    assert desk.head.body == BODY.replace("river", "sea").replace("nine", "eight")
    assert (told["base"], told["version"]) == (desk.head.pk, desk.draft.version)
    assert told["keys"] == desk.head.paragraph_keys
    assert told["joined"]["fields"] == {"headline": "His headline"}
    assert told["joined"]["paragraphs"] == [
        {"key": told["keys"][0], "html": "<p>The gates opened at eight.</p>"},
        {"key": told["keys"][1]},
    ]
    assert told["clashes"] == []
    assert told["chosen"] == []


def test_both_texts_come_back_where_they_clash(client: Client, desk: Desk) -> None:
    mine = as_read(desk, body=BODY.replace("nine", "ten <em>sharp</em>"))
    theirs(desk, body=BODY.replace("nine", "eight"))
    client.force_login(desk.alice)
    told = client.post(f"{desk.url}save/", mine, headers=JSON).json()
    (clash,) = told["clashes"]
    assert clash["new"]
    assert (clash["yours"], clash["theirs"]) == (
        "<p>The gates opened at ten <em>sharp</em>.</p>",
        "<p>The gates opened at eight.</p>",
    )
    assert "ten sharp." in told["clash_html"]
    assert "<em>" not in told["clash_html"], "the cards show words"
    assert "“sharp” is in italics." in told["clash_html"], "and say how they are set"
    shown = page(client.get(desk.url))
    assert shown.one("form", **{"data-clash": str(clash["id"])})
    # Without a script the form saves both the same way, and the cards' own buttons choose.
    answer = client.post(f"{desk.url}clashes/{clash['id']}/", {"choice": "yours"})
    assert answer["Location"] == f"{desk.url}?draft={desk.draft.pk}"
    assert "ten <em>sharp</em>" in desk.head.body
    assert client.post(f"{desk.url}clashes/{clash['id']}/", {"choice": "theirs"}).status_code == 302
    assert "ten <em>sharp</em>" in desk.head.body, "a choice is made once"


def test_a_picture_and_a_setting_are_told_apart(client: Client, desk: Desk) -> None:
    """Two pictures show themselves, with caption and credit; the same words differ in link, tie and bold."""
    source = stories.source(kind="named", name="Jane Roe")
    tied = stories.quotation("at nine", source=source)
    one = pictures.image_placement(caption="Caption 1")
    other = pictures.image_placement(caption="Caption 2", alternative_text="Two gates")
    plain = f'<p>The gates opened <q data-quotation="{tied.pk}">“at nine”</q>.</p>'
    linked = '<p><strong>The gates</strong> <a href="/palace/">opened</a> “at nine”.</p>'
    for place, yours, theirs in (
        ("lead_image", str(one.pk), str(other.pk)),
        ("k1", f'<div data-block="image" data-id="{one.pk}"></div>', f'<div data-block="image" data-id="{other.pk}"></div>'),
        ("k2", plain, linked),
    ):  # fmt: skip
        stories.clash(desk.draft, place=place, yours=yours, theirs=theirs)
    head = desk.head
    type(head).objects.filter(pk=head.pk).update(
        body=f'<div data-block="image" data-id="{other.pk}"></div>\n{linked}',
        paragraph_keys=["k1", "k2"],
        lead_image=other,
    )
    client.force_login(desk.alice)
    forms = page(client.get(desk.url)).one("section", "clash-panel").all("form")
    lead, block, words = [" ".join(form.text.split()) for form in forms]
    for shown, form in ((lead, forms[0]), (block, forms[1])):
        assert len(form.all("img")) == 2
        assert "Caption 1" in shown
        assert "Caption 2" in shown
        assert "Alternative text: Two gates" in shown, "what a card does not show"
        assert one.asset.credit in shown
    assert "“The gates” is bold." in words
    assert "“opened” leads to /palace/" in words
    assert "is tied to Jane Roe." in words


def test_hostile_words_stay_words_in_the_cards(client: Client, desk: Desk) -> None:
    mine = as_read(desk, headline="<script>alert(1)</script>", body=BODY)
    theirs(desk, headline='" onload=alert(1)')
    client.force_login(desk.alice)
    told = client.post(f"{desk.url}save/", mine, headers=JSON).json()
    assert "<script>" not in told["clash_html"]
    assert "&lt;script&gt;" in told["clash_html"]


@pytest.mark.parametrize("name", ["keys", "contested", "settled", "overtaken"])
@pytest.mark.parametrize(
    "said", ["", "x", "[", "7", "null", "[null]", '[{"a": 1}]', '{"a": 1}', '{"999999999999999999999": "yours"}', "[" * 900, '["\\u0000"]', "[-1, 1e400]"],
)  # fmt: skip
def test_what_makes_no_sense_loses_no_word(client: Client, desk: Desk, name: str, said: str) -> None:
    client.force_login(desk.alice)
    answer = client.post(f"{desk.url}save/", as_read(desk, body=BODY + "\n<p>More.</p>") | {name: said}, headers=JSON)
    assert answer.status_code == 200, answer.content
    assert desk.head.body == BODY + "\n<p>More.</p>"


@pytest.mark.parametrize("base", ["", "x", "0", "-1", "9" * 30, "1.5"])
def test_an_odd_beginning_is_no_error(client: Client, desk: Desk, base: str) -> None:
    client.force_login(desk.alice)
    assert post(client, desk, body=BODY, base=base, pen="p" * 4000).status_code == 200


def test_a_clash_of_another_story_is_not_settled_here(client: Client, desk: Desk) -> None:
    other = stories.clash(stories.story().draft)  # type: ignore[attr-defined]
    client.force_login(desk.alice)
    assert client.post(f"{desk.url}clashes/{other.pk}/", {"choice": "yours"}).status_code == 404
    post(client, desk, body=BODY, base=desk.head.pk, settled=json.dumps({str(other.pk): "yours"}))
    assert Clash.objects.get().choice == ""
    mine = stories.clash(desk.draft)
    for choice in ("", "x", "YOURS"):
        client.post(f"{desk.url}clashes/{mine.pk}/", {"choice": choice})
    assert not Clash.objects.exclude(choice="").exists()


def test_who_is_here(client: Client, desk: Desk) -> None:
    def say(who: Any, pen: str, **more: str) -> Any:
        client.force_login(who)
        return client.post(f"{desk.url}presence/", {"draft": desk.draft.pk, "pen": pen, **more}).json()

    assert say(desk.alice, "a", place="k1") == {"version": 1, "approved": None, "closed": None, "others": []}
    assert say(desk.bob, "b")["others"] == [{"pen": "a", "name": desk.alice.name, "place": "k1", "you": False}]
    (there, again) = say(desk.alice, "phone")["others"]
    assert (there["you"], again["you"]) == (True, False)
    say(desk.bob, "b", leaving="yes")
    assert [one["pen"] for one in say(desk.alice, "phone")["others"]] == ["a"]


def test_nobody_is_here_when_redis_is_away(settings: Any, desk: Desk, caplog: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    assert presence.here(desk.draft.pk, presence.There("a", desk.alice.pk, "Alice", "")) == []
    assert "Redis is away" in caplog.text


def test_a_page_that_says_nothing_any_more_has_gone(settings: Any, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    there = presence.There("a", desk.alice.pk, "Alice", "k1")
    presence.here(desk.draft.pk, there)
    other = presence.There("b", desk.bob.pk, "Bob", "")
    assert presence.here(desk.draft.pk, other) == [there]
    now = presence.time.time()
    monkeypatch.setattr(presence.time, "time", lambda: now + presence.STAYS + 1)
    assert presence.here(desk.draft.pk, other) == []
