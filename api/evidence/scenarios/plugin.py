"""The pytest plugin for the feature files of a policy folder, with the shipped steps.

It puts the other plugins together and answers their questions from the policies of the session. The doors that the
scenarios come through are another plugin's business.
"""

import pytest

from api.evidence.scenarios.findings import KnownIds
from api.evidence.scenarios.language import Language
from api.evidence.scenarios.session_policies import policy_files_of
from engine import load_policies, rule_names

pytest_plugins = [
    "api.evidence.scenarios.collection",
    "api.evidence.scenarios.recorder",
    "api.evidence.scenarios.mutation",
    "api.evidence.scenarios.steps",
]


def pytest_compliance_known_ids(config: pytest.Config) -> KnownIds:
    """The clauses, rules and readings that a tag may name: those of the policies."""
    policies = load_policies(policy_files_of(config))
    return KnownIds(frozenset(policies.clauses), rule_names(policies), frozenset(policies.readings))


def pytest_compliance_language(config: pytest.Config) -> Language:
    """How a request and an answer are put into the shipped steps."""
    # Imported late: pytest has to see the step modules first, to rewrite their assertions.
    from api.evidence.scenarios.steps import phrasing

    return phrasing
