"""The fingerprint of what computes evidence: evidence of another version of the program is recognized by it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("engine", "api.evidence", "api.proposal_evidence")
LIBRARIES = ("rule-engine", "z3-solver")
"""The libraries on which answers and proofs rest."""


def fingerprint_engine() -> str:
    """Return a SHA-256 over the sources of the packages that compute evidence, and the versions of the libraries.

    The sources are read as they are now; none of the packages is imported.
    """
    digest = hashlib.sha256()
    for name, content in _sources():
        digest.update(f"{len(name)}:{name}{len(content)}:".encode() + content)
    for library in LIBRARIES:
        digest.update(f"{library}=={_version(library)}\n".encode())
    return digest.hexdigest()


def _sources() -> Iterator[tuple[str, bytes]]:
    for package in PACKAGES:
        found = find_spec(package)
        assert found
        assert found.origin
        folder = Path(found.origin).parent
        for path in sorted(folder.rglob("*.py")):
            yield f"{package}/{path.relative_to(folder).as_posix()}", path.read_bytes()


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "not installed"
