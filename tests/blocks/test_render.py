"""Writing a body for every target."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from newsroom import blocks
from newsroom.blocks import PageContext, Target, registry, rendering
from tests.blocks.kinds import Aside, Note
from tests.factories.accounts import person

AT = datetime(2025, 9, 11, 10, 0, tzinfo=UTC)
PAGE = PageContext(path="/royals/a-visit/", base_url="https://news.example", story_id=5)
HTML = '<p class="note">{{ kind }} {{ id }} {{ name }} {{ page.path }} {% if first %}first{% endif %}<a href="/x?a=1&amp;b=2"><img src="/media/1.webp" srcset="/media/1.webp 1x, /media/2.webp 2x" alt=""></a></p>'

pytestmark = pytest.mark.django_db


@pytest.fixture
def templates(tmp_path: Path, settings: Any) -> Iterator[Path]:
    for kind in ("note", "aside"):
        for target in ("web.html", "mail.html", "feed.html", "desk.html"):
            place = tmp_path / "blocks" / kind / target
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(HTML)
        (tmp_path / "blocks" / kind / "text.txt").write_text(
            "{% autoescape false %}Note by {{ name }}{% endautoescape %}\n"
        )
    engines = [dict(engine) for engine in settings.TEMPLATES]
    engines[-1]["DIRS"] = [tmp_path, *engines[-1]["DIRS"]]
    with override_settings(TEMPLATES=engines):
        yield tmp_path


@pytest.fixture
def note(templates: Path) -> Iterator[Note]:
    block = Note()
    with registry.only(block, Aside()):
        yield block


def body(*ids: int, kind: str = "note") -> str:
    return "\n".join(f'<p>Words {pk}</p>\n<div data-block="{kind}" data-id="{pk}"></div>' for pk in ids)


def write(html: str, target: Target = Target.WEB, **more: Any) -> rendering.Rendered:
    return blocks.render(html, target, at=AT, page=PAGE, **more)


def test_a_body_costs_one_query_per_kind(note: Note, django_assert_num_queries: Any) -> None:
    people = [person() for _ in range(20)]
    write(body(people[0].pk))  # the templates are read once
    note.asked.clear()
    for count in (1, 20):
        html = body(*(one.pk for one in people[:count]))
        with django_assert_num_queries(1):
            written = write(html)
        assert written.html.count("note ") == count
        with django_assert_num_queries(2):
            write(html + "\n" + body(people[0].pk, kind="aside"))
    assert [len(ids) for ids in note.asked] == [1, 1, 20, 20]


def test_what_the_templates_get(note: Note) -> None:
    one, two = person(name="A <b>"), person(name="B")
    written = write(body(one.pk, two.pk)).html
    assert f"note {one.pk} A &lt;b&gt; /royals/a-visit/ first" in written
    assert f"note {two.pk} B /royals/a-visit/ <a" in written
    assert "<div data-block" not in written


def test_tags_name_every_placement_also_one_that_is_not_shown(note: Note) -> None:
    one, two = person(), person()
    note.refused.add(two.pk)
    written = write(body(one.pk, two.pk))
    assert written.tags == {f"note:{one.pk}", f"note:{two.pk}"}
    assert blocks.tags(body(one.pk, two.pk)) == written.tags


def test_what_may_not_be_shown_is_silent_for_readers_and_said_at_the_desk(note: Note) -> None:
    one = person()
    note.refused.add(one.pk)
    for target in (Target.WEB, Target.MAIL, Target.FEED, Target.TEXT):
        assert "note" not in write(body(one.pk), target).html
    shown = write(body(one.pk), Target.DESK)
    assert f"note {one.pk}" in shown.html
    problems = blocks.problems(body(one.pk), at=AT)
    assert [(problem.message, problem.kind, problem.id) for problem in problems] == [("Not now.", "note", one.pk)]


@pytest.mark.parametrize(
    "html", ['<div data-block="note" data-id="999999"></div>', '<div data-block="gone" data-id="1"></div>']
)
def test_missing_and_unknown(note: Note, html: str) -> None:
    for target in (Target.WEB, Target.MAIL, Target.FEED, Target.TEXT):
        assert write(f"<p>a</p>\n{html}", target).html in ("<p>a</p>", "a")
    desk = write(html, Target.DESK)
    assert "Readers see nothing here" in desk.html
    assert [problem.stop for problem in blocks.problems(html, at=AT)] == [True]


def test_an_id_beyond_the_database_is_missing_not_an_error(note: Note) -> None:
    assert write('<div data-block="note" data-id="9999999999"></div>').html == ""


@pytest.mark.parametrize("target", [Target.MAIL, Target.FEED])
def test_addresses_are_absolute_where_there_is_no_page(note: Note, target: Target) -> None:
    written = write(
        f'{body(person().pk)}\n<p><a href="/royals/">a</a> <a href="https://x.example/">b</a></p>', target
    ).html
    assert 'href="https://news.example/royals/"' in written
    assert 'href="https://news.example/x?a=1&amp;b=2"' in written
    assert 'srcset="https://news.example/media/1.webp 1x, https://news.example/media/2.webp 2x"' in written
    assert 'src="https://news.example/media/1.webp"' in written
    assert 'href="https://x.example/"' in written


def test_addresses_stay_on_the_page(note: Note) -> None:
    assert 'href="/royals/"' in write('<p><a href="/royals/">a</a></p>').html


def test_text_that_looks_like_an_attribute_is_left_alone() -> None:
    assert rendering.absolute('<p title="a">href="/x"</p>', "https://n.example") == '<p title="a">href="/x"</p>'
    assert (
        rendering.absolute("<a href='/x' title='>'>", "https://n.example") == "<a href='https://n.example/x' title='>'>"
    )
    assert rendering.absolute('<a href="//x">', "https://n.example") == '<a href="//x">'


def test_rel_is_added_and_never_stored() -> None:
    html = blocks.clean('<p><a href="https://shop.example/x" rel="author">a</a> <a href="/y">b</a></p>')
    assert "rel" not in html
    written = write(html, link_rel=lambda address: "sponsored nofollow noopener" if "shop" in address else "").html
    assert '<a href="https://shop.example/x" rel="sponsored nofollow noopener">a</a> <a href="/y">b</a>' in written


@pytest.mark.parametrize("target", list(Target))
def test_no_exit_carries_a_ledger_id(target: Target) -> None:
    written = write('<p><q data-quotation="7">“a”</q></p>', target).html
    assert "7" not in written
    assert "“a”" in written
    assert ("<q>" in written) is (target is not Target.TEXT)


def test_a_body_from_an_older_list_leaves_clean() -> None:
    assert write('<p onclick="x">a<script>b</script></p>').html == "<p>a</p>"


def test_plain_text(note: Note) -> None:
    one = person(name="Ann & Bob <x>")
    html = blocks.clean(
        f'<h2>Head</h2><p>One <a href="/royals/">two</a>,<br>three <a href="https://x.example/">https://x.example/</a>.</p>'
        f"<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul><ol><li>d</li></ol><blockquote><p>e</p><p>f</p></blockquote><hr>"
        f"<table><caption>g</caption><tr><th>h</th><td>i</td></tr></table>{body(one.pk)}"
    )
    assert write(html, Target.TEXT).html == (
        "Head\n\nOne two (https://news.example/royals/),\nthree https://x.example/.\n\n- a\n  - b\n- c\n\n1. d\n\n"
        f"> e\n> f\n\n* * *\n\ng\nh | i\n\nWords {one.pk}\n\nNote by Ann & Bob <x>"
    )


def test_a_card_of_one_block(note: Note) -> None:
    one = person()
    assert f"note {one.pk}" in blocks.card("note", one.pk, one, at=AT, page=PAGE)
    assert "no longer exists" in blocks.card("note", one.pk, None, at=AT, page=PAGE)
    assert "unknown kind (gone)" in blocks.card("gone", 1, None, at=AT, page=PAGE)
