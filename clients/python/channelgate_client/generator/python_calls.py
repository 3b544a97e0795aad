"""The calls as Python: one method each, in a class that waits and in one for `async`."""

from __future__ import annotations

from collections.abc import Iterator

from channelgate_client.generator.document import Interface, Operation, Parameter, sentences, words_of
from channelgate_client.generator.python_types import HEAD, answer_type, docstring, statement_type

_IMPORTS = """from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Literal

from channelgate_client.generated import models, statements
from channelgate_client.generated.statements import JsonObject
from channelgate_client.operations import {base}, Operation
"""
_KEY = "Idempotency-Key"


def write_calls(interface: Interface, *, asynchronous: bool) -> str:
    """Return the module of the class with a method for each call."""
    name, base, how = (
        ("AsyncCalls", "AsyncCaller", "for `async`") if asynchronous else ("Calls", "Caller", "that waits")
    )
    imports = _IMPORTS.format(base=base)
    head = HEAD.format(f"The calls of the service, in a class {how}.")
    lines = [f"{head}{imports}\n"]
    lines += [_constant(call, interface) for call in interface.operations]
    lines += [
        "",
        "",
        f"class {name}({base}):",
        docstring("A method for each call of the service.", "    "),
        "",
    ]
    lines += [_method(call, interface, asynchronous) for call in interface.operations]
    return "\n".join(lines)


def _constant(call: Operation, interface: Interface) -> str:
    answers = ", ".join(
        f"{status}: {answer_type(schema, interface.schemas, 'models.') if schema else 'str'}"
        for status, schema in sorted(call.answers.items())
    )
    return (
        f"_{call.name.upper()}: Operation[{_answer(call, interface)}] = Operation("
        f"{call.name!r}, {call.method!r}, {call.path!r}, {{{answers}}})"
    )


def _answer(call: Operation, interface: Interface) -> str:
    types = [
        answer_type(schema, interface.schemas, "models.") if schema else "str"
        for _, schema in sorted(call.answers.items(), reverse=True)
    ]
    return " | ".join(dict.fromkeys(part for kind in types for part in _parts(kind)))


def _parts(kind: str) -> list[str]:
    return [kind] if "[" in kind else kind.split(" | ")


def _method(call: Operation, interface: Interface, asynchronous: bool) -> str:
    arguments = ", ".join(_arguments(call, interface))
    filled = ", ".join(
        f"{place}={{{', '.join(f'{one.name!r}: {one.argument}' for one in call.parameters if one.place == place)}}}"
        for place in dict.fromkeys(one.place for one in call.parameters)
    )
    given = ", ".join(filter(None, [f"_{call.name.upper()}", filled, "body=body" if call.body else ""]))
    wait, define = ("await ", "async def") if asynchronous else ("", "def")
    return (
        f"    {define} {call.name}({arguments}) -> {_answer(call, interface)}:\n"
        f"{docstring(sentences(f'{call.summary}.'.replace('?.', '?'), call.description), ' ' * 8)}\n"
        f"        return {wait}self._call({given})\n"
    )


def _arguments(call: Operation, interface: Interface) -> Iterator[str]:
    yield "self"
    for one in call.parameters:
        if one.place == "path":
            yield f"{one.argument}: {_type(one, interface)}"
    if call.body is not None:
        kind = statement_type(call.body, interface.schemas, "statements.").replace(
            "statements.JsonObject", "JsonObject"
        )
        yield f"body: {kind} | bytes"
    if any(one.place != "path" for one in call.parameters):
        yield "*"
    for one in call.parameters:
        if one.place == "path":
            continue
        if one.required and one.name != _KEY:
            yield f"{one.argument}: {_type(one, interface)}"
        elif one.schema.get("type") == "boolean":
            yield f"{one.argument}: bool = {one.schema.get('default', False)}"
        else:
            yield f"{one.argument}: {_type(one, interface)} | None = None"


def _type(parameter: Parameter, interface: Interface) -> str:
    words = words_of(parameter.schema)
    return (
        f"Literal[{', '.join(map(repr, words))}]"
        if words
        else statement_type(parameter.schema, interface.schemas)
    )
