"""Who explains, and when: explanations are long, so they wait for each other and for nothing else."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from api.ledger.entries import Entry
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from engine import PolicySet

MOST_WAITING = 32
"""So many explanations may wait for their turn; one takes about a second of a processor."""


class Explainer:
    """Explains in a thread of its own, one after the other, so that nothing else waits for it."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "explaining")
        self._places = MOST_WAITING

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place among those who wait, to be taken before anything is decided. Raises `ProblemError`."""
        if not self._places:
            detail = "Too many explanations are waited for. Ask without `explain=full`, or in a few seconds."
            raise ProblemError(make_problem(ProblemKind.NOT_TAKEN, detail))
        self._places -= 1
        try:
            yield
        finally:
            self._places += 1

    async def explain(
        self,
        entry: Entry,
        policies: PolicySet,
        leaves: Callable[[], Coroutine[Any, Any, None]],
        most_tried: int | None = None,
        most_lines: int | None = None,
    ) -> bytes | None:
        """Return what `explain_entry` does; None as soon as the caller `leaves`, with the work stopped.

        `most_tried` is the usual one with None.
        """
        stop = threading.Event()
        loop = asyncio.get_running_loop()
        amount = most_tried, most_lines
        work = loop.run_in_executor(self._thread, _explain, entry, policies, stop.is_set, *amount)
        leaving = loop.create_task(leaves())
        try:
            await asyncio.wait((work, leaving), return_when=asyncio.FIRST_COMPLETED)
            return work.result() if work.done() else None
        finally:
            stop.set()
            work.cancel()
            leaving.cancel()


def _explain(
    entry: Entry,
    policies: PolicySet,
    stopped: Callable[[], bool],
    most_tried: int | None,
    most_lines: int | None,
) -> bytes:
    """Explain; what that needs is loaded in the thread of the first explanation, and nobody else waits for it."""
    from api.services.answered import explain_entry
    from engine.explanation import BUDGET

    return explain_entry(entry, policies, stopped, BUDGET if most_tried is None else most_tried, most_lines)
