"""A few tools for drawing the demo's stand-in pictures with Pillow: skies, ridges, trees, towers, light."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

Colour = tuple[int, int, int]
WIDTH, HEIGHT = 1920, 1200


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """Return the colour that lies ``share`` (0 to 1) of the way from ``a`` to ``b``."""
    return tuple(round(x + (y - x) * share) for x, y in zip(a, b, strict=True))  # type: ignore[return-value]


def sky(*colours: Colour, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Image.Image:
    """Return a picture that runs through the colours from top to bottom."""
    strip = Image.new("RGB", (1, len(colours)))
    strip.putdata(list(colours))
    return strip.resize((1, size[1]), Image.Resampling.BICUBIC).resize(size)


def glow(
    picture: Image.Image, centre: tuple[int, int], reach: tuple[int, int], colour: Colour, strength: float
) -> Image.Image:
    """Lay soft light over the picture.

    Args:
        centre: middle of the light in pixels.
        reach: half-width and half-height of the light in pixels.
        strength: 0 to 1.
    """
    small = (picture.width // 8, picture.height // 8)
    mask = Image.new("L", small, 0)
    (x, y), (w, h) = centre, reach
    ImageDraw.Draw(mask).ellipse([(x - w) // 8, (y - h) // 8, (x + w) // 8, (y + h) // 8], fill=round(255 * strength))
    mask = mask.filter(ImageFilter.GaussianBlur(max(w, h) / 15)).resize(picture.size, Image.Resampling.BICUBIC)
    return Image.composite(Image.new("RGB", picture.size, colour), picture, mask)


def ridge(draw: ImageDraw.ImageDraw, base: int, swing: int, colour: Colour, seed: int, rough: float = 1.0) -> None:
    """Draw land from a wavy line at ``base`` (pixels from the top) down to the lower edge."""
    rng = random.Random(seed)
    waves = [(rng.uniform(0.6, 1.2) * 2**k, rng.uniform(0, 6.3), rough**k / 2**k) for k in range(5)]
    line = []
    for x in range(0, WIDTH + 24, 24):
        lift = sum(share * math.sin(x / WIDTH * pace * 6.3 + start) for pace, start, share in waves)
        line.append((x, base - swing * lift))
    draw.polygon([(0, HEIGHT), *line, (WIDTH, HEIGHT)], fill=colour)


def crown(draw: ImageDraw.ImageDraw, x: float, y: float, size: float, colour: Colour, rng: random.Random) -> None:
    """Draw the leafy part of a tree around a point."""
    for _ in range(34):
        angle, far = rng.uniform(0, 6.3), size * math.sqrt(rng.random())
        radius = size * rng.uniform(0.16, 0.34)
        cx, cy = x + math.cos(angle) * far, y + math.sin(angle) * far * 0.78
        draw.ellipse([cx - radius, cy - radius, cx + radius, cy + radius], fill=colour)


def tree(draw: ImageDraw.ImageDraw, x: float, foot: float, height: float, colour: Colour, rng: random.Random) -> None:
    """Draw a whole tree that stands at ``foot``, ``height`` pixels tall."""
    trunk = height * 0.035
    draw.polygon(
        [
            (x - trunk, foot),
            (x - trunk * 0.6, foot - height * 0.6),
            (x + trunk * 0.6, foot - height * 0.6),
            (x + trunk, foot),
        ],
        fill=colour,
    )
    crown(draw, x, foot - height * 0.66, height * 0.3, colour, rng)


def tower(draw: ImageDraw.ImageDraw, x: float, foot: float, width: float, height: float, colour: Colour) -> None:
    """Draw a tower with battlements; ``x`` is its middle."""
    left, top = x - width / 2, foot - height
    draw.rectangle([left, top, left + width, foot], fill=colour)
    draw.rectangle([left - width * 0.06, top, left + width * 1.06, top + width * 0.16], fill=colour)
    teeth = max(3, round(width / 26))
    step = width * 1.12 / (teeth * 2 - 1)
    for tooth in range(teeth):
        at = left - width * 0.06 + tooth * 2 * step
        draw.rectangle([at, top - step * 1.1, at + step, top], fill=colour)


def arch(draw: ImageDraw.ImageDraw, x: float, foot: float, width: float, height: float, colour: Colour) -> None:
    """Draw a pointed arch standing on ``foot``."""
    left, right, spring = x - width / 2, x + width / 2, foot - height + width * 0.9
    points = [(left, foot), (left, spring)]
    for step in range(13):
        share = step / 12
        points.append((left + (x - left) * share, spring - width * 0.9 * math.sin(share * math.pi / 2)))
    for step in range(13):
        share = 1 - step / 12
        points.append((right - (right - x) * share, spring - width * 0.9 * math.sin(share * math.pi / 2)))
    draw.polygon([*points, (right, foot)], fill=colour)


def grain(picture: Image.Image, amount: int = 10) -> Image.Image:
    """Give flat colour the grain of print, so that gradients show no bands."""
    noise = Image.effect_noise((picture.width // 2, picture.height // 2), amount).resize(picture.size)
    layer = Image.merge("RGB", [noise] * 3)
    return Image.blend(picture, ImageChops.overlay(picture, layer), 0.55)


def say_stand_in(picture: Image.Image) -> Image.Image:
    """Write in the corner that this drawing stands in for a licensed picture."""
    draw = ImageDraw.Draw(picture, "RGBA")
    font = ImageFont.load_default(size=max(18, picture.width // 70))
    words = "Drawing: stands in for a licensed picture"
    left, top, right, bottom = draw.textbbox((0, 0), words, font=font)
    x, y = picture.width - (right - left) - 28, picture.height - (bottom - top) - 30
    draw.rectangle([x - 12, y - 8, picture.width, picture.height - 8], fill=(0, 0, 0, 130))
    draw.text((x, y - top), words, font=font, fill=(255, 255, 255, 235))
    return picture
