"""What screening a table costs: rows a second, beside DuckDB merely reading the same file, in the same run.

The requests are random, most of them near a permission, a file of each kind. Run it as
`python benchmarks/tables.py [ROWS]`; the figures are medians of seven repeats, the two in turn, with their spread.
"""

import datetime as dt
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import pyarrow
import pyarrow.csv
import pyarrow.parquet

from api.bulk.screening.screening import ScreeningJob, screen
from engine import load_policies
from tests.support.strategies import DECISIVE, PERMITTED

ROOT = Path(__file__).parents[1]
REPEATS = 7
DAY = dt.date(1966, 5, 1)


def drawn(rows: int, chance: random.Random) -> dict[str, list[Any]]:
    near = [chance.choice([{}, *PERMITTED.values()]) for _ in range(rows)]
    found: dict[str, list[Any]] = {"request_id": [f"r-{number}" for number in range(rows)]}
    for name, values in DECISIVE.items():
        choices = [*values, None]
        found[name] = [
            way[name] if name in way and chance.random() < 0.9 else chance.choice(choices) for way in near
        ]
    return found


def store(folder: Path, rows: int) -> list[Path]:
    table = pyarrow.table(drawn(rows, random.Random(5)))
    pyarrow.parquet.write_table(table, folder / "requests.parquet", row_group_size=122_880)
    codes = [None if codes is None else ";".join(codes) for codes in table["mission.countries"].to_pylist()]
    place = table.column_names.index("mission.countries")
    text = table.set_column(place, "mission.countries", pyarrow.array(codes))
    pyarrow.csv.write_csv(text, folder / "requests.csv")
    return [folder / "requests.parquet", folder / "requests.csv"]


def measured(*jobs: Callable[[], object]) -> list[tuple[float, ...]]:
    """The seconds that each of the jobs takes, in turn, again and again."""
    found = []
    for _ in range(REPEATS):
        seconds = []
        for job in jobs:
            start = time.perf_counter()
            job()
            seconds.append(time.perf_counter() - start)
        found.append(tuple(seconds))
    return found


def read(path: Path) -> None:
    """Read every value of the file, and no more."""
    options = ", all_varchar = true" if path.suffix == ".csv" else ""
    reader = "read_csv" if path.suffix == ".csv" else "read_parquet"
    duckdb.connect().execute(f"SELECT max(COLUMNS(*)) FROM {reader}('{path}'{options})").fetchall()


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    versions = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "ibis-framework", "pyarrow"))
    print(f"Python {platform.python_version()} on {platform.machine()}; {versions}; {rows:,} rows")
    policies = load_policies(
        {path.name: path.read_bytes() for path in sorted((ROOT / "policies").glob("*.yaml"))}
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = store(folder, rows)
        (folder / "one.csv").write_text("request_id\na\n")

        def options(path: Path) -> ScreeningJob:
            return ScreeningJob([path], folder / "answers.parquet", folder / "rejects.jsonl", DAY)

        (one,) = zip(*measured(lambda: screen(policies, options(folder / "one.csv"))), strict=True)
        show("one row: what every screening costs", one, 1)
        for path in files:
            found = measured(lambda path=path: read(path), lambda path=path: screen(policies, options(path)))
            base, took = zip(*found, strict=True)
            show(f"DuckDB reads {path.suffix}", base, rows)
            show(f"screened from {path.suffix}", took, rows)
            ratios = [screened / peer for peer, screened in found]
            print(f"{'':38} {statistics.median(ratios):7.1f} times its peer ({spread(ratios, 1)})")


def show(name: str, seconds: Sequence[float], rows: int) -> None:
    median = statistics.median(seconds)
    print(f"{name:38} {median:7.2f} s ({spread(seconds, 2)}) {rows / median:12,.0f} rows/s", flush=True)


def spread(figures: Sequence[float], places: int) -> str:
    return f"{min(figures):.{places}f} to {max(figures):.{places}f}"


if __name__ == "__main__":
    main()
