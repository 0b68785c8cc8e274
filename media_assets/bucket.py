"""A bucket of an S3-compatible service as a store of pictures. Named by settings alone, so that nobody needs boto3 who has none.

Nothing in it is public, and no address of it ever leaves this machine: what readers get passes ``views``. No access list is
sent with a file, because buckets of today refuse any; a file is private until somebody opens the bucket.
"""

from __future__ import annotations

import contextlib
import functools
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

from media_assets.stores import Away

CONNECT, READ = 2, 5  # seconds of silence; then it is away
AT_ONCE = 24  # questions of one process; a store that hangs must not hold every thread that draws pages
TURN = 1.0  # seconds that a question waits for its turn
REST = 5.0  # seconds after a silence in which nobody asks; then one does, and the others when it was answered
SILENT = "The picture store does not answer."
CHUNK = 1 << 18
_REFUSED = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "AccessDenied", "ExpiredToken", "InvalidToken", "403"}


class Service:
    """What both stores share of one service: a client, and what is known of its silence."""

    def __init__(self) -> None:
        # A client may be shared by threads; one for each, as django-storages has it, would be ten megabytes and a fifth of
        # a second.
        self.connections = SimpleNamespace()
        self.beginning = threading.Lock()
        self.silence: float | None = None
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._trying = threading.Lock()

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Hold a place among those who ask. After a silence there is one, and for a while none.

        Raises:
            Away: there is none.
        """
        silence = self.silence
        if silence is not None:
            if time.monotonic() - silence < REST or not self._trying.acquire(blocking=False):
                raise Away(SILENT)
            try:
                yield
            finally:
                self._trying.release()
            return
        if not self._turns.acquire(timeout=TURN):
            raise Away(SILENT)
        try:
            yield
        finally:
            self._turns.release()


@functools.cache
def service(endpoint: str | None, region: str, key: str, secret: str) -> Service:
    """The same one for both stores."""
    return Service()


class Bucket(S3Storage):
    """One folder (``location``) of a bucket."""

    remote = True

    def __init__(self, **options: Any) -> None:
        # One try more for what is busy; a file is sent in one request, so that it is there whole or not at all.
        config = Config(
            connect_timeout=CONNECT,
            read_timeout=READ,
            retries={"mode": "standard", "total_max_attempts": 2},
            max_pool_connections=AT_ONCE,
            # Services that are not Amazon's know no checksums but the ones that they ask for.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"addressing_style": "path" if options.get("endpoint_url") else "auto"},
            signature_version="s3v4",
        )
        # Of the environment's own names for keys none is taken: half of one contract and half of another.
        super().__init__(**{"client_config": config, "security_token": None, "session_profile": None, **options})
        self.service = service(self.endpoint_url, self.region_name, self.access_key, self.secret_key)
        self._connections = self.service.connections

    @property
    def connection(self) -> Any:
        with self.service.beginning:
            return super().connection

    def exists(self, name: str) -> bool:
        with contextlib.suppress(FileNotFoundError), self._asking() as client:
            client.head_object(Bucket=self.bucket_name, Key=self._key(name))
            return True
        return False

    def fetch(self, name: str) -> bytes:
        with self._asking() as client:
            body = client.get_object(Bucket=self.bucket_name, Key=self._key(name))["Body"]
            with contextlib.closing(body):
                data: bytes = body.read()
        return data

    def opened(self, name: str) -> IO[bytes]:
        with contextlib.ExitStack() as closed:
            file = closed.enter_context(tempfile.TemporaryFile())
            with self._asking() as client:
                body = client.get_object(Bucket=self.bucket_name, Key=self._key(name))["Body"]
                with contextlib.closing(body):
                    for piece in body.iter_chunks(CHUNK):
                        file.write(piece)
            file.seek(0)
            closed.pop_all()
        return file

    def put(self, name: str, data: bytes) -> None:
        self._put(name, data, len(data))

    def take(self, name: str, path: Path) -> None:
        with path.open("rb") as file:
            self._put(name, file, path.stat().st_size)

    def _put(self, name: str, body: bytes | IO[bytes], size: int) -> None:
        said = self._get_write_parameters(name)
        with self._asking() as client:
            client.put_object(Bucket=self.bucket_name, Key=self._key(name), Body=body, ContentLength=size, **said)

    def delete(self, name: str) -> None:
        with contextlib.suppress(FileNotFoundError), self._asking() as client:
            client.delete_object(Bucket=self.bucket_name, Key=self._key(name))

    def below(self, folder: str) -> set[str]:
        start, found = f"{self._key(folder)}/", set()
        with self._asking() as client:
            for page in client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket_name, Prefix=start):
                found |= {one["Key"].removeprefix(start) for one in page.get("Contents", ())}
        return found

    def is_open(self, name: str) -> bool:
        try:
            self.unsigned_connection.meta.client.get_object(Bucket=self.bucket_name, Key=self._key(name))[
                "Body"
            ].close()
        except ClientError:
            return False
        except BotoCoreError as error:
            raise Away(SILENT) from error
        return True

    def _key(self, name: str) -> str:
        key: str = self._normalize_name(name)
        return key

    @contextlib.contextmanager
    def _asking(self) -> Iterator[Any]:
        """The client, when it is our turn; what goes wrong there as ``Away`` or FileNotFoundError."""
        with self.service.turn():
            try:
                yield self.connection.meta.client
            except ClientError as error:
                self.service.silence = None
                raise _meant(error) from error
            except BotoCoreError as error:  # nobody there, no answer in time, an answer that broke off
                self.service.silence = time.monotonic()
                raise Away(SILENT) from error
            self.service.silence = None


def _meant(error: ClientError) -> OSError:
    code = str(error.response.get("Error", {}).get("Code", ""))
    if code in ("NoSuchKey", "404"):
        return FileNotFoundError("The picture store has no such file (any more).")
    if code == "NoSuchBucket":
        return Away("The picture store has no such bucket. Check BUCKET_NAME.")
    if code in _REFUSED:
        return Away(
            f"The picture store refused us ({code}). Check BUCKET_KEY and BUCKET_SECRET, and what they may do there."
        )
    return Away(f"The picture store answered with an error ({code or 'unknown'}).")
