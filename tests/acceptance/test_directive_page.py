"""docs/use/your-directive.md: each command that it shows prints what is shown, in the order of the page."""

import json
import re
import shutil
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from api.cli.main import app
from api.doors.running_server import running_server
from api.settings import Settings
from tests.support.mistakes import ROOT
from tests.support.shown_commands import commands_shown, prints_as_shown

PAGE = ROOT / "docs" / "use" / "your-directive.md"
EXAMPLE = ROOT / "examples" / "second_directive"
REQUEST, ANSWER = re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)


def test_the_commands_print_what_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "examples" / "second_directive")
    (tmp_path / "request.json").write_text(REQUEST)
    monkeypatch.chdir(tmp_path)
    commands = commands_shown(PAGE)
    assert len(commands) == 7
    for command, shown in commands.items():
        if not command.startswith("policies test"):  # `test_new_command` compares it, as it takes long.
            printed = CliRunner().invoke(app, command.split()).output
            assert prints_as_shown(shown, printed), printed


def test_the_service_answers_what_is_shown(tmp_path: Path) -> None:
    settings = Settings(
        policies=EXAMPLE / "policies",
        database=str(tmp_path / "log.db"),
        insecure_no_auth=True,
        accept_unproved=True,
    )
    with running_server(settings) as address, httpx.Client(base_url=address, trust_env=False) as client:
        answer = client.post("/v1/pre-check", json=json.loads(REQUEST)).json()
    assert answer | json.loads(ANSWER) == answer
    assert answer["lines"][0]["missing"][0]["fact"] == "visitor.screening"


def test_what_is_shown_of_the_example_stands_in_it() -> None:
    files = "\n".join(path.read_text() for path in (EXAMPLE / "policies").glob("*.yaml"))
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert len(blocks) == 3
    assert [block for block in blocks if block not in files] == []


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("one\n...\nthree (3 s)\n", "one two\nthree (41 s)\n", True),
        ("...\nthree\n", "one\nthree\n", True),
        ("one\n...\nthree\n", "one\nthree four\n", False),
        ("one\n", "one two\n", False),
    ],
)
def test_what_is_left_out_is_all_that_may_differ(shown: str, printed: str, same: bool) -> None:
    assert prints_as_shown(shown, printed) is same
