"""The mutants of dated values of parameters, and of periods."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from engine.analysis.mutation.edits import value_at
from engine.analysis.mutation.mutant import Mutant, MutatedFile
from engine.analysis.mutation.operators import Operator
from engine.analysis.mutation.variants import days_beside
from engine.loading.document import Path
from engine.loading.file_schema import ParameterText


def shifted(file: MutatedFile, path: Path, subject: str) -> Iterator[Mutant]:
    """The mutants of a period: each of its ends a day earlier, and a day later."""
    period = value_at(file.document.value, path) or {}
    for key in ("from", "until"):
        day = period.get(key)
        if isinstance(day, dt.date):
            for other in days_beside(day):
                change = f"puts {other} for {day}"
                yield file.mutant(Operator.SHIFT_DATE, (*path, key), other, change, subject)


def of_value(file: MutatedFile, name: str, path: Path) -> Iterator[Mutant]:
    """The mutants of a dated value of a parameter: other days, another value, found or not."""
    entry = value_at(file.document.value, path)
    subject = f"{{{name}}}"
    yield from shifted(file, path, subject)
    if "value" not in entry:
        for other in _possible(file.declared[name]):
            found = {**entry, "status": "inferred", "value": other}
            change = f"lets {subject} be found: {other}"
            yield file.mutant(Operator.CHANGE_PARAMETER, path, found, change, subject)
        return
    lost = {key: value for key, value in entry.items() if key != "value"} | {"status": "not_found"}
    yield file.mutant(Operator.CHANGE_PARAMETER, path, lost, f"lets {subject} not be found", subject)
    for other in _others(entry["value"], file.declared[name]):
        change = f"puts {other} for {entry['value']}"
        yield file.mutant(Operator.CHANGE_PARAMETER, (*path, "value"), other, change, subject)


def _possible(declared: ParameterText) -> tuple[Any, ...]:
    match declared.kind:
        case "number":
            return (1,)
        case "truth":
            return True, False
        case "date":
            return (dt.date(1965, 1, 1),)
        case "choice":
            return tuple(declared.choices or ())
        case "text":
            return ("something found",)


def _others(value: Any, declared: ParameterText) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | Decimal):
        yield value - 1
        yield value + 1
    elif isinstance(value, dt.date):
        yield from days_beside(value)
    elif declared.choices:
        yield from (choice for choice in declared.choices if choice != value)
    else:
        yield f"not {value}"
