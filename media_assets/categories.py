"""What kind of picture it is to us: how we come by the right to it, what must be known for that, and what follows by default.

A short list in the spirit of the Guardian's Grid. A picture without a kind is usable by its rights rows alone, with a
warning; one whose kind asks for something that nobody gave is usable nowhere (``reasons.of_category``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from media_assets.models import Asset, Use


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing that must be known of such a picture. name: in ``Asset.category_facts``. choices: "" is not among them. optional: it
    may be empty."""

    name: str
    label: str
    help: str = ""
    choices: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True, kw_only=True)
class Category:
    """One kind.

    asks: what must be given. agency: it must have one. priced: the right must name its cost. ends: a right without an end
    does not count. not_for: exits that it is not for, unless an exception is made. sensitive: an editor decides before
    anybody uses it. in_credit: the fact that the credit line must name. said: a sentence for whoever picks it.
    """

    name: str
    label: str
    help: str
    asks: tuple[Fact, ...] = ()
    agency: bool = False
    priced: bool = False
    ends: bool = False
    not_for: frozenset[Use] = frozenset()
    sensitive: bool = False
    in_credit: str = ""
    said: str = ""


_GIVER = Fact(
    name="giver", label="Who gave it", help="A name and how to reach them: the palace’s press office, the agent."
)
_SOURCE = Fact(name="source", label="Where it is from", help="Channel and programme with its date, or the address.")
# Said to whoever picks it: "Not in the United States", "No use in print before 1 October".
TERMS = Fact(
    name="terms",
    label="The agency’s restrictions",
    help="As it writes them. They stand wherever the picture is picked.",
    optional=True,
)
_LICENCES = (
    "CC0 1.0", "CC BY 2.0", "CC BY 3.0", "CC BY 4.0", "CC BY-SA 2.0", "CC BY-SA 3.0", "CC BY-SA 4.0", "CC BY-ND 4.0",
)  # fmt: skip

CATEGORIES = (
    Category(
        name="subscription",
        label="Agency, by subscription",
        help="Covered by what we pay by the month. Uses are counted and reported where the agency asks for it.",
        asks=(TERMS,),
        agency=True,
    ),
    Category(
        name="paid",
        label="Agency, paid once",
        help="Bought for a use. The right names what it cost.",
        asks=(TERMS,),
        agency=True,
        priced=True,
        not_for=frozenset({Use.SOCIAL}),
    ),
    Category(
        name="staff",
        label="Staff photographer",
        help="Taken by somebody who is employed here.",
    ),
    Category(
        name="commissioned",
        label="Commissioned",
        help="Taken for us by a freelance, under a contract.",
        asks=(Fact(name="contract", label="Contract", help="Its number or date, and with whom."),),
    ),
    Category(
        name="contributor",
        label="Contributor or reader",
        help="Sent in by somebody who is not paid by the picture.",
        asks=(
            Fact(name="giver", label="Who sent it", help="Their name and how to reach them."),
            Fact(name="consent", label="How they agreed", help="“By mail on 3 September, with credit.”"),
        ),
    ),
    Category(
        name="handout",
        label="Handout",
        help="Given out by a palace, a police force or a charity, for one event.",
        asks=(_GIVER, Fact(name="occasion", label="What it was given out for", help="The event or announcement.")),
        ends=True,
        said="It was given out for one occasion: use it with that story only.",
    ),
    Category(
        name="publicity",
        label="Publicity picture",
        help="From a film, a series, a record company or a brand.",
        asks=(_GIVER, Fact(name="occasion", label="What it promotes", help="The film, series or product.")),
        said="Use it only with what it promotes.",
    ),
    Category(
        name="pool",
        label="Pool",
        help="Taken by one photographer for all, such as the royal rota.",
        asks=(Fact(name="pool", label="Which pool", help="The rota or the court, and the day."),),
        ends=True,
    ),
    Category(
        name="screengrab",
        label="Screengrab",
        help="A frame of a broadcast or a video, to report on what it shows.",
        asks=(_SOURCE,),
        ends=True,
        not_for=frozenset({Use.SOCIAL, Use.MAIL}),
        said="Only to report on the broadcast itself, while it is news.",
    ),
    Category(
        name="social",
        label="From social media",
        help="Posted by somebody in an account of theirs. Posting is no permission.",
        asks=(
            Fact(name="source", label="Address of the post"),
            Fact(name="consent", label="Who allowed it, and how", help="The person who took it, not who posted it."),
        ),
        sensitive=True,
    ),
    Category(
        name="family",
        label="Given by the family",
        help="A private picture, also of somebody who has died.",
        asks=(_GIVER,),
        sensitive=True,
        said="Take it off when the family asks.",
    ),
    Category(
        name="stock",
        label="Stock, royalty-free",
        help="Bought once for any number of uses.",
        asks=(Fact(name="licence", label="Licence", help="The shop, its number and the licence’s name."),),
    ),
    Category(
        name="creative-commons",
        label="Creative Commons",
        help="Under a licence that allows commercial use. Those with “NC” do not, and are not on offer.",
        asks=(
            Fact(name="licence", label="Licence", choices=_LICENCES),
            Fact(name="source", label="Where it is from", help="The address of its page."),
        ),
        in_credit="licence",
    ),
    Category(
        name="public-domain",
        label="Public domain",
        help="Nobody’s any more, or never anybody’s.",
        asks=(Fact(name="why", label="Why it is free", help="“Painted in 1843; the painter died in 1873.”"),),
    ),
    Category(
        name="own",
        label="Own graphic or drawing",
        help="Made at this desk, of nobody else’s pictures.",
    ),
)  # fmt: skip
_BY_NAME = {category.name: category for category in CATEGORIES}


def named(name: str) -> Category | None:
    return _BY_NAME.get(name)


def lacking(category: Category, asset: Asset) -> list[str]:
    """What such a picture must have and this one has not, as the labels of the form."""
    facts: Mapping[str, str] = asset.category_facts
    lacks = [
        fact.label
        for fact in category.asks
        if not fact.optional
        and (not str(facts.get(fact.name, "")).strip() or (fact.choices and facts[fact.name] not in fact.choices))
    ]
    return [*(["Agency"] if category.agency and asset.agency_id is None else []), *lacks]
