from __future__ import annotations

from typing import Any

from django import forms

from newsroom.accounts.models import Person
from newsroom.accounts.roles import PURPOSES, Role
from newsroom.mail.message import MailError, address

LONGEST_PASSWORD = 1024  # hashing more costs time and guards nothing


def _password(label: str, autocomplete: str, **facts: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        **facts,
    )


class SignIn(forms.Form):
    email = forms.EmailField(label="Email address", widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = _password("Password", "current-password")


class AskReset(forms.Form):
    email = forms.EmailField(label="Email address", widget=forms.EmailInput(attrs={"autocomplete": "username"}))


class NewPassword(forms.Form):
    password = _password(
        "New password",
        "new-password",
        help_text="At least 12 characters. Several unrelated words are easy to remember.",
    )
    again = _password("The same again", "new-password")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if {"password", "again"} <= cleaned.keys() and cleaned["password"] != cleaned["again"]:
            self.add_error("again", "The two do not match. Type the same password in both fields.")
        return cleaned


class ChangePassword(NewPassword):
    current = _password("Current password", "current-password")
    field_order = ["current", "password", "again"]

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        self.person = person
        super().__init__(*args, **kwargs)

    def clean_current(self) -> str:
        current: str = self.cleaned_data["current"]
        if not self.person.check_password(current):
            raise forms.ValidationError("This is not your current password.")
        return current


class RolesField(forms.MultipleChoiceField):
    """The roles as boxes, each with a sentence on what it is for."""

    choice_hints = PURPOSES

    def __init__(self, **facts: Any) -> None:
        super().__init__(label="Roles", choices=Role.choices, widget=forms.CheckboxSelectMultiple, **facts)


class Invite(forms.Form):
    name = forms.CharField(label="Name", max_length=120, help_text="As it stands in a byline.")
    email = forms.EmailField(label="Email address", help_text="The invitation goes here. It is how they sign in.")
    roles = RolesField(error_messages={"required": "Tick at least one role."})

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        try:
            address(email, "the address")
        except MailError:
            raise forms.ValidationError("No letter can be sent to this address. Is there another one?") from None
        return email


class Rename(forms.Form):
    name = forms.CharField(
        label="Name",
        max_length=120,
        help_text="As it stands in a byline. A change shows at once on every published story of theirs.",
    )

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())


class ChangeRoles(forms.Form):
    roles = RolesField(required=False)


class Me(forms.ModelForm):
    theme = forms.ChoiceField(label="Colours", choices=Person.Theme.choices, required=False, widget=forms.RadioSelect)
    single_keys = forms.BooleanField(
        label="Single-letter keys",
        required=False,
        help_text="Off where they get in the way of a screen reader or speech input. Ctrl+K stays.",
    )

    class Meta:
        model = Person
        fields = ["theme", "single_keys"]
