"""The shape of rules and of tables of rules in a policy file, and of the parts they are made of."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from engine.contract.decision import DoneBy
from engine.loading.field_types import (
    ConditionText,
    MarkText,
    MarkTexts,
    NameText,
    NameTexts,
    OutcomeWord,
    ParameterName,
    SentenceText,
    TermText,
)
from engine.loading.sections import Section


class PeriodText(Section):
    """Days from and until, both included; an end left out is open."""

    from_: Annotated[dt.date | None, Field(alias="from")] = None
    until: dt.date | None = None


class DutyText(Section):
    """Who must do what."""

    who: ParameterName
    must: SentenceText
    clause: MarkText | None = None
    before: SentenceText | None = None
    within: TermText | None = None
    evidence: SentenceText | None = None
    done_by: DoneBy | None = None


class RuleDutyText(DutyText):
    """Who must do what; with a condition, where that is known to hold."""

    when: ConditionText | None = None


class CitationText(Section):
    """Clauses and readings to name as well when a condition holds."""

    when: ConditionText
    clause: MarkTexts | None = None
    reading: MarkTexts | None = None


class ConditionalSentenceText(Section):
    """A sentence to say in the place of the plain one when a condition holds."""

    when: ConditionText
    say: SentenceText


class RuleText(Section):
    """A rule: when its condition holds and no exception to it does, its outcome is the answer."""

    rule: NameText
    exception_to: NameTexts | None = None
    exception_to_every: OutcomeWord | None = None
    beats: NameTexts | None = None
    clause: MarkTexts
    reading: MarkTexts | None = None
    ruling: MarkText | None = None
    in_force: PeriodText | None = None
    when: ConditionText
    cite_when: list[CitationText] = []
    outcome: OutcomeWord
    duties: Annotated[list[RuleDutyText], Field(min_length=1)]
    say: SentenceText
    say_when: list[ConditionalSentenceText] = []


class TableText(Section):
    """Rules of which the topmost that applies counts, or the strictest; exceptions to what the table is one to."""

    table: NameText
    counts: Literal["topmost", "strictest"] = "topmost"
    exception_to: NameTexts | None = None
    rows: Annotated[list[RuleText], Field(min_length=1)]
