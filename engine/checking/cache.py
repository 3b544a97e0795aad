"""What loading policies has worked out before, by everything it depends on; bounded, and safe to forget at any time.

A server reads its folder again after every change, and the tests of a folder load hundreds of sets that differ in one
point. Each cache is keyed by the whole input of what it stores, so nothing has to be invalidated.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Final, Generic, TypeVar

from engine.checking.report import CheckReport
from engine.checking.unstated_values import UnstatedValue
from engine.compiling.bounded_cache import BoundedCache
from engine.contract.phrases import Phrases
from engine.contract.vocabulary import Value, Vocabulary
from engine.diagnostics import Diagnostic
from engine.language.expressions import Expression
from engine.loading.document import Document
from engine.loading.file_kinds import PolicyDocument
from engine.policy.languages import Book
from engine.policy.model import PolicySet

Found = TypeVar("Found")


class SoundParts(Generic[Found]):
    """What was made of documents in which nothing was found, by those very documents, up to so many bytes of them.

    What a thing is found by is stored with it, so that nothing else can take its id. Where anything is found, nothing
    is cached: the next set with these documents is checked in full.
    """

    __slots__ = ("_cache",)

    def __init__(self, limit: int) -> None:
        self._cache: BoundedCache[tuple[Document, Found]] = BoundedCache(limit)

    def of(
        self, report: CheckReport, document: Document, work: Callable[[], Found], beside: Hashable = None
    ) -> Found:
        """Return what `work` makes of the document, and of what is given `beside` it."""
        key = id(document), beside
        found = self._cache.get(key)
        if found is not None:
            return found[1]
        before = len(report.findings)
        result = work()
        if len(report.findings) == before:
            self._cache.put(key, (document, result), len(document.text))
        return result

    def clear(self) -> None:
        """Drop everything."""
        self._cache.clear()

    def __len__(self) -> int:
        return len(self._cache)


MAX_BYTES = 8_000_000
MAX_SOUND_BYTES = 4_000_000
"""So many bytes of policy files are cached as read and as checked, and as worked out further. Half of it is a
generation, which a folder of ten thousand rules fits into.
"""

DOCUMENTS: Final[BoundedCache[Document]] = BoundedCache(MAX_BYTES)
"""The documents of sound files, by name, content and the codes that are remarks only; the weight is in bytes of the
file. Nobody may change one.
"""

POLICY_SETS: Final[BoundedCache[PolicySet | tuple[Diagnostic, ...]]] = BoundedCache(MAX_BYTES)
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

CONTENTS: Final[SoundParts[PolicyDocument | None]] = SoundParts(MAX_SOUND_BYTES)
"""The contents in shape of sound documents."""

VOCABULARIES: Final[SoundParts[Vocabulary]] = SoundParts(MAX_SOUND_BYTES)
"""The vocabularies of documents, beside the parties that the directive has."""

PHRASES: Final[SoundParts[Phrases]] = SoundParts(MAX_SOUND_BYTES)
"""The phrases of vocabulary documents."""

BOOKS: Final[SoundParts[Book]] = SoundParts(MAX_SOUND_BYTES)
"""The translations of documents."""


def forget_everything() -> None:
    """Let the next set be loaded as the first of the process is; for measuring."""
    for cache in (DOCUMENTS, POLICY_SETS, CONDITIONS, CLASH_SEARCHES):
        cache.clear()
    for parts in (CONTENTS, VOCABULARIES, PHRASES, BOOKS):
        parts.clear()
