"""The file of answers: each batch is written while the next one is decided."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet

TEXT = pyarrow.string()
WORD = pyarrow.dictionary(pyarrow.int32(), TEXT)
"""A text that many rows share: dictionary-encoded in a batch and in each row group of the file."""

WORDS = pyarrow.list_(WORD)
DAY = pyarrow.date32()
SCHEMA = pyarrow.schema(
    {
        "request_id": TEXT,
        "line": WORD,
        "as_of": DAY,
        "outcome": WORD,
        "handover_as_asked": WORD,
        "rules": WORDS,
        "clauses": WORDS,
        "readings": WORDS,
        "duties": WORDS,
        "say": WORD,
        "not_known": WORDS,
        "claimed_not_confirmed": WORDS,
        "if_in_force": WORD,
        "valid_until": DAY,
        "policy": WORD,
        "revision": WORD,
    }
)
LISTS = tuple(field.name for field in SCHEMA if field.type == WORDS)
TEXTS = tuple(field.name for field in SCHEMA if field.type != DAY)
SHARED = [f"{name}.list.element" for name in LISTS] + [f.name for f in SCHEMA if f.type == WORD]
FILTER_COLUMNS = ["request_id", "as_of", "outcome", "handover_as_asked", "valid_until"]
"""The columns that rows may be filtered by: only these get minimum and maximum statistics."""


def write_answers(batches: Iterable[Any], path: Path) -> None:
    """Write the batches, which keep to SCHEMA, to a parquet file, in their order."""
    with (
        pyarrow.parquet.ParquetWriter(
            path,
            SCHEMA,
            compression="zstd",
            use_dictionary=SHARED,
            write_statistics=FILTER_COLUMNS,
            store_schema=False,
        ) as writer,
        ThreadPoolExecutor(max_workers=1) as beside,
    ):
        writing: Future[None] | None = None
        for batch in batches:
            if writing:
                writing.result()
            writing = beside.submit(writer.write_table, batch)
        if writing:
            writing.result()
