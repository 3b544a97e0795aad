"""The pytest plugin for the feature files of a policy folder, with the shipped steps.

It puts the other plugins together and answers their questions from the policies of the session. The doors that the
scenarios come through are another plugin's business.
"""

import pytest

from api.evidence.scenarios.findings import KnownIds
from api.evidence.scenarios.language import Language
from api.evidence.scenarios.phrasing import Phrasing
from api.evidence.scenarios.session_policies import words_of
from api.evidence.scenarios.worded_steps import define_phrases
from api.evidence.scenarios.words import PolicyWords
from api.runtime.gc_tuning import tune_gc_of_command
from engine import rule_names

pytest_plugins = [
    "api.evidence.scenarios.collection",
    "api.evidence.scenarios.recorder",
    "api.evidence.scenarios.mutation",
    "api.evidence.scenarios.scenario_workers",
    "api.evidence.scenarios.steps",
]


def pytest_compliance_known_ids(config: pytest.Config) -> KnownIds:
    """The clauses, rules and readings that a tag may name: those of the policies."""
    policies = words_of(config).policies
    return KnownIds(frozenset(policies.clauses), rule_names(policies), frozenset(policies.readings))


def pytest_compliance_language(config: pytest.Config) -> Language:
    """How a request and an answer are put into steps, in the words of the policies."""
    return Phrasing(words_of(config))


def pytest_configure() -> None:
    """Have the collector run less often: a run makes policies again and again, and few cycles."""
    tune_gc_of_command()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Define the steps that are phrases of the policies."""
    # Imported late: pytest has to see the step modules first, to rewrite their assertions.
    from api.evidence.scenarios.steps.answers import is_outcome
    from api.evidence.scenarios.steps.facts import state
    from api.evidence.scenarios.steps.office import record

    steps = define_phrases(words_of(session.config), state, record, is_outcome)
    session.config.pluginmanager.register(steps, steps.__name__)


@pytest.fixture(scope="session")
def words(pytestconfig: pytest.Config) -> PolicyWords:
    """The words of the policies that the scenarios are about."""
    return words_of(pytestconfig)
