"""An answer is verified against the log with nothing but a key, a proof, and what was sent."""

from __future__ import annotations

import json
import random
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.ledger.checkpoints import Checkpoint as LogCheckpoint
from api.ledger.checkpoints import sign_checkpoint
from api.ledger.merkle import inclusion_proof, leaf_hash, root_of
from api.signing.keys import SigningKey
from channelgate_client import Client, encode_body
from channelgate_client.generated import models
from channelgate_client.verification import (
    NotVerified,
    VerifyingKey,
    verify_checkpoint,
    verify_decision,
    verify_entry,
)
from channelgate_client.verification.trees import includes
from tests.clients.conftest import ServedOffice, example

KEY = SigningKey.generate("example.org/log")
OTHER = SigningKey.generate("example.org/log")
KNOWN = [VerifyingKey.parse(KEY.verifying.format())]


class Recorded:
    """A decision of the service, what was sent for it, its proof, and the key of the log."""

    def __init__(self, served: ServedOffice, client: Client) -> None:
        self.client = client
        self.sent = encode_body(example("hold", request_id='zwöi "quoted"'))
        self.decision = client.pre_check(self.sent)
        self.proof = client.read_decision_proof(self.decision.decision_id).model_dump()
        log_key = SigningKey.from_pem("channelgate", (served.folder / "log.db.key").read_bytes())
        self.keys = [VerifyingKey.parse(log_key.verifying.format())]


@pytest.fixture(scope="module")
def recorded(served: ServedOffice) -> Iterator[Recorded]:
    with Client(served.url, served.keys["committee"], timeout=60) as client:
        yield Recorded(served, client)


def test_an_answer_is_verified_with_what_was_sent(recorded: Recorded) -> None:
    entry = verify_decision(recorded.decision, recorded.sent, recorded.proof, recorded.keys)
    assert entry.members["outcome"] == recorded.decision.outcome
    assert (
        verify_decision(recorded.decision, recorded.sent, json.dumps(recorded.proof), recorded.keys) == entry
    )


def test_a_text_that_is_recorded_separately_may_be_any_text_and_nothing_else(recorded: Recorded) -> None:
    entry = verify_entry(recorded.proof, recorded.keys)
    assert [one["fact"] for one in entry.members["apart"]] == ["item.description"]
    other = recorded.sent.replace(b'"drawings of a rolling mill"', b'"\\"x\\\\"')
    assert other != recorded.sent
    verify_decision(recorded.decision, other, recorded.proof, recorded.keys)
    for forged in (b"null", b"7", b'"a", "kind": "data"'):
        changed = recorded.sent.replace(b'"drawings of a rolling mill"', forged)
        with pytest.raises(NotVerified, match="another request"):
            verify_decision(recorded.decision, changed, recorded.proof, recorded.keys)


def test_another_request_is_noticed(recorded: Recorded) -> None:
    for changed in (recorded.sent + b" ", recorded.sent.replace(b"KP", b"VN"), b""):
        with pytest.raises(NotVerified, match="another request"):
            verify_decision(recorded.decision, changed, recorded.proof, recorded.keys)


def test_another_answer_is_noticed(recorded: Recorded) -> None:
    forged = recorded.decision.model_copy(update={"outcome": models.Outcome.DELIVER})
    with pytest.raises(NotVerified, match="another answer"):
        verify_decision(forged, recorded.sent, recorded.proof, recorded.keys)


def test_the_proof_of_another_decision_is_noticed(recorded: Recorded) -> None:
    another = recorded.client.pre_check(recorded.sent)
    with pytest.raises(NotVerified, match="does not record this decision"):
        verify_decision(another, recorded.sent, recorded.proof, recorded.keys)


def test_a_key_that_is_not_that_of_the_log_verifies_nothing(recorded: Recorded) -> None:
    for keys in ([], KNOWN, [VerifyingKey.parse(SigningKey.generate("channelgate").verifying.format())]):
        with pytest.raises(NotVerified, match="no known key of the log channelgate"):
            verify_decision(recorded.decision, recorded.sent, recorded.proof, keys)


def flip(text: str) -> str:
    """The same bytes with one bit of another value, in Base64."""
    content = bytearray(b64decode(text))
    content[len(content) // 2] ^= 1
    return b64encode(content).decode()


ALTERED: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "another place": lambda proof: {"sequence": proof["sequence"] - 1},
    "no place": lambda proof: {"sequence": None},
    "another entry": lambda proof: {"entry": flip(proof["entry"])},
    "a node altered": lambda proof: {"inclusion_proof": [*map(flip, proof["inclusion_proof"])]},
    "a node less": lambda proof: {"inclusion_proof": proof["inclusion_proof"][1:]},
    "a node more": lambda proof: {"inclusion_proof": [*proof["inclusion_proof"], proof["inclusion_proof"][0]]},
    "no nodes": lambda proof: {"inclusion_proof": None},
    "another size": lambda proof: {"checkpoint": proof["checkpoint"].replace("\n", "\n1", 1)},
    "another log": lambda proof: {"checkpoint": proof["checkpoint"].replace("channelgate\n", "channelgate2\n", 1)},
    "no signature": lambda proof: {"checkpoint": proof["checkpoint"].partition("\n\n")[0] + "\n\n"},
    "no checkpoint": lambda proof: {"checkpoint": ""},
}  # fmt: skip


@pytest.mark.parametrize("how", list(ALTERED))
def test_a_proof_that_was_altered_shows_nothing(recorded: Recorded, how: str) -> None:
    with pytest.raises(NotVerified):
        verify_entry({**recorded.proof, **ALTERED[how](recorded.proof)}, recorded.keys)


@pytest.mark.parametrize("proof", ["", "{}", "[]", "7", b"\xff", '{"sequence": 0}'])
def test_what_is_no_proof_shows_nothing(proof: str | bytes) -> None:
    with pytest.raises(NotVerified, match="cannot be read"):
        verify_entry(proof, KNOWN)


# -- checkpoints and trees, beside the code of the log itself -------------------------------------------------


def note_of(size: int = 3, key: SigningKey = KEY) -> str:
    return sign_checkpoint(LogCheckpoint("example.org/log", size, sha256(b"x").digest()), key)


def test_a_checkpoint_is_verified_beside_signatures_of_others() -> None:
    witness = sign_checkpoint(
        LogCheckpoint("example.org/log", 3, sha256(b"x").digest()), SigningKey.generate("witness")
    )
    note = note_of() + witness.rpartition("\n\n")[2]
    assert verify_checkpoint(note, KNOWN).size == 3


def test_a_witness_alone_speaks_for_no_log() -> None:
    witness = SigningKey.generate("witness")
    note = sign_checkpoint(LogCheckpoint("example.org/log", 3, sha256(b"x").digest()), witness)
    with pytest.raises(NotVerified, match="no known key of the log"):
        verify_checkpoint(note, [VerifyingKey.parse(witness.verifying.format())])


def test_one_false_line_of_a_known_key_refuses_the_note() -> None:
    keys = [*KNOWN, VerifyingKey.parse(OTHER.verifying.format())]
    verify_checkpoint(note_of(), keys)
    false = note_of(4, OTHER).rpartition("\n\n")[2]
    with pytest.raises(NotVerified, match="does not fit"):
        verify_checkpoint(note_of() + false, keys)


OWN = KEY.verifying.format()
NO_KEYS = {
    "nothing": "",
    "a name": "a",
    "no id": "a+b",
    "too short": "a+00000000+AAAA",
    "more padding": f"{OWN}=",
    "another id": OWN.replace("+", "+f", 1),
}


@pytest.mark.parametrize("text", NO_KEYS.values(), ids=list(NO_KEYS))
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(NotVerified):
        VerifyingKey.parse(text)


@given(size=st.integers(1, 70), seed=st.integers(0, 2**32))
def test_a_tree_includes_what_the_log_proves_and_nothing_else(size: int, seed: int) -> None:
    drawn = random.Random(seed)
    entries = [f"{number}".encode() for number in range(size)]
    leaves = [leaf_hash(entry) for entry in entries]
    index = drawn.randrange(size)
    path, root = inclusion_proof(leaves, index), root_of(leaves)
    assert includes(entries[index], index, size, path, root)
    assert not includes(entries[index] + b"x", index, size, path, root)
    assert not includes(entries[index], index, size, path, sha256(root).digest())
    for other in {drawn.randrange(size), size} - {index}:
        assert not includes(entries[index], other, size, path, root)
