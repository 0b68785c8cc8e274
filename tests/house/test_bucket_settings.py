"""Where pictures are kept: half of a bucket, a wrong one or one without its packages stops the process with a sentence."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from newsroom import env, servers
from tests.house.test_env import OTHERS, SAFE, refusal

BUCKET = {
    "BUCKET_NAME": "longwalk-pictures",
    "BUCKET_REGION": "eu-west-2",
    "BUCKET_KEY": "AKIA7",
    "BUCKET_SECRET": "s3cret",
}


@pytest.fixture(autouse=True)
def only_these(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in OTHERS:
        monkeypatch.delenv(name, raising=False)
    for name, value in SAFE.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def with_a_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in BUCKET.items():
        monkeypatch.setenv(name, value)


def test_pictures_lie_in_folders_of_this_machine_unless_a_bucket_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.read().bucket is None
    for name, value in BUCKET.items():
        monkeypatch.setenv(name, value)
    found = env.read().bucket
    assert found is not None
    assert (found.name, found.endpoint, found.region, found.key) == ("longwalk-pictures", "", "eu-west-2", "AKIA7")
    assert "s3cret" not in repr(found)
    monkeypatch.delenv("BUCKET_REGION")
    monkeypatch.setenv("BUCKET_ENDPOINT", "https://s3.longwalk.example/")
    found = env.read().bucket
    assert found is not None
    assert (found.endpoint, found.region) == ("https://s3.longwalk.example", "us-east-1")
    monkeypatch.setenv("BUCKET_ENDPOINT", "http://127.0.0.1:9000")
    assert env.read().bucket is not None


@pytest.mark.usefixtures("with_a_bucket")
@pytest.mark.parametrize("name", ["BUCKET_NAME", "BUCKET_KEY", "BUCKET_SECRET", "BUCKET_REGION"])
def test_half_of_a_bucket_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert refusal(monkeypatch, name, "").startswith(f"{name} must ")


@pytest.mark.usefixtures("with_a_bucket")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BUCKET_NAME", "Long Walk"),
        ("BUCKET_NAME", "longwalk/pictures"),
        ("BUCKET_REGION", "London W1"),
        ("BUCKET_ENDPOINT", "s3.longwalk.example"),
        ("BUCKET_ENDPOINT", "http://s3.longwalk.example"),
        ("BUCKET_ENDPOINT", "https://s3.longwalk.example/longwalk-pictures"),
        ("BUCKET_ENDPOINT", "https://key:s3cret@s3.longwalk.example"),
        ("BUCKET_KEY", "AKIA7 s3cret"),
        ("BUCKET_SECRET", "s3cret\nmore"),
    ],
)
def test_a_wrong_bucket_is_named_without_its_secret(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    said = refusal(monkeypatch, name, value)
    assert said.startswith(f"{name} must be ")
    assert "s3cret" not in said


@pytest.mark.usefixtures("with_a_bucket")
def test_a_bucket_without_its_packages_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "find_spec", lambda name: None)
    with pytest.raises(ImproperlyConfigured, match=r"install\.py --with s3"):
        env.read()
