"""The forms in which the columns of a file hold facts."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never

from engine.bulk.translating import NUMBER
from engine.contract.vocabulary import Kind


class ColumnForm(StrEnum):
    """In what form a column holds its values."""

    TRUTH = "true and false"
    TEXT = "texts"
    WHOLE = "whole numbers"
    DECIMAL = "decimal numbers"
    FLOATING = "floating-point numbers"
    DAY = "days"
    CODES = "lists of texts"
    WRITTEN = "written values"
    WRITTEN_WITH_COMMA = "numbers written with a decimal comma"


TEXT_FORMS = (ColumnForm.WRITTEN, ColumnForm.WRITTEN_WITH_COMMA)
HOLDING_TEXTS = (ColumnForm.TEXT, ColumnForm.CODES, *TEXT_FORMS)


def column_type(form: ColumnForm) -> str:
    """Return the type of a column of this form, as Ibis names it."""
    match form:
        case ColumnForm.TRUTH:
            return "boolean"
        case ColumnForm.TEXT | ColumnForm.WRITTEN | ColumnForm.WRITTEN_WITH_COMMA:
            return "string"
        case ColumnForm.WHOLE:
            return "int64"
        case ColumnForm.DECIMAL:
            return NUMBER
        case ColumnForm.FLOATING:
            return "float64"
        case ColumnForm.DAY:
            return "date"
        case ColumnForm.CODES:
            return "array<string>"
        case _:
            assert_never(form)


def forms_of(kind: Kind) -> tuple[ColumnForm, ...]:
    """Return the forms in which a column can hold facts of a kind."""
    match kind:
        case Kind.TRUTH:
            return (ColumnForm.TRUTH, ColumnForm.WRITTEN)
        case Kind.CHOICE | Kind.TEXT:
            return (ColumnForm.TEXT, ColumnForm.WRITTEN)
        case Kind.NUMBER:
            return (ColumnForm.WHOLE, ColumnForm.DECIMAL, ColumnForm.FLOATING, *TEXT_FORMS)
        case Kind.DATE:
            return (ColumnForm.DAY, ColumnForm.TEXT, ColumnForm.WRITTEN)
        case _:
            assert_never(kind)
