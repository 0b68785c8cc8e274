"""What the demo newsroom holds: its people, sections, pictures, product and stories, as data.

The running story is told in our own words. Quoted words stand as they were published, with the outlets that carried
them; the other stories are features that quote nobody.
"""

from __future__ import annotations

from dataclasses import dataclass

PUBLICATION = {
    "name": "The Long Walk",
    "tagline": "News and features on the royal households",
    "contact_email": "desk@longwalk.example",
    "postal_address": "The Long Walk, 1 Castle Hill, Windsor SL4 1PD",
    "stand_in_note": "The Long Walk is a demonstration. Its pictures are drawings that stand in for licensed ones.",
}

# role, name, address; the passwords are made at the first run and kept in the home folder
PEOPLE = [
    ("reporter", "Alice Marlowe", "alice@longwalk.example"),
    ("editor", "Bob Okafor", "bob@longwalk.example"),
    ("picture_editor", "Charlie Penrose", "charlie@longwalk.example"),
    ("legal", "Dora Winter", "dora@longwalk.example"),
    ("marketing", "Erin Castell", "erin@longwalk.example"),
    ("administrator", "Frank Adeyemi", "frank@longwalk.example"),
]

SECTIONS = [
    ("The court", "the-court"),
    ("Houses", "houses"),
    ("Style", "style"),
    ("Gardens", "gardens"),
    ("Books", "books"),
]

AGENCY = "Getty Images"

# scene -> caption, alternative text
PICTURES = {
    "avenue": (
        "The castle from the avenue, on the last evening of the visit.",
        "A castle with a flag at the end of a tree-lined avenue at dusk.",
    ),
    "chapel": (
        "Windsor, where Queen Elizabeth II is buried.",
        "Light falling through four tall chapel windows on to a stone floor.",
    ),
    "garden": ("The long borders in June.", "Clipped yews and flower borders either side of a striped lawn."),
    "oaks": ("The oldest trees in the park are older than the road.", "Old oaks standing in morning mist."),
    "banquet": ("One table, a hundred and sixty covers.", "Two rows of candles on a long table laid for a banquet."),
    "hat": ("The hat in question.", "A wide damson hat with a pale band and a fan of feathers on a stand."),
    "gates": ("Waiting at the gates.", "A crowd with small lights before palace gates at dusk."),
    "lake": ("The lake is drained once in seven years.", "A swan on still water under a full moon."),
    "library": ("Four thousand volumes, one lamp.", "Shelves of old leather-bound books and a green lamp."),
    "book": ("", "The cover of a memoir, drawn as a plain shape."),
}

PRODUCT = {
    "maker": "Bantam",
    "title": "Spare: by Prince Harry, the Duke of Sussex",
    "price": "10.85",
    "currency": "GBP",
    "merchant": "Amazon UK",
    "merchant_host": "www.amazon.co.uk",
    "link": "https://www.amazon.co.uk/dp/0857504797?tag=longwalk-21",
    "blurb": "The Duke’s memoir of his private years inside the Palace, and of why he chose to walk away.",
}

NEWSLETTER = {
    "name": "The Long Walk letter",
    "slug": "the-long-walk-letter",
    "promise": "The week in the royal households, and the long reads worth your Sunday, in one letter.",
    "rhythm": "Fridays",
}

BRANDS = "Contact me with news and offers from other Future brands"
PARTNERS = "Receive email from us on behalf of our trusted partners or sponsors"
BRAND_NAMES = ["Marie Claire UK", "Woman & Home", "Homes & Gardens", "Who What Wear UK"]
PARTNER_NAMES = ["Castle Hill Travel Ltd (demonstration)", "Penrose & Daughters Tea Ltd (demonstration)"]


@dataclass(frozen=True, kw_only=True)
class Said:
    """A quotation and whom it came from, as the ledger keeps it."""

    words: str
    description: str
    outlet: str = ""
    via: str = ""


QUOTATIONS = {
    "step": Said(
        words="an important first step towards rebuilding their father-and-son relationship.",
        description="sources",
    ),
    "interviews": Said(
        words="He has told his father he won't be giving any interviews about it and his team have been instructed "
        "not to brief journalists about what was said,",
        description="sources",
        outlet="Daily Mail",
    ),
    "trust": Said(
        words="There's a long way to go before Harry can earn his family's trust but he's given some assurances.",
        description="sources",
        outlet="Daily Mail",
    ),
    "respects": Said(
        words="The King allowed Harry to pay his respects, but only if it stayed private,",
        description="a source",
        outlet="ShutterScoop",
        via="Rob Shuter",
    ),
    "crews": Said(
        words="That meant no Netflix crews, no photographers, no sneaky social media posts.",
        description="a source",
        outlet="ShutterScoop",
        via="Rob Shuter",
    ),
    "memory": Said(
        words="Charles didn’t want her memory turned into content,",
        description="another royal source",
        outlet="ShutterScoop",
        via="Rob Shuter",
    ),
    "publicity": Said(
        words="This was about respect, not publicity.",
        description="another royal source",
        outlet="ShutterScoop",
        via="Rob Shuter",
    ),
}
WAIVED = {
    "secret peace summit": "A phrase in general use for the meeting; no one speaker.",
    "highly personal gesture": "A phrase in general use for the visit; the speaker is not known to us.",
}

HEADLINE = "Four days, one private meeting: what we know of Prince Harry and the King"
KICKER = "The Duke of Sussex"
STANDFIRST = (
    "A charity evening brought the Duke to London. A talk with his father, and a quiet visit to Windsor, "
    "became the story."
)
LEAD = "avenue"
# "{step}" is a tied quotation; "[image:chapel]" and the like are blocks
BODY = [
    "Prince Harry is back in the UK, and for the four days of a short stay little else has led the royal news.",
    "The Duke of Sussex came for the WellChild Awards in London. But at 40 he also hopes to mend things with the "
    "Mountbatten-Windsors, and during the visit he is said to have sat down with King Charles for what has been "
    "called a “secret peace summit”.",
    "The two met on Wednesday, nineteen months after their last hour together, and those who were told of it did not "
    "play it down: they spoke of {step}",
    "{interviews} sources told the Daily Mail. {trust}",
    "[image:chapel]",
    "By all accounts the private meeting passed off well, and the King is even reported to have made an exception "
    "for his younger son.",
    "In a “highly personal gesture”, he let the Duke visit the grave of Queen Elizabeth II at Windsor. The visit "
    "fell three years to the day after she died.",
    "[product]",
    "There was one condition. {respects} a source said, as Rob Shuter’s ShutterScoop reported. {crews}",
    "[newsletter]",
    "{memory} another royal source told the same column. {publicity}",
]

SUBJECT = "What we know of the King and Prince Harry"
PREVIEW = "One private meeting, and what is known of it"
INTRO = "Good morning. One story has led the week, and we have kept it up to date for you; two long reads follow it."
