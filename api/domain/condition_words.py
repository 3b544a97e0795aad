"""Conditions of rules for people who read no expressions: questions with their answers, joined by all, one or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from engine.contract.vocabulary import Kind, Word
from engine.language.expression_text import describe
from engine.language.expressions import (
    And,
    Choose,
    Compare,
    Constant,
    Expression,
    Fact,
    Known,
    Not,
    OneOf,
    Or,
    Sum,
)
from engine.language.values import write_value


class Join(StrEnum):
    """How the parts of a condition are joined: all hold, one of them, none of them; a question has no parts."""

    ALL = "all"
    ANY = "any"
    NONE = "none"
    QUESTION = "question"


class AnswerRelation(StrEnum):
    """What a question has to be answered with."""

    IS = "is"
    IS_NOT = "is_not"
    KNOWN = "known"
    NOT_KNOWN = "not_known"
    COMPARED = "compared"
    AS_WRITTEN = "as_written"


@dataclass(frozen=True, slots=True)
class ConditionWords:
    """A condition: its parts, or a question with what it has to be answered with.

    `ask` is the question of the policies, `answers` are choices in words or values; where there is no question, or
    more than one, the condition `written` says it.
    """

    join: Join
    parts: tuple[ConditionWords, ...] = ()
    relation: AnswerRelation = AnswerRelation.AS_WRITTEN
    ask: str = ""
    answers: tuple[str, ...] = ()
    written: str = ""


def put_in_words(condition: Expression, words: Mapping[str, Word]) -> ConditionWords:
    """Return a condition in the questions and choices of its words."""
    match condition:
        case And(parts):
            return ConditionWords(Join.ALL, tuple(put_in_words(part, words) for part in parts))
        case Or(parts):
            return ConditionWords(Join.ANY, tuple(put_in_words(part, words) for part in parts))
        case Not(And() as inner) | Not(Or() as inner):
            return ConditionWords(Join.NONE, (put_in_words(inner, words),))
        case Not(Fact(name)):
            return _question(condition, words, name, AnswerRelation.IS, ("false",))
        case Fact(name):
            return _question(condition, words, name, AnswerRelation.IS, ("true",))
        case Known(name):
            return _question(condition, words, name, AnswerRelation.KNOWN)
        case Not(Known(name)):
            return _question(condition, words, name, AnswerRelation.NOT_KNOWN)
        case OneOf(Fact(name), values):
            return _question(condition, words, name, AnswerRelation.IS, tuple(map(_plain, values)))
        case Not(OneOf(Fact(name), values)):
            return _question(condition, words, name, AnswerRelation.IS_NOT, tuple(map(_plain, values)))
        case Compare(operator, Fact(name), Constant(value)) if operator in ("==", "!="):
            relation = AnswerRelation.IS if operator == "==" else AnswerRelation.IS_NOT
            return _question(condition, words, name, relation, (_plain(value),))
        case Compare(operator, Fact(name), Constant(value)):
            return _question(
                condition, words, name, AnswerRelation.COMPARED, (f"{operator} {_plain(value)}",)
            )
        case Not() | OneOf() | Compare() | Constant() | Sum() | Choose():
            return ConditionWords(Join.QUESTION, written=describe(condition))
        case _:
            assert_never(condition)


def _question(
    condition: Expression,
    words: Mapping[str, Word],
    name: str,
    relation: AnswerRelation,
    values: tuple[str, ...] = (),
) -> ConditionWords:
    word = words.get(name)
    if word is None or not word.ask:
        return ConditionWords(Join.QUESTION, written=describe(condition))
    choices = word.choices_in_words if word.kind in (Kind.TRUTH, Kind.CHOICE) else {}
    answers = tuple(choices.get(value, value) for value in values)
    return ConditionWords(Join.QUESTION, (), relation, word.ask, answers, describe(condition))


def _plain(value: object) -> str:
    """A value as it is written, without quotes around a text."""
    if isinstance(value, str):
        return value
    return write_value(value)  # type: ignore[arg-type]  # the constants of conditions are of its kinds
