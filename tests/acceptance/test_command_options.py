"""What commands have in common: how they name the database, show their options, word what is no choice.

Covers: api.cli.options, api.cli.lazy_commands, api.cli.command_shape, api.cli.commands
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest
from typer.models import ArgumentInfo, OptionInfo
from typer.testing import CliRunner, Result

from api.cli.commands import COMMANDS, GROUPS
from api.cli.lazy_commands import find_function
from api.cli.main import app

ROOT = Path(__file__).parents[2]
ONCE_BY_POSITION = (
    "log verify",
    "log checkpoint",
    "log key",
    "log rotate-key",
    "log export",
    "log archive",
    "log continue",
    "log replay",
    "store upgrade",
    "store check",
    "store backup",
    "clearance key",
    "reconcile",
)
WITH_DATABASE = (
    *ONCE_BY_POSITION,
    "log prove",
    "log tiles",
    "log witness",
    "log erase",
    "store restore",
    "due",
    "serve",
    "policies compare",
    "policies evidence",
    "policies upcoming",
    "policies rollback",
    "registers import",
    "registers export",
    "registers report",
    "registers print",
    "sign-ins list",
    "sign-ins end",
    "webhooks",
)
MAKE_IT = ("serve", "store upgrade", "store restore", "registers import")
"""They make the database if it is not there."""
KEY_FILE_ALONE = ("log key", "clearance key")
"""They read the key file beside the database, and not the database."""
SHIPPED = str(ROOT / "policies")
NEEDED = {
    "log archive": ["--out", "log.parquet"],
    "log continue": ["--into", "new.db"],
    "store backup": ["--out", "backup.db"],
    "log prove": ["an-id"],
    "log tiles": ["tiles"],
    "log witness": ["witnesses.txt", "--folder", "cosigned"],
    "log erase": ["an-id", "--ground", "a wish"],
    "due": ["--policies", SHIPPED],
    "policies compare": ["a0b1c2d3e4f5", SHIPPED],
    "policies evidence": [SHIPPED, SHIPPED],
    "policies upcoming": [SHIPPED],
    "policies rollback": ["a0b1c2d3e4f5", "--wish", "as it was"],
    "reconcile": ["--policies", SHIPPED],
    "registers export": ["--out", "lists"],
    "registers print": ["confirmation-list", "--policies", SHIPPED],
    "sign-ins end": ["officer-1"],
}


def run(*arguments: str, **variables: str) -> Result:
    return CliRunner().invoke(app, list(arguments), env=variables, terminal_width=200)


def help_of(command: str) -> str:
    result = run(*command.split(), "--help", COLUMNS="200")
    assert result.exit_code == 0, result.output
    return result.stdout


def declared(function: Callable[..., None]) -> dict[str, tuple[Any, ArgumentInfo | OptionInfo]]:
    """The parameters of a command: the type of each, and how it is declared."""
    found = {}
    for name, hint in get_type_hints(function, include_extras=True).items():
        if get_origin(hint) is Annotated:
            value, *more = get_args(hint)
            (found[name],) = ((value, info) for info in more if isinstance(info, ArgumentInfo | OptionInfo))
    return found


def function_of(command: str) -> Callable[..., None]:
    return find_function(COMMANDS[command][0])


# -- the database ----------------------------------------------------------------------------------------------


def test_every_command_with_a_database_names_it_alike() -> None:
    found = {name for name in COMMANDS if "database" in declared(function_of(name))}
    assert found == set(WITH_DATABASE)
    for command in WITH_DATABASE:
        _, how = declared(function_of(command))["database"]
        assert isinstance(how, OptionInfo), command
    shown = {command: help_of(command) for command in WITH_DATABASE if command != "store restore"}
    assert {command for command, text in shown.items() if "CHANNELGATE_DATABASE" not in text} == set()
    assert {command for command, text in shown.items() if not re.search("--database +<", text)} == set()
    usages = {command: text.split("Usage:", 1)[1].split("\n", 1)[0] for command, text in shown.items()}
    assert {command for command, usage in usages.items() if "database" in usage.lower()} == set()
    assert {
        command for command, text in shown.items() if "{database}" in text or "[database]" in text
    } == set()


@pytest.mark.parametrize("command", ONCE_BY_POSITION)
def test_the_database_is_named_by_option_by_variable_or_as_once_by_position(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    absent = str(tmp_path / "nowhere" / "absent.db")
    words = [*command.split(), *NEEDED.get(command, ())]
    by_option = run(*words, "--database", absent)
    assert by_option.exit_code == 2, by_option.output
    assert "absent.db" in by_option.stderr
    for other in (run(*words, absent), run(*words, CHANNELGATE_DATABASE=absent)):
        assert (other.exit_code, other.stderr) == (by_option.exit_code, by_option.stderr)
    both = run(*words, absent, "--database", absent, CHANNELGATE_DATABASE="another.db")
    assert (both.exit_code, both.stderr) == (by_option.exit_code, by_option.stderr)


@pytest.mark.parametrize("command", sorted({*WITH_DATABASE} - {*MAKE_IT, *KEY_FILE_ALONE}))
def test_a_database_file_that_is_not_there_is_reported_so(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = [*command.split(), *NEEDED.get(command, ())]
    for named in ("absent.db", f"sqlite:///{tmp_path}/absent.db"):
        result = run(*words, "--database", named)
        fact, _, remedy = result.stderr.partition("; ")
        assert (result.exit_code, list(tmp_path.iterdir())) == (2, []), result.output
        assert re.search(rf" {re.escape(named)} cannot be (read|used) \(there is no such file\)$", fact), fact
        assert "--database" in remedy


@pytest.mark.parametrize("command", KEY_FILE_ALONE)
def test_a_key_file_that_is_not_there_lies_beside_a_database_that_is_named(
    command: str, tmp_path: Path
) -> None:
    absent = tmp_path / "absent.db"
    result = run(*command.split(), "--database", str(absent))
    assert (result.exit_code, list(tmp_path.iterdir())) == (2, []), result.output
    assert f"the key file {absent}.key cannot be read" in result.stderr
    assert "--database" in result.stderr


def test_a_log_that_is_not_there_is_named_by_its_own_option(tmp_path: Path) -> None:
    result = run("policies", "compare", SHIPPED, SHIPPED, "--log", str(tmp_path / "absent.db"))
    assert (result.exit_code, "there is no such file" in result.stderr) == (2, True), result.output
    assert result.stderr.endswith("with --log\n")


@pytest.mark.parametrize("command", ONCE_BY_POSITION)
def test_two_databases_are_an_error(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = [*command.split(), *NEEDED.get(command, ())]
    for arguments in (["one.db", "--database", "two.db"], ["--database", "two.db", "one.db"]):
        result = run(*words, *arguments)
        assert result.exit_code == 2
        assert result.stderr == (
            "channelgate: two databases are named, one with --database and another one without it;"
            " name one, with --database\n"
        )
    assert list(tmp_path.iterdir()) == []


def test_the_proof_of_a_decision_takes_the_database_as_once_after_the_id(tmp_path: Path) -> None:
    absent = str(tmp_path / "absent.db")
    assert run("log", "prove", "x", absent).stderr == run("log", "prove", "x", "--database", absent).stderr
    assert "absent.db" in run("log", "prove", "x", absent).stderr


def test_a_comparison_finds_its_revisions_where_the_variable_says(tmp_path: Path) -> None:
    absent = str(tmp_path / "absent.db")
    result = run("policies", "compare", "0123456789", str(ROOT / "policies"), CHANNELGATE_DATABASE=absent)
    assert result.exit_code == 2
    assert "absent.db cannot be read" in result.stderr


def test_a_folder_mistyped_is_no_matter_of_the_database(tmp_path: Path) -> None:
    absent = str(tmp_path / "absent.db")
    result = run("policies", "compare", "policis", str(ROOT / "policies"), CHANNELGATE_DATABASE=absent)
    assert result.exit_code == 2
    assert "policis" in result.stderr
    assert "absent.db" not in result.stderr


# -- flags -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["", *GROUPS, *COMMANDS])
def test_a_flag_is_shown_without_a_value(command: str) -> None:
    shown = help_of(command)
    assert "--help " in shown
    assert "bool" not in shown


@pytest.mark.parametrize("command", COMMANDS)
def test_what_switches_something_off_is_named_after_what_switches_it_on(command: str) -> None:
    for name, (value, how) in declared(function_of(command)).items():
        if value is not bool:
            continue
        assert how.param_decls or how.default, f"{name} has a name of its own, or `--no-{name}` comes with it"
        for names in (how.default, *(how.param_decls or ())):
            on, _, off = str(names).partition("/")
            assert on.startswith("--"), (name, names)
            assert off in ("", f"--no-{on.removeprefix('--')}"), (name, names)


# -- choices -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("check", ["x.json", "--format", "yaml"]),
        ("log export", ["--format", "yaml"]),
        ("registers print", ["agendum"]),
        ("keys new", ["--name", "x", "--role", "nobody"]),
    ],
)
def test_a_word_that_is_no_choice_is_named_with_the_choices(command: str, options: list[str]) -> None:
    result = run(*command.split(), *options)
    assert result.exit_code == 2
    shown = " ".join(result.stderr.split())
    assert f"'{options[-1]}' is not one of " in shown
    assert "error," not in shown.lower()


def test_the_functions_of_commands_have_their_help_in_their_docstring() -> None:
    assert all(inspect.getdoc(function_of(command)) for command in COMMANDS)
