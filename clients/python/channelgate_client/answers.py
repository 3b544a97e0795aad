"""What all answers have in common: they are frozen, and a member that a later service adds is passed over."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """An answer, or a part of one.

    A word that the client does not know is an error, so that a new outcome is never read as an old one.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)
