#!/usr/bin/env bash
# pyarrow 26.0.1 (PyPI): a ParquetWriter with `store_schema=False`, which is documented to leave out the Arrow schema alone, also
# leaves out the key-value metadata of the schema; nothing says so. `add_key_value_metadata` on the same writer writes them.
# Exits 0 while that is so, 1 once it has changed, 2 if the package cannot be had.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pyarrow==26.0.1 || exit 2
"$folder/venv/bin/python" - "$folder/one.parquet" <<'PYTHON'
import sys

import pyarrow as pa
from pyarrow import parquet

file = sys.argv[1]
schema = pa.schema([("number", pa.int64())], {b"origin": b"example.org/log"})


def written(added=None, **options):
    """The value of the key in a file written with these options."""
    with parquet.ParquetWriter(file, schema, **options) as writer:
        writer.write_table(pa.table({"number": [1]}, schema=schema))
        if added:
            writer.add_key_value_metadata(added)
    return (parquet.read_metadata(file).metadata or {}).get(b"origin")


seen = {
    "by default": written(),
    "store_schema=False": written(store_schema=False),
    "store_schema=False, added": written({"origin": "example.org/log"}, store_schema=False),
}
for name, found in seen.items():
    print(f"{name}: {found}")
expected = {
    "by default": b"example.org/log",
    "store_schema=False": None,
    "store_schema=False, added": b"example.org/log",
}
print("as stated" if seen == expected else "changed")
sys.exit(seen != expected)
PYTHON
