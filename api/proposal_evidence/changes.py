"""What the proposed set has that the base has not, and the other way round, by name."""

from __future__ import annotations

from collections.abc import Mapping

from api.domain.approvals.evidence import NamedChanges, TranslationEvidence
from engine import PolicySet
from engine.policy.languages import TranslationGaps


def changed_clauses(base: PolicySet, proposed: PolicySet) -> NamedChanges:
    """Return which clauses are new, gone, or worded otherwise."""
    return _changes(base.clauses, proposed.clauses)


def changed_readings(base: PolicySet, proposed: PolicySet) -> NamedChanges:
    """Return which readings are new, gone, or put otherwise."""
    return _changes(base.readings, proposed.readings)


def changed_invariants(base: PolicySet, proposed: PolicySet) -> NamedChanges:
    """Return which invariants are new, gone, or hold otherwise; their titles do not count."""
    return _changes(
        {held.name: held.says() for held in base.invariants},
        {held.name: held.says() for held in proposed.invariants},
    )


def count_translations(proposed: PolicySet) -> tuple[TranslationEvidence, ...]:
    """Count, by language, the texts without a translation, stale translations and drafts."""
    languages = sorted(proposed.translation_gaps.keys() | proposed.languages.books.keys())
    return tuple(_translations(proposed, language) for language in languages)


def _translations(policies: PolicySet, language: str) -> TranslationEvidence:
    gaps = policies.translation_gaps.get(language, TranslationGaps(0, 0))
    book = policies.languages.books.get(language, {})
    return TranslationEvidence(
        language=language,
        missing=gaps.missing,
        stale=gaps.stale,
        drafts=sum(one.draft for one in book.values()),
    )


def _changes(old: Mapping[str, object], new: Mapping[str, object]) -> NamedChanges:
    return NamedChanges(
        added=tuple(name for name in new if name not in old),
        removed=tuple(name for name in old if name not in new),
        changed=tuple(name for name in new if name in old and new[name] != old[name]),
    )
