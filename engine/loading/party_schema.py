"""The shape of what the directive's file says about its parties."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from engine.loading.field_types import ParameterName, SentenceText
from engine.loading.sections import Section
from engine.loading.vocabulary_schema import FactName


class PartyText(Section):
    """How sentences speak of a party, what it may do, and under which name its callers are known.

    Without `role` they are known under the name of the party. `records` are facts that it may record of a case
    although another party owns them.
    """

    title: SentenceText
    offices: Annotated[list[ParameterName], Field(min_length=1)] | None = None
    role: ParameterName | None = None
    records: Annotated[list[FactName], Field(min_length=1)] | None = None


def _entry(value: object) -> object:
    return {"title": value} if isinstance(value, str) else value


PartyTexts = dict[
    ParameterName,
    Annotated[PartyText, BeforeValidator(_entry, json_schema_input_type=SentenceText | PartyText)],
]
"""The parties by their names: a text, or a mapping."""
