"""The tree on random conditions: against the library's own interpreter, and against itself.

Covers: engine.language.values
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping
from typing import Any

import rule_engine
from hypothesis import given
from hypothesis import strategies as st
from rule_engine import DataType

from engine.contract.vocabulary import Kind, Value
from engine.language.expression_parts import fact_names, first_failing, residual
from engine.language.expression_text import describe
from engine.language.expressions import (
    And,
    Choose,
    Comparator,
    Compare,
    Constant,
    Expression,
    Fact,
    Known,
    Not,
    OneOf,
    Or,
    Sum,
    evaluate,
)
from engine.language.values import Sign
from tests.support.vocabulary import KINDS, PARAMETERS, VOCABULARY, parse

KIND_OF = {word.name: word.kind for word in VOCABULARY.values()}
KIND_OF |= {f"{{{word.name}}}": word.kind for word in PARAMETERS.values()}

VALUES: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.TRUTH: st.booleans(),
    Kind.CHOICE: st.sampled_from(KINDS),
    Kind.TEXT: st.sampled_from(["KP", "AL", "", 'a"b', "a'\\b", "{x}", "é\n"]),
    Kind.NUMBER: st.integers(-3, 3) | st.decimals(-2, 2, places=1),
    Kind.DATE: st.dates(dt.date(1964, 12, 25), dt.date(1965, 1, 10)),
}


def terms(kind: Kind) -> st.SearchStrategy[Any]:
    return st.builds(Fact, st.sampled_from([name for name in KIND_OF if KIND_OF[name] is kind])) | st.builds(
        Constant, VALUES[kind]
    )


def joined(connective: type[And] | type[Or], parts: list[Expression]) -> Expression:
    flat = itertools.chain.from_iterable(p.parts if isinstance(p, connective) else (p,) for p in parts)
    return connective(tuple(flat))


signs = st.sampled_from(Sign)
comparisons = st.sampled_from(Comparator)
equalities = st.sampled_from([Comparator.EQUAL, Comparator.UNEQUAL])
truths, texts, kinds = terms(Kind.TRUTH), terms(Kind.TEXT), st.just(Fact("item.kind"))
durations = st.builds(lambda days: Constant(dt.timedelta(days)), st.integers(0, 9))
numbers = st.recursive(
    terms(Kind.NUMBER),
    lambda inner: st.builds(Sum, signs, inner, inner) | st.builds(Choose, truths, inner, inner),
    max_leaves=4,
)
dates = st.recursive(terms(Kind.DATE), lambda inner: st.builds(Sum, signs, inner, durations), max_leaves=2)


def members(kind: Kind) -> st.SearchStrategy[tuple[Value, ...]]:
    return st.lists(VALUES[kind], min_size=1, max_size=3).map(tuple)


simple = st.one_of(
    truths,
    st.builds(Known, st.sampled_from(sorted(KIND_OF))),
    st.builds(Compare, comparisons, numbers, numbers),
    st.builds(Compare, comparisons, dates, dates),
    st.builds(Compare, equalities, kinds, kinds | st.builds(Constant, VALUES[Kind.CHOICE])),
    st.builds(Compare, equalities, kinds, st.just(Fact("{listed_kind}"))),
    st.builds(Compare, equalities, texts, texts),
    st.builds(OneOf, kinds, members(Kind.CHOICE)),
    st.builds(OneOf, texts, members(Kind.TEXT)),
    st.builds(OneOf, numbers, members(Kind.NUMBER)),
    st.builds(OneOf, truths, members(Kind.TRUTH)),
)
expressions: st.SearchStrategy[Expression] = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(joined, st.sampled_from([And, Or]), st.lists(inner, min_size=2, max_size=3)),
        st.builds(Choose, inner, inner, inner),
        st.builds(Compare, equalities, inner, inner),
    ),
    max_leaves=8,
)
complete_facts = st.fixed_dictionaries({name: VALUES[kind] for name, kind in KIND_OF.items()})


DATATYPES = {
    Kind.TRUTH: DataType.BOOLEAN,
    Kind.CHOICE: DataType.STRING,
    Kind.TEXT: DataType.STRING,
    Kind.NUMBER: DataType.FLOAT,
    Kind.DATE: DataType.DATETIME,
}


def nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Turn dotted names into dictionaries within dictionaries; a parameter loses its braces."""
    tree: dict[str, Any] = {}
    for name, value in flat.items():
        *groups, last = name.strip("{}").split(".")
        place = tree
        for group in groups:
            place = place.setdefault(group, {})
        place[last] = value
    return tree


def typed(name: str, tree: dict[str, Any]) -> Any:
    members = {key: typed(key, part) if isinstance(part, dict) else part for key, part in tree.items()}
    return DataType.OBJECT(name, members, accessor=lambda value, key: value[key])


SCHEMA = nested({name: DATATYPES[kind] for name, kind in KIND_OF.items()})
ORACLE = rule_engine.Context(
    type_resolver={
        name: typed(name, part) if isinstance(part, dict) else part for name, part in SCHEMA.items()
    },
    default_timezone="utc",
    mapping_attribute_lookup=False,
)


def as_moment(value: Any) -> Any:
    return dt.datetime.combine(value, dt.time(), dt.UTC) if isinstance(value, dt.date) else value


@given(expressions, complete_facts)
def test_tree_agrees_with_the_librarys_interpreter_on_known_facts(
    expression: Expression, facts: dict[str, Value]
) -> None:
    text = describe(expression)
    for parameter in PARAMETERS:
        text = text.replace(f"{{{parameter}}}", parameter)
    thing = nested({name: as_moment(value) for name, value in facts.items()})
    assert evaluate(expression, facts) is rule_engine.Rule(text, ORACLE).matches(thing)


@given(expressions)
def test_random_canonical_text_parses_to_the_same_tree(expression: Expression) -> None:
    assert parse(describe(expression)) == expression


@given(
    expressions,
    complete_facts,
    st.sets(st.sampled_from(sorted(KIND_OF))),
)
def test_forgetting_a_fact_never_turns_an_answer_round(
    expression: Expression, facts: dict[str, Value], forgotten: set[str]
) -> None:
    remaining = {name: value for name, value in facts.items() if name not in forgotten}
    before, after = evaluate(expression, facts), evaluate(expression, remaining)
    assert before is not None
    assert after in (before, None)
    assert bool(residual(expression, remaining)) is (after is None)
    assert residual(expression, remaining) <= forgotten & fact_names(expression)
    assert (first_failing(expression, remaining) is None) is (after is True)
