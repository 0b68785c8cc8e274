"""The writing screen in Chromium, on the real site."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import expect

from articles.models import Draft, Quotation, Revision
from newsroom import blocks
from tests.browser import Site, axe_problems, until
from tests.factories import articles as stories
from tests.factories import media_assets as pictures
from tests.factories import newsletters
from tests.writing.conftest import Desk, make_desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def open_desk(site: Site, desk: Desk, who: Any = None, **options: Any) -> Any:
    page = site.page(who or desk.alice, **options)
    page.goto(desk.url)
    page.wait_for_selector("html[data-writing=ready]")
    return page


def caret_at_end(page: Any) -> None:
    page.locator(".body").click()
    page.keyboard.press("Control+End")


def body(page: Any) -> str:
    return str(page.evaluate("writing.body()"))


def save(page: Any) -> None:
    page.keyboard.press("Control+s")
    expect(page.locator("#saved")).to_have_attribute("data-state", "saved")
    until(lambda: not page.evaluate("writing.dirty()"), "the text is saved")


def test_type_save_undo(site: Site) -> None:
    desk = make_desk()
    page = open_desk(site, desk)
    page.get_by_label("Headline", exact=True).fill("A headline typed anew")
    page.get_by_label("Headline", exact=True).press("Enter")
    expect(page.get_by_label("Standfirst", exact=True)).to_be_focused()
    caret_at_end(page)
    page.keyboard.press("Enter")
    page.keyboard.type("Then the bells ")
    page.keyboard.press("Control+b")
    page.keyboard.type("rang")
    page.keyboard.press("Control+b")
    page.keyboard.type(" & <stopped>.")
    expect(page.locator("#saved")).to_have_attribute("data-state", "unsaved")
    save(page)
    head = desk.head
    assert head.headline == "A headline typed anew"
    assert head.body.endswith("<p>Then the bells <strong>rang</strong> &amp; &lt;stopped&gt;.</p>")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('writing:'))") == []
    expect(page.locator('[data-count="words"]')).to_have_text(str(head.words))
    # A second save in the same window names the version that came of the first.
    page.keyboard.type(" More.")
    save(page)
    assert desk.head.number == 3
    before = body(page)
    page.keyboard.press("Enter")
    page.keyboard.type("gone")
    assert "gone" in body(page)
    until(lambda: (page.keyboard.press("Control+z"), body(page) == before)[1], "undone", seconds=10)
    page.keyboard.press("Control+y")
    until(lambda: body(page) != before, "done again", seconds=10)
    assert not site.complaints


RULES = {
    "p h2 h3 h4 ul ol li blockquote strong em s sub sup br hr table thead tbody tr caption": True,
    "a[href] q[data-quotation] div[data-block,data-id] th[scope] td[colspan] td[rowspan]": True,
    "div q a span font u script style iframe img video form input svg math object h1 h5 h6": False,
    "p[style] p[class] p[id] a[href,target] a[href,rel] a[href,onclick] q[data-quotation,cite] div[data-block,data-id,data-hx-get]": False,
}


def test_the_editors_filter_allows_what_the_server_keeps(site: Site) -> None:
    desk = make_desk()
    page = open_desk(site, desk)
    check = """([tag, names]) => { const e = new CKEDITOR.htmlParser.element(tag, Object.fromEntries(names.map((n) => [n, n === "href" ? "https://ok.example/" : "3"])));
      e.setHtml("x"); const f = new CKEDITOR.htmlParser.fragment(); f.add(e); writing.editor.filter.applyTo(f, true);
      const out = f.children[0]; return !!(out && out.name === tag && names.every((n) => n in out.attributes)); }"""
    for rules, wanted in RULES.items():
        for rule in rules.split():
            tag, _, rest = rule.partition("[")
            names = rest.rstrip("]").split(",") if rest else []
            allowed = page.evaluate(check, [tag, names])
            if not names and tag not in ("div", "q", "a"):
                assert page.evaluate("(rule) => writing.editor.filter.check(rule)", tag) is wanted, rule
            assert allowed is wanted, rule
    for hostile in (
        '<p onclick="x">a</p>',
        '<a href="javascript:x">a</a>',
        '<img src="x" onerror="x">',
        "<script>x</script>",
    ):
        page.evaluate("(html) => writing.editor.insertHtml(html)", hostile)
    assert not re.search(r"javascript|onclick|onerror|script|<img", body(page))
    assert not site.complaints


WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta name=Generator content="Microsoft Word 15"><style>p.MsoNormal{margin:0}</style></head>
<body lang=EN-GB><!--StartFragment--><h1 style='mso-style-next:Normal'><b>Title</b><o:p></o:p></h1><p class=MsoNormal style='margin-bottom:8pt'><b><span style='font-size:12pt'>Bold</span></b> and <i>slanted</i><o:p>&nbsp;</o:p></p>
<p class=MsoNormal>Second, <a href="https://ok.example/x">a link</a> and <a href="javascript:alert(1)">none</a>.<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>
<table class=MsoTable><tr><td width=100 style='border:solid'><p class=MsoNormal>cell</p></td></tr></table><!--EndFragment--></body></html>"""
DOCS = """<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1"><h1 dir="ltr"><span style="font-weight:400">Title</span></h1>
<p dir="ltr" style="line-height:1.38"><span style="font-size:11pt;font-weight:700;font-style:normal">Bold</span><span style="font-weight:400"> and </span><span style="font-style:italic">slanted</span></p>
<ul><li dir="ltr"><p role="presentation"><span>a point</span></p></li></ul><br><p dir="ltr"><span>Last</span></p></b>"""
PASTE = """(html) => { const data = new DataTransfer(); data.setData("text/html", html); data.setData("text/plain", "plain");
  document.querySelector(".body").dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })); }"""


@pytest.mark.parametrize(("clipboard", "parts"), [
    (WORD, ["<h2>Title</h2>", "<strong>Bold</strong> and <em>slanted</em>", '<a href="https://ok.example/x">a link</a> and none.', "cell"]),
    (DOCS, ["<h2>Title</h2>", "<strong>Bold</strong> and <em>slanted</em>", "<li>a point</li>", "<p>Last</p>"]),
    ("<p>one</p><div><div>two</div></div><span>three</span>", ["one", "two", "three"]),
    ("<span>only words</span>", ["only words"]),
])  # fmt: skip
def test_paste(site: Site, clipboard: str, parts: list[str]) -> None:
    desk = make_desk(body="<p>Before.</p>")
    page = open_desk(site, desk)
    caret_at_end(page)
    page.keyboard.press("Enter")
    page.evaluate(PASTE, clipboard)
    until(lambda: parts[-1].strip("<>/p") in body(page), "it is pasted", seconds=15)
    save(page)
    stored = desk.head.body
    for part in parts:
        assert part in stored, stored
    assert "Before." in stored
    assert not re.search(r"style=|class=|mso|javascript|<span|<o:|docs-internal", stored)
    assert blocks.clean(body(page)) == stored, "the server took away nothing that the writer saw"
    assert not site.complaints


def fill_library() -> None:
    pictures.asset(caption="The gate.", alternative_text="A gate")
    stories.quotation("The garden will be open", source=stories.source("Ann Hale"))
    stories.product()
    newsletters.newsletter()
    stories.published_story(headline="An earlier story")


def place(page: Any, kind: str, **fields: str) -> None:
    page.locator(f'[data-command="news{kind}"]').click()
    dialog = page.locator(f"#picker-{kind}")
    dialog.locator(".found-row input").first.check()
    for name, value in fields.items():
        dialog.locator(f"[name={name}]:enabled").fill(value)
    dialog.locator("[data-place]").click()
    expect(dialog).to_be_hidden()


def test_five_blocks(site: Site) -> None:
    desk = make_desk(body="<p>First words.</p>")
    fill_library()
    page = open_desk(site, desk)
    caret_at_end(page)
    for kind in ("image", "quote", "product", "newsletter", "related"):
        place(page, kind)
        page.keyboard.type(f"After the {kind}.")
    save(page)
    kinds = [reference.kind for reference in blocks.references(desk.head.body)]
    assert kinds == ["image", "quote", "product", "newsletter", "related"]
    assert "<p>After the image.</p>" in desk.head.body
    assert desk.head.body.endswith("<p>After the related.</p>")
    card = page.locator('[data-block="image"]')
    expect(card.locator("img")).to_be_visible()  # in its shadow root
    assert "<img" not in body(page), "a card never enters the text"

    # Edited: a new placement in the same place; the old one stays for whoever approved it.
    old = blocks.references(desk.head.body)[0].id
    card.locator("[data-card=edit]").click()
    dialog = page.locator("#picker-image")
    expect(dialog.locator("[name=alternative_text]")).to_have_value("A gate")
    dialog.locator("[name=alternative_text]").fill("")
    dialog.locator("[data-place]").click()
    expect(dialog.locator('[data-error="alternative_text"]')).to_be_visible()
    expect(dialog.locator("[name=alternative_text]")).to_be_focused()
    dialog.locator("[name=alternative_text]").fill("A stone gate at dusk")
    dialog.locator("[data-place]").click()
    expect(dialog).to_be_hidden()
    save(page)
    new = blocks.references(desk.head.body)[0].id
    assert new != old
    assert blocks.get("image").load({new})[new].alternative_text == "A stone gate at dusk"  # type: ignore[union-attr]

    # Moved by keys, a line written above it, taken out, brought back.
    page.evaluate(
        "writing.editor.widgets.getByElement(new CKEDITOR.dom.element(document.querySelector('[data-block=image]'))).focus()"
    )
    page.keyboard.press("Alt+Shift+ArrowDown")
    assert body(page).index("After the image") < body(page).index('"image"')
    page.keyboard.press("Alt+Shift+ArrowUp")
    assert body(page).index("After the image") > body(page).index('"image"')
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("Above it.")
    assert body(page).index("Above it") < body(page).index('"image"')
    page.evaluate(
        "writing.editor.widgets.getByElement(new CKEDITOR.dom.element(document.querySelector('[data-block=image]'))).focus()"
    )
    page.keyboard.press("Delete")
    assert '"image"' not in body(page)
    page.keyboard.press("Control+z")
    until(lambda: '"image"' in body(page), "the block is back", seconds=10)
    assert not site.complaints


def test_tie_a_quotation(site: Site) -> None:
    desk = make_desk(body="<p>One said “we saw the car” and went.</p>")
    page = open_desk(site, desk)
    assert page.evaluate("CSS.highlights.get('untied').size") == 1
    expect(page.locator('[data-count="untied"]')).to_have_text("1 quotation not tied")
    page.get_by_role("tab", name="Sources").click()
    page.get_by_role("button", name="Tie to a source").click()
    dialog = page.locator("#picker-quotation")
    dialog.get_by_role("button", name="Write a new entry").click()
    expect(dialog.locator("[name=words]")).to_have_value("we saw the car")
    dialog.locator("[data-place]").click()
    expect(dialog.locator('[data-error="who"]')).to_be_visible()
    dialog.locator("[name=who]").fill("Ann Hale")
    dialog.locator("[name=chain]").fill("the Daily Mail")
    dialog.locator("[data-place]").click()
    expect(dialog).to_be_hidden()
    entry = until(lambda: Quotation.objects.first(), "the entry is in the ledger")
    assert f'<q data-quotation="{entry.pk}">“we saw the car”</q> and went.' in body(page)
    page.keyboard.type(" typed")
    assert "</q> typed" in body(page), "words typed after a quotation are not part of it"
    save(page)
    assert blocks.quotation_ids(desk.head.body) == [entry.pk]
    expect(page.locator("#rail-sources")).to_contain_text("Tied")
    expect(page.locator('[data-dot="sources"]')).to_be_hidden()
    until(lambda: page.evaluate("CSS.highlights.get('untied').size") == 0, "nothing is drawn", seconds=10)
    # Words changed inside it: shown while typing, and said by the server.
    page.evaluate("""() => { const t = document.querySelector('.body q').firstChild; const r = writing.editor.createRange();
      r.setStart(new CKEDITOR.dom.text(t), 4); r.collapse(true); writing.editor.focus(); r.select(); }""")
    page.keyboard.type("never ")
    until(lambda: page.evaluate("CSS.highlights.get('changed').size") == 1, "the change is drawn", seconds=10)
    save(page)
    expect(page.locator("#rail-sources")).to_contain_text("Words changed inside a tied quotation")
    assert not site.complaints


def test_an_editor_waives_what_nobody_said(site: Site) -> None:
    desk = make_desk(body="<p>They saw “A long film” and went.</p>")
    page = open_desk(site, desk)
    page.get_by_role("tab", name="Sources").click()
    expect(page.get_by_role("button", name="Tie to a source")).to_be_visible()
    expect(page.get_by_text("Waive", exact=True)).to_have_count(0)
    page = open_desk(site, desk, desk.bob)
    caret_at_end(page)
    page.keyboard.type(" Unsaved.")
    page.get_by_role("tab", name="Sources").click()
    page.get_by_text("Waive", exact=True).click()
    page.get_by_label("Why it needs no source").fill("title of the film")
    page.get_by_role("button", name="Waive these words").click()
    expect(page.locator("#rail-sources")).to_contain_text("Waived by Bob Barrow: title of the film")
    expect(page.locator('[data-dot="sources"]')).to_be_hidden()
    assert "Unsaved." in body(page)
    save(page)


def test_a_signed_out_save_keeps_the_text_and_goes_on_after_signing_in(site: Site) -> None:
    desk = make_desk()
    page = open_desk(site, desk)
    page.context.clear_cookies()
    caret_at_end(page)
    page.keyboard.type(" Still here.")
    page.keyboard.press("Control+s")
    alarm = page.locator("#trouble")
    expect(alarm).to_contain_text("you are signed out")
    assert "Still here." in body(page)
    assert alarm.get_by_role("link", name="Sign in in a new tab").get_attribute("target") == "_blank"
    kept = page.evaluate("Object.entries(localStorage).find(([key]) => key.startsWith('writing:'))[1]")
    assert "Still here." in json.loads(kept)["fields"]["body"]
    site.sign_in(page.context, desk.alice)
    other = page.context.new_page()
    other.goto(desk.url)  # as the new tab would: a new session brings a new token
    other.close()
    alarm.get_by_role("button", name="Save again").click()
    expect(page.locator("#saved")).to_have_attribute("data-state", "saved")
    assert "Still here." in desk.head.body


def test_text_kept_in_the_browser_is_offered_back(site: Site) -> None:
    desk = make_desk()
    page = open_desk(site, desk)
    caret_at_end(page)
    page.keyboard.type(" Never saved.")
    until(
        lambda: page.evaluate("Object.keys(localStorage).some((key) => key.startsWith('writing:'))"), "kept", seconds=10
    )
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.wait_for_selector("html[data-writing=ready]")
    assert "Never saved." not in body(page)
    page.get_by_role("button", name="Look at it").click()
    page.get_by_role("button", name="Put it back into the form").click()
    until(lambda: "Never saved." in body(page), "it is back", seconds=10)
    save(page)
    assert desk.head.body.endswith("Never saved.</p>")


def test_refused_beside_the_field(site: Site) -> None:
    desk = make_desk()
    page = open_desk(site, desk)
    page.get_by_label("Standfirst", exact=True).fill("x" * 1001)
    page.keyboard.press("Control+s")
    expect(page.locator("#standfirst-error")).to_contain_text("Keep the standfirst to 1000 characters")
    assert page.get_by_label("Standfirst", exact=True).get_attribute("aria-invalid") == "true"
    assert len(page.get_by_label("Standfirst", exact=True).input_value()) == 1001
    page.get_by_label("Standfirst", exact=True).fill("Short")
    save(page)
    expect(page.locator("#standfirst-error")).to_be_hidden()
    assert page.locator("#trouble").inner_text() == ""


def test_a_shrinking_text_is_asked_about(site: Site) -> None:
    desk = make_desk(body="".join(f"<p>{'word ' * 20}{n}</p>" for n in range(8)))
    page = open_desk(site, desk)
    page.locator(".body").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("Gone")
    page.keyboard.press("Control+s")
    dialog = page.locator("#shrink-dialog")
    expect(dialog).to_contain_text("168 words")
    dialog.get_by_role("button", name="Keep the saved text for now").click()
    assert desk.head.number == 1
    assert "Gone" in body(page)
    page.keyboard.press("Control+s")
    dialog.get_by_role("button", name="Save the shorter text").click()
    expect(page.locator("#saved")).to_have_attribute("data-state", "saved")
    assert desk.head.body == "<p>Gone</p>"


def test_a_move_saves_first_and_acts_on_what_was_saved(site: Site) -> None:
    desk = make_desk()
    page = open_desk(site, desk)
    caret_at_end(page)
    page.keyboard.type(" Last words.")
    page.get_by_role("button", name="Submit for review").click()
    until(lambda: desk.draft.standing == "in_review", "it is submitted")
    assert desk.head.body.endswith("Last words.</p>")

    page = open_desk(site, desk, desk.bob)
    page.locator(".top .menu summary").click()
    page.get_by_role("button", name="Request changes").click()
    page.get_by_label("What should change").fill("Name the harbour.")
    page.locator("#move-request-changes").get_by_role("button", name="Request changes").click()
    until(lambda: desk.draft.standing == "changes_requested", "changes are requested")
    assert not site.complaints


def test_the_lead_picture(site: Site) -> None:
    fill_library()
    desk = make_desk()
    page = open_desk(site, desk)
    page.get_by_role("button", name="Choose the lead picture").click()
    dialog = page.locator("#picker-image")
    dialog.locator(".found-row input").first.check()
    expect(dialog.locator("[name=alternative_text]")).to_have_value("A gate")
    dialog.locator("[data-place]").click()
    expect(page.locator(".lead img")).to_be_visible()
    save(page)
    assert desk.head.lead_image is not None
    page.locator(".lead [data-card=remove]").click()
    save(page)
    assert desk.head.lead_image is None


def test_keys(site: Site) -> None:
    desk = make_desk()
    page = open_desk(site, desk)
    caret_at_end(page)
    page.keyboard.press("Alt+F10")
    expect(page.locator("#text-style")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator('[data-command="bold"]')).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.locator('[data-command="redo"]')).to_be_focused()
    assert page.locator("#tools [tabindex='0']").count() == 1
    page.keyboard.press("Escape")
    expect(page.locator(".body")).to_be_focused()
    page.keyboard.press("Alt+Shift+l")
    expect(page.locator("#link-href")).to_be_focused()
    page.locator("#link-href").fill("javascript:alert(1)")
    page.keyboard.press("Enter")
    expect(page.locator("#link-dialog [data-error]")).to_be_visible()
    page.locator("#link-href").fill("ok.example/x")
    page.locator("#link-words").fill("a link")
    page.keyboard.press("Enter")
    expect(page.locator("#link-dialog")).to_be_hidden()
    assert '<a href="https://ok.example/x">a link</a>' in body(page)
    page.get_by_role("button", name="Keys").click()
    expect(page.locator("#keys")).to_contain_text("Tie the selected quotation to its source")
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Story").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("tab", name="Sources")).to_be_focused()
    expect(page.get_by_role("tabpanel", name="Sources")).to_be_visible()
    assert not site.complaints


def test_the_story_tab_is_saved_by_itself(site: Site) -> None:
    desk = make_desk()
    page = open_desk(site, desk)
    caret_at_end(page)
    page.keyboard.type(" Unsaved.")
    page.get_by_role("textbox", name="Address").fill("Not an address")
    page.get_by_role("button", name="Save the details").click()
    expect(page.locator("#rail-story .error").first).to_be_visible()
    page.get_by_role("textbox", name="Address").fill("harbour")
    page.get_by_role("button", name="Save the details").click()
    expect(page.get_by_text("Details saved")).to_be_visible()
    desk.story.refresh_from_db()
    assert desk.story.slug == "harbour"
    assert "Unsaved." in body(page)
    save(page)


def test_the_address_follows_the_headline_until_somebody_types_one(site: Site) -> None:
    desk = make_desk()
    page = open_desk(site, desk)
    address = page.get_by_role("textbox", name="Address")
    page.get_by_role("textbox", name="Headline", exact=True).fill("The harbour walk")
    save(page)
    expect(address).to_have_value("the-harbour-walk")
    address.fill("by-hand")
    page.get_by_role("textbox", name="Headline", exact=True).fill("The end of the walk")
    save(page)
    expect(address).to_have_value("by-hand")  # typed, not saved yet: no answer takes it away
    page.get_by_role("button", name="Save the details").click()
    expect(page.get_by_text("Details saved")).to_be_visible()
    page.get_by_role("textbox", name="Headline", exact=True).fill("A third headline")
    save(page)
    expect(address).to_have_value("by-hand")
    desk.story.refresh_from_db()
    assert desk.story.slug == "by-hand"
    assert not site.complaints


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("dark", [False, True])
def test_nothing_in_the_way(site: Site, width: int, dark: bool) -> None:
    fill_library()
    desk = make_desk(body="<p>One said “we saw the car” and went.</p><h2>Later</h2><p>More.</p>")
    Draft.objects.filter(pk=desk.draft.pk).update(standing="in_review")
    page = open_desk(site, desk, desk.bob, width=width, dark=dark)
    page.wait_for_function("document.querySelector('[data-dot=sources]').textContent")
    assert axe_problems(page) == []
    for tab in ("Sources", "Checks"):
        page.get_by_role("tab", name=tab).click()
        assert axe_problems(page) == [], tab
    if width == 390:
        page.keyboard.press("Escape")
    page.locator('[data-command="newsimage"]').click()
    page.wait_for_selector("#picker-image .found-row")
    assert axe_problems(page) == [], "picker"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not site.complaints


def test_without_javascript_the_text_is_saved_as_html(site: Site) -> None:
    desk = make_desk()
    page = site.page(desk.alice, java_script_enabled=False)
    page.goto(desk.url)
    page.locator("#id_body").fill("<p>Typed by hand.</p>")
    page.locator("#save").click()
    until(lambda: Revision.objects.filter(draft=desk.draft).count() == 2, "it is saved")
    assert desk.head.body == "<p>Typed by hand.</p>"
