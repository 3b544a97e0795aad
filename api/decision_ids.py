"""Names for decisions that sort by time."""

from __future__ import annotations

import os
from datetime import datetime

_VERSION, _VARIANT = 0x7 << 76, 0x2 << 62
_RANDOM = (1 << 80) - 1 & ~(0xF << 76) & ~(0x3 << 62)


def new_decision_id(at: datetime) -> str:
    """Return a UUID version 7 (RFC 9562, 5.7): the milliseconds of `at`, then 74 random bits."""
    milliseconds = int(at.timestamp() * 1000)
    low = int.from_bytes(os.urandom(10)) & _RANDOM | _VERSION | _VARIANT
    digits = f"{milliseconds << 80 | low:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
