"""Static files: the components' style sheets joined into one per face, the editor without its lumber, each sent whole.

A component has a file of its own, a reader's page asks for one: ``css/reader.css`` is ``css/tokens.css`` followed by
``css/reader/*.css`` in the order of their names, ``css/desk.css`` likewise.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import brotli
from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage
from django.http import HttpRequest, HttpResponse
from whitenoise.compress import Compressor
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

BUNDLES = {"css/reader.css": "css/reader", "css/desk.css": "css/desk"}

# CKEditor's plugins that the writing screen uses; the wheel's other folders date from 2012 to 2015 (editor.py).
EDITOR_PLUGINS = {
    "a11yhelp", "clipboard", "dialog", "link", "magicline", "pastefromlibreoffice", "pastefromword", "pastetools",
    "table", "undo", "widget", "lineutils", "widgetselection", "notification", "fakeobjects", "menu", "contextmenu",
}  # fmt: skip
EDITOR_LUMBER = [
    "about",
    "adobeair",
    "ajax",
    "autoembed",
    "autogrow",
    "autolink",
    "bbcode",
    "codesnippet",
    "codesnippetgeshi",
    "colordialog",
    "copyformatting",
    "devtools",
    "div",
    "divarea",
    "docprops",
    "embed",
    "embedbase",
    "embedsemantic",
    "exportpdf",
    "filetools",
    "find",
    "flash",
    "forms",
    "iframe",
    "iframedialog",
    "image",
    "image2",
    "language",
    "liststyle",
    "mathjax",
    "menubutton",
    "notificationaggregator",
    "pagebreak",
    "pastefromgdocs",
    "placeholder",
    "preview",
    "scayt",
    "sharedspace",
    "showblocks",
    "smiley",
    "sourcedialog",
    "specialchar",
    "stylesheetparser",
    "tableresize",
    "tableselection",
    "tabletools",
    "templates",
    "uicolor",
    "uploadimage",
    "uploadwidget",
    "wsc",
    "xml",
]


class LeanStaticFiles(StaticFilesConfig):
    """Collect only what is served. ``collectstatic`` matches a folder by its bare name, so patterns end in ``/*``."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "ckeditor/galleriffic/*",
        "ckeditor/file-icons/*",
        "ckeditor/ckeditor/adapters/*",
        "ckeditor/ckeditor/vendor/*",
        "ckeditor/ckeditor/skins/moono/*",
        "ckeditor/ckeditor/*.md",
        "ckeditor/ckeditor/build-config.js",
        "ckeditor/ckeditor/bender*",
        "ckeditor/ckeditor/*.html",
        # The desk speaks English: 70 other languages are 300 files that nobody asks for.
        *(
            f"ckeditor/ckeditor/{place}lang/{other}"
            for place in ("", "*/")
            for other in ("[!e]*", "e[!n]*", "en-[ac]*")
        ),
        "admin/js/vendor/select2/i18n/[!e]*",
        "admin/js/vendor/select2/i18n/e[!n]*",
        *(f"ckeditor/ckeditor/plugins/{name}/*" for name in EDITOR_LUMBER if name not in EDITOR_PLUGINS),
    ]


class QuickCompressor(Compressor):
    """Compress at a level that takes a second for all files instead of twenty, and is within 3 % of the best."""

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        return brotli.compress(data, quality=7)


class HashedStatic(CompressedManifestStaticFilesStorage):
    """Static files under names that hold their hash, each beside its ready-made gzip and brotli."""

    def create_compressor(self, **kwargs: Any) -> Compressor:
        return QuickCompressor(**kwargs)


class WholeFiles(WhiteNoiseMiddleware):
    """Answer each static file in one piece. Code, styles and icons are small; WhiteNoise streams them from an iterator
    that Django must exhaust in a thread before the first byte leaves, with a warning for every file.
    """

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        answer = static_file.get_response(request.method, request.META)
        content = b""
        if answer.file is not None:  # none for HEAD, 304, 405 and 416
            with answer.file:
                content = answer.file.read()
        response = HttpResponse(content, status=int(answer.status))
        del response["Content-Type"]
        for name, value in answer.headers:
            response[name] = value
        return response


def joined(name: str) -> bytes:
    """Return a bundle's content.

    Args:
        name: a key of ``BUNDLES``.
    Raises:
        KeyError: there is no such bundle.
    """
    static = Path(settings.BASE_DIR) / "static"
    parts = [static / "css/tokens.css", *sorted((static / BUNDLES[name]).glob("*.css"))]
    return b"\n".join(part.read_bytes() for part in parts)


class BundleStorage(FileSystemStorage):
    """The bundles as a storage that ``collectstatic`` can copy from."""

    def __init__(self) -> None:
        super().__init__(location=str(Path(settings.BASE_DIR) / "static"), base_url=settings.STATIC_URL)

    def _open(self, name: str, mode: str = "rb") -> Any:
        return ContentFile(joined(name), name=name)

    def exists(self, name: str) -> bool:
        return name in BUNDLES

    def get_modified_time(self, name: str) -> Any:
        static = Path(settings.BASE_DIR) / "static"
        parts = [static / "css/tokens.css", *(static / BUNDLES[name]).glob("*.css")]
        newest = max(parts, key=lambda part: part.stat().st_mtime)
        return super().get_modified_time(str(newest))


class BundleFinder(BaseFinder):
    """Find the bundles. Under DEBUG a joined copy is written to the home folder and served from there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.storage = BundleStorage()

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path not in BUNDLES:
            return []
        copy = Path(settings.HOME) / "bundles" / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        content = joined(path)
        if not copy.exists() or copy.read_bytes() != content:
            copy.write_bytes(content)
        return [str(copy)] if find_all else str(copy)

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Storage]]:
        for name in BUNDLES:
            yield name, self.storage
