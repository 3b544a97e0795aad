"""How many members a request states: a function that is written for the groups and amounts of a vocabulary.

The names in its code are those of facts, whose spelling the vocabulary was checked for; it holds no other text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any

from engine import FactGroup, Request, Vocabulary

CountMembers = Callable[[Request], int]

_HEAD = """def count(request):
    members = request.__dict__
    found = len(request.__pydantic_fields_set__)
"""
_LINES = """    for item in members["items"]:
        own = item.__dict__
        found += len(item.__pydantic_fields_set__)
        if type(own["line"]) is int and own["line"] > longest:
            return -1
"""
_AMOUNT = """{indent}value = {members}[{name!r}]
{indent}if value is not None and not value.same_quantum(whole):
{indent}    return -1
"""
_GROUP = """{indent}{part} = {members}[{name!r}]
{indent}if {part} is not None:
{indent}    found += len({part}.__pydantic_fields_set__)
"""
_MEMBERS = "{indent}    {inner} = {part}.__dict__\n"


@lru_cache(maxsize=64)
def member_counter(vocabulary: Vocabulary, most_digits: int) -> CountMembers:
    """Return a function that counts the members that a request states, those of its lines and groups among them.

    It returns -1 for one with an amount that is not written in whole figures, and for one with a number of a line of
    more digits than `most_digits`.
    """
    source = "".join(
        (
            _HEAD,
            *_group(vocabulary.whole, "members", "    ", "whole_"),
            _LINES,
            *_group(vocabulary.line, "own", " " * 8, "own_"),
            "    return found\n",
        )
    )
    namespace: dict[str, Any] = {
        "__builtins__": {"len": len, "type": type, "int": int},
        "whole": Decimal(1),
        "longest": 10**most_digits - 1,
    }
    exec(compile(source, "<member counts>", "exec"), namespace)
    counter: CountMembers = namespace["count"]
    return counter


def _group(group: FactGroup, members: str, indent: str, prefix: str) -> Iterator[str]:
    for name in group.amounts:
        yield _AMOUNT.format(indent=indent, members=members, name=name)
    for number, (name, inner) in enumerate(group.groups):
        part = f"{prefix}{number}"
        yield _GROUP.format(indent=indent, members=members, name=name, part=part)
        if inner.amounts or inner.groups:
            yield _MEMBERS.format(indent=indent, inner=f"{part}_members", part=part)
            yield from _group(inner, f"{part}_members", indent + "    ", f"{part}_")
