"""The records of the story desk, one subject a file."""

from articles.models.addresses import EarlierAddress, EarlierSection, EarlierTopic
from articles.models.clicks import Click
from articles.models.complaints import Complaint, ComplaintEntry
from articles.models.corrections import CorrectedPlace, Correction
from articles.models.drafts import Clash, Draft, Reference, Revision
from articles.models.fronts import Front, Pin
from articles.models.identities import Identity, IdentityEntry, IdentityReader
from articles.models.live import LivePen, LivePost
from articles.models.moves import MoveLog, Update
from articles.models.notes import Note, NoteEntry, NoteWording
from articles.models.partners import NewsObject
from articles.models.placements import ProductPlacement, QuotePlacement, RelatedPlacement
from articles.models.products import Merchant, Offer, OfferPrice, Product
from articles.models.receipts import Receipt
from articles.models.reviews import Review
from articles.models.schedules import Schedule
from articles.models.search import PublishedWords, SearchEntry
from articles.models.sections import RESERVED_SLUGS, Section, Topic
from articles.models.seen import SeenPage, Sighting
from articles.models.sources import Outlet, Quotation, QuotationOutlet, QuotationUse, Retraction, Source, Waiver
from articles.models.stories import Byline, Story
from articles.models.waivers import CheckWaiver

__all__ = [
    "RESERVED_SLUGS",
    "Byline",
    "CheckWaiver",
    "Clash",
    "Click",
    "Complaint",
    "ComplaintEntry",
    "CorrectedPlace",
    "Correction",
    "Draft",
    "EarlierAddress",
    "EarlierSection",
    "EarlierTopic",
    "Front",
    "Identity",
    "IdentityEntry",
    "IdentityReader",
    "LivePen",
    "LivePost",
    "Merchant",
    "MoveLog",
    "NewsObject",
    "Note",
    "NoteEntry",
    "NoteWording",
    "Offer",
    "OfferPrice",
    "Outlet",
    "Pin",
    "Product",
    "ProductPlacement",
    "PublishedWords",
    "Quotation",
    "QuotationOutlet",
    "QuotationUse",
    "QuotePlacement",
    "Receipt",
    "Reference",
    "RelatedPlacement",
    "Retraction",
    "Review",
    "Revision",
    "Schedule",
    "SearchEntry",
    "Section",
    "SeenPage",
    "Sighting",
    "Source",
    "Story",
    "Topic",
    "Update",
    "Waiver",
]
