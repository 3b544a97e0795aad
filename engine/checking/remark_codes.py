"""Which checks only remark."""

from __future__ import annotations

_OF_TRANSLATIONS = frozenset({"T06", "T07", "T08"})


def is_remark(code: str) -> bool:
    """Whether what a check finds never keeps a set from becoming active."""
    return code.startswith("H") or code in _OF_TRANSLATIONS
