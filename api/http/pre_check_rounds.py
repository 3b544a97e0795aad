"""The pre-checks that arrived together: those of a known shape are answered and recorded in one go, the others left.

A round is what one iteration of the event loop brings. It has one time, one look at the policies, and one job for the
log, so that a call costs little more than its bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from api.http.call_observer import CallObserver
from api.http.languages import find_language
from api.http.pre_check_calls import PreCheckCall
from api.http.request_body import check_headers, check_size
from api.http.round_completion import Arrived, RoundCompletion
from api.http.worked_out_rounds import WorkedOutRound
from api.parsing.problems import ProblemError
from api.runtime.loggers import get_logger
from api.services.shape_cache import Lesson, ShapeCache, ShapeRound
from api.services.shape_templates import FilledAnswer

if TYPE_CHECKING:
    from api.http.fast_path import FastPathProtocol
    from api.services.pre_checks import PreChecks
    from engine import PolicySet

log = get_logger()

Filled = tuple["FastPathProtocol", PreCheckCall, FilledAnswer]


class PreCheckRounds:
    """The rounds of one application, on its event loop."""

    def __init__(self, pre_checks: PreChecks, shapes: ShapeCache, observer: CallObserver) -> None:
        self._pre_checks = pre_checks
        self._context = pre_checks.context
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
        if worked_out := [arrival for arrival in left if arrival[1].wishes is None]:
            WorkedOutRound(self._pre_checks, self._observer, worked_out).run()
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
            RoundCompletion(self._context, self._observer, filled).record(
                [found.entry for _, _, found in filled],
                shapes.active.files,
                shapes.read_sequence if reads else None,
            )
        return left


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
