"""What the decisions of one caller under one set have in common, worked out once and not for every pre-check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic_core import to_json

from api.domain.believed_parties import belief_members, believed_of
from api.domain.decision_record import TRACE, DecisionRecord
from api.domain.identity import Caller
from api.domain.known_facts import KnownFacts
from api.domain.trial_questions import trial_member
from engine import ANSWER_EDITION, Outcome, PolicySet, ServingStatus

MOST_CALLERS = 256
"""Of so many callers it is remembered; with the next one, of all anew."""
_WRITTEN_AS = {outcome: outcome.value for outcome in Outcome}  # the property of an enumeration is slow


class CallerBasis:
    """What follows from the policies, their status and the caller: whose statements count, and members of entries."""

    __slots__ = ("_after", "_behind", "_between", "_members", "_record", "believed", "caller", "status")

    def __init__(self, policies: PolicySet, caller: Caller, status: ServingStatus) -> None:
        vocabulary = policies.vocabulary
        self.caller = caller
        self.status = status
        self.believed = believed_of(vocabulary, caller.role)
        """The parties whose statements count where the caller makes them."""
        self._record = DecisionRecord(
            request_id="",
            outcome=Outcome.HOLD,
            revision=policies.revision,
            caller=caller.name,
            **belief_members(vocabulary, self.believed),
            department=None,
            time_zone=policies.time_zone,
            answer_edition=ANSWER_EDITION,
            role=caller.role.name,
            known=None,
            trial=trial_member(caller.role),
            status=status,
        )
        self._members = self._record.to_members()
        names = [*self._members]
        place = names.index("department")
        self._between, self._after = self._written(names[2:place]), self._written(names[place + 1 :])
        self._behind = self._write_behind(caller.department)

    def _written(self, names: list[str]) -> bytes:
        """These members as they stand in JSON, each with a comma behind it."""
        return b"".join([b"%b:%b," % (to_json(name), to_json(self._members[name])) for name in names])

    def members_to_json(self, members: Mapping[str, Any]) -> bytes | None:
        """Return what `entry_members` gave as in JSON, with a comma behind; None where it is out of the ordinary."""
        if len(members) != len(self._members):
            return None
        department = members["department"]
        behind = self._behind if department == self.caller.department else self._write_behind(department)
        return b'"request_id":%b,"outcome":"%b",%b' % (
            to_json(members["request_id"]),
            members["outcome"].encode(),
            behind,
        )

    def _write_behind(self, department: str | None) -> bytes:
        """The members behind the outcome, about a department."""
        return b'%b"department":%b,%b' % (self._between, to_json(department), self._after)

    def entry_members(
        self,
        request_id: str,
        outcome: Outcome,
        department: str | None,
        known: KnownFacts | None,
        normal_form: str | None,
        trace_id: str | None,
    ) -> dict[str, Any]:
        """Return the members of a decision's entry as `DecisionRecord.to_members` does, in the same order."""
        if known is not None or normal_form is not None:
            return self._record._replace(
                request_id=request_id,
                outcome=outcome,
                department=department,
                known=known,
                normal_form=normal_form,
                trace_id=trace_id,
            ).to_members()
        members = {
            **self._members,
            "request_id": request_id,
            "outcome": _WRITTEN_AS[outcome],
            "department": department,
        }
        if trace_id is not None:
            members[TRACE] = trace_id  # the last one
        return members


class CallerBases:
    """The bases of decisions under one set, by caller; threads may share it."""

    __slots__ = ("_by_name", "_policies")

    def __init__(self, policies: PolicySet) -> None:
        self._policies = policies
        self._by_name: dict[str, CallerBasis] = {}

    def of(self, caller: Caller, status: ServingStatus) -> CallerBasis:
        """Return the basis for a caller, while the set has this status."""
        found = self._by_name.get(caller.name)
        if (
            found is None
            or found.status is not status
            or (found.caller is not caller and found.caller != caller)
        ):
            if len(self._by_name) >= MOST_CALLERS:
                self._by_name = {}
            found = self._by_name[caller.name] = CallerBasis(self._policies, caller, status)
        return found
