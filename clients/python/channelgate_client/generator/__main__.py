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
    parser.add_argument("document", type=Path, metavar="DOCUMENT", help="the OpenAPI document")
    parser.add_argument(
        "--python",
        type=Path,
        metavar="FOLDER",
        help="where the modules of Python go; made if it is not there",
    )
    parser.add_argument(
        "--with-policies", action="store_true", help="type what the policies in force say, too"
    )
    parser.add_argument("--typescript", type=Path, metavar="FILE", help="where the module of TypeScript goes")
    options = parser.parse_args()
    if not (options.python or options.typescript):
        parser.error("name --python, --typescript or both")
    try:
        interface = read_interface(options.document, with_policies=options.with_policies)
        _write(interface, options.python, options.typescript)
    except OSError as error:
        parser.error(f"{error.filename} cannot be read or written: {error.strerror}")
    except ValueError as error:
        parser.error(f"{options.document} {error}")


def read_interface(file: Path, *, with_policies: bool) -> Interface:
    """Return the interface of the document in a file; raises OSError, or ValueError with what the file is not."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"is no JSON: {error}") from error
    if not (isinstance(document, dict) and "openapi" in document):
        raise ValueError("is no OpenAPI document: take what `/openapi.json` of the service answers")
    return read_document(document, with_policies=with_policies)


def _write(interface: Interface, folder: Path | None, module: Path | None) -> None:
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in python_files(interface).items():
            (folder / name).write_text(content, encoding="utf-8")
    if module:
        module.parent.mkdir(parents=True, exist_ok=True)
        module.write_text(write_typescript(interface), encoding="utf-8")


if __name__ == "__main__":
    main()
