from __future__ import annotations

import pytest
from django.test import Client

from newsroom.deskui import guide
from newsroom.deskui.guide import Section
from newsroom.deskui.menu import Twice
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db


def test_shows_every_role_and_marks_one_s_own(client: Client) -> None:
    client.force_login(person("legal"))
    text = client.get("/desk/help/").content.decode()
    for words in ["Reporter", "Never approves their own work", "Places and lifts a hold", "Administrator"]:
        assert words in text
    assert text.count("Yours</span>") == 1


@pytest.mark.usefixtures("empty_desk")
def test_sections_come_from_the_apps_in_order_and_for_whom_they_are(client: Client) -> None:
    guide.register(Section("b", "Second", "desk/help/_keys.html", order=2))
    guide.register(Section("a", "First", "desk/help/_signing_in.html", order=1))
    guide.register(Section("c", "Third", "desk/help/_keys.html", order=3, may=lambda person: person.has_role("legal")))
    with pytest.raises(Twice):
        guide.register(Section("a", "Again", "desk/help/_keys.html"))
    assert [section.slug for section in guide.sections_for(person("reporter"))] == ["a", "b"]
    assert [section.slug for section in guide.sections_for(person("legal"))] == ["a", "b", "c"]


def test_every_section_of_every_app_can_be_shown(client: Client) -> None:
    client.force_login(person("administrator", "editor", "marketing", "legal", "picture_editor", "reporter"))
    text = client.get("/desk/help/").content.decode()
    for section in guide._sections.values():
        assert f'id="{section.slug}"' in text
