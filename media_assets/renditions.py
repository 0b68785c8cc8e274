"""What readers get: five widths, three formats, the credit inside, at addresses that never change their meaning."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.crypto import salted_hmac

from media_assets import pixels, stamp
from media_assets.models import Asset, ImagePlacement, Rendition

# A phone at one and at two dots a pixel (320, 640), the text's measure and a phone at three (960, 1280), the lead picture and
# the measure on a dense screen (1920). Twice that costs four times the bytes for what nobody sees.
WIDTHS = (320, 640, 960, 1280, 1920)
TYPES = {Rendition.Format.AVIF: "image/avif", Rendition.Format.WEBP: "image/webp", Rendition.Format.JPEG: "image/jpeg"}
MAIL_WIDTH = 600  # CSS pixels; the file is the next wider one
# How wide a picture in the text is shown: the measure on a screen, the whole width on a phone.
SIZES = "(min-width: 62rem) 48rem, 100vw"
LEAD_SIZES = "(min-width: 80rem) 80rem, 100vw"


def credit_of(asset: Asset) -> stamp.Credit:
    """What the asset's files say. One record behind the page, structured data, feeds, mail and the file itself."""
    return stamp.Credit(
        line=asset.credit, creator=asset.creator, notice=asset.copyright_notice, source_type=asset.source_type_address
    )


def digest_of(sha256: str, credit: stamp.Credit) -> str:
    """The address of what is made of these bytes with this credit: 32 hexadecimal characters.

    Keyed, so that whoever has the agency's file cannot work out the address before the story is published.
    """
    said = "\x1f".join((str(stamp.RECIPE), sha256, credit.line, credit.creator, credit.notice, credit.source_type))
    return salted_hmac("media_assets.renditions", said, algorithm="sha256").hexdigest()[:32]


@functools.cache
def root() -> str:
    """Where pictures begin: "/media/". Asked once, because a page names a hundred of their addresses."""
    return reverse("media:file", args=["d", 1, "x"]).removesuffix("d/1.x")


def address(rendition: Rendition) -> str:
    """The path of one file: /media/<digest>/<width>.<extension>."""
    return f"{root()}{rendition.digest}/{rendition.width}.{rendition.format}"


def placeholder(asset: Asset) -> str:
    """The path of what is shown until files are made, "" where there is nothing: /media/<digest>/20.webp."""
    return f"{root()}{asset.digest}/{pixels.PLACEHOLDER}.webp" if asset.placeholder else ""


@dataclass(frozen=True)
class Source:
    """One ``<source>`` of a picture."""

    type: str
    srcset: str


@dataclass(frozen=True)
class Picture:
    """What a template needs to show an asset. Not ``ready``: nothing is made yet, but width and height are right, and
    ``src`` is its placeholder where it has one."""

    width: int
    height: int
    ready: bool = False
    src: str = ""
    srcset: str = ""
    sources: tuple[Source, ...] = ()
    widest: str = ""


def current(asset: Asset) -> list[Rendition]:
    """The files at the asset's present address, narrow to wide. No query when ``made`` or ``renditions`` came along."""
    rows: Iterable[Rendition] = asset.made if asset.made is not None else asset.renditions.all()
    return sorted((row for row in rows if row.digest == asset.digest), key=lambda row: (row.width, row.format))


def picture(asset: Asset, *, shown: int = 960) -> Picture:
    """Return what is there of ``asset``. ``shown``: the width in pixels for browsers that know no ``srcset``."""
    rows = current(asset)
    jpegs = [row for row in rows if row.format == Rendition.Format.JPEG]
    if not jpegs:
        width = min(asset.width, max(WIDTHS))
        height = max(1, round(asset.height * width / asset.width))
        return Picture(width=width, height=height, src=placeholder(asset))
    usual = next((row for row in jpegs if row.width >= shown), jpegs[-1])
    # A browser takes the first type that it knows.
    kinds = [
        (kind, [row for row in rows if row.format == kind]) for kind in (Rendition.Format.AVIF, Rendition.Format.WEBP)
    ]
    return Picture(
        width=jpegs[-1].width,
        height=jpegs[-1].height,
        ready=True,
        src=address(usual),
        srcset=_srcset(jpegs),
        sources=tuple(Source(TYPES[kind], _srcset(files)) for kind, files in kinds if files),
        widest=address(jpegs[-1]),
    )


def _srcset(rows: Iterable[Rendition]) -> str:
    return ", ".join(f"{address(row)} {row.width}w" for row in rows)


@dataclass(frozen=True)
class Image:
    """One file at one displayed size, for mail. ``src`` is empty while nothing is made."""

    src: str
    width: int
    height: int


def fixed(asset: Asset, *, width: int) -> Image:
    """Return the JPEG to show ``width`` CSS pixels wide (less where the original is smaller): mail knows no srcset.

    The file is wide enough for a dense screen where there is one.
    """
    rows = [row for row in current(asset) if row.format == Rendition.Format.JPEG]
    if not rows:
        return Image("", width, max(1, round(asset.height * width / asset.width)))
    chosen = next((row for row in rows if row.width >= width * 3 // 2), rows[-1])
    shown = min(width, chosen.width)
    return Image(address(chosen), shown, max(1, round(chosen.height * shown / chosen.width)))


def lead(placement: ImagePlacement) -> dict[str, Any]:
    """What ``blocks/image/_picture.html`` gets for a story's lead picture."""
    return {
        "picture": picture(placement.asset, shown=1280),
        "alt": placement.alternative_text,
        "alternative_text": placement.alternative_text,
        "caption": placement.caption,
        "credit": placement.asset.printed_credit,
        "label": placement.asset.label,
        "sizes": LEAD_SIZES,
        "eager": True,
    }
