"""Fingerprints of the program: by them results that another version of it computed are recognized."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from functools import cache
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


@cache
def fingerprint_program() -> str:
    """Return a SHA-256 over the sources of the engine, and names and versions of all libraries that can be imported.

    The sources are those found at the first call: within one process they do not change. A program whose sources
    cannot be read is another one in each process.
    """
    found = find_spec("engine")
    assert found
    assert found.origin
    digest = hashlib.sha256()
    try:
        _read_modules(os.path.dirname(found.origin), digest.update)
        for library in _installed():
            digest.update(f"{library}\n".encode())
    except OSError:
        return os.urandom(digest.digest_size).hex()
    return digest.hexdigest()


def _read_modules(folder: str, take: Callable[[bytes], None]) -> None:
    for path in _modules_in(folder):
        with open(path, "rb") as file:
            content = file.read()
        name = os.path.relpath(path, folder)
        take(f"{len(name)}:{name}{len(content)}:".encode() + content)


def _modules_in(folder: str) -> Iterator[str]:
    """The paths of the sources in a folder and below, in a fixed order; as texts, as every start waits for them."""
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _modules_in(entry.path)
        elif entry.name.endswith((".py", ".yaml")):
            yield entry.path


def _installed() -> Iterator[str]:
    """The names of the folders that say what is installed, `name-version.dist-info`."""
    for folder in sys.path:
        if os.path.isdir(folder):
            names = os.listdir(folder)
            yield from sorted(name for name in names if name.endswith((".dist-info", ".egg-info")))


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
