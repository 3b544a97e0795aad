"""Signed checkpoints: notes as other tools write them, and nothing that only resembles one.

Covers: api.signing.keys
"""

from __future__ import annotations

from base64 import b64decode, b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from api.ledger.checkpoints import Checkpoint, parse_checkpoint, sign_checkpoint, verify_checkpoint
from api.signing.faults import SigningFault
from api.signing.keys import SigningKey, VerifyingKey

# The key and the note in the documentation of Go's sumdb/note: made by another program.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SEED = b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
GO_SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="

KEY = SigningKey("log.example/one", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = SigningKey("log.example/one", Ed25519PrivateKey.from_private_bytes(bytes(32)))
WITNESS = SigningKey("witness.example", Ed25519PrivateKey.from_private_bytes(bytes(32)))
STATE = Checkpoint("log.example/one", 20852163, bytes(range(100, 132)))
NOTE = sign_checkpoint(STATE, KEY)


def signature_line(key: SigningKey, state: Checkpoint = STATE) -> str:
    return sign_checkpoint(state, key).rpartition("\n\n")[2]


def test_keys_and_signatures_are_those_of_another_program() -> None:
    key = SigningKey("PeterNeumann", Ed25519PrivateKey.from_private_bytes(GO_SEED))
    assert key.verifying.format() == GO_KEY
    signed = key.verifying.key_id + key.sign(GO_TEXT.encode())
    assert b64encode(signed).decode() == GO_SIGNATURE
    assert VerifyingKey.parse(GO_KEY).verifies(GO_TEXT.encode(), b64decode(GO_SIGNATURE)[4:])


def test_the_checkpoint_of_the_specification_is_read() -> None:
    signed = parse_checkpoint(
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "— example.com/behind-the-sofa "
        "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    )
    assert (signed.checkpoint.origin, signed.checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert signed.signatures[0].key_id.hex() == "033de0ae"


@given(
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1),
    st.integers(0, 2**63 - 1),
    st.binary(min_size=32, max_size=32),
)
def test_a_signed_checkpoint_is_read_back(origin: str, size: int, root: bytes) -> None:
    state = Checkpoint(origin, size, root)
    assert verify_checkpoint(sign_checkpoint(state, KEY), [OTHER.verifying, KEY.verifying]) == state


@pytest.mark.parametrize("at", range(len(NOTE.encode())))
def test_a_note_with_any_byte_changed_is_refused(at: int) -> None:
    for bit in range(8):
        changed = bytearray(NOTE.encode())
        changed[at] ^= 1 << bit
        with pytest.raises((SigningFault, UnicodeDecodeError)):
            verify_checkpoint(changed.decode(), [KEY.verifying])


@pytest.mark.parametrize("end", range(len(NOTE)))
def test_a_note_cut_short_is_refused(end: int) -> None:
    for part in (NOTE[:end], NOTE[end + 1 :], NOTE[:end] + NOTE[end + 1 :]):
        with pytest.raises(SigningFault):
            verify_checkpoint(part, [KEY.verifying])


@given(st.text())
def test_any_text_is_read_or_refused_with_a_remedy(text: str) -> None:
    for note in (text, f"{STATE.body}\n— {text}\n", f"{text}\n{signature_line(KEY)}"):
        with pytest.raises(SigningFault) as caught:
            verify_checkpoint(note, [KEY.verifying])
        assert caught.value.fact
        assert caught.value.remedy


@pytest.mark.parametrize(
    ("old", "new", "fact"),
    [
        ("\n20852163\n", "\n020852163\n", "not a plain number"),
        ("\n20852163\n", "\n-1\n", "not a plain number"),
        ("\n20852163\n", "\n٣\n", "not a plain number"),
        ("\n20852163\n", "\n9999999999999999999\n", "cannot have 9999999999999999999 entries"),
        ("=\n\n", "=\nextension\n\n", "three lines"),
        ("=\n\n", "=\n\n\n", "three lines"),
        ("=\n\n", "\n\n", "not base64"),
        ("log.example/one\n2", "\n2", "name of the log"),
        ("log.example/one\n2", "log\rexample\n2", "name of the log"),
        ("log.example/one\n2", "log\ud800\n2", "name of the log"),
        ("\n\n—", "\n\n–", "long dash"),
        ("— log.example/one", "— log+one", "a plus"),
        ("— log.example/one", "— log\u00a0one", "a space"),
        ("— log.example/one ", "— log.example/one  ", "not base64"),
        ("\n\n—", "\n—", "no signature lines"),
    ],
)
def test_a_note_in_another_form_is_refused_for_its_reason(old: str, new: str, fact: str) -> None:
    assert old in NOTE
    with pytest.raises(SigningFault, match=fact):
        parse_checkpoint(NOTE.replace(old, new, 1))


def test_base64_has_one_spelling() -> None:
    encoded = b64encode(STATE.root).decode()
    assert encoded[-2] in "AEIMQUYcgkosw048"
    other = encoded[:-2] + chr(ord(encoded[-2]) + 1) + "="
    assert b64decode(other) == STATE.root
    with pytest.raises(SigningFault, match="usual form"):
        parse_checkpoint(NOTE.replace(encoded, other))


def test_unknown_signers_are_ignored() -> None:
    for note in (
        NOTE + signature_line(WITNESS),
        f"{STATE.body}\n{signature_line(OTHER)}{signature_line(KEY)}",
    ):
        assert verify_checkpoint(note, [KEY.verifying]) == STATE


def test_a_note_that_no_known_key_signed_is_refused() -> None:
    for keys in ([], [OTHER.verifying], [WITNESS.verifying]):
        with pytest.raises(SigningFault, match="no known key"):
            verify_checkpoint(NOTE, keys)


def test_one_false_line_of_a_known_signer_refuses_the_note() -> None:
    false = signature_line(WITNESS, Checkpoint(STATE.origin, 1, STATE.root))
    with pytest.raises(SigningFault, match=r"the signature of witness\.example does not fit"):
        verify_checkpoint(NOTE + false, [KEY.verifying, WITNESS.verifying])
    short = f"— {KEY.name} {b64encode(KEY.verifying.key_id + b'x').decode()}\n"
    with pytest.raises(SigningFault, match="does not fit"):
        verify_checkpoint(f"{STATE.body}\n{short}", [KEY.verifying])


def test_a_signature_without_content_is_refused_whoever_wrote_it() -> None:
    with pytest.raises(SigningFault, match="too short"):
        parse_checkpoint(f"{NOTE}— witness.example {b64encode(bytes(4)).decode()}\n")


def test_a_hundred_signatures_are_read_and_no_more() -> None:
    note = NOTE + signature_line(WITNESS) * 99
    assert verify_checkpoint(note, [KEY.verifying]) == STATE
    with pytest.raises(SigningFault, match="more than 100"):
        parse_checkpoint(note + signature_line(WITNESS))


def test_a_signing_key_survives_its_file() -> None:
    key = SigningKey.generate("log.example/two")
    again = SigningKey.from_pem("log.example/two", key.to_pem())
    assert again.verifying == key.verifying
    assert sign_checkpoint(STATE, again) == sign_checkpoint(STATE, key)
    assert SigningKey.generate("log.example/two").verifying != key.verifying


@pytest.mark.parametrize(
    "content",
    [
        b"",
        KEY.to_pem()[:60],
        KEY.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")),
        X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    ],
    ids=["empty", "cut", "encrypted", "of another kind"],
)
def test_a_file_without_a_usable_signing_key_is_refused(content: bytes) -> None:
    with pytest.raises(SigningFault, match="the signing key"):
        SigningKey.from_pem("log.example/one", content)


def test_a_verifier_key_is_read_back() -> None:
    assert VerifyingKey.parse(KEY.verifying.format()) == KEY.verifying


def test_a_verifier_key_of_another_kind_is_refused() -> None:
    other = b64encode(b"\x04" + KEY.verifying.public).decode()
    with pytest.raises(SigningFault, match="not one of Ed25519"):
        VerifyingKey.parse(f"log.example/one+{KEY.verifying.key_id.hex()}+{other}")


@pytest.mark.parametrize("at", range(len(GO_KEY)))
def test_a_verifier_key_with_any_character_changed_is_refused(at: int) -> None:
    for text in (
        GO_KEY[:at],
        GO_KEY[at + 1 :],
        *(GO_KEY[:at] + new + GO_KEY[at + 1 :] for new in "\n +=!\ud800é"),
    ):
        if text != GO_KEY:
            with pytest.raises(SigningFault):
                VerifyingKey.parse(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u2003b", "a\nb", "a\x00b", "\udfff"])
def test_a_name_that_cannot_stand_in_a_note_is_refused(name: str) -> None:
    with pytest.raises(SigningFault, match="the name of a key"):
        SigningKey.generate(name)


def test_the_private_key_is_not_shown() -> None:
    assert "private" not in repr(KEY)
