"""Documents -> a checked policy set, or every fault in them, sorted by place."""

from engine.checking.assembly import check_policies
from engine.checking.terms import TERM_CODES

__all__ = ["TERM_CODES", "check_policies"]
