"""Small changes of the policy text, and whether any of them changes what is answered."""

from engine.analysis.mutation.differences import Difference, NotDecided, Sameness
from engine.analysis.mutation.mutants import Mutant, find_mutants
from engine.analysis.mutation.operators import Operator
from engine.analysis.mutation.seen import AtomTruth, Sighting, all_sightings, impossible_truths, see_truths

__all__ = [
    "AtomTruth",
    "Difference",
    "Mutant",
    "NotDecided",
    "Operator",
    "Sameness",
    "Sighting",
    "all_sightings",
    "find_mutants",
    "impossible_truths",
    "see_truths",
]
