"""The checks that a recorded policy set may not have met."""

from __future__ import annotations

from engine.checking.reserved_names import RESERVED_NAME
from engine.checking.terms import TERM_CODES
from engine.loading.characters import NEWER_CHARACTER_CODES

NEWER_CODES = TERM_CODES | NEWER_CHARACTER_CODES | {RESERVED_NAME, "V10", "V11", "V20", "X01", "X02", "X03"}
"""The checks that earlier versions did not have, or that found less then: what they find in a set recorded by one of
them is remarked.
"""
