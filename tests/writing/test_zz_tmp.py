import pytest
from playwright.sync_api import expect
from tests.writing.conftest import make_desk
from tests.writing.test_in_browser import open_desk, body
from articles.models import Quotation
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
def test_two(site):
    desk = make_desk(body='<p>"The King allowed it," a source explained, via X. "That meant no crews at all."</p>')
    page = open_desk(site, desk)
    page.get_by_role("tab", name="Sources").click()
    for w in ["The King allowed", "That meant no"]:
        row = page.locator("#rail-sources li.check.stop", has_text=w)
        row.get_by_role("button", name="Tie to a source").click()
        print("SEL", repr(page.evaluate("getSelection().toString()")), page.evaluate("writing.editor.elementPath().elements.map(e=>e.getName()).join('>')"))
        d = page.locator("#picker-quotation")
        d.get_by_role("button", name="Write a new entry").click()
        print("WORDS", d.locator("[name=words]").input_value())
        d.locator("[name=who]").fill("a source")
        d.locator("[data-place]").click()
        expect(d).to_be_hidden()
        print("SEL2", repr(page.evaluate("getSelection().toString()")))
        print("BODY", body(page))
    print(list(Quotation.objects.values_list("words")))
    assert 0
