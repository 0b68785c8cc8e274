"""Checks at start: what would otherwise fail in front of a reader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import NotSupportedError, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from newsroom import blocks

KINDS = {"image", "quote", "product", "related", "newsletter"}


OLDEST_POSTGRESQL = 15


@register(Tags.database)
def postgresql_is_new_enough(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """An older one would fail in the middle of a migration. Asked by ``migrate`` and ``check --database default``."""
    problems: list[CheckMessage] = []
    for alias in databases or []:
        try:
            number = cast(DatabaseWrapper, connections[alias]).pg_version // 10000
        except NotSupportedError as error:  # Django's own limit is lower
            found = str(error)
        else:
            if number >= OLDEST_POSTGRESQL:
                continue
            found = f"This one is version {number}"
        sentence = f"DATABASE_URL must lead to PostgreSQL {OLDEST_POSTGRESQL} or newer. {found}."
        problems.append(Error(sentence, id="newsroom.E003"))
    return problems


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
