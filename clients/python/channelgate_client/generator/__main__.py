"""Write the types and calls of a client: `python -m channelgate_client.generator DOCUMENT --python FOLDER`.

`--typescript FILE` writes the module of the TypeScript client.

DOCUMENT is a file with the OpenAPI document, as `/openapi.json` answers it. With `--with-policies` requests are typed
by the policies of that service too, and the client fits services with these policies alone.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from channelgate_client.generator.document import Interface, read_document
from channelgate_client.generator.python_calls import write_calls
from channelgate_client.generator.python_types import write_models, write_statements
from channelgate_client.generator.typescript import write_typescript


def python_files(interface: Interface) -> dict[str, str]:
    """Return the modules of Python by the names of their files."""
    return {
        "models.py": write_models(interface),
        "statements.py": write_statements(interface),
        "calls.py": write_calls(interface, asynchronous=False),
        "async_calls.py": write_calls(interface, asynchronous=True),
    }


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(prog="python -m channelgate_client.generator", description=__doc__)
    parser.add_argument("document", type=Path)
    parser.add_argument("--python", type=Path, metavar="FOLDER", help="where the modules of Python go")
    parser.add_argument(
        "--with-policies", action="store_true", help="type what the policies in force say, too"
    )
    parser.add_argument("--typescript", type=Path, metavar="FILE", help="where the module of TypeScript goes")
    options = parser.parse_args()
    document = json.loads(options.document.read_text(encoding="utf-8"))
    interface = read_document(document, with_policies=options.with_policies)
    if options.python:
        for name, content in python_files(interface).items():
            (options.python / name).write_text(content, encoding="utf-8")
    if options.typescript:
        options.typescript.write_text(write_typescript(interface), encoding="utf-8")


if __name__ == "__main__":
    main()
