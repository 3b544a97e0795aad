"""Requests whose outcome stays while the answer differs in content: rules, clauses, duties, the sentence."""

from __future__ import annotations

from collections.abc import Mapping

from engine.analysis.comparison import ChangedAnswer, Example
from engine.analysis.formulas import FALSE, Formula
from engine.analysis.pairing import Comparer, Pair
from engine.analysis.statements import AnswerStatement, statements
from engine.analysis.worked import MOMENT
from engine.contract.decision import LineDecision, is_in_force
from engine.deciding import decide

MEMBERS = ("rules", "clauses", "readings", "duties", "if_in_force", "say")
"""The members of an answer that are compared."""
ONLY_PROPOSED = "what would be required while the directive is only proposed"


def changed_answers(comparer: Comparer) -> tuple[ChangedAnswer, ...]:
    """List, for each rule and other source, whether its part of some answer changes while the outcome stays.

    Together they cover every such answer. Raises Undecided.
    """
    found: dict[tuple[str, tuple[str, ...]], list[tuple[str | None, Example | None]]] = {}
    for country in comparer.countries:
        for name, (pair, formula) in _first_changes(comparer, country).items():
            example, _, _ = comparer.show(pair, formula)
            changed = _members_changed(comparer, example)
            confirmed = example if changed else None
            found.setdefault((name, changed), []).append((country, confirmed))
    return tuple(
        ChangedAnswer(
            about=name,
            countries=tuple(comparer.name_country(country) for country, _ in places),
            members=changed,
            example=next((example for _, example in places if example), None),
        )
        for (name, changed), places in sorted(found.items())
    )


def _first_changes(comparer: Comparer, country: str | None) -> dict[str, tuple[Pair, Formula]]:
    """For each source, the first case in which its part of the answer changes while the outcome stays, and when."""
    found: dict[str, tuple[Pair, Formula]] = {}
    for pair in comparer.pairs(country):
        for name, changes in _changes(comparer, pair).items():
            formula = comparer.formulas.all_of((comparer.compared, changes, comparer.same_outcome(pair)))
            if name not in found and comparer.solver.find(formula) is not None:
                found[name] = pair, formula
    return found


def _changes(comparer: Comparer, pair: Pair) -> dict[str, Formula]:
    formulas, interval, other = comparer.formulas, pair.case.interval, pair.later.interval
    before = statements(formulas, comparer.old.policies, pair.old, interval.status)
    after = statements(formulas, comparer.new.policies, pair.new, other.status)
    proposed = not (is_in_force(interval.status) and is_in_force(other.status))
    found: dict[str, Formula] = {}
    for statement in dict.fromkeys((*after, *before)):
        changes = _differ(comparer, before, after, statement)
        if changes != FALSE:
            name = ONLY_PROPOSED if proposed else statement[0]
            found[name] = formulas.any_of((found.get(name, FALSE), changes))
    return found


def _differ(
    comparer: Comparer,
    before: Mapping[AnswerStatement, Formula],
    after: Mapping[AnswerStatement, Formula],
    statement: AnswerStatement,
) -> Formula:
    formulas = comparer.formulas
    was, now = before.get(statement, FALSE), after.get(statement, FALSE)
    if was == now:
        return FALSE
    return formulas.any_of((formulas.all_of((was, -now)), formulas.all_of((now, -was))))


def _members_changed(comparer: Comparer, example: Example) -> tuple[str, ...]:
    """The members of the answer that `decide` gives otherwise."""
    lines: list[LineDecision] = [
        decide(one.policies, request, decision_id="compared", evaluated_at=MOMENT).lines[0]
        for one, request in zip((comparer.old, comparer.new), comparer.read_by_each(example), strict=True)
    ]
    return tuple(member for member in MEMBERS if getattr(lines[0], member) != getattr(lines[1], member))
