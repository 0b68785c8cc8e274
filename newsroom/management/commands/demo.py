"""`make demo`: a whole newsroom on this machine, and its main job done before your eyes."""

from __future__ import annotations

import hashlib
import io
import signal
import threading
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ObjectDoesNotExist
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from newsroom.bundles import BUNDLES, joined
from newsroom.demo import content, place, processes, seed
from newsroom.demo.steps import Job, StepFailed


class Command(BaseCommand):
    help = "Make the demo newsroom, do the main job over HTTP with one line per step, then serve until Ctrl-C."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="stop after the steps; non-zero exit if one failed")
        parser.add_argument("--port", type=int, help="the site's port on 127.0.0.1 (default: PORT, or 8000)")

    def handle(self, *args: Any, **options: Any) -> None:
        home = Path(settings.HOME)
        signal.signal(signal.SIGTERM, _as_interrupt)  # or the processes below would outlive a plain kill
        try:
            self._run(home, once=options["once"], port=options["port"] or place.port_asked([]))
        except place.DemoError as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(place.in_one_sentence(error)) from None
        except KeyboardInterrupt:
            self.stdout.write("\nStopped. Everything is kept for the next run.")

    def _run(self, home: Path, *, once: bool, port: int) -> None:
        self._say("Database", self._migrate)
        self._say("Static files", self._collect)
        passwords = place.passwords(home, [role for role, *_ in content.PEOPLE])
        cast = seed.people(passwords)
        self._say("Newsroom", lambda: self._newsroom(cast))
        with processes.family(home, port=port, mail_url=settings.MAIL_URL):
            self._say("Processes", lambda: "web, worker and mail are running")
            job = Job(origin=settings.ORIGIN, passwords=passwords, now=timezone.now())
            failed = self._do(job)
            self._addresses(job, passwords)
            if once:
                if failed:
                    raise CommandError(f"This step failed: {failed}")
                return
            self.stdout.write("Serving until Ctrl-C.")
            threading.Event().wait()

    def _do(self, job: Job) -> str:
        """Take the steps; return the name of the one that failed, or nothing."""
        for name, step in job.steps():
            started = time.monotonic()
            try:
                result = step()
            except (StepFailed, LookupError, AttributeError, OSError, ObjectDoesNotExist, DatabaseError) as error:
                self.stdout.write(self.style.ERROR(f"  FAILED  {name}: {error}"))
                return name
            took = time.monotonic() - started
            self.stdout.write(f"  {self.style.SUCCESS('ok')}  {name}: {result} ({took:.1f} s)")
        return ""

    def _addresses(self, job: Job, passwords: dict[str, str]) -> None:
        story = job.story
        self.stdout.write("")
        self.stdout.write(f"reader: {settings.ORIGIN}/")
        self.stdout.write(f"story: {settings.ORIGIN}{story.path if story else '/'}")
        self.stdout.write(f"desk: {settings.ORIGIN}/desk/")
        self.stdout.write(f"inbox: {settings.ORIGIN}/inbox/")
        for role, _name, email in content.PEOPLE:
            self.stdout.write(f"{role.replace('_', ' ')}:")
            self.stdout.write(f"sign in: {email} / {passwords[role]}")
        self.stdout.flush()

    def _say(self, name: str, work: Any) -> None:
        started = time.monotonic()
        result = work()
        self.stdout.write(f"  {self.style.SUCCESS('ok')}  {name}: {result} ({time.monotonic() - started:.1f} s)")
        self.stdout.flush()

    @staticmethod
    def _migrate() -> str:
        call_command("migrate", interactive=False, verbosity=0)
        return "PostgreSQL is up and in order"

    @staticmethod
    def _collect() -> str:
        stamp = Path(settings.HOME) / "static-stamp"
        sources = _stamp_of_sources()
        if stamp.exists() and stamp.read_text() == sources:
            return "in place"
        out = io.StringIO()
        call_command("collectstatic", interactive=False, clear=True, verbosity=1, stdout=out)
        stamp.write_text(sources)
        return out.getvalue().strip().splitlines()[-1]

    @staticmethod
    def _newsroom(cast: dict[str, Any]) -> str:
        now = timezone.now()
        seed.newsroom(cast, now)
        return f"{len(cast)} people, {len(content.SECTIONS)} sections, {seed.features(cast, now)} stories published"


def _stamp_of_sources() -> str:
    """A digest of names, sizes and times of all static files: collecting and compressing them takes seconds."""
    seen = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list(None):
            if path in BUNDLES:
                seen.update(path.encode() + joined(path))
            else:
                facts = Path(storage.path(path)).stat()
                seen.update(f"{path} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def _as_interrupt(*_: object) -> None:
    raise KeyboardInterrupt
