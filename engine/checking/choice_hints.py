"""Lists of choices that leave out a single one, which nothing else names (code H15)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from engine.checking.report import CheckReport
from engine.contract.vocabulary import Kind, Value, Word
from engine.diagnostics import Diagnostic, Place, Severity
from engine.language.expression_parts import constants_beside, walk
from engine.language.expressions import Expression, Fact, OneOf
from engine.policy.model import Invariant, Policy

LONG = 3
"""So many choices does a list name that looks as if it were to name all."""


def hint_at_choices(
    policies: Sequence[Policy],
    invariants: Sequence[Invariant],
    spoken: Collection[Expression],
    report: CheckReport,
) -> None:
    """Remark on lists that name all choices of a fact but one that no condition names, as one that was forgotten.

    `spoken` are the conditions of standing answers.
    """
    written = dict.fromkeys(_written(policies))
    everywhere = [*(when for _, when in written), *spoken]
    everywhere += [when for held in invariants for when in (held.when, held.unless) if when is not None]
    named: dict[str, set[Value]] = {}
    for when in everywhere:
        for fact, values in constants_beside(when).items():
            named.setdefault(fact, set()).update(values)
    found = [
        remark for place, when in written for remark in _remarks(report.vocabulary.words, place, when, named)
    ]
    report.findings += dict.fromkeys(found)


def _written(policies: Sequence[Policy]) -> Iterator[tuple[Place, Expression]]:
    """Every condition of a rule or scope rule, with the place of that."""
    for policy in policies:
        yield from ((entry.place, entry.when) for entry in policy.scope)
        for rule in policy.rules:
            yield from ((rule.place, when) for when in (rule.when, *rule.word_conditions))


def _remarks(
    words: Mapping[str, Word], place: Place, when: Expression, named: dict[str, set[Value]]
) -> Iterator[Diagnostic]:
    for node in walk(when):
        match node:
            case OneOf(Fact(fact), values) if fact in words and words[fact].kind is Kind.CHOICE:
                left = [choice for choice in words[fact].choices if choice not in values]
                if len(values) >= LONG and len(left) == 1 and left[0] not in named[fact]:
                    message = (
                        f"a list names every choice of `{fact}` but `{left[0]}`, which no condition names"
                    )
                    remedy = f'add it to the list, or write `{fact} != "{left[0]}"` in its place'
                    yield Diagnostic(place, "H15", message, remedy, Severity.HINT)
            case _:
                pass
