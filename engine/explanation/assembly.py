"""The way to the answer that `decide` has given, and what would change it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from engine.contract.decision import Decision, LineDecision
from engine.contract.request import Item, Request
from engine.contract.serving_status import NO_STATUS, ServingStatus
from engine.contract.vocabulary import country_facts
from engine.evaluation.answer import effective_day
from engine.evaluation.default_logic import Assessment, answer_line, assess
from engine.evaluation.too_old import outcome_when
from engine.explanation.considered import consider
from engine.explanation.counterfactuals import find_changes
from engine.explanation.fact_changes import DecidedLine, names_read
from engine.explanation.model import Explanation, LineExplanation
from engine.policy.model import PolicySet

BUDGET = 20_000
"""So many sets of changes are tried for a request, shared among its different lines and the mission's countries."""
MOST_CONSIDERED = 20
"""So many different lines are explained, each for one country; for a mission of several, as many fewer."""
PROPOSED = "the directive is only proposed on this day, so the line is referred whatever the rules say"
TOO_OLD = "the rules permit it, and it is held, since something of the policies in force is too old"

_Key = tuple[object, ...]


def _never() -> bool:
    return False


def explain(
    policies: PolicySet,
    request: Request,
    decision: Decision,
    stopped: Callable[[], bool] = _never,
    status: ServingStatus = NO_STATUS,
    most_tried: int = BUDGET,
    most_lines: int | None = None,
) -> Explanation:
    """Explain the decision that `decide` has given for the request under these policies, with their status.

    At most `most_tried` sets of changes are tried; 0 looks for none, and takes a small part of the time. The lines
    after the first `most_lines` are only counted; the explanation of the others stays the same.
    The same arguments always give the same explanation; nothing in the decision changes. Lines that no condition
    distinguishes are explained once. Raises `ExplanationStopped` once `stopped` returns True.
    """
    read = names_read(policies.policies)
    keys = [
        _key(policies, request, item, line, decision.as_of, read)
        for item, line in zip(request.items, decision.lines, strict=True)
    ]
    countries = _countries(request)
    chosen = list(dict.fromkeys(keys))[: max(1, MOST_CONSIDERED // len(countries))]
    parts = len(chosen) * len(countries)
    budget = max(1, most_tried // parts) if most_tried else 0
    explained: dict[_Key, LineExplanation] = {}
    shown = keys[:most_lines]
    for key in [key for key in chosen if key in shown]:
        at = keys.index(key)
        explained[key] = _explain_line(policies, request, at, decision, status, budget, stopped)
    lines = tuple(
        explained[key].model_copy(update={"line": line.line})
        for key, line in zip(shown, decision.lines, strict=False)
        if key in explained
    )
    return Explanation(revision=policies.revision, lines=lines, left_out=len(keys) - len(lines))


def _key(
    policies: PolicySet,
    request: Request,
    item: Item,
    line: LineDecision,
    day: dt.date,
    read: frozenset[str],
) -> _Key:
    """What an explanation can show of a line."""
    facts = policies.vocabulary.flatten(request, item, day)
    return line.outcome, line.if_in_force is None, *((name, facts[name]) for name in facts if name in read)


def _countries(request: Request) -> Sequence[str | None]:
    stated = request.mission.countries if request.mission else None
    return sorted(set(stated)) if stated else (None,)


def _explain_line(
    policies: PolicySet,
    request: Request,
    index: int,
    decision: Decision,
    status: ServingStatus,
    budget: int,
    stopped: Callable[[], bool],
) -> LineExplanation:
    item, countries = request.items[index], _countries(request)
    line, day = decision.lines[index], decision.as_of
    answers = tuple(_assessed(policies, request, item, day, country) for country in countries)
    alone = request.model_copy(update={"items": [item]})  # what is tried decides this line a hundred times
    decided = DecidedLine(policies, alone, 0, day, answers, line.outcome, status)
    changes, search = find_changes(decided, budget, stopped)
    return LineExplanation(
        line=line.line,
        outcome=line.outcome,
        note=_note(policies, line, day, answers, status),
        countries=tuple(
            consider(answer, country) for answer, country in zip(answers, countries, strict=True)
        ),
        changes=changes,
        search=search,
    )


def _note(
    policies: PolicySet,
    line: LineDecision,
    day: dt.date,
    answers: Sequence[Assessment],
    status: ServingStatus,
) -> str | None:
    """Why the answer is not that of the rules, if it is not."""
    if line.if_in_force:
        return PROPOSED
    found = answer_line([answer.outcome for answer in answers], policies.status_on(day))
    return TOO_OLD if line.outcome is not found and line.outcome is outcome_when(found, status) else None


def _assessed(
    policies: PolicySet, request: Request, item: Item, day: dt.date, country: str | None
) -> Assessment:
    """What `decide` makes of the line for a country; before the instruction, as from its first day."""
    evaluated = effective_day(policies, day)
    facts = {
        **policies.vocabulary.flatten(request, item, day),
        **country_facts(country, policies.listed_on(evaluated)),
    }
    return assess(policies, evaluated, facts)
