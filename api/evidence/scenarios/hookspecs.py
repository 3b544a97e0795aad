"""The three hooks through which the plugins query the project's conftest."""

import pytest

from api.evidence.scenarios.findings import KnownIds
from api.evidence.scenarios.language import Language


@pytest.hookspec(firstresult=True)
def pytest_compliance_known_ids(config: pytest.Config) -> KnownIds:
    """Say which clauses, rules and readings exist; unanswered, every tag names an unknown one."""
    raise NotImplementedError


@pytest.hookspec(firstresult=True)
def pytest_compliance_doors(config: pytest.Config) -> tuple[str, ...]:
    """Name the doors each scenario must run through; the fixture `door` is parametrised with these names.

    Unanswered, scenarios run once, without a `door`.
    """
    raise NotImplementedError


@pytest.hookspec(firstresult=True)
def pytest_compliance_language(config: pytest.Config) -> Language:
    """Say how a request and an answer are put into steps; unanswered, no scenario is proposed."""
    raise NotImplementedError
