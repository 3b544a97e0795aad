"""The revision of a policy folder: the hash of its content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping


def revision_of(files: Mapping[str, bytes]) -> str:
    """Return the revision of a policy folder: SHA-256 over each file's name and content, in order of names."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{len(name.encode())}:{name}{len(files[name])}:".encode() + files[name])
    return digest.hexdigest()
