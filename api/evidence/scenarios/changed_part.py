"""What has changed since a record: its scenarios, rules and parameters, by the fingerprints that the record has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from api.evidence.feature_files import ExpectedScenario
from api.evidence.report.records import PASSED, PolicyFingerprints, Record, UnusableRecord
from api.evidence.scenarios.fingerprints import scenario_fingerprint, whole_fingerprint
from api.evidence.scenarios.scenario_part import ScenarioPart
from engine import AnswerBasis, PolicySet, clause_coverage, find_answer_basis

REMEDY = "run it without --changed"


def select_changed(
    before: Record, name: str, scenarios: Iterable[ExpectedScenario], policies: PolicySet
) -> ScenarioPart:
    """Return the scenarios, rules and parameters that have changed since a record, whose file has this name.

    A scenario counts as changed as well that had not passed. So does a rule that names a changed parameter, or has a
    changed scenario, or had one that is gone: what shows it is no longer the same. All scenarios of a changed rule
    are chosen. Raises UnusableRecord where it is not known what may be answered otherwise.
    """
    basis = find_answer_basis(policies)
    then = _comparable(before, name, policies, basis)
    now = {scenario: scenario_fingerprint(scenario) for scenario in scenarios}
    passed = {one.fingerprint for one in before.scenarios.all if one.verdict == PASSED}
    changed = [scenario for scenario, fingerprint in now.items() if fingerprint not in passed]
    tags = [one.tags for one in changed]
    tags += [one.tags for one in before.scenarios.all if one.fingerprint not in now.values()]
    parameters = {
        name for name, content in basis.parameters.items() if then.parameters.get(name) != content.fingerprint
    }
    rules = {name for name, content in basis.rules.items() if then.rules.get(name) != content.fingerprint}
    rules |= {name for parameter in parameters for name in basis.naming(parameter)}
    cited = clause_coverage(policies)
    rules |= {rule for one in tags for rule in _rules_of(one, cited)} & basis.rules.keys()
    about = [one for one in now if rules & _rules_of(one.tags, cited)]
    places = frozenset(one.place for one in (*changed, *about))
    return ScenarioPart(f"of what has changed since {name}", places, frozenset(rules | parameters))


def _comparable(before: Record, name: str, policies: PolicySet, basis: AnswerBasis) -> PolicyFingerprints:
    """The fingerprints of a record that shows which rules may be answered otherwise. Raises UnusableRecord."""
    then = before.fingerprints
    if then is None or any(scenario.fingerprint is None for scenario in before.scenarios.all):
        raise UnusableRecord(
            f"{name} does not say what each rule and scenario said; an earlier version wrote it",
            "write it anew with `channelgate policies test --out`",
        )
    if then.whole != whole_fingerprint(policies, basis):
        fact = f"what is said of all policies together, such as the instruction, or a phrase has changed since {name}"
        raise UnusableRecord(fact, REMEDY)
    if gone := then.rules.keys() - basis.rules.keys():
        raise UnusableRecord(f"the rule `{min(gone)}` was taken out since {name}", REMEDY)
    return then


def _rules_of(tags: Iterable[str], cited: Mapping[str, Sequence[str]]) -> set[str]:
    """The rules that a scenario is about: those it is tagged with, or else those of its clauses."""
    named = [tag.removeprefix("@").partition(":") for tag in tags]
    rules = {name for sort, _, name in named if sort == "rule"}
    return rules or {rule for sort, _, name in named if sort == "clause" for rule in cited.get(name, ())}
