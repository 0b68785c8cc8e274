"""Who may open which address of the pictures."""

from __future__ import annotations

from typing import Any

from media_assets import collecting, crops, renditions
from media_assets.models import AgencyUse, Asset, Departure, PictureReceipt, Resemblance
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


def _crop() -> dict[str, Any]:
    asset = make.asset()
    shape = crops.SHAPES["1x1"]
    return {"digest": asset.digest, "part": crops.part(asset, shape), "width": 320, "extension": "jpg"}


def _crop_at_desk() -> dict[str, Any]:
    return {**_asset(), "shape": "16x9"}


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


def _receipt() -> dict[str, Any]:
    asset = make.asset(made=False)
    departure = Departure.objects.create(asset=asset, uses=["web"], name="ended", reason="It ended.", at=make.AT)
    receipt = PictureReceipt.objects.create(departure=departure, exit="files", asked_at=make.AT)
    return {"pk": asset.pk, "receipt": receipt.pk}


def _use() -> dict[str, Any]:
    use = AgencyUse.objects.create(
        asset=make.asset(made=False),
        place="story:1",
        used_at=make.AT,
        refused="Getty Images does not know this picture.",
    )
    return {"use": use.pk}


MATRIX: dict[str, Row] = {
    "media:file": Row(kwargs=_file, allow=EVERYBODY),
    "media:crop": Row(kwargs=_crop, allow=EVERYBODY),
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
    "media-desk:original": Row(kwargs=_asset, method="POST", allow=CHANGE),
    "media-desk:details": Row(
        kwargs=_asset,
        method="POST",
        data={"credit": "Alamy", "alternative_text": "A castle", "version": "1"},
        allow=CHANGE,
        status=302,
    ),
    "media-desk:focus": Row(kwargs=_asset, method="POST", data={"x": "40", "y": "20"}, allow=CHANGE, status=302),
    "media-desk:crop": Row(kwargs=_crop_at_desk, allow=STAFF),
    "media-desk:right-add": Row(
        kwargs=_asset,
        method="POST",
        data={"allowed": "no", "use": "mail", "note": "Print only"},
        allow=CHANGE,
        status=302,
    ),
    "media-desk:exception-make": Row(
        kwargs=_asset,
        method="POST",
        data={"lifts": "call-for-image", "use": "web", "reason": "Cleared with Jo", "until": "2099-01-01"},
        allow={"editor", "picture_editor"},
        status=302,
    ),
    "media-desk:category": Row(kwargs=_asset, both=True, allow=CHANGE),
    "media-desk:receipts": Row(kwargs=_asset, allow=STAFF),
    "media-desk:receipt-retry": Row(kwargs=_receipt, method="POST", allow=CHANGE, status=302),
    "media-desk:ending": Row(allow=STAFF),
    "media-desk:getty-account": Row(allow=STAFF),
    "media-desk:getty-use-again": Row(kwargs=_use, method="POST", allow=CHANGE, status=302),
    "media-desk:right-end": Row(kwargs=_right, method="POST", allow=CHANGE, status=302),
    "media-desk:withdraw": Row(
        kwargs=_asset, method="POST", data={"reason": "The agency asked."}, allow=CHANGE, status=302
    ),
    "media-desk:reinstate": Row(kwargs=_withdrawn, method="POST", allow=CHANGE, status=302),
}
