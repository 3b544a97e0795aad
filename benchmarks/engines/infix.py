"""A condition tree -> the text of a language of expressions: three peers have one, alike but for a few words."""

from __future__ import annotations

import json
from dataclasses import dataclass

from benchmarks.engines.protocol import plain_name
from engine.language.expressions import And, Choose, Compare, Constant, Expression, Fact, Not, OneOf, Or


@dataclass(frozen=True, slots=True)
class Dialect:
    """The words of a language that differ."""

    both: str
    either: str
    negation: str


WORDY = Dialect(" and ", " or ", "not ")
SIGNS = Dialect(" && ", " || ", "!")


def write(node: Expression, dialect: Dialect) -> str:
    """The expression in that dialect; facts have their plain names, and every part stands in brackets."""

    def written(node: Expression) -> str:
        match node:
            case Constant(value):
                return json.dumps(value)
            case Fact(name):
                return plain_name(name)
            case Not(operand):
                return f"({dialect.negation}{written(operand)})"
            case And(parts):
                return f"({dialect.both.join(map(written, parts))})"
            case Or(parts):
                return f"({dialect.either.join(map(written, parts))})"
            case Compare(operator, left, right):
                return f"({written(left)} {operator} {written(right)})"
            case OneOf(operand, values):
                return f"({written(operand)} in {json.dumps(values)})"
            case Choose(test, yes, no):
                return f"({written(test)} ? {written(yes)} : {written(no)})"
            case _:
                raise NotImplementedError(f"{type(node).__name__} is in no content that is measured")

    return written(node)
