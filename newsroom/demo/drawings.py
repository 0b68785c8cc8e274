"""The demo's pictures: drawn here, so that the demo needs no licence; each says that it stands in for one."""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

from .canvas import (
    HEIGHT,
    WIDTH,
    arch,
    crown,
    glow,
    grain,
    mix,
    ridge,
    say_stand_in,
    sky,
    tower,
    tree,
)


def avenue() -> Image.Image:
    """A castle at the end of a tree-lined avenue at dusk."""
    rng = random.Random(4)
    picture = sky((58, 52, 92), (122, 84, 122), (214, 138, 122), (246, 196, 150), (250, 222, 178))
    picture = glow(picture, (960, 640), (620, 330), (255, 226, 170), 0.85)
    draw = ImageDraw.Draw(picture)
    ridge(draw, 690, 26, (142, 108, 128), 2)
    stone = (92, 72, 102)
    for x, width, height in [(800, 74, 150), (1128, 84, 170), (884, 54, 118), (1046, 60, 128), (960, 132, 232)]:
        tower(draw, x, 706, width, height, stone)
    draw.rectangle([760, 626, 1170, 708], fill=stone)
    draw.line([(960, 474), (960, 396)], fill=stone, width=5)
    draw.polygon([(960, 398), (1012, 412), (960, 428)], fill=(150, 52, 74))
    for x, y in [(938, 560), (978, 560), (804, 610), (1128, 600), (888, 640), (1042, 640)]:
        draw.rectangle([x, y, x + 9, y + 18], fill=(255, 214, 140))
    draw.rectangle([0, 702, WIDTH, HEIGHT], fill=(70, 66, 70))
    draw.polygon([(930, 704), (990, 704), (1310, HEIGHT), (610, HEIGHT)], fill=(206, 168, 140))
    draw.polygon([(952, 704), (968, 704), (1040, HEIGHT), (880, HEIGHT)], fill=(228, 196, 162))
    for row in range(11):
        near = (row / 10) ** 2.1
        colour = mix((104, 82, 104), (30, 26, 40), near)
        for side in (-1, 1):
            tree(draw, 960 + side * (64 + near * 900), 712 + near * 460, 150 + near * 980, colour, rng)
    return glow(picture, (960, 700), (220, 90), (255, 232, 190), 0.5)


def chapel() -> Image.Image:
    """Light falling through tall windows on to a stone floor."""
    picture = sky((38, 34, 46), (52, 46, 58), (66, 58, 66), (60, 54, 58))
    draw = ImageDraw.Draw(picture)
    draw.rectangle([0, 840, WIDTH, HEIGHT], fill=(84, 74, 74))
    for y in range(860, HEIGHT, 46):
        draw.line([(0, y), (WIDTH, y)], fill=(74, 64, 66), width=2)
    for x in range(-600, WIDTH + 600, 150):
        draw.line([(960 + (x - 960) * 0.55, 840), (960 + (x - 960) * 1.5, HEIGHT)], fill=(74, 64, 66), width=2)
    light = Image.new("L", picture.size, 0)
    beam = ImageDraw.Draw(light)
    for x in (330, 750, 1170, 1590):
        arch(draw, x, 780, 240, 640, (28, 24, 34))
        arch(draw, x, 766, 208, 606, (246, 222, 170))
        draw.rectangle([x - 5, 190, x + 5, 766], fill=(52, 44, 54))
        for y in (330, 470, 610):
            draw.rectangle([x - 104, y, x + 104, y + 8], fill=(52, 44, 54))
        for number, tint in enumerate([(150, 60, 90), (70, 84, 150), (200, 150, 70), (84, 120, 96)]):
            draw.rectangle([x - 92 + number * 48, 486, x - 60 + number * 48, 602], fill=tint)
        beam.polygon([(x - 100, 180), (x + 100, 180), (x + 560, 1180), (x + 180, 1180)], fill=70)
        beam.polygon([(x + 160, 900), (x + 350, 900), (x + 560, 1180), (x + 200, 1180)], fill=150)
    light = light.filter(ImageFilter.GaussianBlur(26))
    picture = Image.composite(Image.new("RGB", picture.size, (255, 226, 172)), picture, light)
    draw = ImageDraw.Draw(picture)
    for side in (0, 1):
        for row in range(5):
            y, grow = 860 + row * 74, 1 + row * 0.34
            x = 110 - row * 40 if side == 0 else 1810 + row * 40
            draw.rectangle([x - 120 * grow, y - 60 * grow, x + 120 * grow, y], fill=(32, 26, 32))
    return picture


def garden() -> Image.Image:
    """Clipped yews and long borders in June."""
    rng = random.Random(11)
    picture = sky((150, 190, 214), (196, 220, 226), (236, 238, 222), (246, 240, 214))
    draw = ImageDraw.Draw(picture)
    ridge(draw, 470, 40, (164, 186, 168), 7)
    ridge(draw, 540, 34, (120, 152, 122), 9)
    for x in range(-20, WIDTH, 96):
        crown(draw, x + rng.uniform(-20, 20), 600, 70, (84, 118, 86), rng)
    draw.rectangle([0, 640, WIDTH, HEIGHT], fill=(128, 160, 92))
    for stripe in range(-14, 15):
        if stripe % 2:
            draw.polygon(
                [
                    (960 + stripe * 24, 640),
                    (960 + (stripe + 1) * 24, 640),
                    (960 + (stripe + 1) * 130, HEIGHT),
                    (960 + stripe * 130, HEIGHT),
                ],
                fill=(140, 172, 102),
            )
    for row in range(9):
        near = (row / 8) ** 1.7
        for side in (-1, 1):
            x, foot, size = 960 + side * (250 + near * 640), 664 + near * 420, 60 + near * 300
            colour = mix((72, 104, 78), (34, 62, 46), near)
            draw.polygon([(x - size * 0.42, foot), (x, foot - size * 1.5), (x + size * 0.42, foot)], fill=colour)
            draw.rectangle([x - size * 0.05, foot, x + size * 0.05, foot + size * 0.14], fill=(64, 50, 40))
    blooms = [(214, 92, 120), (240, 202, 214), (148, 92, 160), (250, 238, 226), (226, 158, 84), (180, 60, 84)]
    for _ in range(2600):
        side, near = rng.choice((-1, 1)), rng.random() ** 0.7
        x = 960 + side * (420 + near * 900 + rng.uniform(-90, 160) * near)
        y, size = 690 + near * 500 + rng.uniform(-30, 30), 4 + near * 17
        leaf = rng.random() < 0.45
        colour = (70, 108, 66) if leaf else rng.choice(blooms)
        draw.ellipse([x - size, y - size, x + size, y + size], fill=colour)
    return glow(picture, (1500, 160), (520, 300), (255, 250, 226), 0.6)


def oaks() -> Image.Image:
    """Old oaks in morning mist."""
    rng = random.Random(21)
    picture = sky((196, 204, 206), (216, 216, 208), (232, 222, 204), (214, 206, 186))
    picture = glow(picture, (1320, 420), (300, 260), (255, 244, 214), 0.9)
    for layer in range(6):
        share = layer / 5
        draw = ImageDraw.Draw(picture)
        colour = mix((190, 192, 184), (46, 52, 46), share**1.2)
        ridge(draw, 640 + layer * 84, 22, mix(colour, (150, 150, 120), 0.2), layer + 30)
        for _ in range(7 - layer):
            x, size = rng.uniform(-60, WIDTH + 60), 230 + share * 560
            tree(draw, x, 690 + layer * 84, size, colour, rng)
        if layer < 4:
            picture = glow(picture, (960, 760 + layer * 80), (1200, 90), (226, 220, 206), 0.55)
    return picture


def banquet() -> Image.Image:
    """Candles along a laid table."""
    picture = sky((26, 16, 24), (44, 22, 32), (64, 32, 38), (40, 22, 28))
    rng = random.Random(5)
    for lamp in range(120, WIDTH, 240):
        picture = glow(picture, (lamp, 300), (90, 160), (120, 66, 48), 0.45)
    draw = ImageDraw.Draw(picture)
    draw.polygon([(760, 620), (1160, 620), (2300, HEIGHT), (-380, HEIGHT)], fill=(226, 212, 196))
    draw.polygon([(940, 620), (980, 620), (1180, HEIGHT), (740, HEIGHT)], fill=(122, 34, 56))
    flames = []
    for row in range(10):
        near = (row / 9) ** 2
        y, size = 630 + near * 480, 8 + near * 50
        for side in (-1, 1):
            x = 960 + side * (46 + near * 300)
            draw.rectangle([x - size * 0.16, y - size * 4.6, x + size * 0.16, y], fill=(244, 236, 220))
            draw.ellipse([x - size * 0.7, y - size * 0.2, x + size * 0.7, y + size * 0.2], fill=(182, 142, 80))
            flames.append((x, y - size * 5.1, size))
            plate = 960 + side * (120 + near * 800)
            draw.ellipse([plate - size * 2, y - size * 0.5, plate + size * 2, y + size * 0.7], fill=(248, 242, 234))
            draw.ellipse([plate - size * 1.4, y - size * 0.3, plate + size * 1.4, y + size * 0.5], fill=(220, 204, 190))
            for _ in range(5):
                cx, cy = 960 + rng.uniform(-30, 30) * (1 + near * 4), y - rng.uniform(0, size * 1.6)
                draw.ellipse(
                    [cx - size * 0.5, cy - size * 0.5, cx + size * 0.5, cy + size * 0.5],
                    fill=rng.choice([(206, 96, 116), (236, 196, 200), (92, 118, 82)]),
                )
    for x, y, size in flames:
        picture = glow(picture, (round(x), round(y)), (round(size * 5), round(size * 5)), (255, 196, 120), 0.5)
    draw = ImageDraw.Draw(picture)
    for x, y, size in flames:
        draw.ellipse([x - size * 0.28, y - size * 0.7, x + size * 0.28, y + size * 0.5], fill=(255, 240, 200))
    return picture


def hat() -> Image.Image:
    """A wide hat on a stand."""
    picture = sky((222, 206, 198), (232, 218, 208), (214, 194, 184), (196, 172, 164))
    picture = glow(picture, (600, 420), (620, 480), (250, 240, 230), 0.8)
    draw = ImageDraw.Draw(picture)
    draw.rectangle([0, 980, WIDTH, HEIGHT], fill=(150, 116, 112))
    draw.rectangle([950, 640, 970, 1010], fill=(92, 68, 66))
    draw.ellipse([820, 988, 1100, 1040], fill=(92, 68, 66))
    shade, body, band = (92, 34, 62), (134, 48, 88), (238, 206, 190)
    draw.ellipse([360, 560, 1560, 760], fill=shade)
    draw.ellipse([340, 530, 1580, 724], fill=body)
    draw.ellipse([690, 300, 1230, 520], fill=body)
    draw.rectangle([690, 408, 1230, 610], fill=body)
    draw.ellipse([690, 540, 1230, 680], fill=body)
    draw.polygon([(690, 520), (1230, 520), (1230, 610), (1196, 646), (960, 676), (724, 646), (690, 610)], fill=band)
    for leaf in range(9):
        angle = -0.5 - leaf * 0.17
        x, y = 1180 + math.cos(angle) * 120, 560 + math.sin(angle) * 120
        tip = (1180 + math.cos(angle) * 420, 560 + math.sin(angle) * (300 + leaf * 20))
        draw.line([(1180, 580), tip], fill=mix(body, (250, 232, 224), 0.35 + leaf * 0.06), width=16 - leaf)
        draw.ellipse([x - 12, y - 12, x + 12, y + 12], fill=band)
    return glow(picture, (760, 380), (240, 110), (222, 140, 176), 0.4)


def gates() -> Image.Image:
    """Palace gates before a crowd of lights."""
    rng = random.Random(9)
    picture = sky((22, 26, 52), (48, 44, 82), (112, 74, 104), (196, 118, 110))
    draw = ImageDraw.Draw(picture)
    stone = (62, 52, 78)
    draw.rectangle([180, 470, 1740, 880], fill=stone)
    draw.polygon([(760, 470), (960, 380), (1160, 470)], fill=stone)
    for column in range(13):
        x = 236 + column * 116
        for y in (530, 640, 750):
            lit = rng.random() < 0.6
            draw.rectangle([x, y, x + 44, y + 66], fill=(255, 214, 146) if lit else (44, 38, 62))
    for _ in range(900):
        across, down = rng.uniform(0, WIDTH), rng.uniform(900, HEIGHT)
        size = 3 + (down - 880) / 320 * 12
        coat = mix((30, 26, 42), (16, 14, 24), rng.random())
        draw.ellipse([across - size * 2, down - size * 2, across + size * 2, down + size * 5], fill=coat)
        if rng.random() < 0.4:
            draw.ellipse([across - size / 2, down - size * 3, across + size / 2, down - size * 2], fill=(255, 222, 160))
    for x in range(60, WIDTH, 60):
        draw.rectangle([x, 560, x + 8, HEIGHT], fill=(12, 12, 22))
        draw.polygon([(x - 7, 562), (x + 4, 524), (x + 15, 562)], fill=(214, 168, 84))
    for y in (640, 1040):
        draw.rectangle([0, y, WIDTH, y + 12], fill=(12, 12, 22))
    for x in (560, 1360):
        draw.rectangle([x - 46, 430, x + 46, HEIGHT], fill=(28, 24, 40))
        draw.ellipse([x - 40, 350, x + 40, 430], fill=(255, 226, 168))
    picture = glow(picture, (560, 390), (180, 180), (255, 214, 150), 0.6)
    return glow(picture, (1360, 390), (180, 180), (255, 214, 150), 0.6)


def lake() -> Image.Image:
    """A swan on still water under the moon."""
    picture = sky((18, 28, 48), (34, 52, 76), (78, 100, 116), (132, 146, 144), (70, 90, 100), (26, 40, 54))
    picture = glow(picture, (1390, 250), (150, 150), (236, 240, 232), 0.55)
    draw = ImageDraw.Draw(picture)
    draw.ellipse([1330, 190, 1450, 310], fill=(244, 244, 232))
    far = Image.new("RGB", picture.size, (34, 50, 62))
    mask = Image.new("L", picture.size, 0)
    ridge(ImageDraw.Draw(mask), 600, 46, 255, 44)  # type: ignore[arg-type]
    ImageDraw.Draw(mask).rectangle([0, 668, WIDTH, HEIGHT], fill=0)
    picture.paste(far, mask=mask)
    draw = ImageDraw.Draw(picture)
    rng = random.Random(3)
    for step in range(90):
        y = 690 + step * 5.6
        width = rng.uniform(20, 120) * (1 + step / 60)
        x = 1390 + rng.uniform(-1, 1) * (10 + step * 2.4)
        draw.line(
            [(x - width, y), (x + width, y)], fill=mix((90, 110, 118), (214, 222, 214), rng.random() * 0.8), width=3
        )
    white, shade = (236, 238, 234), (176, 186, 190)
    draw.ellipse([520, 840, 900, 980], fill=white)
    draw.polygon([(820, 850), (980, 800), (880, 930)], fill=shade)
    draw.ellipse([620, 820, 880, 930], fill=shade)
    neck = [(560, 900), (500, 840), (480, 760), (520, 690), (570, 664)]
    draw.line(neck, fill=white, width=44, joint="curve")
    draw.ellipse([548, 632, 622, 690], fill=white)
    draw.polygon([(614, 650), (674, 668), (616, 680)], fill=(216, 122, 58))
    draw.ellipse([520, 960, 900, 1010], fill=(96, 116, 124))
    return picture.filter(ImageFilter.GaussianBlur(0.8))


def library() -> Image.Image:
    """Shelves of old books, one lamp."""
    rng = random.Random(17)
    picture = sky((44, 28, 24), (58, 36, 30), (48, 30, 26))
    draw = ImageDraw.Draw(picture)
    spines = [(112, 40, 46), (52, 68, 62), (150, 112, 66), (62, 48, 78), (178, 154, 116), (40, 52, 82), (92, 58, 40)]
    for shelf in range(4):
        floor = 280 + shelf * 290
        x = 20
        while x < WIDTH:
            width, height = rng.randint(24, 66), rng.randint(170, 240)
            colour = mix(rng.choice(spines), (30, 20, 18), rng.uniform(0, 0.35))
            draw.rectangle([x, floor - height, x + width - 3, floor], fill=colour)
            gold = mix(colour, (236, 204, 130), 0.6)
            for band in (0.16, 0.22, 0.8):
                draw.rectangle([x, floor - height * band - 3, x + width - 3, floor - height * band], fill=gold)
            x += width
        draw.rectangle([0, floor, WIDTH, floor + 30], fill=(30, 18, 16))
    picture = glow(picture, (520, 520), (620, 520), (255, 206, 136), 0.42)
    draw = ImageDraw.Draw(picture)
    draw.polygon([(400, 560), (640, 560), (590, 410), (450, 410)], fill=(44, 92, 74))
    draw.rectangle([510, 560, 530, 1090], fill=(170, 132, 66))
    draw.ellipse([410, 1060, 630, 1120], fill=(150, 112, 54))
    return glow(picture, (520, 610), (180, 90), (255, 236, 190), 0.8)


def book() -> Image.Image:
    """The cover of a memoir, as a shape: a face would need a licence."""
    size = (800, 1200)
    picture = sky((206, 190, 170), (188, 168, 146), (160, 138, 118), size=size)
    draw = ImageDraw.Draw(picture)
    draw.ellipse([250, 330, 550, 690], fill=(126, 98, 78))
    draw.polygon([(110, 1200), (170, 880), (400, 760), (630, 880), (690, 1200)], fill=(74, 62, 66))
    draw.rectangle([0, 0, 26, 1200], fill=(120, 100, 84))
    draw.rectangle([140, 120, 660, 132], fill=(74, 62, 66))
    draw.rectangle([240, 172, 560, 228], fill=(74, 62, 66))
    return glow(picture, (300, 320), (260, 260), (250, 236, 214), 0.35)


SCENES: dict[str, Callable[[], Image.Image]] = {
    scene.__name__: scene for scene in (avenue, chapel, garden, oaks, banquet, hat, gates, lake, library, book)
}


def drawing(name: str) -> bytes:
    """Return one picture as a JPEG file.

    Args:
        name: a key of ``SCENES``.
    Raises:
        KeyError: there is no such scene.
    """
    picture = say_stand_in(grain(SCENES[name]()))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()
