"""The one door to Spark: the statements of a screening, run where one machine is not enough."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.screening.screening import (
    Screened,
    Wanted,
    answers_statement,
    decided_statement,
    plan_file,
    word_keys,
)
from api.screening.sources import Column, FileKind, UnusableFile, kind_of, parquet_columns
from engine import Outcome, PolicySet
from engine.tables import draw_plan


def screen_on_spark(policies: PolicySet, wanted: Wanted) -> Screened:
    """Screen parquet files on Spark; the answers are a folder of parquet files. Raises UnusableFile.

    A file with bad rows is refused: they are found and set aside by `--engine duckdb`.
    """
    from pyspark.sql import SparkSession

    for path in (*wanted.files, wanted.out):
        if kind_of(path) is not FileKind.PARQUET:
            raise UnusableFile(
                f"{path} is not parquet, and Spark is given nothing else", "name .parquet files"
            )
    plan = draw_plan(policies)
    spark = SparkSession.builder.appName("channelgate").getOrCreate()
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    decided: Any = None
    for path in wanted.files:
        columns = parquet_columns(path)
        reading = plan_file(plan, columns, wanted.today, path, "pyspark")
        spark.read.parquet(str(path)).createOrReplaceTempView("stored")
        spark.sql(f"SELECT {_taken(columns)} FROM stored").createOrReplaceTempView("source")
        rows = spark.sql(decided_statement(plan, reading, "pyspark"))
        decided = rows if decided is None else decided.unionByName(rows)
    decided.cache().createOrReplaceTempView("decided")
    if spark.sql("SELECT 1 FROM decided WHERE bad LIMIT 1").collect():
        raise UnusableFile("some rows do not keep to the contract", "set them aside with `--engine duckdb`")
    answers, questions = word_keys(plan, lambda text: [tuple(row) for row in spark.sql(text).collect()])
    spark.createDataFrame(answers).createOrReplaceTempView("answers")
    spark.createDataFrame(questions).createOrReplaceTempView("questions")
    spark.sql(answers_statement(plan, FileKind.PARQUET)).write.mode("overwrite").parquet(str(wanted.out))
    found = Screened()
    for place, rows in spark.sql("SELECT outcome, count(*) FROM decided GROUP BY 1 ORDER BY 1").collect():
        found.outcomes[tuple(Outcome)[place]] = rows
        found.rows += rows
    return found


def _taken(columns: Sequence[Column]) -> str:
    return ", ".join(
        ".".join(f"`{step}`" for step in column.way) + f" AS `{column.fact}`" for column in columns
    )
