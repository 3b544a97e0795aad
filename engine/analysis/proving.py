"""A checked policy set -> what is proved of it over all requests, group by group."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from engine.analysis.dead_rules import no_dead_rules, no_dead_scope
from engine.analysis.monotonicity import deviations_only_tighten, unknown_never_permits, urgency_never_permits
from engine.analysis.obligations import Prover, Subject
from engine.analysis.proof import Obligation, Proof, ProofGroup
from engine.analysis.properties import a_rule_decides, exactly_one_outcome, hold_invariant, no_clash, title_of
from engine.analysis.translating import TooManyWays
from engine.policy.model import PolicySet, Property


def prove(policies: PolicySet) -> Proof:
    """Prove of all requests what docs/explain/proofs.md lists, or show requests for which it does not hold.

    Raises ProverMissing if z3 is not installed.
    """
    return Proof(policies=policies.name, revision=policies.revision, groups=tuple(prove_in_groups(policies)))


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
        (
            "invariants",
            "what the policies say of themselves",
            lambda: (hold_invariant(prover, held) for held in policies.invariants if held.property is None),
        ),
    )
    for name, title, obligations in groups:
        try:
            found = tuple(obligations())
        except (TooManyWays, RecursionError):
            because = "a condition is too involved to be followed; split it into several rules"
            found = (prover.not_decided(Subject(name, title), because),)
        yield ProofGroup(name=name, title=title, obligations=found)


def _properties(prover: Prover) -> Iterator[Obligation]:
    subject = {sort: _subject(prover.policies, sort) for sort in Property}
    yield unknown_never_permits(prover, subject[Property.UNKNOWN_NEVER_PERMITS])
    yield urgency_never_permits(prover, subject[Property.URGENCY_NEVER_PERMITS])
    tightening = subject[Property.DEVIATIONS_ONLY_TIGHTEN]
    for policy in prover.policies.policies:
        if policy.undeviated is not policy.editions:
            about = Subject(
                f"{tightening.name} {policy.name}", tightening.title, policy.file, tightening.clauses
            )
            yield deviations_only_tighten(prover, policy, about)
    if any(held.property is Property.A_RULE_DECIDES for held in prover.policies.invariants):
        yield a_rule_decides(prover, subject[Property.A_RULE_DECIDES])


def _subject(policies: PolicySet, sort: Property) -> Subject:
    """A property as a subject, in the words of the invariant that names it, if one does."""
    for held in policies.invariants:
        if held.property is sort:
            return Subject(held.name, held.title, str(held.place), held.cited.clauses)
    return Subject(sort.value.replace("_", "-"), title_of(sort))
