"""The keys of a log, for commands: the signing key that lies beside it, and verifying keys as they are given."""

from __future__ import annotations

from collections.abc import Iterable

from api.cli.exit_codes import fail
from api.settings import Settings
from api.signing.faults import SigningFault
from api.signing.keys import SigningKey, VerifyingKey


def read_signing_key(settings: Settings) -> SigningKey:
    """Return the key of the key file; a file that cannot be used ends the command with exit code 2."""
    remedy = "name with --database the database beside which it lies, or set CHANNELGATE_SIGNING_KEY"
    try:
        return SigningKey.from_pem(settings.log_origin, settings.key_file.read_bytes())
    except OSError as error:
        fail(f"the key file {settings.key_file} cannot be read ({error.strerror})", remedy)
    except SigningFault as fault:
        fail(f"the key file {settings.key_file}: {fault.fact}", fault.remedy)


def read_verifying_keys(texts: Iterable[str], place: str = "") -> list[VerifyingKey]:
    """Return the verifying keys that are given; one that cannot be read ends the command with exit code 2.

    `place` says where they stand, as in ` in FILE`, unless that is an option.
    """
    try:
        return [VerifyingKey.parse(text) for text in texts]
    except SigningFault as fault:
        fail(f"a key{place} cannot be read: {fault.fact}", fault.remedy)
