"""The focal point: suggested by faces, set by a person, who has the last word."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from media_assets import faces, focus, making
from media_assets.models import Asset, FocusFrom
from newsroom.audit.models import AuditRow
from newsroom.outbox.models import Event
from tests.factories import media_assets as make
from tests.factories.accounts import person
from tests.media_assets.at_desk import at_desk, sound
from tests.media_assets.drawn_face import crowd
from tests.media_assets.made import taken

pytestmark = pytest.mark.django_db


@pytest.fixture
def detector() -> None:
    """The packages of the extra ``faces``."""
    for package in ("dlib", "numpy"):
        pytest.importorskip(package)
    faces._detector.cache_clear()


def of(asset: Asset) -> tuple[int | None, int | None, str]:
    asset.refresh_from_db()
    return asset.focus_x, asset.focus_y, asset.focus_from


@pytest.mark.usefixtures("detector")
@pytest.mark.parametrize(
    ("data", "x", "y"),
    [
        (lambda: crowd(1600, 900, (1200, 100, 300)), 84, 29),
        (lambda: crowd(3200, 1800, (2400, 200, 600)), 84, 29),  # the same, larger than what is looked at
        (lambda: crowd(1600, 900, (100, 100, 300), (1200, 100, 300)), 50, 29),  # between two
        (lambda: crowd(1600, 900, (900, 200, 600), (0, 700, 160)), 75, 57),  # who stands far away does not pull
    ],
)
def test_the_faces_in_a_picture_suggest_its_point(data: Callable[[], bytes], x: int, y: int) -> None:
    asset = taken(data())
    found = of(asset)
    assert found[2] == FocusFrom.FACES
    assert found[0] == pytest.approx(x, abs=3)
    assert found[1] == pytest.approx(y, abs=5)


@pytest.mark.usefixtures("detector")
def test_where_there_is_no_face_nobody_suggests_anything_and_it_is_not_looked_at_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asset = taken(make.picture_bytes(800, 500))
    assert of(asset) == (None, None, FocusFrom.NOBODY)
    monkeypatch.setattr(faces, "point", lambda picture: pytest.fail("looked at again"))
    Asset.objects.filter(pk=asset.pk).update(files_due_at=make.AT)
    assert making.make(asset.pk, at=make.AT)


@pytest.mark.usefixtures("detector")
def test_a_persons_point_stays_also_when_it_is_set_while_the_worker_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    asset = make.asset(made=False, data=crowd(1600, 900, (1200, 100, 300)))
    write = making._write

    def slow(one: Asset, formats: Any) -> Any:
        written = write(one, formats)
        assert written[1]["focus_from"] == FocusFrom.FACES
        focus.point(one.pk, person=person("picture_editor"), x=7, y=8, at=make.AT)
        return written

    monkeypatch.setattr(making, "_write", slow)
    assert making.make(asset.pk, at=make.AT)
    assert of(asset) == (7, 8, FocusFrom.PERSON)


def test_without_the_packages_pictures_are_made_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    come = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "dlib":
            raise ImportError(name)
        return come(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    faces._detector.cache_clear()
    try:
        assert not faces.installed()
        asset = taken(make.picture_bytes(700, 400))
        assert faces.point(make.drawing(64, 40)) is None
    finally:
        faces._detector.cache_clear()
    assert of(asset) == (None, None, "")


def test_a_person_sets_it_and_takes_it_back() -> None:
    client, editor = at_desk("picture_editor")
    asset = make.asset()
    before = Event.objects.filter(kind="asset.changed").count()
    for _ in range(2):  # a second press changes nothing
        answer = client.post(f"/desk/pictures/{asset.pk}/focus/", {"x": "80", "y": "20"})
        assert (answer.status_code, answer["Location"]) == (302, f"/desk/pictures/{asset.pk}/")
    assert of(asset) == (80, 20, FocusFrom.PERSON)
    assert Event.objects.filter(kind="asset.changed").count() == before + 1, "pages are drawn again, once"
    entry = AuditRow.objects.get(action="media_assets.focus")
    assert (entry.person_id, entry.facts["before"], entry.facts["after"]) == (editor.pk, [None, None], [80, 20])
    root = sound(client.get(f"/desk/pictures/{asset.pk}/"))
    assert [root.one("input", name=axis).attributes["value"] for axis in "xy"] == ["80", "20"]
    assert {crop.attributes["src"].partition("?")[2] for crop in root.one("ul", "crops").all("img")} == {"x=80&y=20"}
    client.post(f"/desk/pictures/{asset.pk}/focus/", {"forget": "yes", "x": "80", "y": "20"})
    assert of(asset) == (None, None, "")
    assert asset.files_due_at is not None, "a worker looks at it again"


@pytest.mark.parametrize("sent", [{}, {"x": "", "y": ""}, {"x": "101", "y": "-1"}, {"x": "left", "y": "1e9"}])
def test_a_point_outside_is_refused_beside_the_field_and_kept(sent: dict[str, str]) -> None:
    client, _ = at_desk("editor")
    asset = make.asset()
    root = sound(client.post(f"/desk/pictures/{asset.pk}/focus/", sent), 422)
    assert [error.text for error in root.all("p", "error")] == ["Give a whole number from 0 to 100."] * 2
    assert [root.one("input", name=axis).attributes.get("value", "") for axis in "xy"] == [
        sent.get("x", ""),
        sent.get("y", ""),
    ]
    assert of(asset) == (None, None, "")


def test_who_does_not_change_a_picture_sees_its_crops_alone() -> None:
    client, _ = at_desk("reporter")
    asset = make.asset()
    root = sound(client.get(f"/desk/pictures/{asset.pk}/"))
    assert len(root.one("ul", "crops").all("img")) == 4
    assert not root.all("input", type="number")
    assert client.post(f"/desk/pictures/{asset.pk}/focus/", {"x": "1", "y": "1"}).status_code == 403
    with pytest.raises(focus.Refused):
        focus.point(asset.pk, person=person("editor"), x=101, y=0, at=timezone.now())


def test_the_desks_crops_follow_what_is_asked() -> None:
    import io

    from PIL import Image

    from tests.media_assets.test_crops import halves

    client, _ = at_desk("legal")
    asset = make.asset(data=halves())
    sides = {}
    for x in (0, 100):
        answer = client.get(f"/desk/pictures/{asset.pk}/crops/1x1.webp?x={x}&y=50")
        assert (answer.status_code, answer["Cache-Control"]) == (200, "private, max-age=86400")
        picture = Image.open(io.BytesIO(answer.content)).convert("RGB")
        assert picture.size == (320, 320)
        sides[x] = picture.getpixel((160, 160))
    assert sides[0][0] > 150 > sides[0][2]
    assert sides[100][2] > 150 > sides[100][0]
    assert client.get(f"/desk/pictures/{asset.pk}/crops/1x1.webp")["Cache-Control"] == "private, no-cache"
    for path in ("2x1.webp", "1x1.jpg"):
        assert client.get(f"/desk/pictures/{asset.pk}/crops/{path}").status_code == 404
    assert client.get(f"/desk/pictures/{2**63}/crops/1x1.webp").status_code == 404
