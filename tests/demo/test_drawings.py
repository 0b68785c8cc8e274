"""The demo's pictures are drawings, and each says so where anybody sees it."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from PIL import Image, ImageDraw

from newsroom.demo import canvas, content, drawings
from newsroom.publication.current import forget
from newsroom.publication.models import Publication

SAYS = "Drawing: stands in for a licensed picture"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is written on pictures."""
    found: list[str] = []
    text = ImageDraw.ImageDraw.text

    def write(self: ImageDraw.ImageDraw, place: object, words: str, *rest: object, **how: object) -> None:
        found.append(words)
        text(self, place, words, *rest, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(ImageDraw.ImageDraw, "text", write)
    return found


def test_every_scene_says_that_it_stands_in(written: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the scenes' own drawing, which takes seconds: what is written on whatever they draw."""
    assert drawings.SCENES.keys() >= content.PICTURES.keys()
    blank = Image.new("RGB", (canvas.WIDTH, canvas.HEIGHT), (200, 190, 180))
    for scene in content.PICTURES:
        written.clear()
        monkeypatch.setitem(drawings.SCENES, scene, blank.copy)
        drawn = Image.open(io.BytesIO(drawings.drawing(scene)))
        assert written == [SAYS], scene
    corner = drawn.convert("L").crop((drawn.width - 520, drawn.height - 80, drawn.width, drawn.height - 8))
    darkest, lightest = corner.getextrema()
    assert darkest < 120, "it has a ground of its own, so that it is read on every picture"
    assert lightest > 225, "and is written there"


@pytest.mark.django_db
def test_the_newsroom_says_so_at_the_foot_of_every_page(client: Client) -> None:
    Publication.objects.update_or_create(pk=1, defaults=content.PUBLICATION)
    forget()
    foot = client.get("/").content.decode().rpartition("<footer")[2]
    assert "drawings that stand in for licensed ones" in foot
