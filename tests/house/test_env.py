"""A process that others can reach refuses to start with unsafe settings."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from newsroom import env

SAFE = {
    "ORIGIN": "https://www.longwalk.example",
    "SECRET_KEY": "k3J9x-Qm2v8Zr7Lw1Tn6Yb4Hd0Pc5Sg-aXuEiOfRkVjWqMzBlNt",
    "DATABASE_URL": "postgres://newsroom@db/newsroom",
    "REDIS_URL": "redis://cache/0",
}


@pytest.fixture(autouse=True)
def only_these(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ["DEBUG", "DEMO", "PORT", "ALLOWED_HOSTS"]:
        monkeypatch.delenv(name, raising=False)
    for name, value in SAFE.items():
        monkeypatch.setenv(name, value)


def test_safe_settings_are_taken() -> None:
    found = env.read()
    assert found.origin_is_secure
    assert found.allowed_hosts == ("www.longwalk.example",)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DEBUG", "true", "DEBUG"),
        ("DEMO", "true", "DEMO"),
        ("ORIGIN", "http://www.longwalk.example", "https://"),
        ("ORIGIN", "www.longwalk.example", "ORIGIN"),
        ("ORIGIN", "https://www.longwalk.example/news", "ORIGIN"),
        ("SECRET_KEY", "", "SECRET_KEY"),
        ("SECRET_KEY", "short", "SECRET_KEY"),
        ("SECRET_KEY", "a" * 60, "SECRET_KEY"),
    ],
)
def test_unsafe_setting_stops_the_process(monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=says):
        env.read()


def test_development_on_this_machine_needs_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("ORIGIN", "http://127.0.0.1:8000")
    monkeypatch.setenv("SECRET_KEY", "")
    monkeypatch.setenv("NEWSROOM_HOME", str(tmp_path))
    first = env.read().secret_key
    assert len(first) >= 50
    assert env.read().secret_key == first, "a restart would sign everybody out"
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0
