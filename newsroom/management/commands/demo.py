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
from django.contrib.staticfiles.storage import ManifestFilesMixin
from django.core.exceptions import ObjectDoesNotExist
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

from newsroom.bundles import BUNDLES, joined
from newsroom.demo import content, place, processes, seed
from newsroom.demo.steps import STEPS, Job, StepFailed


class Command(BaseCommand):
    help = "Make the demo newsroom, do the main job over HTTP with one line per step, then serve until Ctrl-C."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="stop after the steps; non-zero exit if one failed")
        parser.add_argument("--port", type=int, help="the site's port on 127.0.0.1 (default: PORT, or 8000)")

    def handle(self, *args: Any, **options: Any) -> None:
        home = Path(settings.HOME)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) != signal.SIG_IGN:  # nohup
                signal.signal(number, _interrupt)
        try:
            self._run(home, once=options["once"], port=options["port"] or place.port_asked([]))
        except (place.DemoError, OSError, DatabaseError) as error:
            if options["traceback"]:
                raise
            raise SystemExit(place.in_one_sentence(error, home)) from None
        except KeyboardInterrupt:
            self.stdout.write("\nStopped. Everything is kept for the next run.")

    def _run(self, home: Path, *, once: bool, port: int) -> None:
        self._say("Database", self._migrate)
        self._say("Static files", self._collect)
        passwords = place.passwords(home, [role for role, *_ in content.PEOPLE])
        # They start while the newsroom is made: each takes seconds to come up.
        ports = {"port": port, "shop_port": place.shop_port(home), "getty_port": place.getty_port(home)}
        with processes.family(home, mail_url=settings.MAIL_URL, **ports) as family:
            self._say("Newsroom", lambda: self._newsroom(home, passwords))
            self._say("Processes", lambda: self._wait(family))
            job = Job(origin=settings.ORIGIN, passwords=passwords, now=timezone.now())
            failed = self._do(job)
            self._addresses(job, passwords, home)
            if once:
                if failed:
                    raise SystemExit(f"This step failed: {failed}")
                return
            self.stdout.write("Serving until Ctrl-C.")
            threading.Event().wait()

    def _do(self, job: Job) -> str:
        """Take the steps; return the name of the one that failed, or nothing."""
        for name, step in STEPS:
            started = time.monotonic()
            # A connection for each step, as each request has its own: a database that is killed under one step and started
            # again must not break the next.
            connection.close()
            try:
                result = step(job)
            except (StepFailed, LookupError, ObjectDoesNotExist) as error:
                return self._failed(name, str(error))
            except (OSError, DatabaseError) as error:
                return self._failed(name, place.said(error))
            took = time.monotonic() - started
            self.stdout.write(f"  {self.style.SUCCESS('ok')}  {name}: {result} ({took:.1f} s)")
            self.stdout.flush()
        return ""

    def _failed(self, name: str, why: str) -> str:
        self.stdout.write(self.style.ERROR(f"  FAILED  {name}: {why}"))
        return name

    def _addresses(self, job: Job, passwords: dict[str, str], home: Path) -> None:
        path = self._story_path(job)
        self.stdout.write("")
        self.stdout.write(f"reader: {settings.ORIGIN}/")
        self.stdout.write(f"story: {settings.ORIGIN}{path}")
        self.stdout.write(f"desk: {settings.ORIGIN}/desk/")
        self.stdout.write(f"inbox: {settings.ORIGIN}/inbox/")
        self.stdout.write(f"shop: {seed.shop_address(place.shop_port(home))}/")
        for role, _name, email in content.PEOPLE:
            self.stdout.write(f"{role.replace('_', ' ')}:")
            self.stdout.write(f"sign in: {email} / {passwords[role]}")
        self.stdout.flush()

    @staticmethod
    def _story_path(job: Job) -> str:
        """The story's path, or that of the front page; a database that is just being started again is waited for."""
        deadline = time.monotonic() + 20.0
        while True:
            connection.close()
            try:
                story = job.story
                return story.path if story else "/"
            except DatabaseError:
                if time.monotonic() >= deadline:
                    raise
            time.sleep(0.2)

    def _say(self, name: str, work: Any) -> None:
        started = time.monotonic()
        result = work()
        self.stdout.write(f"  {self.style.SUCCESS('ok')}  {name}: {result} ({time.monotonic() - started:.1f} s)")
        self.stdout.flush()

    @staticmethod
    def _migrate() -> str:
        # With the checks that call_command leaves out: they say in a sentence what is wrong with the database.
        call_command("migrate", interactive=False, verbosity=0, skip_checks=False)
        return "PostgreSQL is up and in order"

    @staticmethod
    def _collect() -> str:
        stamp = Path(settings.HOME) / "static-stamp"
        sources = _stamp_of_sources()
        if stamp.exists() and stamp.read_text() == sources:
            return "in place"
        out = io.StringIO()
        # On a disk that was full it was left half written, and the storage would refuse to begin.
        (Path(settings.STATIC_ROOT) / ManifestFilesMixin.manifest_name).unlink(missing_ok=True)
        call_command("collectstatic", interactive=False, clear=True, verbosity=1, stdout=out)
        stamp.write_text(sources)
        return out.getvalue().strip().splitlines()[-1]

    @staticmethod
    def _wait(family: processes.Family) -> str:
        family.wait_until_ready()
        seed.shop_is_open()
        return "web, worker, timetable, mail, shop and Getty Images are running"

    @staticmethod
    def _newsroom(home: Path, passwords: dict[str, str]) -> str:
        now = timezone.now()
        with place.hashes(home) as known:
            cast = seed.people(passwords, known)
        seed.newsroom(cast, now)
        seed.shop(cast, place.shop_port(home), now)
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


def _interrupt(*_: object) -> None:
    """End in good order, once: a second Ctrl-C must not cut off the ending, which takes seconds and then ends by force."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt
