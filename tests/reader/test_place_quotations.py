"""The story desk's block quotation, placed and shown on every exit."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from articles.blocks import QuoteBlock
from articles.models import Outlet, Quotation, Source, Story
from newsroom import blocks
from newsroom.blocks import PlaceRefused, Target
from tests.asserts import page
from tests.factories import articles as make
from tests.factories.accounts import person
from tests.reader.showing import shown

pytestmark = pytest.mark.django_db


class TestQuotation:
    def test_it_names_who_said_it_and_through_whom(self) -> None:
        scoop = make.outlet("ShutterScoop", columnist="Rob Shuter", url="https://scoop.example/?a=1&b=2")
        said = make.quotation(
            "It's private.\nDon’t ask.",
            source=make.source(kind="unnamed", description="a source"),
            chain=[(scoop, True)],
        )
        root = page(shown("quote", make.quote_placement(said, style="quote").pk))
        assert [p.text for p in root.one("blockquote").all("p")] == ["It's private.", "Don’t ask."]
        caption = root.one("figcaption")
        assert caption.text == "A source, via Rob Shuter’s ShutterScoop"
        assert caption.one("a").attributes["href"] == "https://scoop.example/?a=1&b=2"
        assert caption.one("a").text == "ShutterScoop"

    def test_where_a_name_leads_was_approved_with_the_story(self) -> None:
        """Promises 1 and 2: what the ledger says of an outlet later changes no page."""
        scoop = make.outlet("ShutterScoop", url="https://scoop.example/")
        placed = make.quote_placement(make.quotation(chain=[(scoop, True)]))
        story = make.published_story(body=f'<div data-block="quote" data-id="{placed.pk}"></div>')
        Outlet.objects.filter(pk=scoop.pk).update(url="https://elsewhere.example/", name="Another")
        for html in (shown("quote", placed.pk), Client().get(story.path).content.decode()):
            assert 'href="https://scoop.example/"' in html
            assert "elsewhere" not in html

    def test_each_paragraph_opens_its_marks_and_the_last_closes_them(self) -> None:
        pk = make.quote_placement(make.quotation("One.\nTwo."), style="pull").pk
        for target in (Target.WEB, Target.FEED, Target.MAIL, Target.TEXT, Target.DESK):
            html = shown("quote", pk, target)
            assert "“One." in html, target
            assert "“One.”" not in html, target
            assert "“Two.”" in html, target
            assert "Margaret Hale" in html, target

    def test_what_is_only_for_the_desk_stays_there(self) -> None:
        source = make.source(kind="unnamed", description="a former aide", note="Met at the Red Lion")
        pk = make.quote_placement(make.quotation(source=source, said_to="us, by telephone")).pk
        for target in Target:
            assert "Red Lion" not in shown("quote", pk, target)

    def test_an_outlet_without_a_web_address_is_no_link(self) -> None:
        said = make.quotation(
            chain=[(make.outlet("Bad", url="javascript:alert(1)"), False), (make.outlet("None"), True)]
        )
        root = page(shown("quote", make.quote_placement(said).pk))
        assert not root.all("a")
        assert root.one("figcaption").text == "Margaret Hale, to Bad, via None"

    def test_a_part_of_the_words_may_be_shown_and_other_words_not(self) -> None:
        alice, said = person("reporter"), make.quotation("The garden will be open to everyone by the spring")
        fields = {"choice": str(said.pk), "words": "“open to everyone”", "style": "pull"}
        placed = QuoteBlock().load({QuoteBlock().place(alice, fields)})
        (placement,) = placed.values()
        assert placement.words == "open to everyone"
        assert placement.attribution == "Margaret Hale"
        with pytest.raises(PlaceRefused) as refused:
            QuoteBlock().place(alice, fields | {"words": "open to nobody"})
        assert "words" in refused.value.messages

    def test_a_new_quotation_enters_the_ledger(self) -> None:
        alice = person("reporter")
        fields = {
            "choice": "",
            "words": "It was a long way",
            "source_kind": "unnamed",
            "source": "a source",
            "outlet": "Evening News",
            "via": "via",
            "style": "quote",
        }
        first, second = QuoteBlock().place(alice, fields), QuoteBlock().place(alice, fields)
        loaded = QuoteBlock().load({first, second})
        assert loaded[first].attribution == "A source, via Evening News"
        # Two people may both be "a source": they must never become one.
        assert Source.objects.filter(description="a source").count() == 2
        assert Outlet.objects.filter(name="Evening News").count() == 1

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"words": ""}, "words"),
            ({"words": "x" * 2001}, "words"),
            ({"words": "Yes", "style": "shout"}, "style"),
            ({"words": "Yes", "choice": "99999999999999999999"}, "choice"),
            ({"words": "Yes", "choice": "x"}, "choice"),
            ({"words": "Yes", "source": ""}, "source"),
            ({"words": "Yes", "source": "Ann", "source_kind": "ghost"}, "source_kind"),
            ({"words": "Yes", "source": "Ann", "outlet": "x" * 121}, "outlet"),
        ],
    )
    def test_a_bad_form_stores_nothing_and_says_where(self, fields: dict[str, str], field: str) -> None:
        with pytest.raises(PlaceRefused) as refused:
            QuoteBlock().place(person("reporter"), fields)
        assert list(refused.value.messages) == [field]
        assert not Quotation.objects.exists()
        assert not Source.objects.exists()
        assert not Outlet.objects.exists()

    def test_a_retracted_quotation_stops_the_publication(self) -> None:
        said = make.quotation(state=Quotation.State.RETRACTED)
        body = f'<div data-block="quote" data-id="{make.quote_placement(said).pk}"></div>'
        assert [problem.stop for problem in blocks.problems(body, at=timezone.now())] == [True]
        with pytest.raises(PlaceRefused):
            QuoteBlock().place(person("reporter"), {"choice": str(said.pk), "words": said.words})
        assert not QuoteBlock().search(person("reporter"), "")

    def test_what_came_beside_the_story_is_what_a_query_brings(self) -> None:

        placement = make.quote_placement(make.quotation(chain=[(make.outlet(url="https://a.example"), False)]))
        story = make.published_story(body=f'<p>Words.</p><div data-block="quote" data-id="{placement.pk}"></div>')
        row = Story.objects.annotate(q=QuoteBlock.beside("published_revision")).get(pk=story.pk)
        beside, loaded = QuoteBlock.unpack(row.q)[placement.pk], QuoteBlock().load({placement.pk})[placement.pk]
        at = timezone.now()
        assert QuoteBlock().context(beside, Target.WEB, at) == QuoteBlock().context(loaded, Target.WEB, at)
        assert QuoteBlock().tags(beside) == QuoteBlock().tags(loaded)
        assert list(QuoteBlock().checks(beside, at)) == list(QuoteBlock().checks(loaded, at)) == []
