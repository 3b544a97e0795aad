"""The key that signs the ledger's checkpoints: a PEM file that only its owner can read."""

from __future__ import annotations

import os
from pathlib import Path

from api.ledger.checkpoints import SigningKey


def load_signing_key(file: Path, name: str) -> SigningKey:
    """Return the key in `file`, made there first if there is none. Raises OSError, ValueError."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return SigningKey.from_pem(name, file.read_bytes())
    key = SigningKey.generate(name)
    with os.fdopen(handle, "wb") as stream:
        stream.write(key.to_pem())
    return key
