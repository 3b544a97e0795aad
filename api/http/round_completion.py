"""What happens once the log has the decisions of a round, or could not record them: each call is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from api.http.call_observer import CallObserver
from api.http.pre_check_calls import OPERATION, PreCheckCall
from api.ledger.database import StoreUnavailable
from api.ledger.entries import Entry
from api.ledger.filled_decisions import FilledDecision
from api.ledger.group_commit import Leaf
from api.ledger.preconditions import PoliciesSuperseded, StaleRead
from api.ledger.revisions import PolicyFiles
from api.parsing.problems import ProblemError, not_recorded_problem
from api.runtime.counters import Counted
from api.runtime.loggers import get_logger
from api.services.decision_work import DecisionAnswer
from api.services.shape_templates import FilledAnswer

if TYPE_CHECKING:
    from api.http.fast_path import FastPathProtocol
    from api.services.context import Context

log = get_logger()

_METHOD, _PATH = OPERATION.split()
Arrived = tuple["FastPathProtocol", PreCheckCall]
Answered = tuple["FastPathProtocol", PreCheckCall, FilledAnswer | DecisionAnswer]


class RoundCompletion:
    """Answers the calls of a round once their decisions are recorded (`api.ledger.group_commit.Completion`)."""

    __slots__ = ("_answered", "_context", "_done", "_observer")

    def __init__(self, context: Context, observer: CallObserver, answered: Sequence[Answered]) -> None:
        self._context = context
        self._observer = observer
        self._answered = answered
        self._done = False

    def record(
        self,
        entries: Sequence[Entry | Leaf | FilledDecision],
        policies: PolicyFiles,
        read_sequence: int | None,
    ) -> None:
        """Hand the entries of the decisions to the log in one job; answer the calls at once where it takes none."""
        try:
            self._context.store.submit(entries, policies, read_sequence, self, len(entries))
        except StoreUnavailable as error:
            self.set_exception(error)
        except Exception as error:  # nothing was handed over
            self._done = True
            for protocol, call, _ in self._answered:
                protocol.refuse(call, error)

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """Return the event loop of the connections."""
        return self._answered[0][0].loop

    def done(self) -> bool:
        """Whether the calls are answered."""
        return self._done

    def set_result(self, _: object, /) -> None:
        """Answer with the decisions."""
        self._done = True
        self._context.count_decisions([_counted(found) for _, _, found in self._answered])
        self._observe()
        for protocol, call, found in self._answered:
            try:
                protocol.answer(call, found)
            except Exception:  # the others are recorded too, and wait for their answers
                log.exception("answer_not_given", decision_id=found.entry.key, remedy="report this")
                protocol.transport.abort()

    def _observe(self) -> None:
        """Count the calls: those that are observed by themselves one by one, the others at once."""
        observer, counted = self._observer, list[float]()
        for _, call, _ in self._answered:
            if call.is_observed:
                call.end_lap("commit")
                observer.observe(call.call, 200, _METHOD, _PATH)
            else:
                counted.append(call.began)
        if counted:
            observer.observe_round(OPERATION, 200, counted[0], len(counted))

    def set_exception(self, error: Exception, /) -> None:
        """Answer that nothing was recorded; if there are newer records or policies, leave the calls to the route."""
        self._done = True
        for protocol, call, found in self._answered:
            if isinstance(error, StaleRead | PoliciesSuperseded):
                protocol.leave_to_route(call)
            else:
                call.end_lap("commit")
                self._context.counters.count(Counted.NOT_RECORDED)
                protocol.refuse(call, ProblemError(not_recorded_problem(found.request_id)))


def _counted(answer: FilledAnswer | DecisionAnswer) -> tuple[str, str]:
    """The outcome of a decision, and the revision of its policies."""
    if isinstance(answer, FilledAnswer):
        return answer.template.outcome, answer.template.revision
    members = answer.entry.members
    return members["outcome"], members["revision"]
