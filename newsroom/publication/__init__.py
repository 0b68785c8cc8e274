"""The publication itself: its name, promise, zone and address, set at the desk and used by page and mail."""

from __future__ import annotations
