"""The verifier of exported logs in Node, as one process for many logs, and the exports that it is given."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from api.cli.main import app
from tests.support.node_verifier import node

ANSWERING = Path(__file__).with_suffix(".mjs")


class ExportVerifier:
    """Asks the process, a line each way."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def verdict(self, file: Path, key: str, *anchors: str) -> Any:
        """What it makes of an exported log."""
        question = {"file": str(file), "key": key, "anchors": anchors}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def findings(self, file: Path, key: str, *anchors: str) -> list[str]:
        """What it finds in an exported log, all of which it could check."""
        verdict = self.verdict(file, key, *anchors)
        assert verdict.get("notChecked") is None, verdict
        return [*verdict["findings"], *verdict["contents"]]


@contextmanager
def running_export_verifier() -> Iterator[ExportVerifier]:
    """The verifier, until the end of the block."""
    command = [node(), str(ANSWERING)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield ExportVerifier(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()


def export_log(database: str | Path, file: Path, variables: Mapping[str, str] | None = None) -> Path:
    """Export the bytes of a log to a file."""
    words: Sequence[str] = ["log", "export", "--format", "bytes", "--database", str(database)]
    done = CliRunner().invoke(app, [*words], env=dict(variables or {}))
    assert done.exit_code == 0, done.output
    file.write_text(done.stdout, encoding="ascii", newline="")
    return file
