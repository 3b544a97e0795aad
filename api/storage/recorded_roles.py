"""The roles that records were made in: those of the policies that were in force at their places of the log."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property, lru_cache

from sqlalchemy import Connection

from api.ledger.reader import revisions_taken
from api.ledger.revisions import find_revision
from engine import Roles, make_roles


class RecordedRoles:
    """The roles at the places of a log; what was read is remembered for as long as it is used."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[str, Roles] = {}

    def decides(self, sequence: int, role: str) -> bool:
        """Whether a role was one that decides, at a place of the log."""
        found = self._roles_at(sequence).get(role)
        return found is not None and found.decides

    def _roles_at(self, sequence: int) -> Roles:
        place = bisect_left(self._taken, sequence, key=lambda taken: taken[0])
        if place == 0:
            from engine import vocabulary_of_version_1

            return make_roles((), vocabulary_of_version_1())
        revision = self._taken[place - 1][1]
        if revision not in self._known:
            files = find_revision(self._connection, revision)
            content = tuple(files.read().items()) if files else ()
            self._known[revision] = _roles(content)
        return self._known[revision]

    @cached_property
    def _taken(self) -> list[tuple[int, str]]:
        return revisions_taken(self._connection)


@lru_cache(maxsize=16)
def _roles(content: tuple[tuple[str, bytes], ...]) -> Roles:
    from engine import roles_in

    return roles_in(dict(content))
