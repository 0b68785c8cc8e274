"""Whatever the original was: upright, sRGB, on white, at the right sizes."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image, ImageCms

from media_assets import renditions, storage
from tests.factories import media_assets as make
from tests.media_assets import quirky
from tests.media_assets.made import files, opened, taken

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("size", "widths"),
    [
        ((2400, 1500), [320, 640, 960, 1280, 1920]),
        ((1920, 1200), [320, 640, 960, 1280, 1920]),
        ((1200, 800), [320, 640, 960, 1200]),
        ((320, 200), [320]),
        ((200, 100), [200]),
    ],
)
def test_five_widths_in_three_formats_and_none_larger_than_the_original(
    size: tuple[int, int], widths: list[int]
) -> None:
    asset = taken(make.picture_bytes(*size))
    rows = renditions.current(asset)
    assert [row.width for row in rows if row.format == "jpg"] == widths
    assert [row.width for row in rows if row.format == "webp"] == widths
    assert [row.width for row in rows if row.format == "avif"] == widths
    for row in rows:
        picture = opened(asset, f"{row.width}.{row.format}")
        assert picture.size == (row.width, row.height)
        assert abs(row.height - size[1] * row.width / size[0]) <= 0.5
        assert picture.format == {"jpg": "JPEG", "webp": "WEBP", "avif": "AVIF"}[row.format]
        assert row.bytes == len(files(asset)[f"{row.width}.{row.format}"])


def near(picture: Image.Image, at: tuple[float, float], colour: tuple[int, int, int], by: int = 12) -> bool:
    seen = picture.convert("RGB").getpixel((int(at[0] * picture.width), int(at[1] * picture.height)))
    assert isinstance(seen, tuple)
    return all(abs(one - other) <= by for one, other in zip(seen, colour, strict=True))


def quarters(*colours: tuple[int, int, int]) -> Image.Image:
    """Top left, top right, bottom left, bottom right."""
    picture = Image.new("RGB", (600, 400))
    for number, colour in enumerate(colours):
        picture.paste(colour, (number % 2 * 300, number // 2 * 200, number % 2 * 300 + 300, number // 2 * 200 + 200))
    return picture


RED, GREEN, BLUE, WHITE = (200, 30, 30), (30, 160, 40), (40, 50, 200), (250, 250, 250)
TURNED = {1: RED, 2: GREEN, 3: WHITE, 4: BLUE, 5: RED, 6: BLUE, 7: WHITE, 8: GREEN}  # what is then at the top left


@pytest.mark.parametrize("file_format", ["JPEG", "TIFF", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_stand_upright(orientation: int, file_format: str) -> None:
    out = io.BytesIO()
    options = {"quality": 95} if file_format in ("JPEG", "WEBP") else {}
    quarters(RED, GREEN, BLUE, WHITE).save(out, file_format, exif=quirky.exif(orientation=orientation), **options)
    asset = taken(out.getvalue(), f"a.{file_format.lower()}")
    sideways = orientation >= 5
    assert (asset.width, asset.height) == ((400, 600) if sideways else (600, 400))
    picture = opened(asset, "320.jpg")
    assert picture.size == ((320, 480) if sideways else (320, 213))
    assert near(picture, (0.2, 0.2), TURNED[orientation])
    with storage.preview(asset.sha256).opened() as file, Image.open(file) as small:
        assert near(small, (0.2, 0.2), TURNED[orientation])


def encoded(picture: Image.Image, file_format: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, file_format, **options)
    return out.getvalue()


def test_colours_of_another_profile_become_srgb() -> None:
    """The numbers of another profile, shown as they are, would be other colours."""
    swapped = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    lab = ImageCms.profileToProfile(
        quarters(RED, GREEN, BLUE, WHITE), ImageCms.createProfile("sRGB"), swapped.profile, outputMode="LAB"
    )
    assert lab is not None
    asset = taken(encoded(lab, "TIFF", icc_profile=swapped.tobytes()), "a.tif")
    picture = opened(asset, "320.jpg")
    assert near(picture, (0.2, 0.2), RED)
    assert near(picture, (0.8, 0.2), GREEN)
    assert "icc_profile" not in picture.info


def test_cmyk_with_no_profile_and_with_a_wrong_one() -> None:
    wrong = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for options in ({}, {"icc_profile": wrong}, {"icc_profile": b"not a profile at all"}):
        cmyk = quarters(RED, GREEN, BLUE, WHITE).convert("CMYK")
        asset = taken(encoded(cmyk, "JPEG", quality=95, comment=str(options).encode(), **options))
        picture = opened(asset, "320.jpg")
        assert picture.mode == "RGB"
        assert near(picture, (0.2, 0.2), RED, by=30)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "RGBA", "PA"])
def test_every_mode_becomes_rgb_on_white(mode: str) -> None:
    picture = Image.new("RGBA", (600, 400), (0, 0, 0, 0))
    picture.paste((20, 20, 20, 255), (0, 200, 600, 400))
    if mode == "PA":
        picture = picture.convert("RGBA").quantize(8)
        data = encoded(picture, "PNG")
    elif mode in ("LA", "RGBA"):
        data = encoded(picture.convert(mode), "PNG")
    else:
        flat = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
        data = encoded(flat.convert(mode), "PNG")
    shown = opened(taken(data, "a.png"), "320.jpg")
    assert shown.mode == "RGB"
    assert near(shown, (0.5, 0.2), (255, 255, 255))
    assert near(shown, (0.5, 0.8), (20, 20, 20), by=25)


@pytest.mark.parametrize(
    ("mode", "file_format", "most"), [("I;16", "PNG", 65535), ("I;16", "TIFF", 65535), ("F", "TIFF", 255)]
)
def test_grey_of_sixteen_bits_keeps_its_shades(mode: str, file_format: str, most: int) -> None:
    picture = Image.new(mode, (600, 400), most // 2 if mode != "F" else most / 2)
    picture.paste(most, (300, 0, 600, 400))
    shown = opened(taken(encoded(picture, file_format), f"a.{file_format.lower()}"), "320.jpg")
    assert near(shown, (0.2, 0.5), (127, 127, 127))
    assert near(shown, (0.8, 0.5), (255, 255, 255))


def test_a_picture_of_one_pixel() -> None:
    asset = taken(encoded(Image.new("RGB", (1, 1), RED), "PNG"), "a.png")
    assert [row.width for row in renditions.current(asset)] == [1, 1, 1]


def test_a_line_of_a_picture_keeps_a_height() -> None:
    asset = taken(make.picture_bytes(4000, 2, file_format="PNG"), "a.png")
    assert {row.height for row in renditions.current(asset)} == {1}
