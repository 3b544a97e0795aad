"""A checked policy set, compiled: the answers that walking the condition trees gives, in a fraction of the time."""

from engine.compiling.encoded_lines import LineAnswer, SharedLine, open_answer
from engine.compiling.intervals import Interval
from engine.compiling.policies import CompiledPolicies, KnownOutcome, compile_policies, unread_facts

__all__ = [
    "CompiledPolicies",
    "Interval",
    "KnownOutcome",
    "LineAnswer",
    "SharedLine",
    "compile_policies",
    "open_answer",
    "unread_facts",
]
