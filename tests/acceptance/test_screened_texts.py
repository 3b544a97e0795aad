"""The texts of tables: what JSON lines state, stated in a column, is taken alike and refused alike.

Covers: api.bulk.screening.stated_columns
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from api.parsing.characters import find_invisible
from tests.support.screened import DAY, flat_of, write_csv
from tests.support.strategies import Plain

pyarrow = pytest.importorskip("pyarrow", reason="the extra `tables` is not installed")
parquet = pytest.importorskip("pyarrow.parquet", reason="the extra `tables` is not installed")
pytest.importorskip("ibis", reason="the extra `tables` is not installed")

from api.bulk.screening.databases import Engine  # noqa: E402  # after the checks that it can be

TEXTS = {
    "request_id": "request_id",
    "department.id": "department",
    "department.name": "department",
    "mission.name": "mission",
    "mission.organiser": "mission",
    "visit.place": "visit",
    "urgency.ground": "urgency",
    "item.line": "item",
    "item.description": "item",
    "item.unit": "item",
    "item.owner": "item",
    "item.secrecy_grade": "item",
    "item.channel.project_no": "item",
}
"""The facts that are texts, and the part of a request that each stands in."""
SOUND = [
    unicodedata.normalize("NFD", "Gödöllő é"),
    "Gödöllő é",
    "각 \u1100\u1161\u11a8",
    "\u212b\u2126\u0344\u0958",
    "/\u0338x",
    "\u0301e",
    "e\u0323\u0302",
    "\U0001d15e\U0001f600",
    "文\u3000件",
]
UNSOUND = [
    "a\u200bb",
    "a\u0301\u200db",
    "x\u00a0y",
    "x\u00ady",
    "a\ufe0fb",
    "a\u2028b",
    "a\x7fb",
    "a\x07b",
    "a\U000e0041b",
    "a\U0001d173b",
    "a\ufeffb",
    "two\nlines",
    "a\tb",
    "two\r\nlines",
]


def request_with(number: int, fact: str, text: str) -> Plain:
    request: Plain = {
        "request_id": f"r-{number}",
        "as_of": "1965-03-01",
        "mission": {"countries": ["KP"]},
        "trigger": "ad_hoc_request",
        "items": [{"kind": "drawing", "line": "1"}],
    }
    *parts, member = fact.split(".")
    place: Any = request
    for part in parts:
        place = request["items"][0] if part == "item" else place.setdefault(part, {})
    place[member] = text
    return request


REQUESTS = [
    request_with(number, fact, text)
    for number, (fact, text) in enumerate((fact, text) for fact in TEXTS for text in (*SOUND, *UNSOUND))
]
FLAT = [flat_of(request) for request in REQUESTS]
NAMES = sorted({name for row in FLAT for name in row})


def _lines(path: Path) -> list[str]:
    """The lines of a file, in which a text may hold a line separator."""
    return path.read_text(encoding="utf-8").removesuffix("\n").split("\n")


def screened(path: Path, engine: Engine = Engine.DUCKDB) -> tuple[list[Any], list[Any]]:
    """The rows of the answers, and the line and the faults of those that are set aside."""
    out, rejects = path.with_name(f"{path.name}.out.parquet"), path.with_name(f"{path.name}.rejects.jsonl")
    options = [
        "--out",
        str(out),
        "--rejects",
        str(rejects),
        "--force",
        "--as-of",
        str(DAY),
        "--role",
        "committee",
    ]
    result = CliRunner().invoke(app, ["screen", str(path), *options, "--engine", engine, "--memory", "1GB"])
    assert result.exit_code in (0, 1), result.output
    aside = [json.loads(line) for line in _lines(rejects)] if rejects.exists() else []
    rows = parquet.read_table(out).to_pylist()
    return rows, [(row["line"], [fault["fault"] for fault in row["faults"]]) for row in aside]


def as_json_lines(folder: Path) -> Path:
    path = folder / "asked.jsonl"
    path.write_text("".join(json.dumps(request) + "\n" for request in REQUESTS))
    return path


def as_parquet(folder: Path) -> Path:
    path = folder / "asked.parquet"
    parquet.write_table(pyarrow.table({name: [row.get(name) for row in FLAT] for name in NAMES}), path)
    return path


def as_csv(folder: Path) -> Path:
    cells = [{name: ";".join(v) if isinstance(v, list) else v for name, v in row.items()} for row in FLAT]
    return write_csv(folder / "asked.csv", cells, NAMES)


@pytest.mark.parametrize("write", [as_csv, as_parquet])
def test_columns_and_json_lines_give_the_same_answers_and_the_same_faults(
    write: Callable[[Path], Path], tmp_path: Path
) -> None:
    wanted, aside = screened(as_json_lines(tmp_path))
    texts = (*SOUND, *UNSOUND) * len(TEXTS)
    assert {texts[line - 1] for line, _ in aside} == {*UNSOUND}
    rows, refused = screened(write(tmp_path))
    assert rows == wanted
    if write is as_csv:  # its lines are those of the file: one more for the names, and for each text of two
        assert [faults for _, faults in refused] == [faults for _, faults in aside]
    else:
        assert refused == aside
    assert all(len(faults) == 1 for _, faults in refused)
    assert {row["request_id"] for row in rows} >= {unicodedata.normalize("NFC", text) for text in SOUND}


def test_a_fault_names_row_column_and_character(tmp_path: Path) -> None:
    path = tmp_path / "asked.csv"
    path.write_text(
        "request_id,mission.name,trigger\na,x,\nb,\u200bx,gift\nc,y,host_offer\u200b\n", encoding="utf-8"
    )
    rejects = tmp_path / "rejects.jsonl"
    out = tmp_path / "answers.parquet"
    result = CliRunner().invoke(app, ["screen", str(path), "--out", str(out), "--rejects", str(rejects)])
    assert result.exit_code == 1, result.output
    first, second = (json.loads(line) for line in _lines(rejects))
    fault = (
        "the text holds a character that does not show as what it is, U+200B ZERO WIDTH SPACE; "
        "take it out, or type it anew"
    )
    assert (first["line"], first["faults"][0]) == (3, {"fact": "mission.name", "fault": fault})
    assert first["faults"][1]["fact"] == "trigger"
    assert first["faults"][1]["fault"].startswith("must be one of")
    assert (second["line"], second["faults"]) == (4, [{"fact": "trigger", "fault": fault}])


def test_countries_are_taken_as_json_takes_them(tmp_path: Path) -> None:
    kelvin, hidden = "\u212aP", "K\u200bP"
    path = tmp_path / "asked.parquet"
    parquet.write_table(
        pyarrow.table({"request_id": ["a", "b"], "mission.countries": [[kelvin], ["FR", hidden]]}), path
    )
    lines = tmp_path / "asked.jsonl"
    lines.write_text(
        "".join(
            json.dumps({"request_id": name, "mission": {"countries": countries}, "items": [{}]}) + "\n"
            for name, countries in (("a", [kelvin]), ("b", ["FR", hidden]))
        )
    )
    assert screened(path) == screened(lines)
    assert len(screened(path)[0]) == 1


def test_every_character_that_does_not_show_is_found_in_a_column(tmp_path: Path) -> None:
    codes = [code for code in range(1, sys.maxunicode) if find_invisible(chr(code))]
    around = sorted({code + step for code in codes for step in (-1, 0, 1)} - {0})
    signs = [chr(code) for code in around]
    assert len(codes) < len(signs)
    texts = [f"a{sign}b" for sign in signs]
    path = tmp_path / "asked.parquet"
    table = {"request_id": [str(number) for number in range(len(texts))], "mission.name": texts}
    parquet.write_table(pyarrow.table(table), path)
    _, aside = screened(path)
    assert [line for line, _ in aside] == [
        number for number, text in enumerate(texts, 1) if find_invisible(text)
    ]
