"""A checked policy set -> what is proved of it over all requests, group by group."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import assert_never

from engine.analysis.dead_rules import no_dead_rules, no_dead_scope
from engine.analysis.monotonicity import deviations_only_tighten, unknown_never_permits, urgency_never_permits
from engine.analysis.obligations import Prover, Subject
from engine.analysis.proof import Obligation, Proof, ProofGroup
from engine.analysis.properties import a_rule_decides, exactly_one_outcome, hold_invariant, no_clash, title_of
from engine.analysis.translating import TooManyWays
from engine.policy.model import Invariant, PolicySet, Property

FLOOR_TITLE = "what no policies can lower"
_NOTHING_URGENT = "nothing says how pressing a request is; name the group of facts that do in `urgency_group`"
TOO_INVOLVED = "a condition is too involved to be followed; split it into several rules"


def prove(policies: PolicySet) -> Proof:
    """Prove of all requests what docs/explain/proofs.md lists, or show requests for which it does not hold.

    Raises ProverMissing if z3 is not installed.
    """
    return Proof(policies=policies.name, revision=policies.revision, groups=tuple(prove_in_groups(policies)))


def prove_floor(policies: PolicySet) -> tuple[Obligation, ...]:
    """Prove of all requests that the policies meet the floor they are held to. Raises ProverMissing."""
    prover = Prover(policies)
    try:
        return tuple(_held(prover, policies.floor))
    except (TooManyWays, RecursionError):
        return (prover.not_decided(Subject("floor", FLOOR_TITLE), TOO_INVOLVED),)


def prove_in_groups(policies: PolicySet) -> Iterator[ProofGroup]:
    """Like `prove`, one group of obligations after another."""
    prover = Prover(policies)
    groups: tuple[tuple[str, str, Callable[[], Iterable[Obligation]]], ...] = (
        ("outcomes", "every request gets exactly one outcome", lambda: exactly_one_outcome(prover)),
        (
            "clashes",
            "no two rules of one tree clash",
            lambda: (no_clash(prover, policy) for policy in policies.policies),
        ),
        (
            "dead rules",
            "every rule decides something",
            lambda: (*no_dead_scope(prover), *no_dead_rules(prover)),
        ),
        ("properties", "what holds of every set of policies", lambda: _properties(prover)),
        ("floor", FLOOR_TITLE, lambda: _held(prover, policies.floor)),
        ("former", "what the policies before said of themselves", lambda: _held(prover, policies.former)),
        ("invariants", "what the policies say of themselves", lambda: _invariants(prover)),
    )
    for name, title, obligations in groups:
        try:
            found = tuple(obligations())
        except (TooManyWays, RecursionError):
            found = (prover.not_decided(Subject(name, title), TOO_INVOLVED),)
        if found:
            yield ProofGroup(name=name, title=title, obligations=found)


def _invariants(prover: Prover) -> Iterator[Obligation]:
    invariants = prover.policies.invariants
    if not invariants:
        subject = Subject("invariants", "The policies say what holds of every answer.")
        yield prover.refuted(subject, "they have no invariants, so nothing would guard a change of them")
    yield from (hold_invariant(prover, held) for held in invariants if held.property is None)


def _held(prover: Prover, invariants: Iterable[Invariant]) -> Iterator[Obligation]:
    """What is held from outside the folder; a property too, whether or not the folder names it."""
    for held in invariants:
        subject = Subject(held.name, held.title, str(held.place), held.cited.clauses)
        match held.property:
            case None:
                yield hold_invariant(prover, held)
            case Property.UNKNOWN_NEVER_PERMITS:
                yield unknown_never_permits(prover, subject)
            case Property.URGENCY_NEVER_PERMITS if not prover.policies.vocabulary.urgencies:
                group = prover.policies.vocabulary.declarations.urgency
                yield prover.refuted(subject, f"no fact is in the group `{group}`, so {_NOTHING_URGENT}")
            case Property.URGENCY_NEVER_PERMITS:
                yield urgency_never_permits(prover, subject)
            case Property.DEVIATIONS_ONLY_TIGHTEN:
                yield from _only_tighten(prover, subject)
            case Property.A_RULE_DECIDES:
                yield a_rule_decides(prover, subject)
            case _:
                assert_never(held.property)


def _properties(prover: Prover) -> Iterator[Obligation]:
    subject = {sort: _subject(prover.policies, sort) for sort in Property}
    yield unknown_never_permits(prover, subject[Property.UNKNOWN_NEVER_PERMITS])
    yield urgency_never_permits(prover, subject[Property.URGENCY_NEVER_PERMITS])
    yield from _only_tighten(prover, subject[Property.DEVIATIONS_ONLY_TIGHTEN])
    if any(held.property is Property.A_RULE_DECIDES for held in prover.policies.invariants):
        yield a_rule_decides(prover, subject[Property.A_RULE_DECIDES])


def _only_tighten(prover: Prover, tightening: Subject) -> Iterator[Obligation]:
    for policy in prover.policies.policies:
        if policy.undeviated is not policy.editions:
            name = f"{tightening.name} {policy.name}"
            about = Subject(name, tightening.title, policy.file, tightening.clauses)
            yield deviations_only_tighten(prover, policy, about)


def _subject(policies: PolicySet, sort: Property) -> Subject:
    """A property as a subject, in the words of the invariant that names it, if one does."""
    for held in policies.invariants:
        if held.property is sort:
            return Subject(held.name, held.title, str(held.place), held.cited.clauses)
    return Subject(sort.value.replace("_", "-"), title_of(sort))
