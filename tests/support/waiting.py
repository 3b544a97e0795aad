"""Waiting for what another thread or process does."""

import time
from collections.abc import Callable

PATIENCE_SECONDS = 60


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < until, "what was waited for did not come"
        time.sleep(0.01)
