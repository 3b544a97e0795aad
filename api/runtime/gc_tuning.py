"""Tuning of the garbage collector: most objects live as long as the process and need no scan."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

GC_THRESHOLD = 50_000
"""The collector of a service runs after so many more allocations than deallocations."""
COMMAND_GC_THRESHOLD = 200_000
"""That of a command: more than importing a command and loading a folder of policies make, none of it garbage."""


def tune_gc_of_command() -> None:
    """Have the collector run less often, and not at the end of the process: it took a quarter of a check."""
    gc.set_threshold(COMMAND_GC_THRESHOLD)
    atexit.register(gc.freeze)  # what is frozen is not looked at again before the memory is given back


@contextmanager
def loading() -> Iterator[None]:
    """Import modules or load policies without collecting: they leave no garbage, and are not scanned again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()


def freeze_loaded_objects() -> None:
    """Run the collector less often, and exempt from it all objects loaded so far; loading leaves no garbage.

    A call leaves next to no cyclic garbage, and scanning policies and libraries takes longer than a hundred calls.
    """
    gc.set_threshold(GC_THRESHOLD)
    gc.freeze()
