"""Decisions that are taken at one time, for callers who wait for nothing but the log.

What they have in common is found out once: the policies, how old they are, the moment, what there are records about.
"""

from __future__ import annotations

from dataclasses import dataclass

from api.domain.caller_basis import CallerBasis
from api.domain.decision_moment import DecisionMoment
from api.domain.identity import Caller
from api.domain.known_facts import NO_RECORDS
from api.domain.permissions import may_call
from api.parsing.problems import Problem
from api.parsing.requests import Received
from api.runtime.lockstep import WouldBlock
from api.services.context import Context
from api.services.decision_work import DecisionWork
from api.services.pre_checks import READING
from api.services.prepared_requests import PreparedRequest, prepare_request, record_keys


@dataclass(slots=True)
class RoundCaller:
    """A caller, and whether its decisions take records into account; what they have in common, once one is begun."""

    caller: Caller
    reads: bool
    basis: CallerBasis | None = None


class DecisionRound:
    """The decisions of one round.

    `active` is the set by which they are taken. `read_sequence` is the log entry up to which there are no records
    about the requests that were begun. `is_final` is whether entries are recorded as they are; if not, texts of them
    are still to be detached.
    """

    __slots__ = (
        "_context",
        "_has_records",
        "_is_behind",
        "_moment",
        "active",
        "is_final",
        "read_sequence",
    )

    def __init__(self, context: Context) -> None:
        self._context = context
        self.active = context.policies.current
        self.is_final = not context.policies.erasable()
        index = context.index
        self._is_behind, self._has_records = index.is_behind, not index.is_empty
        self.read_sequence = index.read_sequence
        self._moment: DecisionMoment | None = None

    def join(self, caller: Caller) -> RoundCaller:
        """Return a caller whose requests are decided in this round."""
        return RoundCaller(caller, may_call(caller.role, READING))

    def begin(self, received: Received, by: RoundCaller, trace_id: str | None) -> DecisionWork | Problem:
        """Begin to decide a request, or return why that is not possible. `trace_id` is the trace that it states.

        Raises `WouldBlock` if there are, or may be, records about the request, which have to be read first.
        """
        request, logged = received
        prepared = prepare_request(self.active, request, logged, by.caller)
        if not isinstance(prepared, PreparedRequest):
            return prepared
        if by.reads and (
            self._is_behind or (self._has_records and self._context.index.covers(*record_keys([prepared])))
        ):
            raise WouldBlock
        moment = self._moment or self._take_moment()
        basis = by.basis or self._basis_of(by, moment)
        return DecisionWork(prepared, NO_RECORDS, self.active, moment, basis, trace_id)

    def _take_moment(self) -> DecisionMoment:
        """Take the time of the round, which its first decision needs."""
        self._moment = moment = self._context.moment(self.active)
        return moment

    def _basis_of(self, by: RoundCaller, moment: DecisionMoment) -> CallerBasis:
        by.basis = basis = self.active.bases.of(by.caller, moment.status)
        return basis
