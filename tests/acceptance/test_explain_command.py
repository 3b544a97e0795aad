"""`channelgate explain`: each name that an answer or a finding shows is explained; others get the nearest.

Covers: api.cli.explain, engine.policy.explained_names
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.evidence.scenarios.findings import CODES
from api.files.findings.checks import check_paragraphs, feature_checks
from engine import Outcome, PolicySet, rule_names
from tests.support.mistakes import ROOT
from tests.support.shipped_words import WORDS

POLICIES = ("--policies", str(ROOT / "policies"))


def explain(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["explain", *arguments, *POLICIES])


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("S3.6", ["S3.6: clause", "it says: Gives nothing directly.", "carried out by:"]),
        ("a20", ["A20: reading", "the question:", "taken:", "because:"]),
        ("X01", ["X01: check", "it finds:", "bad:", "remedy:"]),
        ("report-first", ["report-first: rule", "directive.yaml:", "outcome: escalate_urgent", "to say: “"]),
        ("pending-list", ["pending-list: rule", "at: korea.yaml:", "beats: agreed-as-a-project"]),
        ("only-proposed", ["only-proposed: invariant", "unless: as_of >=", "never: "]),
        ("only-the-committee-hands-over", ["invariant of the floor", "never: deliver"]),
        ("item.channel.inclusion", ["item.channel.inclusion: fact", "choices: not_asked, agreed_to_include"]),
        ("refuse", ["refuse: outcome", "it says: No. Refused.", "handover as asked: no"]),
        ("committee", ["committee: party", "it is: the Science and Technology Committee"]),
        ("korea", ["korea: policy", "at: korea.yaml", "for: KP", "parameters: "]),
        ("S06", ["S06: check of feature files", "it finds: A step uses a word", "remedy: "]),
        ("F20", ["F20: check of feature files", "it finds: The clause of a tag is unknown."]),
    ],
)
def test_a_name_is_explained(name: str, texts: list[str]) -> None:
    result = explain(name)
    assert result.exit_code == 0, result.output
    output = " ".join(result.output.split())
    for text in texts:
        assert text in output


def test_every_name_of_the_shipped_policies_is_explained(shipped: PolicySet) -> None:
    names = {
        *shipped.clauses,
        *shipped.readings,
        *(rule_names(shipped) - shipped.standing_answers.keys()),
        *(held.name for held in shipped.invariants),
        *(word.name for word in WORDS.values() if word.ask),
        *(outcome.value for outcome in Outcome),
        *shipped.parties,
        *check_paragraphs(),
    }
    assert len(names) > 200
    for name in sorted(names)[::9]:
        (found, *_) = json.loads(explain(name, "--format", "json").stdout)
        assert found["name"] == name
        assert found["statements"]


def test_everything_that_is_listed_is_explained(shipped: PolicySet) -> None:
    second = str(ROOT / "examples" / "second_directive" / "policies")
    table = CliRunner().invoke(app, ["explain", "which-answer", "--policies", second])
    assert "which-answer: table of rules" in table.output, table.output
    assert "counts: topmost" in table.output
    for policy in shipped.policies:
        assert f"{policy.name}: policy" in explain(policy.name).output
        for parameter in policy.declared:
            assert f"{parameter}: parameter" in explain(parameter).output


def test_the_page_has_every_check_of_feature_files() -> None:
    assert {code: meaning for code, (meaning, _) in feature_checks().items()} == CODES


def test_a_name_that_does_not_exist_gets_the_nearest() -> None:
    result = explain("report-frist")
    assert result.exit_code == 2
    assert "nothing is called `report-frist`; did you mean `report-first`?" in " ".join(result.stderr.split())


def test_another_directive_explains_its_own_names(tmp_path: Path) -> None:
    folder = str(ROOT / "tests" / "data" / "seed_exchange" / "policies")
    result = CliRunner().invoke(app, ["explain", "G2", "--policies", folder])
    assert "it says: Gives no seed away." in result.output
