"""What the desk puts between quotation marks has single ones inside, as in print."""

from __future__ import annotations

import pytest
from django.template import Context, Template

from newsroom.wording import quoted


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("The gates open", "“The gates open”"),
        ("Mug “Keep calm”", "“Mug ‘Keep calm’”"),
        ("“No,” she said", "“‘No,’ she said”"),
        ("The Sussexes’ ‘nearly’ home", "“The Sussexes’ ‘nearly’ home”"),
        ('A 32" set', '“A 32" set”'),
    ],
)
def test_inner_marks_are_single(name: str, said: str) -> None:
    assert quoted(name) == said
    drawn = Template("{% load desk %}{{ name|quoted }}").render(Context({"name": f"<{name}>"}))
    assert drawn.startswith("“&lt;")
    assert drawn.count("“") == drawn.count("”") == 1
