"""Documents -> a checked policy set, or every fault in them, each with its place."""

from engine.checking.assembly import check_policies
from engine.checking.folder import load_folder

__all__ = ["check_policies", "load_folder"]
