"""Collections: pictures put together under a name. Everybody who brings pictures in makes them and fills them; its owner
or the picture desk removes one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet

from media_assets import access
from media_assets.models import Asset, Collection, CollectionItem
from newsroom import audit
from newsroom.accounts.models import Person

MOST = 5_000
LISTED = 200


class Refused(ValueError):
    """``field`` and what to do about it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def newest() -> list[Collection]:
    """The newest collections, for a list to choose from."""
    return list(Collection.objects.only("name")[:LISTED])


def counted() -> QuerySet[Collection]:
    """Collections with ``size``, the newest first."""
    return Collection.objects.select_related("owner").annotate(size=Count("items")).order_by("-created_at", "-pk")


def holding(asset_ids: Iterable[int], pk: int) -> set[int]:
    """Which of these pictures it holds."""
    rows = CollectionItem.objects.filter(collection=pk, asset__in=list(asset_ids))
    return set(rows.values_list("asset", flat=True))


def name_of(pk: int) -> str:
    """Its name; "one that is gone" where there is none."""
    return Collection.objects.filter(pk=pk).values_list("name", flat=True).first() or "one that is gone"


def may_change(person: Person, collection: Collection) -> bool:
    """Whether this person may rename and remove it."""
    return collection.owner_id == person.pk or access.may(person, "change")


def make(name: str, *, person: Person, at: datetime) -> Collection:
    """Make a collection.

    Raises:
        Refused: it has no name, a long one, or one that another has.
    """
    name = _checked(name)
    try:
        with transaction.atomic():
            made = Collection.objects.create(name=name, owner=person, created_at=at)
            audit.note(person, "media_assets.collection", f"collection:{made.pk}", name=name)
    except IntegrityError:
        raise Refused("name", f"There is a collection of this name already: “{name}”.") from None
    return made


def rename(pk: int, name: str, *, person: Person) -> None:
    """Give it another name.

    Raises:
        Refused: as ``make``.
    """
    name = _checked(name)
    try:
        with transaction.atomic():
            Collection.objects.filter(pk=pk).update(name=name)
            audit.note(person, "media_assets.collection_rename", f"collection:{pk}", name=name)
    except IntegrityError:
        raise Refused("name", f"There is a collection of this name already: “{name}”.") from None


def remove(pk: int, *, person: Person) -> None:
    """Remove the collection. Its pictures stay in the library."""
    with transaction.atomic():
        gone = Collection.objects.filter(pk=pk).values_list("name", flat=True).first()
        Collection.objects.filter(pk=pk).delete()
        audit.note(person, "media_assets.collection_remove", f"collection:{pk}", name=gone or "")


def put(asset_ids: Iterable[int], pk: int, *, person: Person, at: datetime) -> int:
    """Put pictures in; return how many were not in it yet.

    Raises:
        Refused: there is no such collection (any more), or it would hold more than MOST.
    """
    wanted = set(asset_ids)
    with transaction.atomic():
        # Locked: two people filling it at once must not carry it past its limit, and it must not go meanwhile.
        if not Collection.objects.select_for_update().filter(pk=pk).exists():
            raise Refused("collection", "This collection is not there any more. Choose another.")
        there = CollectionItem.objects.filter(collection=pk)
        known = set(there.filter(asset__in=wanted).values_list("asset", flat=True))
        new = set(Asset.objects.filter(pk__in=wanted - known).values_list("pk", flat=True))
        if there.count() + len(new) > MOST:
            raise Refused("collection", f"A collection holds at most {MOST:,} pictures. Begin another.")
        CollectionItem.objects.bulk_create(
            CollectionItem(collection_id=pk, asset_id=asset, added_by=person, added_at=at) for asset in new
        )
    return len(new)


def take_out(asset_ids: Iterable[int], pk: int) -> int:
    """Take pictures out; return how many were in it."""
    return CollectionItem.objects.filter(collection=pk, asset__in=list(asset_ids)).delete()[0]


def _checked(name: str) -> str:
    name = " ".join(name.replace("\0", " ").split())
    if not name:
        raise Refused("name", "Give the collection a name.")
    if len(name) > 120:
        raise Refused("name", f"Keep the name under 120 characters; it has {len(name)}.")
    return name
