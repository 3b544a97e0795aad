"""The shape of the registers file: lists, events and what is due, as officers write them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from engine.contract.registers import DueState, RegisterStep
from engine.loading.field_types import MarkText, MarkTexts, ParameterName, SentenceText
from engine.loading.sections import Section
from engine.loading.vocabulary_schema import FactName

ChoiceTexts = Annotated[list[ParameterName], Field(min_length=1)]


class ListSortText(Section):
    """A sort of lists, the part of the directive it belongs to, and how the agenda of a session speaks of it."""

    list: ParameterName
    part: MarkText
    heading: SentenceText


class SeparateListsText(Section):
    """The sort of lists for which nothing is due, and how the agenda of a session speaks of it."""

    list: ParameterName
    heading: SentenceText
    note: SentenceText


class ListsText(Section):
    """The sorts of lists by what their items wait for: an answer and the delivery, a resolution, or nothing."""

    to_confirm: ListSortText
    to_include: ListSortText
    separate: SeparateListsText | None = None


class DueText(Section):
    """What is due in a state; without `must`, the duty of the policy under the clause says what has to be done."""

    what: SentenceText
    must: SentenceText | None = None
    evidence: SentenceText | None = None


class StepText(Section):
    """The clause that an event fulfils, and what is due before it."""

    clause: MarkText
    dues: Annotated[dict[Annotated[DueState, Field(strict=False)], DueText], Field(default_factory=dict)]


class InclusionText(Section):
    """The facts of an item by which it was agreed that a session includes its project."""

    fact: FactName
    agreed: ParameterName
    open: ChoiceTexts
    session: FactName
    project: FactName


class HandoverClausesText(Section):
    """What answers about handovers cite: of one before the instruction, and of a second copy."""

    earlier: MarkText | None = None
    earlier_reading: MarkText | None = None
    another_copy: MarkText | None = None


class RegistersFile(Section):
    """The registers of the directive: its lists, what happens to them, and what is due."""

    due_from: ParameterName
    governed_by: MarkTexts
    other_country: SentenceText
    unnamed_items: SentenceText
    country_name: ParameterName
    confirming_office: ParameterName
    session_body: ParameterName
    next_session: ParameterName
    entry_fact: FactName
    kind_fact: FactName
    confirmation_fact: FactName
    lists: ListsText
    events: dict[Annotated[RegisterStep, Field(strict=False)], StepText]
    inclusions: InclusionText | None = None
    handovers: HandoverClausesText | None = None
