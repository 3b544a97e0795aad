"""The place in a policy set where its compiled form is held."""

from __future__ import annotations


class CompiledSlot:
    """Holds the compiled form of a set, so that it is made once; a copy of the set starts with an empty one."""

    __slots__ = ("compiled",)

    def __init__(self) -> None:
        self.compiled: object = None

    def __reduce__(self) -> tuple[type[CompiledSlot], tuple[()]]:
        return CompiledSlot, ()
