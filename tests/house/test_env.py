"""The settings from outside: a wrong one stops the process with a sentence, an unsafe one where others can reach it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from newsroom import env

ROOT = Path(__file__).resolve().parents[2]
SAFE = {
    "ORIGIN": "https://www.longwalk.example",
    "SECRET_KEY": "k3J9x-Qm2v8Zr7Lw1Tn6Yb4Hd0Pc5Sg-aXuEiOfRkVjWqMzBlNt",
    "DATABASE_URL": "postgres://newsroom@db/newsroom",
    "REDIS_URL": "redis://cache/0",
    "ADDRESS_KEYS": "B" * 43 + "=",
}
OTHERS = [
    "DEBUG",
    "DEMO",
    "PORT",
    "ALLOWED_HOSTS",
    "MAIL_URL",
    "MAIL_FROM",
    "MAIL_BOUNCE_DOMAIN",
    "MAIL_BOUNCE_BOX",
    "MEDIA_ROOT",
]
OTHERS += ["IDENTITY_KEYS", "PRIVATE_ROOT", "STATIC_ROOT", "DESK_TIME_ZONE", "PROXY_COUNT", "PRIVATE_SHOPS"]
OTHERS += ["PAGE_PATIENCE", "SEEN_YEARS", "WEBSUB_HUB", "CDN_URL", "GETTY_URL", "GETTY_KEY", "GETTY_SECRET"]
OTHERS += ["BUCKET_NAME", "BUCKET_ENDPOINT", "BUCKET_REGION", "BUCKET_KEY", "BUCKET_SECRET"]


@pytest.fixture(autouse=True)
def only_these(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in OTHERS:
        monkeypatch.delenv(name, raising=False)
    for name, value in SAFE.items():
        monkeypatch.setenv(name, value)


def refusal(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> str:
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured) as refused:
        env.read()
    return str(refused.value)


def test_safe_settings_are_taken() -> None:
    found = env.read()
    assert found.origin_is_secure
    assert found.allowed_hosts == ("www.longwalk.example",)
    assert found.mail_from == "newsroom@www.longwalk.example"
    assert (found.debug, found.demo, found.proxy_count) == (False, False, 0)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DEBUG", "true", "DEBUG"),
        ("DEMO", "true", "DEMO"),
        ("PRIVATE_SHOPS", "true", "PRIVATE_SHOPS"),
        ("ORIGIN", "http://www.longwalk.example", "https://"),
        ("SECRET_KEY", "", "SECRET_KEY"),
        ("SECRET_KEY", "short", "SECRET_KEY"),
        ("SECRET_KEY", "a" * 60, "SECRET_KEY"),
    ],
)
def test_unsafe_setting_stops_the_process(monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str) -> None:
    assert says in refusal(monkeypatch, name, value)


WRONG = [
    ("ORIGIN", "www.longwalk.example"),
    ("ORIGIN", "https://www.longwalk.example/news"),
    ("ORIGIN", "https://www.longwalk.example?x=1"),
    ("ORIGIN", "https://"),
    ("ORIGIN", "https://www.longwalk.example:port"),
    ("ORIGIN", "ftp://www.longwalk.example"),
    ("ORIGIN", "https://[::1"),
    ("DEBUG", "maybe"),
    ("DEMO", "2"),
    ("PRIVATE_SHOPS", "perhaps"),
    ("PROXY_COUNT", "one"),
    ("PROXY_COUNT", "-1"),
    ("PROXY_COUNT", "1.5"),
    ("PROXY_COUNT", "²"),
    ("PROXY_COUNT", "11"),
    ("PROXY_COUNT", "9" * 5000),
    ("SEEN_YEARS", "0"),
    ("SEEN_YEARS", "for ever"),
    ("SEEN_YEARS", "101"),
    ("PAGE_PATIENCE", "0"),
    ("PAGE_PATIENCE", "61"),
    ("DESK_TIME_ZONE", "London"),
    ("DESK_TIME_ZONE", "Europe"),
    ("DESK_TIME_ZONE", "../../etc/passwd"),
    ("DESK_TIME_ZONE", "/etc/localtime"),
    ("ALLOWED_HOSTS", "*"),
    ("ALLOWED_HOSTS", "https://longwalk.example"),
    ("ALLOWED_HOSTS", "longwalk.example:8000"),
    ("ALLOWED_HOSTS", "longwalk.example evil.example"),
    ("DATABASE_URL", "mysql://db/newsroom"),
    ("DATABASE_URL", "sqlite:///newsroom.db"),
    ("DATABASE_URL", "postgres://db"),
    ("DATABASE_URL", "postgres://db/newsroom/more"),
    ("DATABASE_URL", "postgres://db:port/newsroom"),
    ("DATABASE_URL", "db/newsroom"),
    ("REDIS_URL", "http://cache/0"),
    ("REDIS_URL", "redis:///0"),
    ("REDIS_URL", "redis://cache/first"),
    ("REDIS_URL", "redis://cache:port/0"),
    ("REDIS_URL", "cache:6379"),
    ("MAIL_URL", "http://mail.longwalk.example"),
    ("MAIL_URL", "mail.longwalk.example:25"),
    ("MAIL_URL", "smtp://"),
    ("MAIL_URL", "smtp://mail.longwalk.example:port"),
    ("MAIL_URL", "smtp://mail.longwalk.example/inbox"),
    ("MAIL_FROM", "The Long Walk"),
    ("MAIL_FROM", "desk@"),
    ("MAIL_FROM", "desk@longwalk.example\nBcc: all@longwalk.example"),
    ("MAIL_BOUNCE_DOMAIN", "bounces"),
    ("MAIL_BOUNCE_DOMAIN", "@longwalk.example"),
    ("MAIL_BOUNCE_DOMAIN", "127.0.0.1"),
    ("MAIL_BOUNCE_BOX", "imaps://mail.longwalk.example"),
    ("MAIL_BOUNCE_BOX", "pop3s://mail.longwalk.example"),
    ("MEDIA_ROOT", "media"),
    ("PRIVATE_ROOT", "./private"),
    ("STATIC_ROOT", __file__),
    ("NEWSROOM_HOME", __file__),
    ("WEBSUB_HUB", "hub.example"),
    ("WEBSUB_HUB", "ftp://hub.example/"),
    ("WEBSUB_HUB", 'https://hub.example/"x'),
    ("WEBSUB_HUB", "https://hub.example:port/"),
    ("GETTY_URL", "api.gettyimages.com"),
    ("GETTY_URL", "http://api.gettyimages.com"),
    ("GETTY_URL", "https://api.gettyimages.com/v3"),
    ("GETTY_URL", "https://api.gettyimages.com:port"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_named_with_what_it_should_be(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    said = refusal(monkeypatch, name, value)
    assert said.startswith(f"{name} must be ")
    assert said.endswith(f"; it is {value!r}.") or value == "https://www.longwalk.example?x=1"


@pytest.mark.parametrize(
    "value",
    [
        "fastly://s3cret",
        "fastly://s3cret@api.fastly.com",
        "fastly://api.fastly.com/service",
        "fastly://user:s3cret@api.fastly.com/service",
        "fastly://s3cret@api.fastly.com/service/more",
        "fastly://s3cret@api.fastly.com/service?tags=xkey",
        "fastly+http://s3cret@api.fastly.com/service",
        "fastly://s3cret%0d%0aX-Evil:1@api.fastly.com/service",
        "cloudflare://s3cret@api.cloudflare.com:port/zone",
        "purge+http://s3cret@cache.example/",
        "purge+http://cache.example/s3cret",
        "purge+http://cache.example/?tags=x key",
        "purge+http://cache.example/?keys=",
        "s3cret@api.fastly.com",
        "https://s3cret@api.fastly.com/service",
    ],
)
def test_a_wrong_cache_is_refused_without_a_word_of_its_token(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    said = refusal(monkeypatch, "CDN_URL", value)
    assert said.startswith("CDN_URL must be ")
    assert "s3cret" not in said


def test_a_cache_in_front(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.read().cdn is None
    monkeypatch.setenv("CDN_URL", "fastly://s3cret%2B@api.fastly.com/SU1Z0isx")
    found = env.read().cdn
    assert found is not None
    assert (found.kind, found.address, found.of, found.secret) == (
        "fastly",
        "https://api.fastly.com",
        "SU1Z0isx",
        "s3cret+",
    )
    assert "s3cret" not in repr(found)
    monkeypatch.setenv("CDN_URL", "purge+http://cache:6081/?tags=xkey&keys=x-purge")
    found = env.read().cdn
    assert found is not None
    assert (found.address, found.tags, found.keys, found.secret) == ("http://cache:6081", "xkey", "x-purge", "")


def test_getty_images(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.read().getty is None
    monkeypatch.setenv("GETTY_KEY", "our-key")
    with pytest.raises(ImproperlyConfigured, match="GETTY_SECRET must be set"):
        env.read()
    monkeypatch.setenv("GETTY_SECRET", "s3cret")
    found = env.read().getty
    assert found is not None
    assert (found.address, found.key, found.secret) == ("https://api.gettyimages.com", "our-key", "s3cret")
    assert "s3cret" not in repr(found)
    for name in ("GETTY_KEY", "GETTY_SECRET"):
        said = refusal(monkeypatch, name, "s3cret\nX-Evil: 1")
        assert said.startswith(f"{name} must be ")
        assert "s3cret" not in said
        monkeypatch.setenv(name, "good")
    monkeypatch.setenv("GETTY_URL", "http://127.0.0.1:8091/")
    found = env.read().getty
    assert found is not None
    assert found.address == "http://127.0.0.1:8091"


SECRET = [
    ("DATABASE_URL", "mysql://newsroom:s3cret@db/newsroom", "mysql://…@db/newsroom"),
    ("DATABASE_URL", "postgres://newsroom:s3cret/with@strange#signs@db", "postgres://…@db"),
    ("DATABASE_URL", "newsroom:s3cret@db/newsroom", "…@db/newsroom"),
    ("DATABASE_URL", "postgres://db?password=s3cret", "postgres://db"),
    ("REDIS_URL", "redis://:s3cret@cache/first", "redis://…@cache/first"),
    ("MAIL_URL", "imap://desk:s3cret@mail.longwalk.example", "imap://…@mail.longwalk.example"),
    ("MAIL_URL", "smtp://desk:s3cret@mail.longwalk.example", "smtp://…@mail.longwalk.example"),
    ("MAIL_BOUNCE_BOX", "pop3://desk:s3cret@mail.longwalk.example", "pop3://…@mail.longwalk.example"),
    ("ORIGIN", "https://desk:s3cret@www.longwalk.example", "https://…@www.longwalk.example"),
]


@pytest.mark.parametrize(("name", "value", "shown"), SECRET)
def test_no_secret_is_said(monkeypatch: pytest.MonkeyPatch, name: str, value: str, shown: str) -> None:
    said = refusal(monkeypatch, name, value)
    assert name in said
    assert repr(shown) in said
    assert "s3cret" not in said
    assert "desk:" not in said


def test_originals_are_kept_out_of_the_folders_that_everybody_reads(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MEDIA_ROOT", str(tmp_path / "media"))
    for inside in ("media", "media/private", "other/../media/private"):
        assert "PRIVATE_ROOT must lie outside MEDIA_ROOT" in refusal(
            monkeypatch, "PRIVATE_ROOT", str(tmp_path / inside)
        )
    monkeypatch.setenv("STATIC_ROOT", str(tmp_path / "static"))
    assert "outside STATIC_ROOT" in refusal(monkeypatch, "PRIVATE_ROOT", str(tmp_path / "static/private"))
    monkeypatch.setenv("PRIVATE_ROOT", str(tmp_path / "media-private"))
    assert env.read().private_root == tmp_path / "media-private"


@pytest.mark.parametrize(
    ("name", "value", "field", "taken"),
    [
        ("DEBUG", "no", "debug", False),
        ("DEBUG", "", "debug", False),
        ("PROXY_COUNT", "2", "proxy_count", 2),
        ("SEEN_YEARS", "", "seen_years", 3),
        ("SEEN_YEARS", "6", "seen_years", 6),
        ("DESK_TIME_ZONE", "America/New_York", "desk_time_zone", "America/New_York"),
        ("ALLOWED_HOSTS", "longwalk.example, .longwalk.example,10.0.0.7,", "allowed_hosts", None),
        ("DATABASE_URL", "postgresql://u:p%40ss@db:5433/newsroom?sslmode=require", "database_url", None),
        ("DATABASE_URL", "postgres://newsroom@%2Frun%2Fpostgresql/newsroom", "database_url", None),
        ("REDIS_URL", "rediss://:secret@cache:6380/2", "redis_url", None),
        ("REDIS_URL", "redis://cache", "redis_url", None),
        ("MAIL_URL", "smtp+starttls://desk:secret@mail.longwalk.example:587", "mail_url", None),
        ("MAIL_BOUNCE_BOX", "pop3s://desk:secret@mail.longwalk.example", "mail_bounce_box", None),
        ("MAIL_URL", "smtps://mail.longwalk.example", "mail_url", None),
        ("MAIL_URL", "smtp://desk:secret@127.0.0.1:2525", "mail_url", None),
        ("MAIL_FROM", "The Long Walk <desk@longwalk.example>", "mail_from", None),
        ("MAIL_BOUNCE_DOMAIN", "bounces.longwalk.example", "mail_bounce_domain", None),
    ],
)
def test_a_right_value_is_taken(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, field: str, taken: object
) -> None:
    monkeypatch.setenv(name, value)
    hosts = ("www.longwalk.example", "longwalk.example", ".longwalk.example", "10.0.0.7")
    assert getattr(env.read(), field) == (hosts if field == "allowed_hosts" else value if taken is None else taken)


def test_development_on_this_machine_needs_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ORIGIN", "http://127.0.0.1:8000")
    monkeypatch.setenv("SECRET_KEY", "")
    monkeypatch.setenv("NEWSROOM_HOME", str(tmp_path))
    found = env.read()
    assert len(found.secret_key) >= 50
    assert env.read().secret_key == found.secret_key, "a restart would sign everybody out"
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0
    assert found.mail_from == "newsroom@localhost", "a number is no domain of a mail address"


def test_a_home_that_cannot_be_written_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ORIGIN", "http://127.0.0.1:8000")
    monkeypatch.setenv("SECRET_KEY", "")
    (tmp_path / "taken").touch()
    said = refusal(monkeypatch, "NEWSROOM_HOME", str(tmp_path / "taken" / "home"))
    assert "NEWSROOM_HOME must be a folder that can be written" in said
    assert "Not a directory" in said


def test_the_command_line_says_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "manage.py", "check"]
    environment = os.environ | {"PROXY_COUNT": "many"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "PROXY_COUNT must be a whole number from 0 to 10; it is 'many'.\n"


def test_the_identities_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert env.read().identity_keys == (), "a server that others reach makes no key of its own"
    monkeypatch.setenv("ORIGIN", "http://127.0.0.1:8000")
    monkeypatch.setenv("NEWSROOM_HOME", str(tmp_path))
    made = env.read().identity_keys
    assert env.read().identity_keys == made, "a restart would lose who the sources are"
    assert (tmp_path / "identity-key").stat().st_mode & 0o077 == 0
    other = "A" * 43 + "="
    monkeypatch.setenv("IDENTITY_KEYS", f"{other}, {made[0]}")
    assert env.read().identity_keys == (other, *made)
    for wrong in ("short", f"{other},{other[:-2]}", "ä" * 44, f"{other}x"):
        monkeypatch.setenv("IDENTITY_KEYS", wrong)
        with pytest.raises(ImproperlyConfigured, match="IDENTITY_KEYS must be keys of 32") as told:
            env.read()
        assert wrong not in str(told.value)
