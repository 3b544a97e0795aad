"""The members of a decision's log entry beside its payloads, and the facts that were decided, rebuilt from it.

The entry holds the request as received. What was decided is that request without the claims that were withheld, and
with the owners' facts that were known then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from api.domain.answer_editions import edition_named
from api.domain.believed_parties import ASKING_PARTY_WITHHELD, BELIEVED, CLAIMS_WITHHELD, read_belief
from api.domain.decision_moment import read_serving_status, serving_members
from api.domain.known_facts import EstablishedFacts, KnownFacts, establish_facts, request_from_json
from api.domain.trial_questions import TRIAL
from api.parsing.problems import Problem
from api.parsing.requests import read_recorded_request
from api.parsing.stated_texts import FORM
from engine import NO_STATUS, UTC, Outcome, Request, ServingStatus, Vocabulary, day_in

TRACE = "trace_id"
"""The member that names the trace of the caller (W3C Trace Context)."""


class UnreadableRequest(ValueError):  # the log was altered, or a later version reads less
    """The request of a decision cannot be read back; `problem` says why."""

    def __init__(self, decision_id: str, problem: Problem) -> None:
        super().__init__(f"the request of the decision {decision_id} cannot be read: {problem.detail}")
        self.problem = problem


class DecisionRecord(NamedTuple):
    """The members of a decision's entry; a tuple, since one is made for every pre-check.

    `caller` is the name of the caller, `role` what it is, `revision` that of the policies. `department` is the one
    the request is about, if that is known; `claims_withheld` unless every owner itself stated its facts, and
    `believed` which owners did, where some did, `asking_party_withheld` whether the party that asks did not.
    `time_zone` is that of the policies: an entry without one is from before policies named any, and its days are
    those of UTC. `answer_edition` is that of the answer's form, `normal_form` the form in which the texts of the
    request were taken, where that may be another than the one received. `trial` says whether a question changes
    nothing of the request of another, where that does not follow from the name of the role. `status` is that of the
    policies when they decided, `trace_id` the trace of the caller to which the call belonged, if it stated one.
    """

    request_id: str
    outcome: Outcome
    revision: str
    caller: str
    claims_withheld: bool
    department: str | None
    time_zone: str
    answer_edition: int
    role: str | None
    known: KnownFacts | None
    normal_form: str | None = None
    believed: Sequence[str] = ()
    trial: bool | None = None
    asking_party_withheld: bool = False
    status: ServingStatus = NO_STATUS
    trace_id: str | None = None

    @classmethod
    def from_members(cls, members: Mapping[str, Any]) -> DecisionRecord:
        """Read the members of an entry; others are left alone. Raises ValueError."""
        try:
            known = members.get("known")
            return cls(
                request_id=_text(members["request_id"]),
                outcome=Outcome(members["outcome"]),
                revision=_text(members["revision"]),
                caller=_text(members["caller"]),
                claims_withheld=bool(members[CLAIMS_WITHHELD]),
                department=None if members["department"] is None else _text(members["department"]),
                time_zone=_text(members.get("time_zone", UTC)),
                answer_edition=edition_named(members),
                role=members.get("role"),
                known=None if known is None else KnownFacts.from_json(known),
                normal_form=members.get(FORM),
                believed=tuple(members.get(BELIEVED, ())),
                trial=members.get(TRIAL),
                asking_party_withheld=bool(members.get(ASKING_PARTY_WITHHELD)),
                status=read_serving_status(members),
                trace_id=members.get(TRACE),
            )
        except (LookupError, TypeError, ValueError) as error:
            raise ValueError(
                f"the entry of a decision has not the members that it should have: {error}"
            ) from error

    def to_members(self) -> dict[str, Any]:
        """Return the members in the order in which the log has them; what is not known is left out."""
        members: dict[str, Any] = {
            "request_id": self.request_id,
            "outcome": self.outcome.value,
            "revision": self.revision,
            "caller": self.caller,
            CLAIMS_WITHHELD: self.claims_withheld,
            "department": self.department,
            "time_zone": self.time_zone,
            "answer_edition": self.answer_edition,
            "role": self.role,
            **serving_members(self.status),
        }
        if self.known is not None:
            members["known"] = self.known.to_json()
        if self.normal_form is not None:
            members[FORM] = self.normal_form
        if self.believed:
            members[BELIEVED] = list(self.believed)
        if self.trial is not None:
            members[TRIAL] = self.trial
        if self.asking_party_withheld:
            members[ASKING_PARTY_WITHHELD] = True
        if self.trace_id is not None:
            members[TRACE] = self.trace_id
        return members

    def facts_of(self, request: Request, vocabulary: Vocabulary) -> EstablishedFacts:
        """Return what was decided, given the request as received."""
        known = self.known and self.known.with_amounts(vocabulary)
        return establish_facts(vocabulary, request, known, self.believed_in(vocabulary))

    def believed_in(self, vocabulary: Vocabulary) -> frozenset[str]:
        """Return the parties whose statements counted."""
        members = {
            CLAIMS_WITHHELD: self.claims_withheld,
            BELIEVED: self.believed,
            ASKING_PARTY_WITHHELD: self.asking_party_withheld,
        }
        return read_belief(vocabulary, members)

    def day_at(self, moment: dt.datetime) -> dt.date:
        """Return the day of a moment at the calendar place of the policies that decided. Raises ValueError."""
        return day_in(self.time_zone, moment)


def read_decided_request(
    decision_id: str, members: Mapping[str, Any], content: bytes, vocabulary: Vocabulary
) -> Request:
    """Return the request of a decision as it was received and taken. Raises `UnreadableRequest`, and ValueError."""
    received = read_recorded_request(content, members, vocabulary)
    if isinstance(received, Problem):
        raise UnreadableRequest(decision_id, received)
    return received


def decided_facts(
    decision_id: str, members: Mapping[str, Any], request: bytes, at: dt.datetime, vocabulary: Vocabulary
) -> EstablishedFacts:
    """Return what a pre-check decided at a time, from the members of its entry and the request as received.

    The day is that of the decision, also where the request states none: other policies may have another calendar.
    Raises ValueError.
    """
    record = DecisionRecord.from_members(members)
    received = read_decided_request(decision_id, members, request, vocabulary)
    return record.facts_of(
        received.model_copy(update={"as_of": received.as_of or record.day_at(at)}), vocabulary
    )


def assessed_facts(members: Mapping[str, Any], request: bytes, vocabulary: Vocabulary) -> EstablishedFacts:
    """Return the facts a handover was assessed by: its entry has the request with the owners' facts filled in.

    Raises ValueError.
    """
    return EstablishedFacts(request_from_json(request, vocabulary), tuple(map(tuple, members["claimed"])))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value
