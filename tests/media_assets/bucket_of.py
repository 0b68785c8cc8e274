"""A real S3 server on this machine (moto's), which asks for keys, and settings that lead to it."""

from __future__ import annotations

import json
import logging
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
from moto import settings as moto_settings
from moto.core.authorization import ActionAuthenticatorMixin
from moto.moto_api._internal import moto_api_backend
from moto.server import ThreadedMotoServer

from newsroom import servers

NAME = "longwalk-pictures"
logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line for each request
REGION = "eu-west-2"


class Server:
    """The service and one bucket in it. ``key``, ``secret``: of a user who may use that bucket and nothing else."""

    def __init__(self) -> None:
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._server.start()
        self.port = self._server.get_host_and_port()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.key, self.secret = self._user()
        moto_settings.INITIAL_NO_AUTH_ACTION_COUNT = 0.0
        ActionAuthenticatorMixin.request_count = 0

    def _user(self) -> tuple[str, str]:
        root = {"aws_access_key_id": "root", "aws_secret_access_key": "root", "endpoint_url": self.address}
        boto3.client("s3", region_name=REGION, **root).create_bucket(
            Bucket=NAME, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        people = boto3.client("iam", region_name=REGION, **root)
        people.create_user(UserName="newsroom")
        policy = {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{NAME}"},
                {
                    "Effect": "Allow",
                    "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
                    "Resource": f"arn:aws:s3:::{NAME}/*",
                },
            ],
        }
        people.put_user_policy(UserName="newsroom", PolicyName="pictures", PolicyDocument=json.dumps(policy))
        made = people.create_access_key(UserName="newsroom")["AccessKey"]
        return made["AccessKeyId"], made["SecretAccessKey"]

    @property
    def bucket(self) -> servers.Bucket:
        return servers.Bucket(NAME, self.address, REGION, self.key, self.secret)

    def names(self) -> list[str]:
        """What lies in the bucket, as its owner sees it."""
        client = boto3.client(
            "s3",
            region_name=REGION,
            aws_access_key_id=self.key,
            aws_secret_access_key=self.secret,
            endpoint_url=self.address,
        )
        return sorted(one["Key"] for one in client.list_objects_v2(Bucket=NAME).get("Contents", ()))

    def stranger(self, name: str) -> int:
        """What somebody without a key is answered there."""
        try:
            with urllib.request.urlopen(f"{self.address}/{NAME}/{name}", timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def open_to_all(self) -> None:
        """As somebody might who does not know what lies in it: moto then asks nobody for a key."""
        moto_settings.INITIAL_NO_AUTH_ACTION_COUNT = float("inf")
        root = {"aws_access_key_id": "root", "aws_secret_access_key": "root", "endpoint_url": self.address}
        boto3.client("s3", region_name=REGION, **root).put_bucket_acl(Bucket=NAME, ACL="public-read")

    def end(self) -> None:
        self._server.stop()
        assert self._server._server is not None
        self._server._server.server_close()

    def again(self) -> None:
        """Begin anew at the same address, with all that was kept."""
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=self.port, verbose=False)
        self._server.start()


def use(settings: Any, bucket: servers.Bucket) -> None:
    """Keep pictures there from now on, as the environment's variables would have it."""
    settings.STORAGES = {**settings.STORAGES, "private": bucket.store("private"), "public": bucket.store("public")}


@contextmanager
def running() -> Iterator[Server]:
    """A service with nothing in it, which is gone afterwards."""
    server = Server()
    try:
        yield server
    finally:
        moto_settings.INITIAL_NO_AUTH_ACTION_COUNT = float("inf")
        server.end()
        moto_api_backend.reset()


@dataclass
class Silent:
    """A server that takes connections and says nothing."""

    address: str
    asked: int = 0


@contextmanager
def silent() -> Iterator[Silent]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        told = Silent(f"http://127.0.0.1:{listening.getsockname()[1]}")
        held: list[socket.socket] = []

        def take() -> None:
            while True:
                try:
                    held.append(listening.accept()[0])
                except OSError:
                    return
                told.asked += 1

        threading.Thread(target=take, daemon=True).start()
        try:
            yield told
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            for one in held:
                one.close()
