"""An outcome is shown to people in the words of its directive; a directive that has none gets neutral ones.

Covers: engine.policy.titles, api.domain.outcome_words
"""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from engine import Outcome, load_policies

SEEDS = Path(__file__).parents[1] / "data" / "seed_house"
FLOOR = SEEDS / "floor.yaml"
REQUEST: dict[str, Any] = {
    "request_id": "greenhouse/7",
    "as_of": "2026-05-04",
    "mission": {"countries": ["MN"]},
    "items": [{"line": 1, "sort": "seed"}],
    "handover": {"by": "exchange_desk", "to": "gene_bank"},
}
TITLES = """
outcomes:
  route_bilateral: {title: goes by the gene bank}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SEEDS / "policies", tmp_path / "policies"))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


def check(folder: Path, *options: str) -> str:
    file = folder.parent / "request.json"
    file.write_text(json.dumps(REQUEST))
    roles = ("--role", "gardener", "--role", "exchange_desk", "--role", "guard")
    ran = run("check", file, "--policies", folder, "--floor", FLOOR, *roles, *options)
    assert ran.exit_code == 0, ran.output
    return ran.output


def titled(folder: Path) -> Path:
    with (folder / "directive.yaml").open("a") as file:
        file.write(TITLES)
    return folder


def test_a_directive_without_titles_is_spoken_of_in_words_of_no_directive(folder: Path) -> None:
    shown = check(folder)
    assert "Line 1: No. It goes through the channel. (route_bilateral)" in shown
    assert "bilateral channel" not in shown


def test_an_outcome_is_shown_by_its_title_wherever_it_is_shown(folder: Path) -> None:
    shown = check(titled(folder), "--explain")
    assert "Line 1: No. Goes by the gene bank. (route_bilateral)" in shown
    assert "Line 1, explained: No. Goes by the gene bank. (route_bilateral)" in shown
    explained = run("explain", "route_bilateral", "--policies", folder, "--floor", FLOOR).output
    assert "it says: No. Goes by the gene bank." in explained


def test_an_outcome_without_a_title_of_its_own_keeps_the_neutral_one(folder: Path) -> None:
    policies = load_policies({path.name: path.read_bytes() for path in titled(folder).glob("*.yaml")})
    assert policies.titles[Outcome.ROUTE_BILATERAL] == "goes by the gene bank"
    assert policies.titles[Outcome.REFUSE] == "Refused"
    assert set(policies.titles) == set(Outcome)
