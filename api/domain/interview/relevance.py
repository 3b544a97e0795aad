"""Whether the answer to a question can change the outcome, if only what the parties may state is answered besides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from api.domain.interview.state import Interview, InterviewAnswer, InterviewTerms, answer, decide_so_far
from engine import Kind, LineDecision, Missing, Word
from engine.contract.vocabulary import ITEM

_MOST = 600
"""How many combinations of answers are tried for the next question; beyond it a question is taken to matter."""

_Tried = frozenset[tuple[str, bool | str]]


def askable(terms: InterviewTerms, line: LineDecision) -> Iterator[Missing]:
    """Yield what a line misses that the parties may state and have not answered, the next question first."""
    for missing in line.missing:
        if missing.state == "not_stated" and terms.may_be_stated(missing.fact):
            yield missing


def relevant(terms: InterviewTerms, state: Interview, line: int, decided: LineDecision) -> Missing | None:
    """Return the first question of a line whose answer can change its outcome by itself or beside others; else None.

    Where it counts only beside facts that others own it is no question: whatever is answered, the outcome stays.
    """
    tried, alone = _TriedAnswers(terms), state.with_line_alone(line)
    return next((one for one in askable(terms, decided) if tried.can_change(alone, decided, one)), None)


class _TriedAnswers:
    """The answers that were tried for one line, each combination once."""

    def __init__(self, terms: InterviewTerms) -> None:
        self._terms = terms
        self._decided: dict[_Tried, LineDecision] = {}
        self._without_effect: set[tuple[str, _Tried]] = set()

    def can_change(
        self, state: Interview, decided: LineDecision, missing: Missing, tried: _Tried = frozenset()
    ) -> bool:
        """Whether an answer to the question changes the outcome, now or after others that count beside it."""
        if not missing.together_with:
            return True
        if (missing.fact, tried) in self._without_effect:
            return False
        for other in askable(self._terms, decided):
            if other.fact in missing.together_with and self._can_with(state, missing, other, tried):
                return True
        self._without_effect.add((missing.fact, tried))
        return False

    def _can_with(self, state: Interview, missing: Missing, other: Missing, tried: _Tried) -> bool:
        values = closed_values(self._terms.policies.vocabulary.words[other.fact])
        for value in values.values():
            if len(self._decided) > _MOST:
                return True
            after = answer(state, answer_for(other.fact, 0, value))
            together = tried | {(other.fact, value)}
            line = self._decide(after, together)
            again = next((one for one in line.missing if one.fact == missing.fact), None)
            if again and self.can_change(after, line, again, together):
                return True
        return not values

    def _decide(self, state: Interview, tried: _Tried) -> LineDecision:
        if tried not in self._decided:
            (self._decided[tried],) = decide_so_far(self._terms, state).lines
        return self._decided[tried]


def answer_for(fact: str, line: int, value: object) -> InterviewAnswer:
    """Return the answer that states one value; of a fact of the whole request, without the line."""
    return InterviewAnswer(fact, line if fact.startswith(ITEM) else None, {fact: value})


def closed_values(word: Word) -> dict[str, bool | str]:
    """Return the answers to a question that has few, by the labels of `would_lead_to`; of any other, none."""
    match word.kind:
        case Kind.TRUTH:
            return {"true": True, "false": False}
        case Kind.CHOICE:
            return {choice: choice for choice in word.choices}
        case Kind.TEXT | Kind.NUMBER | Kind.DATE:
            return {}
        case _:
            assert_never(word.kind)
