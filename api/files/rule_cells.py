"""A row of a table of rules as the cells of a sheet, and read back.

Each key of a rule has its column; the days of `in_force` have two. What has several parts is written one part a line:
a duty as `who: must [clause]; before: ...; when: ...`, a sentence as `condition -> sentence`, further clauses as
`condition -> clause: M1, M2; reading: M3`. A part of which that would not be read back is written in braces as in the
policy files.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.files.columns import CellKind, Column
from api.files.faults import CellFault
from api.parsing.fields import read_day
from engine import PolicyFaults, RuleValues, load_document, suggestion

_DETAILS = ("before", "within", "evidence", "done_by", "when")
_CITED = ("clause", "reading")
_PARTY = re.compile(r"([a-z][a-z0-9_]*): (.+)", re.DOTALL)
_CLAUSE = re.compile(r"(.+) \[([A-Za-z0-9.-]+)\]", re.DOTALL)
_DETAIL = re.compile(r"; (?=[a-z_]+: )")
_ARROW = " -> "


def _read_text(text: str, _: object = None) -> str:
    """The text, which has to be one that can stand in a policy file."""
    _load(json.dumps(text, ensure_ascii=False))
    return text


def _read_condition(text: str, _: object = None) -> str:
    """The condition in one line, wherever the cell breaks it."""
    return _read_text(" ".join(text.split("\n")))


def _load(source: str) -> Any:
    """The value of a part of a policy file. Raises `CellFault`."""
    try:
        return load_document("", source.encode()).value
    except PolicyFaults as faults:
        found = faults.diagnostics[0]
        raise CellFault(f"cannot stand in a policy file: {found.message}", found.remedy) from faults


def _read_names(text: str, _: object = None) -> list[str]:
    names = [name.strip() for name in _read_text(text).split(",")]
    if not all(names):
        raise CellFault("has a comma with nothing beside it", "write one comma between two names")
    return names


def _read_day(text: str, _: object = None) -> dt.date:
    day = read_day(text)
    if day is None:
        raise CellFault(
            "is not a day of the calendar", "write it as YYYY-MM-DD; an empty cell is an open end"
        )
    return day


def _read_duty(line: str) -> dict[str, Any]:
    first, *details = _DETAIL.split(line)
    party = _PARTY.fullmatch(first)
    if party is None:
        raise CellFault(
            f"has a duty that does not say whose it is: {line[:60]}", "write `who: what must be done`"
        )
    clause = _CLAUSE.fullmatch(party[2])
    duty = {"who": party[1], "must": clause[1] if clause else party[2]}
    return duty | ({"clause": clause[2]} if clause else {}) | _read_details(details, _DETAILS)


def _read_details(details: Sequence[str], known: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for detail in details:
        name, _, text = detail.partition(": ")
        if name not in known:
            remedy = (
                suggestion(name, known) or f"write one of {', '.join(known)}, or the whole line in braces"
            )
            raise CellFault(f"has `{name[:40]}` behind a semicolon, which is none of its parts", remedy)
        if name in found or not text.strip():
            raise CellFault(f"has `{name}:` twice, or nothing behind it", "write it once, with what it says")
        found[name] = text
    return found


def _write_duty(duty: Mapping[str, Any]) -> str:
    clause = f" [{duty['clause']}]" if "clause" in duty else ""
    details = "".join(f"; {name}: {duty[name]}" for name in _DETAILS if name in duty)
    return f"{duty['who']}: {duty['must']}{clause}{details}"


def _split_condition(line: str, what: str) -> tuple[str, str]:
    condition, arrow, rest = line.partition(_ARROW)
    if not arrow or not condition.strip() or not rest.strip():
        raise CellFault(f"has a line without `->`: {line[:60]}", f"write `condition -> {what}`")
    return condition, rest


def _read_sentence(line: str) -> dict[str, Any]:
    condition, sentence = _split_condition(line, "sentence")
    return {"when": condition, "say": sentence}


def _write_sentence(sentence: Mapping[str, Any]) -> str:
    return f"{sentence['when']}{_ARROW}{sentence['say']}"


def _read_citation(line: str) -> dict[str, Any]:
    condition, rest = _split_condition(line, "clause: M1, M2; reading: M3")
    found = _read_details(rest.split("; "), _CITED)
    return {"when": condition} | {name: _read_names(text) for name, text in found.items()}


def _write_citation(citation: Mapping[str, Any]) -> str:
    cited = "; ".join(f"{name}: {_write_names(citation[name])}" for name in _CITED if name in citation)
    return f"{citation['when']}{_ARROW}{cited}"


def _write_names(names: str | Sequence[str]) -> str:
    return names if isinstance(names, str) else ", ".join(names)


@dataclass(frozen=True, slots=True)
class _Lines:
    """How the parts of a cell are read and written, one a line."""

    read_line: Callable[[str], dict[str, Any]]
    write_line: Callable[[Mapping[str, Any]], str]

    def read(self, text: str, _: object = None) -> list[dict[str, Any]]:
        lines = [line.strip() for line in _read_text(text).split("\n")]
        return [
            _read_braces(line) if line.startswith("{") else self.read_line(line) for line in lines if line
        ]

    def write(self, parts: Sequence[Mapping[str, Any]]) -> str:
        return "\n".join(map(self._write, parts))

    def _write(self, part: Mapping[str, Any]) -> str:
        line = self.write_line(part)
        try:
            if _same_part(self.read(line), part):
                return line
        except CellFault:
            pass
        return json.dumps(part, ensure_ascii=False)


def _same_part(read: Sequence[Mapping[str, Any]], part: Mapping[str, Any]) -> bool:
    """Whether one part was read, and is the same but for names in a list of one."""
    listed = {
        name: [value] if name in _CITED and isinstance(value, str) else value for name, value in part.items()
    }
    return len(read) == 1 and read[0] in (part, listed)


def _read_braces(line: str) -> dict[str, Any]:
    value = _load(line)
    if not isinstance(value, dict):
        raise CellFault(f"has text behind its braces: {line[:60]}", "write a line of its own for each part")
    return value


_DUTIES, _SENTENCES, _CITATIONS = (
    _Lines(_read_duty, _write_duty),
    _Lines(_read_sentence, _write_sentence),
    _Lines(_read_citation, _write_citation),
)
_DAY = frozenset({CellKind.TEXT, CellKind.DATE})
COLUMNS = (
    Column("rule", _read_text, required=True),
    Column("when", _read_condition, required=True),
    Column("outcome", _read_text, required=True),
    Column("clause", _read_names, required=True),
    Column("reading", _read_names),
    Column("exception_to", _read_names),
    Column("exception_to_every", _read_text),
    Column("ruling", _read_text),
    Column("from", _read_day, kinds=_DAY),
    Column("until", _read_day, kinds=_DAY),
    Column("say", _read_text, required=True),
    Column("duties", _DUTIES.read, required=True),
    Column("say_when", _SENTENCES.read),
    Column("cite_when", _CITATIONS.read),
)
"""The columns of a row: the keys of a rule, in the order in which they are written."""

_NAMES = frozenset({"clause", "reading", "exception_to"})
_DAYS = ("from", "until")
_WRITERS: Mapping[str, Callable[[Any], str]] = {
    **dict.fromkeys(_NAMES, _write_names),
    **dict.fromkeys(_DAYS, str),
    "duties": _DUTIES.write,
    "say_when": _SENTENCES.write,
    "cite_when": _CITATIONS.write,
}


def values_by_column(row: RuleValues) -> dict[str, Any]:
    """Return the values of a row by the names of their columns."""
    return {**{key: value for key, value in row.items() if key != "in_force"}, **row.get("in_force", {})}


def row_of(values: Mapping[str, Any], old: RuleValues) -> RuleValues:
    """Return the row of values by column; a single name is written without brackets unless the row had them."""
    row = {
        name: value[0]
        if name in _NAMES
        and isinstance(value, list)
        and len(value) == 1
        and not isinstance(old.get(name), list)
        else value
        for name, value in values.items()
        if name not in _DAYS
    }
    days = {name: values[name] for name in _DAYS if name in values}
    return row | ({"in_force": days} if days else {})


def write_cell(column: str, value: Any) -> str:
    """Return the text of a cell."""
    return _WRITERS.get(column, str)(value)
