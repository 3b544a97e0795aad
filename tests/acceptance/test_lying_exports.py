"""An export made to deceive: the verifier says so in words, and nothing in it reaches the terminal as it is."""

from __future__ import annotations

import json
import subprocess
from base64 import b64encode
from pathlib import Path

import pytest

from api.ledger.checkpoints import Checkpoint, sign_checkpoint
from api.ledger.exact_export import EXPORT_FORMAT
from api.ledger.merkle import CompactTree, leaf_hash
from api.signing.keys import SigningKey
from api.signing.notes import sign_note
from tests.support.node_verifier import VERIFIER, node

ORIGIN = "example.org/log"
KEY = SigningKey.generate(ORIGIN)
CLEARANCES = SigningKey(f"{ORIGIN}/clearance", KEY.private)
COMMON = {"key": "c", "at": "1965-03-01T09:00:00+00:00"}


def entry(kind: str, payload: str, content: bytes, **members: str) -> bytes:
    head = {"kind": kind, **COMMON, **members, "payloads": {payload: len(content)}}
    return json.dumps(head).encode() + b"\n" + content


def clearance(decision: str) -> bytes:
    lines = f"channelgate clearance 1\nclearance: c\ndecision: {decision}\npolicies: p\n"
    note = json.dumps(sign_note(lines, CLEARANCES)).encode()
    return entry("clearance_issued", "note", note, decision_id="\x1b[2J")


def printed(folder: Path, content: bytes) -> str:
    """What the verifier prints of an export of one entry, signed by whoever has the key."""
    tree = CompactTree().extended([leaf_hash(content)])
    note = sign_checkpoint(Checkpoint(ORIGIN, 1, tree.root), KEY)
    row = {
        "sequence": 0,
        "entry": b64encode(content).decode(),
        "leaf": b64encode(leaf_hash(content)).decode(),
    }
    lines = [{"format": EXPORT_FORMAT}, {"checkpoint": note}, row]
    (folder / "export").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (folder / "key").write_text(KEY.verifying.format())
    command = [
        node(),
        str(VERIFIER.with_name("verify.mjs")),
        str(folder / "export"),
        "--key",
        str(folder / "key"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    return done.stdout


def test_a_character_that_does_not_exist_is_a_finding(tmp_path: Path) -> None:
    assert "entry 0: the clearance names a character that does not exist" in printed(
        tmp_path, clearance(r"\u{ffffff}")
    )


def test_a_payload_that_is_named_by_a_number_is_a_finding(tmp_path: Path) -> None:
    assert "names a payload by a number" in printed(tmp_path, entry("officer_statement", "1", b"7"))


@pytest.mark.parametrize("code", ["1b", "9b", "d", "202e"], ids=["escape", "control", "return", "direction"])
def test_what_is_quoted_steers_no_terminal(tmp_path: Path, code: str) -> None:
    decision = rf"\u{{{code}}}[2J"
    content = clearance(decision).replace(b"\\u001b", rb"\u" + code.rjust(4, "0").encode())
    assert "the clearance rests on ?[2J, which is no decision" in printed(tmp_path, content)
