"""What loading policies has worked out before, by everything it depends on; bounded, and safe to forget at any time.

A server reads its folder again after every change, and the tests of a folder load hundreds of sets that differ in one
point. Each cache is keyed by the whole input of what it stores, so nothing has to be invalidated.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
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
from engine.policy.model import Policy, PolicySet
from engine.policy.rules import Rule

PartResult = TypeVar("PartResult")


@dataclass(frozen=True, slots=True)
class CheckedPart(Generic[PartResult]):
    """What was made of a sound part of a file, and the clauses and readings that it cites."""

    made: PartResult
    clauses: frozenset[str]
    readings: frozenset[str]


class PartsCache(Generic[PartResult]):
    """What was made of things, by those very things and what is given beside them, up to a total weight.

    What a thing is found by is stored with it, so that nothing else can take its id.
    """

    __slots__ = ("_cache",)

    def __init__(self, limit: int) -> None:
        self._cache: BoundedCache[tuple[tuple[object, ...], PartResult]] = BoundedCache(limit)

    def get(self, things: tuple[object, ...], beside: Hashable = None) -> PartResult | None:
        """Return what is cached, or None."""
        found = self._cache.get((tuple(map(id, things)), beside))
        return found and found[1]

    def put(self, things: tuple[object, ...], beside: Hashable, result: PartResult, weight: int = 1) -> None:
        """Cache a result."""
        self._cache.put((tuple(map(id, things)), beside), (things, result), weight)

    def of_sound(
        self, report: CheckReport, document: Document, work: Callable[[], PartResult], beside: Hashable = None
    ) -> PartResult:
        """Return what `work` makes of a document; it is cached only if nothing was found in it."""
        found = self.get((document,), beside)
        if found is None:
            before = len(report.findings)
            found = work()
            if len(report.findings) == before:
                self.put((document,), beside, found, len(document.text))
        return found

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

CONTENTS: Final[PartsCache[PolicyDocument | None]] = PartsCache(MAX_SOUND_BYTES)
"""The contents in shape of sound documents."""

VOCABULARIES: Final[PartsCache[Vocabulary]] = PartsCache(MAX_SOUND_BYTES)
"""The vocabularies of documents, beside the parties that the directive has."""

PHRASES: Final[PartsCache[Phrases]] = PartsCache(MAX_SOUND_BYTES)
"""The phrases of vocabulary documents."""

BOOKS: Final[PartsCache[Book]] = PartsCache(MAX_SOUND_BYTES)
"""The translations of documents."""

BRACED: Final[PartsCache[frozenset[str]]] = PartsCache(MAX_SOUND_BYTES)
"""The names in braces in documents."""

MAX_RULES = 50_000
"""So many rules have what was worked out of them cached; half of it is a generation."""

RULES: Final[PartsCache[CheckedPart[Rule]]] = PartsCache(MAX_RULES)
"""Sound rules as checked, by their text, and their place and surroundings (`checked_rules`)."""

POLICIES: Final[PartsCache[CheckedPart[tuple[Policy, ...]]]] = PartsCache(MAX_SOUND_BYTES)
"""The policies of sound files for one country, by the file, the directive and what else their set defines."""

NAMES_IN_RULES: Final[PartsCache[tuple[str, ...]]] = PartsCache(MAX_RULES)
"""The names in braces in the texts of checked rules."""

FILLED_RULES: Final[PartsCache[Rule]] = PartsCache(MAX_RULES)
"""Checked rules with values in the place of these names, by the values and the languages."""

UNSAID: Final[PartsCache[tuple[Diagnostic, ...]]] = PartsCache(MAX_RULES)
"""The remarks on sentences of checked rules that are never spoken, by the words of their conditions."""

PAIRS: Final[PartsCache[tuple[tuple[int, int], ...]]] = PartsCache(MAX_RULES)
"""Which rules of an edition could clash, by their conditions and all that it rests on beside them; the weight is in
rules and pairs.
"""

_TOKENS: Final[BoundedCache[object]] = BoundedCache(2_048)


def token_of(key: Hashable) -> Hashable:
    """Return something that stands for a large key within keys; an equal key has the same one, or a new one later."""
    token = _TOKENS.get(key)
    if token is None:
        token = object()
        _TOKENS.put(key, token)
    return token


def forget_everything() -> None:
    """Let the next set be loaded as the first of the process is; for measuring."""
    for cache in (DOCUMENTS, POLICY_SETS, CONDITIONS, CLASH_SEARCHES, _TOKENS):
        cache.clear()
    for parts in (CONTENTS, VOCABULARIES, PHRASES, BOOKS, BRACED):
        parts.clear()
    for rules in (POLICIES, RULES, NAMES_IN_RULES, FILLED_RULES, UNSAID, PAIRS):
        rules.clear()
