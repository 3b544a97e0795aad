#!/usr/bin/env bash
# SQLAlchemy 2.1.9 (PyPI): an Index with an option of a dialect, such as `postgresql_where`, imports that whole dialect when it is made,
# 19 modules with those of other drivers, in a program that opens SQLite alone. A table without the option imports none of them.
# Exits 0 while that is so, 1 once it has changed, 2 if the package cannot be had.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check sqlalchemy==2.1.9 || exit 2
"$folder/venv/bin/python" - <<'PYTHON'
import sys

from sqlalchemy import Column, Index, Integer, MetaData, Table, create_engine, text


def loaded():
    """How many modules of the dialect are imported."""
    return sum(name.startswith("sqlalchemy.dialects.postgresql") for name in sys.modules)


def table(name, **options):
    return Table(name, MetaData(), Column("number", Integer), Index(f"{name}_number", "number", **options))


engine = create_engine("sqlite://")
table("plain").create(engine)
without = loaded()
table("partial", postgresql_where=text("number > 0")).create(engine)
print(f"modules of the dialect of PostgreSQL: {without} without the option, {loaded()} with it")
same = without == 0 and loaded() >= 10
print("as stated" if same else "changed")
sys.exit(not same)
PYTHON
