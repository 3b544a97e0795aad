"""Rules that were checked before: one whose text and surroundings are the very same is not checked again.

A set that differs from one checked before in a single rule, as a small change tried on it does, shares the values of
all other rules with it. Where anything was found in a rule, it is checked in full each time.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace

from engine.checking.cache import RULES, CheckedPart, token_of
from engine.checking.names import DefinedNames
from engine.checking.row_tables import PlacedRule
from engine.contract.vocabulary import Word
from engine.loading.document import Document
from engine.policy.rules import Rule


def setting_of(names: DefinedNames) -> tuple[tuple[object, ...], Hashable]:
    """What files are checked with in a set: things that count as themselves, and what stands for all else."""
    report = names.report
    token = token_of(
        (
            tuple(report.languages.books),
            report.remarked,
            report.ends_with_dates,
            tuple(names.clauses),
            names.readings,
            names.parties,
            tuple(names.rulings.items()),
        )
    )
    return (report.vocabulary, *report.languages.books.values()), token


class CheckedRules:
    """The rules of one file, checked with what its set defines and with its parameters."""

    def __init__(self, document: Document, names: DefinedNames, parameters: Mapping[str, Word]) -> None:
        self._document = document
        self._names = names
        self._things, setting = setting_of(names)
        self._setting = token_of((document.file, setting, tuple(parameters.items())))

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
            found = CheckedPart(rule, frozenset(own.cited_clauses), frozenset(own.cited_readings))
            if len(names.report.findings) == before:
                RULES.put(things, beside, found)
        names.cited_clauses.update(found.clauses)
        names.cited_readings.update(found.readings)
        return found.made
