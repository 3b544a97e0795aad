"""What a checked policy set is made of, so that one can be stored and read back with nothing else in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from engine.contract import decision, offices, phrases, registers, terms, vocabulary, vocabulary_building
from engine.diagnostics import Diagnostic, Place, Severity
from engine.language import expressions, values
from engine.policy import (
    authzen,
    compiled_slot,
    dated,
    dated_parts,
    languages,
    members,
    model,
    rules,
    sentences,
    standing_answers,
)
from engine.policy import registers as policy_registers

_MADE_OF: tuple[Callable[..., Any], ...] = (
    *(dt.date, dt.timedelta, Decimal),
    *(Diagnostic, Place, Severity),
    *(decision.Duty, decision.Outcome),
    *(offices.OfficeHolder, offices.PartyOffice, offices.Role),
    *(phrases.Phrase, phrases.Phrases),
    *(registers.DueState, registers.RegisterStep),
    *(terms.CountsFrom, terms.Term),
    *(vocabulary.Declarations, vocabulary.Institution, vocabulary.Kind, vocabulary.Word),
    vocabulary_building.make_vocabulary,
    *(expressions.And, expressions.Choose, expressions.Compare, expressions.Constant, expressions.Fact),
    *(expressions.Known, expressions.Not, expressions.OneOf, expressions.Or, expressions.Sum),
    *(values.Comparator, values.Sign),
    *(authzen.AuthzenMapping, authzen.EntityMapping),
    compiled_slot.CompiledSlot,
    dated.DatedCondition,
    *(dated_parts.DatedKind, dated_parts.DatedPart),
    *(languages.Languages, languages.TranslationGaps),
    members.Members,
    *(model.Clause, model.Edition, model.Expiry, model.Invariant, model.ParameterValue, model.Policy),
    *(model.PolicySet, model.Property, model.Reading),
    *(policy_registers.DueRule, policy_registers.HandoverClauses, policy_registers.InclusionFacts),
    *(policy_registers.ListSort, policy_registers.Registers, policy_registers.SeparateLists),
    *(rules.Cited, rules.ConditionalDuty, rules.Counts, rules.Loosening, rules.Period, rules.Rule),
    *(rules.RuleTable, rules.ScopeRule),
    *(sentences.ConditionalSentence, sentences.LineWords, sentences.Translation),
    *(standing_answers.StandingAnswer, standing_answers.StandingCase),
)

PARTS: Mapping[tuple[str, str], Callable[..., Any]] = {
    (part.__module__, part.__qualname__): part for part in _MADE_OF
}
"""The classes, and the function that makes a vocabulary, by module and name. Calling one makes a value, no more."""
