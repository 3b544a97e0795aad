"""The shell blocks of a page as one script, which is run in a copy of the repository.

A block that cannot be run has its reason in a comment of HTML before it: `<!-- not run: it needs systemd -->`.
`channelgate serve` runs until its `/readyz` answers; then it is stopped, and has to end with 0.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(
    r"^(?:<!-- not run: (?P<reason>[^>]+) -->\n)?```sh\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE
)
PATIENCE_SECONDS = 300
PRELUDE = r"""
set -euo pipefail
channelgate() {
    if [ "$1" != serve ]; then command channelgate "$@"; return; fi
    command channelgate "$@" 2>serve.log &
    local pid=$!
    python - "$pid" <<'PYTHON' || { cat serve.log >&2; kill -KILL "$pid"; return 1; }
import json, os, pathlib, sys, time, urllib.request

until = time.monotonic() + 120
while time.monotonic() < until:
    os.kill(int(sys.argv[1]), 0)
    for line in pathlib.Path("serve.log").read_text().splitlines():
        event = json.loads(line)
        if event["event"] == "listening":
            address = f"http://{event['host']}:{event['port']}/readyz"
            sys.exit(urllib.request.urlopen(address, timeout=60).status != 200)
    time.sleep(0.05)
sys.exit(1)
PYTHON
    kill -TERM "$pid"
    wait "$pid"
}
"""


@dataclass(frozen=True)
class ShellBlock:
    """A block of a page; `reason` says why it is not run, if it is not."""

    text: str
    reason: str | None


def blocks_of(page: Path) -> list[ShellBlock]:
    return [ShellBlock(found["text"], found["reason"]) for found in BLOCK.finditer(page.read_text())]


def copy_of_repository(folder: Path) -> Path:
    """A copy of what is, or would be, in the repository: as a fresh clone has it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (source := ROOT / name).is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    return folder


def run_script(script: str, folder: Path, environment: dict[str, str]) -> tuple[int, str]:
    """The status and the output of a script in a folder; it and what it started are ended after some minutes."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CHANNELGATE_")}
    binaries = f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"
    process = subprocess.Popen(
        ["bash", "-c", PRELUDE + script],
        cwd=folder,
        env={**inherited, "PATH": binaries, "PYTHONPATH": str(folder), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
    return process.returncode, output
