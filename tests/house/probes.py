"""What no form of ours would send, and some do: the malformed values and bodies that every URL is asked with."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar
from unittest.mock import patch

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

One = TypeVar("One")

# For any parameter or field. A list is sent as the same name several times.
VALUES: dict[str, str | list[str]] = {
    "nothing": "",
    "nul": "wind\x00sor",
    "control characters": "a\r\nSet-Cookie: a=b\x1b\x7f",
    "not a number": "abc",
    "negative": "-1",
    "beyond 32 bits": "2147483648",
    "beyond 64 bits": "99999999999999999999",
    "more digits than int() takes": "9" * 5000,
    "a digit that int() does not take": "²",
    "not finite": "NaN",
    "no such day": "2025-02-30",
    "before all time zones": "0001-01-01T00:00",
    "after all time zones": "9999-12-31T23:59",
    "very long": "x" * 20_000,
    "a list": ["1", "abc", ""],
    "marks": "';\" \\ %s {} $1 ([{",
    "a path": "../../etc/passwd",
    "a number as a key": '{"' + "9" * 5000 + '": "yours"}',
    "brackets without end": "[" * 20_000,
    "an address": "https://evil.example/\\@",
}

# What each field is sent alone as well, beside others that are right: the first wrong field may hide the others.
ALONE = ["nul", "beyond 64 bits"]

# Enough for pages that differ in nothing but the model.
FEW = ["nothing", "nul", "beyond 64 bits", "a list"]

# For a part of an address that is a number, and for one that is text, as it stands in the address.
NUMBERS = ["0", "2147483648", "9223372036854775808", "9" * 5000]
TEXTS = ["%00", "a%00b", "%ff%fe", "%ed%a0%80", "x" * 3000, "%2e%2e%2f", "%0d%0aa"]

# Query strings, as they stand in the address.
QUERIES = [
    "%00",
    "a=%00",
    "%ff=%ff&%ed%a0%80",
    "&&=&=&;",
    "a=%zz%",
    "&".join(f"a{n}=1" for n in range(1500)),
    "q=" + "x" * 9000,
]

MULTIPART = "multipart/form-data; boundary=xx"
FORM = "application/x-www-form-urlencoded"
PART = b'--xx\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
# Content type and body.
BODIES: list[tuple[str, bytes]] = [
    ("application/json", b""),
    ("application/json", b"[]"),
    ("application/json", b'{"body": "\\u0000\\ud800"}'),
    ("application/json", b'{"a":' * 2000),
    ("text/plain", b"a=b"),
    ("", b"a=b"),
    ("nonsense", b"\xff\xfe"),
    (FORM, b"%ff=%ff&%&=&a=%zz&%00=%00"),
    (FORM, b"&".join(b"a%d=1" % n for n in range(2000))),
    (f"{FORM}; charset=utf-16", b"a=b"),
    (f"{FORM}; charset=hex", b"a=b"),
    (f"{FORM}; charset=no-such", b"a=b"),
    (MULTIPART, b""),
    (MULTIPART, b"--yy\r\n\r\n--yy--"),
    (MULTIPART, PART % (b"a", b"", b"b")),  # never ends
    (MULTIPART, PART % (b"\x00", b'; filename="\x00"', b"\x00") + b"--xx--"),
    (MULTIPART, PART % (b"a", b"\r\nContent-Transfer-Encoding: base64", b"!") + b"--xx--"),
    ("multipart/form-data", b"--xx--"),
    ("multipart/form-data; boundary=" + "x" * 300, b"--xx--"),
    (f"{MULTIPART}; charset=hex", PART % (b"a", b"", b"b") + b"--xx--"),
    (f"{MULTIPART}; charset=idna", PART % (b"a", b"", b"\xff" * 70) + b"--xx--"),
    (f"{MULTIPART}; charset=utf-7", PART % (b"a", b"", b"+2AA-") + b"--xx--"),
]

# Parameters of Django's change lists, and lookups that none of our lists offers.
LIST_PARAMETERS = {
    "o": ["abc", "-", "99.99.-99", "²", "9" * 5000],
    "p": ["abc", "-1", "99999999999999999999", "9" * 5000, "²"],
    "q": ["'\"", "x" * 5000, "%"],
    "all": ["x"],
    "e": ["1", "x"],
    "_popup": ["x"],
    "_to_field": ["", "pk", "password", "no_such"],
    "_facets": ["x"],
    "_changelist_filters": ["%00=%ff"],
    "no_such": ["1"],
    "": ["x"],
    "__": ["x"],
    "id": ["abc"],
    "id__in": ["abc", ""],
    "id__range": ["1", "1,2,3"],
    "id__isnull": ["x"],
    "id__year": ["99999999999"],
    "name": ["\x00", "x"],
    "name__regex": ["("],
    "added_at__year": ["0", "99999999999"],
    "roles": ["abc"],
    "agency__name__regex": ["("],
}
TICKED = [
    {"action": "delete_selected"},
    {"action": "delete_selected", "_selected_action": "abc"},
    {"action": "delete_selected", "_selected_action": "a\x00"},
    {"action": "delete_selected", "_selected_action": "99999999999999999999"},
    {"action": "delete_selected", "_selected_action": "1", "select_across": "x", "index": "x"},
    {"action": "no_such", "_selected_action": "1", "index": "5"},
]


@contextmanager
def asked_for() -> Iterator[set[str]]:
    """Write down the names of the parameters, fields and files that a view looks for."""
    names: set[str] = set()

    def of_a_request(looked_in: MultiValueDict[Any, Any]) -> bool:
        # Django keeps its table of addresses in the same kind of dictionary, and every link on a page is looked up there.
        files = (file for many in dict.values(looked_in) for file in many)
        return isinstance(looked_in, QueryDict) or all(isinstance(file, UploadedFile) for file in files)

    def spy(method: str) -> Any:
        original = getattr(MultiValueDict, method)

        def looked_up(self: Any, key: Any, *rest: Any, **more: Any) -> Any:
            if isinstance(key, str) and of_a_request(self):
                names.add(key)
            return original(self, key, *rest, **more)

        return patch.object(MultiValueDict, method, looked_up)

    with spy("__getitem__"), spy("_getlist"):
        yield names


def share(of: Sequence[One], name: str, number: int) -> list[One]:
    """Some of these for the URL of this name: the same in every run, others for its neighbours."""
    first = zlib.crc32(name.encode())
    return [of[(first + place) % len(of)] for place in range(number)]


def squared(names: list[str], kinds: list[str]) -> Iterator[tuple[str, dict[str, str | list[str]]]]:
    """Give every name every kind of value, in as many requests as there are kinds: each time another to each name.

    Without a name there is nothing to ask.
    """
    for turn in range(len(kinds)) if names else ():
        given = {name: kinds[(place + turn) % len(kinds)] for place, name in enumerate(names)}
        yield str(given), {name: VALUES[kind] for name, kind in given.items()}
