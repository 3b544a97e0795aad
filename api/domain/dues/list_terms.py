"""What the policies say about the lists of a country: its next session, its offices, the duties for lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from engine import DueState, PolicySet, Registers, Term


@dataclass(frozen=True, slots=True)
class ListDuty:
    """A duty for lists, in the words of the policy."""

    must: str
    evidence: str | None
    term: Term | None


@dataclass(frozen=True, slots=True)
class SessionNumber:
    """The number of the next session as the policy gives it, from one day to another."""

    number: int
    start: dt.date | None
    end: dt.date | None


@dataclass(frozen=True, slots=True)
class ListTerms:
    """The policy of a country whose lists are governed, as it is on a day.

    `worded` is what sentences say for each parameter, known or not; of one that the policy does not have, its name.
    `duties` are those for lists, by their clause.
    """

    registers: Registers
    country: str
    worded: Mapping[str, str]
    sessions: tuple[SessionNumber, ...]
    duties: Mapping[str, ListDuty]
    in_force: bool
    in_force_from: dt.date | None

    @property
    def country_name(self) -> str:
        """What the country is called."""
        return self.worded[self.registers.country_name]

    @property
    def confirming_office(self) -> str:
        """Who confirms the items of a list."""
        return self.worded[self.registers.confirming_office]

    @property
    def session_body(self) -> str:
        """Who holds the sessions."""
        return self.worded[self.registers.session_body]

    def duty(self, state: DueState) -> ListDuty | None:
        """Return the duty that is due in a state; None where the directive itself says what is, or nothing is."""
        rule = self.registers.dues.get(state)
        return self.duties.get(rule.clause) if rule and rule.must is None else None

    def next_session_on(self, day: dt.date) -> int | None:
        """Return the number of the next session as of `day`; None where it is not known."""
        for value in self.sessions:
            if (value.start is None or value.start <= day) and (value.end is None or day <= value.end):
                return value.number
        return None


def read_list_terms(policies: PolicySet, day: dt.date) -> dict[str, ListTerms]:
    """Return the terms of each country whose policy carries duties for lists, as they are on `day`."""
    registers = policies.registers
    if registers is None:
        return {}
    undeclared = {name: name.replace("_", " ") for name in registers.parameters}
    found = {}
    for policy in policies.policies:
        edition = policy.edition_on(day)
        duties = {
            duty.clause: ListDuty(duty.must, duty.evidence, term)
            for rule in edition.rules
            for duty, term in zip(rule.duties, rule.terms, strict=True)
            if duty.clause in registers.duty_clauses and duty.who == registers.due_from
        }
        if not duties.keys() & registers.governed_by:
            continue
        for country in sorted(edition.members.named):
            found[country] = ListTerms(
                registers=registers,
                country=country,
                worded={**undeclared, **edition.worded},
                sessions=tuple(
                    SessionNumber(value.value, value.period.start, value.period.end)
                    for value in policy.parameters.get(registers.next_session, ())
                    if isinstance(value.value, int)
                ),
                duties=duties,
                in_force=policies.status_on(day) == "in_force",
                in_force_from=policies.instruction.start if policies.instruction else None,
            )
    return found
