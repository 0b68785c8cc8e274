from __future__ import annotations

import pytest

from tests.demo.conftest import demo

__all__ = ["demo"]


@pytest.fixture(autouse=True)
def demo_s_addresses(request: pytest.FixtureRequest) -> None:
    """Run the demo for a test about one of its URLs: elsewhere they do not exist."""
    callspec = getattr(request.node, "callspec", None)
    if callspec is not None and str(callspec.params.get("name", "")).startswith("demo:"):
        request.getfixturevalue("demo")
