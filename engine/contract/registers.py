"""What happens to items, lists and sessions whatever the directive: the events, and the states that they end."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never


class RegisterStep(StrEnum):
    """The events that fulfil a clause, in the order in which items come through them."""

    LIST_SENT = "list_sent"
    CONFIRMATION = "confirmation"
    DELIVERED = "delivered"
    TRANSFER_RECORDED = "transfer_recorded"
    LIST_SUBMITTED = "list_submitted"
    SUPPLEMENTARY_ASKED = "supplementary_asked"
    MEMORANDUM = "memorandum"
    RESOLUTION = "resolution"


class DueState(StrEnum):
    """The states of items, or of a project that was agreed to be included, in which something is due."""

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

    @property
    def ended_by(self) -> RegisterStep:
        """The event that ends it."""
        match self:
            case DueState.NOT_SENT:
                return RegisterStep.LIST_SENT
            case DueState.UNANSWERED:
                return RegisterStep.CONFIRMATION
            case DueState.CONFIRMED:
                return RegisterStep.DELIVERED
            case DueState.DELIVERED:
                return RegisterStep.TRANSFER_RECORDED
            case DueState.NOT_SUBMITTED:
                return RegisterStep.LIST_SUBMITTED
            case DueState.NOT_ASKED | DueState.SESSION_UNKNOWN | DueState.LEFT_OPEN:
                return RegisterStep.SUPPLEMENTARY_ASKED
            case DueState.LEFT_OUT:
                return RegisterStep.MEMORANDUM
            case DueState.AGREED | DueState.NOT_CARRIED_OUT:
                return RegisterStep.RESOLUTION
            case _:
                assert_never(self)

    @property
    def words(self) -> tuple[str, ...]:
        """The words that its sentences may have in braces, beside parameters."""
        match self:
            case DueState.NOT_SENT | DueState.UNANSWERED | DueState.CONFIRMED | DueState.DELIVERED:
                return ("items", "title")
            case DueState.NOT_SUBMITTED | DueState.SESSION_UNKNOWN:
                return ("items", "title")
            case DueState.NOT_ASKED | DueState.LEFT_OPEN:
                return ("items", "title", "session")
            case DueState.LEFT_OUT:
                return ("items", "title", "session", "closed_on")
            case DueState.AGREED:
                return ("project", "session")
            case DueState.NOT_CARRIED_OUT:
                return ("project", "session", "closed_on")
            case _:
                assert_never(self)

    @property
    def is_of_project(self) -> bool:
        """Whether it is that of a project: of a case, whose countries may have no policy."""
        return self.ended_by is RegisterStep.RESOLUTION


CONFIRMATIONS = ("not_sent", "pending", "confirmed", "declined")
"""The words of a fact that says how the confirmation of an item stands."""
