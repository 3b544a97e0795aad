"""What only some rules cite or require differently changes no decision that is made of other rules.

Covers: engine.analysis.mutation.contents
"""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from conftest import shipped_files
from engine import PolicyFaults, PolicySet, decide, load_document, load_policies
from engine.analysis.mutation import Operator, changed_contents, consulted_rules, find_mutants
from tests.support.strategies import NOW, requests

OF_CONTENTS = (Operator.DROP_CLAUSE, Operator.DROP_READING, Operator.DROP_DUTY, Operator.CHANGE_PARTY)
REVISION = re.compile(rb'"revision":"[^"]*"')


@functools.cache
def shipped() -> PolicySet:
    return load_policies(shipped_files())


@functools.cache
def changed_sets() -> tuple[tuple[Operator, str, PolicySet, frozenset[str] | None], ...]:
    """Each sound change of the shipped set with what differs by `changed_contents`."""
    files = shipped_files()
    documents = [load_document(name, files[name]) for name in sorted(files)]
    found = []
    for mutant in find_mutants(documents):
        try:
            changed = mutant.check(documents)
        except PolicyFaults:
            continue
        contents = changed_contents(shipped(), changed)
        found.append((mutant.operator, mutant.subject, changed, contents))
    return tuple(found)


def decided(policies: PolicySet, request: dict[str, Any]) -> bytes:
    """The decision but for the revision."""
    stated = policies.vocabulary.request.model_validate(request)
    decision = decide(policies, stated, decision_id="of a test", evaluated_at=NOW)
    return REVISION.sub(b"", decision.to_json())


@settings(max_examples=15)
@given(requests())
def test_a_decision_that_is_made_of_other_rules_stays_as_it_is(request: dict[str, Any]) -> None:
    policies = shipped()
    stated = policies.vocabulary.request.model_validate(request)
    consulted = consulted_rules(policies, stated, policies.day_at(NOW))
    before = decided(policies, request)
    for _, subject, changed, contents in changed_sets():
        if contents is not None and contents.isdisjoint(consulted):
            assert decided(changed, request) == before, subject


def test_changes_of_what_is_cited_and_required_are_distinguished() -> None:
    found = {operator for operator, _, _, contents in changed_sets() if contents is not None}
    assert found == set(OF_CONTENTS)
    named = [
        (subject, contents) for operator, subject, _, contents in changed_sets() if operator in OF_CONTENTS
    ]
    alone = [contents <= {subject} for subject, contents in named if contents is not None]
    assert len(alone) > len(named) * 0.9
    assert all(alone)


@pytest.mark.parametrize("operator", OF_CONTENTS, ids=str)
def test_a_decision_that_is_made_of_the_rule_may_change(operator: Operator) -> None:
    """So that what is not tried is not everything."""
    policies = shipped()
    changed_by = []
    for path in sorted((Path(__file__).parents[4] / "examples").glob("*.json")):
        request = json.loads(path.read_bytes())
        stated = policies.vocabulary.request.model_validate(request)
        consulted = consulted_rules(policies, stated, policies.day_at(NOW))
        sets = [
            changed
            for kind, subject, changed, _ in changed_sets()
            if kind is operator and subject in consulted
        ]
        changed_by += [changed for changed in sets if decided(changed, request) != decided(policies, request)]
    assert changed_by
