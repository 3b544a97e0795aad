"""Stopping in order: the service says that it is about to stop before it takes no more calls."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from types import FrameType

from api.runtime.loggers import get_logger

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)

log = get_logger()


class Drain:
    """Whether the stop of the service has begun. From then on each answer closes its connection."""

    def __init__(self) -> None:
        self.has_begun = False

    def begin(self) -> None:
        """Say so from now on."""
        self.has_begun = True


def announce_stops(drain: Drain, notice_seconds: float) -> None:
    """Take the signals to stop ahead of the server that runs in this event loop, which gets them after the notice.

    During the notice calls are taken and answered as before. Only SIGTERM waits for it, and only once: who sends
    SIGINT wants no notice. A supervisor that signals all processes of the service, and the parent of several
    workers, may both signal the same worker, so SIGTERM that comes again is without effect.
    """
    loop = asyncio.get_running_loop()
    servers = {number: signal.getsignal(number) for number in STOP_SIGNALS}

    def stop(number: int) -> None:
        handler = servers[signal.Signals(number)]
        if callable(handler):
            handler(number, None)

    def begin(number: int, _: FrameType | None) -> None:
        if drain.has_begun and number == signal.SIGTERM:
            return
        drain.begin()
        seconds = notice_seconds if number == signal.SIGTERM else 0.0
        loop.call_soon_threadsafe(wait, number, seconds)

    def wait(number: int, seconds: float) -> None:
        log.info("stopping", notice_seconds=seconds)
        loop.call_later(seconds, stop, number)

    for number in STOP_SIGNALS:
        signal.signal(number, begin)


@contextmanager
def stops_taken_by(server: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Have the signals to stop handled by a server for the block.

    A server that was stopped sends itself the signal again at its end, by which the process would end: with the
    status 143 instead of 0. Here it goes to the server once more, which has stopped.
    """
    before = {number: signal.signal(number, server) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def stop_with_parent() -> None:
    """Have this process stop as on SIGTERM once the one that started it has ended, however that ended.

    Nobody would replace it or stop it any more, and it holds the port at which the service is started again.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_stop_behind, args=(parent,), name="parent", daemon=True).start()


def _stop_behind(parent: BaseProcess) -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
