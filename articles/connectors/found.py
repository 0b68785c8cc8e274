"""What a page says of an offer."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Found:
    """price and currency (ISO 4217) come together. in_stock: None where the page does not say."""

    price: Decimal
    currency: str
    in_stock: bool | None = None
