"""Columns of a file to the facts of the contract, strictly: what does not fit is reported, never guessed.

A column states its form; for each fact there is what it holds and, row by row, whether that keeps to the contract.
A value that does not is a fault of its row, which is then set aside.
"""

from __future__ import annotations

import datetime as dt
import functools
import operator
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import ibis

from engine.bulk.cases import PLACES, WHOLE_DIGITS
from engine.bulk.column_forms import HOLDING_TEXTS, TEXT_FORMS, ColumnForm, column_type, forms_of
from engine.bulk.plan import TablePlan
from engine.bulk.translating import (
    FIRST_DAY,
    LAST_DAY,
    NUMBER,
    as_counted,
    day_column,
    day_number,
    digit_column,
    place_column,
)
from engine.contract.countries import COUNTRY_CODES, WITHDRAWN, refuse_country
from engine.contract.vocabulary import AS_OF, COUNTRIES, Kind, Vocabulary, Word
from engine.diagnostics import suggestion

REQUEST_ID, LINE, BAD, ROW, SEPARATOR = "request_id", "item.line", "bad", "_row", ";"
MAX_COUNTRIES, MAX_TEXT, MAX_ID, MAX_LINE, CODE_LENGTH = 50, 2000, 200, 100, 2
NOTHING_UNSEEN: Mapping[str, str] = MappingProxyType({})  # texts that have been read before
_DIGITS = rf"^[0-9]{{1,{WHOLE_DIGITS}}}(\.[0-9]{{1,{PLACES}}})?\z"
TWO_READINGS = r"^[1-9][0-9]{0,2}[.,][0-9]{3}\z"
ONE_READING = "can be read two ways, as thousands and as thousandths: write 1,234 as 1234 or as 1,2340"
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\z"


@dataclass(frozen=True, slots=True)
class ColumnCheck:
    """A constraint on a column, in words, and the column that is true where it is broken."""

    fact: str
    must: str
    broken: str


@dataclass(frozen=True, slots=True)
class ColumnChecks:
    """What is checked of the rows of a file, and the statement over its table `source` that reports what is broken.

    It gives the place of each row as `row`, a column for each check, and `texts`: the columns of texts, as read.
    """

    statement: str
    checks: tuple[ColumnCheck, ...]
    texts: tuple[str, ...]


class ColumnFaults(ValueError):
    """The columns of a file do not fit the contract; carries a fact and a remedy for each."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(fact for fact, _ in faults))
        self.faults = faults


def plan_reading(
    plan: TablePlan,
    columns: Mapping[str, ColumnForm],
    today: dt.date,
    dialect: str,
    parties: Collection[str] | None = None,
    unseen: Mapping[str, str] = NOTHING_UNSEEN,
) -> str:
    """Plan the reading of a file with these columns: a statement over its table `source`, in the SQL of `dialect`.

    It gives of each row `request_id`, the mark of its `line`, `as_of` as a day's number (`today` where none is
    stated), `countries` as one text, `interval_number` (the place of its day's interval), `digit_0` and so on (but
    those that are 0 in every row), `date_0` and so on (`plan.ends`, as numbers), and `bad` where a column breaks the
    contract. What others than the `parties` own is not stated; `claims` names, as one text, what was. `unseen` has
    patterns, by facts, of what no text may hold. Raises ColumnFaults.
    """
    vocabulary = plan.policies.vocabulary
    source = _SourceTable(vocabulary, columns, unseen)
    values = source.values
    day = ibis.coalesce(values.get(AS_OF, ibis.null("int64")), day_number(today))
    others = vocabulary.owned_by_others(vocabulary.owners if parties is None else parties)
    claimed = [name for name in others if name in values]
    facts = as_counted({name: value for name, value in values.items() if name not in claimed}, day)
    found = {f"digit_{number}": digit_column(digit, facts) for number, digit in enumerate(plan.digits)}
    found |= {f"date_{number}": day_column(date, facts) for number, date in enumerate(plan.ends)}
    read = source.table.select(
        request_id=values[REQUEST_ID],
        line=ibis.coalesce(values.get(LINE, ibis.null("string")), "1"),
        as_of=day,
        countries=values.get(COUNTRIES, ibis.null("string")),
        interval_number=_interval_number(plan, day),
        claims=_claims({name: source.table[name] for name in claimed}),
        **{name: column for name, column in found.items() if column is not None},
        **{BAD: functools.reduce(operator.or_, source.broken)},
    )
    return _sql(read, dialect)


def plan_checks(
    vocabulary: Vocabulary,
    columns: Mapping[str, ColumnForm],
    dialect: str,
    unseen: Mapping[str, str] = NOTHING_UNSEEN,
) -> ColumnChecks:
    """Plan how the faults of bad rows are reported, one by one. Raises ColumnFaults."""
    source = _SourceTable(vocabulary, columns, unseen)
    withdrawn = list(_withdrawn_codes(source.values))
    stated = [*source.checks, *((COUNTRIES, must) for must, _ in withdrawn)]
    checks = [ColumnCheck(*check, f"broken_{number}") for number, check in enumerate(stated)]
    found = [*source.broken, *(holds for _, holds in withdrawn)]
    broken = dict(zip((check.broken for check in checks), found, strict=True))
    texts = tuple(name for name, form in columns.items() if form in HOLDING_TEXTS)
    shown = {f"text_{number}": source.table[name] for number, name in enumerate(texts)}
    return ColumnChecks(_sql(source.table.select(ROW, **broken, **shown), dialect), tuple(checks), texts)


def _withdrawn_codes(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What to write for each withdrawn code, and the rows that hold it, all of which are bad."""
    if COUNTRIES in values:
        for code in ("UK", *WITHDRAWN):
            written = rf"(^|{SEPARATOR}){code}({SEPARATOR}|\z)"
            yield refuse_country(code, code), ibis.coalesce(values[COUNTRIES].re_search(written), False)


def _sql(expression: Any, dialect: str) -> str:
    getattr(ibis, dialect)  # Only when it has been named are its options there.
    return str(ibis.to_sql(expression, dialect=dialect))


class _SourceTable:
    """The table `source`: the value of each fact, and the constraints on its columns with the rows breaking them."""

    def __init__(
        self, vocabulary: Vocabulary, columns: Mapping[str, ColumnForm], unseen: Mapping[str, str]
    ) -> None:
        faults = list(_column_faults(vocabulary, columns))
        if faults:
            raise ColumnFaults(faults)
        types = {name: column_type(form) for name, form in columns.items()}
        self.table = ibis.table({**types, ROW: "int64"}, name="source")
        if any(form in TEXT_FORMS for form in columns.values()):
            # Rows without content, which spreadsheets leave at the end, are no rows.
            filled = functools.reduce(operator.or_, (self.table[name].notnull() for name in columns))
            self.table = self.table.filter(filled)
        self.values: dict[str, Any] = {}
        self.checks = [(REQUEST_ID, "must be stated")]
        self.broken = [self.table[REQUEST_ID].isnull()]
        for name, form in columns.items():
            column = self.table[name]
            self.values[name], checks = _read(vocabulary.words.get(name), name, form, column)
            if name in unseen:
                found = column.re_search(unseen[name])
                checks.append(("must hold no character that does not show as what it is", ~found))
            self.checks += [(name, must) for must, _ in checks]
            self.broken += [column.notnull() & ~ibis.coalesce(valid, False) for _, valid in checks]


def _claims(columns: Mapping[str, Any]) -> Any:
    """The names of the columns that hold something in a row, each with the sign that separates them behind it."""
    named = [column.notnull().ifelse(f"{name}{SEPARATOR}", "") for name, column in columns.items()]
    return functools.reduce(operator.add, named, ibis.literal(""))


def _interval_number(plan: TablePlan, day: Any) -> Any:
    """The place of a day among the intervals."""
    begun = [(day >= day_number(interval.first)).cast("int16") for interval in plan.intervals[1:]]
    return functools.reduce(operator.add, begun, ibis.literal(0, "int16")).cast("int16")


def _column_faults(vocabulary: Vocabulary, columns: Mapping[str, ColumnForm]) -> Iterator[tuple[str, str]]:
    known = (*vocabulary.row_facts, REQUEST_ID, LINE)
    if REQUEST_ID not in columns:
        yield "there is no column `request_id`", "give each row the id of its request"
    for name, form in columns.items():
        if name not in known:
            close = suggestion(name, known)
            yield f"unknown column `{name}`", close or "name a fact of a request, or take the column out"
        elif form not in (forms := _fitting(vocabulary, name)):
            fitting = " or ".join(form.value for form in forms if form not in TEXT_FORMS)
            yield f"the column `{name}` holds {form.value}", f"store it as {fitting}"


def _fitting(vocabulary: Vocabulary, name: str) -> tuple[ColumnForm, ...]:
    if name == COUNTRIES:
        return (ColumnForm.CODES, ColumnForm.WRITTEN)
    if name == LINE:
        return (ColumnForm.TEXT, ColumnForm.WHOLE, ColumnForm.WRITTEN)
    if name == REQUEST_ID:
        return (ColumnForm.TEXT, ColumnForm.WRITTEN)
    word = vocabulary.words[name]
    return (ColumnForm.WHOLE, ColumnForm.WRITTEN) if word.whole else forms_of(word.kind)


CheckedColumn = tuple[Any, list[tuple[str, Any]]]
"""What a column holds, and each constraint on it with the rows that satisfy it."""


def _read(word: Word | None, name: str, form: ColumnForm, column: Any) -> CheckedColumn:
    if name == COUNTRIES:
        return _countries(form, column)
    if name == REQUEST_ID:
        return _text(column, MAX_ID)
    if name == LINE:
        if form is ColumnForm.WHOLE:
            return column.cast("string"), [("must be at least 0", column >= 0)]
        return _text(column, MAX_LINE)
    assert word is not None, "every other column was found to be a fact"
    match word.kind:
        case Kind.TRUTH:
            if form is ColumnForm.TRUTH:
                return column, []
            # Spreadsheets write truths in capitals.
            words = ["true", "TRUE", "false", "FALSE"]
            return column.isin(words[:2]), [("must be true or false", place_column(column, words) > 0)]
        case Kind.CHOICE:
            listed = ", ".join(f"`{choice}`" for choice in word.choices)
            return column, [(f"must be one of {listed}", place_column(column, word.choices) > 0)]
        case Kind.TEXT:
            return _text(column, MAX_TEXT)
        case Kind.NUMBER:
            return _whole(word, form, column) if word.whole else _number(word, form, column)
        case Kind.DATE:
            return _day(form, column)


def _text(column: Any, most: int) -> CheckedColumn:
    return column, [(f"must have 1 to {most} characters", column.length().between(1, most))]


def _number(word: Word, form: ColumnForm, column: Any) -> CheckedColumn:
    size = f"of at least {word.least}" if word.most is None else f"from {word.least} to {word.most}"
    must = f"must be a number {size}, with at most {WHOLE_DIGITS} digits before and {PLACES} after the point"
    if form is ColumnForm.WRITTEN_WITH_COMMA:
        twofold = ~column.re_search(TWO_READINGS)
        column = column.replace(",", ".")
        number = column.try_cast(NUMBER)
        return number, [(must, column.re_search(_DIGITS) & _within(word, number)), (ONE_READING, twofold)]
    # A number counts as it is written: 0.1 is one tenth, as in JSON, and nothing is rounded.
    written = column if form is ColumnForm.WRITTEN else column.cast("string")
    number = written.try_cast(NUMBER)
    return number, [(must, written.re_search(_DIGITS) & _within(word, number))]


def _whole(word: Word, form: ColumnForm, column: Any) -> CheckedColumn:
    must = f"must be a whole number of at least {word.least}"
    if word.most is not None:
        must = f"must be a whole number from {word.least} to {word.most}"
    whole = column if form is ColumnForm.WHOLE else column.try_cast("int64")
    valid = _within(word, whole)
    if form is not ColumnForm.WHOLE:
        digits = WHOLE_DIGITS if word.most is None else len(str(word.most))
        valid = valid & column.re_search(rf"^[0-9]{{1,{digits}}}\z")
    return whole.try_cast(NUMBER), [(must, valid)]


def _within(word: Word, value: Any) -> Any:
    """Whether a number is between the least and the most that its fact can be."""
    valid = value >= word.least
    return valid if word.most is None else valid & (value <= word.most)


def _day(form: ColumnForm, column: Any) -> CheckedColumn:
    day = column if form is ColumnForm.DAY else column.try_cast("date")
    number = day.delta(ibis.date(1970, 1, 1), unit="day")
    valid = number.between(FIRST_DAY, LAST_DAY)
    if form is not ColumnForm.DAY:
        valid = valid & column.re_search(_DAY)
    return number, [("must be a day of the calendar, YYYY-MM-DD", valid)]


def _countries(form: ColumnForm, column: Any) -> CheckedColumn:
    """The codes as one text, with semicolons between them."""
    must = f"must be 1 to {MAX_COUNTRIES} codes of countries, such as KP"
    if form is ColumnForm.WRITTEN:
        must += ", with semicolons between them"
        return column, [(must, _are_codes(column))]
    # Nearly every mission comes from one country, whose code is looked up without going through a list.
    text = ibis.ifelse(column.length() == 1, column[0], column.join(SEPARATOR))
    # A code that is null, or a text that is several codes, would not be seen in the text alone.
    each_a_code = text.length() == column.length() * (CODE_LENGTH + 1) - 1
    return text, [(must, each_a_code & _are_codes(text))]


def _are_codes(text: Any) -> Any:
    code = "|".join(sorted(COUNTRY_CODES))
    written = rf"^({code})({SEPARATOR}({code}))*\z"
    return text.re_search(written) & (text.length() < MAX_COUNTRIES * (CODE_LENGTH + 1))
