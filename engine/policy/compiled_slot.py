"""A place for what follows from a policy set and is made once: its compiled form, and the countries it names."""

from __future__ import annotations


class CompiledSlot:
    """Holds what follows from a set, so that it is made once; a copy of the set starts with an empty one."""

    __slots__ = ("compiled", "countries")

    def __init__(self) -> None:
        self.compiled: object = None
        self.countries: frozenset[str] | None = None

    def __reduce__(self) -> tuple[type[CompiledSlot], tuple[()]]:
        return CompiledSlot, ()
