"""Policy sets held to a floor, read back where the same files were checked before by the same program.

What is read back is equal to what checking gives, and what is not certainly that is checked: an entry is found by the
content of every file, by the sources of the engine with the libraries installed and by the version of Python. Faults
are never stored, so a folder that has any is checked each time.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from api.policies.floor import FloorFile, read_floor_file
from api.policies.folder import PolicyFolder
from api.policies.stored_sets import NotReadableError, set_from_bytes, set_to_bytes
from api.runtime.engine_fingerprint import fingerprint_program
from api.runtime.private_cache import NO_CACHE, PrivateCache, find_folder
from engine import PolicySet, revision_of

if TYPE_CHECKING:
    from pathlib import Path

    from api.ledger.revisions import PolicyFiles

_FORM = "policy set 1"
"""Another one for each change of what is stored that the sources of the engine do not show."""


@dataclass(frozen=True, slots=True)
class HeldSets:
    """Loads sets by way of a cache."""

    cache: PrivateCache = NO_CACHE

    def load(
        self, content: PolicyFolder, floor: FloorFile | None = None, former: PolicyFiles | None = None
    ) -> PolicySet:
        """Return the checked set, held to a floor and to what the files of a set before state of themselves.

        A set of its own at each call, the same whether it is checked or read back. Raises PolicyFaults.
        """
        if content.unread:
            return _check(content, floor, former)
        name = inputs_of(content, floor, former)
        stored = self.cache.get(name)
        if stored is not None:
            try:
                return set_from_bytes(stored)
            except NotReadableError:
                pass  # it is written anew
        policies = _check(content, floor, former)
        self.cache.put(name, set_to_bytes(policies))
        return policies


def load_held(content: PolicyFolder, floor: Path | None) -> PolicySet:
    """Return the checked set of a folder, held to the floor in a file if one is named, by way of the usual cache.

    Raises PolicyFaults.
    """
    sets = HeldSets(PrivateCache(find_folder()))
    return sets.load(content, read_floor_file(floor) if floor else None)


def inputs_of(content: PolicyFolder, floor: FloorFile | None, former: PolicyFiles | None) -> str:
    """Return the hash of all that the set follows from; the place of the floor is shown beside what it states."""
    parts = (
        _FORM,
        sys.version,
        fingerprint_program(),
        revision_of(content.files),
        str(floor.path) if floor else "",
        floor.content.hex() if floor else "",
        former.revision if former else "",
    )
    return sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()


def _check(content: PolicyFolder, floor: FloorFile | None, former: PolicyFiles | None) -> PolicySet:
    policies = content.load()
    if floor is None:
        return policies
    from engine import hold_to, invariants_in

    return hold_to(policies, floor.parse(), invariants_in(former.read()) if former else None)
