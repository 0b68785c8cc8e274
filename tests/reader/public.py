"""Every page that readers can meet, with something on it: what the tests that look at all of them go through."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.template import loader
from django.test import RequestFactory
from django.utils import timezone

from articles.models import Story
from newsletters import preferences, tokens
from newsletters.models import Newsletter, SignUp, SignUpTick, Subscription
from newsroom import errors, unavailable
from newsroom.publication.models import Publication
from tests.factories import articles as make
from tests.factories import media_assets as pictures
from tests.factories import newsletters as letters
from tests.factories.accounts import person

SECTIONS = ("Royals", "Houses", "Style", "Books")


@dataclass(frozen=True)
class World:
    story: Story
    gone: Story
    newsletter: Newsletter
    at: datetime


@dataclass(frozen=True)
class Page:
    name: str
    path: str
    status: int = 200


def publication() -> None:
    Publication.objects.update_or_create(
        pk=1,
        defaults={
            "name": "The Long Walk",
            "tagline": "The households.",
            "contact_email": "desk@example.org",
            "postal_address": "The Long Walk, 1 Castle Hill\nWindsor SL4 1PD",
        },
    )


def story(at: datetime, newsletter: Newsletter | None = None, *, others: int = 30) -> Story:
    """A live story with every kind of block, notes of every kind, and others beside it: two pages of a section."""
    lead = pictures.image_placement(pictures.asset(size=(1700, 1062)))
    for number in range(others):
        make.published_story(
            headline=f"What the {number}th day of the tour was for, and who paid for it",
            standfirst="A short note on where they went, and whom they met there.",
            lead_image=lead if number % 3 == 0 else None,
            section=make.section(SECTIONS[number % 4 if number < 10 else 0]),
            at=at - timedelta(days=1, minutes=number),
        )
    parts = [
        ("quote", make.quote_placement(make.quotation(chain=[(make.outlet(url="https://mail.example"), False)]))),
        ("quote", make.quote_placement(style="quote")),
        ("image", pictures.image_placement()),
        ("product", make.product_placement(make.product(checked_at=at, picture=pictures.asset()))),
        ("newsletter", letters.box(newsletter or letters.newsletter())),
        ("related", make.related_placement(make.published_story(lead_image=lead))),
    ]
    body = "<h2>A heading</h2><p>Text with <q>“a quotation”</q> and <a href='/houses/'>a link</a>.</p>" + "".join(
        f'<p>{"The queue went round the corner. " * 6}</p><div data-block="{kind}" data-id="{placed.pk}"></div>'
        for kind, placed in parts
    )
    body += (
        "<ul><li>One</li><li>Two</li></ul><table><tbody><tr><th scope='row'>Year</th><td>2025</td></tr></tbody></table>"
    )
    made = make.published_story(
        headline="Behind closed gates, a first step for the family",
        kicker="Family",
        standfirst="Four days, one meeting, and a visit on one condition.",
        body=body,
        lead_image=lead,
        owner=person("reporter", name="Ann Poe"),
        topics=[make.topic("The King"), make.topic("Windsor")],
        live=True,
        at=at - timedelta(hours=2),
    )
    make.update(made, kind="correction", line="It was four days, not five.")
    make.update(made, kind="update", line="Adds a second account.")
    return made


def world() -> World:
    """What the pages below stand on."""
    publication()
    at = timezone.now()
    newsletter = letters.newsletter(
        name="The Long Walk letter", slug="the-letter", promise="The week in one letter.", rhythm="Fridays"
    )
    letters.newsletter(name="Garden notes", slug="garden-notes", promise="What flowers where.")
    letters.subscriber(newsletter)
    made = story(at, newsletter)
    gone = make.withdrawn_story(section=made.section, notice="It named the wrong person.")
    return World(made, gone, newsletter, at)


def pages(world: World) -> list[Page]:
    """Each with its address; those that end something (a sign-up is confirmed, a reader leaves) are not among them."""
    of = world.newsletter
    offered = of.offers.first()
    assert offered
    author = world.story.owner
    sign_up = SignUp.objects.create(
        newsletter=of,
        wording=of.purpose.wordings.get(),
        address="alice@example.org",
        normalised="alice@example.org",
        form="newsletter-page",
        requested_at=timezone.now(),
    )
    SignUpTick.objects.create(sign_up=sign_up, wording=offered.purpose.wordings.get())
    key = tokens.make(sign_up, at=timezone.now())
    old = tokens.make(sign_up, at=timezone.now() - timedelta(days=400))
    leave = tokens.leave_token(Subscription.objects.filter(newsletter=of)[0].pk, 0)
    reader = Subscription.objects.filter(newsletter=of)[0].subscriber
    letters.grant(reader, offered.purpose)
    preferences.pause(reader, timezone.localdate() + timedelta(days=30), at=timezone.now())
    preferences.ask_change(reader, "new@example.org", network="", at=timezone.now())
    centre = tokens.make_for_centre(reader, at=timezone.now())
    move = tokens.make_for_move(reader.changes.latest("pk"), at=timezone.now())
    return [
        Page("story", world.story.path),
        Page("home", "/"),
        Page("section", "/royals/"),
        Page("section-2", "/royals/?page=2"),
        Page("topic", "/topics/the-king/"),
        Page("author", f"/authors/{author.pk}/ann-poe/"),
        *(Page(f"about-{name}", f"/about/{name}/") for name in ABOUT),
        Page("search", "/search/"),
        Page("search-found", "/search/?q=tour+paid"),
        Page("search-nothing", "/search/?q=zebra"),
        Page("search-too-long", f"/search/?q={'what+' * 100}"),
        Page("corrections", "/corrections/"),
        Page("complain", "/complaints/"),
        Page("complain-about", f"/complaints{world.story.path}"),
        Page("complain-thanks", "/complaints/thanks/"),
        Page("newsletters", "/newsletters/"),
        Page("newsletter", f"/newsletters/{of.slug}/"),
        Page("check-your-mail", f"/newsletters/{of.slug}/check-your-mail/"),
        Page("companies", f"/newsletters/companies/{offered.purpose.slug}/1/"),
        Page("confirm", f"/newsletters/confirm/{key}/"),
        Page("link-expired", f"/newsletters/confirm/{old}/", 410),
        Page("link-unknown", "/newsletters/confirm/nobody/", 404),
        Page("leave", f"/newsletters/leave/{leave}/"),
        Page("preferences", "/newsletters/preferences/"),
        Page("preferences-sent", "/newsletters/preferences/sent/"),
        Page("preferences-erased", "/newsletters/preferences/erased/"),
        Page("preferences-ended", "/newsletters/preferences/nobody/", 410),
        Page("centre", f"/newsletters/preferences/{centre}/"),
        Page("centre-erase", f"/newsletters/preferences/{centre}/erase/"),
        Page("move", f"/newsletters/address/{move}/"),
        Page("gone", world.gone.path, 410),
        Page("not-found", "/royals/nothing-here/", 404),
        Page("malformed", "/search/?q=%00", 400),
    ]


ABOUT = ("who-we-are", "ethics", "sources", "corrections", "affiliate-links", "privacy", "contact")


def unmet() -> Iterable[tuple[str, str]]:
    """Pages that no address of a site that is well leads to: name and HTML."""
    request = RequestFactory().get("/")
    yield "forbidden", errors.forbidden(request).content.decode()
    yield "form-expired", errors.csrf_failure(request).content.decode()
    yield "broken", errors.server_error(request).content.decode()
    yield "unavailable", unavailable.page().content.decode()
    for name in ("lost", "reader/going_later"):
        yield name.rpartition("/")[2], loader.get_template(f"{name}.html").render({})
