"""Whole tables of requests: a checked policy set as sets of rows, with the answers of `decide` row by row."""

from engine.bulk.answers import AnswerKey, RowAnswer, last_days, word_answer
from engine.bulk.cases import NotTabular, country_marks
from engine.bulk.deciding import BatchAnswers, RowBatch, RowSet, decide_rows, read_key
from engine.bulk.plan import TablePlan, draw_plan

__all__ = [
    "AnswerKey",
    "BatchAnswers",
    "NotTabular",
    "RowAnswer",
    "RowBatch",
    "RowSet",
    "TablePlan",
    "country_marks",
    "decide_rows",
    "draw_plan",
    "last_days",
    "read_key",
    "word_answer",
]
