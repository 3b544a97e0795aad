"""A policy set that can be in force: its files as the log stores them, and what it took to become usable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from api.ledger.revisions import PolicyFiles
from api.policies.erasable_facts import find_readers, read_names
from engine import Approval, Diagnostic, OuterInvariants, Place, PolicyFaults, PolicySet, hold_to


@dataclass(frozen=True, slots=True)
class ActiveSet:
    """A usable policy set, its files as the decision log stores them, and how and when it came into force.

    `proved_at` is when it was proved over all requests, None if it was not.
    """

    policies: PolicySet
    files: PolicyFiles
    active_since: datetime
    proved_at: datetime | None
    approval: Approval = Approval.NONE

    @property
    def proved(self) -> bool:
        """Whether it is proved over all requests."""
        return self.proved_at is not None


class SetBuilder:
    """Makes usable sets of checked ones, and collects the facts whose texts stay out of the log.

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

    def build(
        self, checked: PolicySet, floor: OuterInvariants, former: OuterInvariants | None = None
    ) -> PolicySet:
        """Return the set held to the floor, and to what the set before stated of itself. Raises `PolicyFaults`."""
        policies = hold_to(checked, floor, former)
        erasable = self._erasable_in(policies)
        if faults := [_reader_fault(place, name) for place, name in find_readers(policies, erasable)]:
            raise PolicyFaults(faults)
        return policies

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
