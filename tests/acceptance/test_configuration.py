"""Settings from the command line, the environment and a file: which counts, what is refused, what the page says.

Covers: api.settings
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from typer.models import OptionInfo
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.cli.serve import serve as serve_command
from api.http.authentication.key_file import add_api_key, new_api_key
from api.settings import Settings, SettingsFault, read_settings
from tests.support.server_process import SHIPPED
from tests.support.shipped_roles import AUDITOR

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "configuration.md").read_text()
ROWS = {
    name.lower(): (option, default)
    for name, option, default in re.findall(
        r"^\| `CHANNELGATE_([A-Z_]+)` \| ([^|]+) \| ([^|]+) \|", PAGE, re.MULTILINE
    )
}
IN_WORDS = {"off": False, "on": True, "1 MiB": 1024**2, "16 MiB": 16 * 1024**2}


def options_of_serve() -> dict[str, str]:
    """The options of `channelgate serve` by the variable of each; of a switch, the one that is not the default."""
    hints = get_type_hints(serve_command, include_extras=True)
    infos = {
        name: info
        for name, hint in hints.items()
        for info in getattr(hint, "__metadata__", ())
        if isinstance(info, OptionInfo)
    }
    return {
        str(info.envvar): info.default.rpartition("/")[2]
        if isinstance(info.default, str)
        else f"--{name.replace('_', '-')}"
        for name, info in infos.items()
    }


def write(folder: Path, text: str) -> Path:
    file = folder / "settings.toml"
    file.write_text(text)
    return file


def serve(*options: str, **environment: str) -> Result:
    """What `serve` says where it cannot start."""
    return CliRunner().invoke(app, ["serve", *options], env=environment)


def message_of(result: Result) -> str:
    """The message, on one line."""
    assert result.exit_code == 2
    return " ".join(result.stderr.split())


def test_a_file_counts_behind_a_variable_and_a_variable_behind_an_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path, "port = 1\nworkers = 2\nmax_entries = 3\nhost = 'in-file'\n")
    monkeypatch.setenv("CHANNELGATE_PORT", "10")
    monkeypatch.setenv("CHANNELGATE_WORKERS", "20")
    monkeypatch.setenv("CHANNELGATE_HOST", "")
    settings = read_settings(file, {"port": 100})
    assert (settings.port, settings.workers, settings.max_entries, settings.host) == (100, 20, 3, "in-file")


@pytest.mark.parametrize(
    ("options", "environment", "shown"),
    [
        ([], {}, "cannot listen at of-file port 0"),
        ([], {"CHANNELGATE_HOST": "of-environment"}, "cannot listen at of-environment port 0"),
        (
            ["--host", "of-line"],
            {"CHANNELGATE_HOST": "of-environment"},
            "cannot listen at of-line port 0",
        ),
    ],
    ids=["file", "environment", "line"],
)
def test_serve_takes_what_counts_first(
    tmp_path: Path, options: list[str], environment: dict[str, str], shown: str
) -> None:
    add_api_key(tmp_path / "keys.json", new_api_key("desk-7", AUDITOR)[1])
    file = write(
        tmp_path,
        f"host = 'of-file'\nport = 0\npolicies = '{SHIPPED}'\ndatabase = '{tmp_path}/log.db'\n"
        f"api_keys = '{tmp_path}/keys.json'\n",
    )
    variables = {"CHANNELGATE_CONFIG": str(file), "CHANNELGATE_FLOOR": "", **environment}
    assert shown in message_of(serve(*options, **variables))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("databse = 'x'", "there is no setting `databse`, did you mean `database`?"),
        ("port = 'many'", ": port: input should be a valid integer"),
        (
            "database = {url = 'postgresql://officer:secret@127.0.0.1/log'}",
            ": database: input should be a valid",
        ),
        ("x = " + "[" * 3000, "is not TOML"),
        ("workers = 65", ": workers: input should be less than or equal to 64"),
        ("not TOML", "is not TOML: Expected '=' after a key"),
        ("port = 1\nport = 2", "is not TOML: Cannot overwrite a value"),
    ],
    ids=["unknown", "kind", "table", "deep", "range", "form", "twice"],
)
def test_a_fault_of_the_file_is_shown_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    file = write(tmp_path, text)
    printed = message_of(serve("--config", str(file)))
    assert str(file) in printed
    assert message in printed
    assert "secret" not in printed


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://officer:sec/ret@127.0.0.1/log",
        "postgresql://officer:secret@[::1/log",
        "postgresql://officer:secret@127.0.0.1:port/log",
        "postgresql://officer@127.0.0.1:1/log?password=secret",
        "postgresql://officer:secret@127.0.0.1:1/log",
    ],
    ids=["slash", "bracket", "port", "option", "nobody there"],
)
def test_a_database_that_cannot_be_used_is_shown_without_its_password(url: str) -> None:
    printed = message_of(serve("--insecure-no-auth", "--port", "0", "--database", url))
    assert "cannot be used" in printed
    assert "sec" not in printed


def test_all_faults_are_shown_each_with_where_it_comes_from(tmp_path: Path) -> None:
    file = write(tmp_path, "unheard_of = 1\nmax_body_bytes = 0\n")
    printed = message_of(serve("--config", str(file), CHANNELGATE_MAX_ENTRIES="none"))
    assert f"{file}: there is no setting `unheard_of`" in printed
    assert f"{file}: max_body_bytes: input should be greater than 0" in printed
    assert "CHANNELGATE_MAX_ENTRIES: input should be a valid integer" in printed


def test_a_fault_of_an_option_is_shown_with_its_name() -> None:
    with pytest.raises(SettingsFault, match=r"^--max-entries: input should be greater than 0$"):
        read_settings(None, {"max_entries": 0})


@pytest.mark.parametrize("text", [None, b"\xff"], ids=["absent", "bytes"])
def test_a_file_that_cannot_be_read_ends_the_start(tmp_path: Path, text: bytes | None) -> None:
    file = tmp_path / "settings.toml"
    if text is not None:
        file.write_bytes(text)
    assert str(file) in message_of(serve("--config", str(file)))


def test_the_file_that_the_page_shows_is_taken(tmp_path: Path) -> None:
    shown = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert shown is not None
    settings = read_settings(write(tmp_path, shown[1]), {})
    stated: dict[str, Any] = tomllib.loads(shown[1])
    dumped = settings.model_dump()
    assert {name: str(dumped[name]) for name in stated} == {
        name: str(value if name != "stop_notice_seconds" else float(value)) for name, value in stated.items()
    }


def test_the_page_has_each_setting_with_its_option() -> None:
    options = options_of_serve()
    shown = {f"CHANNELGATE_{name.upper()}": option.strip("`") for name, (option, _) in ROWS.items()}
    assert shown.keys() == {f"CHANNELGATE_{name.upper()}" for name in Settings.model_fields}
    assert shown == {name: options.get(name, "-") for name in shown}


@pytest.mark.parametrize("name", ROWS)
def test_the_page_has_what_holds_where_a_setting_is_left_out(name: str) -> None:
    field = Settings.model_fields[name]
    shown = ROWS[name][1]
    if field.default_factory or field.default in (None, ""):
        assert not re.fullmatch(r"`\d+`|on|off", shown)
    else:
        value: Any = IN_WORDS.get(shown, shown.strip("`"))
        assert value == field.default or float(value) == field.default


def test_the_help_of_serve_names_each_option_of_the_page() -> None:
    printed = CliRunner().invoke(app, ["serve", "--help"], env={"COLUMNS": "200"}).output
    assert [option for option, _ in ROWS.values() if option != "-" and option.strip("`") not in printed] == []
