"""What the documents say is what the product does."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from engine import WORDS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def fact_table() -> str:
    """The table of facts in docs/use/policy-officers.md."""
    rows = ["| fact | what it can be | asked as | who can say |", "|---|---|---|---|"]
    for word in WORDS.values():
        sort = (
            ", ".join(f"`{choice}`" for choice in word.choices)
            or {
                "truth": "true or false",
                "text": "a text",
                "number": "a number",
                "date": "a day",
            }[word.kind]
        )
        asked = word.ask or "the day the answer is asked for"
        rows.append(f"| `{word.name}` | {sort} | {asked} | {word.answered_by.replace('_', ' ') or '-'} |")
    return "\n".join(rows)


def test_the_officers_page_lists_every_fact():
    assert fact_table() in (ROOT / "docs" / "use" / "policy-officers.md").read_text()


def test_the_worked_example_of_the_readme_is_what_the_command_prints():
    printed = (
        CliRunner().invoke(app, ["check", str(ROOT / "examples/escalate_urgent.json"), *policies()]).output
    )
    shown = re.search(r"```text\n(.*?)```", README, re.DOTALL)
    assert shown is not None
    assert without_layout(shown[1]) == without_layout(printed)


def test_the_line_of_the_review_book_that_is_shown_stands_in_it():
    shown = re.search(
        r"^  - {clause: .*$", (ROOT / "docs" / "explain" / "reports.md").read_text(), re.MULTILINE
    )
    assert shown is not None
    assert shown[0] in (ROOT / "features" / "reviewed.yaml").read_text().splitlines()


def test_continuous_integration_runs_the_test_command_of_the_readme():
    commands = re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)
    assert commands[1] in (ROOT / ".ci" / "run").read_text().splitlines()


@pytest.mark.parametrize(
    "command", re.findall(r"^\| `channelgate ([a-z ]+?)(?: [A-Z\[].*?)?`", README, re.MULTILINE)
)
def test_commands_shown_exist(command: str):
    assert CliRunner().invoke(app, [*command.split(), "--help"]).exit_code == 0


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "docs").rglob("*.md")))
def test_documents_point_to_files_that_exist(name: str):
    (path,) = (ROOT / "docs").rglob(name)
    for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text()):
        assert (path.parent / target).exists(), target


@pytest.mark.parametrize("outcome", sorted(path.stem for path in (ROOT / "examples").glob("*.json")))
def test_each_example_gets_the_outcome_it_is_named_after(outcome: str):
    arguments = ["check", str(ROOT / f"examples/{outcome}.json"), "--format", "json", *policies()]
    assert f'"outcome": "{outcome}"' in CliRunner().invoke(app, arguments).output


def policies() -> list[str]:
    return ["--policies", str(ROOT / "policies")]


def without_layout(text: str) -> list[str]:
    return re.sub(r"revision\s+[0-9a-f]+", "revision", text).split()
