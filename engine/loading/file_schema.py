"""The shape of the policy files as officers write them: which keys there are, and what each may hold."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from engine.contract.offices import POLICY_OFFICER, PartyOffice
from engine.loading.country_schema import CountriesText, CountryText, ScopeCitationText, ValueTexts
from engine.loading.field_types import (
    ConditionText,
    DayCount,
    LanguageTags,
    MarkText,
    MarkTexts,
    NameText,
    NameTexts,
    OutcomeWord,
    OutcomeWords,
    ParameterName,
    PropertyWord,
    SentenceText,
    SentenceTexts,
)
from engine.loading.party_schema import PartyTexts
from engine.loading.rule_schema import (
    ConditionalSentenceText,
    DutyText,
    PeriodText,
    RuleText,
    TableText,
)
from engine.loading.sections import Section


class ScopeText(Section):
    """A scope rule: when its condition holds, the policy governs the request."""

    scope: NameText
    clause: MarkTexts
    reading: MarkTexts | None = None
    in_force: PeriodText | None = None
    when: ConditionText


class TooOldAnswerText(Section):
    """What is answered in place of a permission while something of the policies in force is too old."""

    clause: MarkTexts
    reading: MarkTexts | None = None
    duties: Annotated[list[DutyText], Field(min_length=1)]
    say: SentenceText


class StandingAnswerText(TooOldAnswerText):
    """What is answered where no rule decides."""

    say_when: list[ConditionalSentenceText] = []


class StandingAnswersText(Section):
    """The four cases in which no rule decides, and that in which none may permit."""

    not_governed: StandingAnswerText
    needs_information: StandingAnswerText
    not_settled: StandingAnswerText
    proposed: StandingAnswerText
    policies_too_old: TooOldAnswerText | None = None

    @property
    def cases(self) -> dict[str, StandingAnswerText]:
        """The cases in which no rule decides."""
        return {name: text for name, text in self if isinstance(text, StandingAnswerText)}


class CitedText(Section):
    """Clauses and readings to name."""

    clause: MarkTexts
    reading: MarkTexts | None = None


class SeveralLinesText(Section):
    """The words around the sentences for lines that do not all have the same one."""

    one: SentenceText | None = None
    several: SentenceText | None = None
    span: SentenceText | None = None
    last: SentenceText | None = None
    more: SentenceText | None = None


class OutcomeText(Section):
    """An outcome in words."""

    title: SentenceText


class SourceText(Section):
    """Where the directive comes from."""

    document: SentenceText
    signed: dt.date | None = None
    catalogued: dt.date | None = None
    archive: SentenceText | None = None


class InstructionText(Section):
    """The record that puts the directive in force."""

    in_force: PeriodText
    given_by: SentenceText
    note: SentenceText | None = None


class ClauseText(Section):
    """A clause in the office's own short words; `no_rule` says why no rule carries it out."""

    clause: MarkText
    who: ParameterName | None = None
    text: SentenceText
    no_rule: SentenceText | None = None


class ParameterText(Section):
    """What every country has to say about itself; `otherwise` stands in sentences while it is not found."""

    kind: Literal["text", "number", "truth", "date", "choice"]
    choices: Annotated[list[SentenceText], Field(min_length=2)] | None = None
    ask: SentenceText
    otherwise: SentenceText


Parameters = dict[ParameterName, ParameterText]


class UnaskedText(Section):
    """Facts of a request that no condition asks for, and why."""

    facts: SentenceTexts
    reading: MarkTexts | None = None
    reason: SentenceText


class DirectiveFile(Section):
    """The directive of a policy folder; there is exactly one."""

    directive: NameText
    title: SentenceText
    source: SourceText
    time_zone: SentenceText | None = None
    instruction: InstructionText | None = None
    parties: Annotated[PartyTexts, Field(min_length=1)]
    valid_days: dict[OutcomeWord, DayCount]
    outcomes: dict[OutcomeWord, OutcomeText] = {}
    clauses: Annotated[list[ClauseText], Field(min_length=1)]
    parameters: Parameters = {}
    scope: list[ScopeText] = []
    rules: list[RuleText] = []
    tables: list[TableText] = []
    several_countries: CitedText | None = None
    several_lines: SeveralLinesText | None = None
    standing_answers: StandingAnswersText
    not_asked: list[UnaskedText] = []

    @property
    def editing_party(self) -> str:
        """The party that finds the values of parameters: the first that edits policies, if any is stated to."""
        editing = (
            name
            for name, party in self.parties.items()
            if PartyOffice.EDITS_POLICIES in (party.offices or ())
        )
        return next(editing, POLICY_OFFICER)


class ReadingText(Section):
    """A question the text leaves open, and the reading taken."""

    reading: MarkText
    clause: MarkTexts
    question: SentenceText
    alternatives: Annotated[list[SentenceText], Field(min_length=2)]
    taken: SentenceText | None = None
    reason: SentenceText | None = None
    status: Literal["decided", "open"]


class RulingText(Section):
    """What a party has ruled, on which day, and until when it holds; a rule can require it."""

    ruling: MarkText
    given_on: dt.date
    given_by: ParameterName
    until: dt.date | None = None
    allows: SentenceText
    clause: MarkTexts
    source: SentenceText


class ReadingsFile(Section):
    """The ruling book: how the text is read, and what has been ruled on what it leaves to a party."""

    readings: list[ReadingText]
    rulings: list[RulingText] = []


class DeviationText(Section):
    """How a country departs from shared rules: suspends them, or narrows them by a further condition."""

    suspend: NameTexts | None = None
    narrow: NameTexts | None = None
    when: ConditionText | None = None
    clause: MarkTexts
    reading: MarkTexts | None = None
    reason: SentenceText
    in_force: PeriodText

    @property
    def departed(self) -> list[str]:
        """The names of the rules, or of tables of rules, that it suspends or narrows."""
        return [*(self.suspend or ()), *(self.narrow or ())]


class LooseningText(Section):
    """Where a country's own rules and deviations may answer less strictly than the shared rules, and why."""

    when: ConditionText
    clause: MarkTexts
    reading: MarkTexts | None = None
    reason: SentenceText


class AreaText(Section):
    """For information: which places an area is known to have."""

    area: ParameterName
    places: list[SentenceText]
    status: Literal["sourced", "inferred", "not_found"]
    source: SentenceText


class PolicyFile(Section):
    """The policy for a country, a group of them or all others, or for a scope of its own such as the border areas."""

    policy: NameText
    title: SentenceText
    follows: Literal["directive"] | None = None
    country: CountryText | None = None
    countries: CountriesText | None = None
    languages: LanguageTags | None = None
    not_governed: CitedText | None = None
    areas: list[AreaText] = []
    parameters: ValueTexts = {}
    own_parameters: Parameters = {}
    deviations: list[DeviationText] = []
    may_loosen: list[LooseningText] = []
    scope_citations: list[ScopeCitationText] = []
    scope: list[ScopeText] = []
    rules: list[RuleText] = []
    tables: list[TableText] = []

    @property
    def is_for_countries(self) -> bool:
        """Whether it is for one country or several, so that its texts can say `{country}`."""
        return self.country is not None or self.countries is not None


class InvariantText(Section):
    """What holds of every answer, whatever the request: outcomes that are never given, or a named property."""

    invariant: NameText
    clause: MarkTexts
    reading: MarkTexts | None = None
    title: SentenceText
    when: ConditionText | None = None
    unless: ConditionText | None = None
    never: OutcomeWords | None = None
    property: PropertyWord | None = None


class InvariantsFile(Section):
    """What is to be proved of the policy set."""

    invariants: list[InvariantText]
