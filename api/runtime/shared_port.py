"""One port for several processes, among which the system divides connections evenly.

With one socket for all of them, a process that is awake takes most connections, and the others have nothing to do.
"""

from __future__ import annotations

import socket
from typing import Any

BACKLOG = 2048


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens for one process; port 0 takes a free one. Raises OSError."""
    return socket.create_server((host, port), family=_family(host), backlog=BACKLOG)


class SharedPort(socket.socket):
    """A port that is taken and at which nobody listens yet.

    Given to another process, it becomes a socket of that one's own: what connects to it is answered by nobody else,
    and once it is closed, by another one.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        """Have a process that this is given to open its own."""
        return _take, (self.family, self.getsockname()[:2])


def take_shared(host: str, port: int) -> SharedPort:
    """Take a port for several processes; port 0 takes a free one. Raises OSError, also if another service has it."""
    with socket.create_server((host, port), family=_family(host)) as alone:
        address = alone.getsockname()[:2]
    taken = _take(_family(host), address)
    taken.setsockopt(
        socket.SOL_SOCKET, socket.SO_REUSEADDR, 0
    )  # else another service could, while nobody listens
    return taken


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _take(family: socket.AddressFamily, address: tuple[str, int]) -> SharedPort:
    taken = SharedPort(family, socket.SOCK_STREAM)
    try:
        if family == socket.AF_INET6:
            taken.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(address)
    except OSError:
        taken.close()
        raise
    return taken
