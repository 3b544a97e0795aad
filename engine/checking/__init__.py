"""Documents -> a checked policy set, or every fault in them, each with its place."""

from engine.checking.assembly import check_policies
from engine.checking.folder import load_folder
from engine.checking.terms import TERM_CODES
from engine.loading.characters import NEWER_CHARACTER_CODES

NEWER_CODES = TERM_CODES | NEWER_CHARACTER_CODES | {"X02", "X03"}
"""The checks that earlier versions did not have, or that found less then: what they find in a set recorded by one of
them is remarked.
"""

__all__ = ["NEWER_CODES", "check_policies", "load_folder"]
