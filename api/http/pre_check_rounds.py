"""The pre-checks that arrived together: those of a known shape are answered and recorded in one go, the others left.

A round is what one iteration of the event loop brings. It has one time, one look at the policies, and one job for the
log, so that a call costs little more than its bytes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from api.http.call_observer import CallObserver
from api.http.languages import find_language
from api.http.pre_check_calls import OPERATION, PreCheckCall
from api.http.request_body import check_headers, check_size
from api.ledger.database import StoreUnavailable
from api.ledger.preconditions import PoliciesSuperseded, StaleRead
from api.parsing.problems import ProblemError, not_recorded_problem
from api.runtime.counters import Counted
from api.runtime.current_call import STEP
from api.runtime.lockstep import run_in_lockstep
from api.runtime.loggers import get_logger
from api.services.shape_cache import Lesson, ShapeCache, ShapeRound
from api.services.shape_templates import FilledAnswer

if TYPE_CHECKING:
    from api.http.fast_path import FastPathProtocol
    from api.services.context import Context
    from engine import PolicySet

log = get_logger()

Arrived = tuple["FastPathProtocol", PreCheckCall]
Filled = tuple["FastPathProtocol", PreCheckCall, FilledAnswer]


class PreCheckRounds:
    """The rounds of one application, on its event loop."""

    def __init__(self, context: Context, shapes: ShapeCache, observer: CallObserver) -> None:
        self._context = context
        self._shapes = shapes
        self._observer = observer
        self._arrived: list[Arrived] = []

    def add(self, protocol: FastPathProtocol, call: PreCheckCall) -> None:
        """Put a complete call into the next round."""
        if not self._arrived:
            protocol.loop.call_soon(self._take)
        self._arrived.append((protocol, call))

    def _take(self) -> None:
        arrived, self._arrived = self._arrived, []
        for _, call in arrived if self._observer.is_attentive else ():
            call.end_lap("receive")
        shapes = self._shapes.begin_round()
        left = arrived if shapes is None else self._fill(shapes, arrived)
        try:
            run_in_lockstep([protocol.decide(call) for protocol, call in left if call.wishes is None])
        finally:
            STEP.call = None
        for protocol, call in left:
            if call.wishes is not None:
                self._leave(protocol, call)

    def _leave(self, protocol: FastPathProtocol, call: PreCheckCall) -> None:
        """Have the route answer a call, which knows all languages; of a shape that was seen before, learn from it."""
        protocol.leave_to_route(call)
        if call.lesson is not None:
            protocol.loop.call_soon(self._shapes.learn, call.lesson, None)

    def _fill(self, shapes: ShapeRound, arrived: Sequence[Arrived]) -> Sequence[Arrived]:
        """Answer the calls of known shapes; return the others."""
        left: list[Arrived] = []
        jobs: dict[bool, list[Filled]] = {}
        most = self._context.settings.max_body_bytes
        for protocol, call in arrived:
            found = _find(shapes, call, most)
            if isinstance(found, FilledAnswer) and call.wishes is not None:
                found = _in_language(found, shapes.active.policies, call.wishes)
            if isinstance(found, FilledAnswer):
                call.end_lap("decide")
                jobs.setdefault(found.template.reads, []).append((protocol, call, found))
            else:
                call.lesson = found
                left.append((protocol, call))
        self._shapes.note_round(len(arrived) - len(left), len(left))
        for reads, filled in jobs.items():
            self._submit(shapes, filled, shapes.read_sequence if reads else None)
        return left

    def _submit(self, shapes: ShapeRound, filled: Sequence[Filled], read_sequence: int | None) -> None:
        entries = [found.entry for _, _, found in filled]
        completion = _RoundCompletion(self._context, self._observer, filled)
        try:
            self._context.store.submit(entries, shapes.active.files, read_sequence, completion, len(entries))
        except StoreUnavailable as error:
            completion.set_exception(error)


def _find(shapes: ShapeRound, call: PreCheckCall, most: int) -> FilledAnswer | Lesson | None:
    """The answer to a call, if its shape is known; a body of at most so many bytes is taken."""
    try:
        if not call.is_checked:
            check_headers(call.headers, most)
            check_size(len(call.body), most)
        return shapes.answer(call.authorization, call.body, call.trace_id)
    except ProblemError:
        return None  # It is found again, and counted, where the call is worked out.
    except Exception:
        log.exception(
            "shape_failed", fact="a call was worked out that has a known shape", remedy="report this"
        )
        return None


def _in_language(found: FilledAnswer, policies: PolicySet, wishes: bytes) -> FilledAnswer | None:
    """The same with its words as the caller wishes them, if these are wishes like most."""
    language = find_language(wishes, policies)
    if language is None:
        return None
    return found.template.in_language(found, policies, language)


class _RoundCompletion:
    """Answers the calls of a round once their decisions are recorded (`api.ledger.group_commit.Completion`)."""

    __slots__ = ("_context", "_done", "_filled", "_observer")

    def __init__(self, context: Context, observer: CallObserver, filled: Sequence[Filled]) -> None:
        self._context = context
        self._observer = observer
        self._filled = filled
        self._done = False

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """Return the event loop of the connections."""
        return self._filled[0][0].loop

    def done(self) -> bool:
        """Whether the calls are answered."""
        return self._done

    def set_result(self, _: object, /) -> None:
        """Answer with the decisions."""
        self._done = True
        templates = [found.template for _, _, found in self._filled]
        self._context.count_decisions([(template.outcome, template.revision) for template in templates])
        counted = [call.began for _, call, _ in self._filled if not call.is_observed]
        if counted:
            self._observer.observe_round(OPERATION, 200, counted[0], len(counted))
        for protocol, call, found in self._filled:
            protocol.answer_filled(call, found)

    def set_exception(self, error: Exception, /) -> None:
        """Answer that nothing was recorded; if there are newer records or policies, leave the calls to the route."""
        self._done = True
        for protocol, call, found in self._filled:
            if isinstance(error, StaleRead | PoliciesSuperseded):
                protocol.leave_to_route(call)
            else:
                self._context.counters.count(Counted.NOT_RECORDED)
                protocol.refuse(call, ProblemError(not_recorded_problem(found.request_id)))
