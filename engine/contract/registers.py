"""What happens to items, lists and sessions whatever the directive: the events, and the states that they end."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Step(StrEnum):
    """The events that fulfil a clause, in the order in which items come through them."""

    LIST_SENT = "list_sent"
    CONFIRMATION = "confirmation"
    DELIVERED = "delivered"
    TRANSFER_RECORDED = "transfer_recorded"
    LIST_SUBMITTED = "list_submitted"
    SUPPLEMENTARY_ASKED = "supplementary_asked"
    MEMORANDUM = "memorandum"
    RESOLUTION = "resolution"


class OwedState(StrEnum):
    """The states of items, or of a project that was agreed to be included, in which something is owed."""

    NOT_SENT = "not_sent"
    UNANSWERED = "unanswered"
    CONFIRMED = "confirmed"
    DELIVERED = "delivered"
    NOT_SUBMITTED = "not_submitted"
    NOT_ASKED = "not_asked"
    SESSION_UNKNOWN = "session_unknown"
    LEFT_OPEN = "left_open"
    LEFT_OUT = "left_out"
    AGREED = "agreed"
    NOT_CARRIED_OUT = "not_carried_out"


STATES: Mapping[Step, Mapping[OwedState, tuple[str, ...]]] = {
    Step.LIST_SENT: {OwedState.NOT_SENT: ("items", "title")},
    Step.CONFIRMATION: {OwedState.UNANSWERED: ("items", "title")},
    Step.DELIVERED: {OwedState.CONFIRMED: ("items", "title")},
    Step.TRANSFER_RECORDED: {OwedState.DELIVERED: ("items", "title")},
    Step.LIST_SUBMITTED: {OwedState.NOT_SUBMITTED: ("items", "title")},
    Step.SUPPLEMENTARY_ASKED: {
        OwedState.NOT_ASKED: ("items", "title", "session"),
        OwedState.SESSION_UNKNOWN: ("items", "title"),
        OwedState.LEFT_OPEN: ("items", "title", "session"),
    },
    Step.MEMORANDUM: {OwedState.LEFT_OUT: ("items", "title", "session", "closed_on")},
    Step.RESOLUTION: {
        OwedState.AGREED: ("project", "session"),
        OwedState.NOT_CARRIED_OUT: ("project", "session", "closed_on"),
    },
}
"""The states that each event ends, and the words in braces that the texts of each may have beside parameters."""


CONFIRMATIONS = ("not_sent", "pending", "confirmed", "declined")
"""The words of a fact that says how the confirmation of an item stands."""
