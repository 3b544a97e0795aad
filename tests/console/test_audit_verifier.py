"""The verifier that runs in browsers and in Node: published answers, tampering refused, the same as in Python."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.ledger.checkpoints import Checkpoint, sign_checkpoint, verify_checkpoint
from api.ledger.merkle import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from api.signing.faults import SigningFault
from api.signing.keys import SigningKey, VerifyingKey
from tests.support.node_verifier import VERIFIER, NodeVerifier, node, running_verifier

VERDICTS = json.loads((Path(__file__).parents[1] / "data" / "tlog" / "verdicts.json").read_text())
KEY, OTHER = SigningKey.generate("example.org/log"), SigningKey.generate("example.org/log")
TRUSTED = KEY.verifying.format()
ENTRIES = [b'{"kind":"decision","key":"%d"}\npayload' % number for number in range(40)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def checkpoint_of(size: int, key: SigningKey = KEY) -> str:
    return sign_checkpoint(Checkpoint("example.org/log", size, root_of(LEAVES[:size])), key)


def inclusion(index: int, size: int) -> dict[str, Any]:
    return {
        "sequence": index,
        "size": size,
        "root": encoded(root_of(LEAVES[:size])),
        "inclusion_proof": [*map(encoded, inclusion_proof(LEAVES[:size], index))],
        "entry": encoded(ENTRIES[index]),
        "checkpoint": checkpoint_of(size),
    }


def consistency(first: int, second: int) -> dict[str, Any]:
    path = [*map(encoded, consistency_proof(LEAVES, first, second))]
    return {"first": checkpoint_of(first), "second": checkpoint_of(second), "consistency_proof": path}


@pytest.fixture(scope="module")
def verifier() -> Iterator[NodeVerifier]:
    with running_verifier() as running:
        yield running


@pytest.mark.parametrize("verdict", [pytest.param(one, id=one["name"]) for one in VERDICTS])
def test_it_judges_as_a_judge_that_knows_nothing_of_this_project(
    verifier: NodeVerifier, verdict: dict[str, Any]
) -> None:
    if "proof" not in verdict:
        why = verifier.why_not(verdict["key"], note=verdict["note"])
    else:
        _, size, root = verdict["note"].split("\n")[:3]
        proof = {
            "sequence": verdict["index"],
            "size": int(size),
            "root": root,
            "inclusion_proof": verdict["proof"],
            "entry": encoded(verdict["entry"].encode()),
            "checkpoint": verdict["note"],
        }
        why = verifier.why_not(verdict["key"], proof=proof)
    assert (why is None) == verdict["ok"], why


def test_every_entry_of_every_log_is_verified(verifier: NodeVerifier) -> None:
    for size in range(1, 21):
        for index in range(size):
            assert verifier.why_not(TRUSTED, proof=inclusion(index, size)) is None


def test_every_later_log_is_verified_to_continue_every_earlier_one(verifier: NodeVerifier) -> None:
    for second in range(1, 21):
        for first in range(1, second + 1):
            assert verifier.why_not(TRUSTED, proof=consistency(first, second)) is None


def test_an_entry_of_many_megabytes_is_verified(verifier: NodeVerifier) -> None:
    large = b'{"kind":"register_imported","key":"1"}\n' + bytes(10_000_000)
    root = leaf_hash(large)
    proof = {
        "sequence": 0,
        "size": 1,
        "root": encoded(root),
        "inclusion_proof": [],
        "entry": encoded(large),
        "checkpoint": sign_checkpoint(Checkpoint("example.org/log", 1, root), KEY),
    }
    assert verifier.why_not(TRUSTED, proof=proof) is None


def flip(text: str, at: int) -> str:
    """Base64 with one byte of its content altered."""
    content = bytearray(base64.b64decode(text))
    content[at] ^= 1
    return encoded(bytes(content))


def with_signature(note: str, change: Callable[[bytes], bytes]) -> str:
    head, _, line = note.rpartition("\n— ")
    name, _, signature = line.strip().partition(" ")
    return f"{head}\n— {name} {encoded(change(base64.b64decode(signature)))}\n"


def altered(**changes: Any) -> dict[str, Any]:
    return {**inclusion(5, 13), **changes}


SOUND = inclusion(5, 13)
TAMPERED = {
    "entry": altered(entry=flip(SOUND["entry"], 3)),
    "entry cut": altered(entry=encoded(ENTRIES[5][:-1])),
    "another entry": altered(entry=encoded(ENTRIES[6])),
    "entry no base64": altered(entry=SOUND["entry"] + "\n"),
    "place": altered(sequence=6),
    "place behind the end": altered(sequence=13),
    "place below zero": altered(sequence=-1),
    "place no number": altered(sequence="5"),
    "size": altered(size=14),
    "root": altered(root=flip(SOUND["root"], 0)),
    "root short": altered(root=encoded(bytes(31))),
    "path": altered(inclusion_proof=[flip(SOUND["inclusion_proof"][0], 31), *SOUND["inclusion_proof"][1:]]),
    "path turned": altered(inclusion_proof=SOUND["inclusion_proof"][::-1]),
    "path short": altered(inclusion_proof=SOUND["inclusion_proof"][:-1]),
    "path long": altered(inclusion_proof=[*SOUND["inclusion_proof"], SOUND["root"]]),
    "path no list": altered(inclusion_proof=SOUND["inclusion_proof"][0]),
    "another checkpoint": altered(checkpoint=checkpoint_of(14)),
    "checkpoint of another key": altered(checkpoint=checkpoint_of(13, OTHER)),
    "size in the checkpoint": altered(checkpoint=SOUND["checkpoint"].replace("\n13\n", "\n14\n"), size=14),
    "name in the checkpoint": altered(
        checkpoint=SOUND["checkpoint"].replace("example.org/log\n", "other\n", 1)
    ),
    "no last line break": altered(checkpoint=SOUND["checkpoint"][:-1]),
    "no signature": altered(checkpoint=SOUND["checkpoint"].split("—")[0]),
    "signature": altered(
        checkpoint=with_signature(SOUND["checkpoint"], lambda s: s[:-1] + bytes([s[-1] ^ 1]))
    ),
    "signature cut": altered(checkpoint=with_signature(SOUND["checkpoint"], lambda s: s[:-1])),
    "signature longer": altered(checkpoint=with_signature(SOUND["checkpoint"], lambda s: s + b"\0")),
    "signature of nothing": altered(checkpoint=with_signature(SOUND["checkpoint"], lambda s: s[:4])),
    "key id": altered(checkpoint=with_signature(SOUND["checkpoint"], lambda s: bytes([s[0] ^ 1]) + s[1:])),
    "checkpoint no text": altered(checkpoint=13),
    "no members": {},
    "no object": [],
}


@pytest.mark.parametrize("proof", [pytest.param(proof, id=name) for name, proof in TAMPERED.items()])
def test_what_was_tampered_with_is_refused(verifier: NodeVerifier, proof: Any) -> None:
    assert verifier.why_not(TRUSTED, proof=proof) is not None


@pytest.mark.parametrize(
    "key",
    [
        OTHER.verifying.format(),
        TRUSTED.replace("example.org/log", "example.org/lag"),
        TRUSTED.replace("+", "+0", 1),
        TRUSTED[:-4],
        TRUSTED + "A",
        "",
        "example.org/log",
        VerifyingKey("other", KEY.verifying.public).format(),
    ],
    ids=["another key", "name", "key id", "shorter", "longer", "empty", "name alone", "other name"],
)
def test_another_key_verifies_nothing(verifier: NodeVerifier, key: str) -> None:
    assert verifier.why_not(key, proof=inclusion(5, 13)) is not None


def test_one_key_of_several_is_enough(verifier: NodeVerifier) -> None:
    keys = f"{OTHER.verifying.format()}\n{TRUSTED}\n"
    assert verifier.why_not(keys, proof=inclusion(5, 13)) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"first": checkpoint_of(8)},
        {"first": checkpoint_of(13), "second": checkpoint_of(7)},
        {"second": checkpoint_of(14)},
        {"second": checkpoint_of(13, OTHER)},
        {"consistency_proof": []},
        {"consistency_proof": consistency(7, 13)["consistency_proof"][:-1]},
        {"consistency_proof": [flip(consistency(7, 13)["consistency_proof"][0], 5)]},
    ],
)
def test_a_log_that_does_not_continue_is_refused(verifier: NodeVerifier, changes: dict[str, Any]) -> None:
    assert verifier.why_not(TRUSTED, proof={**consistency(7, 13), **changes}) is not None


def python_verifies(proof: dict[str, Any]) -> bool:
    """What the program itself makes of a proof of inclusion."""
    try:
        checkpoint = verify_checkpoint(proof["checkpoint"], [KEY.verifying])
        entry, root = base64.b64decode(proof["entry"]), base64.b64decode(proof["root"])
        path = [*map(base64.b64decode, proof["inclusion_proof"])]
    except (SigningFault, ValueError):
        return False
    if (proof["size"], root) != (checkpoint.size, checkpoint.root):
        return False
    return verify_inclusion(leaf_hash(entry), proof["sequence"], checkpoint.size, path, root)


sizes = st.integers(1, len(LEAVES))
nodes = st.sampled_from(
    [encoded(leaf) for leaf in LEAVES[:4]] + [encoded(root_of(LEAVES[:4])), encoded(bytes(31))]
)


@st.composite
def perhaps_altered(draw: st.DrawFn) -> dict[str, Any]:
    """A proof of inclusion, of which any members may be those of another, and whose path may be changed."""
    size = draw(sizes)
    proof = inclusion(draw(st.integers(0, size - 1)), size)
    other_size = draw(sizes)
    other = inclusion(draw(st.integers(0, other_size - 1)), other_size)
    for name in draw(st.sets(st.sampled_from(sorted(proof)), max_size=3)):
        proof[name] = other[name]
    path = [*proof["inclusion_proof"]]
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(path)))
        match draw(st.sampled_from(["insert", "remove", "replace", "nothing"])):
            case "insert":
                path.insert(place, draw(nodes))
            case "remove" if path:
                path.pop(place % len(path))
            case "replace" if path:
                path[place % len(path)] = draw(nodes)
    if draw(st.booleans()):
        text = proof["checkpoint"]
        place = draw(st.integers(0, len(text) - 1))
        letter = draw(st.sampled_from("\n \r\t0123A+/=—"))
        proof["checkpoint"] = text[:place] + letter + text[place + draw(st.integers(0, 1)) :]
    return {**proof, "inclusion_proof": path}


@given(perhaps_altered())
def test_it_says_the_same_as_the_program_itself(verifier: NodeVerifier, proof: dict[str, Any]) -> None:
    assert (verifier.why_not(TRUSTED, proof=proof) is None) == python_verifies(proof)


@given(st.data())
def test_it_says_the_same_of_consistency(verifier: NodeVerifier, data: st.DataObject) -> None:
    first, second, third = data.draw(sizes), data.draw(sizes), data.draw(sizes)
    least, most = sorted((first, second))
    path = [*consistency_proof(LEAVES, *sorted((data.draw(st.sampled_from([least, third])), most)))]
    if data.draw(st.booleans()) and path:
        path.pop(data.draw(st.integers(0, len(path) - 1)))
    proof = {
        "first": checkpoint_of(first),
        "second": checkpoint_of(second),
        "consistency_proof": [*map(encoded, path)],
    }
    expected = verify_consistency(first, second, root_of(LEAVES[:first]), root_of(LEAVES[:second]), path)
    assert (verifier.why_not(TRUSTED, proof=proof) is None) == expected


@pytest.mark.parametrize(
    ("proof", "key", "status", "says"),
    [
        (json.dumps(SOUND), TRUSTED, 0, "verified: decision 5 of"),
        (json.dumps(TAMPERED["entry"]), TRUSTED, 1, "NOT VERIFIED: the entry does not lead to the root"),
        ("{", TRUSTED, 2, "cannot be read"),
        (json.dumps(SOUND), "no key", 2, "cannot be read"),
    ],
    ids=["sound", "tampered", "no proof", "no key"],
)
def test_it_runs_alone(tmp_path: Path, proof: str, key: str, status: int, says: str) -> None:
    program = tmp_path / "verify.js"
    program.write_bytes(VERIFIER.read_bytes())
    (tmp_path / "proof.json").write_text(proof)
    (tmp_path / "log.key").write_text(key + "\n")
    command = [node(), "verify.js", "--key", "log.key", "proof.json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == status
    assert says in done.stdout + done.stderr


def test_it_says_how_it_is_called() -> None:
    done = subprocess.run([node(), str(VERIFIER)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "usage: node verify.js --key FILE PROOF.json\n")
