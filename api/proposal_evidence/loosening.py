"""Whether a proposal may loosen something: by what was found, or because something could not be computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar, assert_never

from api.domain.approvals.evidence import (
    LooseningCause,
    LooseningReason,
    NamedChanges,
    ProofEvidence,
    StepResult,
)
from api.domain.backtest_result import BacktestResult
from api.files.comparison.page import describe_differences
from engine import Comparison, Direction, Permission, PolicySet, direction_of

T = TypeVar("T")


def loosened_answers(comparison: Comparison, history: BacktestResult | None) -> Iterator[LooseningReason]:
    """Yield what is answered more permissively, over all requests and over recorded decisions."""
    for one in comparison.classes:
        if one.direction is Direction.MORE_PERMISSIVE:
            what = f"was {one.was}, becomes {one.becomes}: {one.sentence}"
            yield LooseningReason(cause=LooseningCause.MORE_PERMISSIVE, what=what)
    for (was, becomes), count in history.outcomes.items() if history else ():
        if direction_of(was, becomes) is Direction.MORE_PERMISSIVE:
            lines = "1 line" if count == 1 else f"{count} lines"
            what = f"{lines} of recorded decisions: was {was}, becomes {becomes}"
            yield LooseningReason(cause=LooseningCause.MORE_PERMISSIVE, what=what)


def loosened_guards(
    comparison: Comparison, invariants: NamedChanges, base: PolicySet, proposed: PolicySet
) -> Iterator[LooseningReason]:
    """Yield what guards the proposed set less: as compared, by its invariants and by its prohibitions."""
    for guard in describe_differences(comparison.guards):
        yield LooseningReason(cause=LooseningCause.LESS_GUARDED, what=guard)
    stated = {held.says() for held in proposed.invariants}
    renamed = {held.name for held in base.invariants if held.says() in stated}
    for name in invariants.removed:
        if name not in renamed:
            yield LooseningReason(
                cause=LooseningCause.INVARIANT_REMOVED, what=f"the invariant {name} is gone"
            )
    for name in invariants.changed:
        what = f"the invariant {name} says something else"
        yield LooseningReason(cause=LooseningCause.INVARIANT_CHANGED, what=what)
    for rule, policies in _prohibitions_gone(base, proposed).items():
        what = f"the rule {rule} no longer forbids in {', '.join(policies)}"
        yield LooseningReason(cause=LooseningCause.PROHIBITION_REMOVED, what=what)
    for (rule, who, must), policies in _gone(_duties(base), _duties(proposed)).items():
        what = f"the rule {rule} no longer says that {who} has to {must}, in {', '.join(policies)}"
        yield LooseningReason(cause=LooseningCause.DUTY_REMOVED, what=what)


def unproved_obligations(proof: ProofEvidence) -> Iterator[LooseningReason]:
    """Yield what is not proved of the proposed set."""
    for one in proof.unproved:
        yield LooseningReason(cause=LooseningCause.NOT_PROVED, what=f"{one.name}: {one.because}")


def not_computed(steps: Iterable[tuple[str, StepResult, str | None]]) -> Iterator[LooseningReason]:
    """Yield the steps, named in words, that gave no result, each with why if that is known."""
    for name, result, because in steps:
        if _lacks_result(result, because):
            what = f"{name} could not be computed: {because or 'an earlier step failed'}"
            yield LooseningReason(cause=LooseningCause.NOT_COMPUTED, what=what)


def _lacks_result(result: StepResult, because: str | None) -> bool:
    """A failed step has a reason where it could not come to its end."""
    match result:
        case StepResult.PASSED | StepResult.NO_SCENARIOS:
            return False
        case StepResult.FAILED:
            return because is not None
        case StepResult.NOT_RUN:
            return True
        case _:
            assert_never(result)


def _prohibitions_gone(base: PolicySet, proposed: PolicySet) -> dict[str, list[str]]:
    """The rules that forbid in the base and not in the proposed set, with the policies in which they did."""
    return _gone(_prohibitions(base), _prohibitions(proposed))


def _gone(before: Iterable[tuple[str, T]], after: Iterable[tuple[str, T]]) -> dict[T, list[str]]:
    """What policies had and have no more, with their names."""
    there, gone = set(after), dict[T, list[str]]()
    for policy, one in before:
        if (policy, one) not in there:
            gone.setdefault(one, []).append(policy)
    return gone


def _prohibitions(policies: PolicySet) -> list[tuple[str, str]]:
    """The policy and name of each rule by which a handover may not take place, in their order."""
    return [
        (policy.name, rule.name)
        for policy in policies.policies
        for rule in policy.rules
        if rule.outcome.handover_as_asked is Permission.NO
    ]


def _duties(policies: PolicySet) -> list[tuple[str, tuple[str, str, str]]]:
    """The policy of each duty, its rule, whose it is, and what it is, in their order."""
    return [
        (policy.name, (rule.name, duty.who, duty.must))
        for policy in policies.policies
        for rule in policy.rules
        for duty in (*rule.duties, *(conditional.duty for conditional in rule.duties_when))
    ]
