"""The dates that rules hold something against: the days after which an answer may be another one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.contract.vocabulary import AS_OF, Kind, Value, Word
from engine.language.expression_parts import fact_names, rewrite, walk
from engine.language.expressions import Compare, Constant, Expression, Fact


def dates_in(
    condition: Expression, words: Mapping[str, Word], parameters: Mapping[str, Value]
) -> Iterator[Expression]:
    """Yield what a condition compares with a date, and the date, with the known parameters filled in.

    The day of the request is none of them, since an answer is for that day in any case.
    """
    for node in walk(condition):
        if isinstance(node, Compare) and _compares_dates(node, words):
            for side in (node.left, node.right):
                filled = rewrite(side, lambda part: _filled_in(part, parameters))
                names = fact_names(filled)
                if AS_OF not in names and names <= words.keys():
                    yield filled


def _compares_dates(node: Compare, words: Mapping[str, Word]) -> bool:
    names = fact_names(node) & words.keys()
    return any(words[name].kind is Kind.DATE for name in names)


def _filled_in(node: Expression, parameters: Mapping[str, Value]) -> Expression | None:
    return Constant(parameters[node.name]) if isinstance(node, Fact) and node.name in parameters else None
