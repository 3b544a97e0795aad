"""Documents -> a checked policy set, or every fault in them, sorted by place."""

from engine.checking.assembly import check_policies

__all__ = ["check_policies"]
