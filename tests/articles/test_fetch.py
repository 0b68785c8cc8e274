"""What a shop's server may do to who fetches its pages, each against a server that does it."""

from __future__ import annotations

import gzip
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import LazySettings

from articles import fetching
from articles.fetching import Unreachable, fetch


@pytest.fixture(autouse=True)
def on_this_machine(settings: LazySettings) -> None:
    settings.PRIVATE_SHOPS = True


class Raw:
    """A server that answers each connection with the bytes it was given, in their order; ``heard`` is what was asked."""

    def __init__(
        self, *answers: bytes | Callable[[socket.socket], None], context: ssl.SSLContext | None = None
    ) -> None:
        self.answers, self.heard, self.context = list(answers), [], context
        self.closing = threading.Event()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Raw:
        self.thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.closing.set()
        self.socket.close()
        self.thread.join(5)

    def _serve(self) -> None:
        for answer in self.answers:
            try:
                connection, _ = self.socket.accept()
                with connection:
                    if self.context is not None:
                        connection = self.context.wrap_socket(connection, server_side=True)
                    self.heard.append(connection.recv(65536))
                    if callable(answer):
                        answer(connection)
                    else:
                        connection.sendall(answer)
                    connection.close()
            except OSError:  # who asked has gone
                continue

    def url(self, path: str = "/coat", host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"


def page(body: bytes, *more: bytes, length: int | None = None) -> bytes:
    head = [b"HTTP/1.1 200 OK", b"Content-Type: text/html; charset=utf-8", *more]
    head += [f"Content-Length: {len(body) if length is None else length}".encode()]
    return b"\r\n".join([*head, b"", body])


def dripping(server: Callable[[], Raw], what: bytes) -> Callable[[socket.socket], None]:
    def drip(connection: socket.socket) -> None:
        while not server().closing.wait(0.05):
            connection.sendall(what)

    return drip


# ---- where a name leads ----


def test_a_name_is_asked_for_once_and_the_number_that_was_judged_is_used(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: a name server that says a public number first and an inner one afterwards."""
    settings.PRIVATE_SHOPS = False
    asked: list[str] = []
    reached: list[Any] = []

    def resolve(host: str, port: int, **rest: Any) -> list[Any]:
        asked.append(host)
        return [(2, 1, 6, "", ("93.184.215.14" if len(asked) == 1 else "127.0.0.1", port))]

    def connect(address: tuple[str, int], **rest: Any) -> socket.socket:
        reached.append(address)
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr(fetching.socket, "getaddrinfo", resolve)
    monkeypatch.setattr(fetching.socket, "create_connection", connect)
    with pytest.raises(Unreachable, match="did not answer properly"):
        fetch("http://rebind.example/coat")
    assert (asked, reached) == (["rebind.example"], [("93.184.215.14", 80)])
    with pytest.raises(Unreachable, match="private network"):
        fetch("http://rebind.example/coat")
    assert len(reached) == 1


def test_one_inner_number_among_public_ones_is_enough(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PRIVATE_SHOPS = False
    inner = (
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "100.64.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::", "::1", "fe80::1%eth0", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "2002:7f00:1::", "2002:a00:1::1", "64:ff9b::127.0.0.1", "64:ff9b::a00:1", "::127.0.0.1", "2001:0:a00:1::1",
        "2001:0:5ef5:79fb:0:0:f5ff:fffe",
    )  # fmt: skip
    let_in = []
    for number in inner:
        family = 10 if ":" in number else 2
        answers = [(2, 1, 6, "", ("93.184.215.14", 80)), (family, 1, 6, "", (number, 80))]
        monkeypatch.setattr(fetching.socket, "getaddrinfo", lambda *rest, answers=answers, **more: answers)
        try:
            fetching._public("shop.example", 80, time.monotonic() + 5)
            let_in.append(number)
        except Unreachable:
            pass
    assert not let_in
    outer = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"]
    assert [number for number in outer if not fetching._outside(number)] == []


def test_another_number_is_tried_where_one_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with Raw(page(b"<p>Coat</p>")) as shop:
        answers = [(10, 1, 6, "", ("::1", shop.port)), (2, 1, 6, "", ("127.0.0.1", shop.port))]
        real = socket.getaddrinfo  # which connecting to a number asks as well
        monkeypatch.setattr(
            fetching.socket,
            "getaddrinfo",
            lambda host, *rest, **more: answers if host == "shop.example" else real(host, *rest, **more),
        )
        assert fetch(shop.url(host="shop.example")).text == "<p>Coat</p>"
        assert b"\r\nHost: shop.example:" in shop.heard[0]


def test_a_slow_name_server_holds_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    never = threading.Event()
    monkeypatch.setattr(fetching, "LONGEST", 0.3)
    monkeypatch.setattr(fetching.socket, "getaddrinfo", lambda *rest, **more: never.wait(20) and [])
    began = time.monotonic()
    with pytest.raises(Unreachable, match="name server"):
        fetch("http://shop.example/")
    assert time.monotonic() - began < 5
    never.set()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://shop.example:8080/", "port"),
        ("http://shop.example:22/", "port"),
        ("http://shop.example:99999/", "no address"),
        ("https://user:pass@shop.example/", "user name"),
        ("http://shop.example@127.0.0.1/", "user name"),
        ("javascript:alert(1)", "no web address"),
        ("data:text/html,x", "no web address"),
    ],
)
def test_addresses_that_no_shop_has(address: str, words: str, settings: LazySettings) -> None:
    settings.PRIVATE_SHOPS = False
    with pytest.raises(Unreachable, match=words):
        fetch(address)
    with Raw(b"HTTP/1.1 302 Found\r\nLocation: " + address.encode() + b"\r\nContent-Length: 0\r\n\r\n") as shop:
        settings.PRIVATE_SHOPS = True
        parts, asked = fetching._parts, []

        def first_is_fine(given: str) -> Any:
            asked.append(given)
            settings.PRIVATE_SHOPS = len(asked) == 1
            return parts(given)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(fetching, "_parts", first_is_fine)
            patch.setattr(fetching, "_public", lambda *rest: ["127.0.0.1"])
            with pytest.raises(Unreachable, match=words):
                fetch(shop.url())


# ---- what it answers ----


def test_no_cookie_is_kept_and_nothing_of_ours_is_told() -> None:
    with Raw(page(b"there")) as second:
        led = f"HTTP/1.1 302 Found\r\nSet-Cookie: a=b\r\nLocation: {second.url()}\r\nContent-Length: 0\r\n\r\n"
        with Raw(led.encode()) as first:
            assert fetch(first.url()).text == "there"
    asked = second.heard[0].lower()
    assert not any(name in asked for name in (b"cookie", b"referer", b"authorization"))


def test_a_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(b"x" * 50_000_000)
    for more in ((b"Content-Encoding: gzip",), (b"Content-Encoding: br, gzip",)):
        with Raw(page(bomb, *more)) as shop:
            assert fetch(shop.url()).text == ""
            assert b"\r\nAccept-Encoding: identity\r\n" in shop.heard[0]


def test_a_page_that_breaks_off_is_none() -> None:
    """A price of 129.00 that was cut off after its first figures would be taken for one."""
    with Raw(page(b'<b itemprop="price">12', length=500)) as shop, pytest.raises(Unreachable, match="broke off"):
        fetch(shop.url())
    chunked = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhalf"
    with Raw(chunked) as shop, pytest.raises(Unreachable, match="properly"):
        fetch(shop.url())
    whole = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfull\r\n0\r\n\r\n"
    with Raw(whole) as shop:
        assert fetch(shop.url()).text == "full"


def test_drops_and_floods_end_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte at a time in the status line, in the headers, in the body; headers without end; answers before the answer."""
    monkeypatch.setattr(fetching, "LONGEST", 0.8)
    made: list[Raw] = []
    drops: tuple[tuple[bytes, bytes], ...] = (
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"y"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b"z"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/html\r\n\r\n", b"1\r\nz\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    )
    for before, what in drops:

        def answer(connection: socket.socket, before: bytes = before, what: bytes = what) -> None:
            connection.sendall(before)
            dripping(lambda: made[-1], what)(connection)

        with Raw(answer) as shop:
            made.append(shop)
            began = time.monotonic()
            with pytest.raises(Unreachable, match="longer than"):
                fetch(shop.url())
            assert time.monotonic() - began < 5, before
    huge = (b"X: " + b"y" * 70_000, b"\r\n".join(b"X%d: y" % number for number in range(200)))
    for headers in huge:
        with Raw(page(b"x", headers)) as shop, pytest.raises(Unreachable, match="properly"):
            fetch(shop.url())


def test_character_sets_that_are_none_are_read_as_utf_8() -> None:
    body = "£20 ".encode() + b"a-" + b"b" * 200_000
    for name in (b"punycode", b"idna", b"zip", b"unicode_escape", b"undefined", b"nothing-known", b"'"):
        began = time.process_time()
        with Raw(page(body).replace(b"charset=utf-8", b"charset=" + name)) as shop:
            assert fetch(shop.url()).text.startswith("£20 a-b"), name
        assert time.process_time() - began < 2, name
    with Raw(page("£20".encode("cp1252")).replace(b"utf-8", b"windows-1252")) as shop:
        assert fetch(shop.url()).text == "£20"


# ---- whose server it is ----


def certificate(folder: Path, name: str, *, days: int = 30) -> ssl.SSLContext:
    """A server's TLS with a certificate of its own for ``name``, which lies in ``folder/cert.pem``."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    try:
        named: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        named = x509.DNSName(name)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([named]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(made.public_bytes(pem))
    none = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, none))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


@pytest.fixture
def trusting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """What lies in ``cert.pem`` of this folder is trusted, as an authority's would be."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    return tmp_path


@pytest.mark.parametrize(
    ("named", "days", "fine"), [("localhost", 30, True), ("other.example", 30, False), ("localhost", -1, False)]
)
def test_a_certificate_names_the_shop_and_is_valid(named: str, days: int, fine: bool, trusting: Path) -> None:
    with Raw(page(b"<p>Coat</p>"), context=certificate(trusting, named, days=days)) as shop:
        address = shop.url(host="localhost", scheme="https")
        if fine:
            assert fetch(address).text == "<p>Coat</p>"
        else:
            with pytest.raises(Unreachable, match="certificate"):
                fetch(address)
            assert not shop.heard


def test_a_certificate_of_nobody_is_not_believed(tmp_path: Path) -> None:
    with Raw(page(b"x"), context=certificate(tmp_path, "localhost")) as shop:
        with pytest.raises(Unreachable, match="certificate"):
            fetch(shop.url(host="localhost", scheme="https"))
        assert not shop.heard
