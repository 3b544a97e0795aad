"""What the OpenAPI document says of the registers: the words of the directive in force, and that it may have none."""

from __future__ import annotations

from typing import Any

from api.domain.registers.answers import ItemHistoryAnswer, RegisterItemAnswer, RegisterListAnswer
from api.http.openapi import problems
from api.http.schema_names import OF_THE_POLICIES
from engine import PolicySet


def register_problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the entries for the problems of a call about registers: as `problems`, and 404 without any registers."""
    described = problems(404, *statuses)
    missing = "There is no such list or item, or the directive in force has no registers"
    return described | {404: {**described[404], "description": missing}}


def name_register_words(schemas: dict[str, Any], policies: PolicySet) -> None:
    """Write the words by which the directive in force sorts lists and items; any text where it has no registers."""
    registers = policies.registers
    lists = registers.list_words if registers else ()
    kinds = policies.vocabulary.words[registers.kind_fact].choices if registers else ()
    for model, member, words in (
        (RegisterListAnswer, "legacy_list", lists),
        (RegisterItemAnswer, "kind", kinds),
        (ItemHistoryAnswer, "kind", kinds),
    ):
        member_schema = schemas[model.__name__]["properties"][member]
        member_schema.pop("enum", None)
        member_schema |= OF_THE_POLICIES
        if words:
            member_schema["enum"] = list(words)
