"""Who may open which address of the story desk."""

from __future__ import annotations

from typing import Any

from articles import notes
from articles.models import Draft
from tests.factories import articles as make
from tests.house.matrix import Row

READERS = {"reporter", "editor", "picture_editor", "legal", "administrator"}
WRITERS = {"reporter", "editor"}
NOTERS = READERS - {"administrator"}
COUNTERS = {"marketing", "editor", "administrator"}
HANDLERS = {"editor", "legal"}
LEDGER = {"reporter", "editor", "legal"}
# A reporter may press: they are told that approving is not theirs (422), which is not the door's business.
DECIDED = (302, 422)


def _draft(standing: str = Draft.Standing.DRAFT) -> dict[str, Any]:
    return {"pk": make.story(standing=standing).pk}


def _published() -> dict[str, Any]:
    return {"pk": make.published_story().pk}


def _seen() -> dict[str, Any]:
    sighting = make.sighting()
    return {"pk": sighting.story_id, "sighting": sighting.pk}


def _source() -> dict[str, Any]:
    return {"pk": make.source().pk}


def _note(resolved: bool = False) -> dict[str, Any]:
    return {"pk": make.note(resolved=resolved).pk}


def _said() -> dict[str, Any]:
    return {"pk": make.note().entries.get().pk}


def _deleted() -> dict[str, Any]:
    entry = make.note().entries.get()
    notes.delete(entry=entry, person=entry.person, at=make.AT)
    return {"pk": entry.pk}


def _clash() -> dict[str, Any]:
    story = make.story()
    return {"pk": story.pk, "clash": make.clash(story.draft).pk}  # type: ignore[attr-defined]


def _complaint(**facts: Any) -> dict[str, Any]:
    return {"pk": make.complaint(**facts).pk}


def _product() -> dict[str, Any]:
    return {"pk": make.product().pk}


def _version(kwargs: dict[str, Any], **answers: str) -> dict[str, Any]:
    return {"expected_version": "1", **answers}


def _linking() -> dict[str, Any]:
    return {"pk": make.story(body='<p><a href="/royals/gone/">Gone</a></p>').pk}


def _finding(kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"check": "own_links", "about": "/royals/gone/", "reason": "It comes back at noon."}


def _particulars(kwargs: dict[str, Any]) -> dict[str, Any]:
    from articles.models import Story

    story = Story.objects.get(pk=kwargs["pk"])
    return {
        "story_version": story.version,
        "section": story.section_id,
        "slug": story.slug,
        "bylines": [story.owner_id],
    }


def _saved(kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"expected_version": "1", "headline": "Another headline", "body": "<p>Other words.</p>", "shrink": "yes"}


def _unnamed() -> dict[str, Any]:
    return {"pk": make.source(kind="unnamed", description="a former aide").pk}


def _restored(kwargs: dict[str, Any]) -> dict[str, Any]:
    from articles.models import Revision

    return {"revision": Revision.objects.get(draft__story=kwargs["pk"]).pk, "expected_version": "1"}


def _new_source(kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "named", "name": "Margaret Hale", "expected_version": "1"}


def _offer() -> dict[str, Any]:
    return {"pk": make.product().offer.pk}


def _offer_facts(kwargs: dict[str, Any], shop: str = "Other Shop") -> dict[str, Any]:
    return {
        "merchant": make.merchant(shop).pk,
        "link": "https://shop.example/coat",
        "price": "230",
        "currency": "GBP",
        "in_stock": "yes",
        "expected_version": "1",
    }


def _product_facts(kwargs: dict[str, Any]) -> dict[str, Any]:
    return {
        "maker": "Harrow & Vale",
        "title": "Coat",
        "merchant": make.merchant().pk,
        "link": "https://shop.example/coat",
        "price": "240",
        "currency": "GBP",
        "expected_version": "1",
    }


MATRIX: dict[str, Row] = {
    "articles-desk:board": Row(allow=READERS),
    "articles-desk:record": Row(allow={"editor", "administrator"}),
    "articles-desk:record-export": Row(method="POST", allow={"editor", "administrator"}),
    "articles-desk:search": Row(data={"q": "gates"}, allow=READERS),
    "articles-desk:story-new": Row(
        method="POST",
        both=True,
        data=lambda kwargs: {"headline": "A visit", "section": make.section().pk},
        allow=WRITERS,
        status=302,
    ),
    "articles-desk:write": Row(kwargs=_draft, allow=WRITERS),
    "articles-desk:save": Row(kwargs=_draft, method="POST", data=_saved, allow=WRITERS, status=302),
    "articles-desk:particulars": Row(kwargs=_draft, method="POST", data=_particulars, allow=WRITERS, status=302),
    "articles-desk:preview": Row(kwargs=_draft, allow=READERS),
    "articles-desk:history": Row(kwargs=_draft, allow=READERS),
    "articles-desk:seen": Row(kwargs=_published, allow=READERS),
    "articles-desk:seen-page": Row(kwargs=_seen, allow=READERS),
    "articles-desk:seen-download": Row(kwargs=_seen, allow=READERS),
    "articles-desk:restore-revision": Row(kwargs=_draft, method="POST", data=_restored, allow=WRITERS, status=302),
    "articles-desk:notes": Row(kwargs=_draft, allow=READERS),
    "articles-desk:note-new": Row(kwargs=_draft, method="POST", data={"words": "Who?"}, allow=NOTERS, status=302),
    "articles-desk:note-reply": Row(kwargs=_note, method="POST", data={"words": "Me."}, allow=NOTERS, status=302),
    # Whose words they are is asked after the door: 422 for the others.
    "articles-desk:note-edit": Row(
        kwargs=_said, method="POST", data={"words": "Who?", "version": "1"}, allow=NOTERS, status=(302, 422)
    ),
    "articles-desk:note-delete": Row(kwargs=_said, method="POST", allow=NOTERS, status=(302, 422)),
    "articles-desk:note-put-back": Row(kwargs=_deleted, method="POST", allow=NOTERS, status=(302, 422)),
    "articles-desk:note-resolve": Row(kwargs=_note, method="POST", allow=NOTERS, status=302),
    "articles-desk:note-reopen": Row(kwargs=lambda: _note(resolved=True), method="POST", allow=NOTERS, status=302),
    "articles-desk:waive": Row(
        kwargs=_draft, method="POST", data={"words": "The Crown", "reason": "A title"}, allow={"editor"}, status=302
    ),
    "articles-desk:unwaive": Row(kwargs=_draft, method="POST", data={"waiver": "1"}, allow={"editor"}, status=302),
    "articles-desk:waive-check": Row(
        kwargs=_linking, method="POST", both=True, data=_finding, allow={"editor"}, status=302
    ),
    "articles-desk:api-moves": Row(allow=READERS),
    "articles-desk:api-story": Row(kwargs=_draft, allow=READERS),
    "articles-desk:api-move": Row(
        kwargs=lambda: {**_draft(), "name": "submit"}, method="POST", data=_version, allow=WRITERS
    ),
    "articles-desk:clash": Row(
        kwargs=_clash, method="POST", data=lambda kwargs: {"choice": "theirs"}, allow=WRITERS, status=302
    ),
    "articles-desk:presence": Row(kwargs=_draft, method="POST", data=lambda kwargs: {"pen": "a"}, allow=WRITERS),
    "articles-desk:reopen": Row(kwargs=_published, method="POST", allow=WRITERS, status=302),
    "articles-desk:submit": Row(kwargs=_draft, method="POST", both=True, data=_version, allow=WRITERS, status=302),
    "articles-desk:request-changes": Row(
        kwargs=lambda: _draft(Draft.Standing.IN_REVIEW),
        method="POST",
        both=True,
        data=lambda kwargs: _version(kwargs, reason="Name the tailor."),
        allow=WRITERS,
        status=DECIDED,
    ),
    "articles-desk:approve": Row(
        kwargs=lambda: _draft(Draft.Standing.IN_REVIEW),
        method="POST",
        both=True,
        data=_version,
        allow=WRITERS,
        status=DECIDED,
    ),
    "articles-desk:publish": Row(
        kwargs=lambda: _draft(Draft.Standing.APPROVED),
        method="POST",
        both=True,
        data=_version,
        allow=WRITERS,
        status=DECIDED,
    ),
    "articles-desk:declare-live": Row(
        kwargs=_published, method="POST", both=True, data=_version, allow=WRITERS, status=DECIDED
    ),
    "articles-desk:end-live": Row(
        kwargs=lambda: {"pk": make.published_story(live=True).pk},
        method="POST",
        both=True,
        data=lambda kwargs: _version(kwargs, line="The gates are closed."),
        allow=WRITERS,
        status=DECIDED,
    ),
    "articles-desk:withdraw": Row(
        kwargs=_published,
        method="POST",
        both=True,
        data=lambda kwargs: _version(kwargs, reason="It is wrong."),
        allow=WRITERS,
        status=DECIDED,
    ),
    "articles-desk:block-preview": Row(data={"b": "image:1"}, allow=WRITERS),
    "articles-desk:block-search": Row(data={"kind": "quote", "q": "gate"}, allow=WRITERS),
    "articles-desk:block-place": Row(
        method="POST",
        data=lambda kwargs: {"kind": "related", "choice": make.published_story().pk, "line": "Read this"},
        allow=WRITERS,
    ),
    "articles-desk:front": Row(both=True, allow={"editor"}),
    "articles-desk:front-section": Row(both=True, kwargs=lambda: {"section": make.section().slug}, allow={"editor"}),
    "articles-desk:sources": Row(allow=LEDGER),
    "articles-desk:source-new": Row(method="POST", both=True, data=_new_source, allow=WRITERS, status=302),
    "articles-desk:source": Row(kwargs=_source, allow=LEDGER),
    "articles-desk:source-edit": Row(
        kwargs=_source, method="POST", both=True, data=_new_source, allow=WRITERS, status=302
    ),
    "articles-desk:identity": Row(kwargs=_unnamed, allow=LEDGER),
    "articles-desk:identity-keep": Row(
        kwargs=_unnamed, method="POST", data={"identity": "Someone of the household"}, allow=WRITERS, status=302
    ),
    # A role alone opens nothing: what follows is refused to everybody who is not named on the page.
    "articles-desk:identity-read": Row(
        kwargs=_unnamed, method="POST", data={"reason": "To check"}, allow=LEDGER, status=422
    ),
    "articles-desk:identity-reader": Row(kwargs=_unnamed, method="POST", data={"whom": "1"}, allow=LEDGER, status=422),
    "articles-desk:identity-end": Row(kwargs=_unnamed, method="POST", data={"person": "1"}, allow=LEDGER, status=302),
    "articles-desk:identity-forget": Row(kwargs=_unnamed, method="POST", allow=LEDGER, status=302),
    "articles-desk:quotation-new": Row(
        kwargs=_source, method="POST", data={"words": "We are here", "state": "unchecked"}, allow=WRITERS, status=302
    ),
    "articles-desk:quotation-state": Row(
        kwargs=lambda: {"pk": make.quotation().pk},
        method="POST",
        data={"state": "confirmed", "seen": "unchecked"},
        allow=WRITERS,
        status=302,
    ),
    "articles-desk:outlet": Row(kwargs=lambda: {"pk": make.outlet().pk}, both=True, allow=LEDGER),
    "articles-desk:outlets": Row(both=True, allow=LEDGER),
    "articles-desk:products": Row(allow=READERS),
    "articles-desk:product-new": Row(method="POST", both=True, data=_product_facts, allow=WRITERS, status=302),
    "articles-desk:product": Row(both=True, kwargs=_product, allow=READERS),
    "articles-desk:clicks": Row(allow=COUNTERS),
    "articles-desk:clicks-csv": Row(allow=COUNTERS),
    "articles-desk:offer-new": Row(kwargs=_product, method="POST", data=_offer_facts, allow=WRITERS, status=302),
    "articles-desk:offer": Row(
        kwargs=_offer,
        method="POST",
        both=True,
        data=lambda kwargs: _offer_facts(kwargs, "Example Shop"),
        allow=WRITERS,
        status=302,
    ),
    "articles-desk:merchants": Row(allow=READERS | {"marketing"}),
    "articles-desk:merchant-new": Row(
        method="POST",
        both=True,
        data={"name": "Shop", "hosts": "shop.example", "pause": "30"},
        allow={"administrator"},
        status=302,
    ),
    "articles-desk:merchant": Row(kwargs=lambda: {"pk": make.merchant().pk}, both=True, allow=READERS | {"marketing"}),
    "articles-desk:merchant-terms": Row(
        kwargs=lambda: {"pk": make.merchant().pk},
        method="POST",
        data=lambda kwargs: _version(kwargs, network="Awin"),
        allow={"administrator", "marketing"},
        status=302,
    ),
    "articles-desk:offers-waiting": Row(allow=READERS),
    "articles-desk:offer-end": Row(kwargs=_offer, method="POST", data={"note": "Gone"}, allow=WRITERS, status=302),
    "articles-desk:offer-begin-again": Row(kwargs=_offer, method="POST", allow=WRITERS, status=302),
    "articles-desk:offer-held": Row(kwargs=_offer, method="POST", allow=WRITERS, status=302),
    "articles-desk:offer-look-again": Row(kwargs=_offer, method="POST", allow=WRITERS, status=302),
    "articles-desk:offer-price": Row(
        kwargs=_offer, method="POST", data={"price": "250", "currency": "GBP"}, allow=WRITERS, status=302
    ),
    "articles-desk:complaints": Row(allow=HANDLERS),
    "articles-desk:complaints-aside": Row(
        method="POST", data=lambda _: {"ids": str(_complaint()["pk"])}, allow=HANDLERS, status=302
    ),
    "articles-desk:complaint": Row(kwargs=_complaint, allow=HANDLERS),
    "articles-desk:complaint-change": Row(
        kwargs=_complaint,
        method="POST",
        data=lambda kwargs: _version(kwargs, state="looking"),
        allow=HANDLERS,
        status=302,
    ),
    "articles-desk:complaint-answer": Row(
        kwargs=lambda: _complaint(contact="reader@example.org"),
        method="POST",
        data=lambda kwargs: _version(kwargs, words="You are right."),
        allow=HANDLERS,
        status=302,
    ),
    "articles-desk:complaint-bring-in": Row(
        kwargs=lambda: _complaint(set_aside=True), method="POST", data=_version, allow=HANDLERS, status=302
    ),
}
