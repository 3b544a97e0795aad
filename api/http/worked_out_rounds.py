"""The calls of a round that are worked out, as by the route: the caller, the request, the decision, its record.

Each step of all of them is taken before the next (`api.runtime.lockstep`). No step is a coroutine: what would have to
wait is not begun, so nothing begun is dropped. What is decided goes to the log in one job.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from api.http.authentication.authenticate import admit_at_once
from api.http.call_observer import CallObserver
from api.http.pre_check_calls import OPERATION, PreCheckCall
from api.http.request_body import check_headers, check_size
from api.http.round_completion import Answered, Arrived, RoundCompletion
from api.ledger.entries import Entry
from api.ledger.group_commit import Leaf
from api.parsing.problems import ProblemError
from api.parsing.requests import Received, read_request
from api.runtime.current_call import STEP, Call
from api.runtime.lockstep import Lockstep, WouldBlock
from api.services.decision_rounds import DecisionRound, RoundCaller
from api.services.decision_work import STEPS, DecisionAnswer, DecisionWork
from api.services.pre_checks import PreChecks

if TYPE_CHECKING:
    from api.http.fast_path import FastPathProtocol


class _WorkedOutCall:
    """A call while it is worked out."""

    __slots__ = ("answer", "by", "call", "entry", "protocol", "received", "work")
    by: RoundCaller
    received: Received
    work: DecisionWork
    answer: DecisionAnswer
    entry: Entry | Leaf

    def __init__(self, protocol: FastPathProtocol, call: PreCheckCall) -> None:
        self.protocol = protocol
        self.call = call


class WorkedOutRound:
    """Calls that are worked out together (`api.runtime.current_call.CallRound`)."""

    def __init__(self, pre_checks: PreChecks, observer: CallObserver, calls: Sequence[Arrived]) -> None:
        self._pre_checks = pre_checks
        self._context = pre_checks.context
        self._observer, self._is_attentive = observer, observer.is_attentive
        self._round = DecisionRound(pre_checks.context)
        self._vocabulary = self._round.active.policies.vocabulary
        self._most_bytes = pre_checks.context.settings.max_body_bytes
        self._callers: dict[bytes | None, RoundCaller] = {}
        self._lockstep = Lockstep([_WorkedOutCall(protocol, call) for protocol, call in calls])

    @property
    def call(self) -> Call | None:
        """The call whose step is taken now."""
        current = self._lockstep.current
        return None if current is None else current.call.call

    def run(self) -> None:
        """Decide the calls, and hand the decisions to the log; answer at once what cannot be decided."""
        take = self._lockstep.take
        STEP.round = self
        try:
            take((self._admit, self._read, self._begin), self._fail)
            take(_DECIDING, self._fail_deciding)
            take((self._finish,), self._fail)
        finally:
            STEP.round = None
        self._submit()

    def _admit(self, one: _WorkedOutCall) -> None:
        sent = one.call.authorization
        by = self._callers.get(sent)
        if by is None:
            caller = admit_at_once(self._context, () if sent is None else (sent,), OPERATION)
            by = self._callers[sent] = self._round.join(caller)
        one.by = by

    def _read(self, one: _WorkedOutCall) -> None:
        call = one.call
        if not call.is_checked:
            check_headers(call.headers, self._most_bytes)
            check_size(len(call.body), self._most_bytes)
        received = read_request(call.body, self._vocabulary)
        if not isinstance(received, Received):  # the class of a model answers this at ten times the cost
            self._pre_checks.refuse(received)
        one.received = received

    def _begin(self, one: _WorkedOutCall) -> None:
        work = self._round.begin(one.received, one.by, one.call.trace_id)
        if not isinstance(work, DecisionWork):
            self._pre_checks.refuse(work)
        one.work = work

    def _finish(self, one: _WorkedOutCall) -> None:
        one.answer = answer = one.work.finish()
        one.entry = one.work.leaf_of(answer) if self._round.is_final else answer.entry
        if self._is_attentive:
            one.call.end_lap("decide")

    def _fail(self, one: _WorkedOutCall, error: Exception) -> None:
        if isinstance(error, WouldBlock):
            one.protocol.leave_to_route(one.call)
        else:
            one.protocol.refuse(one.call, error)

    def _fail_deciding(self, one: _WorkedOutCall, _: Exception) -> None:
        try:
            self._pre_checks.refuse(one.work.report_failure())
        except ProblemError as error:
            one.protocol.refuse(one.call, error)

    def _submit(self) -> None:
        """Hand the entries to the log: those that rest on there being no newer records, and the others."""
        jobs: dict[bool, list[_WorkedOutCall]] = {}
        for one in self._lockstep.going:
            jobs.setdefault(one.by.reads, []).append(one)
        for reads, works in jobs.items():
            answered: list[Answered] = [(one.protocol, one.call, one.answer) for one in works]
            RoundCompletion(self._context, self._observer, answered).record(
                [one.entry for one in works],
                self._round.active.files,
                self._round.read_sequence if reads else None,
            )


def _of_work(step: Callable[[DecisionWork], None]) -> Callable[[_WorkedOutCall], None]:
    def take(one: _WorkedOutCall) -> None:
        step(one.work)

    return take


_DECIDING = tuple(map(_of_work, STEPS))
