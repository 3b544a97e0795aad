"""The files a command writes: never one that it reads, nor two under one name, nor one that is there already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from api.cli.exit_codes import fail

Output = tuple[str, Path]
"""An option, and a file that is written by it."""


def require_free(outputs: Sequence[Output], inputs: Iterable[Path], *, force: bool) -> None:
    """End the command unless each file may be written: by --force in the place of another one, never of an input.

    An input that is a folder stands for the files in it. What is no file, such as `/dev/stdout`, is always free.
    """
    refuse_inputs(outputs, inputs)
    there = {file: option for option, file in outputs if file.is_file()}
    if there and not force:
        options = " and ".join(dict.fromkeys(there.values()))
        remedy = f"name another place with {options}, or replace it with --force"
        fail(f"already there: {' and '.join(map(str, there))}", remedy)


def refuse_inputs(outputs: Sequence[Output], inputs: Iterable[Path]) -> None:
    """End the command if it would write over what it reads, by whatever name or link, or to one file twice."""
    read = {identity: file for given in inputs for identity, file in _files_of(given)}
    written: dict[Path, str] = {}
    for option, file in outputs:
        for identity, _ in _files_of(file):
            if identity in read:
                fact = f"{option} {file} would write over {read[identity]}, which is read"
                fail(fact, "name another file")
        if file.resolve() in written and not file.is_char_device():
            fail(f"{written[file.resolve()]} and {option} name the same file, {file}", "name two files")
        written[file.resolve()] = option


def _files_of(path: Path) -> Iterator[tuple[tuple[int, int], Path]]:
    """The files that are or lie under a path, each with its identity, whatever it is called."""
    for file in path.rglob("*") if path.is_dir() else (path,):
        if file.is_file():
            status = file.stat()
            yield (status.st_dev, status.st_ino), file
