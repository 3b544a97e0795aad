"""Whole files of request lines, decided in a database: what is read and written; the doors to DuckDB and Spark."""
