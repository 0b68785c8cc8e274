"""The story desk's addresses. A move's address is its name in the table (``moves.MOVES``)."""

from __future__ import annotations

from django.urls import URLPattern, path

from articles.desk import (
    board,
    complaints,
    history,
    identities,
    joining,
    moves,
    notes,
    preview,
    products,
    receipts,
    reviews,
    sources,
    waivers,
    writing,
)
from articles.moves import BUTTONS

app_name = "articles-desk"

urlpatterns: list[URLPattern] = [
    path("stories/", board.board, name="board"),
    path("stories/new/", writing.story_new, name="story-new"),
    path("stories/<int:pk>/", writing.write, name="write"),
    path("stories/<int:pk>/save/", writing.save, name="save"),
    path("stories/<int:pk>/clashes/<int:clash>/", joining.choose, name="clash"),
    path("stories/<int:pk>/presence/", writing.presence, name="presence"),
    path("stories/<int:pk>/particulars/", writing.story_particulars, name="particulars"),
    path("stories/<int:pk>/preview/", preview.preview, name="preview"),
    path("stories/<int:pk>/history/", history.history, name="history"),
    path("stories/<int:pk>/notes/", notes.story_notes, name="notes"),
    path("stories/<int:pk>/notes/new/", notes.note_new, name="note-new"),
    path("notes/<int:pk>/reply/", notes.note_reply, name="note-reply"),
    path("notes/<int:pk>/resolve/", notes.note_resolve, name="note-resolve"),
    path("notes/<int:pk>/reopen/", notes.note_reopen, name="note-reopen"),
    path("stories/<int:pk>/waive/", waivers.waive, name="waive"),
    path("stories/<int:pk>/reopen/", moves.reopen, name="reopen"),
    *(path(f"stories/<int:pk>/{move.name}/", moves.take, {"name": move.name}, name=move.name) for move in BUTTONS),
    path("stories/<int:pk>/receipts/", receipts.receipts, name="receipts"),
    path("stories/<int:pk>/receipts/<int:receipt>/retry/", receipts.retry, name="receipt-retry"),
    path("reviews/", reviews.listing, name="reviews"),
    path("reviews/<int:pk>/close/", reviews.close, name="review-close"),
    path("blocks/preview/", writing.block_preview, name="block-preview"),
    path("blocks/search/", writing.block_search, name="block-search"),
    path("blocks/place/", writing.block_place, name="block-place"),
    path("sources/", sources.listing, name="sources"),
    path("sources/new/", sources.add, name="source-new"),
    path("sources/<int:pk>/", sources.source, name="source"),
    path("sources/<int:pk>/edit/", sources.edit, name="source-edit"),
    path("sources/<int:pk>/quotations/", sources.add_quotation, name="quotation-new"),
    path("sources/<int:pk>/identity/", identities.page, name="identity"),
    path("sources/<int:pk>/identity/keep/", identities.keep, name="identity-keep"),
    path("sources/<int:pk>/identity/read/", identities.read, name="identity-read"),
    path("sources/<int:pk>/identity/readers/", identities.let_in, name="identity-reader"),
    path("sources/<int:pk>/identity/readers/end/", identities.take_off, name="identity-end"),
    path("sources/<int:pk>/identity/forget/", identities.forget, name="identity-forget"),
    path("quotations/<int:pk>/state/", sources.mark_state, name="quotation-state"),
    path("outlets/", sources.outlets, name="outlets"),
    path("products/", products.listing, name="products"),
    path("products/new/", products.add, name="product-new"),
    path("products/<int:pk>/", products.edit, name="product"),
    path("products/<int:pk>/price/", products.price, name="product-price"),
    path("complaints/", complaints.listing, name="complaints"),
    path("complaints/<int:pk>/", complaints.complaint, name="complaint"),
    path("complaints/<int:pk>/change/", complaints.complaint_change, name="complaint-change"),
    path("complaints/<int:pk>/answer/", complaints.complaint_answer, name="complaint-answer"),
    path("complaints/<int:pk>/bring-in/", complaints.complaint_bring_in, name="complaint-bring-in"),
]
