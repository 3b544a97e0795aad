"""The verifier of the console in Node, as one process for many questions."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

VERIFIER = Path(__file__).parents[2] / "verifier" / "verify.js"
_ANSWER_LINES = """
const { NotVerified, parseKeys, openCheckpoint, verify } = require(process.argv[1]);
const lines = require("node:readline").createInterface({ input: process.stdin });
(async () => {
  for await (const line of lines) {
    const { key, note, proof } = JSON.parse(line);
    let answer;
    try {
      const keys = await parseKeys(key);
      await (proof === undefined ? openCheckpoint(note, keys) : verify(proof, keys));
      answer = { ok: true, why: "" };
    } catch (fault) {
      if (!(fault instanceof NotVerified)) throw fault;
      answer = { ok: false, why: fault.message };
    }
    process.stdout.write(JSON.stringify(answer) + "\\n");
  }
})();
"""


class NodeVerifier:
    """Asks the process, a line each way."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def why_not(self, key: str, *, note: str | None = None, proof: Any = None) -> str | None:
        """Why a checkpoint or a proof is not verified; None if it is."""
        question = {"key": key, **({"note": note} if proof is None else {"proof": proof})}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return None if answer["ok"] else str(answer["why"])


def node() -> str:
    """The program; the test is skipped where there is none."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("there is no node on this machine")
    return found


@contextmanager
def running_verifier() -> Iterator[NodeVerifier]:
    """The verifier, until the end of the block."""
    command = [node(), "-e", _ANSWER_LINES, str(VERIFIER)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield NodeVerifier(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
