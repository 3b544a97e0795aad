"""The stage of an item of a list: how far it has come on the way that lists of its sort go."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never

from api.domain.registers.events import Confirmation
from api.domain.registers.lists import RegisterList
from api.domain.registers.state import ItemState
from engine import Registers


class Stage(StrEnum):
    """How far an item has come; the last of each way is that nothing more is due for it."""

    NOT_SENT = "not_sent"
    PENDING = "pending"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    DELIVERED = "delivered"
    TRANSFERRED = "transferred"
    NOT_SUBMITTED = "not_submitted"
    SUBMITTED = "submitted"
    REQUESTED = "requested"
    INCLUDED = "included"
    OPEN = "open"

    @property
    def is_settled(self) -> bool:
        """Whether the item waits for nothing any more."""
        match self:
            case Stage.DECLINED | Stage.TRANSFERRED | Stage.INCLUDED | Stage.OPEN:
                return True
            case Stage.NOT_SENT | Stage.PENDING | Stage.CONFIRMED | Stage.DELIVERED:
                return False
            case Stage.NOT_SUBMITTED | Stage.SUBMITTED | Stage.REQUESTED:
                return False
            case _:
                assert_never(self)


def find_stage(state: ItemState, listed: RegisterList, registers: Registers) -> Stage:
    """Return the stage of an item in a state, on a list."""
    if listed.legacy_list == registers.to_confirm.name:
        return _confirming_stage(state)
    if state.included:
        return Stage.INCLUDED
    if listed.legacy_list != registers.to_include.name:
        return Stage.OPEN
    if state.supplementary_requests:
        return Stage.REQUESTED
    return Stage.SUBMITTED if state.submitted else Stage.NOT_SUBMITTED


def _confirming_stage(state: ItemState) -> Stage:
    if state.transferred:
        return Stage.TRANSFERRED
    if state.delivered:
        return Stage.DELIVERED
    match state.confirmation:
        case Confirmation.NOT_SENT:
            return Stage.NOT_SENT
        case Confirmation.PENDING:
            return Stage.PENDING
        case Confirmation.CONFIRMED:
            return Stage.CONFIRMED
        case Confirmation.DECLINED:
            return Stage.DECLINED
        case _:
            assert_never(state.confirmation)
