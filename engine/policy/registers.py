"""What a directive says of its registers: its lists, which clause each event fulfils, and what is due.

The events, and the states in which something is due, are the same for every directive: `engine.contract.registers`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.contract.registers import DueState, RegisterStep
from engine.policy.sentences import BRACES


@dataclass(frozen=True, slots=True)
class ListSort:
    """A sort of lists: the word by which lists and requests name it.

    `heading` stands over its items in the agenda of a session. `part` is the part of the directive that events about
    it belong to.
    """

    name: str
    part: str
    heading: str


@dataclass(frozen=True, slots=True)
class SeparateLists:
    """The sort of lists that an agenda shows under `heading`, with a `note`, and for which nothing is due."""

    name: str
    heading: str
    note: str


@dataclass(frozen=True, slots=True)
class DueRule:
    """What is due in a state, under which clause; without `must`, what the duty of the policy says."""

    clause: str
    what: str
    must: str | None
    evidence: str | None


@dataclass(frozen=True, slots=True)
class InclusionFacts:
    """The facts of an item by which it was agreed that a session includes its project.

    `agreed` is the word for the agreement, `open` are the words by which it is not carried out yet.
    """

    fact: str
    agreed: str
    open: frozenset[str]
    session: str
    project: str


@dataclass(frozen=True, slots=True)
class HandoverClauses:
    """What is cited of a handover before the instruction, and of a second copy of what was delivered."""

    earlier: str | None = None
    earlier_reading: str | None = None
    another_copy: str | None = None


@dataclass(frozen=True, slots=True)
class Registers:
    """What a directive says of its registers.

    `due_from` is the party that has to do what lists wait for. A country's lists are governed where its policy has a
    duty of that party under one of the clauses `governed_by`; `other_country` is the message for others. By
    `country_name`, `confirming_office`, `session_body` and `next_session` parameters are named; by `entry_fact`,
    `kind_fact` and `confirmation_fact` the facts of an item that say on which sort of list it is, what it is, and how
    its confirmation stands. Items of lists `to_confirm` wait for an answer and their delivery; those `to_include`
    have been provided, and wait for a resolution. `handovers` says what is cited of handovers.
    """

    due_from: str
    governed_by: frozenset[str]
    other_country: str
    unnamed_items: str
    country_name: str
    confirming_office: str
    session_body: str
    next_session: str
    entry_fact: str
    kind_fact: str
    confirmation_fact: str
    to_confirm: ListSort
    to_include: ListSort
    separate: SeparateLists | None
    clauses: Mapping[RegisterStep, str]
    dues: Mapping[DueState, DueRule]
    inclusions: InclusionFacts | None
    handovers: HandoverClauses

    @property
    def duty_clauses(self) -> frozenset[str]:
        """The clauses whose duties in the policies say what has to be done."""
        return self.governed_by.union(due.clause for due in self.dues.values() if due.must is None)

    @property
    def parameters(self) -> frozenset[str]:
        """The parameters that it names, by a key or in braces, and the words of states."""
        texts = [text for one in self.dues.values() for text in (one.what, one.must, one.evidence) if text]
        named = frozenset(name for text in texts for name in BRACES.findall(text))
        return named.union((self.country_name, self.confirming_office, self.session_body, self.next_session))

    @property
    def list_words(self) -> tuple[str, ...]:
        """The words by which lists are sorted."""
        separate = (self.separate.name,) if self.separate else ()
        return (self.to_confirm.name, self.to_include.name, *separate)
