"""What a connection may cost: how many there are, how long each waits for its caller, how long a head may be."""

from __future__ import annotations

import resource
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from api.runtime.loggers import get_logger

RESERVED_FILES = 128
"""Of the files that a process may open, so many are left to the database, the policy folder, the log and `SPARE`."""
SPARE = 32
"""So many connections beyond the limit are turned away in peace; further ones are closed at once."""
MOST_CONNECTIONS = 10_000
FEWEST_CONNECTIONS = 16
MOST_STREAMS = 200

log = get_logger()


class Wait(Enum):
    """What a connection waits for its caller to do."""

    FIRST_BYTE = ("first byte", 10.0)
    """Begin the first call."""
    HEADERS = ("headers", 10.0)
    """Send the rest of the request line and the headers."""
    BODY = ("body", 60.0)
    """Send the rest of the body."""
    READING = ("reading", 60.0)
    """Read the answer."""
    IDLE = ("next call", 5.0)
    """Begin the next call."""
    LEAVING = ("end", 5.0)
    """Close the connection, now that the answer is final."""

    def __init__(self, part: str, usual_seconds: float) -> None:
        self.part = part
        self.usual_seconds = usual_seconds

    __hash__ = object.__hash__  # that of an enumeration is computed in Python


USUAL_SECONDS: Mapping[Wait, float] = {wait: wait.usual_seconds for wait in Wait}


def available_files() -> int:
    """Return how many files a process may have open beside the reserved ones: each connection is one."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if soft == resource.RLIM_INFINITY else soft - RESERVED_FILES


def usual_connections() -> int:
    """Return how many connections a process has at once, if nothing else is set."""
    return min(MOST_CONNECTIONS, max(FEWEST_CONNECTIONS, available_files()))


def usual_streams(connections: int | None) -> int:
    """Return how many of its connections a process may have whose answers have no end: pre-checks need the others.

    `connections` are all that it may have; None for as many as it has usually.
    """
    return min(MOST_STREAMS, (connections or usual_connections()) // 4)


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """The bounds of the connections of a process.

    `header_bytes` bounds the request line and the headers together, `header_lines` their number.
    """

    connections: int = field(default_factory=usual_connections)
    seconds: Mapping[Wait, float] = field(default_factory=lambda: USUAL_SECONDS)
    header_bytes: int = 32 * 1024
    header_lines: int = 100


class ConnectionGate:
    """Counts who is inside; that it is full is one log line, until a quarter of the places is free again."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._is_reported = False
        self.inside = 0

    def enter(self) -> bool:
        """Return whether there is a place for one more, who then has it until `leave`."""
        if self.inside >= self._limit:
            self._report()
            return False
        self.inside += 1
        return True

    def leave(self) -> None:
        """Give a place back."""
        self.inside -= 1
        if self.inside * 4 <= self._limit * 3:
            self._is_reported = False

    def _report(self) -> None:
        if not self._is_reported:
            self._is_reported = True
            log.warning(
                "connection_limit_reached",
                limit=self._limit,
                fact="as many connections are open as may be; further ones get 503",
                remedy="let callers share connections, or raise the number of open files (ulimit -n)"
                " and CHANNELGATE_MAX_CONNECTIONS",
            )
