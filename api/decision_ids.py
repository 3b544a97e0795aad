"""Names for decisions that sort by time."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime


def new_decision_id(at: datetime) -> str:
    """Return a UUID version 7 (RFC 9562, 5.7): the milliseconds of `at`, then 74 random bits."""
    milliseconds = int(at.timestamp() * 1000)
    number = milliseconds << 80 | secrets.randbits(80)
    number = number & ~(0xF << 76) | 0x7 << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=number))
