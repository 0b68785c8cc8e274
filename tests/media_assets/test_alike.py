"""Pictures that look alike: found however they were saved or cut, told with what matters, decided by a person."""

from __future__ import annotations

import io
import random
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image

from media_assets import alike, likeness, rights
from media_assets.ingest import Refused
from media_assets.models import Asset, Likeness, Resemblance
from newsroom.demo import drawings
from tests.factories import media_assets as make
from tests.factories.accounts import person
from tests.media_assets.at_desk import at_desk, sound
from tests.media_assets.test_upload import files

pytestmark = pytest.mark.django_db
DRAWN = {
    draw.__name__: draw().convert("RGB") for draw in (drawings.avenue, drawings.garden, drawings.gates, drawings.lake)
}


def data(picture: Image.Image, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", **{"quality": 88, **options})
    return out.getvalue()


def cut(picture: Image.Image, part: float) -> Image.Image:
    across, down = round(picture.width * part / 2), round(picture.height * part / 2)
    return picture.crop((across, down, picture.width - across, picture.height - down))


@pytest.mark.parametrize("name", sorted(DRAWN))
@pytest.mark.parametrize(
    "altered",
    [
        lambda picture: picture.resize((700, 437)),
        lambda picture: cut(picture, 0.05),
        lambda picture: cut(picture, 0.10),
        lambda picture: picture.convert("L").convert("RGB"),
        lambda picture: Image.eval(picture, lambda value: min(255, round(value * 1.15))),
    ],
    ids=["smaller", "cut by 5", "cut by 10", "grey", "lighter"],
)
def test_the_same_picture_is_found_however_it_was_saved(name: str, altered: Any) -> None:
    old = make.asset(made=False, data=data(DRAWN[name].resize((1200, 750))))
    for other in DRAWN.values():
        if other is not DRAWN[name]:
            make.asset(made=False, data=data(other.resize((640, 400))))
    found = likeness.near(likeness.hashes_of(altered(DRAWN[name])))
    assert [one.asset_id for one in found] == [old.pk]


def test_a_plain_ground_is_like_nothing() -> None:
    assert likeness.hashes_of(Image.new("RGB", (400, 300), "white")) == []
    asset = make.asset(made=False, data=data(Image.new("RGB", (400, 300), "white")))
    assert Likeness.objects.get(asset=asset).hashes == [], "looked at, and of no use"
    assert likeness.near([]) == []


def test_every_hash_within_ten_bits_is_found_by_its_parts() -> None:
    """The index may lose none: whichever ten bits differ, the look-up finds the row."""
    asset, shaken = make.asset(made=False), random.Random(3)
    for _ in range(60):
        bits = shaken.getrandbits(64)
        likeness.keep(asset.pk, [likeness._signed(bits)])
        other = bits
        for bit in shaken.sample(range(64), likeness.NEAR):
            other ^= 1 << bit
        assert [one.distance for one in likeness.near([likeness._signed(other)])] == [likeness.NEAR]
        beyond = next(bit for bit in range(64) if not (bits ^ other) >> bit & 1)
        assert likeness.near([likeness._signed(other ^ 1 << beyond)]) == []


def test_upload_says_what_matters_of_the_one_that_is_here() -> None:
    client, _ = at_desk("reporter")
    charlie, now = person("picture_editor"), timezone.now()
    old = make.asset(made=False, caption="The avenue", data=data(DRAWN["avenue"]), at=now)
    row = old.rights.get()
    rights.end(row.pk, asset_id=old.pk, person=charlie, at=now + timedelta(seconds=1))
    later = files(("again.jpg", data(DRAWN["avenue"].resize((800, 500)))), ("same.jpg", data(DRAWN["avenue"])))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: now + timedelta(minutes=1))
        root = sound(client.post("/desk/pictures/upload/", later))
    near, same = root.one("ul", "lines").all("li")
    assert "It looks like a picture that is here already. The right to use it anywhere ended on" in near.text
    assert "This picture is in the library already: “The avenue”. The right to use it anywhere ended on" in same.text
    new = Asset.objects.exclude(pk=old.pk).get()
    assert new.withdrawn_at is None, "nothing follows by itself"
    pair = Resemblance.objects.get()
    assert (pair.newer, pair.older, pair.decision) == (new, old, "")
    page = sound(client.get(f"/desk/pictures/{new.pk}/"))
    assert page.one("section", "twins").one("a", "twin").attributes["href"] == f"/desk/pictures/{old.pk}/"


def pair_of(by: Any = None) -> Resemblance:
    make.asset(made=False, data=data(DRAWN["garden"]))
    newer = make.received(data=data(DRAWN["garden"].resize((800, 500))), person=by)
    likeness.look(newer.pk, at=make.AT)
    likeness.look(newer.pk, at=make.AT)
    return Resemblance.objects.get()


def test_the_same_sets_the_newer_one_aside() -> None:
    client, alice = at_desk("reporter")
    pair = pair_of(by=alice)
    answer = client.post(f"/desk/pictures/{pair.newer_id}/alike/{pair.pk}/", {"decision": "same"})
    assert answer.headers["Location"] == f"/desk/pictures/{pair.older_id}/"
    pair.refresh_from_db()
    newer = Asset.objects.get(pk=pair.newer_id)
    assert (pair.decision, pair.decided_by) == ("same", alice)
    assert newer.withdrawn_reason == f"The same picture as number {pair.older_id} of the library."
    assert newer.standing == "withdrawn"
    assert Asset.objects.get(pk=pair.older_id).withdrawn_at is None
    assert alike.of([pair.older_id], at=make.AT)[pair.older_id] == []
    again = client.post(f"/desk/pictures/{pair.newer_id}/alike/{pair.pk}/", {"decision": "different"}, follow=True)
    assert "Somebody has decided this already." in again.content.decode()


def test_two_pictures_are_not_asked_about_again() -> None:
    charlie = person("picture_editor")
    pair = pair_of()
    alike.decide(pair.pk, same=False, person=charlie, at=make.AT)
    likeness.look(pair.newer_id, at=make.AT)
    assert Resemblance.objects.get().decision == "different"
    assert alike.of([pair.newer_id], at=make.AT)[pair.newer_id] == []
    assert not Asset.objects.exclude(withdrawn_at=None).exists()


def test_what_stands_in_a_story_or_is_anothers_is_not_set_aside() -> None:
    pair = pair_of()
    with pytest.raises(Refused, match="Your roles do not"):
        alike.decide(pair.pk, same=True, person=person("reporter"), at=make.AT)
    make.image_placement(pair.newer)
    with pytest.raises(Refused, match="stands in a story"):
        alike.decide(pair.pk, same=True, person=person("picture_editor"), at=make.AT)
    assert Resemblance.objects.get().decision == ""
