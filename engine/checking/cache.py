"""What loading policies has worked out before, by everything it depends on; bounded, and safe to forget at any time.

A server reads its folder again after every change, and the tests of a folder load hundreds of sets that differ in one
point. Each cache is keyed by the whole input of what it stores, so nothing has to be invalidated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine.checking.unstated_values import UnstatedValue
from engine.compiling.bounded_cache import BoundedCache
from engine.contract.vocabulary import Value
from engine.diagnostics import Diagnostic
from engine.language.expressions import Expression
from engine.loading.document import Document
from engine.policy.model import PolicySet

DOCUMENTS: Final[BoundedCache[Document]] = BoundedCache(1_000_000)
"""The documents of sound files, by name, content and the codes that are remarks only; the weight is in bytes of the
file. Nobody may change one.
"""

POLICY_SETS: Final[BoundedCache[PolicySet | tuple[Diagnostic, ...]]] = BoundedCache(1_000_000)
"""What checking a folder gave, the set or its faults, by revision, the faults of what is not read and the codes that
are remarks only; the weight is in bytes of its files.
"""

CONDITIONS: Final[BoundedCache[tuple[Expression, bool, tuple[UnstatedValue, ...]]]] = BoundedCache(400_000)
"""Sound conditions, whether they can hold, and values in them that cannot be stated, by text and declared parameters;
the weight is in characters.
"""

ClashResults = Mapping[frozenset[tuple[str, str]], Mapping[str, Value] | None]
"""Which example, if any, was found wherever these facts are given, by name and written value."""

CLASH_SEARCHES: Final[BoundedCache[ClashResults]] = BoundedCache(8_192)
"""What the searches for a clash of two rules found, by `ClashSearch.key`."""


def forget_everything() -> None:
    """Let the next set be loaded as the first of the process is; for measuring."""
    for cache in (DOCUMENTS, POLICY_SETS, CONDITIONS, CLASH_SEARCHES):
        cache.clear()
