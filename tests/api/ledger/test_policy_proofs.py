"""The note that a policy set was proved: nothing but the signature of the log's key makes it one."""

from __future__ import annotations

import datetime as dt
from hashlib import sha256
from pathlib import Path

import pytest

from api.ledger.policy_proofs import ProvedSet, find_proof, read_verifying_key
from api.signing.keys import SigningKey, load_signing_key
from api.signing.notes import sign_note

KEY, OTHER_KEY = (SigningKey.generate("example.org/log") for _ in range(2))
AT = dt.datetime(1966, 5, 1, 12, tzinfo=dt.UTC)
INPUTS, OTHER_INPUTS = (sha256(text).hexdigest() for text in (b"one", b"another"))
PROVED = ProvedSet(INPUTS, AT)


def test_a_proof_is_found_among_others() -> None:
    notes = [ProvedSet(OTHER_INPUTS, AT).sign(KEY), "no note", PROVED.sign(KEY)]
    assert find_proof(INPUTS, notes, KEY.verifying) == PROVED


def forged(text: str) -> str:
    return sign_note(text, KEY)


@pytest.mark.parametrize(
    "note",
    [
        pytest.param(PROVED.sign(OTHER_KEY), id="another_key"),
        pytest.param(PROVED.sign(SigningKey.generate("example.org/other")), id="another_log"),
        pytest.param(ProvedSet(OTHER_INPUTS, AT).sign(KEY), id="another_set"),
        pytest.param(ProvedSet(OTHER_INPUTS, AT).sign(KEY).replace(OTHER_INPUTS, INPUTS), id="altered"),
        pytest.param(PROVED.text, id="not_signed"),
        pytest.param(forged(f"example.org/log\n{INPUTS}\n{AT.isoformat()}\n"), id="another_title"),
        pytest.param(forged(PROVED.text + "more\n"), id="more_lines"),
        pytest.param(forged(PROVED.text.replace(AT.isoformat(), "today")), id="no_time"),
        pytest.param(forged(PROVED.text.replace("+00:00", "")), id="no_time_zone"),
        pytest.param("", id="empty"),
    ],
)
def test_what_is_not_signed_as_a_proof_of_this_is_none(note: str) -> None:
    assert find_proof(INPUTS, [note], KEY.verifying) is None


def test_without_a_key_there_is_no_proof() -> None:
    assert find_proof(INPUTS, [PROVED.sign(KEY)], None) is None


def test_the_key_is_read_and_never_made(tmp_path: Path) -> None:
    file = tmp_path / "channelgate.key"
    assert read_verifying_key(file, "example.org/log") is None
    assert not file.exists()
    made = load_signing_key(file, "example.org/log")
    assert read_verifying_key(file, "example.org/log") == made.verifying
    file.write_bytes(b"no key")
    assert read_verifying_key(file, "example.org/log") is None
