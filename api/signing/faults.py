"""Why something signed is not accepted."""

from __future__ import annotations


class SigningFault(Exception):  # reported to an operator, like a fault of the policies
    """Why a note, what it says, or a key is not accepted, and the remedy."""

    def __init__(self, fact: str, remedy: str) -> None:
        super().__init__(fact)
        self.fact = fact
        self.remedy = remedy


def remedy_of(error: Exception) -> dict[str, str]:
    """Return the remedy as a member of a log line; none for an error that has none."""
    return {"remedy": error.remedy} if isinstance(error, SigningFault) else {}
