"""Checked policy sets as bytes: a pickle of which nothing is read but the parts of a policy set."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from io import BytesIO
from typing import Any

from engine import PolicySet
from engine.policy.stored_form import PARTS

PROTOCOL = 5


class NotReadableError(ValueError):
    """What was to be read back is no policy set of this version of the program."""


def set_to_bytes(policies: PolicySet) -> bytes:
    """Return the set as bytes, without what deciding has worked out of it."""
    return pickle.dumps(policies, PROTOCOL)


def set_from_bytes(content: bytes) -> PolicySet:
    """Return a set equal to the one that was stored. Raises `NotReadableError`.

    Whatever the bytes are, no more is called than constructors of parts of a policy set; but such bytes can state any
    policies, so who reads them has to know who wrote them.
    """
    try:
        found = _SetReader(BytesIO(content)).load()
    except Exception as error:  # a pickle that is not whole fails in many ways
        raise NotReadableError(str(error)) from error
    if not isinstance(found, PolicySet):
        raise NotReadableError("it is no policy set")
    return found


class _SetReader(pickle.Unpickler):
    """Reads what a policy set is made of, and imports nothing."""

    def find_class(self, module_name: str, global_name: str, /) -> Callable[..., Any]:
        """Return a part of a policy set. Raises UnpicklingError for any other name."""
        part = PARTS.get((module_name, global_name))
        if part is None:
            raise pickle.UnpicklingError(f"{module_name}.{global_name} is no part of a policy set")
        return part
