"""A command whose reader has gone, as in `channelgate policies show | head -1`, ends at once and says nothing."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

ENDED = 128 + signal.SIGPIPE
"""The exit code of a program that a shell sees ended by SIGPIPE: the command came to no result of its own."""


@contextmanager
def ending_quietly() -> Iterator[None]:
    """While it is open, the command ends with `ENDED` where nobody reads its standard output any more.

    The signal itself is left alone, since it would end the service at a closed connection; so are log lines on
    standard error, without which the service goes on.
    """
    before = sys.stdout
    sys.stdout = _PipedOutput(before)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stdout = before


class _PipedOutput:
    """Standard output that raises `SystemExit` at a closed pipe: no handler takes that for a file or a database."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        written: int = self._tried(self._stream.write, text)
        return written

    def writelines(self, lines: Any) -> None:
        self._tried(self._stream.writelines, lines)

    def flush(self) -> None:
        self._tried(self._stream.flush)

    def _tried(self, act: Callable[..., Any], *given: Any) -> Any:
        try:
            return act(*given)
        except BrokenPipeError:
            self._drop_the_rest()
            raise SystemExit(ENDED) from None

    def _drop_the_rest(self) -> None:
        """Lead what is held back nowhere; it would be written once more when Python ends, and fail again."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
