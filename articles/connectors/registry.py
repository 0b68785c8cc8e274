"""The connectors by name."""

from __future__ import annotations

from typing import Protocol

from articles.connectors.found import Found
from articles.fetching import Page


class Connector(Protocol):
    """name: what ``Merchant.recheck`` says."""

    name: str

    def read(self, page: Page) -> Found | None:
        """What the page says of its product; None where it says no price. Never raises: pages are strangers' text."""
        ...


_connectors: dict[str, Connector] = {}


def register(connector: Connector) -> None:
    """Add a connector.

    Raises:
        ValueError: its name is taken.
    """
    if connector.name in _connectors:
        raise ValueError(f"There are two connectors {connector.name!r}.")
    _connectors[connector.name] = connector


def get(name: str) -> Connector | None:
    return _connectors.get(name)


def names() -> set[str]:
    return set(_connectors)
