"""Whole files of request lines, decided in bulk: reading, deciding, writing, with DuckDB or Spark."""
