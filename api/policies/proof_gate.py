"""The gate in front of the active set: no policy set is in force before it is proved over all requests."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from api.ledger.policy_proofs import ProvedSet, find_proof
from api.signing.keys import VerifyingKey
from engine import Diagnostic, Invariant, Place, PolicyFaults, PolicySet

if TYPE_CHECKING:
    from engine import Obligation

CACHED_PROOFS = 4
"""For so many revisions the outcome of the proof is cached: a folder often returns to an earlier content."""


@dataclass(frozen=True, slots=True)
class ProofGate:
    """Proves sets, unless the log has the proof: `notes` are those of the log, and count if `key` signed them."""

    notes: Sequence[str] = ()
    key: VerifyingKey | None = None

    def prove(self, policies: PolicySet, inputs: str, clock: Callable[[], datetime]) -> ProvedSet:
        """Return that the set is proved, and since when. Raises PolicyFaults with a fault for each that is not.

        `inputs` is the hash of all that the proof follows from.
        """
        found = find_proof(inputs, self.notes, self.key)
        if found is not None:
            return found
        if unproved := find_unproved(policies):
            raise PolicyFaults(unproved)
        return ProvedSet(inputs, clock())


@dataclass(frozen=True, slots=True)
class _ProofInput:
    """The policies to prove; cached by their revision, the hash of their content, and by what they are held to."""

    revision: str
    held_to: tuple[Invariant, ...]
    policies: PolicySet = field(compare=False)


def find_unproved(policies: PolicySet) -> tuple[Diagnostic, ...]:
    """Return why the set is not proved, one fault for each obligation; none if it is proved.

    The proof is run for this revision, unless it was run before in the same process. Where z3 is missing, that is the
    fault.
    """
    from engine import ProverMissing

    try:
        return _prove(_ProofInput(policies.revision, (*policies.floor, *policies.former), policies))
    except ProverMissing as missing:
        message = f"the policies cannot be proved, so nothing is decided by them: {missing}"
        return (Diagnostic(Place("policies"), "L07", message, "install it: pip install z3-solver"),)


@lru_cache(maxsize=CACHED_PROOFS)
def _prove(proof_input: _ProofInput) -> tuple[Diagnostic, ...]:
    from engine import Verdict, prove

    proof = prove(proof_input.policies)
    return tuple(
        _fault(obligation)
        for group in proof.groups
        for obligation in group.obligations
        if obligation.verdict is not Verdict.PROVED
    )


def _fault(obligation: Obligation) -> Diagnostic:
    message = f"`{obligation.name}` {obligation.verdict.words}: {obligation.because}"
    if obligation.worked:
        message += f", as for {json.dumps(obligation.worked[-1].request, ensure_ascii=False)}"
    remedy = "mend the rules or the invariant; `channelgate policies prove` shows the rules involved"
    return Diagnostic(_place(obligation.at), "L06", message, remedy)


def _place(at: str | None) -> Place:
    """The place an obligation names, which may be a file alone."""
    if at is None:
        return Place("policies")
    file, *numbers = at.rsplit(":", 2)
    if len(numbers) == 2 and all(number.isdecimal() for number in numbers):
        return Place(file, int(numbers[0]), int(numbers[1]))
    return Place(at)
