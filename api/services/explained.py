"""A decision together with its explanation: one member more, which is never part of what is recorded."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from pydantic import Field

from api.domain.decision_record import decided_facts
from api.ledger.entries import DECISION, REQUEST, Entry
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from engine import Decision, Explanation, PolicySet, decide, explain

MOST_WAITING = 32
"""So many explanations may wait for their turn; one takes about a second of a processor."""


class ExplainedDecision(Decision):
    """The decision as it is recorded, with the explanation that was asked for."""

    explanation: Explanation = Field(
        description="How the answer came about; not part of the recorded decision"
    )


def with_explanation(decision: Decision, explanation: Explanation) -> bytes:
    """Return the decision with the explanation as its last member, as UTF-8 JSON."""
    return _joined(decision.to_json(), explanation)


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
        self, entry: Entry, policies: PolicySet, leaves: Callable[[], Coroutine[Any, Any, None]]
    ) -> bytes | None:
        """Return what `explain_entry` does; None as soon as the caller `leaves`, with the work stopped."""
        stop = threading.Event()
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(self._thread, explain_entry, entry, policies, stop.is_set)
        leaving = loop.create_task(leaves())
        try:
            await asyncio.wait((work, leaving), return_when=asyncio.FIRST_COMPLETED)
            return work.result() if work.done() else None
        finally:
            stop.set()
            work.cancel()
            leaving.cancel()


def explain_entry(entry: Entry, policies: PolicySet, stopped: Callable[[], bool]) -> bytes:
    """Return a recorded decision with its explanation, taken from the record alone: the same record, the same bytes.

    `policies` are those the decision was taken under. Raises ValueError for an entry that cannot be read,
    `ExplanationStopped` once `stopped` returns True.
    """
    facts = decided_facts(entry.key, entry.members, entry.payloads[REQUEST])
    decision = decide(
        policies, facts.request, decision_id=entry.key, evaluated_at=entry.at, claimed=facts.claimed
    )
    return _joined(entry.payloads[DECISION], explain(policies, facts.request, decision, stopped))


def _joined(decision: bytes, explanation: Explanation) -> bytes:
    """The bytes of the decision stay as they are but for the closing brace."""
    return decision.rstrip()[:-1] + b',"explanation":' + explanation.to_json() + b"}"
