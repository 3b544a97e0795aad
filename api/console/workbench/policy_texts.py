"""What policies say, in the visitor's language where they are translated into it, else in English and marked so."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import assert_never

from api.console.frame.languages import translations_in
from api.console.frame.visits import Visit
from api.domain.condition_words import AnswerRelation, ConditionWords, Join
from engine import ENGLISH, PolicySet
from engine.policy.rules import Period


@dataclass(frozen=True, slots=True)
class PolicyText:
    """A text of the policies; `lang` is its language where that is another than the page's."""

    text: str
    lang: str | None = None

    def __bool__(self) -> bool:
        return bool(self.text)


@dataclass(frozen=True, slots=True)
class PolicyTexts:
    """Reads texts of a policy set for a page in a language."""

    policies: PolicySet
    language: str

    def __call__(self, text: str | None) -> PolicyText:
        """Return a text of the policies as the page shows it."""
        if not text or self.language == ENGLISH:
            return PolicyText(text or "")
        found = self.policies.languages.read(self.language, text)
        return PolicyText(found, ENGLISH if found == text else None)

    def message(self, text: str) -> str:
        """Return a message of the console in the language of the page."""
        return translations_in(self.language).gettext(text)

    def english(self, text: str) -> PolicyText:
        """Return a text of the program itself, which it has in English alone."""
        return PolicyText(text, None if self.language == ENGLISH else ENGLISH)


def texts_of(visit: Visit, policies: PolicySet | None = None) -> PolicyTexts:
    """Return how the texts of a set are read on the pages of a visit; of the set in force, if none is given."""
    return PolicyTexts(policies or visit.policies, visit.language)


@dataclass(frozen=True, slots=True)
class ConditionView:
    """A condition for its template: how its parts are joined, or a question and what it has to be answered with.

    `lead` stands above the parts, `relation` before or in the place of the answers. `written` is the expression where
    no question says it.
    """

    lead: str
    parts: tuple[ConditionView, ...]
    ask: PolicyText
    relation: str
    answers: tuple[PolicyText, ...]
    written: str


def view_condition(say: PolicyTexts, words: ConditionWords) -> ConditionView:
    """Return a condition as its template shows it."""
    return ConditionView(
        _lead(say, words.join),
        tuple(view_condition(say, part) for part in words.parts),
        say(words.ask),
        _relation(say, words.relation),
        tuple(map(say, words.answers)),
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
