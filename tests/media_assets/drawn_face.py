"""A face that nobody has: shaded as a detector of gradients expects one, and drawn here."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageFilter

SKIN, HAIR, SHADE = (225, 180, 155), (60, 40, 30), (205, 158, 132)


def face(size: int = 240) -> Image.Image:
    """A face in the middle of a square of ``size`` pixels."""
    scale = size / 480
    picture = Image.new("RGB", (size, size), (120, 130, 125))
    draw = ImageDraw.Draw(picture)

    def at(*edges: float) -> list[float]:
        return [edge * scale for edge in edges]

    draw.ellipse(at(105, 60, 375, 400), HAIR)
    draw.rectangle(at(200, 360, 280, 470), (190, 140, 115))
    draw.ellipse(at(130, 95, 350, 405), SKIN)
    draw.chord(at(120, 70, 360, 240), 180, 360, HAIR)
    for x in (165, 265):
        draw.rounded_rectangle(at(x, 195, x + 55, 205), 5 * scale, (70, 45, 35))
    for x in (168, 264):
        draw.ellipse(at(x, 215, x + 48, 243), (250, 248, 245))
        draw.ellipse(at(x + 13, 214, x + 37, 242), (60, 50, 45))
        draw.arc(at(x, 212, x + 48, 246), 180, 360, (50, 35, 30), max(1, round(4 * scale)))
    draw.polygon(at(240, 240, 218, 302, 262, 302), SHADE)
    draw.ellipse(at(218, 290, 262, 312), (200, 150, 125))
    for x in (222, 246):
        draw.ellipse(at(x, 298, x + 12, 308), (120, 80, 70))
    draw.ellipse(at(195, 330, 285, 362), (170, 80, 80))
    draw.line(at(198, 345, 282, 345), (110, 45, 45), max(1, round(5 * scale)))
    return picture.filter(ImageFilter.GaussianBlur(2 * scale))


def crowd(width: int, height: int, *faces: tuple[int, int, int]) -> bytes:
    """A JPEG with faces, each as left edge, top edge and size in pixels."""
    picture, out = Image.new("RGB", (width, height), (120, 130, 125)), io.BytesIO()
    for left, top, size in faces:
        picture.paste(face(size), (left, top))
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()
