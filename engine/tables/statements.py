"""A plan as one statement of SQL, level upon level, for the database that is to run it."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import ibis

from engine.expressions import Expression, fact_names
from engine.facts import AS_OF, STATED_AS, WORDS, Kind
from engine.tables.cases import FIRST_OTHER, HAS_OTHER, NO_COUNTRY, OTHER, SEVERAL
from engine.tables.columns import first_columns
from engine.tables.plan import WORD, Plan
from engine.tables.translating import NUMBER, condition_column, plain_column

COUNTRIES = "mission.countries"
TYPES: Mapping[Kind, str] = {
    Kind.TRUTH: "boolean",
    Kind.CHOICE: "string",
    Kind.TEXT: "string",
    Kind.NUMBER: NUMBER,
    Kind.DATE: "int64",
}
ASKED = "asked"
FACTS = (AS_OF, COUNTRIES, *(name for name in WORDS if name not in (AS_OF, *STATED_AS)))
"""Every fact that a row can state."""


def type_of(fact: str) -> str:
    """The type in which a table holds a fact once it has been read."""
    return "array<string>" if fact == COUNTRIES else TYPES[WORDS[fact].kind]


def facts_read(plan: Plan) -> frozenset[str]:
    """The facts that decide, the countries and the day among them."""
    read = {name for condition in plan.columns.conditions for name in fact_names(condition)}
    return frozenset(name for name in read if name in WORDS and name not in STATED_AS) | {COUNTRIES, AS_OF}


def key_columns(plan: Plan) -> tuple[str, ...]:
    """The columns by which a row finds the words of its answer."""
    return ("case_no", "assessed", "outcome", SEVERAL, *(f"word_{number}" for number in range(plan.words)))


def asked_columns(plan: Plan) -> tuple[str, ...]:
    """The columns whose bits say which of `plan.asked` a row should be asked."""
    return tuple(f"{ASKED}_{number}" for number in range(-(-len(plan.asked) // WORD)))


def stages(plan: Plan, facts: Mapping[str, str], kept: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """Yield the stages of a plan, each with its name and its expression over the stage before.

    The first reads a table `lines` with the columns `facts` and `kept`, given with their types; `kept` ones are
    handed through. The last holds `kept`, the key, the asked bits and `valid_until`.
    """
    table = ibis.table({**facts, **kept}, name="lines")
    named = sorted(
        {case.country for case in plan.cases if case.country not in (None, OTHER)} - {None}, key=str
    )
    through = [name for name in facts if name != COUNTRIES]
    expression = table.select(
        *(table[name] for name in {*through, *kept}), **_of_countries(table, facts, named)
    )
    yield "placed", expression
    table = _again(expression, "placed")
    levels: list[dict[str, Expression]] = [*plan.columns.levels]
    needed = _needed(levels, plan)
    first = {
        name: condition_column(condition, table, when_unknown)
        for name, (condition, when_unknown) in first_columns(plan.columns.conditions).items()
    }
    carried = [name for name in (AS_OF, *_row_columns(named), *kept) if name in table.columns]
    expression = table.select(*(table[name] for name in dict.fromkeys(carried)), **first)
    yield "known", expression
    table = _again(expression, "known")
    for number, level in enumerate(levels):
        computed = {
            name: plain_column(value, table) for name, value in level.items() if name in needed[number]
        }
        still = [name for name in table.columns if name in needed[number] or name in kept]
        expression = table.select(*(table[name] for name in still), **computed)
        yield f"level_{number}", expression
        table = _again(expression, f"level_{number}")
    yield "decided", table.select(*(table[name] for name in kept), **_results(plan, table))


def _again(expression: Any, name: str) -> Any:
    return ibis.table(expression.schema(), name=name)


def _row_columns(named: list[str]) -> list[str]:
    return [*(f"has_{code}" for code in named), HAS_OTHER, NO_COUNTRY, SEVERAL, FIRST_OTHER]


def _of_countries(table: Any, facts: Mapping[str, str], named: list[str]) -> dict[str, Any]:
    if COUNTRIES not in facts:
        absent = dict.fromkeys((*(f"has_{code}" for code in named), HAS_OTHER, SEVERAL), ibis.literal(False))
        return {**absent, NO_COUNTRY: ibis.literal(True), FIRST_OTHER: ibis.null("string")}
    countries = table[COUNTRIES]
    single, first = countries.length() == 1, countries[0]
    others = countries.filter(lambda code: code.notin(named)).mins()
    found = {
        f"has_{code}": ibis.coalesce(ibis.ifelse(single, first == code, countries.contains(code)), False)
        for code in named
    }
    first_other = ibis.ifelse(single, ibis.ifelse(first.isin(named), ibis.null("string"), first), others)
    return {
        **found,
        HAS_OTHER: first_other.notnull(),
        NO_COUNTRY: countries.isnull(),
        SEVERAL: ibis.coalesce(ibis.ifelse(single, False, countries.mins() != countries.maxs()), False),
        FIRST_OTHER: first_other,
    }


def _needed(levels: list[dict[str, Expression]], plan: Plan) -> list[set[str]]:
    """For each level, the columns that it or something after it reads, or that it computes for later."""
    reads = {name for bits in plan.bits for bit in bits for name in fact_names(bit.column)}
    for last in (plan.case, plan.assessed, plan.outcome, plan.valid_until, *plan.asked.values()):
        reads |= fact_names(last)
    reads |= {SEVERAL, AS_OF}
    needed: list[set[str]] = []
    for level in reversed(levels):
        needed.insert(0, set(reads))
        for name, expression in level.items():
            if name in reads:
                reads |= fact_names(expression)
    return needed


def _results(plan: Plan, table: Any) -> dict[str, Any]:
    found = {
        "case_no": plain_column(plan.case, table),
        "assessed": plain_column(plan.assessed, table),
        "outcome": plain_column(plan.outcome, table),
        SEVERAL: table[SEVERAL].cast("int64"),
        "valid_until": plain_column(plan.valid_until, table),
    }
    for number in range(plan.words):
        found[f"word_{number}"] = _word(plan, table, number)
    asked = list(plan.asked.values())
    for number, name in enumerate(asked_columns(plan)):
        found[name] = _packed(asked[number * WORD : (number + 1) * WORD], table)
    return found


def _word(plan: Plan, table: Any, number: int) -> Any:
    """The bits of the case that the row's answer is taken from."""
    cases_by_bits: dict[tuple[Expression, ...], list[int]] = {}
    for index, bits in enumerate(plan.bits):
        own = tuple(bit.column for bit in bits[number * WORD : (number + 1) * WORD])
        cases_by_bits.setdefault(own, []).append(index)
    case = plain_column(plan.case, table)
    branches = [(case.isin(cases), _packed(own, table)) for own, cases in cases_by_bits.items() if own]
    none = ibis.literal(0, "int64")
    return ibis.cases(*branches, else_=none) if branches else none


def _packed(bits: Sequence[Expression], table: Any) -> Any:
    parts = [plain_column(bit, table).cast("int64") * 2**position for position, bit in enumerate(bits)]
    return functools.reduce(operator.add, parts)


def write_statement(plan: Plan, facts: Mapping[str, str], kept: Mapping[str, str], dialect: str) -> str:
    """The whole as one query over the table `lines`, in the SQL of `dialect`, such as `duckdb`."""
    written = [(name, str(ibis.to_sql(stage, dialect=dialect))) for name, stage in stages(plan, facts, kept)]
    last = written.pop()
    steps = ",\n".join(f"{name} AS (\n{text}\n)" for name, text in written)
    return f"WITH {steps}\n{last[1]}"
