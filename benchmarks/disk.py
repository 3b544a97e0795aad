"""How long the disk takes to make an appended group durable: `fdatasync`, which every answer waits for."""

import os
import statistics
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.results import Spread

BYTES_AN_ENTRY = 1_400
"""About what a decision of one line adds to the log, and so to the write-ahead log of SQLite."""
SYNCS = 200


class SyncTimes(NamedTuple):
    """Milliseconds of `fdatasync`."""

    p50: float
    p99: float


def measure_syncs(folder: Path, entries: int, syncs: int = SYNCS) -> SyncTimes:
    """Append so many entries at a time to a file in the folder, each time followed by `fdatasync`.

    The file is written before, as a write-ahead log is that is used again: what is measured is the disk, and not a
    file system that makes files longer.
    """
    group = os.urandom(BYTES_AN_ENTRY * entries)
    file = folder / "syncs"
    milliseconds = []
    descriptor = os.open(file, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        for _ in range(syncs):
            os.write(descriptor, group)
        os.fsync(descriptor)
        os.lseek(descriptor, 0, os.SEEK_SET)
        for _ in range(syncs):
            os.write(descriptor, group)
            began = time.perf_counter()
            os.fdatasync(descriptor)
            milliseconds.append((time.perf_counter() - began) * 1000)
    finally:
        os.close(descriptor)
        file.unlink()
    hundredths = statistics.quantiles(milliseconds, n=100, method="inclusive")
    return SyncTimes(statistics.median(milliseconds), hundredths[98])


def shown(p50: Spread, p99: Spread) -> str:
    """The times around the runs of a server, in words."""
    return f"fdatasync p50 {p50.shown(2)} p99 {p99.shown(2)} ms"
