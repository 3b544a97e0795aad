"""Works the tables of rule-engine's grammar out anew.

After a change of the library's version, `python -m tests.support.parse_tables` writes
`engine/language/parse_tables.py`.
"""

import json
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from engine.language import parse_tables

PLACE = Path(parse_tables.__file__)
_START, _END = 'TABLES = r"""\n', '"""\n'


def worked_out() -> dict[str, Any]:
    """The tables as the installed library makes them, without the stored ones."""
    generated = sys.modules.pop(parse_tables.READ_FROM, None)
    try:
        library = import_module("rule_engine.parser")
        yacc = import_module("rule_engine._vendor.ply.yacc")
        parser = library.Parser()
    finally:
        if generated:
            sys.modules[parse_tables.READ_FROM] = generated
    made = parser._parser
    return {
        "version": yacc.__tabversion__,
        "method": "LALR",
        "grammar": _grammar_of(yacc, parser),
        "action": _by_symbol(made.action),
        "goto": _by_symbol(made.goto),
        "productions": [[p.str, p.name, p.len, p.func, None, None] for p in made.productions],
    }


def _grammar_of(yacc: Any, parser: Any) -> str:
    described = {name: getattr(parser, name) for name in dir(parser)}
    described["__file__"] = import_module("rule_engine.parser").__file__
    found = yacc.ParserReflect(described)
    found.get_all()
    return str(found.signature())


def _by_symbol(table: Mapping[int, Mapping[str, int]]) -> dict[str, list[list[int]]]:
    """What is done at a symbol: in which states, and in each of them what."""
    found: dict[str, list[list[int]]] = {}
    for state, row in table.items():
        for symbol, value in row.items():
            states, values = found.setdefault(symbol, [[], []])
            states.append(state)
            values.append(value)
    return found


def write() -> None:
    """Put the tables in the place of the stored ones."""
    before, _, rest = PLACE.read_text().partition(_START)
    after = rest.partition(_END)[2]
    members = [f"{json.dumps(name)}: {_written(value)}" for name, value in worked_out().items()]
    PLACE.write_text(before + _START + "{\n" + ",\n".join(members) + "\n}\n" + _END + after)


def _written(value: Any) -> str:
    match value:
        case dict():
            return "{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in value.items()) + "\n}"
        case list():
            return "[\n" + ",\n".join(map(json.dumps, value)) + "\n]"
        case _:
            return json.dumps(value)


if __name__ == "__main__":
    write()
