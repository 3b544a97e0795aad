"""`aics-tlog`, which knows nothing of this project, as the judge of checkpoints and proofs.

It needs a later Python than the service, so it gets an environment of its own; without one, tests skip and say why.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

LOCKED = Path(__file__).parents[2] / "requirements" / "tlog.txt"
PATIENCE_SECONDS = 240
_CALLS = "import json, sys; from aics_tlog.cli import main; [main(call) for call in json.loads(sys.argv[1])]"
_NAMES = ("python3.14", "python3.13", "python3.12")


def install_judge(folder: Path) -> Path:
    """Make the environment and return the folder of its programs; skip the test where that cannot be."""
    python = next(_later_pythons(), None)
    if python is None:
        pytest.skip(
            "aics-tlog needs Python 3.12 or later, and there is none; the recorded verdicts are tested"
        )
    programs = folder / "bin"
    commands: tuple[list[str | Path], ...] = (
        [python, "-m", "venv", folder],
        [programs / "pip", "install", "-q", "--require-hashes", "-r", LOCKED],
    )
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
        if done.returncode:
            pytest.skip(
                f"aics-tlog cannot be installed; the recorded verdicts are tested: {done.stderr[-300:]}"
            )
    return programs


def judge(programs: Path, calls: Sequence[Sequence[str]]) -> list[Any]:
    """What it prints of checkpoints and proofs, each as its command line would be called; one process for all."""
    command: list[str | Path] = [programs / "python", "-c", _CALLS, json.dumps(calls)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def _later_pythons() -> Iterator[str]:
    """Those on the path, and those of pyenv, which has names on the path for versions that are not chosen."""
    found = [path for name in _NAMES if (path := shutil.which(name))]
    if root := os.environ.get("PYENV_ROOT"):
        found += [str(path) for name in _NAMES for path in sorted(Path(root).glob(f"versions/*/bin/{name}"))]
    for path in found:
        if subprocess.run([path, "-c", "import venv"], capture_output=True, check=False).returncode == 0:
            yield path
