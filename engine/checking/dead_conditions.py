"""Whether a condition can ever hold: `x == "a" and x == "b"`, written where `or` is meant, holds for no facts.

A prohibition under such a condition would silently be none.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count

from engine.checking.representatives import OTHER_TEXT, representative_values
from engine.expressions import Expression, Known, constants_beside, evaluate, fact_names, residual, walk
from engine.facts import Value, Word

MAX_TRIALS = 20_000
_TWO_OF_EACH: tuple[Value, ...] = (f"not {OTHER_TEXT}", 0, 10)
"""Beside the values a condition mentions, so that two facts of one kind can differ."""


def can_hold(when: Expression, words: Mapping[str, Word]) -> bool:
    """Return whether some facts make the condition true; `words` holds parameters under their braced names.

    A condition that asks whether a fact is known, that names a choice among nothing, or that takes too many trials
    to tell, is held to be able to.
    """
    if any(isinstance(part, Known) for part in walk(when)):
        return True
    beside = constants_beside(when)
    mentioned = frozenset().union(*beside.values())
    domains = {
        name: representative_values(words[name], [*mentioned, *_TWO_OF_EACH]) for name in fact_names(when)
    }
    if not all(domains.values()):
        return True
    trials = count(1)

    def some_hold(facts: Mapping[str, Value]) -> bool:
        truth = evaluate(when, facts)
        if truth is not None or next(trials) > MAX_TRIALS:
            return truth is not False
        unknown = residual(when, facts)
        if not (open_facts := sorted(unknown - facts.keys())):
            return True
        name = open_facts[0]
        return any(some_hold({**facts, name: value}) for value in domains[name])

    return some_hold({})
