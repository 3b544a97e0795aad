"""What guards a newer set less than the older: invariants, where a country may loosen, readings, who may do what."""

from __future__ import annotations

from collections.abc import Iterator, Set

from engine.analysis.cases import ProofCase, when_bound
from engine.analysis.comparison import Difference
from engine.analysis.formulas import Formula
from engine.analysis.pairing import Comparer
from engine.analysis.solving import Undecided
from engine.contract.decision import Outcome
from engine.contract.offices import PartyOffice, Role
from engine.contract.vocabulary import Vocabulary
from engine.language.expression_text import describe
from engine.policy.model import Invariant, PolicySet, Reading


def find_loosened_guards(comparer: Comparer) -> tuple[Difference, ...]:
    """List what held of the older set and is not stated of the newer one any more, each with why.

    An invariant counts as weaker if it spoke of some request of which none of the newer set's speaks; not where it is
    only put otherwise. What cannot be decided counts as weaker.
    """
    old, new = comparer.old.policies, comparer.new.policies
    return (*_invariants(comparer), *_loosenings(old, new), *_readings(old, new))


def find_loosened_words(old: PolicySet, new: PolicySet) -> tuple[Difference, ...]:
    """List what is guarded less than it was outside the rules.

    Whose word counts for a fact, what is urgency, what callers may do, for how long a permission holds.
    """
    return (
        *_owners(old, new),
        *_urgencies(old.vocabulary, new.vocabulary),
        *_roles(old, new),
        *_longer_permissions(old, new),
    )


def _owners(old: PolicySet, new: PolicySet) -> Iterator[Difference]:
    for name, word in old.vocabulary.words.items():
        later = new.vocabulary.words.get(name)
        if word.owner and later and later.owner != word.owner:
            yield Difference(name=f"fact {name}", change=f"owner {word.owner} -> {later.owner or 'nobody'}")


_POWERS = frozenset({PartyOffice.DECIDES, PartyOffice.KEEPS_REGISTERS, PartyOffice.EDITS_POLICIES})
"""Who has one of these can change what others are answered."""
_GOVERNING = frozenset({PartyOffice.DECIDES, PartyOffice.EDITS_POLICIES})
"""Who loses one of these can no longer mend what is decided."""


def _roles(old: PolicySet, new: PolicySet) -> Iterator[Difference]:
    """What callers may do, state or record that they might not."""
    nobody = Role("", frozenset())
    for name, role in new.roles.items():
        before = old.roles.get(name, nobody)
        gained = (
            ("may do more", _POWERS & (role.offices - before.offices)),
            ("speaks for more", role.parties - before.parties if before is not nobody else frozenset()),
            ("records more of others", _of_others(role, new) - before.records),
        )
        for what, more in gained:
            if more:
                yield Difference(name=f"role {name}", change=f"{what}: {', '.join(sorted(more))}")
    for name, role in old.roles.items():
        later = new.roles.get(name, nobody)
        if lost := _GOVERNING & (role.offices - later.offices):
            yield Difference(name=f"role {name}", change=f"may do less: {', '.join(sorted(lost))}")


def _of_others(role: Role, policies: PolicySet) -> Set[str]:
    """The facts that a role may record though another party owns them."""
    words = policies.vocabulary.words
    return {name for name in role.records & words.keys() if words[name].owner not in {None, *role.parties}}


def _longer_permissions(old: PolicySet, new: PolicySet) -> Iterator[Difference]:
    for outcome, days in new.valid_days.items():
        if outcome.permits and days > (before := old.valid_days.get(outcome, 0)):
            yield Difference(name=f"valid_days {outcome}", change=f"{before} -> {days}")


def _urgencies(old: Vocabulary, new: Vocabulary) -> Iterator[Difference]:
    """What `urgency_never_permits` is no longer about."""
    groups = [one.declarations.urgency for one in (old, new)]
    if old.urgencies and groups[0] != groups[1]:
        yield Difference(name="urgency_group", change=" -> ".join(groups))
    for name in old.urgencies:
        if name not in new.urgencies:
            change = "no longer says how pressing a request is" if name in new.words else "is gone"
            yield Difference(name=f"fact {name}", change=change)


def _invariants(comparer: Comparer) -> Iterator[Difference]:
    later = comparer.new.policies.invariants
    names = {held.name for held in later}
    stated = {held.says() for held in later}
    for held in comparer.old.policies.invariants:
        if held.says() in stated:
            continue
        if held.property is not None or _is_weaker(comparer, held):
            change = "says less than it did" if held.name in names else "is gone, and no other says as much"
            yield Difference(name=f"invariant {held.name}", at=str(held.place), change=change)


def _is_weaker(comparer: Comparer, held: Invariant) -> bool:
    try:
        return any(
            comparer.solver.find(_unguarded(comparer, held, outcome, case)) is not None
            for case in comparer.new.cases
            for outcome in held.never
        )
    except Undecided:
        return True


def _unguarded(comparer: Comparer, held: Invariant, outcome: Outcome, case: ProofCase) -> Formula:
    """When the older invariant forbids the outcome, and none of the newer ones does."""
    requests, formulas = comparer.new, comparer.formulas
    later = [
        when_bound(requests, other, case)
        for other in requests.policies.invariants
        if other.property is None and outcome in other.never
    ]
    return formulas.all_of((when_bound(requests, held, case), *(-forbids for forbids in later)))


def _loosenings(old: PolicySet, new: PolicySet) -> Iterator[Difference]:
    before = {policy.name: {describe(one.when) for one in policy.may_loosen} for policy in old.policies}
    for policy in new.policies:
        for one in policy.may_loosen:
            when = describe(one.when)
            if when not in before.get(policy.name, ()):
                yield Difference(
                    policy=policy.name, name="may_loosen", at=policy.file, change=f"is new, when {when}"
                )


def _readings(old: PolicySet, new: PolicySet) -> Iterator[Difference]:
    for name, reading in old.readings.items():
        later = new.readings.get(name)
        if later is None:
            yield Difference(name=f"reading {name}", change="is gone")
        elif _decision(later) != _decision(reading):
            yield Difference(
                name=f"reading {name}",
                change=f"{_in_words(reading)} -> {_in_words(later)}",
            )


def _decision(reading: Reading) -> tuple[str, str | None]:
    return reading.status, reading.taken


def _in_words(reading: Reading) -> str:
    return f"“{reading.taken}” ({reading.status})" if reading.taken else reading.status
