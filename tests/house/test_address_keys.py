"""The keys under which readers' addresses are remembered: a site that others reach does not begin without one."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from newsroom import env
from tests.house.test_env import SAFE, only_these

assert only_these  # the fixture that takes this process's own settings away


def test_the_addresses_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert env.read().address_keys == (SAFE["ADDRESS_KEYS"],)
    monkeypatch.delenv("ADDRESS_KEYS")
    with pytest.raises(ImproperlyConfigured, match="ADDRESS_KEYS must hold a key"):
        env.read()
    monkeypatch.setenv("ORIGIN", "http://127.0.0.1:8000")
    monkeypatch.setenv("NEWSROOM_HOME", str(tmp_path))
    made = env.read().address_keys
    assert env.read().address_keys == made, "a restart would let every import bring the erased back"
    monkeypatch.setenv("ADDRESS_KEYS", "short")
    with pytest.raises(ImproperlyConfigured, match="ADDRESS_KEYS must be keys of 32"):
        env.read()
