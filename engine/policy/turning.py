"""The days on which a condition turns: where it holds the day of the request against a date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from engine.contract.vocabulary import AS_OF, PLANNED_ON, Kind, Value, Vocabulary, Word
from engine.language.expression_parts import fact_names, rewrite, walk
from engine.language.expressions import Choose, Comparator, Compare, Constant, Expression, Fact, OneOf, Sum
from engine.language.values import Sign


def last_days(
    condition: Expression, vocabulary: Vocabulary, parameters: Mapping[str, Value]
) -> tuple[Expression, ...]:
    """The last days before the condition turns, each once: dates written in it or known as parameters, or facts.

    A planned day that is over counts as the day of the request (`Vocabulary.as_counted`), and turns as that does.
    """
    if not {AS_OF, PLANNED_ON} & fact_names(condition):
        return ()
    written = fill_in_parameters(condition, parameters)
    readings = [written]
    if not vocabulary.declarations.past_days_planned:
        readings.append(rewrite(written, lambda node: Fact(AS_OF) if node == Fact(PLANNED_ON) else None))
    words = vocabulary.words
    return tuple(
        dict.fromkeys(day for one in readings for node in walk(one) for day in turnings(node, words))
    )


def fill_in_parameters(condition: Expression, parameters: Mapping[str, Value]) -> Expression:
    """The condition with the value of each known parameter in its place."""

    def filled_in(node: Expression) -> Expression | None:
        return Constant(parameters[node.name]) if isinstance(node, Fact) and node.name in parameters else None

    return rewrite(condition, filled_in)


def turnings(node: Expression, words: Mapping[str, Word]) -> Iterator[Expression]:
    """The last days before a comparison with the day of the request turns; none of any other node."""
    match node:
        case Compare(operator, left, right):
            yield from _turning(left, operator, right, words)
            yield from _turning(right, operator.turned, left, words)
        case OneOf(operand, values):
            for value in values:
                yield from _turning(operand, Comparator.EQUAL, Constant(value), words)
        case _:
            return


def _turning(
    side: Expression, operator: Comparator, other: Expression, words: Mapping[str, Word]
) -> Iterator[Expression]:
    """The last days before a comparison turns, for each way in which one side of it is the day of the request.

    On the day that the other side is, `<` and `>=` turn; on the day after it `<=` and `>`; on both `==` and `!=`.
    """
    for leaf, moved in ways(side):
        for day, by in ways(other):
            if leaf == Fact(AS_OF) != day and is_day(day, words):
                if operator not in (Comparator.AT_MOST, Comparator.MORE):
                    yield _moved(day, by - moved - 1)
                if operator not in (Comparator.LESS, Comparator.AT_LEAST):
                    yield _moved(day, by - moved)


def ways(expression: Expression) -> Iterator[tuple[Expression, int]]:
    """What a date may be, and by how many days that is moved."""
    match expression:
        case Sum(sign, left, Constant(timedelta() as span)):
            for leaf, moved in ways(left):
                yield leaf, moved + (span.days if sign is Sign.PLUS else -span.days)
        case Choose(_, yes, no):
            yield from ways(yes)
            yield from ways(no)
        case _:
            yield expression, 0


def is_day(leaf: Expression, words: Mapping[str, Word]) -> bool:
    """Whether a way in which a side may be is a date."""
    match leaf:
        case Constant(value):
            return isinstance(value, date)
        case Fact(name):
            return name in words and words[name].kind is Kind.DATE
        case _:
            return False


def _moved(day: Expression, by: int) -> Expression:
    return Sum(Sign.PLUS, day, Constant(timedelta(by))) if by else day
