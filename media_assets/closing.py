"""Pictures that no reader may meet for a reason outside the library: the only story that shows them is withdrawn or under
embargo. The apps that use pictures say so: this app knows none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

Closer = Callable[[set[int], datetime], set[int]]

_closers: list[Closer] = []


def register(closer: Closer) -> None:
    """Add a closer, from ``ready()``: it gets asset ids and a moment, and returns those that stay away from readers, in a
    fixed number of queries. What changes its answer records ASSET_CHANGED."""
    if closer not in _closers:
        _closers.append(closer)


def closed(asset_ids: Iterable[int], at: datetime) -> set[int]:
    """Which of these assets no reader may meet at ``at``, whatever their rights say."""
    wanted = set(asset_ids)
    return set().union(*(closer(wanted, at) for closer in _closers)) if wanted else set()
