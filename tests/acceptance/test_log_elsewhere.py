"""Checkpoints and proofs under a package that is not ours: its verdicts of today, and those it gave when recorded.

Covers: api.ledger.merkle, api.signing.notes
"""

import base64
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.doors.running_server import running_server
from api.ledger.checkpoints import verify_checkpoint
from api.ledger.merkle import leaf_hash, verify_inclusion
from api.settings import Settings
from api.signing.faults import SigningFault
from api.signing.keys import VerifyingKey
from tests.support.tlog_judge import PATIENCE_SECONDS, install_judge, judge

ROOT = Path(__file__).parents[2]
EXAMPLE = json.loads((ROOT / "examples" / "hold.json").read_text())
PAGE = (ROOT / "docs" / "explain" / "decision-log.md").read_text()
RECORDED: list[dict[str, Any]] = json.loads((ROOT / "tests" / "data" / "tlog" / "verdicts.json").read_text())
"""Notes and proofs with the verdict of aics-tlog 0.2.1: sound ones, and each altered in one place."""
NAMES = [row["name"] for row in RECORDED]


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install_judge(tmp_path_factory.mktemp("judge") / "venv")


def is_sound(row: dict[str, Any]) -> bool:
    """Our verdict: the note is signed by the key and, if there is a proof, the entry is under its root."""
    try:
        checkpoint = verify_checkpoint(row["note"], [VerifyingKey.parse(row["key"])])
    except SigningFault:
        return False
    nodes = [base64.b64decode(node) for node in row.get("proof", ())]
    return "proof" not in row or verify_inclusion(
        leaf_hash(row["entry"].encode()), row["index"], checkpoint.size, nodes, checkpoint.root
    )


@pytest.mark.parametrize("row", RECORDED, ids=NAMES)
def test_our_verdict_is_the_one_recorded(row: dict[str, Any]) -> None:
    assert is_sound(row) is row["ok"]


def test_the_recorded_verdicts_are_of_both_kinds() -> None:
    assert {(row["ok"], "proof" in row) for row in RECORDED} == {
        (a, b) for a in (True, False) for b in (True, False)
    }


def call_about(row: dict[str, Any], folder: Path) -> list[str]:
    """The call of aics-tlog about a note or a proof, laid down in files."""
    files = {"note": row["note"], "key": f"{row['key']}\n"}
    call = ["verify-checkpoint", "--note", "note", "--vkey-file", "key"]
    if "proof" in row:
        files |= {"entry": row["entry"], "proof": "".join(f"{node}\n" for node in row["proof"])}
        call = ["verify-inclusion", "--leaf", "entry", "--index", str(row["index"])]
        call += ["--proof", "proof", "--checkpoint", "note", "--vkey-file", "key"]
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8", newline="")
    return [str(folder / word) if word in files else word for word in call]


def test_the_recorded_verdicts_are_still_those_of_the_package(programs: Path, tmp_path: Path) -> None:
    calls = [call_about(row, tmp_path / str(number)) for number, row in enumerate(RECORDED)]
    found = judge(programs, calls)
    assert dict(zip(NAMES, [one["ok"] for one in found], strict=True)) == {
        row["name"]: row["ok"] for row in RECORDED
    }


def test_the_commands_of_the_page_check_a_log_and_print_what_it_shows(programs: Path, tmp_path: Path) -> None:
    settings = Settings(
        policies=ROOT / "policies",
        database=tmp_path / "decisions.db",
        insecure_no_auth=True,
        accept_unproved=True,
    )
    with running_server(settings) as address:
        decision = httpx.post(f"{address}/v1/pre-check", json=EXAMPLE).json()["decision_id"]
    section = PAGE.partition("### With a package that is not ours")[2]
    commands, shown = (re.findall(rf"```{sort}\n(.*?)```", section, re.DOTALL)[0] for sort in ("sh", "json"))
    path = os.pathsep.join((str(Path(sys.executable).parent), str(programs), os.environ["PATH"]))
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands.replace(" ID ", f" {decision} ")],
        cwd=tmp_path,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found, wanted = ([json.loads(line) for line in text.splitlines()] for text in (done.stdout, shown))
    varying = {"log_key", "size", "root"}
    assert [{**row, **dict.fromkeys(varying & row.keys())} for row in found] == [
        {**row, **dict.fromkeys(varying & row.keys())} for row in wanted
    ]
    assert all(row["ok"] for row in found)
