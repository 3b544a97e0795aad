"""Which scenarios look at their answers alone.

Covers: api.evidence.scenarios.in_process_runs
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api.evidence.feature_files import read_feature
from api.evidence.scenarios.in_process_runs import BoundScenario, BoundStep, bind_scenarios
from api.evidence.scenarios.step_definitions import definitions_seen_from

ROOT = Path(__file__).parents[4]


@pytest.fixture
def bound(request: pytest.FixtureRequest) -> list[BoundScenario]:
    """Scenarios of the shipped policies."""
    node = request.node.parent
    file = read_feature(ROOT / "features" / "ordinary_route.feature", ROOT)
    return list(bind_scenarios(file, node, definitions_seen_from(node)))


@pytest.fixture
def case() -> None:
    """In place of the product's."""


def look(policy_files: dict[str, bytes]) -> None:
    """Look at the files."""


def test_the_scenarios_of_the_shipped_policies_have_own_steps(request: pytest.FixtureRequest) -> None:
    node = request.session
    file = read_feature(ROOT / "features" / "ordinary_route.feature", ROOT)
    found = list(bind_scenarios(file, node, definitions_seen_from(node)))
    assert found
    assert [one.title for one in found if not one.has_own_steps] == []


def test_a_step_or_a_fixture_of_a_folder_is_not_own(bound: list[BoundScenario]) -> None:
    first = bound[0]
    assert not first.has_own_steps, "its steps would get the fixture `case` of this module"
    without = [step for step in first.steps if "case" not in step.names]
    alone: Callable[..., Any] = look
    looking = BoundStep(alone, ("policy_files",), {}, None)
    assert not replace(first, steps=(*without, looking)).has_own_steps
