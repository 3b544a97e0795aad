"""What is held in memory of the registers is what reading them anew finds, whatever was recorded since.

Covers: api.services.register_memory, api.services.dues
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from api.domain.registers.browsing import ItemFilter, ItemOrder
from api.ledger.database import Database
from api.services.dues import dues_on
from api.services.register_memory import RegisterContent, RegisterMemory
from api.services.required_registers import require_registers
from engine import PolicySet, load_policies
from tests.support.desks import ROOT
from tests.support.register_desks import RegisterDesk, serving_registers

DAYS = [dt.date(1965, 3, day) for day in (1, 9, 20)] + [dt.date(1966, 6, 1)]


@pytest.fixture(scope="module")
def registers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegisterDesk]:
    with serving_registers(tmp_path_factory.mktemp("registers")) as desk:
        yield desk


@pytest.fixture(scope="module")
def policies() -> PolicySet:
    return load_policies({file.name: file.read_bytes() for file in (ROOT / "policies").glob("*.yaml")})


class Follower:
    """A memory that follows a ledger, compared with one that reads it for the first time."""

    def __init__(self, where: Path, policies: PolicySet) -> None:
        self._database = Database(str(where), read_only=True)
        self._policies = policies
        self._memory = RegisterMemory()
        self._items: object = None

    def check(self) -> None:
        registers = require_registers(self._policies)
        with self._database.reading() as connection:
            found = self._memory.content(connection, self._policies, registers)
            anew = RegisterMemory().content(connection, self._policies, registers)
            assert self._items in (None, id(found.items)), "the items were read again"
            self._items = id(found.items)
            assert replace(found, browser=anew.browser) == anew
            assert self._in_orders(found) == self._in_orders(anew)
            for day in DAYS:
                assert self._memory.dues(connection, self._policies, day) == dues_on(
                    connection, self._policies, day
                )
            assert self._memory.records(connection, self._policies).events == anew.events

    @staticmethod
    def _in_orders(content: RegisterContent) -> list[list[str]]:
        return [[item.item_no for item in content.browser.find(ItemFilter(), order)] for order in ItemOrder]


def test_it_follows_events_of_any_day_and_their_withdrawal(
    registers: RegisterDesk, policies: PolicySet
) -> None:
    follower = Follower(Path(registers.database), policies)
    follower.check()
    registers.record("list_sent", "1965-03-08", lists=["organised"])
    follower.check()
    late = registers.record("list_sent", "1965-03-02", lists=["organised"])
    follower.check()
    answered = registers.record("confirmation", "1965-03-10", items=["B-1", "B-2"], state="confirmed")
    follower.check()
    registers.record("withdrawal", "1965-03-11", event=answered)
    registers.record("withdrawal", "1965-03-11", event=late)
    follower.check()
    registers.record("session_opened", "1965-03-12", country="KP", session=8)
    registers.record("confirmation", "1965-03-13", items=["B-1"], state="declined")
    follower.check()
    follower.check()
