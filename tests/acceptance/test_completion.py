"""Words are completed in a shell: commands, options, and values where there are few or they are near.

Covers: api.cli.completion
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.commands import COMMANDS, GROUPS
from api.cli.main import app
from engine import Outcome

ROOT = Path(__file__).parents[2]
COMMAND = Path(sys.executable).parent / "channelgate"


def shell(words: str, **variables: str) -> dict[str, str]:
    """The environment by which bash asks for the completion of the last of the words."""
    return {
        **os.environ,
        "_CHANNELGATE_COMPLETE": "complete_bash",
        "COMP_WORDS": f"channelgate {words}",
        "COMP_CWORD": str(len(words.split(" "))),
        **variables,
    }


def completed(words: str, **variables: str) -> list[str]:
    done = CliRunner().invoke(app, [], env=shell(words, **variables), prog_name="channelgate")
    assert (done.exit_code, done.stderr) == (0, "")
    return done.stdout.split()


def test_commands_are_completed() -> None:
    assert completed("") == [*(name for name in COMMANDS if " " not in name), *GROUPS]
    assert completed("cl") == ["clauses", "clearance"]
    assert completed("log ") == [name.removeprefix("log ") for name in COMMANDS if name.startswith("log ")]
    assert completed("log v") == ["verify"]


def test_the_options_of_a_command_are_completed() -> None:
    assert completed("log verify --an") == ["--anchor"]
    assert "--database" in completed("due --")
    assert completed("policies test --no") == ["--no-mutants"]


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("check --format ", ["text", "json"]),
        ("policies check --format s", ["sarif"]),
        ("policies status --format m", ["markdown"]),
        ("policies propose --subject a", ["approvers"]),
        ("registers print a", ["agenda"]),
        ("keys new --role li", ["liaison"]),
        ("check x.json --role comm", ["committee"]),
        ("ask --role comm", ["committee"]),
        ("screen x.csv --role comm", ["committee"]),
        ("due --owner comm", ["committee"]),
        ("policies show ko", ["korea"]),
        ("explain S3.1", ["S3.1", "S3.10", "S3.11", "S3.12", "S3.13"]),
        ("explain mission.lev", ["mission.level"]),
        ("explain X0", ["X01", "X02"]),
        ("policies review --clause S1.1", ["S1.1"]),
        ("policies review --rule report-f", ["report-first"]),
        ("log erase x --fact mission.na", ["mission.name"]),
        ("serve --keep-apart pers", ["personal"]),
    ],
)
def test_values_are_completed_where_there_are_few(words: str, values: list[str]) -> None:
    assert set(values) <= set(completed(words))
    assert all(value.startswith(words.rpartition(" ")[2]) for value in completed(words))


def test_outcomes_are_completed() -> None:
    assert {outcome for outcome in Outcome if outcome.startswith("re")} <= set(completed("explain re"))


@pytest.mark.parametrize(
    "words", ["check exa", "policies check pol", "screen x", "log verify --anchor x", "check "]
)
def test_files_are_left_to_the_shell(words: str) -> None:
    assert completed(words) == []


def test_the_policies_named_before_are_those_whose_names_are_completed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    exchange = ROOT / "tests" / "data" / "seed_exchange"
    other = str(exchange / "policies")
    assert completed("policies show mon") == []
    assert completed(f"policies show --policies {other} mon") == ["mongolia"]
    assert completed("policies show mon", CHANNELGATE_POLICIES=other) == ["mongolia"]
    monkeypatch.chdir(exchange)
    assert completed("policies show mon") == ["mongolia"]


def test_a_table_of_rules_is_completed_by_its_name() -> None:
    folder = str(ROOT / "examples" / "second_directive" / "policies")
    names = ["which-answer", "which-answer-for-restricted-countries"]
    assert completed("policies table which", CHANNELGATE_POLICIES=folder) == names


def test_faulty_policies_complete_nothing_and_say_nothing(tmp_path: Path) -> None:
    (tmp_path / "faulty.yaml").write_text("policy: [", encoding="utf-8")
    assert completed("policies show ko", CHANNELGATE_POLICIES=str(tmp_path)) == []
    assert completed("check x --role com", CHANNELGATE_POLICIES=str(tmp_path / "none")) == []


def test_a_command_is_completed_without_any_being_imported() -> None:
    code = "import sys; from api.cli.main import app\ntry: app(prog_name='channelgate')\nfinally: print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], env=shell("lo"), cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split()[0] == "log"
    assert not {"engine", *(where.partition(":")[0] for where, _ in COMMANDS.values())} & set(
        done.stdout.split()
    )


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
def test_the_script_works_in_bash() -> None:
    script = """
        eval "$(_CHANNELGATE_COMPLETE=source_bash channelgate)"
        COMP_WORDS=(channelgate log ver) COMP_CWORD=2
        _channelgate_completion channelgate
        echo "${COMPREPLY[@]}"
        complete -p channelgate
    """
    path = os.pathsep.join((str(COMMAND.parent), os.environ["PATH"]))
    done = subprocess.run(
        ["bash", "-c", script], env={**os.environ, "PATH": path}, capture_output=True, text=True, check=True
    )
    replied, how = done.stdout.splitlines()
    assert replied == "verify"
    assert "-o default" in how, "where nothing is completed, bash completes files"
