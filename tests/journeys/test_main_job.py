"""The main job in a browser: a story typed through the writing screen goes to readers, into a mailed newsletter and on
to its first update. Real server, worker, mailbox."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from articles.models import Draft, Story
from articles.products import undisclosed
from newsletters import guard
from newsletters.models import Subscription
from newsroom import blocks
from newsroom.publication.models import Publication
from tests.browser import Mailbox, Process, Site, axe_problems, until
from tests.factories import articles as stories
from tests.factories import media_assets as pictures
from tests.factories import newsletters
from tests.factories.accounts import person
from tests.journeys.story_page import read_page
from tests.journeys.typed_story import TypedStory, read

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

READER = "grace@readers.example"
MODIFIER_TYPED = "Control+End"


def furnish(told: TypedStory) -> dict[str, Any]:
    """What the newsroom has before the story: people, section, library, newsletter."""
    Publication.objects.create(
        pk=1, name="The Long Walk", contact_email="desk@longwalk.example", postal_address="1 Castle Hill, Windsor"
    )
    shop = stories.merchant(told.product["merchant"], hosts=("shop.example",))
    agency = pictures.agency(told.credit)
    for number in (1, 2):
        pictures.asset(
            caption=f"Picture {number}.", alternative_text=f"Picture number {number}", credit=told.credit, agency=agency
        )
    stories.product(
        told.product["title"],
        maker=told.product["maker"],
        price=told.product["price"],
        currency="GBP",
        checked_at=timezone.now(),
        merchant=shop,
        link="https://shop.example/spare",
        blurb=told.product["blurb"],
    )
    return {
        "section": stories.section("Royals"),
        "newsletter": newsletters.newsletter(
            name=told.box.name, slug="the-royal-letter", promise=told.box.promise, wordings=told.box.wordings
        ),
        "reporter": person("reporter", name="Alice Marlowe"),
        "editor": person("editor", name="Bob Okafor"),
        "marketing": person("marketing", name="Erin Castell"),
    }


def sign_in(page: Page, someone: Any, password: str) -> None:
    page.goto("/desk/")
    page.get_by_label("Email address").fill(someone.email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Stories", exact=True)).to_be_visible()


def put_in(page: Page, kind: str, row: int = 0) -> None:
    page.locator(f'[data-command="news{kind}"]').click()
    dialog = page.locator(f"#picker-{kind}")
    dialog.locator(".found-row input").nth(row).check()
    dialog.locator("[data-place]").click()
    expect(dialog).to_be_hidden()


def type_story(page: Page, told: TypedStory) -> None:
    """Type every paragraph by the keyboard, and put the blocks in where they stand."""
    page.locator(".body").click()
    image, fresh = 0, True
    for part in told.parts:
        if part.kind == "text":
            if not fresh:
                page.keyboard.press("Enter")
            page.keyboard.type(part.text)
            fresh = False
        else:
            put_in(page, part.kind, image if part.kind == "image" else 0)
            image += part.kind == "image"
            fresh = True


def save(page: Page) -> None:
    page.keyboard.press("Control+s")
    until(lambda: not page.evaluate("writing.dirty()"), "the text is saved")


def tie(page: Page, said: Any) -> None:
    row = page.locator("#rail-sources li.check.stop", has_text=said.words[:60])
    row.get_by_role("button", name="Tie to a source").click()
    dialog = page.locator("#picker-quotation")
    dialog.get_by_role("button", name="Write a new entry").click()
    dialog.locator("[name=source_kind]").select_option("unnamed")
    dialog.locator("[name=who]").fill(said.who)
    dialog.locator("[name=chain]").fill(said.chain)
    dialog.locator("[data-place]").click()
    expect(dialog).to_be_hidden()
    until(lambda: said.words in page.evaluate(TIED), "the words are tied in the text")


# The words of all tied quotations in the editor, without their marks.
TIED = """() => [...document.querySelectorAll(".body q[data-quotation]")].map((q) => q.textContent.replace(/[“”"]/g, ""))"""


def move(page: Page, name: str) -> None:
    """Take a move that is not the page's primary one."""
    page.locator(".top .menu summary").click()
    page.locator(".top .menu").get_by_role("button", name=name).click()


def write(page: Page, told: TypedStory) -> Story:
    page.get_by_role("link", name="New story").click()
    page.get_by_label("Headline").fill(told.headline)
    page.get_by_label("Section").select_option(label="Royals")
    page.get_by_role("button", name="Begin writing").click()
    page.wait_for_selector("html[data-writing=ready]")
    page.get_by_label("Standfirst", exact=True).fill(told.standfirst)
    type_story(page, told)
    save(page)
    story = Story.objects.get()
    body = head(story).body
    assert [part.kind for part in told.parts if part.kind != "text"] == [one.kind for one in blocks.references(body)]
    # Every word as typed; the straight apostrophe beside the curly one is set like it.
    assert blocks.plain_text(body).split() == " ".join(told.paragraphs).split()

    page.get_by_role("tab", name="Sources").click()
    for said in told.quoted:
        if said.who:
            tie(page, said)
    save(page)
    expect(page.locator("#rail-sources li.check.stop")).to_have_count(sum(not said.who for said in told.quoted))
    return story


def head(story: Story) -> Any:
    return Draft.objects.select_related("head").order_by("-pk").filter(story=story)[0].head


def approve_and_publish(page: Page, story: Story, told: TypedStory) -> None:
    page.get_by_role("link", name=told.headline).first.click()
    page.wait_for_selector("html[data-writing=ready]")
    page.get_by_role("tab", name="Sources").click()
    for said in told.quoted:
        if not said.who:
            row = page.locator("#rail-sources li.check.stop", has_text=said.words[:60])
            row.locator("summary", has_text="Waive").click()
            row.get_by_label("Why it needs no source").fill("A phrase in general use; no one speaker.")
            row.get_by_role("button", name="Waive these words").click()
            expect(row).to_have_count(0)
    assert page.evaluate("CSS.highlights.get('untied').size") == 0 or until(
        lambda: page.evaluate("CSS.highlights.get('untied').size") == 0, "nothing is marked any more"
    )
    if told.live:
        move(page, "Declare live")
        page.locator("#move-declare-live").get_by_role("button", name="Declare live").click()
        until(lambda: Story.objects.get(pk=story.pk).live, "the story is live")
        page.wait_for_selector("html[data-writing=ready]")
    page.get_by_role("button", name="Approve", exact=True).click()
    until(lambda: Draft.objects.get(story=story).standing == Draft.Standing.APPROVED, "it is approved")
    page.get_by_role("button", name="Publish", exact=True).click()
    until(lambda: Story.objects.get(pk=story.pk).is_published, "it is published")


def subscribe(page: Page, mailbox: Mailbox, told: TypedStory) -> None:
    box = page.locator("form[action*=sign-up]")
    box.get_by_label("Email address").fill(READER)
    box.get_by_label(told.box.wordings[0], exact=True).check()
    until(lambda: page.evaluate("performance.now()") > guard.HASTY, "nobody is sooner: that is a robot's form")
    box.get_by_role("button", name="Sign up").click()
    page.get_by_role("heading", name="Check your mail").wait_for()  # in the form's place
    letter = mailbox.wait_for(READER)[0]
    assert Subscription.objects.count() == 0, "nobody is on the list before they confirmed"
    page.goto(link_in(letter, "/confirm/"))
    assert Subscription.objects.count() == 0, "opening the link alone confirms nothing"
    page.locator("main").get_by_role("button").click()
    until(lambda: Subscription.objects.filter(state="active").exists(), "the address is confirmed")
    receipts = Subscription.objects.get().subscriber.receipts.select_related("wording")
    ticked, left_empty = told.box.wordings
    texts = {receipt.wording.text for receipt in receipts}
    assert ticked in texts
    assert left_empty not in texts, "no receipt for the box that was left empty"


def link_in(letter: Any, part: str) -> str:
    text = letter.get_body(("plain",)).get_content()
    found = re.search(rf"https?://\S*{part}\S+", text)
    assert found, text
    return found.group(0)


def compose_and_send(page: Page, told: TypedStory) -> None:
    page.goto("/desk/newsletters/")
    page.get_by_role("button", name="Write an issue").click()
    page.get_by_label("Subject").fill("The story of the week")
    page.get_by_label("Opening").fill("Good morning.")
    page.get_by_role("button", name=f"Pick: {told.headline}").click()
    expect(page.locator("#stories")).to_contain_text(told.headline)
    page.get_by_role("button", name="Show the whole text").click()
    page.get_by_role("button", name=re.compile("^Check and send")).click()
    page.get_by_role("button", name="Send to 1 reader").click()
    page.wait_for_url("**/results/")


def test_the_story_goes_from_an_empty_screen_to_readers_and_into_the_mail(
    site: Site, worker: Process, mailbox: Mailbox, real_password: Any
) -> None:
    told = read()
    room = furnish(told)
    for role in ("reporter", "editor"):
        real_password(room[role], "a quiet walk at noon")

    desk = site.page()
    sign_in(desk, room["reporter"], "a quiet walk at noon")
    story = write(desk, told)
    desk.get_by_role("button", name="Submit for review").click()
    # What an editor waives later is said before, and holds nothing back.
    asked = desk.get_by_role("dialog")
    expect(asked).to_contain_text("is not tied to a source")
    asked.get_by_role("button", name="Submit for review").click()
    until(lambda: Draft.objects.get(story=story).standing == Draft.Standing.IN_REVIEW, "it is in review")
    desk.goto(f"/desk/stories/{story.pk}/")
    expect(desk.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
    assert site.page().goto(story.path).status == 404, "readers see nothing before it is published"

    editors = site.page()
    sign_in(editors, room["editor"], "a quiet walk at noon")
    approve_and_publish(editors, story, told)

    story.refresh_from_db()
    reader = site.page(width=390, height=844)
    read_page(reader, story.path, told)
    assert not axe_problems(reader)
    assert told.headline in (site.page().request.get("/feeds/rss.xml")).text()
    subscribe(reader, mailbox, told)

    marketing = site.page(room["marketing"])
    compose_and_send(marketing, told)
    letter = mailbox.wait_for(READER, count=2)[1]
    mail = letter.get_body(("html",)).get_content()
    assert told.headline in mail
    assert told.credit in mail
    assert told.product["title"] in mail
    assert told.product["blurb"] in unescape(mail)
    assert undisclosed(mail) == [], "the disclosure stands before every paid link in mail too"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    update(desk, editors, story, told)
    expect(reader.get_by_role("heading", level=1)).to_be_visible()
    reader.goto(story.path)
    until(lambda: _sees_update(reader, story.path), "readers see the update")

    leave = re.search(r"<(https?://[^>]+)>", letter["List-Unsubscribe"])
    assert leave
    answer = reader.request.post(leave.group(1), form={"List-Unsubscribe": "One-Click"}, max_redirects=0)
    assert answer.status == 200
    assert Subscription.objects.get().state == "left"
    assert not site.complaints


def update(desk: Page, editors: Page, story: Story, told: TypedStory) -> None:
    """The reporter writes an update; the editor approves it and publishes it with a public line."""
    desk.goto(f"/desk/stories/{story.pk}/")
    desk.get_by_role("button", name="Write an update").click()
    desk.wait_for_selector("html[data-writing=ready]")
    desk.locator(".body").click()
    desk.keyboard.press(MODIFIER_TYPED)
    desk.keyboard.press("Enter")
    desk.keyboard.type("The Duke has since left for home.")
    save(desk)
    desk.get_by_role("button", name="Submit for review").click()
    until(lambda: newest(story).standing == Draft.Standing.IN_REVIEW, "the update is in review")
    editors.goto(f"/desk/stories/{story.pk}/")
    editors.get_by_role("button", name="Approve", exact=True).click()
    until(lambda: newest(story).standing == Draft.Standing.APPROVED, "the update is approved")
    editors.goto(f"/desk/stories/{story.pk}/")
    editors.get_by_role("button", name="Publish", exact=True).click()
    ask = editors.locator("#move-publish")
    ask.get_by_label("What kind of change is it").select_option("update")
    ask.get_by_label("What readers are told").fill("Adds that the Duke has left.")
    ask.get_by_role("button", name="Publish").click()
    until(lambda: story.updates.exists(), "the update is published")


def newest(story: Story) -> Draft:
    return Draft.objects.filter(story=story).order_by("-pk")[0]


def _sees_update(reader: Page, path: str) -> bool:
    reader.goto(path)
    text = reader.locator("main").inner_text()
    return "The Duke has since left for home." in text and "Adds that the Duke has left." in text
