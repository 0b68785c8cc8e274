"""Parts of a picture in the shapes that lists, search engines and other sites ask for, around its focal point.

A crop's address names shape and focal point, so that it never means anything else; nobody can work it out who does not know
the picture's. Its file is made when it is first asked for (``cropping``): most pictures are never shown in most shapes.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from media_assets import pixels, renditions
from media_assets.models import Asset, ImagePlacement, Rendition
from media_assets.renditions import TYPES, WIDTHS, Picture, Source

MIDDLE = (50, 35)  # where nobody has said: faces and towers stand above the middle more often than below it


@dataclass(frozen=True)
class Shape:
    """``inside``: one of those that pages of ours show; else other sites do, at one width."""

    name: str
    across: int
    down: int
    label: str
    widths: tuple[int, ...] = WIDTHS
    inside: bool = True

    def box(self, width: int, height: int, focus: tuple[int, int]) -> tuple[int, int, int, int]:
        """The largest part of this shape around ``focus`` (hundredths): left, top, right and lower edge."""
        if width * self.down > height * self.across:
            across, down = max(1, round(height * self.across / self.down)), height
        else:
            across, down = width, max(1, round(width * self.down / self.across))
        left = min(max(0, round(width * focus[0] / 100 - across / 2)), width - across)
        top = min(max(0, round(height * focus[1] / 100 - down / 2)), height - down)
        return left, top, left + across, top + down


SHAPES = {
    shape.name: shape
    for shape in (
        Shape("16x9", 16, 9, "16:9"),
        Shape("4x3", 4, 3, "4:3"),
        Shape("1x1", 1, 1, "Square"),
        Shape("social", 40, 21, "Beside links", (1200,), inside=False),
    )
}


def focus(asset: Asset) -> tuple[int, int]:
    """The focal point, in hundredths of width and height."""
    if asset.focus_x is None or asset.focus_y is None:
        return MIDDLE
    return asset.focus_x, asset.focus_y


def box(asset: Asset, shape: Shape) -> tuple[int, int, int, int]:
    """What of ``asset`` is shown in ``shape``, in its own pixels."""
    return shape.box(asset.width, asset.height, focus(asset))


def part(asset: Asset, shape: Shape) -> str:
    """What stands in the address of a crop: "16x9-50-35"."""
    return f"{shape.name}-{focus(asset)[0]}-{focus(asset)[1]}"


def widths(asset: Asset, shape: Shape) -> list[int]:
    """The widths that it is made in, narrow to wide, none wider than the original's own pixels."""
    left, _, right, _ = box(asset, shape)
    return pixels.widths_of(right - left, shape.widths)


def height(shape: Shape, width: int) -> int:
    return max(1, round(width * shape.down / shape.across))


def address(asset: Asset, shape: Shape, width: int, kind: str) -> str:
    """The path of one file: /media/<digest>/<shape>-<x>-<y>/<width>.<extension>."""
    return f"{renditions.root()}{asset.digest}/{part(asset, shape)}/{width}.{kind}"


def picture(asset: Asset, shape: Shape, *, shown: int = 640) -> Picture:
    """``asset`` in ``shape``, as templates take it; ready as soon as the whole picture is. No query where its files came
    along."""
    each = widths(asset, shape)
    widest = each[-1]
    if not any(row.format == Rendition.Format.JPEG for row in renditions.current(asset)):
        return Picture(width=widest, height=height(shape, widest), src=renditions.placeholder(asset))

    def srcset(kind: str) -> str:
        return ", ".join(f"{address(asset, shape, width, kind)} {width}w" for width in each)

    usual = next((width for width in each if width >= shown), widest)
    jpeg = Rendition.Format.JPEG
    return Picture(
        width=widest,
        height=height(shape, widest),
        ready=True,
        src=address(asset, shape, usual, jpeg),
        srcset=srcset(jpeg),
        sources=tuple(Source(TYPES[kind], srcset(kind)) for kind in (Rendition.Format.AVIF, Rendition.Format.WEBP)),
        widest=address(asset, shape, widest, jpeg),
    )


class Crops:
    """The shapes of one picture, each worked out when a template asks for it."""

    def __init__(self, asset: Asset) -> None:
        self.asset = asset

    @functools.cached_property
    def wide(self) -> Picture:
        return picture(self.asset, SHAPES["16x9"])

    @functools.cached_property
    def plain(self) -> Picture:
        return picture(self.asset, SHAPES["4x3"])

    @functools.cached_property
    def square(self) -> Picture:
        return picture(self.asset, SHAPES["1x1"])


def structured(placement: ImagePlacement, *, base_url: str) -> list[dict[str, Any]]:
    """Return the schema.org ImageObjects of a placement, one for each shape that search engines ask for (16:9, 4:3, 1:1); []
    while no file is made. ``base_url``: scheme and host."""
    cuts = [picture(placement.asset, shape) for shape in SHAPES.values() if shape.inside]
    return [_structured(placement, shown, base_url) for shown in cuts if shown.ready]


def _structured(placement: ImagePlacement, shown: Picture, base_url: str) -> dict[str, Any]:
    asset = placement.asset
    said: dict[str, Any] = {
        "@type": "ImageObject",
        "contentUrl": f"{base_url}{shown.widest}",
        "url": f"{base_url}{shown.widest}",
        "width": shown.width,
        "height": shown.height,
        "caption": placement.caption or placement.alternative_text,
        "creditText": asset.credit,
    }
    if asset.source_type_address:
        said["digitalSourceType"] = asset.source_type_address
    if asset.creator:
        said["creator"] = {"@type": "Person", "name": asset.creator}
    if asset.copyright_notice:
        said["copyrightNotice"] = asset.copyright_notice
    agency = asset.agency
    # The file's own word before its agency's: a picture can be given under terms of its own.
    if licence := asset.licence_page or (agency.licence_page if agency else ""):
        said["license"] = licence
    if buying := asset.buying_page or (agency.buying_page if agency else ""):
        said["acquireLicensePage"] = buying
    return said
