"""The body of a story: its stored contract (cleaning), the blocks in it (contract, registry), writing it for every
target (rendering), what it holds (reading) and the stable keys of its paragraphs (paragraphs)."""

from newsroom.blocks import paragraphs
from newsroom.blocks.cleaning import BodyTooLong, clean, safe_address
from newsroom.blocks.contract import (
    Block,
    Choice,
    Field,
    Filter,
    Found,
    PageContext,
    Picker,
    PlaceRefused,
    Problem,
    Reference,
    Target,
)
from newsroom.blocks.reading import (
    minutes,
    missing,
    plain_text,
    quotation_ids,
    references,
    tied_quotations,
    words,
)
from newsroom.blocks.registry import AlreadyRegistered, get, register, registered
from newsroom.blocks.rendering import Rendered, card, load, problems, render, tags

__all__ = [
    "AlreadyRegistered",
    "Block",
    "BodyTooLong",
    "Choice",
    "Field",
    "Filter",
    "Found",
    "PageContext",
    "Picker",
    "PlaceRefused",
    "Problem",
    "Reference",
    "Rendered",
    "Target",
    "card",
    "clean",
    "get",
    "load",
    "minutes",
    "missing",
    "paragraphs",
    "plain_text",
    "problems",
    "quotation_ids",
    "references",
    "register",
    "registered",
    "render",
    "safe_address",
    "tags",
    "tied_quotations",
    "words",
]
