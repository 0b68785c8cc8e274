"""A reader has a running story open, for an afternoon."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from articles import drafts, posting, workflow
from articles.models import Story
from media_assets import withdrawal
from newsroom import live
from newsroom.live.models import Followed
from newsroom.live.registry import state
from tests.browser import PATIENCE, keep_picture, look_over, until
from tests.browser.processes import answers, start_site
from tests.factories import articles as make
from tests.factories import media_assets as pictures
from tests.factories import newsletters as letters
from tests.factories.accounts import person
from tests.factories.corrections import correction

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PARAGRAPHS = [f"<p>Paragraph {n}. {'The crowd waits along the wall and sings. ' * 8}</p>" for n in range(24)]


def running(**facts: Any) -> Story:
    box = f'<div data-block="newsletter" data-id="{letters.box(letters.newsletter()).pk}"></div>'
    body = "\n".join([*PARAGRAPHS[:3], box, *PARAGRAPHS[3:]])
    return make.published_story(
        headline="The gates open", body=body, live=True, at=timezone.now() - timedelta(hours=1), **facts
    )


def post(story: Story, words: str) -> None:
    editor = person("editor", name="Edna Hart")
    posting.post(story_id=story.pk, person=editor, words=words, at=timezone.now())


def rewrite(story: Story, change: Callable[[str], str], **content: Any) -> None:
    """Out through the workflow: the body as ``change`` makes it of the present one."""
    writer, editor, at = person("reporter", name="Rory Quill"), person("editor", name="Edna Hart"), timezone.now()
    story.refresh_from_db()
    draft = drafts.open_again(story, writer, at=at, kind="main")
    assert draft.head
    said = drafts.content_of(draft.head)
    drafts.save(
        draft.pk,
        person=writer,
        expected_version=draft.version,
        content=replace(said, body=change(said.body), **content),
        at=at,
    )
    for move, by, told in (
        ("submit", writer, {}),
        ("approve", editor, {}),
        ("publish", editor, {"kind": "update", "line": "Adds a second account."}),
    ):
        draft.refresh_from_db()
        workflow.take(move, subject=draft, person=by, expected_version=draft.version, at=timezone.now(), **told)


def text(page: Any) -> list[str]:
    return [words[:40] for words in page.locator("#text > p").all_inner_texts()]


def follows(page: Any, path: str) -> None:
    """Open a story and wait until it follows."""
    with page.expect_response("**/events/**") as answer:
        page.goto(path)
    assert answer.value.status == 200


def top_of(page: Any, words: str) -> float:
    return float(page.get_by_text(words).first.evaluate("element => element.getBoundingClientRect().top"))


def test_an_open_page_follows_its_story_to_the_end(site: Any, worker: Any) -> None:
    asset = pictures.asset(credit="Jane Poe/Getty Images")
    story = running(lead_image=pictures.image_placement(asset))
    page = site.page(width=390, height=844)
    page.add_init_script(
        "window.shifted = 0; new PerformanceObserver(list => list.getEntries().forEach(one => { if (!one.hadRecentInput) shifted += one.value; }))"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    follows(page, story.path)
    before = text(page)

    # Read half of it: what comes above moves nothing.
    page.get_by_text("Paragraph 12.").evaluate("element => element.scrollIntoView({block: 'start'})")
    stood = top_of(page, "Paragraph 12.")
    post(story, "The King is here.\nHe waves.")
    expect(page.locator("#text > p").nth(0)).to_contain_text("The King is here.")
    assert text(page)[2:] == before
    assert abs(top_of(page, "Paragraph 12.") - stood) < 2
    said = page.get_by_role("status").filter(has_text="This story has been updated: 2 new paragraphs.")
    expect(said).to_have_count(1)
    bar = page.get_by_role("button", name="2 new paragraphs ↑")
    expect(bar).to_be_visible()
    keep_picture(page, "live-bar-390")
    bar.click()
    expect(page.locator("#text > p").nth(0)).to_be_in_viewport()
    expect(page.locator("#text > p").nth(0)).to_be_focused()
    expect(bar).to_be_hidden()
    assert page.locator("#text > p.fresh").count() == 2
    look_over(page, "live-updated")

    # What is typed in the box stays, whatever happens around it.
    page.get_by_label("Email address").fill("ann@example.org")
    post(story, "He speaks.")
    expect(page.locator("#text > p").nth(0)).to_contain_text("He speaks.")
    assert page.get_by_label("Email address").input_value() == "ann@example.org"
    expect(page.get_by_label("Email address")).to_be_focused()

    # A rewrite by the workflow: a paragraph in other words, one that is taken out, another picture.
    page.get_by_label("Email address").fill("")
    page.get_by_text("Paragraph 12.").evaluate("element => element.scrollIntoView({block: 'start'})")
    stood, held = top_of(page, "Paragraph 12."), page.get_by_text("Paragraph 12.").first.element_handle()
    page.wait_for_timeout(600)  # what was scrolled and written counts as the reader's own doing for half a second
    page.evaluate("shifted = 0")
    swapped = pictures.asset(credit="Ann Poe/Alamy", size=(800, 500))
    balcony = pictures.image_placement(swapped, alternative_text="The balcony")
    rewrite(
        story,
        lambda body: re.sub(
            r"<p>Paragraph 3\..*?</p>",
            "<p>Paragraph 3 in other words.</p>",
            re.sub(r"<p>Paragraph 5\..*?</p>", "", body),
        ),
        lead_image_id=balcony.pk,
    )
    expect(page.locator("figure.hero img")).to_have_attribute("alt", "The balcony")
    expect(page.locator("figure.hero")).to_contain_text("Ann Poe/Alamy")
    expect(page.get_by_text("Paragraph 3 in other words.")).to_have_class("fresh")
    assert page.get_by_text("Paragraph 5.").count() == 0
    assert abs(top_of(page, "Paragraph 12.") - stood) < 2, "who reads keeps the line"
    assert held.evaluate("element => element.isConnected"), "what is the same is not drawn again"
    assert page.evaluate("shifted") < 0.05
    assert page.locator("[data-key=log]").inner_text().count("Adds a second account.") == 1
    before = [
        "Paragraph 3 in other words." if row.startswith("Paragraph 3.") else row
        for row in before
        if not row.startswith("Paragraph 5.")
    ]
    assert text(page)[3:] == before

    # A correction, with the words that it put right.
    story.refresh_from_db()
    correction(story, line="He did not speak, he sang.", at=timezone.now())
    live.purge(f"story:{story.pk}")
    expect(page.locator("[data-key=corrections]")).to_contain_text("He did not speak, he sang.")
    expect(page.locator("[data-key=log]")).to_contain_text("He did not speak, he sang.")
    expect(page.get_by_role("status").filter(has_text="Correction to this story.")).to_have_count(1)

    # The picture is taken back by the agency.
    expect(page.locator("figure.hero")).to_have_count(1)
    withdrawal.withdraw(
        swapped.pk, person=person("picture_editor"), reason="Taken back by the agency", at=timezone.now()
    )
    expect(page.locator("figure.hero")).to_have_count(0)
    assert text(page)[3:] == before

    # The page is now what its address gives to whoever comes today.
    html = page.locator("article").evaluate(BARE)
    page.reload()
    assert page.locator("article").evaluate(BARE) == html

    follows(page, story.path)
    story.refresh_from_db()
    workflow.withdraw(
        story=story,
        person=person("editor", name="Edna Hart"),
        expected_version=story.version,
        at=timezone.now(),
        reason="It is wrong.",
        notice="We have withdrawn this story.",
    )
    expect(page.get_by_text("We have withdrawn this story.")).to_be_visible()
    expect(page.locator("article [data-key]")).to_have_count(0)
    assert "Paragraph" not in page.locator("body").inner_text()
    look_over(page, "live-withdrawn")
    assert not site.complaints


# What a page says, without what only this window knows.
BARE = """article => { const copy = article.cloneNode(true);
  copy.querySelectorAll("input").forEach(one => one.removeAttribute("style"));
  copy.querySelectorAll("[data-key]").forEach(one => { one.classList.remove("fresh"); one.removeAttribute("tabindex");
    if (!one.className) one.removeAttribute("class"); });
  return [...copy.querySelectorAll("[data-key]")].map(one => one.outerHTML).join("\\n"); }"""


def test_what_was_missed_is_caught_up_exactly(
    site: Any, worker: Any, surroundings: dict[str, str], tmp_path: Path
) -> None:
    story = running()
    asleep, polling = site.page(), site.page()
    # A network on which nothing streams: the page asks from time to time instead.
    polling.add_init_script("delete window.EventSource")
    polling.clock.install()
    polling.goto(story.path)
    follows(asleep, story.path)
    before = text(asleep)
    site.process.kill()
    for words in ("One.", "Two.", "Three."):
        post(story, words)
    until(lambda: all_told(story), "all three are told")
    assert text(asleep) == before
    site.process = start_site(surroundings, tmp_path / "again.log")
    until(lambda: answers(int(site.url.rsplit(":", 1)[1]), story.path), "the site answers again")
    for page in (asleep, polling):
        first = page.locator("#text > p").nth(0)
        if page is polling:
            until(lambda: page.clock.fast_forward(40_000) or "Three." in first.inner_text(), "it has asked again")  # noqa: B023
        # While the site was away it waited longer from try to try.
        expect(first).to_contain_text("Three.", timeout=PATIENCE * 1000)
        assert text(page)[3:] == before
        assert [next(word for word in ("One.", "Two.", "Three.") if word in row) for row in text(page)[:3]] == [
            "Three.",
            "Two.",
            "One.",
        ]
    # And it follows again, without fetching.
    post(story, "Four.")
    expect(asleep.locator("#text > p").nth(0)).to_contain_text("Four.")
    assert len(text(asleep)) == len(before) + 4
    assert not [
        line for line in site.complaints if "ERR_" not in line
    ]  # a server that is away is no defect of the page


def test_a_hidden_page_and_one_without_network_catch_up_exactly(site: Any) -> None:
    story = running()
    page = site.page(width=390, height=844)
    page.clock.install()
    page.add_init_script("Object.defineProperty(document, 'hidden', { get: () => window.away ?? false })")
    follows(page, story.path)
    hide = "away => { window.away = away; document.dispatchEvent(new Event('visibilitychange')); }"

    def say(words: str) -> None:
        post(story, words)
        live.purge(f"story:{story.pk}")

    def caught_up(*words: str) -> None:
        def shows() -> bool:
            page.clock.run_for(500)
            rows = [row.rsplit(": ", 1)[-1] for row in text(page)[: len(words)]]
            return rows == list(words) and len(text(page)) == len(PARAGRAPHS) + len(words)

        until(shows, f"it shows {words}, nothing twice and nothing that was taken out")
        assert abs(top_of(page, "Paragraph 12.") - stood) < 2, "who reads keeps the line"
        html = page.locator("article").evaluate(BARE)
        fresh = site.page(width=390, height=844)
        fresh.goto(story.path)
        assert fresh.locator("article").evaluate(BARE) == html, "what a page from now says"
        fresh.close()

    say("One.")
    expect(page.locator("#text > p").first).to_contain_text("One.")
    page.get_by_text("Paragraph 12.").evaluate("element => element.scrollIntoView({block: 'start'})")
    stood = top_of(page, "Paragraph 12.")
    page.evaluate(hide, True)
    page.clock.run_for(16_000)  # after so long nobody looks at it, it lets its line go
    say("Two.")
    say("Three.")
    assert "Three." not in page.locator("#text").inner_text()
    page.evaluate(hide, False)
    caught_up("Three.", "Two.", "One.")

    page.context.set_offline(True)
    say("Four.")
    rewrite(story, lambda body: re.sub(r"<p>(?:(?!</p>).)*Two\.</p>", "", body))
    live.purge(f"story:{story.pk}")
    page.context.set_offline(False)
    caught_up("Four.", "Three.", "One.")

    # Too much to be sent along: the page asks for it, is not answered, and asks again although its line goes on.
    refused: list[str] = []

    def refuse_once(route: Any) -> None:
        if refused:
            route.continue_()
        else:
            refused.append(route.request.url)
            route.fulfill(status=503)

    state_address = re.compile(r"/live/story/\d+/$")
    page.route(state_address, refuse_once)
    rewrite(story, lambda body: f"{body}<p>{'A long one. ' * 2000}</p>")
    live.purge(f"story:{story.pk}")
    until(lambda: page.clock.run_for(100) or refused, "it has asked")
    for _ in range(24):  # twelve seconds: no line is given up for silence in so short a time
        page.clock.run_for(500)
        time.sleep(0.1)
    assert "A long one." in text(page)[-1]
    page.unroute(state_address)

    old = page.request.get(f"/live/story/{story.pk}/").text()
    say("Five.")
    expect(page.locator("#text > p").first).to_contain_text("Five.")

    # The database is away, and nothing streams: an old copy, marked as stale, takes nothing back.
    page.route("**/events/**", lambda route: route.fulfill(status=503))
    stale = {"Content-Type": "application/json", "X-Page": "stale"}
    page.route(state_address, lambda route: route.fulfill(body=old, headers=stale))
    with page.expect_response(state_address) as asked:
        page.evaluate(hide, True)
        page.clock.run_for(16_000)
        page.evaluate(hide, False)
    assert "Five." not in asked.value.text()
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert "Five." in text(page)[0]
    assert not [line for line in site.complaints if "ERR_" not in line]


def all_told(story: Story) -> bool:
    topic = f"story:{story.pk}"
    now = state(topic, timezone.now())
    return now is not None and Followed.objects.get(pk=topic).digest == live.digest(now.parts)
