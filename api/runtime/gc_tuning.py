"""The garbage collector of a process: what it makes to start with mostly stays, and is not to be looked through."""

from __future__ import annotations

import gc

COLLECT_EVERY = 50_000
"""After so many more objects were made than let go, the collector looks through them."""


def collect_seldom() -> None:
    """Have the collector look less often for what is left behind; the usual pace took a fifth of a check."""
    gc.set_threshold(COLLECT_EVERY)


def spare_what_is_loaded() -> None:
    """Have the collector leave alone what is loaded by now, too.

    A call leaves next to nothing that only the collector finds, and going through policies and libraries takes it
    longer than a hundred calls.
    """
    collect_seldom()
    gc.collect()
    gc.freeze()
