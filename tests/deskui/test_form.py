"""The tags: a field tells its hint and error to those who cannot see them, a state is never colour alone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django import forms
from django.template import Context, Template

from newsroom.deskui.templatetags import desk


class Slip(forms.Form):
    title = forms.CharField(label="Title", help_text="As readers see it.", max_length=5)
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "Alpha"), ("b", "Beta")], widget=forms.RadioSelect)
    sure = forms.BooleanField(label="Sure", required=False, help_text="Think.")
    token = forms.CharField(widget=forms.HiddenInput, initial="t")

    def clean(self) -> dict[str, Any]:
        if self.data.get("title") == "whole":
            raise forms.ValidationError("The whole slip is <wrong>.")
        return self.cleaned_data


def show(form: forms.Form) -> str:
    return Template("{% load desk %}{% form_fields form %}").render(Context({"form": form}))


def test_error_is_beside_its_field_with_what_was_typed() -> None:
    text = show(Slip({"title": "<too long>", "note": "kept words", "kind": "a"}))
    control = re.search(r"<input[^>]*name=\"title\"[^>]*>", text)
    assert control
    assert 'aria-invalid="true"' in control[0]
    described = re.search(r'aria-describedby="([^"]+)"', control[0])
    assert described
    for part in described[1].split():
        assert f'id="{part}"' in text, f"nothing has the id {part}"
    assert 'value="&lt;too long&gt;"' in control[0]
    assert "at most 5 characters" in text
    assert "kept words" in text
    assert 'name="token"' in text


def test_a_field_without_fault_says_none() -> None:
    text = show(Slip())
    assert "aria-invalid" not in text
    assert 'class="error"' not in text
    assert re.search(r'name="title"[^>]*aria-describedby="id_title-hint"', text)
    assert "optional" in text.split('for="id_note"')[1][:60]
    assert text.count(">optional<") == 1


def test_every_control_has_a_label() -> None:
    text = show(Slip())
    controls = re.findall(r'<(?:input|textarea)[^>]*\bid="([^"]+)"', text.replace('type="hidden"', ""))
    assert len(controls) > 3
    for key in controls:
        if key != "id_token":
            assert f'for="{key}"' in text, key


def test_errors_of_the_whole_form_are_an_alarm_and_escaped() -> None:
    text = show(Slip({"title": "whole", "kind": "a", "token": "t"}))
    assert 'role="alert"' in text
    assert "The whole slip is &lt;wrong&gt;." in text


def test_every_state_has_shape_and_words() -> None:
    for state in desk.STATES:
        text = desk.chip(state)
        assert re.search(r'<use href="[^"]+#i-[\w-]+"/></svg>[A-Z]', text), state
    assert "Never heard" in desk.chip("never_heard")
    assert "&lt;b&gt;" in desk.chip("draft", "<b>")


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "just now"), (1, "1 min"), (59, "59 min"), (60, "1 h"), (110, "1 h 50"), (120, "2 h"), (1439, "23 h"),
     (1440, "1 day"), (2880, "2 days"), (-5, "just now")],
)  # fmt: skip
def test_relative_times(minutes: int, words: str) -> None:
    now = datetime(2025, 9, 11, 12, tzinfo=UTC)
    assert desk.ago(now - timedelta(minutes=minutes), now) == words


def test_times_name_their_zone_and_relative_ones_carry_the_exact() -> None:
    summer, winter = datetime(2025, 9, 11, 10, 34, tzinfo=UTC), datetime(2025, 12, 11, 10, 34, tzinfo=UTC)
    assert "11 Sept 2025, 11:34 BST</time>" in desk.when(summer)
    assert "11 Dec 2025, 10:34 GMT</time>" in desk.when(winter)
    assert 'title="11 Sept 2025, 11:34 BST"' in desk.when(summer, "ago")
    assert ">11:34 BST</time>" in desk.when(summer, "time")
    assert desk.when(None) == "–"
