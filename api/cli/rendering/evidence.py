"""The evidence of a proposed change as text to read, or as Markdown for a review, and how far its computation is."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import assert_never

from api.domain.approvals.evidence import (
    EvidenceFinding,
    EvidenceProgress,
    EvidenceStep,
    NamedChanges,
    ProposalEvidence,
    ScenarioEvidence,
    StepResult,
)
from api.files.comparison.lines import marked, wrapped

SHORT = 12
"""How much of a revision is shown."""


class ProgressLines:
    """Writes to standard error when a step begins, and how far it is at each tenth."""

    def __init__(self) -> None:
        self._shown = ""

    def show(self, progress: EvidenceProgress) -> None:
        """Show how far the step is, if that is new."""
        words = _words_of(progress.step)
        line = f"{words}: {_per_cent(progress)} %" if progress.of > 1 else words
        if line != self._shown:
            self._shown = line
            sys.stderr.write(f"{line}\n")


def _per_cent(progress: EvidenceProgress) -> int:
    return 10 * (10 * progress.done // progress.of)


def _words_of(step: EvidenceStep) -> str:
    match step:
        case EvidenceStep.CHECKED:
            return "checking"
        case EvidenceStep.PROVED:
            return "proving"
        case EvidenceStep.COMPARED:
            return "comparing"
        case EvidenceStep.REPLAYED:
            return "taking recorded decisions again"
        case EvidenceStep.TESTED:
            return "running the scenarios"
        case EvidenceStep.MUTATED:
            return "trying small changes"
        case _:
            assert_never(step)


def _result_words(result: StepResult) -> str:
    match result:
        case StepResult.PASSED:
            return "passed"
        case StepResult.FAILED:
            return "FAILED"
        case StepResult.NOT_RUN:
            return "not run"
        case StepResult.NO_SCENARIOS:
            return "no scenarios"
        case _:
            assert_never(result)


def write_evidence(evidence: ProposalEvidence) -> str:
    """Return the evidence as text, the verdict last."""
    lines = [f"from revision {evidence.base[:SHORT]} to {evidence.proposed[:SHORT]}"]
    lines += [f"{name:<11} {result:<13} {what}".rstrip() for name, result, what in _steps(evidence)]
    for heading, texts in _sections(evidence):
        lines += ["", heading, *wrapped(texts, "  ")]
    return "\n".join((*lines, "", *_verdict(evidence), ""))


def write_evidence_markdown(evidence: ProposalEvidence) -> str:
    """Return the evidence as Markdown, the verdict first, with the whole comparison behind it."""
    lines = ["## Evidence of a policy change", "", *map(marked, _verdict(evidence)), ""]
    lines += ["| step | result | |", "|---|---|---|"]
    # A row is one line, whatever a fault has printed.
    lines += [
        f"| {name} | {result} | {marked(' '.join(what.split()))} |" for name, result, what in _steps(evidence)
    ]
    for heading, texts in _sections(evidence):
        lines += ["", f"### {heading}", "", *(f"- {marked(text)}" for text in texts)]
    text = "\n".join((*lines, ""))
    return f"{text}\n{evidence.comparison.markdown}" if evidence.comparison.markdown else text


def _steps(evidence: ProposalEvidence) -> Iterator[tuple[str, str, str]]:
    """The steps, each with its result in words and what it counted."""
    check, proof, comparison = evidence.check, evidence.proof, evidence.comparison
    counts = f"{len(check.faults)} faults, {len(check.remarks)} remarks"
    yield "check", _result_words(check.result), counts
    counts = (
        f"{proof.obligations - len(proof.unproved)} of {proof.obligations} proved"
        if proof.obligations
        else ""
    )
    yield "proof", _result_words(proof.result), counts
    yield "comparison", _result_words(comparison.result), comparison.because or ""
    if evidence.replay:
        counts = (
            f"{evidence.replay.decided} decisions taken again, {evidence.replay.changed} answered otherwise"
        )
        yield "decisions", _result_words(evidence.replay.result), evidence.replay.because or counts
    yield "scenarios", _result_words(evidence.tested), _scenario_counts(evidence.scenarios)


def _scenario_counts(scenarios: ScenarioEvidence) -> str:
    if scenarios.because or not scenarios.expected:
        return scenarios.because or ""
    counts = f"{scenarios.passed} of {scenarios.expected} passed"
    if mutants := scenarios.mutants:
        counts += f"; of {mutants.tried} small changes {mutants.caught} noticed, {len(mutants.survivors)} not"
        if mutants.not_decided:
            counts += f", {mutants.not_decided} not decided"
        if mutants.cut_short:
            counts += f"; CUT SHORT, of {mutants.made or 'an unknown number'} in all"
    return counts


def _sections(evidence: ProposalEvidence) -> Iterator[tuple[str, list[str]]]:
    """The lists that have something in them, each under its heading."""
    for heading, texts in (
        ("Faults", _findings(evidence.check.faults)),
        (
            "Not proved",
            (f"{one.name}: {one.because}{_request(one.request)}" for one in evidence.proof.unproved),
        ),
        ("May loosen", (f"{one.what} ({one.cause})" for one in evidence.loosens.reasons)),
        (
            "Recorded decisions that are answered otherwise",
            (
                f"{one.decision_id}, line {one.line}: {one.was} -> {one.becomes}"
                for one in (evidence.replay.shown if evidence.replay else ())
            ),
        ),
        (
            "Scenarios that do not pass",
            (f"{one.place} {one.name}: {one.message}" for one in evidence.scenarios.failed),
        ),
        ("Small changes that no scenario notices", _survivors(evidence.scenarios)),
        ("Clauses, readings and invariants", _named_changes(evidence)),
        ("Translations", _translations(evidence)),
        ("Remarks", _findings(evidence.check.remarks)),
    ):
        if listed := list(texts):
            yield heading, listed


def _findings(findings: tuple[EvidenceFinding, ...]) -> Iterator[str]:
    for one in findings:
        yield f"{one.place} {one.code} {one.message}{f'; {one.remedy}' if one.remedy else ''}"


def _request(request: object) -> str:
    return f", as for {json.dumps(request, ensure_ascii=False)}" if request else ""


def _survivors(scenarios: ScenarioEvidence) -> Iterator[str]:
    for one in scenarios.mutants.survivors if scenarios.mutants else ():
        yield f"{one.place} {one.subject}: {one.change}"


def _named_changes(evidence: ProposalEvidence) -> Iterator[str]:
    yield from _changes("clause", evidence.clauses)
    yield from _changes("reading", evidence.readings)
    yield from _changes("invariant", evidence.invariants)


def _changes(sort: str, changes: NamedChanges) -> Iterator[str]:
    yield from (f"{sort} {name} is new" for name in changes.added)
    yield from (f"{sort} {name} is gone" for name in changes.removed)
    yield from (f"{sort} {name} is put otherwise" for name in changes.changed)


def _translations(evidence: ProposalEvidence) -> Iterator[str]:
    for one in evidence.translations:
        yield f"{one.language}: {one.missing} missing, {one.stale} stale, {one.drafts} drafts"


def _verdict(evidence: ProposalEvidence) -> Iterator[str]:
    steps = (evidence.checked, evidence.proved, evidence.compared, evidence.tested)
    if any(result is not StepResult.PASSED for result in steps):
        yield "NOT ALL PASSED: see the steps above."
    if evidence.loosens.may_loosen:
        count = len(evidence.loosens.reasons)
        yield f"MAY LOOSEN: {count} {'reason' if count == 1 else 'reasons'}."
    else:
        yield "Nothing is loosened."
