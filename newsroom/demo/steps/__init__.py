"""The main job, step by step, over HTTP as its people would do it. Each step says what came of it.

A step that an earlier run has done already is seen and kept: a run that was killed goes on where it stood.
"""

from __future__ import annotations

from collections.abc import Callable

from . import mailing, reading, reviewing, shopping, signing_up, writing
from .job import Job, StepFailed

STEPS: list[tuple[str, Callable[[Job], str]]] = [
    ("The reporter writes the story", writing.write),
    ("The reporter submits it", reviewing.submit),
    ("The reporter’s own approval is refused", reviewing.approve_own),
    ("The editor waives two phrases and declares the story live", reviewing.look_over),
    ("The editor approves it", reviewing.approve),
    ("The editor publishes it", reviewing.publish),
    ("A reader opens the page", reading.read),
    ("The feed carries it", reading.feed),
    ("The reader signs up, one of two boxes ticked", signing_up.sign_up),
    ("The confirmation arrives in the inbox", signing_up.confirmation),
    ("The reader presses the confirm button", signing_up.confirm),
    ("Marketing composes an issue from the story", mailing.compose),
    ("Marketing sends it", mailing.send),
    ("The letter arrives", mailing.letter),
    ("The reader leaves with one click", mailing.leave),
    ("The recheck has read the shop’s price", shopping.price),
]

__all__ = ["STEPS", "Job", "StepFailed"]
