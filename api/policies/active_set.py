"""A policy set that can be in force: its files as the log stores them, and what it took to become usable."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from api.domain.caller_basis import CallerBases
from api.ledger.policy_proofs import ProvedSet
from api.ledger.revisions import PolicyFiles
from api.policies.erasable_facts import find_readers, read_names
from engine import Approval, Diagnostic, Place, PolicyFaults, PolicySet


@dataclass(frozen=True, slots=True)
class ActiveSet:
    """A usable policy set, its files as the decision log stores them, and how and when it came into force.

    `proved_at` is when it was proved over all requests, None if it was not. `proof` is what was proved then, for the
    log; None where the log has the proof elsewhere.
    """

    policies: PolicySet
    files: PolicyFiles
    active_since: datetime
    proved_at: datetime | None
    approval: Approval = Approval.NONE
    proof: ProvedSet | None = None
    bases: CallerBases = field(init=False, compare=False, repr=False)
    """What its decisions have in common, by caller."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "bases", CallerBases(self.policies))

    @property
    def proved(self) -> bool:
        """Whether it is proved over all requests."""
        return self.proved_at is not None


class DetachedFacts:
    """The facts whose texts stay out of the log, collected from all sets that are in force one after another.

    `keep_apart` names these facts, in the words of each set; `folder` is the place of faults in it.
    """

    def __init__(self, keep_apart: str, folder: Path) -> None:
        self._keep_apart = keep_apart
        self._folder = folder
        self._erasable = frozenset[str]()

    @property
    def erasable(self) -> frozenset[str]:
        """The facts whose texts stay out of the log: those of every set that was in force so far."""
        return self._erasable

    def check(self, policies: PolicySet) -> None:
        """Raise `PolicyFaults` for a set in which a condition reads such a fact, or that has none of the names."""
        erasable = self._erasable_in(policies)
        if faults := [_reader_fault(place, name) for place, name in find_readers(policies, erasable)]:
            raise PolicyFaults(faults)

    def keep_apart_for(self, policies: PolicySet) -> None:
        """Take the facts of a set that is to be in force, before anything is decided by it."""
        self._erasable |= self._erasable_in(policies)

    def _erasable_in(self, policies: PolicySet) -> frozenset[str]:
        """The facts whose texts stay out of the log, in the words of a set. Raises `PolicyFaults`."""
        try:
            return read_names(self._keep_apart, policies.vocabulary)
        except ValueError as error:
            fact, _, remedy = str(error).partition("; ")
            fault = Diagnostic(Place(str(self._folder)), "L05", f"--keep-apart: {fact}", remedy)
            raise PolicyFaults([fault]) from error


def _reader_fault(place: Place, name: str) -> Diagnostic:
    return Diagnostic(
        place,
        "L05",
        f"the condition reads `{name}`, whose texts are kept apart from the log",
        "leave the fact out of --keep-apart, or out of the condition",
    )
