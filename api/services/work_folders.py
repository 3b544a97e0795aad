"""A module of the product as a process of its own, on a folder that is written for it and removed afterwards."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from api.runtime.child_process import ChildEnd, run_child

_PLAIN_NAME = re.compile(r"[^/\\\x00.][^/\\\x00]*")


class UnwritableName(Exception):
    """A file has a name that is no plain one: `fact` says which, `remedy` what helps."""

    def __init__(self, name: str) -> None:
        self.fact = f"the file name {name!r} is none that can be written"
        self.remedy = "name the file by letters, digits, `-` and `_`"
        super().__init__(f"{self.fact}; {self.remedy}")


@asynccontextmanager
async def work_folder(purpose: str) -> AsyncIterator[Path]:
    """Make a folder that is there for the block alone. Raises OSError."""
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix=f"channelgate-{purpose}-"))
    try:
        yield folder
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files by their names into a folder, which is made if need be. Raises `UnwritableName` and OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        if not all(_PLAIN_NAME.fullmatch(part) for part in name.split("/")):
            raise UnwritableName(name)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


async def run_module(
    module: str,
    folder: Path,
    arguments: tuple[str, ...],
    on_line: Callable[[bytes], None],
    *,
    limit_seconds: float,
) -> ChildEnd:
    """Run a module on a folder as `run_child` does, with the same errors; it finds no setting of the service."""
    # -P: a module that lies where the process is started does not shadow the product's.
    command = [sys.executable, "-P", "-m", module, str(folder), *arguments]
    return await run_child(command, on_line, limit_seconds=limit_seconds, environment=_environment())


def last_words(end: ChildEnd) -> str:
    """Return the last line that a process wrote to standard error."""
    return end.errors.splitlines()[-1] if end.errors else "it wrote nothing"


def _environment() -> dict[str, str]:
    """What the process finds around it: nothing of the service's own settings, such as its database and its keys."""
    return {name: value for name, value in os.environ.items() if not name.startswith("CHANNELGATE_")}
