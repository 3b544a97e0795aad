"""What would change an answer, in words: the smallest changes of facts, by what they lead to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.console.desk.wording import OutcomeWords, Wording, Words
from api.domain.interview.countries import describe_country
from api.parsing.fields import is_country
from engine import ENGLISH, Change, Explanation, LineExplanation, Outcome
from engine.explanation.considered import NOT_KNOWN


@dataclass(frozen=True, slots=True)
class FactChangeView:
    """A fact that would be another: the question, who can answer it, how it stands, and what it would be."""

    ask: Words
    party: Words | None
    was: Words
    becomes: Sequence[Words]


@dataclass(frozen=True, slots=True)
class LineChangesView:
    """What would change the answer about one item; how far it was searched, and whether the search was cut."""

    mark: str
    outcome: OutcomeWords
    changes: Sequence[tuple[OutcomeWords, Sequence[Sequence[FactChangeView]]]]
    up_to: int
    is_cut: bool


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """What would change an answer, line by line; `left_out` lines are not explained."""

    lines: Sequence[LineChangesView]
    left_out: int


def view_changes(wording: Wording, explanation: Explanation) -> ChangesPage:
    """Return what would change an answer."""
    return ChangesPage([_line(wording, line) for line in explanation.lines], explanation.left_out)


def _line(wording: Wording, line: LineExplanation) -> LineChangesView:
    by_outcome: dict[Outcome, list[Sequence[FactChangeView]]] = {}
    for change in line.changes:
        by_outcome.setdefault(change.outcome, []).append(_facts(wording, change))
    search = line.search
    return LineChangesView(
        str(line.line),
        wording.outcome(line.outcome),
        [(wording.outcome(outcome), changes) for outcome, changes in by_outcome.items()],
        search.complete_up_to if search.cut else search.most,
        search.cut,
    )


def _facts(wording: Wording, change: Change) -> Sequence[FactChangeView]:
    return [
        FactChangeView(
            ask=wording.read(one.ask) if one.ask else wording.question(one.fact),
            party=wording.party(one.answered_by) if one.answered_by else None,
            was=_written(wording, one.fact, one.was),
            becomes=[_written(wording, one.fact, value) for value in (one.becomes, *one.alike)],
        )
        for one in change.facts
    ]


def _written(wording: Wording, fact: str, value: str) -> Words:
    """A value as an explanation writes it, in the words of its question."""
    if value in ("true", "false"):
        return wording.own(wording.truth(value == "true"))
    if value == NOT_KNOWN:
        return wording.value(fact, None)
    return Words(describe_country(value), ENGLISH) if is_country(value) else wording.value(fact, value)
