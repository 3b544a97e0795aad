"""The values that stand in policy files: names, marks, sentences, outcomes, one of them or several."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainValidator
from pydantic_core import PydanticCustomError

from engine.contract.decision import Outcome
from engine.contract.terms import TERM_PATTERN


def _one_or_several(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _single(value: object) -> object:
    if isinstance(value, list | dict) or value == "":
        raise PydanticCustomError("single_type", "a single value")
    return value


def _single_or_texts(value: object) -> object:
    if isinstance(value, list) and value and all(isinstance(one, str) and one for one in value):
        return value
    return _single(value)


NAME = r"^[a-z][a-z0-9-]*$"
PARAMETER_NAME = r"^[a-z][a-z0-9_]*$"
FACT_NAME = r"^[a-z][a-z0-9_]*([.][a-z][a-z0-9_]*)*$"
MARK = r"^[A-Za-z0-9][A-Za-z0-9.-]*$"
COUNTRY_CODE = r"^[A-Z]{2}$"
PROPERTY_PATH = r"^[A-Za-z_][A-Za-z0-9_-]*([.][A-Za-z_][A-Za-z0-9_-]*)*$"
"""The way to a member of nested objects: their names, joined by dots."""
PHRASE = r"^[^\s<>]+( [^\s<>]+)*$"
"""A sentence in one line; in a feature file `<` and `>` stand around the name of a column."""
LANGUAGE = r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$"

NameText = Annotated[str, Field(pattern=NAME, max_length=80)]
LanguageTag = Annotated[str, Field(pattern=LANGUAGE)]
ParameterName = Annotated[str, Field(pattern=PARAMETER_NAME, max_length=80)]
MarkText = Annotated[str, Field(pattern=MARK, max_length=40)]
SentenceText = Annotated[str, Field(min_length=1, max_length=2000)]
TermText = Annotated[SentenceText, Field(json_schema_extra={"pattern": TERM_PATTERN})]
ConditionText = Annotated[str, Field(min_length=1)]
OutcomeWord = Annotated[Outcome, Field(strict=False)]
PropertyWord = Literal[
    "unknown_never_permits", "urgency_never_permits", "deviations_only_tighten", "a_rule_decides"
]
DayCount = Annotated[int, Field(ge=0, le=3650)]
SingleValue = Annotated[
    bool | str | int | Decimal | dt.date | None,
    PlainValidator(_single, json_schema_input_type=bool | SentenceText | int | float),
]

SingleOrTexts = Annotated[
    bool | str | int | Decimal | dt.date | list[str] | None,
    PlainValidator(
        _single_or_texts, json_schema_input_type=bool | SentenceText | int | float | list[SentenceText]
    ),
]

_MarkTextList = Annotated[list[MarkText], Field(min_length=1)]
_NameTextList = Annotated[list[NameText], Field(min_length=1)]
_LanguageList = Annotated[list[LanguageTag], Field(min_length=1)]
_SentenceList = Annotated[list[SentenceText], Field(min_length=1)]
_OutcomeList = Annotated[list[OutcomeWord], Field(min_length=1)]

MarkTexts = Annotated[
    _MarkTextList, BeforeValidator(_one_or_several, json_schema_input_type=MarkText | _MarkTextList)
]
NameTexts = Annotated[
    _NameTextList, BeforeValidator(_one_or_several, json_schema_input_type=NameText | _NameTextList)
]
SentenceTexts = Annotated[
    _SentenceList, BeforeValidator(_one_or_several, json_schema_input_type=SentenceText | _SentenceList)
]
LanguageTags = Annotated[
    _LanguageList, BeforeValidator(_one_or_several, json_schema_input_type=LanguageTag | _LanguageList)
]
OutcomeWords = Annotated[
    _OutcomeList, BeforeValidator(_one_or_several, json_schema_input_type=OutcomeWord | _OutcomeList)
]
