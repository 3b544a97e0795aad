"""A command whose output nobody reads any more ends at once, without a word.

Covers: api.cli.closed_pipes
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMAND = Path(sys.executable).parent / "channelgate"
ENDED_BY_SIGPIPE = 141


def run_unread(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command with a pipe as standard output whose reading end is closed."""
    reading, writing = os.pipe()
    os.close(reading)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    try:
        return subprocess.run(
            [COMMAND, *arguments],
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environment,
            check=False,
        )
    finally:
        os.close(writing)


@pytest.mark.parametrize(
    "arguments",
    [
        ["policies", "check", "policies"],  # a line, written when Python ends
        ["policies", "schema"],  # more than the stream holds back
        ["check", "examples/hold.json", "--policies", "policies"],  # by rich
        ["registers", "report"],
        ["registers", "import", "examples/opening_balance", "--dry-run", "--database", "nowhere.db"],
        ["--version"],
    ],
    ids=" ".join,
)
def test_a_closed_pipe_ends_a_command_quietly(arguments: list[str]) -> None:
    ran = run_unread(*arguments)
    assert (ran.returncode, ran.stderr) == (ENDED_BY_SIGPIPE, "")


def test_a_command_that_fails_before_it_prints_says_so() -> None:
    ran = run_unread("check", "no-such-file.json", "--policies", "policies")
    assert ran.returncode == 2
    assert "no-such-file.json cannot be read" in ran.stderr


def test_what_is_read_comes_out_whole() -> None:
    ran = subprocess.run(
        [COMMAND, "policies", "schema"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert ran.stdout.endswith("}\n")
