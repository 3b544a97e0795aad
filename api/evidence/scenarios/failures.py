"""How a step says why it failed: in words, what was found in the place of what it claims."""

from collections.abc import Iterable


class ClaimFailedError(AssertionError):
    """What a Then claims is not so; its text says what is so instead."""


def require(holds: bool, found: str) -> None:
    """End the step unless what it claims holds. Raises ClaimFailedError with what was found."""
    __tracebackhide__ = True
    if not holds:
        raise ClaimFailedError(found)


def listed(names: Iterable[object], none: str = "none") -> str:
    """The names with commas between them, as a sentence about what was found has them."""
    return ", ".join(map(str, names)) or none


def because(error: BaseException) -> str:
    """Why a step failed: what was raised, in its own words."""
    return str(error).strip() or "it failed, and does not say why"
