"""Celery: how work is spread over processes and machines. What is swept when stands in timetable.py.

Tasks carry ids only and every one can be run again, so the broker may be emptied at any time: the timetable's sweeps find
in PostgreSQL whatever a lost message was about.
"""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

from .timetable import CONFIGURATION

app = Celery("newsroom")
app.conf.update(CONFIGURATION)
app.autodiscover_tasks()
