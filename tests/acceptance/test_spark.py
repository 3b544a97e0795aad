"""`channelgate screen --engine spark`: a local session reads the rows, and every answer is still that of `decide`.

Covers: api.bulk.screening.spark
"""

from __future__ import annotations

import gc
import json
import os
import random
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from tests.engine.evaluation.test_default_logic import Condition, Rule, load
from tests.support.folders import policies_of
from tests.support.strategies import spread

pytest.importorskip("pyspark", reason="the extra `spark` is not installed")
if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
    pytest.skip("there is no Java, which Spark runs on", allow_module_level=True)

import pyarrow  # after the checks that it can be
from pyarrow import parquet

from api.bulk.screening.databases import Engine
from api.bulk.screening.screening import screen_requests
from api.bulk.screening.spark import Spark
from tests.acceptance import test_screened_texts as texts
from tests.support.screened import DAY, assert_as_decided, drawn, read_all, write_csv, written

# Py4J leaves the sockets of rows to the garbage collector, which closes them with a warning.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed .*socket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:.*socket.socket:pytest.PytestUnraisableExceptionWarning"),
]


def screened(*arguments: object, engine: Engine = Engine.SPARK) -> Result:
    options = ["--as-of", str(DAY), "--engine", engine, "--memory", "1GB"]
    return CliRunner().invoke(app, ["screen", *map(str, arguments), "--role", "committee", *options])


@pytest.fixture(scope="module", autouse=True)
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One session on two cores for all tests; each takes up the one that runs.

    Its Java compiles quickly rather than well, since nothing here runs for long.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        spark = Spark(tmp_path_factory.mktemp("spark"), "1GB", threads=2)
    yield
    spark.session.stop()
    gc.collect()


def test_spark_duckdb_and_decide_agree_row_by_row() -> None:
    policies, requests = policies_of("shipped"), read_all(drawn(4000, seed=11))
    rows = screen_requests(policies, requests, DAY, Engine.SPARK)
    assert rows == screen_requests(policies, requests, DAY)
    assert_as_decided(policies, requests, rows)


EDGES: dict[str, list[Any]] = {
    "item.quantity": [
        Decimal(n) for n in ("0", "0.2", "0.1999999999", "3.0000000001", "9" * 18 + ".0000000001")
    ],
    "visit.starts_on": ["0001-01-01", "1582-10-10", "1900-01-01", "2024-05-31", "2024-06-30", "9999-12-31"],
    "visit.ends_on": ["0001-01-01", "1582-10-17", "2024-06-30", "2024-07-07", "9999-12-31"],
    "mission.name": ["x", "x ", "X", "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}", "e\u0301", "\u00e9"],
    "department.name": ["x", "X", "i\u0307", "\u00e9", "\N{LINEAR B SYLLABLE B008 A}" * 2000],
    "urgency.time_sensitive": [True, False],
}
CONDITIONS = (
    "item.quantity + 0.1 == 0.3",
    "item.quantity - 0.0000000001 <= {largest_quantity}",
    'visit.starts_on + t"P30D" >= as_of',
    'visit.starts_on >= visit.ends_on - t"P1W"',
    "(urgency.time_sensitive ? visit.starts_on : visit.ends_on) == as_of",
    "department.name == mission.name or item.quantity == null",
    'mission.name in ["x", "X"] and not urgency.time_sensitive',
)


def test_decimals_days_and_texts_at_their_edges_are_the_same_in_spark() -> None:
    policies = load(tuple(
        Rule(f"r{number}", Condition(text, lambda _: False), "hold", (), None, ())
        for number, text in enumerate(CONDITIONS)
    ))  # fmt: skip
    chance, requests = random.Random(3), []
    for number in range(2000):
        flat = {name: chance.choice([*values, None]) for name, values in EDGES.items()}
        day = chance.choice(["0001-01-01", "1582-10-15", "2024-06-30", "9999-12-31"])
        requests.append(spread(flat | {"mission.countries": ["FR"]}, as_of=day))
        requests[-1]["request_id"] = f"r-{number}"
    read = read_all(requests)
    rows = screen_requests(policies, read, DAY, Engine.SPARK)
    assert rows == screen_requests(policies, read, DAY)
    assert_as_decided(policies, read, rows)
    assert len({tuple(row["rules"]) for row in rows}) > 40


MISTAKES: dict[str, list[str | None]] = {
    "request_id": ["a", None, "", "x" * 201],
    "as_of": ["1966-05-01", "1965-02-29", "1965-3-01", "1965-03-01 ", "0000-01-01", "1965-03-01\n"],
    "mission.countries": ["KP", "KP;FR", "KP;", "XX", "KP\n", ";".join(["FR"] * 50), ";".join(["FR"] * 51)],
    "trigger": ["host_offer", "Host_offer", "host_offer "],
    "urgency.time_sensitive": ["true", "TRUE", "yes"],
    "item.quantity": ["1.5", "1e3", "-1", "1\n", "0." + "1" * 10, "0." + "1" * 11, "9" * 20, "9" * 21],
    "item.channel.inclusion_session": ["8", "8.0", "0", "9999", "10000", "\u0668"],
    "mission.name": ["x", "", "\N{LINEAR B SYLLABLE B008 A}" * 2001],
}


@pytest.mark.parametrize("end", ["csv", "parquet"])
def test_spark_sets_aside_what_duckdb_sets_aside(end: str, tmp_path: Path) -> None:
    rows: list[dict[str, str | None]] = [{"request_id": "good"}]
    for fact, values in MISTAKES.items():
        rows += [{"request_id": f"{fact} {place}", fact: value} for place, value in enumerate(values)]
    path = tmp_path / f"asked.{end}"
    if end == "csv":
        write_csv(path, [{name: value or "" for name, value in row.items()} for row in rows], [*MISTAKES])
    else:
        texts = {
            name: [row.get(name) for row in rows]
            for name in ("request_id", "as_of", "trigger", "mission.name")
        }
        lists = [None, [], ["KP"], ["KP", "FR"], ["KP;FR"], ["KP", None], ["XX"]]
        countries = {"mission.countries": [lists[place % len(lists)] for place in range(len(rows))]}
        parquet.write_table(pyarrow.table(texts | countries), path, row_group_size=5)
    found = []
    for engine in Engine:
        out, rejects = tmp_path / f"{engine}.parquet", tmp_path / f"{engine}.jsonl"
        result = screened(path, "--out", out, "--rejects", rejects, engine=engine)
        assert result.exit_code == 1, result.output
        found.append((parquet.read_table(out).to_pylist(), rejects.read_text()))
    assert found[0] == found[1]
    assert len(found[0][0]) > 10


def test_floating_numbers_are_refused_as_spark_writes_them_otherwise(tmp_path: Path) -> None:
    table = pyarrow.table({"request_id": ["a"], "item.quantity": [1e7]})
    parquet.write_table(table, tmp_path / "asked.parquet")
    result = screened(tmp_path / "asked.parquet", "--out", tmp_path / "answers.parquet")
    assert result.exit_code == 2
    assert "store it as decimal numbers" in result.stderr


def test_lines_of_json_are_screened_by_spark_and_written_as_text(tmp_path: Path) -> None:
    requests, out = drawn(50, seed=4), tmp_path / "answers.jsonl"
    assert screened(written("jsonl", tmp_path, requests), "--out", out).exit_code == 0
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert [row["request_id"] for row in rows] == [request["request_id"] for request in requests]


def test_of_bad_rows_alone_spark_leaves_an_empty_table_too(tmp_path: Path) -> None:
    path, out = tmp_path / "asked.csv", tmp_path / "answers.parquet"
    path.write_text("request_id,trigger\na,no word\nb,none either\n")
    assert screened(path, "--out", out).exit_code == 1
    assert parquet.read_table(out).num_rows == 0


def test_spark_takes_and_refuses_texts_as_json_lines_do(tmp_path: Path) -> None:
    wanted = texts.screened(texts.as_json_lines(tmp_path))
    assert texts.screened(texts.as_parquet(tmp_path), Engine.SPARK) == wanted
    assert wanted[1]
    rows, aside = texts.screened(texts.as_csv(tmp_path), Engine.SPARK)
    assert (rows, [faults for _, faults in aside]) == (wanted[0], [faults for _, faults in wanted[1]])
