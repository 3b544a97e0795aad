"""The file of API keys: names, roles, hashes and ends. Every change takes it in turn and replaces it as a whole.

A key is 256 random bits, so its SHA-256 cannot be guessed back, and a slow hash would add nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from api.domain.identity import MAX_NAME, Caller, Credential, IdentityFault, NotIdentified, role_in
from api.runtime.file_locks import changing_alone
from engine import Role, Roles

PREFIX = "cg_"
"""How every key begins, so that a key in the wrong place is recognised, and distinguished from a token."""

_ROLE = r"^[a-z][a-z0-9_]*$"
"""How the names of roles are spelt; which ones there are, the policies in force say."""


class StoredKey(BaseModel):
    """A key as the file stores it: its holder, and the SHA-256 of the key in hexadecimal."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=MAX_NAME)
    role: Annotated[str, Field(pattern=_ROLE, max_length=80)]
    department: str | None = Field(default=None, min_length=1, max_length=MAX_NAME)
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    expires_at: AwareDatetime | None = None

    @property
    def fingerprint(self) -> str:
        """The beginning of the hash: enough to distinguish keys, and nothing to call with."""
        return self.sha256[:12]

    def expired(self, now: datetime) -> bool:
        """Whether the key has come to its end."""
        return self.expires_at is not None and self.expires_at <= now

    def caller_in(self, roles: Roles) -> Caller:
        """Return whoever holds the key, in the role that the policies in force have. Raises `NotIdentified`."""
        role = role_in(roles, self.role, "The API key is not for")
        if role.asks and not self.department:
            raise NotIdentified("The API key names no department, and its role asks for one alone.")
        if self.department and not role.asks:
            raise NotIdentified("The API key names a department, and its role is not bound to one.")
        return Caller(self.name, role, self.department, Credential.API_KEY)


class UnknownKey(IdentityFault):
    """There is no key of the name."""


class KeyFile(BaseModel):
    """The file of keys, as JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    keys: tuple[StoredKey, ...] = ()

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        lasting = [key.name for key in self.keys if key.expires_at is None]
        if len(set(lasting)) < len(lasting):
            raise ValueError("two keys have the same name, and neither of them ends")
        if len({key.name for key in self.keys}) < len(
            {(key.name, key.role, key.department) for key in self.keys}
        ):
            raise ValueError("two keys of one name are for different roles or departments")
        return self


def new_api_key(
    name: str, role: Role, department: str | None = None, expires_at: datetime | None = None
) -> tuple[str, StoredKey]:
    """Return a new random key, to be given to its holder, and what is stored of it.

    Raises `ValueError` unless a role that asks, and no other, comes with a department.
    """
    Caller(name, role, department)
    key = _random_key()
    stored = StoredKey(
        name=name, role=role.name, department=department, sha256=hash_key(key), expires_at=expires_at
    )
    return key, stored


def add_api_key(path: Path, stored: StoredKey) -> None:
    """Add a key to the file, which is made if need be and which its owner alone can read. Raises `IdentityFault`."""
    with _changing(path) as file:
        if any(key.name == stored.name for key in file.keys):
            raise IdentityFault(
                f"{path} has a key of this name already", "choose another name, or rotate or revoke that key"
            )
        _replace(path, KeyFile(keys=(*file.keys, stored)))


def revoke_api_keys(path: Path, name: str) -> tuple[StoredKey, ...]:
    """Take every key of a name out of the file and return them. Raises `IdentityFault`, if there is none too."""
    with _changing(path) as file:
        revoked = _of(file, path, name)
        _replace(path, KeyFile(keys=tuple(key for key in file.keys if key.name != name)))
        return revoked


def end_api_keys(path: Path, name: str, expires_at: datetime) -> tuple[StoredKey, ...]:
    """Let every key of a name end at a time, unless it ends before; return them. Raises `IdentityFault`."""
    with _changing(path) as file:
        ended = {key.sha256: _ending(key, expires_at) for key in _of(file, path, name)}
        _replace(path, KeyFile(keys=tuple(ended.get(key.sha256, key) for key in file.keys)))
        return tuple(ended.values())


def rotate_api_key(
    path: Path, name: str, old_ends_at: datetime, expires_at: datetime | None = None
) -> tuple[str, StoredKey]:
    """Add a new key under a name, ending at `expires_at`; those before it end at `old_ends_at` at the latest.

    Return the new key, and what is stored of it. Raises `IdentityFault`.
    """
    with _changing(path) as file:
        return _rotated(file, path, name, old_ends_at, expires_at)


def renew_api_key(path: Path, name: str, old_ends_at: datetime) -> tuple[str, StoredKey]:
    """Rotate the key of a name as `rotate_api_key` does; the new one lasts no longer than those before it would have.

    Whoever holds a key that ends could else make one that does not.
    """
    with _changing(path) as file:
        ends = [key.expires_at for key in _of(file, path, name)]
        latest = None if None in ends else max(end for end in ends if end is not None)
        return _rotated(file, path, name, old_ends_at, latest)


def _rotated(
    file: KeyFile, path: Path, name: str, old_ends_at: datetime, expires_at: datetime | None
) -> tuple[str, StoredKey]:
    before = _of(file, path, name)
    key = _random_key()
    stored = before[-1].model_copy(update={"sha256": hash_key(key), "expires_at": expires_at})
    ended = {one.sha256: _ending(one, old_ends_at) for one in before}
    others = [ended.get(one.sha256, one) for one in file.keys]
    _replace(path, KeyFile(keys=(*others, stored)))
    return key, stored


def read_keys(path: Path, read: Callable[[Path], bytes] = Path.read_bytes) -> KeyFile:
    """Return the content of the file, which `read` returns. Raises `IdentityFault`."""
    try:
        return KeyFile.model_validate_json(read(path))
    except OSError as error:
        raise _unreadable(path, error) from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = "/".join(str(step) for step in first["loc"])
        raise IdentityFault(
            f"the file of API keys {path} has a fault at /{place}",
            "make its entries with `channelgate keys new`",
        ) from error


def hash_key(key: str) -> str:
    """Return the SHA-256 of a key in hexadecimal, as the file stores it."""
    return hashlib.sha256(key.encode()).hexdigest()


def _of(file: KeyFile, path: Path, name: str) -> tuple[StoredKey, ...]:
    found = tuple(key for key in file.keys if key.name == name)
    if not found:
        raise UnknownKey(
            f"{path} has no key of {name}", f"`channelgate keys list --file {path}` shows whose there are"
        )
    return found


def _ending(key: StoredKey, at: datetime) -> StoredKey:
    return key if key.expired(at) else key.model_copy(update={"expires_at": at})


def _random_key() -> str:
    return PREFIX + secrets.token_urlsafe(32)


@contextmanager
def _changing(path: Path) -> Iterator[KeyFile]:
    """Yield the content of the file, which nobody else changes meanwhile; none if there is no file yet."""
    try:
        with changing_alone(path):
            yield read_keys(path) if path.exists() else KeyFile()
    except FileNotFoundError as error:
        raise IdentityFault(f"the folder of {path} is not there", "name another file with --file") from error
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> IdentityFault:
    return IdentityFault(
        f"the file of API keys {path} cannot be read ({error.strerror})",
        "make it with `channelgate keys new`",
    )


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
                _take_over(path, name)
            os.replace(name, path)
        except OSError:
            os.unlink(name)
            raise
    except OSError as error:
        raise IdentityFault(
            f"the file of API keys {path} cannot be written ({error.strerror})", "name another with --file"
        ) from error


def _take_over(before: Path, written: str) -> None:
    """Give a file the mode of the one before it, and its owner: the service is seldom who runs a command."""
    owned = os.stat(before)
    with suppress(
        PermissionError
    ):  # whoever may not give it away has been its owner, or replaces it all the same
        os.chown(written, owned.st_uid, owned.st_gid)
    shutil.copymode(before, written)
