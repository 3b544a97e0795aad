"""`channelgate screen`: whole files, row by row what `decide` says; bad rows set aside; nothing half written."""

from __future__ import annotations

import builtins
import csv
import datetime as dt
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from api.cli import app
from engine import PolicyFaults, PolicySet, Request, decide
from engine.facts import WORDS
from tests.folders import FOLDERS, policies_of
from tests.strategies import DECISIVE, FACTS, PERMITTED, Plain, requests, spread
from tests.test_default_logic import DOMAINS, Rule, load, rule_sets

pyarrow = pytest.importorskip("pyarrow", reason="the extra `tables` is not installed")
parquet = pytest.importorskip("pyarrow.parquet", reason="the extra `tables` is not installed")
pytest.importorskip("ibis", reason="the extra `tables` is not installed")

from api.screening.screening import screen_requests, write_duty  # noqa: E402  # after the check that it can be

DAY = dt.date(1966, 5, 1)
NOW = dt.datetime(1966, 5, 1, 12, tzinfo=dt.UTC)
Rows = list[dict[str, Any]]


def screened(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["screen", *map(str, arguments), "--as-of", str(DAY)])


def expected(policies: PolicySet, request: Request) -> Iterator[tuple[dict[str, Any], set[str]]]:
    """What `decide` says of each line, in the columns of a table."""
    decision = decide(policies, request, decision_id="of a test", evaluated_at=NOW)
    for line in decision.lines:
        until = decision.valid_until
        if len(decision.lines) > 1:
            alone = request.model_copy(update={"items": [request.items[decision.lines.index(line)]]})
            until = decide(policies, alone, decision_id="of a test", evaluated_at=NOW).valid_until
        yield (
            {
                "request_id": decision.request_id,
                "line": str(line.line),
                "as_of": decision.as_of,
                "outcome": line.outcome.value,
                "handover_as_asked": line.handover_as_asked.value,
                "rules": list(line.rules),
                "clauses": list(line.clauses),
                "readings": list(line.readings),
                "duties": [write_duty(duty) for duty in line.duties],
                "say": line.say,
                "if_in_force": line.if_in_force.outcome.value if line.if_in_force else None,
                "valid_until": until,
                "policy": decision.policy.name,
                "revision": decision.policy.revision,
            },
            {missing.fact for missing in line.missing if not missing.fact.startswith("parameters.")},
        )


def assert_as_decided(policies: PolicySet, asked: list[Request], rows: Rows) -> None:
    """Row by row what `decide` says; the facts not known are at least those it asks for."""
    wanted = [line for request in asked for line in expected(policies, request)]
    assert len(rows) == len(wanted)
    for (row, missing), found in zip(wanted, rows, strict=True):
        not_known = set(found.pop("not_known") or ())
        assert found == row
        assert missing <= not_known, row


def drawn(count: int, seed: int) -> list[Plain]:
    """Requests of one line: random words, half of them near one of the ways to a permission."""
    chance = random.Random(seed)
    days = ["1964-10-01", "1964-12-31", "1965-01-01", "1965-06-30", "1966-02-28", None]
    values = DECISIVE | {
        "mission.countries": [*DECISIVE["mission.countries"], ["FR", "AL", "MN"], ["ZW", "VN"], ["CU", "CU"]]
    }
    found = []
    for number in range(count):
        near = chance.choice([{}, *PERMITTED.values()])
        flat = {name: chance.choice(told) for name, told in values.items() if chance.random() < 0.7}
        flat |= {name: value for name, value in near.items() if chance.random() < 0.85}
        for name in chance.sample(sorted(values), chance.choice([0, 0, 1, 2])):
            flat[name] = None
        found.append(spread(flat, request_id=f"r-{number}", as_of=chance.choice(days)))
        found[-1]["request_id"] = f"r-{number}"
    return found


def read_all(asked: list[Plain]) -> list[Request]:
    return [Request.model_validate(request) for request in asked]


@pytest.mark.parametrize("name", FOLDERS)
def test_rows_are_answered_as_decide_answers_them(name: str) -> None:
    policies = policies_of(name)
    asked = read_all(drawn(4000 if name == "shipped" else 300, seed=len(name)))
    assert_as_decided(policies, asked, screen_requests(policies, asked, DAY))


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(requests(), min_size=30, max_size=60))
def test_requests_of_several_lines_and_all_facts_are_answered_line_by_line(asked: list[Plain]) -> None:
    policies = policies_of("all registered")
    read = read_all(asked)
    assert_as_decided(policies, read, screen_requests(policies, read, DAY))


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(rule_sets(), st.integers(0, 1000))
def test_any_rules_and_exceptions_are_weighed_alike(rules: tuple[Rule, ...], seed: int) -> None:
    try:
        policies = load(rules)
    except PolicyFaults:
        assume(False)
    chance = random.Random(seed)
    asked = []
    for number in range(150):
        flat = {name: chance.choice([*values, None]) for name, values in DOMAINS.items()}
        countries = chance.choice([["FR"], ["FR"], ["FR", "KP"], None])
        asked.append(spread({"mission.countries": countries, **flat}, as_of="2024-06-30"))
        asked[-1]["request_id"] = f"r-{number}"
    read = read_all(asked)
    assert_as_decided(policies, read, screen_requests(policies, read, DAY))


# Files


HEADER = ["request_id", "as_of", *(name for name in FACTS if name in DECISIVE), "item.quantity"]


def cell(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ";".join(value) if isinstance(value, list) else "" if value is None else str(value)


def flat_of(request: Plain) -> dict[str, Any]:
    """The facts of a request of one line by name."""
    found = {"request_id": request["request_id"], "as_of": request.get("as_of")}

    def take(part: Any, before: str) -> None:
        for name, value in part.items():
            if isinstance(value, dict):
                take(value, f"{before}{name}.")
            elif before or name == "trigger":
                found[before + name] = value

    take({name: value for name, value in request.items() if name != "items"}, "")
    take(request["items"][0], "item.")
    return found


def write_csv(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, HEADER)
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_parquet(path: Path, asked: list[Plain], *, nested: bool) -> Path:
    if nested:
        rows = [{**request, "item": request["items"][0]} for request in asked]
        parquet.write_table(
            pyarrow.Table.from_pylist([{k: v for k, v in r.items() if k != "items"} for r in rows]), path
        )
        return path
    flat = [flat_of(request) for request in asked]
    names = sorted({name for row in flat for name in row})
    table = pyarrow.table({name: [row.get(name) for row in flat] for name in names})
    parquet.write_table(table, path)
    return path


def written(kind: str, folder: Path, asked: list[Plain]) -> Path:
    path = folder / f"asked.{kind.rpartition(' ')[2]}"
    match kind:
        case "csv":
            rows = [{name: cell(value) for name, value in flat_of(request).items()} for request in asked]
            return write_csv(path, rows)
        case "jsonl":
            path.write_text("".join(json.dumps(request) + "\n" for request in asked))
            return path
        case _:
            return write_parquet(path, asked, nested=kind.startswith("nested"))


@pytest.mark.parametrize("kind", ["csv", "jsonl", "flat parquet", "nested parquet"])
def test_every_kind_of_file_gives_the_same_answers(kind: str, tmp_path: Path) -> None:
    asked, out = drawn(300, seed=3), tmp_path / "answers.parquet"
    result = screened(written(kind, tmp_path, asked), "--out", out)
    assert result.exit_code == 0, result.output
    assert_as_decided(policies_of("shipped"), read_all(asked), parquet.read_table(out).to_pylist())
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
    wrong, said = MISTAKES[fact]
    rows = [{"request_id": f"r-{n}", "mission.countries": "KP", "trigger": "host_offer"} for n in range(4)]
    rows[2][fact] = wrong
    out = tmp_path / "answers.parquet"
    result = screened(
        write_csv(tmp_path / "asked.csv", rows), "--out", out, "--rejects", tmp_path / "bad.jsonl"
    )
    assert result.exit_code == 1, result.output
    assert "1 rows could not be read" in result.output
    (rejected,) = [json.loads(line) for line in (tmp_path / "bad.jsonl").read_text().splitlines()]
    assert rejected["line"] == 4
    assert [fault["fact"] for fault in rejected["faults"]] == [fact]
    assert said in rejected["faults"][0]["fault"]
    assert [row["request_id"] for row in parquet.read_table(out).to_pylist()] == ["r-0", "r-1", "r-3"]


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


def test_a_bad_line_of_json_is_told_as_check_tells_it(tmp_path: Path) -> None:
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


def test_a_number_is_never_rounded(tmp_path: Path) -> None:
    table = pyarrow.table({"request_id": ["a", "b", "c"], "item.quantity": [0.1, 1e30, float("nan")]})
    parquet.write_table(table, tmp_path / "asked.parquet")
    result = screened(tmp_path / "asked.parquet", "--out", tmp_path / "answers.parquet")
    assert result.exit_code == 1
    aside = [json.loads(line) for line in (tmp_path / "answers.rejects.jsonl").read_text().splitlines()]
    assert [row["line"] for row in aside] == [2, 3]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("request_id,triger", "unknown column `triger`; did you mean `trigger`?"),
        ("trigger", "no column `request_id`"),
        ("request_id,trigger,trigger", "`trigger` stands twice"),
        ("request_id,mission.country", "unknown column `mission.country`"),
    ],
)
def test_columns_that_are_no_facts_are_refused(header: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "asked.csv").write_text(f"{header}\n")
    result = screened(tmp_path / "asked.csv", "--out", tmp_path / "answers.csv")
    assert result.exit_code == 2
    assert said in result.stderr
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
        if name.startswith("api.screening"):
            raise ImportError(name)
        return real(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", absent)
    result = screened(tmp_path / "asked.csv", "--out", tmp_path / "answers.csv")
    assert result.exit_code == 2
    assert "channelgate[tables]" in result.stderr


def test_every_fact_has_a_form() -> None:
    from engine.tables.reading import _FITTING

    assert {word.kind for word in WORDS.values()} == set(_FITTING)
