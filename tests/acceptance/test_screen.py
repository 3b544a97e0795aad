"""`channelgate screen`: whole files, row by row what `decide` says; bad rows set aside; nothing half written.

Covers: api.bulk.screening.deciding, api.bulk.screening.duck, api.bulk.screening.lines,
api.bulk.screening.screening, api.bulk.screening.sources, api.cli.screen, engine.bulk.answers,
engine.bulk.cases, engine.bulk.deciding, engine.bulk.default_logic, engine.bulk.plan, engine.bulk.reading,
engine.bulk.translating
"""

from __future__ import annotations

import builtins
import csv
import io
import json
import random
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from api.cli.main import app
from engine import PolicyFaults, withhold_unconfirmed
from tests.api.policies.test_proof_gate import let_the_department_deliver
from tests.engine.evaluation.test_default_logic import DOMAINS, Rule, load, rule_sets
from tests.support.folders import FOLDERS, policies_of
from tests.support.mistakes import ROOT
from tests.support.row_tables import Table, tables
from tests.support.shipped_words import DEPARTMENT, VERSION_1, WORDS
from tests.support.strategies import Plain, requests, spread

pyarrow = pytest.importorskip("pyarrow", reason="the extra `tables` is not installed")
parquet = pytest.importorskip("pyarrow.parquet", reason="the extra `tables` is not installed")
pytest.importorskip("ibis", reason="the extra `tables` is not installed")

from api.bulk.screening.duck import Duck  # noqa: E402
from api.bulk.screening.lines import store_texts  # noqa: E402
from api.bulk.screening.screening import screen_requests  # noqa: E402  # after the check that it can be
from api.bulk.screening.sources import csv_file  # noqa: E402
from api.files.csv_form import guard, tidy, unguard  # noqa: E402
from tests.support.screened import (  # noqa: E402
    DAY,
    Rows,
    assert_as_decided,
    cell,
    drawn,
    flat_of,
    read_all,
    write_csv,
    written,
)


def screened(*arguments: object) -> Result:
    """Screen the facts as those of their owners."""
    options = ["--role", "committee", "--as-of", str(DAY)]
    return CliRunner().invoke(app, ["screen", *map(str, arguments), *options])


@pytest.mark.parametrize("name", FOLDERS)
def test_rows_are_answered_as_decide_answers_them(name: str) -> None:
    policies = policies_of(name)
    rows = read_all(drawn(4000 if name == "shipped" else 300, seed=len(name)))
    assert_as_decided(policies, rows, screen_requests(policies, rows, DAY))


@settings(max_examples=4, suppress_health_check=list(HealthCheck))
@given(st.lists(requests(), min_size=30, max_size=60))
def test_requests_of_several_lines_and_all_facts_are_answered_line_by_line(rows: list[Plain]) -> None:
    policies = policies_of("all registered")
    read = read_all(rows)
    assert_as_decided(policies, read, screen_requests(policies, read, DAY))


@settings(max_examples=10, suppress_health_check=list(HealthCheck))
@given(rule_sets(), st.integers(0, 1000))
def test_any_rules_and_exceptions_are_evaluated_alike(rules: tuple[Rule, ...], seed: int) -> None:
    try:
        policies = load(rules)
    except PolicyFaults:
        assume(False)
    chance = random.Random(seed)
    rows = []
    for number in range(150):
        flat = {name: chance.choice([*values, None]) for name, values in DOMAINS.items()}
        countries = chance.choice([["FR"], ["FR"], ["FR", "KP"], None])
        rows.append(spread({"mission.countries": countries, **flat}, as_of="2024-06-30"))
        rows[-1]["request_id"] = f"r-{number}"
    read = read_all(rows)
    assert_as_decided(policies, read, screen_requests(policies, read, DAY))


@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(tables(), st.integers(0, 1000))
def test_any_table_of_rules_is_evaluated_alike(table: Table, seed: int) -> None:
    policies, states = table.policies(), list(table.states())
    rows = []
    for number, state in enumerate(random.Random(seed).sample(states, min(150, len(states)))):
        flat = {"mission.countries": ["FR"], "handover.by": "committee", **state}
        rows.append(spread(flat, as_of="2024-06-30"))
        rows[-1]["request_id"] = f"r-{number}"
    read = read_all(rows)
    assert_as_decided(policies, read, screen_requests(policies, read, DAY))


# Files


@pytest.mark.parametrize("kind", ["csv", "jsonl", "flat parquet", "nested parquet"])
def test_every_kind_of_file_gives_the_same_answers(kind: str, tmp_path: Path) -> None:
    rows, out = drawn(300, seed=3), tmp_path / "answers.parquet"
    result = screened(written(kind, tmp_path, rows), "--out", out)
    assert result.exit_code == 0, result.output
    assert_as_decided(policies_of("shipped"), read_all(rows), parquet.read_table(out).to_pylist())
    assert "300 rows answered" in result.output
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([f"asked.{kind.split()[-1]}", out.name])


@pytest.mark.parametrize("end", ["csv", "jsonl"])
def test_answers_are_written_as_text_too(end: str, tmp_path: Path) -> None:
    out = tmp_path / f"answers.{end}"
    assert screened(written("csv", tmp_path, drawn(20, seed=5)), "--out", out).exit_code == 0
    if end == "csv":
        rows: Rows = list(csv.DictReader(out.read_text().splitlines()))
    else:
        rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert [row["request_id"] for row in rows] == [f"r-{number}" for number in range(20)]
    assert all(row["outcome"] and row["say"] for row in rows)


PLAIN = (
    "request_id,as_of,mission.countries,trigger,urgency.time_sensitive,urgency.eagerly_wanted,item.quantity\n"
    "r1,1965-03-01,KP,ad_hoc_request,true,false,2.5\n"
    "r2,1965-03-01,FR,host_offer,true,true,\n"
)
SPREADSHEETS: dict[str, Callable[[str], str]] = {
    "byte order mark": lambda text: "\ufeff" + text,
    "byte order mark and CRLF": lambda text: "\ufeff" + text.replace("\n", "\r\n"),
    "semicolons": lambda text: text.replace(",", ";"),
    "semicolons and decimal commas": lambda text: text.replace(",", ";").replace("2.5", "2,5"),
    "truths in capitals": lambda text: text.replace("true", "TRUE").replace("false", "FALSE"),
    "a row of commas": lambda text: text + ",,,,,,\n\n",
    "a row of more commas": lambda text: text + ",,,,,,,,,\n",
    "a blank line before the names": lambda text: "\n" + text,
    "blanks around cells": lambda text: text.replace(",", " , ").replace(" , \n", " ,\n"),
    "names in capitals": lambda text: text.replace("request_id", "Request_ID"),
    "quotes": lambda text: text.replace("KP", '"KP"').replace("r1", '"r1"'),
}


@pytest.mark.parametrize("change", SPREADSHEETS)
def test_what_a_spreadsheet_does_to_a_file_changes_no_answer(change: str, tmp_path: Path) -> None:
    (tmp_path / "plain.csv").write_text(PLAIN)
    (tmp_path / "saved.csv").write_bytes(SPREADSHEETS[change](PLAIN).encode())
    found = []
    for name in ("plain", "saved"):
        out = tmp_path / f"{name}.parquet"
        result = screened(tmp_path / f"{name}.csv", "--out", out)
        assert result.exit_code == 0, result.output
        found.append(parquet.read_table(out).to_pylist())
    assert found[0] == found[1]
    assert [row["request_id"] for row in found[0]] == ["r1", "r2"]


@pytest.mark.parametrize("number", ["1,234", "1.234", "12,000", "999.999"])
def test_a_number_that_can_be_read_two_ways_is_set_aside(number: str, tmp_path: Path) -> None:
    path, out = tmp_path / "asked.csv", tmp_path / "answers.parquet"
    path.write_text(f"request_id;item.quantity\na;{number}\nb;2,5\nc;1234\nd;0,125\ne;1,2340\n")
    assert screened(path, "--out", out).exit_code == 1
    (aside,) = [json.loads(line) for line in (tmp_path / "answers.rejects.jsonl").read_text().splitlines()]
    assert (aside["line"], aside["row"]) == (2, f"a;{number}")
    assert "two ways" in aside["faults"][0]["fault"]


def test_the_separator_of_a_file_is_not_guessed(tmp_path: Path) -> None:
    (tmp_path / "asked.csv").write_text("request_id;trigger,as_of\n")
    result = screened(tmp_path / "asked.csv", "--out", tmp_path / "answers.csv")
    assert (result.exit_code, "does not tell which character" in result.stderr) == (2, True)


FORMULAS = ["=1+1", "+1", "-1", "@x", "\uff1d1", "'=1", "\t=1", "it is", "'quoted"]


@pytest.mark.parametrize("line", [False, True], ids=["request_id", "line"])
def test_no_cell_of_the_answers_is_run_as_a_formula(line: bool, tmp_path: Path) -> None:
    file, out = tmp_path / "asked.jsonl", tmp_path / "answers.csv"
    marks = [text for text in FORMULAS if "\t" not in text]  # no id or mark has a tab
    requests = [
        {"request_id": "a", "items": [{"line": text}]} if line else {"request_id": text, "items": [{}]}
        for text in marks
    ]
    file.write_text("".join(json.dumps(request) + "\n" for request in requests))
    assert screened(file, "--out", out).exit_code == 0
    rows = list(csv.DictReader(io.StringIO(out.read_bytes().decode(), newline="")))
    assert [row["line" if line else "request_id"] for row in rows] == [guard(text) for text in marks]
    assert not any((cell or "").startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_a_guarded_cell_is_read_as_what_it_was(tmp_path: Path) -> None:
    file, out = tmp_path / "asked.csv", tmp_path / "answers.parquet"
    texts = [text for text in FORMULAS if tidy(text) == text]
    write_csv(file, [{"request_id": guard(text)} for text in texts], ["request_id"])
    assert screened(file, "--out", out).exit_code == 0
    assert [row["request_id"] for row in parquet.read_table(out).to_pylist()] == texts


CELLS = st.text(st.sampled_from("'=+-@\uff1d \t\u00a0\u3000\n\r,;\"x\u00e9\U0001f600"), max_size=6)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6),
    st.sampled_from(",;"),
    st.sampled_from(["\n", "\r\n"]),
)
def test_both_readings_of_a_cell_are_one(rows: list[tuple[str, str]], separator: str, end: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with (folder / "asked.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL)
            writer.writerows([("request_id", "mission.name"), *rows])
        source = csv_file(VERSION_1, folder / "asked.csv")
        store_texts(source, folder / "stored.parquet", lambda *_: None)
        duck = Duck(folder, "1GB", threads=1)
        duck.open_file(source)
        read = duck.rows('SELECT request_id, "mission.name" FROM source')
        stored = [tuple(row.values()) for row in parquet.read_table(folder / "stored.parquet").to_pylist()]
    assert read == stored == [tuple(unguard(tidy(cell)) or None for cell in row) for row in rows]


MISTAKES = {
    "trigger": ("a gift", "must be one of `ad_hoc_request`"),
    "as_of": ("1965-02-29", "must be a day of the calendar"),
    "mission.countries": ("KP;XX", "codes of countries"),
    "urgency.time_sensitive": ("yes", "must be true or false"),
    "item.quantity": ("1e3", "must be a number of at least 0"),
    "item.channel.inclusion_session": ("8.0", "must be a whole number from 1 to 9999"),
    "request_id": ("", "must be stated"),
}


@pytest.mark.parametrize("fact", MISTAKES)
def test_a_row_with_a_mistake_is_set_aside_with_its_line(fact: str, tmp_path: Path) -> None:
    wrong, message = MISTAKES[fact]
    rows = [{"request_id": f"r-{n}", "mission.countries": "KP", "trigger": "host_offer"} for n in range(4)]
    rows[2][fact] = wrong
    out = tmp_path / "answers.parquet"
    result = screened(
        write_csv(tmp_path / "asked.csv", rows), "--out", out, "--rejects", tmp_path / "bad.jsonl"
    )
    assert result.exit_code == 1, result.output
    assert "set aside, as they could not be read: 1, each" in result.output
    (rejected,) = [json.loads(line) for line in (tmp_path / "bad.jsonl").read_text().splitlines()]
    assert rejected["line"] == 4
    assert [fault["fact"] for fault in rejected["faults"]] == [fact]
    assert message in rejected["faults"][0]["fault"]
    assert [row["request_id"] for row in parquet.read_table(out).to_pylist()] == ["r-0", "r-1", "r-3"]


def test_a_withdrawn_code_is_set_aside_with_the_one_to_write(tmp_path: Path) -> None:
    path, out = tmp_path / "asked.csv", tmp_path / "answers.parquet"
    path.write_text("request_id,mission.countries\na,KP;VD\nb,SU;CS;DD;YU\nc,UK\nd,\n")
    assert screened(path, "--out", out).exit_code == 1
    aside = [json.loads(line) for line in (tmp_path / "answers.rejects.jsonl").read_text().splitlines()]
    assert [[fault["fault"] for fault in row["faults"]][1:] for row in aside] == [
        ["VD was withdrawn; write VN"],
        ["UK is reserved, and the code of no country; write GB"],
    ]
    assert [row["request_id"] for row in parquet.read_table(out).to_pylist()] == ["b", "d"]


def test_a_line_is_counted_over_texts_of_several_lines_and_rows_with_a_cell_too_many(tmp_path: Path) -> None:
    path = tmp_path / "asked.csv"
    path.write_text(
        'request_id,mission.name,trigger\na,"two\nlines",\nb,x,host_offer,more\nc,y,a gift\nd,z,\n'
    )
    out = tmp_path / "answers.parquet"
    result = screened(path, "--out", out)
    assert result.exit_code == 1, result.output
    aside = [json.loads(line) for line in (tmp_path / "answers.rejects.jsonl").read_text().splitlines()]
    assert {row["line"]: row["faults"][0]["fact"] for row in aside} == {4: "", 5: "trigger"}
    assert [row["request_id"] for row in parquet.read_table(out).to_pylist()] == ["a", "d"]


def test_a_bad_line_of_json_is_reported_as_check_reports_it(tmp_path: Path) -> None:
    path, out = tmp_path / "asked.jsonl", tmp_path / "answers.parquet"
    good = {"request_id": "a", "items": [{}]}
    lines = [
        json.dumps(good),
        '{"request_id": "b", "items": [{}], "trigger": "gift"}',
        '{"request_id": 1',
        "",
    ]
    path.write_text("\n".join(lines))
    assert screened(path, "--out", out).exit_code == 1
    aside = [json.loads(line) for line in (tmp_path / "answers.rejects.jsonl").read_text().splitlines()]
    assert [row["line"] for row in aside] == [2, 3]
    assert aside[0]["faults"][0]["fact"] == "/trigger"


def test_a_byte_order_mark_before_lines_of_json_is_no_part_of_them(tmp_path: Path) -> None:
    path, out = tmp_path / "asked.jsonl", tmp_path / "answers.parquet"
    path.write_text('\ufeff{"request_id": "a", "items": [{}]}\n{"request_id": "b", "items": [{}]}\n')
    assert screened(path, "--out", out).exit_code == 0
    assert [row["request_id"] for row in parquet.read_table(out).to_pylist()] == ["a", "b"]


def test_a_number_is_never_rounded(tmp_path: Path) -> None:
    table = pyarrow.table({"request_id": ["a", "b", "c"], "item.quantity": [0.1, 1e30, float("nan")]})
    parquet.write_table(table, tmp_path / "asked.parquet")
    result = screened(tmp_path / "asked.parquet", "--out", tmp_path / "answers.parquet")
    assert result.exit_code == 1
    aside = [json.loads(line) for line in (tmp_path / "answers.rejects.jsonl").read_text().splitlines()]
    assert [row["line"] for row in aside] == [2, 3]


def test_of_bad_rows_alone_an_empty_table_of_answers_is_left(tmp_path: Path) -> None:
    path, out = tmp_path / "asked.csv", tmp_path / "answers.parquet"
    path.write_text("request_id,trigger\na,no word\nb,none either\n")
    assert screened(path, "--out", out).exit_code == 1
    found = parquet.read_table(out)
    assert (found.num_rows, found.column_names[:3]) == (0, ["request_id", "line", "as_of"])


def test_a_list_of_countries_is_read_code_by_code(tmp_path: Path) -> None:
    lists = [
        ["KP"],
        ["KP", "FR", "KP"],
        ["FR"] * 50,
        None,
        [],
        ["KP;FR"],
        ["KP", None],
        ["KP", "K"],
        ["FR"] * 51,
    ]
    table = pyarrow.table({"request_id": [str(n) for n in range(len(lists))], "mission.countries": lists})
    parquet.write_table(table, tmp_path / "asked.parquet")
    assert screened(tmp_path / "asked.parquet", "--out", tmp_path / "answers.parquet").exit_code == 1
    answered = parquet.read_table(tmp_path / "answers.parquet")["request_id"].to_pylist()
    assert answered == ["0", "1", "2", "3"]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("request_id,triger", "unknown column `triger`; did you mean `trigger`?"),
        ("trigger", "no column `request_id`"),
        ("request_id,trigger,trigger", "`trigger` stands twice"),
        ("request_id,mission.country", "unknown column `mission.country`"),
    ],
)
def test_columns_that_are_no_facts_are_refused(header: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "asked.csv").write_text(f"{header}\n")
    result = screened(tmp_path / "asked.csv", "--out", tmp_path / "answers.csv")
    assert result.exit_code == 2
    assert message in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["asked.csv"]


def test_a_column_of_another_kind_is_refused(tmp_path: Path) -> None:
    table = pyarrow.table({"request_id": ["a"], "urgency.time_sensitive": ["true"]})
    parquet.write_table(table, tmp_path / "asked.parquet")
    result = screened(tmp_path / "asked.parquet", "--out", tmp_path / "answers.csv")
    assert result.exit_code == 2
    assert "`urgency.time_sensitive` holds texts; store it as true and false" in result.stderr


def test_files_of_different_columns_are_screened_together(tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("request_id,trigger\na,host_offer\n")
    (tmp_path / "two.csv").write_text("mission.countries,request_id\nFR,b\n")
    out = tmp_path / "answers.parquet"
    assert screened(tmp_path / "one.csv", tmp_path / "two.csv", "--out", out).exit_code == 0
    assert [row["request_id"] for row in parquet.read_table(out).to_pylist()] == ["a", "b"]


def test_a_file_that_does_not_fit_into_memory_is_answered_whole(tmp_path: Path) -> None:
    rows, out = 400_000, tmp_path / "answers.parquet"
    text = "x" * 1000
    table = pyarrow.table(
        {
            "request_id": [f"r-{number}" for number in range(rows)],
            "mission.name": pyarrow.array([text]).take(pyarrow.array([0] * rows)),
            "mission.countries": pyarrow.array([["KP"], ["FR"]]).take(pyarrow.array([0, 1] * (rows // 2))),
        }
    )
    parquet.write_table(table, tmp_path / "asked.parquet", use_dictionary=False, compression="none")
    assert (tmp_path / "asked.parquet").stat().st_size > 390_000_000
    result = screened(tmp_path / "asked.parquet", "--out", out, "--memory", "300MB")
    assert result.exit_code == 0, result.output
    found = parquet.read_table(out, columns=["request_id"])["request_id"]
    assert found.equals(table["request_id"])


def test_without_the_libraries_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def absent(name: str, *arguments: Any, **named: Any) -> Any:
        if name.startswith("api.bulk.screening"):
            raise ImportError(name)
        return real(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", absent)
    result = screened(tmp_path / "asked.csv", "--out", tmp_path / "answers.csv")
    assert result.exit_code == 2
    assert "'.[tables]'" in result.stderr


def test_every_fact_has_a_form() -> None:
    from engine.bulk.column_forms import forms_of

    assert all(forms_of(word.kind) for word in WORDS.values())


def test_policies_that_do_not_meet_the_floor_screen_nothing(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(ROOT / "policies", tmp_path / "policies"))
    let_the_department_deliver(folder)
    request = tmp_path / "rows.csv"
    request.write_text("request_id\nr1\n")
    out = tmp_path / "answers.csv"
    arguments = ["screen", str(request), "--out", str(out), "--policies", str(folder)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert "`only-the-committee-hands-over` does not hold" in result.stderr
    assert "do not meet the floor, so nothing is screened" in result.stderr
    assert not out.exists()


def test_claims_are_withheld_and_listed_as_check_does(tmp_path: Path) -> None:
    rows = drawn(300, seed=7)
    path, out = (
        write_csv(tmp_path / "asked.csv", [flat_cells(row) for row in rows]),
        tmp_path / "answers.parquet",
    )
    arguments = ["screen", str(path), "--out", str(out), "--as-of", str(DAY)]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    answers = parquet.read_table(out).to_pylist()
    assert any(answer["claimed_not_confirmed"] for answer in answers)
    withheld = [withhold_unconfirmed(VERSION_1, request, {DEPARTMENT}) for request in read_all(rows)]
    for answer, (_, (claimed,)) in zip(answers, withheld, strict=True):
        assert set(answer["claimed_not_confirmed"]) == set(claimed)
    assert "deliver" not in {answer["outcome"] for answer in answers}
    assert_as_decided(
        policies_of("shipped"),
        [request for request, _ in withheld],
        [{**answer, "claimed_not_confirmed": []} for answer in answers],
    )


def flat_cells(row: Plain) -> dict[str, str]:
    return {name: cell(value) for name, value in flat_of(row).items()}
