"""Who may open which address of the pictures."""

from __future__ import annotations

from typing import Any

from media_assets import collecting, renditions
from media_assets.models import Asset, Resemblance
from tests.factories import media_assets as make
from tests.factories.accounts import person as somebody
from tests.house.matrix import EVERYBODY, STAFF, Row

BRING = {"reporter", "editor", "picture_editor"}
CHANGE = {"editor", "picture_editor", "administrator"}


def _asset() -> dict[str, Any]:
    return {"pk": make.asset(made=False).pk}


def _file() -> dict[str, Any]:
    row = renditions.current(make.asset())[0]
    return {"digest": row.digest, "width": row.width, "extension": row.format}


def _right() -> dict[str, Any]:
    asset = make.asset(made=False)
    return {"pk": asset.pk, "row": asset.rights.get().pk}


def _collection() -> dict[str, Any]:
    owner = somebody("picture_editor")
    return {"pk": collecting.make(f"Candidates {owner.pk}", person=owner, at=make.AT).pk}


def _pair() -> dict[str, Any]:
    older, newer = make.asset(made=False), make.asset(made=False)
    Resemblance.objects.filter(newer=newer, older=older).delete()
    pair = Resemblance.objects.create(newer=newer, older=older, distance=3, found_at=make.AT)
    return {"pk": newer.pk, "pair": pair.pk}


def _withdrawn() -> dict[str, Any]:
    asset = make.asset(made=False)
    Asset.objects.filter(pk=asset.pk).update(withdrawn_at=make.AT, withdrawn_reason="The agency asked.")
    return {"pk": asset.pk}


MATRIX: dict[str, Row] = {
    "media:file": Row(kwargs=_file, allow=EVERYBODY),
    "media-desk:library": Row(allow=STAFF),
    "media-desk:upload": Row(both=True, allow=BRING),
    "media-desk:fill": Row(both=True, allow=BRING),
    "media-desk:feeds": Row(allow=CHANGE),
    "media-desk:together": Row(both=True, allow=CHANGE),
    "media-desk:collections": Row(both=True, allow=STAFF),
    "media-desk:collect": Row(method="POST", data={"a": "1", "name": ""}, allow=BRING, status=302),
    "media-desk:collection-rename": Row(
        kwargs=_collection, method="POST", data={"name": "Others"}, allow=CHANGE, status=302
    ),
    "media-desk:collection-remove": Row(kwargs=_collection, method="POST", allow=CHANGE, status=302),
    "media-desk:alike": Row(kwargs=_pair, method="POST", data={"decision": "different"}, allow=BRING, status=302),
    # Getty is not connected here: the page says so, and taking in comes back with it. tests/media_assets has the rest.
    "media-desk:getty": Row(data={"q": "windsor", "page": "2"}, allow=BRING),
    "media-desk:getty-take": Row(
        method="POST", data={"id": "1690000101", "q": "windsor", "page": "1"}, allow=BRING, status=422
    ),
    "media-desk:getty-thumbnail": Row(
        data={"of": "https://media.gettyimages.com/x.jpg:forged"}, allow=BRING, status=404
    ),
    "media-desk:asset": Row(kwargs=_asset, allow=STAFF),
    "media-desk:preview": Row(kwargs=_asset, allow=STAFF),
    "media-desk:details": Row(
        kwargs=_asset,
        method="POST",
        data={"credit": "Alamy", "alternative_text": "A castle", "version": "1"},
        allow=CHANGE,
        status=302,
    ),
    "media-desk:right-add": Row(
        kwargs=_asset,
        method="POST",
        data={"allowed": "no", "use": "mail", "note": "Print only"},
        allow=CHANGE,
        status=302,
    ),
    "media-desk:right-end": Row(kwargs=_right, method="POST", allow=CHANGE, status=302),
    "media-desk:withdraw": Row(
        kwargs=_asset, method="POST", data={"reason": "The agency asked."}, allow=CHANGE, status=302
    ),
    "media-desk:reinstate": Row(kwargs=_withdrawn, method="POST", allow=CHANGE, status=302),
}
