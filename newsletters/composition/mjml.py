"""From a Django template in MJML to the HTML that mail programs show."""

from __future__ import annotations

import re
from typing import Any

import mrml
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

# MJML is XML, which cannot hold every character that somebody may have pasted (XML 1.0, 2.2).
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# The long head of MJML's output stands in few, very long lines. Quoted-printable wraps them, but SMTP allows 998
# characters a line (RFC 5321 4.5.3.1.6) wherever somebody sends 8-bit, so lines end at block tags.
_BREAK = re.compile(r"(?<=</tr>)|(?<=</p>)|(?<=</td>)|(?<=</div>)|(?<=</style>)")
_QUOTED = re.compile('"[^"]*"')  # an attribute may hold what somebody wrote: MRML leaves "<" in it as it is


class TemplateBroken(Exception):
    """The template is not MJML: a fault of ours, found when composing, never while sending."""


def render(template: str, context: dict[str, Any]) -> SafeString:
    """Render an MJML template.

    Raises:
        TemplateBroken: MRML could not parse it, or passed a tag through that it does not know.
    """
    source = _NO_XML.sub("", render_to_string(template, context))
    try:
        html = mrml.to_html(source).content
    except OSError as error:  # MRML's parser raises no other
        raise TemplateBroken(f"{template}: {error}") from error
    if unknown := re.search(r"<mj-[a-z-]+", _QUOTED.sub("", html)):
        raise TemplateBroken(f"{template}: MRML does not know {unknown.group()}>.")
    return mark_safe(_BREAK.sub("\n", html))  # noqa: S308  rendered from our own templates, values escaped by Django
