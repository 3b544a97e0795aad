"""A JWK set gives the keys that tokens can be checked with, or a fault; it does not come over an open connection."""

import json
from pathlib import Path

import pytest
from joserfc.jwk import OctKey

from api.domain.identity import IdentityFault
from api.http.authentication.jwks import key_set_reader
from tests.api.http.authentication.test_jwt import EC, document
from tests.support.key_server import key_server


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b'{"keys": [7, {}, {"kty": "XX"}]}',
        json.dumps({"keys": [OctKey.generate_key(256).as_dict()]}).encode(),
        json.dumps({"keys": [{**EC.as_dict(private=False), "use": "enc"}]}).encode(),
        json.dumps({"keys": [{"kty": "RSA", "n": "AQAB" * 40, "e": "AQAB"}]}).encode(),
        b'{"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]}',
    ],
    ids=["empty", "no keys", "a list", "no key", "a secret", "for encryption", "short RSA", "no point of EC"],
)
def test_a_source_without_a_usable_key_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "jwks.json").write_bytes(content)
    with pytest.raises(IdentityFault):
        key_set_reader(str(tmp_path / "jwks.json"))()


@pytest.mark.parametrize(
    "place",
    ["http://issuer.example/keys", "ftp://127.0.0.1/keys", "file:///etc/passwd", "http://127.0.0.1.example/"],
)
def test_keys_do_not_come_over_an_open_connection(place: str) -> None:
    with pytest.raises(IdentityFault, match="open connection"):
        key_set_reader(place)


def test_an_issuer_that_answers_byte_by_byte_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with key_server(document(EC)) as issuer:
        read = key_set_reader(issuer.url)
        assert [key.kid for key in read()] == ["ec"]
        monkeypatch.setattr("api.http.authentication.bounded_fetch.FETCH_SECONDS", 0.1)
        issuer.pace = 0.01
        with pytest.raises(IdentityFault, match="no whole answer came"):
            read()
