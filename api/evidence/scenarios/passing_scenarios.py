"""The scenarios that pass under the policies as they are, and which of them fails first under changed ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from api.evidence.scenarios.in_process_runs import BoundScenario, InProcessDoor, run_steps
from engine import PolicyFaults


@dataclass(frozen=True, slots=True)
class PassingScenario:
    """A scenario that passes under the policies as they are, with the rules and countries of its answers.

    `consulted` are the rules that its answers may cite something of; None where it may look at more than its answers.
    """

    part: BoundScenario
    rules: frozenset[str]
    countries: frozenset[str]
    overlaid: bool
    consulted: frozenset[str] | None

    def may_notice(self, contents: frozenset[str] | None) -> bool:
        """Whether it may fail where nothing differs but what these rules cite and require; None: anything may."""
        return contents is None or self.consulted is None or not contents.isdisjoint(self.consulted)


def first_killer(parts: Iterable[PassingScenario], door: InProcessDoor) -> str | None:
    """The title of the first scenario that fails at the door; None if each passes."""
    for one in parts:
        door.calls.clear()
        try:
            if run_steps(one.part.steps, door, one.part.node):
                return one.part.title
        except PolicyFaults:
            continue
    return None
