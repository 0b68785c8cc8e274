"""Which pictures look alike. Found for a person to decide; nothing follows by itself.

A difference hash says of 64 places whether it gets lighter to the right. The same picture, saved smaller or again, differs
in a few of the bits, another in 25 to 30. A cut moves the places: so each picture is hashed whole and cut by a twentieth
and by a tenth, and the whole of one is compared with all three of the other.

The index holds each hash in four parts of 16 bits. Two hashes that differ in at most eleven bits have a part in which
they differ in at most two: looking up every part with up to two bits changed finds all of them, and reads a handful of rows
in a thousand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from django.db import connection
from PIL import Image

from media_assets.models import Likeness, Resemblance

NEAR = 10  # bits
SHOWN = 4  # the nearest ones; a burst of twenty frames would fill the page
CANDIDATES = 20_000
_CUT = 4 << 16  # the keys of a cut stand beside those of wholes
# One look into the index for each key. Asked whether two arrays overlap, PostgreSQL takes them for common and reads every
# row, comparing each key with each: 25 seconds at a hundred thousand pictures.
_LOOK = """
SELECT found.asset_id, found.hashes FROM unnest(%s::integer[]) AS wanted(key)
CROSS JOIN LATERAL (
    SELECT asset_id, hashes FROM media_assets_likeness WHERE keys @> ARRAY[wanted.key]
) AS found WHERE found.asset_id <> %s LIMIT %s
"""
_CUTS = (0.0, 0.025, 0.05)  # from each side
# A part as it is, with one bit changed, with two.
_FLIPS = [0, *(1 << bit for bit in range(16)), *((1 << a) | (1 << b) for a, b in combinations(range(16), 2))]
# A fog or a plain ground has hardly a bit set, and looks like every other.
_PLAIN = range(6, 59)


@dataclass(frozen=True)
class Alike:
    """A picture that looks like another: its id, and in how many bits of 64 they differ."""

    asset_id: int
    distance: int


def hashes_of(picture: Image.Image) -> list[int]:
    """The difference hashes of a picture, whole and cut; [] where it is too plain to tell. Signed, as PostgreSQL has them."""
    grey = picture.convert("L")
    made = []
    for cut in _CUTS:
        across, down = round(grey.width * cut), round(grey.height * cut)
        part = grey.crop((across, down, grey.width - across, grey.height - down)) if cut else grey
        made.append(_hash(part))
    return [_signed(one) for one in made] if made[0].bit_count() in _PLAIN else []


def _hash(grey: Image.Image) -> int:
    small = grey.resize((9, 8), Image.Resampling.LANCZOS).tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            bits = bits << 1 | (small[row * 9 + column] < small[row * 9 + column + 1])
    return bits


def keep(asset_id: int, hashes: Sequence[int]) -> None:
    """Store what a picture looks like; of one that is too plain to tell that it was looked at."""
    Likeness.objects.update_or_create(asset_id=asset_id, defaults={"hashes": list(hashes), "keys": keys_of(hashes)})


def keys_of(hashes: Sequence[int]) -> list[int]:
    """What the index holds of a picture: the parts of its whole, and those of its cuts; [] of one too plain to tell."""
    if not hashes:
        return []
    cuts = {key + _CUT for one in hashes[1:] for key in _keys(one)}
    return sorted({*_keys(hashes[0]), *cuts})


def near(hashes: Sequence[int], *, but: int = 0) -> list[Alike]:
    """The pictures most like one with these hashes, without the asset ``but``; one query."""
    if not hashes:
        return []
    # The whole is looked for among wholes and cuts, a cut among wholes.
    probes = {key ^ flip for one in hashes for key in _keys(one) for flip in _FLIPS}
    probes |= {(key ^ flip) + _CUT for key in _keys(hashes[0]) for flip in _FLIPS}
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, [sorted(probes), but, CANDIDATES])
        rows = dict(cursor.fetchall())
    alike = [Alike(pk, distance) for pk, of in rows.items() if (distance := _distance(hashes, of)) <= NEAR]
    return sorted(alike, key=lambda one: (one.distance, one.asset_id))[:SHOWN]


def look(asset_id: int, *, at: datetime) -> None:
    """Look for pictures like this one and write the pairs down, each once."""
    mine = Likeness.objects.filter(asset=asset_id).values_list("hashes", flat=True).first()
    pairs = [
        Resemblance(
            newer_id=max(asset_id, one.asset_id),
            older_id=min(asset_id, one.asset_id),
            distance=one.distance,
            found_at=at,
        )
        for one in near(mine or [], but=asset_id)
    ]
    Resemblance.objects.bulk_create(pairs, ignore_conflicts=True)


def _keys(signed: int) -> Iterator[int]:
    bits = signed & (2**64 - 1)
    for part in range(4):
        yield part << 16 | (bits >> 16 * part) & 0xFFFF


def _distance(mine: Sequence[int], others: Sequence[int]) -> int:
    pairs: Iterable[tuple[int, int]] = [
        *((mine[0], other) for other in others),
        *((one, others[0]) for one in mine[1:]),
    ]
    return min(((one ^ other) & (2**64 - 1)).bit_count() for one, other in pairs)


def _signed(bits: int) -> int:
    return bits - 2**64 if bits >= 2**63 else bits
