"""The shape of the policy files as officers write them: which keys there are, and what each may hold."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator
from pydantic_core import PydanticCustomError

from engine.contract.decision import DoneBy, Outcome
from engine.contract.terms import TERM_PATTERN


class Section(BaseModel):
    """A part of a policy file: no key is optional by accident and none is ignored."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _one_or_several(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _single(value: object) -> object:
    if isinstance(value, list | dict) or value == "":
        raise PydanticCustomError("single_type", "a single value")
    return value


NAME = r"^[a-z][a-z0-9-]*$"
PARAMETER_NAME = r"^[a-z][a-z0-9_]*$"
MARK = r"^[A-Za-z0-9][A-Za-z0-9.-]*$"
COUNTRY_CODE = r"^[A-Z]{2}$"

Name = Annotated[str, Field(pattern=NAME, max_length=80)]
ParameterName = Annotated[str, Field(pattern=PARAMETER_NAME, max_length=80)]
Mark = Annotated[str, Field(pattern=MARK, max_length=40)]
_MarkList = Annotated[list[Mark], Field(min_length=1)]
_NameList = Annotated[list[Name], Field(min_length=1)]
Marks = Annotated[_MarkList, BeforeValidator(_one_or_several, json_schema_input_type=Mark | _MarkList)]
Names = Annotated[_NameList, BeforeValidator(_one_or_several, json_schema_input_type=Name | _NameList)]
Sentence = Annotated[str, Field(min_length=1, max_length=2000)]
TermText = Annotated[Sentence, Field(json_schema_extra={"pattern": TERM_PATTERN})]
ConditionText = Annotated[str, Field(min_length=1)]
OutcomeWord = Annotated[Outcome, Field(strict=False)]
_OutcomeList = Annotated[list[OutcomeWord], Field(min_length=1)]
_SentenceList = Annotated[list[Sentence], Field(min_length=1)]
PropertyWord = Literal[
    "unknown_never_permits", "urgency_never_permits", "deviations_only_tighten", "a_rule_decides"
]


class PeriodText(Section):
    """Days from and until, both included; an end left out is open."""

    from_: Annotated[dt.date | None, Field(alias="from")] = None
    until: dt.date | None = None


class DutyText(Section):
    """Who must do what."""

    who: ParameterName
    must: Sentence
    clause: Mark | None = None
    before: Sentence | None = None
    within: TermText | None = None
    evidence: Sentence | None = None
    done_by: DoneBy | None = None


class CitationText(Section):
    """Clauses and readings to name as well when a condition holds."""

    when: ConditionText
    clause: Marks | None = None
    reading: Marks | None = None


class RuleText(Section):
    """A rule: when its condition holds and no exception to it does, its outcome is the answer."""

    rule: Name
    exception_to: Names | None = None
    exception_to_every: OutcomeWord | None = None
    beats: Names | None = None
    clause: Marks
    reading: Marks | None = None
    in_force: PeriodText | None = None
    when: ConditionText
    cite_when: list[CitationText] = []
    outcome: OutcomeWord
    duties: Annotated[list[DutyText], Field(min_length=1)]
    say: Sentence


class ScopeText(Section):
    """A scope rule: when its condition holds, the policy governs the request."""

    scope: Name
    clause: Marks
    reading: Marks | None = None
    in_force: PeriodText | None = None
    when: ConditionText


class StandingAnswerText(Section):
    """What is answered where no rule decides."""

    clause: Marks
    reading: Marks | None = None
    duties: Annotated[list[DutyText], Field(min_length=1)]
    say: Sentence


class StandingAnswersText(Section):
    """The four cases in which no rule decides."""

    not_governed: StandingAnswerText
    needs_information: StandingAnswerText
    not_settled: StandingAnswerText
    proposed: StandingAnswerText


class CitedText(Section):
    """Clauses and readings named for a mission of several countries."""

    clause: Marks
    reading: Marks | None = None


class SourceText(Section):
    """Where the directive comes from."""

    document: Sentence
    signed: dt.date | None = None
    catalogued: dt.date | None = None
    archive: Sentence | None = None


class InstructionText(Section):
    """The record that puts the directive in force (reading A9)."""

    in_force: PeriodText
    given_by: Sentence
    note: Sentence | None = None


class ClauseText(Section):
    """A clause in the office's own short words; `no_rule` says why no rule carries it out."""

    clause: Mark
    who: ParameterName | None = None
    text: Sentence
    no_rule: Sentence | None = None


class ParameterText(Section):
    """What every country has to say about itself; `otherwise` stands in sentences while it is not found."""

    kind: Literal["text", "number", "truth", "date", "choice"]
    choices: Annotated[list[Sentence], Field(min_length=2)] | None = None
    ask: Sentence
    otherwise: Sentence


class ValueText(Section):
    """A dated value of a parameter, and where it comes from."""

    value: Annotated[
        bool | str | int | Decimal | dt.date | None,
        PlainValidator(_single, json_schema_input_type=bool | Sentence | int | float),
    ] = None
    from_: Annotated[dt.date | None, Field(alias="from")] = None
    until: dt.date | None = None
    status: Literal["sourced", "inferred", "not_found"]
    source: Sentence


Parameters = dict[ParameterName, ParameterText]
Days = Annotated[int, Field(ge=0, le=3650)]


class UnaskedText(Section):
    """Facts of a request that no condition asks for, and why."""

    facts: Annotated[
        _SentenceList, BeforeValidator(_one_or_several, json_schema_input_type=Sentence | _SentenceList)
    ]
    reading: Marks | None = None
    reason: Sentence


class DirectiveFile(Section):
    """The directive of a policy folder; there is exactly one."""

    directive: Name
    title: Sentence
    source: SourceText
    instruction: InstructionText | None = None
    parties: Annotated[dict[ParameterName, Sentence], Field(min_length=1)]
    valid_days: dict[OutcomeWord, Days]
    clauses: Annotated[list[ClauseText], Field(min_length=1)]
    parameters: Parameters = {}
    scope: list[ScopeText] = []
    rules: list[RuleText] = []
    several_countries: CitedText | None = None
    standing_answers: StandingAnswersText
    not_asked: list[UnaskedText] = []


class ReadingText(Section):
    """A question the text leaves open, and the reading taken."""

    reading: Mark
    clause: Marks
    question: Sentence
    alternatives: Annotated[list[Sentence], Field(min_length=2)]
    taken: Sentence | None = None
    reason: Sentence | None = None
    status: Literal["decided", "open"]


class ReadingsFile(Section):
    """The ruling book."""

    readings: list[ReadingText]


class DeviationText(Section):
    """How a country departs from a shared rule: suspends it, or narrows it by a further condition."""

    suspend: Name | None = None
    narrow: Name | None = None
    when: ConditionText | None = None
    clause: Marks
    reading: Marks | None = None
    reason: Sentence
    in_force: PeriodText


class LooseningText(Section):
    """Where a country's own rules and deviations may answer less strictly than the shared rules, and why."""

    when: ConditionText
    clause: Marks
    reading: Marks | None = None
    reason: Sentence


class AreaText(Section):
    """For information: which places an area is known to have."""

    area: ParameterName
    places: list[Sentence]
    status: Literal["sourced", "inferred", "not_found"]
    source: Sentence


class PolicyFile(Section):
    """The policy for a country, or for a scope of its own such as the border areas."""

    policy: Name
    title: Sentence
    follows: Literal["directive"] | None = None
    country: Annotated[str, Field(pattern=COUNTRY_CODE)] | None = None
    areas: list[AreaText] = []
    parameters: dict[ParameterName, Annotated[list[ValueText], Field(min_length=1)]] = {}
    own_parameters: Parameters = {}
    deviations: list[DeviationText] = []
    may_loosen: list[LooseningText] = []
    scope: list[ScopeText] = []
    rules: list[RuleText] = []


class InvariantText(Section):
    """What holds of every answer, whatever the request: outcomes that are never given, or a named property."""

    invariant: Name
    clause: Marks
    reading: Marks | None = None
    title: Sentence
    when: ConditionText | None = None
    unless: ConditionText | None = None
    never: (
        Annotated[
            _OutcomeList,
            BeforeValidator(_one_or_several, json_schema_input_type=OutcomeWord | _OutcomeList),
        ]
        | None
    ) = None
    property: PropertyWord | None = None


class InvariantsFile(Section):
    """What is to be proved of the policy set."""

    invariants: list[InvariantText]


PolicyDocument = DirectiveFile | ReadingsFile | PolicyFile | InvariantsFile
FILE_KINDS: dict[str, type[DirectiveFile] | type[ReadingsFile] | type[PolicyFile] | type[InvariantsFile]] = {
    "directive": DirectiveFile,
    "readings": ReadingsFile,
    "policy": PolicyFile,
    "invariants": InvariantsFile,
}
"""The sorts of policy files, by the key each has to carry."""
