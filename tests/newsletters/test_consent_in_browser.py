"""Two whole errands: a reader from the footer's form to being erased, without scripts; marketing from a file to the proof."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from newsletters import chain, importing, tasks
from newsletters.models import (
    ConsentReceipt,
    Import,
    Newsletter,
    RetentionRule,
    SignUp,
    SignUpAlarm,
    Subscriber,
    Subscription,
    Suppression,
)
from newsroom.mail.models import Letter
from newsroom.outbox import relay
from newsroom.publication.current import forget
from tests.browser import look_over, until
from tests.browser.looking import glance
from tests.factories import newsletters as made
from tests.factories.accounts import person
from tests.reader import public

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def link_in(letter: Letter, part: str) -> str:
    return part + letter.text.split(part)[1].split()[0]


def newest(to: str) -> Letter:
    relay()
    return Letter.objects.filter(to=to).order_by("-pk")[0]


def test_a_reader_signs_up_at_the_foot_changes_pauses_moves_and_is_erased_without_scripts(site: Any) -> None:
    public.publication()
    newsletter = made.newsletter(name="The Long Walk letter", slug="the-letter")
    made.newsletter(name="Garden notes", slug="garden-notes", boxes=False)
    Newsletter.objects.filter(pk=newsletter.pk).update(in_footer=True)
    forget()
    story = public.story(timezone.now(), made.newsletter(name="Another", boxes=False), others=4)
    page = site.page(java_script_enabled=False, width=390)
    page.goto(story.path)
    foot = page.locator(".foot-letter")
    assert [tick.is_checked() for tick in foot.get_by_role("checkbox").all()] == [False, False]
    foot.get_by_label("Email address").fill("ann@example.org")
    foot.get_by_label(made.BRANDS).check()
    foot.get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/check-your-mail/")
    sign_up = SignUp.objects.get()
    assert (sign_up.form, sign_up.page_path, sign_up.story) == ("footer", story.path, story)
    page.goto(link_in(newest("ann@example.org"), "/newsletters/confirm/"))
    page.get_by_role("button", name="Confirm my sign-up").click()
    page.get_by_role("heading", name="You are on the list").wait_for()
    assert set(ConsentReceipt.objects.values_list("form", "story")) == {("footer", story.pk)}

    page.get_by_role("link", name="Your newsletters").click()
    page.get_by_label("Email address").fill("ann@example.org")
    page.get_by_role("button", name="Mail me the link").click()
    page.get_by_role("heading", name="Check your mail").wait_for()
    page.goto(link_in(newest("ann@example.org"), "/newsletters/preferences/"))
    page.get_by_label(made.BRANDS).uncheck()
    page.get_by_label("Garden notes").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("What you chose is saved.").wait_for()
    assert page.get_by_label("Garden notes").is_checked()
    assert not page.get_by_label(made.BRANDS).is_checked()
    assert Subscription.objects.filter(state="active").count() == 2
    page.get_by_label("Pause until").fill((timezone.localdate() + timedelta(days=9)).isoformat())
    page.get_by_role("button", name="Pause", exact=True).click()
    page.get_by_text("Paused until").wait_for()
    page.get_by_role("button", name="End the pause now").click()
    page.get_by_text("The pause is over").wait_for()
    with page.expect_download() as loaded:
        page.get_by_role("link", name="Receipts as a table (CSV)").click()
    table = loaded.value.path().read_text(encoding="utf-8-sig")
    assert [row["act"] for row in csv.DictReader(io.StringIO(table))] == ["granted", "granted", "withdrawn", "granted"]
    page.get_by_label("New email address").fill("ann.new@example.org")
    page.get_by_role("button", name="Write to it").click()
    page.get_by_text("We have written to the new address.").wait_for()
    page.goto(link_in(newest("ann.new@example.org"), "/newsletters/address/"))
    page.get_by_role("button", name="Yes, send them here").click()
    page.get_by_role("heading", name="Your letters come here now").wait_for()
    assert "go elsewhere now" in newest("ann@example.org").text

    page.get_by_role("link", name="See your newsletters").click()
    page.get_by_label("Email address").fill("ann.new@example.org")
    page.get_by_role("button", name="Mail me the link").click()
    page.get_by_role("heading", name="Check your mail").wait_for()
    page.goto(link_in(newest("ann.new@example.org"), "/newsletters/preferences/"))
    page.get_by_role("link", name="Erase everything").click()
    page.get_by_role("button", name="Erase everything").click()
    page.get_by_role("heading", name="You are erased").wait_for()
    assert not Subscriber.objects.exclude(address="").exists()
    assert Suppression.objects.count() == 1
    assert chain.walk().whole
    assert not site.complaints

    other = site.page()
    other.goto(story.path)
    look_over(other, "story-with-the-footer-form")


def test_marketing_brings_people_in_sees_why_lines_are_refused_and_proves_a_consent(site: Any) -> None:
    public.publication()
    newsletter = made.newsletter(name="The Long Walk letter", slug="the-letter")
    made.subscriber(newsletter, address="ann@example.org")
    SignUpAlarm.objects.create(kind="address", hour=timezone.now().replace(minute=0, second=0, microsecond=0))
    tasks.look_at_receipts()
    page = site.page(person("marketing"))
    page.goto("/desk/newsletters/")
    page.get_by_role("link", name="Consent", exact=True).click()
    page.get_by_text("each as it was written").wait_for()
    look_over(page, "consent")
    page.get_by_role("link", name="Import people").click()
    page.get_by_role("button", name="Bring them in").wait_for()
    look_over(page, "imports")
    rest = f"{newsletter.purpose.slug},1,2025-03-04,Flower show,double opt-in"
    lines = [",".join(importing.COLUMNS), *(f"{name}@example.org,{rest}" for name in ("bob", "carol", "dave"))]
    lines += [f"erin@example.org,{newsletter.purpose.slug},1,,Flower show,double opt-in", "ann@example.org,x,1,1,1,1"]
    file = {"name": "flower-show.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Bring them in").click()
    page.get_by_text("lines looked at").wait_for()
    glance(page, "import-waiting")
    relay()
    tasks.sweep_imports()
    tasks.take_in(Import.objects.get().pk)
    page.get_by_text("The column when is empty").wait_for()  # the page moves by itself
    assert page.get_by_text("There is no purpose x.").is_visible()
    look_over(page, "import")
    with page.expect_download() as loaded:
        page.get_by_role("link", name="Download the refused lines").click()
    refused = list(csv.DictReader(io.StringIO(loaded.value.path().read_text(encoding="utf-8-sig"))))
    assert [row["line"] for row in refused] == ["5", "6"]

    page.goto("/desk/newsletters/consent/evidence/")
    page.get_by_label("Address").fill("carol@")
    page.keyboard.press("Enter")
    page.get_by_label("Address").fill("carol@example.org")
    page.get_by_role("button", name="Look").click()
    page.get_by_text("Flower show").wait_for()
    look_over(page, "evidence")
    page.goto("/desk/newsletters/consent/retention/")
    page.get_by_label("Days unconfirmed").first.fill("14")
    page.get_by_role("button", name="Set the clock").first.click()
    until(lambda: RetentionRule.objects.filter(unconfirmed_days=14).exists(), "the clock is set")
    page.wait_for_load_state()
    look_over(page, "retention")
    page.goto("/desk/help/#consent")
    assert page.get_by_role("heading", name="Newsletters and consent").is_visible()
    site.complaints[:] = [said for said in site.complaints if "422" not in said]
    assert not site.complaints
