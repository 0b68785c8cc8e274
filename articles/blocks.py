"""The story desk's own blocks: quotation, product and related story. What a placement says was approved with the story;
only price, rights and whether a related story is still there follow the library."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from articles import ledger, offers, products, quoting, typed
from articles.access import published
from articles.models import (
    Product,
    ProductPlacement,
    Quotation,
    QuotationOutlet,
    QuotePlacement,
    Reference,
    RelatedPlacement,
    Story,
)
from articles.times import when, zone_of
from media_assets import renditions, rights
from media_assets.models import Asset, Use, loading
from newsroom.accounts.models import Person
from newsroom.blocks import Block, Choice, Field, Picker, PlaceRefused, Problem, Target
from newsroom.publication.current import current

USES = {Target.WEB: Use.WEB, Target.MAIL: Use.MAIL, Target.TEXT: Use.MAIL, Target.FEED: Use.FEED, Target.DESK: Use.WEB}
FOUND = 24
MAIL_PICTURE = 180  # CSS pixels wide


def shown(asset: Asset | None, target: Target, at: datetime) -> renditions.Picture | None:
    """An asset's picture, if its files are made and its rights allow this exit at ``at``."""
    if asset is None or not rights.usability(asset, USES[target], at).allowed:
        return None
    picture = renditions.picture(asset, shown=480)
    return picture if picture.ready else None


def _chain() -> ArraySubquery:
    """The outlets through which a placement's quotation came, in order, as JSON beside it."""
    links = QuotationOutlet.objects.filter(quotation=OuterRef("quotation_id")).order_by("position", "id")
    return ArraySubquery(links.values(json=JSONObject(name="outlet__name", url="outlet__url")))


class QuoteBlock(Block):
    """Words set apart from the text, with who said them and through whom they came."""

    kind = "quote"
    label = "Quotation"
    icon = "i-quote"
    picker = Picker(
        search="Search the sourcing ledger",
        fields=(
            Field(
                "words", "Words shown", "textarea", required=True, help="All of the quotation or a part of it, as said."
            ),
            Field("style", "Shown as", "select", options=tuple(QuotePlacement.Style.choices), initial="quote"),
        ),
        new=quoting.NEW,
        new_label="Write a new quotation",
        empty="Nothing in the ledger says that. Write a new quotation.",
    )

    def load(self, ids: set[int]) -> Mapping[int, QuotePlacement]:
        return QuotePlacement.objects.select_related("quotation").annotate(_chain=_chain()).in_bulk(ids)

    @staticmethod
    def beside(revision: str) -> ArraySubquery:
        """The quotations set in the body of the outer row's revision (``revision``: the field with its id), as JSON
        beside that row: a story's page has no query to spare for them."""
        used = Reference.objects.filter(kind="quote", revision=OuterRef(OuterRef(revision))).values("placement_id")
        found = QuotePlacement.objects.filter(pk__in=used)
        return ArraySubquery(
            found.values(
                json=JSONObject(
                    placement=JSONObject(
                        id="pk", quotation_id="quotation_id", words="words", attribution="attribution", style="style"
                    ),
                    quotation=JSONObject(
                        id="quotation_id", words="quotation__words", link="quotation__link", state="quotation__state"
                    ),
                    chain=_chain(),
                )
            )
        )

    @staticmethod
    def unpack(rows: Iterable[Mapping[str, Any]]) -> dict[int, QuotePlacement]:
        """The placements that ``beside`` brought, by id, as ``load`` gives them."""
        made = {}
        for row in rows:
            placement = QuotePlacement(**row["placement"])
            placement.quotation = Quotation(**row["quotation"])
            placement._chain = row["chain"]  # type: ignore[attr-defined]
            made[placement.pk] = placement
        return made

    def tags(self, placement: QuotePlacement) -> set[str]:
        return {f"quotation:{placement.quotation_id}"}

    def checks(self, placement: QuotePlacement, at: datetime) -> Iterable[Problem]:
        if placement.quotation.state == Quotation.State.RETRACTED:
            yield Problem(f"The quotation “{short(placement.words)}” has been retracted. Take it out of the text.")
        elif not ledger.says(placement.words, placement.quotation.words):
            yield Problem(f"The words “{short(placement.words)}” are not what the ledger says was said.")

    def context(self, placement: QuotePlacement, target: Target, at: datetime) -> dict[str, Any]:
        lines = [line.strip() for line in placement.words.splitlines() if line.strip()]
        pull = placement.style == QuotePlacement.Style.PULL
        marked = with_marks(lines)
        return {
            "style": placement.style,
            "lines": marked if pull else lines,
            "marked": marked,
            "cite": placement.quotation.link,
            "attribution": linked(placement.attribution, placement._chain)  # type: ignore[attr-defined]
            if target in (Target.WEB, Target.FEED)
            else placement.attribution,
        }

    def title(self, placement: QuotePlacement) -> str:
        return f"{placement.attribution}: “{short(placement.words)}”"

    def search(self, person: Person, q: str) -> list[Choice]:
        found = Quotation.objects.exclude(state=Quotation.State.RETRACTED).select_related("source")
        if wanted := ledger.normalise(q):
            found = found.filter(normalised__contains=wanted)
        links = QuotationOutlet.objects.select_related("outlet")
        return [
            Choice(
                quotation.pk,
                f"“{short(quotation.words)}”",
                ledger.attribution(quotation),
                values={"words": quotation.words},
            )
            for quotation in found.prefetch_related(Prefetch("chain", links))[:FOUND]
        ]

    def place(self, person: Person, fields: Mapping[str, str]) -> int:
        return quoting.place(person, fields, timezone.now()).pk

    def values(self, placement: QuotePlacement) -> dict[str, str]:
        return {
            "choice": str(placement.quotation_id),
            "choice_title": self.title(placement),
            "words": placement.words,
            "style": placement.style,
        }


class ProductBlock(Block):
    """Something readers can buy. Its first line says that the link earns us money."""

    kind = "product"
    label = "Product"
    icon = "i-product"
    picker = Picker(
        search="Search the products",
        fields=(
            Field("blurb", "What it is", "textarea", help="A sentence or two, in this story’s words.", max_length=1000),
        ),
        link="articles-desk:products",
        link_label="Add a product to the library",
        empty="No product of that name. Add it to the library first.",
    )

    def load(self, ids: set[int]) -> Mapping[int, ProductPlacement]:
        found = ProductPlacement.objects.select_related("product__merchant", "product__picture__agency").defer(
            "product__picture__words", "product__picture__found"
        )
        loaded = found.annotate(
            _made=loading.made_of("product__picture"), _rows=loading.rows_of("product__picture")
        ).in_bulk(ids)
        for placement in loaded.values():
            if placement.product.picture is not None:
                loading.unpack(placement.product.picture, placement._made, placement._rows)
        return loaded

    def tags(self, placement: ProductPlacement) -> set[str]:
        asset = placement.product.picture_id
        return {f"product:{placement.product_id}"} | ({f"asset:{asset}"} if asset else set())

    def checks(self, placement: ProductPlacement, at: datetime) -> Iterable[Problem]:
        product = placement.product
        if products.merchant_of(placement.link) is None:
            yield Problem(f"The link of “{placement.title}” does not lead to a merchant that we know.")
        if product.price is None:
            yield Problem(f"“{placement.title}” has no price; readers see none.", stop=False)
        elif not offers.price(product, at):
            yield Problem(f"The price of “{placement.title}” was checked too long ago; readers see none.", stop=False)
        if product.picture is not None:
            usable = rights.usability(product.picture, Use.WEB, at)
            if not usable.allowed:
                yield Problem(f"The picture of “{placement.title}” is not shown. {usable.sentence}", stop=False)

    def context(self, placement: ProductPlacement, target: Target, at: datetime) -> dict[str, Any]:
        product = placement.product
        price = offers.price(product, at)
        context: dict[str, Any] = {
            "price": price,
            "checked": when(product.price_checked_at, zone_of(current()))
            if price and product.price_checked_at
            else None,
            "stale_hours": int(offers.PRICE_KEPT.total_seconds() // 3600),
            "merchant": product.merchant.name,
            "link": offers.link(placement.link, product.merchant.tag),
        }
        picture = shown(product.picture, target, at)
        if picture is not None and product.picture is not None:
            width = min(picture.width, MAIL_PICTURE)
            context |= {
                "picture": picture,
                "picture_src": picture.src,
                "picture_text": product.picture.alternative_text,
                "picture_credit": product.picture.printed_credit,
                "picture_width": width,
                "picture_height": max(1, round(picture.height * width / picture.width)),
            }
        return context

    def title(self, placement: ProductPlacement) -> str:
        return f"{placement.maker}: {placement.title}"

    def search(self, person: Person, q: str) -> list[Choice]:
        found = products.listing(q=q).order_by("-pk") if not q.strip() else products.listing(q=q)
        return [
            Choice(
                product.pk,
                f"{product.maker}: {product.title}",
                " ".join(
                    filter(
                        None,
                        [
                            offers.money(product.price, product.currency) if product.price is not None else "",
                            f"at {product.merchant.name}",
                        ],
                    )
                ),
                values={"blurb": product.blurb},
            )
            for product in found[:FOUND]
        ]

    def place(self, person: Person, fields: Mapping[str, str]) -> int:
        product = Product.objects.filter(pk=chosen(fields, "Choose a product.")).first()
        if product is None:
            raise PlaceRefused({"choice": "This product is no longer in the library. Choose another."})
        blurb = typed.lines(fields.get("blurb", ""))
        if len(blurb) > 1000:
            raise PlaceRefused({"blurb": f"Keep it to 1,000 characters; it has {len(blurb):,}."})
        made = ProductPlacement.objects.create(
            product=product,
            maker=product.maker,
            title=product.title,
            link=product.link,
            blurb=blurb,
            created_by=person,
            created_at=timezone.now(),
        )
        return made.pk

    def values(self, placement: ProductPlacement) -> dict[str, str]:
        return {
            "choice": str(placement.product_id),
            "choice_title": self.title(placement),
            "blurb": placement.blurb,
        }


class RelatedBlock(Block):
    """One other story of ours, offered between two paragraphs; it disappears while that story is not published."""

    kind = "related"
    label = "Related story"
    icon = "i-related"
    picker = Picker(
        search="Search published stories",
        fields=(Field("line", "Words of the link", help="Empty: the story’s own headline.", max_length=200),),
        empty="No published story has these words in its headline.",
    )

    def load(self, ids: set[int]) -> Mapping[int, RelatedPlacement]:
        asset = "story__published_revision__lead_image__asset"
        found = RelatedPlacement.objects.select_related(
            "story__section", "story__published_revision__lead_image__asset__agency"
        ).defer("story__published_revision__body", f"{asset}__words", f"{asset}__found")
        loaded = found.annotate(_made=loading.made_of(asset), _rows=loading.rows_of(asset)).in_bulk(ids)
        for placement in loaded.values():
            if (lead := lead_asset(placement.story)) is not None:
                loading.unpack(lead, placement._made, placement._rows)
        return loaded

    def tags(self, placement: RelatedPlacement) -> set[str]:
        lead = lead_asset(placement.story)
        return {f"story:{placement.story_id}"} | ({f"asset:{lead.pk}"} if lead is not None else set())

    def allowed(self, placement: RelatedPlacement, at: datetime, target: Target) -> bool:
        story = placement.story
        return story.is_published and story.first_published_at is not None and story.first_published_at <= at

    def checks(self, placement: RelatedPlacement, at: datetime) -> Iterable[Problem]:
        if not self.allowed(placement, at, Target.WEB):
            yield Problem(
                f"The related story “{self.title(placement)}” is not published; readers do not see it.", stop=False
            )

    def context(self, placement: RelatedPlacement, target: Target, at: datetime) -> dict[str, Any]:
        path = placement.story.path
        lead = lead_asset(placement.story)
        picture = shown(lead, target, at)
        return {
            "picture_credit": lead.printed_credit if picture is not None and lead is not None else "",
            "address": f"{settings.ORIGIN}{path}",
            "line": self.title(placement),
            "path": path,
            "shown": self.allowed(placement, at, target),
            "picture": picture,
        }

    def title(self, placement: RelatedPlacement) -> str:
        revision = placement.story.published_revision
        return placement.line or (revision.headline if revision is not None else placement.story.slug)

    def search(self, person: Person, q: str) -> list[Choice]:
        found = published(timezone.now()).select_related("section", "published_revision")
        for word in typed.line(q)[:100].split()[:8]:
            found = found.filter(published_revision__headline__icontains=word)
        return [
            Choice(
                story.pk,
                story.published_revision.headline if story.published_revision else "",
                f"{story.section.name}, {when(story.first_published_at, zone_of(current())).day}"
                if story.first_published_at
                else story.section.name,
            )
            for story in found.order_by("-first_published_at", "-id")[:FOUND]
        ]

    def place(self, person: Person, fields: Mapping[str, str]) -> int:
        now = timezone.now()
        story = published(now).filter(pk=chosen(fields, "Choose a story.")).first()
        if story is None:
            raise PlaceRefused({"choice": "Readers cannot see this story. Choose a published one."})
        if str(story.pk) == fields.get("story", ""):
            raise PlaceRefused({"choice": "This is the story that you are writing. Choose another."})
        line = typed.line(fields.get("line", ""))
        if len(line) > 200:
            raise PlaceRefused({"line": f"Keep it to 200 characters; it has {len(line)}."})
        return RelatedPlacement.objects.create(story=story, line=line, created_by=person, created_at=now).pk

    def values(self, placement: RelatedPlacement) -> dict[str, str]:
        return {"choice": str(placement.story_id), "choice_title": self.title(placement), "line": placement.line}


def lead_asset(story: Story) -> Asset | None:
    """The asset of a published story's lead picture; needs ``published_revision__lead_image__asset`` loaded."""
    revision = story.published_revision
    return revision.lead_image.asset if revision is not None and revision.lead_image is not None else None


def chosen(fields: Mapping[str, str], otherwise: str) -> int:
    """The id that a picker sent.

    Raises:
        PlaceRefused: nothing was chosen; ``otherwise`` says what to do.
    """
    number = typed.whole_number(fields.get("choice", ""))
    if number is None:
        raise PlaceRefused({"choice": otherwise})
    return number


def short(words: str, length: int = 90) -> str:
    """The beginning of ``words`` on one line."""
    line = " ".join(words.split())
    return line if len(line) <= length else f"{line[: length - 1].rsplit(' ', 1)[0]}…"


def with_marks(lines: list[str]) -> list[str]:
    """Paragraphs of a quotation with their marks, as British printers set them: each opens one, the last closes it."""
    last = len(lines) - 1
    return [f"“{line}{'”' if place == last else ''}" for place, line in enumerate(lines)]


def linked(attribution: str, chain: Iterable[Mapping[str, str]]) -> SafeString:
    """The attribution, escaped, with each outlet's name leading to the outlet where the ledger has its address."""
    parts: list[SafeString] = []
    rest = attribution
    for outlet in chain:  # in the order of the text: what stands before a name is never searched again
        before, name, after = rest.partition(outlet["name"])
        if name and outlet["url"].startswith(("https://", "http://")):
            parts += [
                conditional_escape(before),
                format_html('<a href="{}" rel="noopener">{}</a>', outlet["url"], name),
            ]
            rest = after
    return SafeString("".join([*parts, conditional_escape(rest)]))
