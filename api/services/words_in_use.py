"""Words that are recorded and that a policy set does not have: in the facts of cases, in lists and their items."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from api.domain.cases.case import Moment, state_at
from api.domain.present_words import UnknownRecordedWord, lacks
from api.storage.cases import load_cases
from api.storage.registers import load_register
from engine import PolicySet, Vocabulary

if TYPE_CHECKING:
    from sqlalchemy import Connection

EVER = Moment(dt.date.max, None)


def unknown_words(connection: Connection, policies: PolicySet) -> tuple[UnknownRecordedWord, ...]:
    """Return what is recorded in words that the policies do not have: of cases as they stand, then of registers."""
    return (*_of_cases(connection, policies.vocabulary), *_of_registers(connection, policies))


def _of_cases(connection: Connection, vocabulary: Vocabulary) -> Iterator[UnknownRecordedWord]:
    for case in load_cases(connection, None):
        for fact in state_at(case, EVER).facts:
            if what := lacks(vocabulary, fact.name, fact.value):
                line = f", line {fact.line}" if fact.line else ""
                yield UnknownRecordedWord(f"case {case.case_id}{line}", what)


def _of_registers(connection: Connection, policies: PolicySet) -> Iterator[UnknownRecordedWord]:
    register, registers = load_register(connection), policies.registers
    if registers is None:
        if register.lists:
            yield UnknownRecordedWord(f"registers, {len(register.lists)} lists", "registers at all")
        return
    for listed in register.lists:
        if listed.legacy_list not in registers.list_words:
            yield UnknownRecordedWord(f"list {listed.list_id}", f"the sort of lists {listed.legacy_list}")
    unknown = Counter(
        (item.list_id, what)
        for item in register.items
        if (what := lacks(policies.vocabulary, registers.kind_fact, item.kind))
    )
    for (list_id, what), count in unknown.items():
        yield UnknownRecordedWord(f"list {list_id}, {count} items", what)
