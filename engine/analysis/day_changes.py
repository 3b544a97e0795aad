"""One policy set on two days -> every request that is answered otherwise on a day than on the day before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from engine.analysis.comparing import find_changes
from engine.analysis.comparison import Comparison, Difference
from engine.analysis.pairing import Comparer, TwoDays
from engine.policy.dated_parts import DatedKind
from engine.policy.model import Policy, PolicySet
from engine.policy.upcoming import ONE_DAY, ChangeDay, DatedChange, DatedChangeKind, own_last_days


def compare_with_day_before(policies: PolicySet, upcoming: ChangeDay) -> Comparison:
    """List which requests are answered otherwise on a day than on the day before, in classes that cover all of them.

    Requests that state a date which is over with the day before are left out: their answers turn on a date of their
    own, whatever day that is. Each example is of the day, and confirmed by `decide` on both. What is compared is
    what the policies answer if no floor stops it. Raises ProverMissing.
    """
    days = TwoDays(upcoming.day - ONE_DAY, upcoming.day)
    differences = (one for change in upcoming.changes for one in _differences(policies, change))
    comparer = Comparer(
        policies, policies, days, own_last_days(policies), differences=tuple(dict.fromkeys(differences))
    )
    found = find_changes(comparer)
    return Comparison(
        old=policies.revision,
        new=policies.revision,
        classes=found.classes,
        answers=found.answers,
        differences=comparer.differences,
        complete=found.because is None,
        because=found.because,
    )


def _differences(policies: PolicySet, change: DatedChange) -> Iterator[Difference]:
    """The change as a difference of each policy that it can be one of, under the names that a comparison knows."""
    values = _in_words(change)
    if change.kind is DatedKind.INSTRUCTION:
        yield Difference(name="instruction", at=str(change.place), change=values)
        return
    files = {policy.file for policy in policies.policies}
    for policy in policies.policies:
        if change.place.file in files and policy.file != change.place.file:
            continue
        for name in _names(policy, change):
            yield Difference(policy=policy.name, name=name, at=str(change.place), change=values)


def _in_words(change: DatedChange) -> str:
    match change.change:
        case DatedChangeKind.BEGINS | DatedChangeKind.ENDS:
            return change.change.value
        case DatedChangeKind.CHANGES:
            return f"{change.before} -> {change.after}"
        case DatedChangeKind.TURNS:
            return f"{change.after} turns"
        case _:
            assert_never(change.change)


def _names(policy: Policy, change: DatedChange) -> Iterator[str]:
    """The names of what a change is of, in one policy."""
    match change.kind:
        case DatedKind.RULE | DatedKind.SCOPE | DatedKind.CONDITION:
            yield change.name
        case DatedKind.PARAMETER:
            if change.country is None or change.country in policy.countries:
                yield f"{{{change.name}}}"
        case DatedKind.DEVIATION:
            departed = frozenset(change.name.split(", "))
            for rule in policy.rules:
                if rule.name in departed or (rule.table and rule.table.name in departed):
                    yield rule.name
        case DatedKind.MEMBERSHIP:
            yield from (entry.name for entry in policy.scope)
        case DatedKind.RULING:
            yield from (rule.name for rule in policy.rules if change.name in rule.cited.readings)
        case DatedKind.INSTRUCTION:
            return
        case _:
            assert_never(change.kind)
