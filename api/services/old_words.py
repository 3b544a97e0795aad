"""What a process found to be recorded in words that the policies in force do not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.domain.present_words import UnknownRecordedWord


class OldWords:
    """What was found to be recorded in words that the set in force does not have, when it came into force."""

    found: tuple[UnknownRecordedWord, ...] = ()
