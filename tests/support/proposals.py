"""A small policy set, and changes of it as they are proposed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from api.cli.main import app

PROCESS = (sys.executable, "-P", "-m", "api.proposal_evidence")


def make_office(folder: Path) -> Path:
    """Make the folder that every new office starts from: policies, a floor and scenarios."""
    made = CliRunner().invoke(app, ["new", str(folder)])
    assert made.exit_code == 0, made.output
    return folder


def work_folder(folder: Path, *, features: bool = False) -> Path:
    """A work folder whose proposed set is the same as its base."""
    folder.mkdir(exist_ok=True)
    office = make_office(folder / "office")
    shutil.copytree(office / "policies", folder / "base")
    shutil.move(office / "policies", folder / "proposed")
    shutil.move(office / "floor.yaml", folder / "floor.yaml")
    if features:
        shutil.move(office / "features", folder / "features")
    shutil.rmtree(office)
    return folder


def change(folder: Path, file: str, old: str, new: str) -> None:
    """Exchange a text that stands in a file once."""
    text = (folder / file).read_text()
    assert text.count(old) == 1, (file, old)
    (folder / file).write_text(text.replace(old, new))


@dataclass(frozen=True)
class Computed:
    """How the process ended, and the objects it wrote."""

    exit_code: int
    lines: list[dict[str, Any]]
    errors: str

    @property
    def evidence(self) -> dict[str, Any]:
        """The evidence, the last of the lines."""
        assert self.exit_code == 0, self.errors
        evidence: dict[str, Any] = self.lines[-1]["evidence"]
        return evidence

    @property
    def causes(self) -> list[str]:
        """Why something may be loosened."""
        return [reason["cause"] for reason in self.evidence["loosens"].get("reasons", ())]

    @property
    def results(self) -> dict[str, str]:
        """What became of each step."""
        return {step: self.evidence[step]["result"] for step in ("check", "proof", "comparison", "scenarios")}


def compute(folder: Path, *options: str, program: tuple[str, ...] = PROCESS) -> Computed:
    """Run the process on a work folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CHANNELGATE_")}
    done = subprocess.run(
        [*program, str(folder), *options], capture_output=True, text=True, check=False, env=environment
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return Computed(done.returncode, lines, done.stderr)


def processes_about(folder: Path) -> list[int]:
    """The processes whose arguments name a folder."""
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdecimal() or int(process.name) == os.getpid():
            continue
        try:
            arguments = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in arguments:
            found.append(int(process.name))
    return found
