"""The policies in force in other languages, each made once: what they say is compiled anew for every set."""

from __future__ import annotations

from typing import NamedTuple

from api.domain.reading_languages import in_language
from engine import ENGLISH, PolicySet


class _Read(NamedTuple):
    """A set, and the same in the words of a language."""

    policies: PolicySet
    found: PolicySet


class ReadingPolicies:
    """Keeps the sets that were read last, one for each language; two threads may make the same one at worst."""

    def __init__(self) -> None:
        self._last: dict[str, _Read] = {}

    def read(self, policies: PolicySet, language: str) -> PolicySet:
        """Return a set as somebody reads it in a language; itself for English."""
        if language == ENGLISH:
            return policies
        last = self._last.get(language)
        if last is None or last.policies is not policies:
            last = self._last[language] = _Read(policies, in_language(policies, language))
        return last.found
