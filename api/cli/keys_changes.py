"""`channelgate keys list`, `revoke`, `expire` and `rotate`: the API keys in the file, and their ends."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from api.cli.clock import now
from api.cli.exit_codes import fail
from api.cli.keys import DaysOption, KeyFileOption, in_days
from api.domain.identity import IdentityFault
from api.http.authentication.key_file import (
    StoredKey,
    end_api_keys,
    read_keys,
    revoke_api_keys,
    rotate_api_key,
)

DEFAULT_FILE = Path("api-keys.json")
NameArgument = Annotated[str, typer.Argument(help="Whose key it is, as `keys list` shows it.")]


def show_keys(file: KeyFileOption = DEFAULT_FILE) -> None:
    """Show whose keys there are, for which role, and when they end. No key can be made out from that."""
    with _faults():
        keys = read_keys(file).keys
    for key in keys:
        whose = f"{key.name} ({key.role}{f', {key.department}' if key.department else ''})"
        sys.stdout.write(f"{key.fingerprint}  {whose}: {_end_of(key)}\n")
    if not keys:
        sys.stdout.write(f"{file} holds no key; `channelgate keys new` makes one\n")


def revoke_key(name: NameArgument, file: KeyFileOption = DEFAULT_FILE) -> None:
    """Take every key of somebody out of the file: nobody can call with it, or is signed in by it, from then on."""
    with _faults():
        revoked = revoke_api_keys(file, name)
    for key in revoked:
        sys.stdout.write(f"revoked: {key.fingerprint} of {key.name}\n")


def expire_key(
    name: NameArgument,
    days: Annotated[int, typer.Option(min=1, max=3660, help="After how many days the key ends.")],
    file: KeyFileOption = DEFAULT_FILE,
) -> None:
    """Let every key of somebody end after so many days; one that ends before stays as it is."""
    with _faults():
        ended = end_api_keys(file, name, now() + timedelta(days=days))
    for key in ended:
        sys.stdout.write(f"{key.fingerprint} of {key.name}: {_end_of(key)}\n")


def rotate_key(
    name: NameArgument,
    overlap: Annotated[
        int, typer.Option(min=0, max=720, metavar="HOURS", help="How long the key before it still counts.")
    ] = 24,
    days: DaysOption = None,
    file: KeyFileOption = DEFAULT_FILE,
) -> None:
    """Make a new key for somebody and show it, this once; the one before it still counts for a while."""
    old_ends_at = now() + timedelta(hours=overlap)
    with _faults():
        key, stored = rotate_api_key(file, name, old_ends_at, in_days(days))
    sys.stdout.write(f"{key}\n")
    sys.stderr.write(
        f"Give it to {name} now, it is not shown again: {stored.fingerprint}, {_end_of(stored)}."
        f" The key before it ends at {old_ends_at.isoformat(timespec='seconds')}.\n"
    )


def _end_of(key: StoredKey) -> str:
    if key.expires_at is None:
        return "does not end"
    return f"{'ended' if key.expired(now()) else 'ends'} at {key.expires_at.isoformat(timespec='seconds')}"


@contextmanager
def _faults() -> Iterator[None]:
    try:
        yield
    except IdentityFault as fault:
        fail(str(fault), fault.remedy)
