"""What all requests that fulfil a formula have in common, fact by fact, each put to the solver."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import takewhile

from engine.analysis.cases import Requests
from engine.analysis.formulas import Assignment, Formula, Is, Linear, Relation, Stated
from engine.analysis.solving import Solver
from engine.analysis.symbols import Choices
from engine.contract.vocabulary import Kind, Word

NOT_KNOWN = "not known"
MANY_WORDS = 6
"""Of more words than this, those that a fact cannot be are named instead, if they are fewer."""


def common_limits(
    requests: Requests, solver: Solver, formula: Formula, marks: Mapping[str, Iterable[Fraction]]
) -> tuple[str, ...]:
    """State for each fact what holds of it in every request that fulfils the formula; nothing of a fact that is free.

    `marks` holds for numbers and days the values that conditions set them beside; nothing finer is distinguished.
    Raises Undecided.
    """
    read = {
        node.name
        for number in requests.formulas.cone([formula])
        if isinstance(node := requests.formulas.node(number), Is | Stated)
    }
    seen = _values(requests, solver, formula, [name for name in requests.vocabulary.domains if name in read])
    words = requests.policies.vocabulary.words
    found: list[str] = []
    for name, domain in requests.vocabulary.domains.items():
        if name not in read:
            continue
        if isinstance(domain, Choices):
            found += _of_words(words[name], domain, seen[name])
        else:
            found += _of_amounts(requests, solver, formula, words[name], sorted(set(marks.get(name, ()))))
    return tuple(found)


def _values(
    requests: Requests, solver: Solver, formula: Formula, names: Iterable[str]
) -> dict[str, set[bool | str | None]]:
    """For each fact, the values that it has in some request, None where it is not known."""
    formulas = requests.formulas
    seen: dict[str, set[bool | str | None]] = {}
    open_: dict[tuple[str, bool | str | None], Formula] = {}
    for name in names:
        domain = requests.vocabulary.domains[name]
        if isinstance(domain, Choices):
            seen[name] = set()
            known = {value: formulas.atom(Is(name, value)) for value in domain.values}
            open_ |= {(name, value): holds for value, holds in known.items()}
            open_[name, None] = -formulas.any_of(known.values())
    # Each request that is found shows a value of every fact; what is left at the end no request has.
    while open_ and (found := _find(solver, requests, formula, formulas.any_of(open_.values()))) is not None:
        for name, values in seen.items():
            value = found.get(name)
            assert not isinstance(value, Fraction)
            values.add(value)
            open_.pop((name, value), None)
        # Most other values only need to be put in its place, which is seen without the solver.
        for name, value in list(open_):
            if formulas.holds(formula, {**found, name: value}):
                seen[name].add(value)
                del open_[name, value]
    return seen


def _find(solver: Solver, requests: Requests, *parts: Formula) -> Assignment | None:
    return solver.find(requests.formulas.all_of(parts))


def _of_words(word: Word, domain: Choices, seen: set[bool | str | None]) -> Iterator[str]:
    name = word.name
    can_be = [value for value in domain.values if value in seen]
    cannot = [value for value in domain.values if value not in seen]
    others = word.kind is Kind.TEXT
    if not cannot and None in seen:
        return
    if not can_be:
        yield f"{name} is {NOT_KNOWN}"
    elif not cannot:
        yield f"{name} is known"
    elif len(cannot) < len(can_be) or len(can_be) > MANY_WORDS or (others and "another" in can_be):
        yield f"{name} is not {_either(cannot)}" + ("" if None in seen else ", and is known")
    else:
        yield f"{name} is {_either(can_be)}" + (f", or is {NOT_KNOWN}" if None in seen else "")


def _either(values: Iterable[bool | str]) -> str:
    stated = [{True: "true", False: "false"}[value] if isinstance(value, bool) else value for value in values]
    return stated[0] if len(stated) == 1 else f"{', '.join(stated[:-1])} or {stated[-1]}"


def _of_amounts(
    requests: Requests, solver: Solver, formula: Formula, word: Word, marks: list[Fraction]
) -> Iterator[str]:
    name = word.name
    stated = requests.formulas.atom(Stated(name))
    if _find(solver, requests, formula, stated) is None:
        yield f"{name} is {NOT_KNOWN}"
        return
    known = _find(solver, requests, formula, -stated) is None

    def never(relation: Relation, sign: int, mark: Fraction) -> bool:
        """Whether the fact is never in this relation to the mark; with the sign -1, the mark to the fact."""
        beside = requests.formulas.atom(Linear(((name, Fraction(sign)),), -sign * mark, relation))
        return _find(solver, requests, formula, stated, beside) is None

    # What is never below a mark is never below a lower one, and what is never above one never above a higher one.
    least = list(takewhile(lambda mark: never("<", 1, mark), marks))[-1:]
    most = list(takewhile(lambda mark: never("<", -1, mark), reversed(marks)))[-1:]
    limits = []
    if least and least == most:
        limits.append(_amount(word, least[0]))
    else:
        limits += [f"{'more than' if never('<=', 1, at) else 'at least'} {_amount(word, at)}" for at in least]
        limits += [f"{'less than' if never('<=', -1, at) else 'at most'} {_amount(word, at)}" for at in most]
        inside = [at for at in marks if (not least or at > least[0]) and (not most or at < most[0])]
        limits += [f"not {_amount(word, at)}" for at in inside if never("==", 1, at)]
    if limits:
        yield f"{name} is {' and '.join(limits)}" + ("" if known else f", or is {NOT_KNOWN}")
    elif known:
        yield f"{name} is known"


def _amount(word: Word, value: Fraction) -> str:
    if word.kind is Kind.DATE:
        return dt.date.fromordinal(int(value)).isoformat()
    return (
        str(value.numerator) if value.denominator == 1 else str(Decimal(value.numerator) / value.denominator)
    )
