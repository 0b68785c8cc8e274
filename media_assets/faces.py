"""Where the faces in a picture are, if the packages for that are installed (the extra ``faces``).

dlib's frontal detector (histograms of gradients) is inside its wheel: no model to fetch, no network, one core.
"""

from __future__ import annotations

import functools
from typing import Any

from PIL import Image

LONGEST = 1280  # pixels of the longer side that are looked at: a face of a sixteenth of that is still found
_SURE = 0.2  # below it carriage wheels and windows have faces


@functools.cache
def _detector() -> Any:
    """The detector, or None where it is not installed. Only a worker that makes pictures ever asks."""
    try:
        import dlib
        import numpy  # noqa: F401  without it dlib takes no picture
    except ImportError:
        return None
    return dlib.get_frontal_face_detector()


def installed() -> bool:
    return _detector() is not None


def point(picture: Image.Image) -> tuple[int, int] | None:
    """The middle of the faces that matter, in hundredths of width and height; None where there is none, or no detector.

    A face less than a third as wide as the widest stands in the background.
    """
    if (detector := _detector()) is None:
        return None
    import numpy

    small = picture.convert("L")
    small.thumbnail((LONGEST, LONGEST))
    found, _, _ = detector.run(numpy.asarray(small), 0, _SURE)
    if not found:
        return None
    widest = max(face.width() for face in found)
    faces = [face for face in found if face.width() * 3 >= widest]
    x = (min(face.left() for face in faces) + max(face.right() for face in faces)) / 2
    y = (min(face.top() for face in faces) + max(face.bottom() for face in faces)) / 2
    return _hundredths(x, small.width), _hundredths(y, small.height)


def _hundredths(at: float, of: int) -> int:
    return min(100, max(0, round(100 * at / of)))
