"""Debian's nginx with one worker, giving the very bytes of a page as a file."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.benchmarks.serving import Server, free_port, pin

OWN = {"content-length", "connection", "etag", "last-modified", "date", "server", "content-type"}
CONFIGURATION = """
daemon off;
pid {folder}/nginx.pid;
worker_processes 1;
error_log {folder}/nginx-error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  default_type "{kind}";
  sendfile on;
  tcp_nopush on;
  open_file_cache max=10;
  keepalive_requests 100000000;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port} backlog=1024; root {folder}/pages; location / {{ try_files /page =404; {headers} }} }}
}}
"""


def there() -> bool:
    return shutil.which("nginx") is not None or Path("/usr/sbin/nginx").exists()


@contextlib.contextmanager
def nginx(body: bytes, headers: Mapping[str, str], *, core: set[int], folder: Path) -> Iterator[Server]:
    """Serve ``body`` at every address, with these headers, until the block ends.

    Raises:
        SystemExit: it does not come up.
    """
    folder = folder / "nginx"
    (folder / "pages").mkdir(parents=True)
    (folder / "pages" / "page").write_bytes(body)
    for path in (folder, folder / "pages", folder.parent):
        path.chmod(0o755)  # nginx's worker is another user where root starts it
    port = free_port()
    kept = {name: value for name, value in headers.items() if name.lower() not in OWN}
    lines = " ".join(f"add_header {name} '{value}';" for name, value in kept.items() if "'" not in value)
    quoted = " ".join(f'add_header {name} "{value}";' for name, value in kept.items() if "'" in value)
    configuration = folder / "nginx.conf"
    configuration.write_text(
        CONFIGURATION.format(folder=folder, port=port, kind=headers["content-type"], headers=f"{lines} {quoted}")
    )
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    process = subprocess.Popen([program, "-c", str(configuration), "-e", "stderr"], preexec_fn=lambda: pin(core))
    try:
        deadline = time.monotonic() + 10
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("nginx does not answer.")
            time.sleep(0.05)
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait(10)
