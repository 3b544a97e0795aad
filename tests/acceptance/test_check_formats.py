"""`policies check`: the same findings to read, as data, for code scanning, and beside the lines of a change."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sarif_kit.validate import validation_errors
from typer.testing import CliRunner, Result

from api.cli.main import app
from tests.support.mistakes import ROOT

Folder = Callable[..., Path]


MISSPELT = ('when: item.legacy_list == "pending"', 'when: item.legacy_lst == "pending"')
UNTIL = ("from: 1964-11-01", "from: 1964-11-01\n      until: 1966-03-31")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """A copy of the shipped folder below the folder the command runs in, with changes in Korea's file."""
    monkeypatch.chdir(tmp_path)

    def changed(*changes: tuple[str, str], above: str = "") -> Path:
        shutil.copytree(ROOT / "policies", tmp_path / "policies", dirs_exist_ok=True)
        korea = tmp_path / "policies" / "korea.yaml"
        text = korea.read_text()
        for before, after in changes:
            assert text.count(before) == 1
            text = text.replace(before, after)
        korea.write_text(above + text)
        return Path("policies")

    return changed


def check(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["policies", "check", str(folder), *arguments])


def test_every_format_has_the_same_findings(folder: Folder) -> None:
    faulty = folder(MISSPELT)
    rows = json.loads(check(faulty, "--format", "json").stdout)
    found = {(row["code"], row["line"], f"{row['message']}; {row['remedy']}") for row in rows}
    assert len(found) == len(rows) >= 1
    results = json.loads(check(faulty, "--format", "sarif").stdout)["runs"][0]["results"]
    assert found == {(r["ruleId"], region(r)["startLine"], r["message"]["text"]) for r in results}
    commands = check(faulty, "--format", "github").stdout.splitlines()
    matches = [re.fullmatch(r"::error .*,line=(\d+),.*,title=(\w+)::(.*)", line) for line in commands]
    assert found == {(match[2], int(match[1]), match[3]) for match in matches if match}
    text = check(faulty).stdout
    assert all(f"{row['file']}:{row['line']}:{row['column']} {row['code']}" in text for row in rows)


@pytest.mark.parametrize("format_", ["text", "json", "sarif", "github"])
def test_the_exit_code_is_that_of_the_findings_in_every_format(folder: Folder, format_: str) -> None:
    assert check(folder(MISSPELT), "--format", format_).exit_code == 1
    assert check(ROOT / "policies", "--format", format_).exit_code == 0
    assert check(Path("nowhere"), "--format", format_).exit_code == 2


def test_the_mark_is_as_long_as_what_is_meant(folder: Folder) -> None:
    lines = check(folder(MISSPELT)).stdout.splitlines()
    assert lines[2].strip() == "^" * len("item.legacy_lst")
    assert lines[2].index("^") == lines[1].index("item.legacy_lst")


def test_a_remark_is_reported_and_keeps_nothing_from_working(folder: Folder) -> None:
    path = folder(UNTIL)
    last, after = ["--as-of", "1966-03-31"], ["--as-of", "1966-04-01"]
    assert "H07" not in check(path, *last).stdout
    result = check(path, *after)
    assert result.exit_code == 0
    assert "H07 the parameter `next_session`" in result.stdout
    assert check(path, *after, "--format", "github").stdout.startswith("::notice file=policies/korea.yaml,")
    assert run_of(check(path, *after, "--format", "sarif"))["results"][0]["level"] == "note"
    assert json.loads(check(path, *after, "--format", "json").stdout)[0]["severity"] == "hint"


def test_columns_for_editors_count_utf_16(folder: Folder) -> None:
    path = folder(("{value: Korea, status: sourced", "{value: 𝄞𝄞, statsu: sourced"))
    (row,) = json.loads(check(path, "--format", "json").stdout)
    (result,) = run_of(check(path, "--format", "sarif"))["results"]
    assert (row["column"], row["end_column"]) == (19, 25)
    assert (region(result)["startColumn"], region(result)["endColumn"]) == (21, 27)


def test_what_a_workflow_command_could_take_for_its_own_is_escaped(folder: Folder) -> None:
    path = folder()
    odd = path / "a,b:c%.yaml"
    odd.write_text('policy: x\n"100%,:": x\n')
    output = check(path, "--format", "github").stdout
    assert "file=policies/a%2Cb%3Ac%25.yaml," in output
    assert "::unknown key `100%25,:`; " in output


def test_every_check_is_explained_to_code_scanning(folder: Folder) -> None:
    run = run_of(check(folder(MISSPELT), "--format", "sarif"))
    rules = run["tool"]["driver"]["rules"]
    described = re.findall(
        r"^\*\*([A-Z]\d\d)\*\*", (ROOT / "docs" / "reference" / "checks.md").read_text(), re.MULTILINE
    )
    assert [rule["id"] for rule in rules] == sorted(described)
    assert all("Remedy: " in rule["help"]["text"] for rule in rules)
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    location = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": "policies/korea.yaml", "uriBaseId": "%SRCROOT%"}


@pytest.mark.parametrize("changes", [(), (MISSPELT,), (UNTIL,), (("{value: Korea", "{valeu: 𝄞 <&>"),)])
def test_the_log_is_valid_by_the_schema_of_sarif(
    folder: Folder, changes: tuple[tuple[str, str], ...]
) -> None:
    printed = check(folder(*changes), "--format", "sarif", "--as-of", "1966-04-01").stdout
    log = json.loads(printed)
    assert validation_errors(log) == []
    assert bool(run_of_log(log)["results"]) is bool(changes)
    assert validation_errors({**log, "runs": [{**run_of_log(log), "tool": {}}]}) != []


def test_a_finding_is_known_again_when_lines_are_put_in_above(folder: Folder) -> None:
    before = run_of(check(folder(MISSPELT), "--format", "sarif"))["results"]
    after = run_of(check(folder(MISSPELT, above="# a remark\n\n"), "--format", "sarif"))["results"]
    assert region(before[0])["startLine"] + 2 == region(after[0])["startLine"]
    assert [r["partialFingerprints"] for r in before] == [r["partialFingerprints"] for r in after]


def test_findings_of_one_kind_in_equal_lines_have_different_fingerprints(folder: Folder) -> None:
    path = folder(*((f"        clause: {clause}\n", "        clause: S1.9\n") for clause in ("S2.3", "S2.4")))
    results = run_of(check(path, "--format", "sarif"))["results"]
    prints = [result["partialFingerprints"]["primaryLocationLineHash"] for result in results]
    assert len(prints) == len(set(prints)) == 2


def run_of(result: Result) -> dict[str, Any]:
    return run_of_log(json.loads(result.stdout))


def run_of_log(log: Any) -> dict[str, Any]:
    (run,) = log["runs"]
    return dict(run)


def region(result: dict[str, Any]) -> dict[str, int]:
    return dict(result["locations"][0]["physicalLocation"]["region"])
