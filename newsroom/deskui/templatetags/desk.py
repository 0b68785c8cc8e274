"""Tags of every desk page: icon, chip, face, when, field, form."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import forms, template
from django.conf import STATICFILES_STORAGE_ALIAS
from django.core.files.storage import Storage, storages
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from newsroom import wording

register = template.Library()


@register.filter
def words(text: str) -> list[str]:
    """Split at spaces: ``{% for name in "a b"|words %}``."""
    return text.split()


@register.filter
def quoted(name: object) -> str:
    """A title, or somebody's words, between quotation marks: ``{{ headline|quoted }}``."""
    return wording.quoted(str(name))


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw a symbol of the sprite: ``{% icon "pen" %}``. With a label it speaks, without it is decoration."""
    sprite = _sprite(storages[STATICFILES_STORAGE_ALIAS])
    if label:
        return format_html('<svg class="i" role="img" aria-label="{}"><use href="{}#i-{}"/></svg>', label, sprite, name)
    return _decoration(sprite, name)


# A page of the desk draws up to two hundred symbols, and each address takes as long as a row of a table.
@lru_cache(1)
def _sprite(storage: Storage) -> str:
    """The sprite's address. ``storage`` is what it was asked of: another one is asked anew."""
    return static("icons/desk.svg")


@lru_cache(256)
def _decoration(sprite: str, name: str) -> SafeString:
    return format_html('<svg class="i" aria-hidden="true"><use href="{}#i-{}"/></svg>', sprite, name)


# state -> class, icon, words. Shape, word and colour always come together.
STATES: dict[str, tuple[str, str, str]] = {
    "draft": ("draft", "s-draft", "Draft"),
    "in_review": ("review", "s-review", "In review"),
    "changes_requested": ("changes", "s-changes", "Changes requested"),
    "approved": ("approved", "s-approved", "Approved"),
    "scheduled": ("scheduled", "s-scheduled", "Scheduled"),
    "published": ("published", "s-published", "Published"),
    "live": ("live", "s-live", "Live"),
    "overdue": ("stop", "s-late", "Overdue"),
    "hold": ("stop", "s-hold", "Legal hold"),
    "embargo": ("scheduled", "s-embargo", "Embargo"),
    "withdrawn": ("", "s-withdrawn", "Withdrawn"),
    "spiked": ("", "s-spiked", "Spiked"),
    "closed": ("", "tick", "Closed"),
    "composing": ("draft", "s-draft", "Composing"),
    "frozen": ("approved", "s-embargo", "Frozen"),
    "sending": ("review", "s-review", "Sending"),
    "sent": ("published", "s-published", "Sent"),
    "uncertain": ("warn", "s-changes", "Uncertain"),
    "bounced": ("stop", "s-late", "Bounced"),
    "invited": ("scheduled", "mail", "Invited"),
    "here": ("published", "tick", "At the desk"),
    "left": ("", "leave", "Left"),
    "warn": ("warn", "s-changes", "Worth a look"),
    "stop": ("stop", "s-late", "Stops it"),
    "fine": ("published", "tick", "Fine"),
}


@register.simple_tag
def chip(state: str, words: str = "", line: bool = False) -> SafeString:
    """Show a state: ``{% chip "in_review" %}``, ``{% chip "warn" "No alt text" line=True %}``.

    Args:
        state: a key of ``STATES``; an unknown one is shown as its own name, so that nothing goes missing.
        words: other words than the state's own.
        line: without the wash, inside a group or a table.
    """
    css, symbol, own = STATES.get(state, ("", "info", str(state).replace("_", " ").capitalize()))
    return format_html('<span class="chip {}{}">{}{}</span>', css, " line" if line else "", icon(symbol), words or own)


@register.simple_tag
def face(person: Any, css: str = "") -> SafeString:
    """Show a person's initials; their name must stand beside it or in the accessible name around it."""
    return format_html('<span class="face {}" aria-hidden="true">{}</span>', css, person.initials)


@register.simple_tag
def when(moment: datetime | None, style: str = "") -> SafeString | str:
    """Show a time in the desk's zone, with the zone named: "11 Sept 2025, 11:34 BST".

    Args:
        moment: an aware time, or None (an en dash is shown).
        style: "" for date and time, "time" for the time alone, "seconds" for it to the second, "ago" for a relative time
            that carries the exact one, "long_ago" for the same in a sentence ("6 min ago"), "day" for the day that carries it.
    """
    if moment is None:
        return "–"
    local = timezone.localtime(moment)
    exact = f"{spoken_date(local)}, {local:%H:%M} {local.tzname()}"
    if style == "time":
        shown = f"{local:%H:%M} {local.tzname()}"
        return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), exact, shown)
    if style == "seconds":
        return format_html(
            '<time datetime="{}" title="{}">{}</time>', local.isoformat(), exact, f"{local:%H:%M:%S} {local.tzname()}"
        )
    if style == "day":
        return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), exact, spoken_date(local))
    if style in ("ago", "long_ago"):
        said = (ago if style == "ago" else long_ago)(moment, timezone.now())
        return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), exact, said)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), exact)


@register.simple_tag
def day(written: str) -> SafeString:
    """Show a day that is written as year-month-day: "Tue 11 Sept 2025"."""
    one = date.fromisoformat(written)
    return format_html('<time datetime="{}">{} {}</time>', written, f"{one:%a}", spoken_date(one))


@register.filter
def thousands(number: int) -> str:
    """Write a number that may be large, so that it can be read: "231,327"."""
    return f"{number:,}"


MONTHS = ["Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec"]


def spoken_date(local: date) -> str:
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


def long_ago(moment: datetime, now: datetime) -> str:
    """Say it as a part of a sentence: "just now", "6 min ago"."""
    said = ago(moment, now)
    return said if said == "just now" else f"{said} ago"


def ago(moment: datetime, now: datetime) -> str:
    """Say how long ago in one number and a unit: "just now", "6 min", "1 h 50", "3 h", "1 day", "12 days"."""
    minutes = int((now - moment).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 2:
        return f"{hours} h {rest:02d}" if rest else f"{hours} h"
    if hours < 24:
        return f"{hours} h"
    days = hours // 24
    return "1 day" if days == 1 else f"{days} days"


CHOICE_WIDGETS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


@register.simple_tag
def field(bound: BoundField, hint: str = "") -> str:
    """Show one field of a form: label above, hint, what was typed, and its error beside it.

    The hint and the error are tied to the control by ``aria-describedby``.
    """
    widget = bound.field.widget
    hint = hint or str(bound.help_text)
    described = " ".join(
        part
        for part in [f"{bound.auto_id}-hint" if hint else "", f"{bound.auto_id}-error" if bound.errors else ""]
        if part
    )
    attrs: dict[str, str | bool] = {"class": f"input {widget.attrs.get('class', '')}".strip()}
    if described:
        attrs["aria-describedby"] = described
    if bound.errors:
        attrs["aria-invalid"] = "true"
    kind = "plain"
    if isinstance(widget, forms.CheckboxInput):
        kind, attrs["class"] = "tick", ""
    elif isinstance(widget, CHOICE_WIDGETS):
        kind = "choices"
    elif widget.use_fieldset:
        kind = "group"
    return render_to_string(
        "desk/_field.html",
        {
            "bound": bound,
            "kind": kind,
            "hint": hint,
            "control": "" if kind == "choices" else bound.as_widget(attrs=attrs),
            "choices": _choices(bound) if kind == "choices" else [],
            # Of one that some answers need and others do not, the hint says when.
            "optional": not bound.field.required and kind == "plain" and not getattr(bound.field, "depends", False),
        },
    )


def _choices(bound: BoundField) -> list[dict[str, Any]]:
    hints = getattr(bound.field, "choice_hints", {})
    return [
        {
            "control": choice.tag(),
            "id": choice.id_for_label,
            "label": choice.choice_label,
            "hint": hints.get(choice.data["value"], ""),
        }
        for choice in bound.subwidgets
    ]


@register.simple_tag
def form_fields(form: forms.BaseForm) -> str:
    """Show every field of a form, its hidden ones and the errors that belong to no field."""
    return render_to_string("desk/_form.html", {"form": form})
