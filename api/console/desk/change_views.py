"""What would change an answer, in words: the smallest changes of facts, by what they lead to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.console.desk.interview_state import AS_OF
from api.console.frame.policy_texts import PolicyTexts, ShownOutcome, ShownText
from api.parsing.fields import is_country
from engine import Change, Explanation, LineExplanation, Outcome
from engine.explanation.considered import NOT_KNOWN

MOST_LINES = 5
"""So many lines are shown: of each there may be dozens of changes, and a request may have a thousand alike."""


@dataclass(frozen=True, slots=True)
class FactChangeView:
    """A fact that would be another: the question, who can answer it, how it stands, and what it would be."""

    ask: ShownText
    party: ShownText | None
    was: ShownText
    becomes: Sequence[ShownText]


@dataclass(frozen=True, slots=True)
class LineChangesView:
    """What would change the answer about one item; how far it was searched, and whether the search was cut."""

    mark: str
    outcome: ShownOutcome
    changes: Sequence[tuple[ShownOutcome, Sequence[Sequence[FactChangeView]]]]
    up_to: int
    is_cut: bool


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """What would change an answer, line by line; `left_out` lines are not shown."""

    lines: Sequence[LineChangesView]
    left_out: int


def view_changes(texts: PolicyTexts, explanation: Explanation) -> ChangesPage:
    """Return what would change an answer."""
    shown = explanation.lines[:MOST_LINES]
    left_out = explanation.left_out + len(explanation.lines) - len(shown)
    return ChangesPage([_line(texts, line) for line in shown], left_out)


def _line(texts: PolicyTexts, line: LineExplanation) -> LineChangesView:
    by_outcome: dict[Outcome, list[Sequence[FactChangeView]]] = {}
    for change in line.changes:
        by_outcome.setdefault(change.outcome, []).append(_facts(texts, change))
    search = line.search
    return LineChangesView(
        str(line.line),
        texts.outcome(line.outcome),
        [(texts.outcome(outcome), changes) for outcome, changes in by_outcome.items()],
        search.complete_up_to if search.cut else search.most,
        search.cut,
    )


def _facts(texts: PolicyTexts, change: Change) -> Sequence[FactChangeView]:
    return [
        FactChangeView(
            ask=_ask(texts, one.fact, one.ask),
            party=texts.party(one.answered_by) if one.answered_by else None,
            was=_written(texts, one.fact, one.was),
            becomes=[_written(texts, one.fact, value) for value in (one.becomes, *one.alike)],
        )
        for one in change.facts
    ]


def _ask(texts: PolicyTexts, fact: str, ask: str | None) -> ShownText:
    """The question for a fact; the day of the request is none of the vocabulary."""
    if fact == AS_OF:
        return ShownText(texts.message("As of which day?"))
    return texts.read(ask) if ask else texts.question(fact)


def _written(texts: PolicyTexts, fact: str, value: str) -> ShownText:
    """A value as an explanation writes it, in the words of its question."""
    if value in ("true", "false"):
        return ShownText(texts.truth(value == "true"))
    if value == NOT_KNOWN:
        return texts.value(fact, None)
    return texts.value(fact, [value] if is_country(value) else value)
