"""The desk's pages for pictures."""

from __future__ import annotations

from django.urls import path

from media_assets.desk import (
    asset,
    category,
    changing,
    collections,
    ending,
    feeds,
    fill,
    focusing,
    getty,
    getty_account,
    library,
    originals,
    pairs,
    receipts,
    together,
    upload,
)

app_name = "media-desk"
urlpatterns = [
    path("", library.library, name="library"),
    path("upload/", upload.upload, name="upload"),
    path("ending/", ending.ending, name="ending"),
    path("feeds/", feeds.page, name="feeds"),
    path("fill/", fill.fill, name="fill"),
    path("together/", together.together, name="together"),
    path("collections/", collections.collections, name="collections"),
    path("collections/put/", collections.collect, name="collect"),
    path("collections/<int:pk>/rename/", collections.rename, name="collection-rename"),
    path("collections/<int:pk>/remove/", collections.remove, name="collection-remove"),
    path("getty/", getty.search, name="getty"),
    path("getty/account/", getty_account.account, name="getty-account"),
    path("getty/account/uses/<int:use>/again/", getty_account.again, name="getty-use-again"),
    path("getty/take/", getty.take, name="getty-take"),
    path("getty/thumbnail/", getty.thumbnail, name="getty-thumbnail"),
    path("<int:pk>/", asset.asset, name="asset"),
    path("<int:pk>/preview.webp", asset.preview, name="preview"),
    path("<int:pk>/original/", originals.original, name="original"),
    path("<int:pk>/alike/<int:pair>/", pairs.decide, name="alike"),
    path("<int:pk>/details/", changing.details, name="details"),
    path("<int:pk>/focus/", focusing.focus, name="focus"),
    path("<int:pk>/crops/<slug:shape>.webp", focusing.crop, name="crop"),
    path("<int:pk>/rights/", changing.add_right, name="right-add"),
    path("<int:pk>/rights/<int:row>/end/", changing.end_right, name="right-end"),
    path("<int:pk>/exceptions/", changing.make_exception, name="exception-make"),
    path("<int:pk>/kind/", category.category, name="category"),
    path("<int:pk>/receipts/", receipts.receipts, name="receipts"),
    path("<int:pk>/receipts/<int:receipt>/retry/", receipts.retry, name="receipt-retry"),
    path("<int:pk>/withdraw/", changing.withdraw, name="withdraw"),
    path("<int:pk>/reinstate/", changing.reinstate, name="reinstate"),
]
