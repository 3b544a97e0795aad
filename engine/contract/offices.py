"""What the parties of a directive may do, and by that the roles under which callers are known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce

from engine.contract.roles_of_version_1 import RECORDED_BY_LIAISON
from engine.contract.vocabulary import COUNTRIES, Vocabulary


class PartyOffice(StrEnum):
    """What a party may do; the table of permissions says which calls that are."""

    ASKS = "asks"
    DECIDES = "decides"
    KEEPS_REGISTERS = "keeps_registers"
    EDITS_POLICIES = "edits_policies"
    AUDITS = "audits"

    __hash__ = str.__hash__  # that of an enumeration is computed in Python


RECORDING = frozenset({PartyOffice.ASKS, PartyOffice.DECIDES, PartyOffice.KEEPS_REGISTERS})
"""Each of these lets a party record facts of a case."""

AUDITOR = "auditor"
"""The role that is always there, whatever the parties."""

POLICY_OFFICER = "policy_officer"
"""The party and role that edits policies where no party is stated to."""


@dataclass(frozen=True, slots=True)
class Role:
    """What a caller is: its offices, the parties for which it speaks, and the facts that it may record of a case."""

    name: str
    offices: frozenset[PartyOffice]
    parties: frozenset[str] = frozenset()
    records: frozenset[str] = frozenset()

    @property
    def asks(self) -> bool:
        """Whether it asks, for itself alone."""
        return PartyOffice.ASKS in self.offices

    @property
    def decides(self) -> bool:
        """Whether it decides, whoever asks."""
        return PartyOffice.DECIDES in self.offices

    def joined_with(self, other: Role) -> Role:
        """Return what both are together, under the name of this one."""
        return Role(
            self.name,
            self.offices | other.offices,
            self.parties | other.parties,
            self.records | other.records,
        )


Roles = Mapping[str, Role]
"""Roles by their names."""


@dataclass(frozen=True, slots=True)
class OfficeHolder:
    """A party with its offices, the role of those who call for it, and facts of others that it may record."""

    party: str
    role: str
    offices: frozenset[PartyOffice]
    records: frozenset[str] = frozenset()


def make_roles(holders: Collection[OfficeHolder], vocabulary: Vocabulary) -> Roles:
    """Return the roles by the parties that have offices; where none has any, those of version 1."""
    found = _declared(holders, vocabulary) if holders else _of_version_1(vocabulary)
    roles: dict[str, Role] = {}
    for role in (*found, Role(AUDITOR, frozenset({PartyOffice.AUDITS}))):
        roles[role.name] = roles[role.name].joined_with(role) if role.name in roles else role
    return roles


def operator_of(roles: Roles) -> Role:
    """Return the role of a single operator, who does what all do that decide or keep registers, for every party."""
    allowed = frozenset({PartyOffice.DECIDES, PartyOffice.KEEPS_REGISTERS})
    first = next((role for role in roles.values() if role.decides), Role("operator", allowed))
    every = reduce(Role.joined_with, roles.values(), first)
    return Role(first.name, allowed, every.parties, every.records)


def _declared(holders: Iterable[OfficeHolder], vocabulary: Vocabulary) -> Iterator[Role]:
    for one in holders:
        records = frozenset(_recorded_by(one, vocabulary))
        yield Role(one.role, one.offices, frozenset({one.party}), records)


def _recorded_by(holder: OfficeHolder, vocabulary: Vocabulary) -> Iterator[str]:
    """The facts that a party may record: its own, those it is named for, and what none owns if it asks or decides."""
    if holder.offices.isdisjoint(RECORDING):
        return
    states_all = not holder.offices.isdisjoint({PartyOffice.ASKS, PartyOffice.DECIDES})
    if states_all:
        yield COUNTRIES
    for name in vocabulary.facts:
        word = vocabulary.words[name]
        if word.owner == holder.party or name in holder.records or (states_all and word.owner is None):
            yield name


def _of_version_1(vocabulary: Vocabulary) -> Iterator[Role]:
    """The roles of sets whose parties have no offices, as those of old ledgers; one speaks for all other owners."""
    facts = frozenset((*vocabulary.facts, COUNTRIES))
    asking = frozenset({vocabulary.asking_party})
    unowned = facts.difference(vocabulary.owned_by_others(asking))
    yield Role("department", frozenset({PartyOffice.ASKS}), asking, unowned)
    office = frozenset({PartyOffice.DECIDES, PartyOffice.KEEPS_REGISTERS})
    own = {name for name in vocabulary.facts if vocabulary.words[name].owner in asking}
    yield Role("committee", office, vocabulary.owners - asking, facts - own)
    yield Role("liaison", frozenset({PartyOffice.KEEPS_REGISTERS}), records=facts & RECORDED_BY_LIAISON)
    yield Role(POLICY_OFFICER, frozenset({PartyOffice.EDITS_POLICIES}))
