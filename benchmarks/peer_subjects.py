"""The subjects of the benchmark of the peers: an engine, the requests for it, and how its time is taken."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.engines.channelgate import Channelgate, state_request
from benchmarks.engines.content import ContentFacts
from benchmarks.engines.protocol import Engine, EngineForm, state
from benchmarks.peer_goals import OUTCOME_ALONE, Figures

FEWEST = 20


PASS_SECONDS = 0.05
"""About how long an engine is queried in each repeat: a slow one less often, a fast one several times over."""


@dataclass
class Subject:
    """What is measured: an engine, and the requests as a caller has them and as the engine takes them."""

    figures: Figures
    prepare: Callable[[Any], Any]
    decide: Callable[[Any], str]
    stated: list[Any]
    before: Callable[[], object] | None = None
    prepared: list[Any] = field(default_factory=list)
    passes: int = 1

    def agree(self, expected: Sequence[str]) -> None:
        """Answer the requests, as many as there is time for, and insist on the outcomes wanted."""
        count, started = 0, time.perf_counter()
        while count < len(self.stated) and (
            count < FEWEST or time.perf_counter() - started < PASS_SECONDS * 10
        ):
            ready = self.prepare(self.stated[count])
            found = self.decide(ready)
            assert found == expected[count], (self.figures, self.stated[count], found, expected[count])
            self.prepared.append(ready)
            count += 1
        took = self._pass(self.decide, self.prepared)
        fitting = int(count * PASS_SECONDS / took)
        if fitting < count:
            del self.prepared[max(FEWEST, fitting) :]
        else:
            self.passes = min(20, fitting // count)
        self.figures.requests = len(self.prepared)
        del self.stated[len(self.prepared) :]

    def measure(self) -> None:
        found = self.figures
        found.us.append(self._repeat(self.decide, self.prepared))
        found.us_made_ready_too.append(
            self._repeat(lambda stated: self.decide(self.prepare(stated)), self.stated)
        )

    def _repeat(self, job: Callable[[Any], str], requests: list[Any]) -> float:
        seconds = sum(self._pass(job, requests) for _ in range(self.passes))
        return seconds / self.passes / len(requests) * 1e6

    def _pass(self, job: Callable[[Any], str], requests: list[Any]) -> float:
        if self.before:
            self.before()
        start = time.process_time()
        for request in requests:
            job(request)
        return time.process_time() - start


def subjects_of(engine: Channelgate, built_s: float, requests: Sequence[ContentFacts]) -> list[Subject]:
    """The ways of calling channelgate."""
    posted = [state_request(facts) for facts in requests]
    ready = [engine.prepare(request) for request in posted]
    ways: list[tuple[str, Callable[[Any], str], Callable[[], object]]] = [
        ("warm", engine.decide, lambda: deque(map(engine.decide, ready), maxlen=0)),
        ("cold", engine.decide, engine.forget_answers),
        ("nothing kept", engine.decide, engine.forget_everything),
        ("outcome alone", engine.outcome_alone, lambda: None),
        ("outcome alone, other requests", engine.outcome_alone, engine.forget_requests),
        ("outcome alone, nothing kept", engine.outcome_alone, engine.forget_everything),
    ]
    subjects = [
        Subject(
            Figures("channelgate", form, False, built_s),
            engine.prepare,
            decide,
            list(posted),
            before,
        )
        for form, decide, before in ways
    ]
    met = subjects[OUTCOME_ALONE]
    met.before = lambda: deque(map(engine.outcome_alone, met.prepared * 2), maxlen=0)
    return subjects


def subject_of(form: EngineForm, build: Callable[[], Engine], requests: Sequence[ContentFacts]) -> Subject:
    start = time.perf_counter()
    engine = build()
    built_s = time.perf_counter() - start
    figures = Figures(form.peer, form.name, form.by_hand, built_s)
    return Subject(figures, engine.prepare, engine.decide, [state(facts) for facts in requests])
