"""Documents -> a checked policy set, or every fault in them, each with its place."""

from engine.checking.assembly import check_policies
from engine.checking.floor import OuterInvariants, hold_to, invariants_in, read_floor
from engine.checking.folder import load_folder
from engine.checking.newer_codes import NEWER_CODES
from engine.checking.parties import roles_in
from engine.checking.remark_codes import is_remark
from engine.checking.vocabulary import vocabulary_in, vocabulary_of_version_1

__all__ = [
    "NEWER_CODES",
    "OuterInvariants",
    "check_policies",
    "hold_to",
    "invariants_in",
    "is_remark",
    "load_folder",
    "read_floor",
    "roles_in",
    "vocabulary_in",
    "vocabulary_of_version_1",
]
