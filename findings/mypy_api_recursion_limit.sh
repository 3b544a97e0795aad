#!/usr/bin/env bash
# mypy 2.4.0 (PyPI): `mypy.api.run`, made for calling mypy from another program, leaves the recursion limit of that program
# raised for good. In one process with it, code that is meant to meet RecursionError at the usual 1,000 frames does not.
# Exits 0 while that is so, 1 once it has changed, 2 if the package cannot be had.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check mypy==2.4.0 || exit 2
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import sys

from mypy import api

before = sys.getrecursionlimit()
_, _, status = api.run(["-c", "number: int = 1"])
after = sys.getrecursionlimit()
print(f"status {status}; recursion limit {before} before the call, {after} after it")
changed = not (status == 0 and after > before)
print("changed" if changed else "as stated")
sys.exit(changed)
PYTHON
