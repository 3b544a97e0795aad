#!/usr/bin/env bash
# openapi-python-client 0.29.1 (PyPI) makes no client from an OpenAPI 3.1 document in which a subschema is `true`: a schema of
# JSON Schema 2020-12 is an object or a boolean, and 3.1 takes it as it is (OpenAPI 3.1.1, 4.8.24). openapi-spec-validator
# 0.9.0 accepts the document. With `{}` in the place of `true`, which means the same, a client is made.
# Exits 0 while that is so, 1 once it has changed, 2 if the packages cannot be had.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check openapi-python-client==0.29.1 openapi-spec-validator==0.9.0 ||
    exit 2
cat >"$folder/show.py" <<'PYTHON'
import json
import subprocess
import sys
from pathlib import Path

from openapi_spec_validator import validate

folder = Path(sys.argv[1])


def made(anything):
    """Whether the document is valid, and whether a client was made of it."""
    schema = {"type": "object", "properties": {"list": {"type": "array", "items": anything}}}
    answer = {"description": "one", "content": {"application/json": {"schema": schema}}}
    document = {
        "openapi": "3.1.1",
        "info": {"title": "one", "version": "1"},
        "paths": {"/one": {"get": {"operationId": "read_one", "responses": {"200": answer}}}},
    }
    validate(document)
    (folder / "one.json").write_text(json.dumps(document))
    words = ["openapi-python-client", "generate", "--path", "one.json", "--output-path", "client", "--overwrite", "--meta", "none"]
    done = subprocess.run([folder / "venv/bin" / words[0], *words[1:]], cwd=folder, capture_output=True, text=True)
    return done.returncode == 0


seen = {"true": made(True), "{}": made({})}
for name, found in seen.items():
    print(f"items: {name}: {'a client is made' if found else 'no client is made'}")
expected = {"true": False, "{}": True}
print("as stated" if seen == expected else "changed")
sys.exit(seen != expected)
PYTHON
"$folder/venv/bin/python" "$folder/show.py" "$folder"
