"""Checks at start: what would otherwise fail in front of a reader."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from newsroom import blocks

KINDS = {"image", "quote", "product", "related", "newsletter"}


@register(Tags.templates)
def every_block_has_every_template(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A kind without one of its templates would leave a hole in a page, a feed or a mail."""
    registered = set(blocks.registered())
    problems: list[CheckMessage] = [
        Error(f"No app registers the block kind “{kind}”.", id="newsroom.E001") for kind in sorted(KINDS - registered)
    ]
    for kind in sorted(registered):
        for target in blocks.Target:
            name = f"blocks/{kind}/{target.value}.{'txt' if target is blocks.Target.TEXT else 'html'}"
            try:
                get_template(name)
            except TemplateDoesNotExist:
                problems.append(Error(f"The block kind “{kind}” has no template {name}.", id="newsroom.E002"))
    return problems
