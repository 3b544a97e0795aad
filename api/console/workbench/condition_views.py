"""Conditions in words, and days and periods."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import assert_never

from api.console.frame.policy_texts import PolicyTexts, ShownText
from api.console.frame.visits import Visit
from api.domain.condition_words import AnswerRelation, ConditionWords, Join
from engine.policy.rules import Period


@dataclass(frozen=True, slots=True)
class ConditionView:
    """A condition for its template: how its parts are joined, or a question and what it has to be answered with.

    `lead` stands above the parts, `relation` before or in the place of the answers. `written` is the expression where
    no question says it.
    """

    lead: str
    parts: tuple[ConditionView, ...]
    ask: ShownText
    relation: str
    answers: tuple[ShownText, ...]
    written: str


def view_condition(say: PolicyTexts, words: ConditionWords) -> ConditionView:
    """Return a condition as its template shows it."""
    return ConditionView(
        _lead(say, words.join),
        tuple(view_condition(say, part) for part in words.parts),
        say.read(words.ask),
        _relation(say, words.relation),
        tuple(map(say.read, words.answers)),
        words.written if words.relation is AnswerRelation.AS_WRITTEN else "",
    )


def _lead(say: PolicyTexts, join: Join) -> str:
    match join:
        case Join.ALL:
            return say.message("All of these hold:")
        case Join.ANY:
            return say.message("One of these holds:")
        case Join.NONE:
            return say.message("It does not hold that:")
        case Join.QUESTION:
            return ""
        case _:
            assert_never(join)


def _relation(say: PolicyTexts, relation: AnswerRelation) -> str:
    match relation:
        case AnswerRelation.IS | AnswerRelation.COMPARED | AnswerRelation.AS_WRITTEN:
            return ""
        case AnswerRelation.IS_NOT:
            return say.message("anything but")
        case AnswerRelation.KNOWN:
            return say.message("is known")
        case AnswerRelation.NOT_KNOWN:
            return say.message("is not known")
        case _:
            assert_never(relation)


def day_of(visit: Visit) -> dt.date:
    """Return the day that the address names as `as_of`, or today at the directive's calendar place."""
    try:
        return dt.date.fromisoformat(visit.query.get("as_of", ""))
    except ValueError:
        return visit.policies.day_at(visit.context.clock())


def period_words(visit: Visit, period: Period) -> str:
    """Return a period in words; empty where it is open on both sides."""
    if period.start and period.end:
        return visit.message("%(start)s to %(end)s", start=period.start, end=period.end)
    if period.start:
        return visit.message("from %(start)s", start=period.start)
    return visit.message("until %(end)s", end=period.end) if period.end else ""
