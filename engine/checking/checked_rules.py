"""Rules that were checked before: one whose text and surroundings are the very same is not checked again.

A set that differs from one checked before in a single rule, as a small change tried on it does, shares the values of
all other rules with it. Where anything was found in a rule, it is checked in full each time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from engine.checking.cache import RULES, CheckedRule, token_of
from engine.checking.names import DefinedNames
from engine.checking.row_tables import PlacedRule
from engine.contract.vocabulary import Word
from engine.loading.document import Document
from engine.policy.rules import Rule


class CheckedRules:
    """The rules of one file, checked with what its set defines and with its parameters."""

    def __init__(self, document: Document, names: DefinedNames, parameters: Mapping[str, Word]) -> None:
        self._document = document
        self._names = names
        self._things = names.report.vocabulary, *names.report.languages.books.values()
        self._setting = token_of(
            (
                document.file,
                tuple(names.report.languages.books),
                names.report.remarked,
                tuple(names.clauses),
                names.readings,
                names.parties,
                tuple(names.rulings.items()),
                tuple(parameters.items()),
            )
        )

    def check(self, placed: PlacedRule, check: Callable[[PlacedRule, DefinedNames], Rule]) -> Rule:
        """Return what `check` makes of a rule with the names of the set, which it adds to those that are cited."""
        document, names = self._document, self._names
        things = document.value_at(placed.path), *self._things
        beside = (
            self._setting,
            document.place((*placed.path, "rule")),
            tuple(placed.exception_to),
            placed.table and (placed.table.table, placed.table.counts),
        )
        found = RULES.get(things, beside)
        if found is None:
            before = len(names.report.findings)
            own = replace(names, cited_clauses=set(), cited_readings=set())
            rule = check(placed, own)
            found = CheckedRule(rule, frozenset(own.cited_clauses), frozenset(own.cited_readings))
            if len(names.report.findings) == before:
                RULES.put(things, beside, found)
        names.cited_clauses.update(found.clauses)
        names.cited_readings.update(found.readings)
        return found.rule
