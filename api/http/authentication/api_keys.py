"""Callers by API key, for an installation without an issuer of tokens: a file of names, roles and hashes.

A key is 256 random bits, so its SHA-256 cannot be guessed back, and a slow hash would add nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Self

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from api.domain.identity import MAX_NAME, Caller, Credential, IdentityFault, NotIdentified, role_in
from api.runtime.regular_files import read_regular_file
from engine import Role, Roles

PREFIX = "cg_"
"""How every key begins, so that a key in the wrong place is recognised, and distinguished from a token."""

MAX_KEY_FILE_BYTES = 16 * 1024**2
"""A file that has grown beyond this is cut off there, and so is no file of keys any more."""

CHECK_INTERVAL_SECONDS = 0.1
"""The file is checked for a change at most this often."""

_ROLE = r"^[a-z][a-z0-9_]*$"
"""How the names of roles are spelt; which ones there are, the policies in force say."""

log = structlog.get_logger()


class StoredKey(BaseModel):
    """A key as the file stores it: its holder, and the SHA-256 of the key in hexadecimal."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=MAX_NAME)
    role: Annotated[str, Field(pattern=_ROLE, max_length=80)]
    department: str | None = Field(default=None, min_length=1, max_length=MAX_NAME)
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]

    def caller_in(self, roles: Roles) -> Caller:
        """Return whoever holds the key, in the role that the policies in force have. Raises `NotIdentified`."""
        role = role_in(roles, self.role, "The API key is not for")
        if role.asks and not self.department:
            raise NotIdentified("The API key names no department, and its role asks for one alone.")
        if self.department and not role.asks:
            raise NotIdentified("The API key names a department, and its role is not bound to one.")
        return Caller(self.name, role, self.department, Credential.API_KEY)


class KeyFile(BaseModel):
    """The file of keys, as JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    keys: tuple[StoredKey, ...] = ()

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if len({key.name for key in self.keys}) < len(self.keys):
            raise ValueError("two keys have the same name")
        return self


def new_api_key(name: str, role: Role, department: str | None = None) -> tuple[str, StoredKey]:
    """Return a new random key, to be given to its holder, and what is stored of it.

    Raises `ValueError` unless a role that asks, and no other, comes with a department.
    """
    key = PREFIX + secrets.token_urlsafe(32)
    Caller(name, role, department)
    return key, StoredKey(name=name, role=role.name, department=department, sha256=hash_key(key))


def add_api_key(path: Path, stored: StoredKey) -> None:
    """Add a key to the file, which is made if need be and which its owner alone can read. Raises `IdentityFault`."""
    file = read_keys(path) if path.exists() else KeyFile()
    if any(key.name == stored.name for key in file.keys):
        raise IdentityFault(
            f"{path} has a key of this name already", "choose another name, or take the old key out"
        )
    _replace(path, KeyFile(keys=(*file.keys, stored)))


def read_keys(path: Path, read: Callable[[Path], bytes] = Path.read_bytes) -> KeyFile:
    """Return the content of the file, which `read` returns. Raises `IdentityFault`."""
    try:
        return KeyFile.model_validate_json(read(path))
    except OSError as error:
        raise IdentityFault(
            f"the file of API keys {path} cannot be read ({error.strerror})",
            "make it with `channelgate keys new`",
        ) from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = "/".join(str(step) for step in first["loc"])
        raise IdentityFault(
            f"the file of API keys {path} has a fault at /{place}",
            "make its entries with `channelgate keys new`",
        ) from error


class KeyAuthenticator:
    """Identifies callers by the keys of a file; a change of the file takes effect within a tenth of a second.

    `roles` returns those of the policies in force; a key of another role identifies nobody. Constructing it
    reads the file and raises `IdentityFault` if that gives no key.
    """

    def __init__(self, path: Path, roles: Callable[[], Roles]) -> None:
        self._path = path
        self._roles = roles
        self._next_check_at = 0.0
        self._state = _state(path)
        self._holders = _holders(path)
        self._fault = ""
        if not self._holders:
            raise IdentityFault(
                f"the file of API keys {path} holds none", "make one with `channelgate keys new`"
            )

    def holder_of(self, key: str) -> Caller:
        """Return the holder of the key. Raises `NotIdentified`."""
        # The time of the look-up reveals at most something of the hash, which does not lead back to the key.
        return self.holder_of_hash(hash_key(key))

    def holder_of_hash(self, key_hash: str) -> Caller:
        """Return the holder of the key with this SHA-256. Raises `NotIdentified`."""
        if time.monotonic() >= self._next_check_at:
            self._follow_file()
        found = self._holders.get(key_hash)
        if found is None:
            raise NotIdentified("The API key is not known here.")
        return found.caller_in(self._roles())

    def _follow_file(self) -> None:
        """Read a changed file again; one that cannot be used identifies nobody until it is mended.

        Until then it is read at every check: what hindered the reading may pass without a change of the file.
        """
        self._next_check_at = time.monotonic() + CHECK_INTERVAL_SECONDS
        state = _state(self._path)
        if state == self._state:
            return
        try:
            self._holders = _holders(self._path, _read_followed)
        except IdentityFault as fault:
            self._holders, self._state = {}, None
            if str(fault) != self._fault:
                self._fault = str(fault)
                log.error("api_keys_not_read", reason=self._fault)
        else:
            self._state, self._fault = state, ""
            log.info("api_keys_read", keys=len(self._holders))


def _holders(path: Path, read: Callable[[Path], bytes] = Path.read_bytes) -> dict[str, StoredKey]:
    """The keys in the file, by their hashes. Raises `IdentityFault`."""
    keys = read_keys(path, read).keys
    return {key.sha256: key for key in reversed(keys)}  # of two alike, the first holds


def _read_followed(path: Path) -> bytes:
    """Read a file that changed under a running service: calls wait meanwhile, so it may neither block nor go on."""
    return read_regular_file(path, MAX_KEY_FILE_BYTES)


def hash_key(key: str) -> str:
    """Return the SHA-256 of a key in hexadecimal, as the file stores it."""
    return hashlib.sha256(key.encode()).hexdigest()


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = os.stat(path)
    except OSError:
        return None
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def _replace(path: Path, file: KeyFile) -> None:
    """Write the whole file beside its place and move it there, so that no reader meets a part of it."""
    content = json.dumps(file.model_dump(mode="json", exclude_none=True), indent=2, ensure_ascii=False) + "\n"
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # readable by its owner alone
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as written:
                written.write(content)
                written.flush()
                os.fsync(written.fileno())
            if path.exists():
                shutil.copymode(path, name)
            os.replace(name, path)
        except OSError:
            os.unlink(name)
            raise
    except OSError as error:
        raise IdentityFault(
            f"the file of API keys {path} cannot be written ({error.strerror})", "name another with --file"
        ) from error
