from __future__ import annotations

import pytest

from newsroom import blocks
from newsroom.blocks import registry
from tests.blocks.kinds import Aside, Note


def test_a_kind_is_registered_once() -> None:
    with registry.only(Note(), Aside()):
        with pytest.raises(blocks.AlreadyRegistered):
            blocks.register(Note())
        assert list(blocks.registered()) == ["note", "aside"]
        assert blocks.get("gone") is None


@pytest.mark.parametrize("name", ["", "a", "Note", "no-te", "note2", "../note", "n" * 21, "noté"])
def test_a_kind_has_a_plain_name(name: str) -> None:
    with registry.only(), pytest.raises(ValueError, match="kind"):
        blocks.register(Note(kind=name))


def test_the_newsroom_has_its_five_kinds() -> None:
    assert set(blocks.registered()) == {"image", "quote", "product", "newsletter", "related"}
