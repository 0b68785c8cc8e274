"""PostgreSQL and Valkey from their wheels, for a machine that has no servers of its own.

    with embedded.running(Path(".newsroom/servers")) as servers:
        os.environ["DATABASE_URL"] = servers.database_url

Both servers listen on 127.0.0.1 only, on ports of the system's choosing, and ask for a random password that stands in
files of mode 0600. Holders are counted by locked files and a keeper process ends the servers after the last of them;
keeper.py tells how. Standard library only.
"""

from .errors import EmbeddedError
from .holding import find, holders, look_after, remove, running, stop
from .state import Servers

__all__ = ["EmbeddedError", "Servers", "find", "holders", "look_after", "remove", "running", "stop"]
