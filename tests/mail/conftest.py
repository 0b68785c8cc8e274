from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from tests.flush import flush_by_delete  # noqa: F401
from tests.mail.refusing import Refusing
from tests.mail.servers import Script, Sink


@pytest.fixture
def sink(settings: LazySettings) -> Iterator[Sink]:
    made = Sink()
    settings.MAIL_URL = made.url
    yield made
    made.stop()


@pytest.fixture
def script(settings: LazySettings) -> Iterator[Script]:
    made = Script()
    settings.MAIL_URL = made.url
    yield made
    made.stop()


@pytest.fixture
def refusing(settings: LazySettings) -> Iterator[Refusing]:
    made = Refusing()
    settings.MAIL_URL = made.url
    yield made
    made.stop()
