"""Drawn requests screened as one file, and each row of the answers set beside what `decide` answers to its request.

Run it as `python benchmarks/tables_against_decide.py [ROWS]`; it stops at the first difference.
"""

import itertools
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow
from pyarrow import parquet

from api.bulk.screening.screening import ScreeningJob, screen
from tests.support.folders import policies_of
from tests.support.screened import DAY, FLAT, assert_as_decided, drawn, flat_of, read_all
from tests.support.strategies import Plain

AT_ONCE = 20_000


def drawn_batches(rows: int) -> Iterator[list[Plain]]:
    for seed, first in enumerate(range(0, rows, AT_ONCE)):
        yield drawn(min(AT_ONCE, rows - first), seed)


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    policies = policies_of("shipped")
    outcomes: Counter[str] = Counter()
    different = set()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, out = folder / "requests.parquet", folder / "answers.parquet"
        with parquet.ParquetWriter(source, FLAT) as writer:
            for requests in drawn_batches(rows):
                writer.write_table(pyarrow.Table.from_pylist(list(map(flat_of, requests)), schema=FLAT))
        start = time.perf_counter()
        screen(policies, ScreeningJob([source], out, folder / "rejects.jsonl", DAY))
        print(f"{rows:,} rows screened in {time.perf_counter() - start:.2f} s", flush=True)
        start = time.perf_counter()
        answers = itertools.chain.from_iterable(
            batch.to_pylist() for batch in parquet.ParquetFile(out).iter_batches(AT_ONCE)
        )
        for requests in drawn_batches(rows):
            found = list(itertools.islice(answers, len(requests)))
            outcomes.update(row["outcome"] for row in found)
            different.update((row["outcome"], *row["rules"], *row["clauses"], row["say"]) for row in found)
            assert_as_decided(policies, read_all(requests), found)
        assert next(answers, None) is None
    print(f"{rows:,} rows are as `decide` says, each of them; that took {time.perf_counter() - start:.0f} s")
    print(f"{len(different)} different answers: {dict(outcomes.most_common())}")


if __name__ == "__main__":
    main()
