"""What screening a table costs: rows a second, beside DuckDB merely reading the same file, in the same run.

The requests are random, half of them near a permission, a file of each kind. Run it as
`python benchmarks/tables.py [ROWS]`; the figures are medians of five repeats with their spread.
"""

import datetime as dt
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import pyarrow
import pyarrow.csv
import pyarrow.parquet

from api.screening.screening import Wanted, screen
from engine import load_policies
from tests.strategies import DECISIVE, PERMITTED

ROOT = Path(__file__).parents[1]
REPEATS = 5
DAY = dt.date(1966, 5, 1)


def drawn(rows: int, chance: random.Random) -> dict[str, list[Any]]:
    near = [chance.choice([{}, *PERMITTED.values()]) for _ in range(rows)]
    found: dict[str, list[Any]] = {"request_id": [f"r-{number}" for number in range(rows)]}
    for name, values in DECISIVE.items():
        told = [*values, None]
        found[name] = [
            way[name] if name in way and chance.random() < 0.9 else chance.choice(told) for way in near
        ]
    return found


def store(folder: Path, rows: int) -> list[Path]:
    columns = drawn(min(rows, 200_000), random.Random(5))
    table = pyarrow.table(columns)
    table = pyarrow.concat_tables([table] * -(-rows // table.num_rows)).slice(0, rows).combine_chunks()
    pyarrow.parquet.write_table(table, folder / "asked.parquet")
    codes = [None if codes is None else ";".join(codes) for codes in table["mission.countries"].to_pylist()]
    place = table.column_names.index("mission.countries")
    text = table.set_column(place, "mission.countries", pyarrow.array(codes))
    pyarrow.csv.write_csv(text, folder / "asked.csv")
    return [folder / "asked.parquet", folder / "asked.csv"]


def measured(job: Callable[[], object]) -> list[float]:
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        job()
        seconds.append(time.perf_counter() - start)
    return seconds


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
        out, rejects = folder / "answers.parquet", folder / "rejects.jsonl"
        start = measured(lambda: screen(policies, Wanted([folder / "one.csv"], out, rejects, DAY)))
        show("one row: what every screening costs", start, 1, None)
        for path in files:
            base = measured(lambda path=path: read(path))
            took = measured(lambda path=path: screen(policies, Wanted([path], out, rejects, DAY)))
            show(f"DuckDB reads {path.suffix}", base, rows, None)
            show(f"screened from {path.suffix}", took, rows, base)


def show(name: str, seconds: list[float], rows: int, peer: list[float] | None) -> None:
    median = statistics.median(seconds)
    ratio = f"{median / statistics.median(peer):6.1f} x its peer" if peer else ""
    print(
        f"{name:38} {median:7.2f} s ({min(seconds):.2f} to {max(seconds):.2f}) {rows / median:12,.0f} rows/s {ratio}"
    )


if __name__ == "__main__":
    main()
