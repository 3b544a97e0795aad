"""The only module that uses Spark: it reads the rows of a screening in a session on this machine."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.compute
import pyarrow.parquet
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import Column, SparkSession
from pyspark.sql.functions import col, lit, reflect, transform, when

from api.bulk.screening.sources import FileKind, RowFile, SourceColumn, UnusableFile
from engine.bulk.column_forms import ColumnForm
from engine.bulk.reading import BAD, ROW

AT_ONCE = 131_072
SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    # Days are days whatever the machine's time zone, and those before 1582 are not counted otherwise.
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    # What overflows or cannot be read is an error and no null, and decimals are written out, not as 1E-10.
    "spark.sql.ansi.enabled": "true",
    # A sum of decimals keeps its places; Spark would round off the last one.
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
}


class Spark:
    """A session for one screening or several; what it has read goes to files in `folder`."""

    dialect = "pyspark"
    reads = frozenset({FileKind.PARQUET})

    def __init__(self, folder: Path, memory: str, threads: int | None = None) -> None:
        builder = SparkSession.builder.master(f"local[{threads or '*'}]").appName("channelgate")
        builder = builder.config("spark.driver.memory", _memory(memory))
        for name, value in SETTINGS.items():
            builder = builder.config(name, value)
        with _unusable_file("Spark cannot be started", "install Java 17 or later"):
            self.session = builder.getOrCreate()
        self.lines = folder / "lines"

    def open_file(self, source: RowFile) -> None:
        """Make the parquet file the table `source`, with a column for each fact, and the place of each row."""
        floating = next((column for column in source.columns if column.form is ColumnForm.FLOATING), None)
        if floating:
            raise UnusableFile(
                f"the column `{floating.fact}` holds {floating.form.value}, which Spark does not write as they are",
                "store it as decimal numbers, or screen it with --engine duckdb",
            )
        with _unusable_file(f"{source.path} cannot be read", "name a whole parquet file"):
            found = self.session.read.parquet(str(source.path))
            texts = source.stated_texts
            taken = [
                (_in_normal_form(column) if column.fact in texts else col(_path(column))).alias(column.fact)
                for column in source.columns
            ]
            place = col("_metadata.row_index").alias(ROW)
            found.select(*taken, place).createOrReplaceTempView("source")

    def store(self, statement: str) -> bool:
        """Store the lines that the statement finds, replacing those before; whether there are bad ones."""
        shutil.rmtree(self.lines, ignore_errors=True)
        with _unusable_file("the rows cannot be read", "mend the file"):
            self.session.sql(f"{statement} ORDER BY {ROW}").write.parquet(str(self.lines))
        return any(batch[BAD].true_count for batch in self._stored(AT_ONCE, [BAD]))

    def batches(self, rows: int) -> Iterator[Any]:
        """The good lines, as Arrow batches of at most so many, in their order."""
        for batch in self._stored(rows):
            yield batch.filter(pyarrow.compute.invert(batch[BAD]))

    def _stored(self, rows: int, columns: Sequence[str] | None = None) -> Iterator[Any]:
        # The parts are named in the order of their rows.
        for part in sorted(self.lines.glob("part-*.parquet")):
            yield from pyarrow.parquet.ParquetFile(part).iter_batches(rows, columns=columns)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows that the statement finds."""
        with _unusable_file("the rows cannot be read", "mend the file"):
            return [tuple(row) for row in self.session.sql(statement).collect()]

    def progress(self) -> float:
        """Not known."""
        return -1.0


def _memory(memory: str) -> str:
    written = re.fullmatch(r"([0-9]+) ?([kmg])i?b?", memory.lower())
    if written is None:
        raise UnusableFile(f"the memory that Spark may use cannot be {memory}", "write it as in 2GB")
    return "".join(written.groups())


def _path(column: SourceColumn) -> str:
    return ".".join("`" + step.replace("`", "``") + "`" for step in column.path)


def _in_normal_form(column: SourceColumn) -> Column:
    if column.form is ColumnForm.CODES:
        return transform(col(_path(column)), _composed)
    return _composed(col(_path(column)))


def _composed(text: Column) -> Column:
    """A text in the normal form NFC, by the library for Unicode that comes with Spark; one of ASCII is in it."""
    arguments = (lit("com.ibm.icu.text.Normalizer"), lit("compose"), text, lit(False))
    return when(text.rlike(r"[^\x00-\x7f]"), reflect(*arguments)).otherwise(text)


@contextmanager
def _unusable_file(fact: str, remedy: str) -> Iterator[None]:
    try:
        yield
    except (PySparkException, Py4JError) as error:
        raise UnusableFile(f"{fact} ({str(error).splitlines()[0]})", remedy) from error
