"""How fast the files that readers get are made, beside Pillow used as its documentation shows it: renditions a minute of one core.

Both make the same files of the same originals: five widths in JPEG, WebP and AVIF, at the same qualities. The naive one opens
the original for each file, resizes it and saves it, as a library does that knows one rendition at a time. Ours is what the
worker runs: one decoding at a half or a quarter, each width cut from the next wider one, the credit stamped in. By turns in
one process on one core, the median of the rounds. ``ROUNDS`` sets how many.

    python -m tests.benchmarks.pictures
"""

from __future__ import annotations

import io
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageChops

ROUNDS = int(os.environ.get("ROUNDS") or 5)
SIZES = ((6000, 4000), (4000, 6000), (5472, 3648))  # cameras of the agencies
WIDTHS = (320, 640, 960, 1280, 1920)
ASKED = 2.5


def photograph(width: int, height: int, seed: int) -> bytes:
    """A JPEG as detailed as a photograph: noise in octaves, each twice as fine and half as strong, and a little grain."""
    picture = Image.new("RGB", (width, height), (120 + seed * 8, 128, 136))
    for octave in range(2, 9):
        fine = (2**octave * 3 // 2, 2**octave)
        noise = Image.merge("RGB", [Image.effect_noise(fine, 40 / (octave - 1)) for _ in range(3)])
        picture = ImageChops.add(picture, noise.resize((width, height), Image.Resampling.BICUBIC), offset=-128)
    grain = Image.merge("RGB", [Image.effect_noise((width, height), 3)] * 3)
    out = io.BytesIO()
    ImageChops.add(picture, grain, offset=-128).save(out, "JPEG", quality=90)
    return out.getvalue()


def naive(path: Path, into: Path, **avif: int) -> int:
    """Open, resize, save: one file after the other, at Pillow's own speed for AVIF unless another is asked for."""
    made = 0
    for width in WIDTHS:
        for kind, options in (
            ("jpg", {"quality": 80}),
            ("webp", {"quality": 78}),
            ("avif", {"quality": 50, "max_threads": 1, **avif}),
        ):
            with Image.open(path) as original:
                height = round(original.height * width / original.width)
                smaller = original.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
                smaller.save(into / f"{width}.{kind}", **options)
            made += 1
    return made


def as_quick(path: Path, into: Path) -> int:
    """The naive way with the encoders as quick as ours: what is left is how the work is laid out."""
    return naive(path, into, speed=9)


def ours(path: Path, into: Path) -> int:
    """The two steps of ``making``: what is seen first, then AVIF, each with a decoding of its own."""
    from media_assets import making, pixels, stamp

    credit, made = stamp.Credit(line="Getty Images", creator="Anna Meyer", notice="© Getty Images"), 0
    for formats in (making.FIRST, making.LATER):
        for width, height, picture in pixels.cascade(path, WIDTHS):
            for kind in formats:
                encoded = getattr(pixels, making._ENCODERS[kind])(picture)
                (into / f"{width}.{kind.value}").write_bytes(
                    making.stamped(encoded, kind, credit, width=width, height=height)
                )
                made += 1
    return made


def timed(make: Callable[[Path, Path], int], originals: list[Path], into: Path) -> tuple[float, float]:
    """Files a minute of processor time, and the seconds of it that an original took."""
    began = time.process_time()
    made = sum(make(path, into) for path in originals)
    took = time.process_time() - began
    return made * 60 / took, took / len(originals)


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    django.setup()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        place, rates = Path(folder), {"naive": [], "as_quick": [], "ours": []}  # type: dict[str, list[float]]
        originals = []
        for number, size in enumerate(SIZES):
            originals.append(place / f"{number}.original")
            originals[-1].write_bytes(photograph(*size, seed=number))
        took = {}
        for name in rates:
            (place / name).mkdir()
        for round_ in range(ROUNDS):
            for name, make in (("naive", naive), ("as_quick", as_quick), ("ours", ours))[:: 1 if round_ % 2 else -1]:
                rate, took[name] = timed(make, originals, place / name)
                rates[name].append(rate)
        for path in sorted((place / "ours").iterdir()):
            theirs = place / "naive" / path.name
            print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB, naive {theirs.stat().st_size / 1000:.0f} kB")
    print(f"figure: renditions_a_minute = {statistics.median(rates['ours']):.0f} files of one core")
    print(f"figure: renditions_a_minute_naive = {statistics.median(rates['naive']):.0f} files of one core")
    print(f"figure: seconds_of_a_picture = {took['ours']:.2f} s, naive {took['naive']:.2f} s")
    ratio, same = (
        statistics.median(own / other for own, other in zip(rates["ours"], rates[name], strict=True))
        for name in ("naive", "as_quick")
    )
    print(f"figure: renditions_vs_naive_as_quick = {same:.2f} ratio")
    print(f"figure: renditions_vs_naive = {ratio:.2f} ratio")
    if ratio < ASKED:
        raise SystemExit(f"Less than {ASKED} times as fast as Pillow used plainly.")


if __name__ == "__main__":
    main()
