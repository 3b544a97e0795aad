"""Small changes of the policy text, and whether any of them changes what is answered."""

from engine.analysis.mutation.contents import changed_contents, consulted_rules
from engine.analysis.mutation.differences import AnswerDifference, NotDecided, Sameness
from engine.analysis.mutation.mutant import Mutant
from engine.analysis.mutation.mutants import find_mutants
from engine.analysis.mutation.operators import Operator
from engine.analysis.mutation.seen import AtomTruth, Sighting, all_sightings, impossible_truths, see_truths

__all__ = [
    "AnswerDifference",
    "AtomTruth",
    "Mutant",
    "NotDecided",
    "Operator",
    "Sameness",
    "Sighting",
    "all_sightings",
    "changed_contents",
    "consulted_rules",
    "find_mutants",
    "impossible_truths",
    "see_truths",
]
