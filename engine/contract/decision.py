"""What an answer looks like: the closed set of outcomes, and the decision as outside callers read it."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Literal, assert_never

from pydantic import BaseModel, ConfigDict, Field

from engine.contract.serving_status import Approval

ANSWER_EDITION = 4
"""The edition of the form of answers: raised where a decision taken again has other bytes than it had."""


class Permission(StrEnum):
    """Whether the handover may take place as it was asked for."""

    YES = "yes"
    NO = "no"
    NOT_DECIDED = "not_decided"


class Outcome(StrEnum):
    """The closed set of answers, from the least to the most strict; the strictest of several wins."""

    DELIVER = "deliver"
    NOT_GOVERNED = "not_governed"
    REGULARISE = "regularise"
    ROUTE_BILATERAL = "route_bilateral"
    ESCALATE_URGENT = "escalate_urgent"
    HOLD = "hold"
    NEEDS_INFORMATION = "needs_information"
    REFER = "refer"
    REFUSE = "refuse"

    __hash__ = str.__hash__  # that of an enumeration is worked out in Python

    @property
    def strictness(self) -> int:
        """The position in the order of strictness; 0 is the only permission."""
        return _STRICTNESS[self]

    @property
    def handover_as_asked(self) -> Permission:
        """Only `deliver` is a yes; silence of the directive is neither yes nor no."""
        return _PERMISSION[self]

    @property
    def permits(self) -> bool:
        """Whether the handover may take place as requested."""
        return _PERMISSION[self] is Permission.YES

    @property
    def by_rule(self) -> bool:
        """Whether rules are written for it; the other two say that none governs, or that too little is known."""
        return self in _BY_RULE


def _permission_of(outcome: Outcome) -> Permission:
    match outcome:
        case Outcome.DELIVER:
            return Permission.YES
        case Outcome.NOT_GOVERNED:
            return Permission.NOT_DECIDED
        case Outcome.REGULARISE | Outcome.ROUTE_BILATERAL | Outcome.ESCALATE_URGENT | Outcome.HOLD:
            return Permission.NO
        case Outcome.NEEDS_INFORMATION | Outcome.REFER | Outcome.REFUSE:
            return Permission.NO
        case _:
            assert_never(outcome)


def _is_by_rule(outcome: Outcome) -> bool:
    match outcome:
        case Outcome.NOT_GOVERNED | Outcome.NEEDS_INFORMATION:
            return False
        case Outcome.DELIVER | Outcome.REGULARISE | Outcome.ROUTE_BILATERAL | Outcome.ESCALATE_URGENT:
            return True
        case Outcome.HOLD | Outcome.REFER | Outcome.REFUSE:
            return True
        case _:
            assert_never(outcome)


_STRICTNESS = {outcome: position for position, outcome in enumerate(Outcome)}
_PERMISSION = {outcome: _permission_of(outcome) for outcome in Outcome}
_BY_RULE = frozenset(outcome for outcome in Outcome if _is_by_rule(outcome))

PolicyStatus = Literal["proposed", "in_force"]


def is_in_force(status: PolicyStatus) -> bool:
    """Whether the policies bind; while they are only proposed, what they would govern is referred."""
    match status:
        case "in_force":
            return True
        case "proposed":
            return False
        case _:
            assert_never(status)


class Answer(BaseModel):
    """A part of a decision: frozen, with members in the order in which they are read."""

    model_config = ConfigDict(frozen=True, extra="forbid")


DoneBy = Literal["handover", "transfer_record", "refraining"]


class Duty(Answer):
    """Who must do what, by which clause; `before` and `within` say when, `evidence` what shows that it was done.

    `done_by` tells what ends the duty: a recorded handover, a recorded transfer, or nothing, since it is done by
    refraining. Every other duty ends when a fact changes the answer.
    """

    who: str
    must: str
    clause: str
    before: str | None = None
    within: str | None = None
    evidence: str | None = None
    done_by: DoneBy | None = None


class Missing(Answer):
    """An unknown fact that could change the answer.

    `state` tells a fact that was not stated from one that was asked and is not known; a parameter that the policy
    officer has not found is `not_found`. `would_lead_to` gives the outcome of the line for each possible answer,
    `answers` what an answer means where it is a code. Where no answer changes the outcome by itself, `together_with`
    names the facts that have to be answered as well; where it is empty, all answers may still lead to the same
    outcome, and one of them has to be given. In a line the next question to ask comes first.
    """

    fact: str
    ask: str
    answered_by: str
    would_lead_to: dict[str, Outcome]
    state: Literal["not_stated", "asked_not_known", "not_found"]
    together_with: tuple[str, ...] = ()
    answers: dict[str, str] = {}

    def to_json(self) -> bytes:
        """Return the fact as it stands in the JSON of the decision."""
        return self.__pydantic_serializer__.to_json(self, exclude_defaults=True)


class WhyNot(Answer):
    """A rule that did not decide: its condition that failed, and what was found instead."""

    rule: str
    condition: str
    found: str


class IfInForce(Answer):
    """What a policy that is only proposed would require."""

    outcome: Outcome
    rules: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    duties: tuple[Duty, ...] = ()


class LineDecision(Answer):
    """The answer for one item line.

    `say_in` is the sentence in the languages of the mission's countries, by their tags, where there is a translation;
    `say_in_draft` are those of them of which nobody has yet read the translation against the English sentence.
    `valid_until` is its last day where a date among the facts sets one.
    """

    line: int | str
    outcome: Outcome
    handover_as_asked: Permission
    rules: tuple[str, ...] = ()
    clauses: tuple[str, ...]
    readings: tuple[str, ...] = ()
    duties: tuple[Duty, ...] = ()
    missing: tuple[Missing, ...] = ()
    why_not: tuple[WhyNot, ...] = ()
    claimed_not_confirmed: tuple[str, ...] = ()
    if_in_force: IfInForce | None = None
    valid_until: dt.date | None = None
    say: str
    say_in: dict[str, str] = {}
    say_in_draft: tuple[str, ...] = ()

    def to_json(self) -> bytes:
        """Return the line as it stands in the JSON of the decision."""
        return self.__pydantic_serializer__.to_json(self, exclude_defaults=True)


class PolicyStamp(Answer):
    """The policy set a decision was taken under; `revision` is the hash of its content.

    `approval` says how the revision came into force, and `note` what has to be known of that; answers of before the
    fourth edition say neither.
    """

    name: str
    revision: str
    status: PolicyStatus
    approval: Approval | None = None
    note: str | None = None

    def to_json(self) -> bytes:
        """Return the stamp as it stands in the JSON of the decision."""
        return self.__pydantic_serializer__.to_json(self, exclude_defaults=True)


class Decision(Answer):
    """The answer to a pre-check (contract version 1).

    Times are UTC. `valid_until` is the last day on which the answer may be relied on; a permission is checked
    again at delivery all the same.
    """

    decision_id: str
    request_id: str
    outcome: Outcome
    handover_as_asked: Permission
    say: str
    say_in: dict[str, str] = {}
    say_in_draft: tuple[str, ...] = ()
    lines: tuple[LineDecision, ...] = Field(min_length=1)
    policy: PolicyStamp
    as_of: dt.date
    evaluated_at: dt.datetime
    valid_until: dt.date

    def to_json(self) -> bytes:
        """Return the decision as UTF-8 JSON; members without content are left out."""
        return self.__pydantic_serializer__.to_json(self, exclude_defaults=True)
