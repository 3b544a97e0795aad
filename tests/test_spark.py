"""`channelgate screen --engine spark`: a local session reads the rows, and every answer is still that of `decide`."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli import app
from engine import Request
from tests.folders import policies_of
from tests.strategies import spread
from tests.test_default_logic import load

pytest.importorskip("pyspark", reason="the extra `spark` is not installed")
if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
    pytest.skip("there is no Java, which Spark runs on", allow_module_level=True)

import pyarrow  # noqa: E402  # after the check that it can be
from pyarrow import parquet  # noqa: E402

from api.screening.databases import Engine  # noqa: E402
from api.screening.screening import screen_requests  # noqa: E402
from api.screening.spark import Spark  # noqa: E402
from tests.screened import DAY, assert_as_decided, drawn, read_all, written  # noqa: E402


def screened(*arguments: object) -> Result:
    options = ["--as-of", str(DAY), "--engine", "spark", "--memory", "1GB"]
    return CliRunner().invoke(app, ["screen", *map(str, arguments), *options])


@pytest.fixture(scope="module", autouse=True)
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One session on two cores for all tests; each takes up the one that runs."""
    spark = Spark(tmp_path_factory.mktemp("spark"), "1GB", threads=2)
    yield
    spark.session.stop()


def test_spark_duckdb_and_decide_agree_row_by_row() -> None:
    policies, asked = policies_of("shipped"), read_all(drawn(4000, seed=11))
    rows = screen_requests(policies, asked, DAY, Engine.SPARK)
    assert rows == screen_requests(policies, asked, DAY)
    assert_as_decided(policies, asked, rows)
