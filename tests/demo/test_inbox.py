"""The demo's inbox: every letter for everybody to read, on this machine; nowhere but in the demo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.asserts import Element, assert_sound, page
from tests.factories.demo import LEAVE, letter

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"


def read(client: Client, address: str) -> Element:
    response = client.get(address)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"], "a letter would be shown after the next one came"
    root = page(response)
    assert_sound(root)
    return root


def test_nowhere_but_in_the_demo(client: Client) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("demo:inbox")
    for address in ("/inbox/", "/inbox/1757577600000000000/", "/inbox/1757577600000000000/formatted/"):
        assert client.get(address).status_code == 404


def test_an_empty_inbox_says_how_to_fill_it(client: Client, demo: None) -> None:
    assert "Sign up to the newsletter" in read(client, "/inbox/").one("div", "empty").text


def test_the_newest_letter_stands_first(client: Client, demo: None) -> None:
    letter(subject="The first", to="alice@example.org")
    newest = letter(subject="The second", to="bob@example.org")
    first, second = read(client, "/inbox/").one("ul", "inbox-list").all("li")
    assert "The second" in first.text
    assert "bob@example.org" in first.text
    assert first.one("a").attributes["href"] == f"/inbox/{newest}/"
    assert "The first" in second.text


def test_a_letter_shows_all_its_parts(client: Client, demo: None) -> None:
    name = letter(subject="The week in Windsor", one_click=LEAVE)
    root = read(client, f"/inbox/{name}/")
    assert root.one("h1").text == "The week in Windsor"
    assert root.one("iframe").attributes["src"] == f"/inbox/{name}/formatted/"
    assert root.one("pre").one("a").attributes["href"] == "http://127.0.0.1:8000/newsletters/confirm/abc/"
    assert "List-Unsubscribe" in root.one("dl").text
    form = root.one("form")
    assert (form.attributes["method"], form.attributes["action"]) == ("post", LEAVE)


def test_a_letter_without_a_formatted_part_is_open_at_its_text(client: Client, demo: None) -> None:
    name = letter(html="")
    root = read(client, f"/inbox/{name}/")
    assert root.all("iframe") == []
    assert root.all("form") == []
    assert "open" in root.all("details")[0].attributes
    assert client.get(f"/inbox/{name}/formatted/").status_code == 404


def test_what_a_letter_says_stays_words(client: Client, demo: None) -> None:
    name = letter(subject=HOSTILE, text=HOSTILE, to=f"{HOSTILE}@example.org")
    for address in ("/inbox/", f"/inbox/{name}/"):
        root = read(client, address)
        assert root.all("script") == []
        assert HOSTILE in root.text


def test_a_letter_s_own_html_is_shut_in(client: Client, demo: None) -> None:
    response = client.get(f"/inbox/{letter(html=HOSTILE)}/formatted/")
    policy = {part.split()[0]: part.split()[1:] for part in response["Content-Security-Policy"].split(";")}
    assert policy["default-src"] == ["'none'"]
    assert policy["frame-ancestors"] == ["'self'"]
    assert policy["form-action"] == ["'none'"]
    assert "script-src" not in policy
    assert not {"allow-scripts", "allow-forms", "allow-same-origin"} & set(policy["sandbox"])
    assert response["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("name", ["1757577600000000000", "..", "..%2f..%2fsecret-key", "secret", "9" * 25, "9" * 26])
def test_only_letters_are_read(client: Client, demo: None, name: str) -> None:
    (Path(settings.HOME) / "secret.eml").write_text("Subject: secret\n\nsecret")
    for address in (f"/inbox/{name}/", f"/inbox/{name}/formatted/"):
        assert client.get(address).status_code == 404


def test_half_a_letter_is_none(client: Client, demo: None) -> None:
    letter()
    (Path(settings.HOME) / "inbox" / "1757577600000000000.eml.part").write_bytes(b"Subject: half")
    (Path(settings.HOME) / "inbox" / "notes.eml").write_bytes(b"Subject: notes")
    assert len(read(client, "/inbox/").one("ul", "inbox-list").all("li")) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00 nothing of a letter",
        b"Subject: =?no-such?q?abc?=\r\nContent-Type: text/html; charset=no-such\r\n\r\n<p>\xff</p>",
        b"Subject: x\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\n",
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!",
    ],
)
def test_a_broken_letter_breaks_no_page(client: Client, demo: None, content: bytes) -> None:
    folder = Path(settings.HOME) / "inbox"
    folder.mkdir()
    (folder / "1757577600000000000.eml").write_bytes(content)
    read(client, "/inbox/")
    read(client, "/inbox/1757577600000000000/")
    assert client.get("/inbox/1757577600000000000/formatted/").status_code in {200, 404}


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_inbox_in_a_browser(site: Any) -> None:
    from tests.browser import look_over

    letter(subject="The first", to=f"{'a-long-address' * 4}@example.org")
    letter(
        subject="The week in Windsor",
        text="Read on: http://127.0.0.1:8000/newsletters/leave/" + "token" * 30 + "/",
        html='<body style="background:#fff"><h1>The week</h1><script>document.title = "ran"</script></body>',
        one_click=f"{site.url}/newsletters/leave/abc/",
    )
    window = site.page()
    window.goto("/inbox/")
    look_over(window, "inbox")
    window.get_by_role("link", name="The week in Windsor").click()
    letter_itself = window.frame_locator("iframe")
    letter_itself.get_by_role("heading", name="The week").wait_for()
    assert window.frames[1].title() != "ran"
    window.get_by_text("Text part").click()
    window.get_by_text("Headers", exact=True).click()
    look_over(window, "inbox-letter")
    window.get_by_role("button", name="Leave with one click").click()
    window.wait_for_url("**/newsletters/leave/abc/")
