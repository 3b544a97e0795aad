"""The comparison of the base and the proposed set over all requests, and over recorded decisions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from api.domain.approvals.evidence import (
    MOST_DECISIONS_SHOWN,
    ComparisonEvidence,
    ReplayedDecision,
    ReplayEvidence,
    StepResult,
)
from api.domain.backtest_result import BacktestResult
from api.files.comparison.page import Page, write_markdown
from api.files.comparison.page_json import comparison_data
from api.parsing.answers import as_plain
from api.proposal_evidence.work_folder import JobFailed, WorkFolder
from api.services.backtest import BacktestRequest, run_backtest
from engine import Comparison, PolicyFaults, PolicySet, ProverMissing, Verdict, compare, prove_floor

SHOWN_EVERY = 100
"""After so many decisions the progress is shown."""


def compare_sets(base: PolicySet, proposed: PolicySet) -> Comparison:
    """Return what is answered otherwise over all requests. Raises `JobFailed`."""
    try:
        return compare(base, proposed)
    except ProverMissing as missing:
        raise JobFailed(str(missing), "install it: pip install z3-solver") from missing


@dataclass(frozen=True, slots=True)
class ReplayedDecisions:
    """What the recorded decisions show: the backtest, None if some decision could not be taken again."""

    evidence: ReplayEvidence
    history: BacktestResult | None


def replay_decisions(
    folder: WorkFolder, base: PolicySet, proposed: PolicySet, show: Callable[[int, int], None]
) -> ReplayedDecisions | None:
    """Take the recorded decisions again under both sets; None if there are none.

    `show` is called with how many of how many are done.
    """
    if not folder.has_decisions():
        return None
    try:
        count = folder.count_decisions()
        requests = _showing(folder.decisions(base.vocabulary), lambda done: show(done, count))
        history = run_backtest(requests, base, proposed)
    except (ValueError, OSError, PolicyFaults) as error:
        because = f"a recorded decision cannot be taken again: {error}"
        return ReplayedDecisions(ReplayEvidence(result=StepResult.FAILED, because=because), None)
    show(count, count)
    shown = tuple(
        ReplayedDecision(
            decision_id=line.decision_id or line.request_id,
            line=line.line,
            was=line.was,
            becomes=line.becomes,
        )
        for line in history.changed[:MOST_DECISIONS_SHOWN]
    )
    changed = len({line.decision_id for line in history.changed})
    evidence = ReplayEvidence(
        result=StepResult.PASSED, decided=history.requests, changed=changed, shown=shown
    )
    return ReplayedDecisions(evidence, history)


def _showing(requests: Iterator[BacktestRequest], show: Callable[[int], None]) -> Iterator[BacktestRequest]:
    for done, one in enumerate(requests):
        if done % SHOWN_EVERY == 0:
            show(done)
        yield one


def describe_comparison(
    base: PolicySet, proposed: PolicySet, comparison: Comparison, history: BacktestResult | None
) -> ComparisonEvidence:
    """Return the comparison as `policies compare` shows it; failed if it is not proved to be complete."""
    below = tuple(one for one in prove_floor(proposed) if one.verdict is not Verdict.PROVED)
    page = Page(base, proposed, comparison, below, history)
    return ComparisonEvidence(
        result=StepResult.PASSED if comparison.complete else StepResult.FAILED,
        because=comparison.because,
        data=json.loads(json.dumps(comparison_data(page), default=as_plain)),
        markdown=write_markdown(page),
    )
