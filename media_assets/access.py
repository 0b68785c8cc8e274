"""Who may do what with pictures: one table, and the doors through which views get their assets."""

from __future__ import annotations

from django.http import Http404

from media_assets.models import Asset
from media_assets.models.loading import load
from newsroom.accounts import Role
from newsroom.accounts.models import Person

# verb: who may
TABLE: dict[str, tuple[Role, ...]] = {
    "see": tuple(Role),
    "upload": (Role.REPORTER, Role.EDITOR, Role.PICTURE_EDITOR),
    "place": (Role.REPORTER, Role.EDITOR, Role.PICTURE_EDITOR),
    "change": (Role.EDITOR, Role.PICTURE_EDITOR, Role.ADMINISTRATOR),
    "clear": (Role.EDITOR, Role.PICTURE_EDITOR),
    "decide": (Role.EDITOR,),
    "withdraw": (Role.EDITOR, Role.PICTURE_EDITOR, Role.ADMINISTRATOR),
}
SEE, UPLOAD, CHANGE, WITHDRAW, CLEAR = (TABLE[verb] for verb in ("see", "upload", "change", "withdraw", "clear"))
# Who is told of pictures: a notice names stories in the making, which marketing does not read.
TELLS: tuple[Role, ...] = (Role.REPORTER, Role.EDITOR, Role.PICTURE_EDITOR, Role.ADMINISTRATOR, Role.LEGAL)


def may(person: Person, verb: str) -> bool:
    """Say whether this person may do this with pictures at large."""
    return person.has_role(*TABLE[verb])


def may_change(person: Person, asset: Asset) -> bool:
    """Say whether this person may change credit and words: the desk's own always; who brought it, until it has both."""
    return may(person, "change") or (may(person, "upload") and asset.added_by_id == person.pk and not asset.is_complete)


def may_except(person: Person, lifts: str) -> bool:
    """Say whether this person may let a picture through in spite of this reason: what is sensitive an editor decides, what
    must be cleared or is not for a place the picture desk too."""
    return may(person, "decide" if lifts == "sensitive" else "clear")


def asset_for(person: Person, pk: int) -> Asset:
    """Return one asset with agency, renditions and rights, in one query.

    Raises:
        Http404: there is none, or this person may not see the library.
    """
    # A number that PostgreSQL cannot hold is nobody's, not an error of ours.
    asset = load([pk], found=True).get(pk) if may(person, "see") and pk < 2**63 else None
    if asset is None:
        raise Http404("There is no such picture.")
    return asset
