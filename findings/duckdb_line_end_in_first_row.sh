#!/usr/bin/env bash
# DuckDB 2.0.0 (PyPI `duckdb`) refuses a valid CSV file (RFC 4180) whose rows end in CRLF, if a quoted cell of the FIRST row
# holds a lone LF, where its options are all given (auto_detect = false) but for `new_line`: "Value with unterminated
# quote found". The same row further down, or the same file with new_line = '\r\n', is read.
# Exits 0 while that is so, 1 once it has changed, 2 if the package cannot be had.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check duckdb==2.0.0 || exit 2
cat >"$folder/show.py" <<'PYTHON'
import sys
from pathlib import Path

import duckdb

file = Path(sys.argv[1]) / "rows.csv"
OPTIONS = "columns = {'a': 'VARCHAR', 'b': 'VARCHAR'}, auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"'"


def read(content, more=""):
    file.write_bytes(content)
    try:
        return duckdb.sql(f"FROM read_csv('{file}', {OPTIONS}{more})").fetchall()
    except duckdb.Error as error:
        return next(line for line in str(error).splitlines() if "quote" in line)


first, plain = b'"x","one\ntwo"\r\n', b'"y","three"\r\n'
seen = {
    "in the first row": read(first + plain),
    "in the second row": read(plain + first),
    "in the first row, new_line given": read(first + plain, r", new_line = '\r\n'"),
}
for name, found in seen.items():
    print(f"{name}: {found}")
expected = {
    "in the first row": "Value with unterminated quote found.",
    "in the second row": [("y", "three"), ("x", "one\ntwo")],
    "in the first row, new_line given": [("x", "one\ntwo"), ("y", "three")],
}
print("as stated" if seen == expected else "changed")
sys.exit(seen != expected)
PYTHON
"$folder/venv/bin/python" "$folder/show.py" "$folder" 2>/dev/null
