"""Make the demo newsroom, through the same functions that the desk uses. Run again, it changes nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.utils.html import escape

from articles import drafts, ledger, offering, products, selling, sources, workflow
from articles.blocks import ProductBlock
from articles.models import Draft, Merchant, Offer, Product, Quotation, Section, Source, Story, Topic
from media_assets import categorising, ingest, placements
from media_assets.models import Agency, Asset
from newsletters import consent
from newsletters.models import Newsletter, NewsletterPurpose, Purpose
from newsroom.accounts.models import Person
from newsroom.demo import content, drawings
from newsroom.demo import shop as local_shop
from newsroom.demo.features import FEATURES, Feature
from newsroom.publication.current import forget
from newsroom.publication.models import Publication

TOPICS = ["The Duke of Sussex", "The King", "Windsor", "WellChild Awards"]


def people(passwords: dict[str, str], known: dict[str, str]) -> dict[str, Person]:
    """Return one person per role, made where missing; the password is always the kept one.

    Args:
        passwords: role -> password.
        known: password -> its hash in the database when it was found right; brought up to date. A password takes a third
            of a second to check, and six of them would be half of a second start.
    """
    found: dict[str, Person] = {}
    for role, name, email in content.PEOPLE:
        password = passwords[role]
        person = Person.objects.with_email(email).first()
        if person is None:
            person = Person.objects.create_person(email=email, name=name, roles=[role], password=password)
        elif known.get(password) != person.password and not person.check_password(password):
            person.set_password(password)
            person.save(update_fields=["password"])
        known[password] = person.password
        found[role] = person
    return found


def newsroom(cast: dict[str, Person], at: datetime) -> None:
    """Make publication, sections, agency, pictures, merchant, product, sources and the newsletter."""
    Publication.objects.get_or_create(pk=1, defaults=content.PUBLICATION)
    forget()
    for position, (name, slug) in enumerate(content.SECTIONS):
        Section.objects.get_or_create(slug=slug, defaults={"name": name, "position": position})
    for name in TOPICS:
        Topic.objects.get_or_create(name=name, defaults={"slug": name.lower().replace(" ", "-")})
    agency, _ = Agency.objects.get_or_create(name=content.AGENCY, defaults={"credit": content.AGENCY})
    for scene, (caption, alternative_text) in content.PICTURES.items():
        picture(scene, caption, alternative_text, agency=agency, person=cast["picture_editor"], at=at)
    product(cast["editor"], at)
    quotations(cast["reporter"], at)
    newsletter(cast["marketing"], at)


def picture(scene: str, caption: str, alternative_text: str, *, agency: Agency, person: Person, at: datetime) -> Asset:
    """Return the asset that shows this scene, taken in where it is not in the library yet."""
    if found := Asset.objects.filter(alternative_text=alternative_text).first():
        return found
    asset = ingest.ingest(
        ContentFile(drawings.drawing(scene), name=f"{scene}.jpg"),
        person=person,
        credit=content.AGENCY,
        alternative_text=alternative_text,
        caption=caption,
        agency=agency,
        at=at,
    )
    return categorising.categorise(asset.pk, category="subscription", facts={}, person=person, at=at)


def product(person: Person, at: datetime) -> Product:
    facts = content.PRODUCT
    merchant, _ = Merchant.objects.get_or_create(
        name=facts["merchant"],
        defaults={"hosts": [facts["merchant_host"], facts["merchant_host"].removeprefix("www.")]},
    )
    cover = Asset.objects.get(alternative_text=content.PICTURES["book"][1])
    if found := Product.objects.filter(title=facts["title"]).first():
        offering.check_price(
            found.offers.get().pk, person=person, price=facts["price"], currency=facts["currency"], at=at
        )  # a price hides itself when stale: a demo of last month would show none
        return found
    return products.add(
        person=person,
        facts=products.ProductFacts(
            maker=facts["maker"],
            title=facts["title"],
            blurb=facts["blurb"],
            picture_id=cover.pk,
        ),
        offer=offering.OfferFacts(
            merchant_id=merchant.pk, link=facts["link"], price=facts["price"], currency=facts["currency"]
        ),
        at=at,
    )


def shop_address(port: int) -> str:
    """Not by number: merchants have hosts, and 127.0.0.1 is our own."""
    return f"http://localhost:{port}"


def shop(cast: dict[str, Person], port: int, at: datetime) -> None:
    """Enter the shop of this machine and what it sells, where missing; its pages are read by the recheck from then on."""
    merchant = Merchant.objects.filter(name=local_shop.NAME).first()
    if merchant is None:
        facts = selling.MerchantFacts(
            name=local_shop.NAME, hosts="localhost", recheck="schema.org", pause=1, keeper_id=cast["editor"].pk
        )
        merchant = selling.add(person=cast["administrator"], facts=facts)
    for article in local_shop.ARTICLES:
        link = f"{shop_address(port)}/{article.path}/"
        offer = Offer.objects.filter(merchant=merchant, product__title=article.title).first()
        if offer is None:
            products.add(
                person=cast["editor"],
                facts=products.ProductFacts(maker=article.maker, title=article.title, blurb=article.blurb),
                offer=offering.OfferFacts(merchant_id=merchant.pk, link=link, price=article.library, currency="GBP"),
                at=at,
            )
        elif offer.link != link:  # the port of last time was taken
            Offer.objects.filter(pk=offer.pk).update(link=link, due_at=None)


def shop_is_open() -> None:
    """Have the shop's pages looked at now that it answers: while it came up, or the last run ended, tries may have failed,
    and the next would be a quarter of an hour away. What it has taken down or moved stays so."""
    mine = Offer.objects.filter(merchant__name=local_shop.NAME)
    mine.exclude(link_state__in=[Offer.Link.GONE, Offer.Link.MOVED]).update(due_at=None, tries=0)


def quotations(person: Person, at: datetime) -> dict[str, Quotation]:
    """Return the ledger entries of the running story, entered where missing."""
    found: dict[str, Quotation] = {}
    for key, said in content.QUOTATIONS.items():
        source = Source.objects.filter(description=said.description, note=_note(said)).first()
        if source is None:
            facts = sources.SourceFacts(kind=Source.Kind.UNNAMED, description=said.description, note=_note(said))
            source = sources.add(person=person, facts=facts, at=at)
        words = said.words.strip()
        entry = Quotation.objects.filter(words=words, source=source).first()
        if entry is None:
            chain = []
            if said.outlet:
                outlet = ledger.add_outlet(person=person, name=said.outlet, columnist=said.via, definite=not said.via)
                chain = [ledger.Link(outlet.pk, via=bool(said.via))]
            entry = ledger.add_quotation(person=person, words=words, source_id=source.pk, chain=chain, at=at)
        found[key] = entry
    return found


def _note(said: content.Said) -> str:
    return f"As reported by {said.outlet}." if said.outlet else "As widely reported."


def newsletter(person: Person, at: datetime) -> Newsletter:
    """Return the newsletter with its own purpose and its two boxes, each with named companies."""
    facts = content.NEWSLETTER
    if found := Newsletter.objects.filter(slug=facts["slug"]).first():
        return found
    own = _purpose("the-letter", facts["name"], f"Send me {facts['name']}.", [], person, at, is_newsletter=True)
    made = Newsletter.objects.create(**facts, sender_name=content.PUBLICATION["name"], purpose=own)
    boxes = [
        ("other-brands", "Offers from other brands", content.BRANDS, content.BRAND_NAMES),
        ("partners", "Partners and sponsors", content.PARTNERS, content.PARTNER_NAMES),
    ]
    for position, (slug, name, text, companies) in enumerate(boxes):
        purpose = _purpose(slug, name, text, companies, person, at)
        NewsletterPurpose.objects.create(newsletter=made, purpose=purpose, position=position)
    return made


def _purpose(
    slug: str, name: str, text: str, companies: list[str], person: Person, at: datetime, *, is_newsletter: bool = False
) -> Purpose:
    purpose, made = Purpose.objects.get_or_create(slug=slug, defaults={"name": name, "is_newsletter": is_newsletter})
    if made or not purpose.wordings.exists():
        consent.new_wording(
            purpose,
            text=text,
            companies="\n".join(companies),
            list_date=date(at.year, at.month, 1),
            person=person,
            at=at,
            seen_version=0,
        )
    return purpose


def features(cast: dict[str, Person], at: datetime) -> int:
    """Publish the features that surround the running story; returns how many are published.

    Each takes the whole road: written by the reporter, approved by the editor.
    """
    for number, feature in enumerate(FEATURES):
        story = Story.objects.filter(published_revision__headline=feature.headline).first()
        if story is None:
            _publish(feature, cast, at - timedelta(hours=5 + 7 * number))
    return Story.objects.published(at).count()


def _publish(feature: Feature, cast: dict[str, Person], at: datetime) -> None:
    reporter, editor = cast["reporter"], cast["editor"]
    unfinished = Draft.objects.filter(head__headline=feature.headline).exclude(standing=Draft.Standing.CLOSED).first()
    draft = unfinished or drafts.open_story(
        reporter, Section.objects.get(slug=feature.section), headline=feature.headline, at=at
    )
    written = drafts.Content(
        headline=feature.headline,
        kicker=feature.kicker,
        standfirst=feature.standfirst,
        body="".join(f"<p>{escape(text)}</p>" for text in feature.paragraphs) + _sold(feature, reporter),
        lead_image_id=_lead(feature.scene, reporter),
    )
    if draft.standing == Draft.Standing.DRAFT:
        drafts.save(draft.pk, person=reporter, expected_version=draft.version, content=written, at=at)
    for move, person in [("submit", reporter), ("approve", editor), ("publish", editor)]:
        draft.refresh_from_db()
        step: Any = getattr(workflow, move)
        try:
            step(draft=draft, person=person, expected_version=draft.version, at=at)
        except workflow.Refused:
            if draft.standing == Draft.Standing.DRAFT:
                raise  # not a step that an earlier, interrupted run had done already


def _sold(feature: Feature, person: Person) -> str:
    """The blocks of what the feature shows of the local shop."""
    body = ""
    for title in feature.products:
        offer = Offer.objects.get(merchant__name=local_shop.NAME, product__title=title)
        placed = ProductBlock().place(person, {"choice": str(offer.pk), "blurb": offer.product.blurb})
        body += f'<div data-block="product" data-id="{placed}"></div>'
    return body


def _lead(scene: str, person: Person) -> int | None:
    if not scene:
        return None
    caption, alternative_text = content.PICTURES[scene]
    asset = Asset.objects.get(alternative_text=alternative_text)
    return placements.place(asset, caption=caption, alternative_text=alternative_text, person=person).pk
