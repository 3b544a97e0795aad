"""`channelgate new`: a folder with a small directive, its floor and its scenarios, to make one's own of."""

from __future__ import annotations

import shlex
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from api.cli.exit_codes import fail
from api.files.starter import STARTER, starter_files


def make_folder(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder to make.", show_default=False)],
) -> None:
    """Make a folder with a small directive to start from: policies, a floor and scenarios, sound and proved."""
    target = folder.resolve()
    _require_free(folder, target)
    files = starter_files()
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".channelgate-") as scratch:
            written = Path(scratch) / target.name
            for name in files:
                file = written / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes((STARTER / name).read_bytes())
            # It comes into its place whole, or not at all; an empty folder there gives way.
            written.rename(target)
    except OSError as error:
        fail(f"{folder} cannot be made ({error.strerror})", "name a folder in one that is writable")
    sys.stdout.write("".join(f"{line}\n" for line in _report(folder, files)))


def _require_free(folder: Path, target: Path) -> None:
    """End the command where the folder cannot be made without touching what is there."""
    if not target.parent.is_dir():
        fail(
            f"{folder} cannot be made, as {folder.parent} is no folder",
            "make that one first, or name another",
        )
    if target == Path.cwd():
        fail("the folder in which you are is not exchanged", "name a new folder in it")
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        what = "is not empty" if target.is_dir() else "is a file"
        fail(f"{folder} {what}, so nothing is written", "name a folder that does not exist yet")


def _report(folder: Path, files: list[str]) -> list[str]:
    policies = shlex.quote(str(folder / "policies"))
    return [
        f"made {folder}:",
        *(f"  {name}" for name in files),
        "",
        "Change what the comments say, and look at it after each change:",
        f"  channelgate policies check {policies}",
        f"  channelgate policies test {policies}",
        f"  channelgate serve --policies {policies} --insecure-no-auth",
    ]
