"""Whole tables of requests: a checked policy set as columns, with the answers of `decide` row by row."""

from engine.tables.answers import Answer, Key, word_answer
from engine.tables.cases import NotTabular
from engine.tables.plan import Plan, draw_plan
from engine.tables.statements import (
    COUNTRIES,
    asked_columns,
    facts_read,
    key_columns,
    type_of,
    write_statement,
)

__all__ = [
    "COUNTRIES",
    "Answer",
    "Key",
    "NotTabular",
    "Plan",
    "asked_columns",
    "draw_plan",
    "facts_read",
    "key_columns",
    "type_of",
    "word_answer",
    "write_statement",
]
