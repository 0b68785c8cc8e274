"""A block as an exit shows it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from newsroom import blocks
from newsroom.blocks import PageContext, Target

PAGE = PageContext(path="/royals/here/", base_url="https://news.example")


def shown(kind: str, pk: int, target: Target = Target.WEB, at: Any = None) -> str:
    body = f'<div data-block="{kind}" data-id="{pk}"></div>'
    return str(blocks.render(body, target, at=at or timezone.now(), page=PAGE).html)
