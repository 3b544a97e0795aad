"""Whole files of request lines, decided in a database: what is read and written; the door to DuckDB."""
