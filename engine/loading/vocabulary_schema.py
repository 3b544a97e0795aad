"""The shape of the vocabulary file: the facts that a request may state, as officers declare them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from engine.loading.field_types import (
    FACT_NAME,
    PHRASE,
    OutcomeWord,
    ParameterName,
    SentenceText,
    SingleValue,
)
from engine.loading.sections import Section

FactName = Annotated[str, Field(pattern=FACT_NAME, max_length=120)]
MeaningTexts = Annotated[dict[ParameterName, SentenceText], Field(min_length=2)]
PhraseText = Annotated[str, Field(pattern=PHRASE, max_length=200)]


class DeclaredFactText(Section):
    """A fact that a request may state; one under `item.` is stated for each line, any other once.

    Only its `owner` can state it, if it has one; what others state is withheld, and listed as a claim.
    `whole`, `least` and `most` bound a number. A text that is not `personal` can name nobody.
    """

    fact: FactName
    kind: Literal["truth", "choice", "text", "number", "date"]
    choices: MeaningTexts | None = None
    whole: bool = False
    least: Annotated[int, Field(ge=0)] | None = None
    most: Annotated[int, Field(ge=0)] | None = None
    ask: SentenceText
    answered_by: ParameterName
    owner: ParameterName | None = None
    personal: bool | None = None


class InstitutionText(Section):
    """Which recipient is the registered institution, and which parameter of a country gives its name."""

    recipient: ParameterName
    parameter: ParameterName


class StatingPhraseText(Section):
    """A sentence of scenarios that states facts: those under `states`, and those that it names in braces.

    Of those under `not_known` it says that they are not known to anybody. With `{happened_on}` in it, the
    facts are recorded of a case, as having become so on that day. `line` is the line of the request it speaks of.
    """

    phrase: PhraseText
    states: Annotated[dict[FactName, SingleValue], Field(default_factory=dict)]
    not_known: Annotated[list[FactName], Field(default_factory=list)]
    line: Annotated[int, Field(ge=1, le=1000)] = 1


class VocabularyFile(Section):
    """The words of a policy folder: who asks, and every fact that a request may state.

    `asking_office`, `visitor`, `place` and `deadline` are the facts that name the office that asks, who visits,
    where, and by when; `institution` is the recipient that a country registers; `urgency_group` is the group of facts
    that say how pressing a request is; `groups` says what groups of facts are about. `phrases`, `outcome_phrases` and
    `ground_phrases` are sentences of scenarios.
    """

    asking_party: ParameterName
    asking_office: FactName | None = None
    visitor: FactName | None = None
    place: FactName | None = None
    deadline: FactName | None = None
    institution: InstitutionText | None = None
    urgency_group: FactName = "urgency"
    groups: Annotated[dict[FactName, SentenceText], Field(default_factory=dict)]
    facts: Annotated[list[DeclaredFactText], Field(min_length=1)]
    phrases: Annotated[list[StatingPhraseText], Field(default_factory=list)]
    outcome_phrases: Annotated[dict[PhraseText, OutcomeWord], Field(default_factory=dict)]
    ground_phrases: Annotated[dict[PhraseText, FactName], Field(default_factory=dict)]
