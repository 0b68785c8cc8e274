"""How a rule says no to what somebody typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class Refused(Exception):
    """What was typed cannot be kept as it is.

    Attributes:
        messages: field name -> what to do about it, in the person's words. "" is the whole form.
    """

    def __init__(self, messages: Mapping[str, str] | str) -> None:
        self.messages: dict[str, str] = {"": messages} if isinstance(messages, str) else dict(messages)
        super().__init__(" ".join(self.messages.values()))


class Stale(Exception):
    """Somebody else changed the record after this person had read it. Nothing was written."""


class MoveRefused(Refused):
    """The move is not this person's, or not now, or lacks an answer. problems: the checks that stopped it."""

    def __init__(self, messages: Mapping[str, str] | str, problems: Sequence[object] = ()) -> None:
        super().__init__(messages)
        self.problems = tuple(problems)
