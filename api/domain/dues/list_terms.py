"""What the policies say about the lists of a country: its next session, its offices, the Committee's duties."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from api.domain.shipped_words import COMMITTEE
from engine import PolicySet, Term

LIST_CLAUSES = frozenset({"S1.2", "S1.4", "S1.5", "S2.2", "S2.3", "S2.4"})
"""The Committee's duties for lists; the policy with a duty of each kind carries sections 1 and 2 (A16)."""


@dataclass(frozen=True, slots=True)
class ListDuty:
    """A duty of the Committee for lists, in the words of the policy."""

    must: str
    evidence: str
    term: Term | None


@dataclass(frozen=True, slots=True)
class SessionNumber:
    """The number of the next session as the policy gives it, from one day to another."""

    number: int
    start: dt.date | None
    end: dt.date | None


@dataclass(frozen=True, slots=True)
class ListTerms:
    """The policy of a country whose lists are governed, as it is on a day. A text not found is None."""

    country: str
    country_name: str
    confirming_office: str | None
    joint_committee: str | None
    sessions: tuple[SessionNumber, ...]
    duties: Mapping[str, ListDuty]
    in_force: bool
    in_force_from: dt.date | None

    def next_session_on(self, day: dt.date) -> int | None:
        """Return the number of the next session as of `day`; None where it is not known."""
        for value in self.sessions:
            if (value.start is None or value.start <= day) and (value.end is None or day <= value.end):
                return value.number
        return None


def read_list_terms(policies: PolicySet, day: dt.date) -> dict[str, ListTerms]:
    """Return the terms of each country whose policy carries duties for lists, as they are on `day`."""
    found = {}
    for policy in policies.policies:
        edition = policy.edition_on(day)
        duties = {
            duty.clause: ListDuty(duty.must, duty.evidence or "", term)
            for rule in edition.rules
            for duty, term in zip(rule.duties, rule.terms, strict=True)
            if duty.clause in LIST_CLAUSES and duty.who == COMMITTEE
        }
        if not duties.keys() & {"S1.2", "S2.2"}:
            continue
        texts = {
            name: value.value
            for name, values in policy.parameters.items()
            for value in values
            if isinstance(value.value, str) and value.period.covers(day)
        }
        for country in sorted(edition.members.named):
            found[country] = ListTerms(
                country=country,
                country_name=texts.get("country_name", country),
                confirming_office=texts.get("confirming_office"),
                joint_committee=texts.get("joint_committee"),
                sessions=tuple(
                    SessionNumber(value.value, value.period.start, value.period.end)
                    for value in policy.parameters.get("next_session", ())
                    if isinstance(value.value, int)
                ),
                duties=duties,
                in_force=policies.status_on(day) == "in_force",
                in_force_from=policies.instruction.start if policies.instruction else None,
            )
    return found
