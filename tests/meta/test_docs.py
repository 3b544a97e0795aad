"""What the documents say is what the product does."""

import re
import tomllib
from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.app import create_app
from api.cli.commands import COMMANDS
from api.cli.main import app
from api.domain.permissions import PERMISSIONS
from api.settings import Settings
from engine import Outcome, PartyOffice
from tests.support.shipped_roles import AUDITOR, COMMITTEE, DEPARTMENT, LIAISON, POLICY_OFFICER
from tests.support.shipped_words import WORDS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
README = (ROOT / "README.md").read_text()
PAGES = sorted({*ROOT.glob("*.md"), *DOCS.rglob("*.md")})
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]

LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE_PATH = re.compile(r"(?<![\w./-])(?:api|engine|tests)/[\w./-]*\w/?")


def read(name: str) -> str:
    return (DOCS / name).read_text()


def links_of(page: Path) -> list[Path]:
    """The files that a page points to, each relative link once."""
    targets = (target.partition("#")[0] for target in LINK.findall(page.read_text()) if ":" not in target)
    return [(page.parent / target).resolve() for target in targets if target]


def anchors_of(page: Path) -> set[str]:
    """The anchors of the headings of a page, as GitHub makes them."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


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
        question = word.ask or "the day the answer is asked for"
        rows.append(f"| `{word.name}` | {sort} | {question} | {word.answered_by.replace('_', ' ') or '-'} |")
    return "\n".join(rows)


def test_the_officers_page_lists_every_fact() -> None:
    assert fact_table() in read("use/policy-officers.md")


@pytest.mark.parametrize("page", ["use/desk.md", "use/policy-officers.md"])
def test_the_outcomes_stand_in_the_order_of_strictness_with_what_they_permit(page: str) -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \| (yes|no|not decided) \|", read(page), re.MULTILINE)
    assert rows == [(outcome, outcome.handover_as_asked.replace("_", " ")) for outcome in Outcome]


# -- the README ----------------------------------------------------------------------------------------------


def test_the_worked_example_of_the_readme_is_what_the_command_prints() -> None:
    printed = (
        CliRunner().invoke(app, ["check", str(ROOT / "examples/escalate_urgent.json"), *policies()]).output
    )
    shown = re.search(r"```text\n(.*?)```", README, re.DOTALL)
    assert shown is not None
    assert without_layout(shown[1]) == without_layout(printed)


def test_continuous_integration_runs_the_test_command_of_the_readme() -> None:
    commands = re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)
    assert commands[1] in (ROOT / ".ci" / "run").read_text().splitlines()


def test_the_readme_is_a_first_page() -> None:
    assert len(README.splitlines()) <= 120


# -- commands, calls, settings -------------------------------------------------------------------------------

SHOWN_COMMANDS = re.findall(
    r"^\| `channelgate ([a-z]+(?:[ -][a-z]+)*?)(?: [A-Z\[-].*?)?`", read("reference/cli.md"), re.MULTILINE
)
SHOWN_CALLS = re.findall(r"^\| `([A-Z]+ /\S+)` \| ([^|]+) \|", read("reference/http.md"), re.MULTILINE)


def test_every_command_has_its_row_and_every_row_its_command() -> None:
    assert Counter(SHOWN_COMMANDS) == Counter(list(COMMANDS))


@pytest.mark.parametrize("command", SHOWN_COMMANDS)
def test_commands_shown_exist(command: str) -> None:
    assert CliRunner().invoke(app, [*command.split(), "--help"]).exit_code == 0


@pytest.mark.parametrize("name", NAMES)
def test_commands_named_anywhere_exist(name: str) -> None:
    for command in re.findall(r"channelgate ((?:[a-z]+(?:-[a-z]+)*\b[ ]?){1,2})", code_of(ROOT / name)):
        words = command.split()
        assert {words[0], " ".join(words)} & COMMANDS.keys(), command


def operations(folder: Path) -> list[str]:
    """Every operation of the OpenAPI document."""
    settings = Settings(
        policies=ROOT / "policies",
        database=str(folder / "none.db"),
        insecure_no_auth=True,
        accept_unproved=True,
    )
    document: dict[str, Any] = create_app(settings).openapi()
    return [f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item]


def test_every_call_has_its_row_and_every_row_its_call(tmp_path: Path) -> None:
    assert Counter(call for call, _ in SHOWN_CALLS) == Counter(operations(tmp_path))


def named(offices: frozenset[PartyOffice]) -> str:
    """The roles in words, in the order of the enumeration."""
    ordered = (DEPARTMENT, COMMITTEE, LIAISON, POLICY_OFFICER, AUDITOR)
    found = [role.name for role in ordered if not role.offices.isdisjoint(offices)]
    return "every role" if len(found) == len(ordered) else ", ".join(found)


def test_the_calls_are_shown_with_the_roles_that_may_make_them() -> None:
    shown = {call: who for call, who in SHOWN_CALLS if who != "anybody"}
    assert shown == {call: named(offices) for call, offices in PERMISSIONS.items()}


def test_every_setting_is_described() -> None:
    shown = re.findall(r"^\| `CHANNELGATE_([A-Z_]+)` \|", read("reference/configuration.md"), re.MULTILINE)
    assert Counter(shown) == Counter(name.upper() for name in Settings.model_fields)


def test_every_variable_that_the_code_reads_is_described() -> None:
    read_by_code = {
        name
        for path in (ROOT / "api").rglob("*.py")
        for name in re.findall(r'"(CHANNELGATE_[A-Z_]+)"', path.read_text())
    }
    assert read_by_code <= set(re.findall(r"`(CHANNELGATE_[A-Z_]+)`", read("reference/configuration.md")))


# -- pages, links, paths -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_to_files_and_headings_that_exist(name: str) -> None:
    page = ROOT / name
    for target in LINK.findall(page.read_text()):
        path, _, anchor = target.partition("#")
        if ":" in target:
            continue
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), target
        assert not anchor or anchor in anchors_of(found), target


@pytest.mark.parametrize("name", NAMES)
def test_modules_and_folders_named_exist(name: str) -> None:
    for path in CODE_PATH.findall((ROOT / name).read_text()):
        assert (ROOT / path).exists(), path


def test_every_page_is_reached_from_the_contents() -> None:
    reached, ahead = set[Path](), [DOCS / "index.md"]
    while ahead:
        page = ahead.pop()
        if page not in reached and page.suffix == ".md":
            reached.add(page)
            ahead += links_of(page)
    assert [name for name in NAMES if ROOT / name not in reached] == []


def test_every_page_of_the_folders_stands_in_the_contents() -> None:
    assert set(PAGES) - set(links_of(DOCS / "index.md")) == {DOCS / "index.md"}


# -- the architecture ----------------------------------------------------------------------------------------

ARCHITECTURE = read("develop/architecture.md")


def test_the_layers_of_the_engine_stand_in_their_order() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = (one["layers"] for one in contracts if one.get("containers") == ["engine"])
    shown = re.findall(r"^\| `engine/(\w+)(?:/|\.py)` \|", ARCHITECTURE, re.MULTILINE)
    assert shown == [name for layer in layers for name in re.split(r" [|:] ", layer)]


def test_every_package_and_module_of_the_adapters_has_its_place() -> None:
    names = {
        path.name
        for path in (ROOT / "api").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    table = ARCHITECTURE.partition("## The adapters")[2].partition("## Three walks")[0]
    shown = {
        path.removeprefix("api/").rstrip("/") for path in CODE_PATH.findall(table) if path.startswith("api/")
    }
    assert names - shown == {"__init__.py"}


# -- pages that show something of the product ----------------------------------------------------------------


def test_the_line_of_the_review_book_that_is_shown_stands_in_it() -> None:
    shown = re.search(r"^  - {clause: .*$", read("explain/reports.md"), re.MULTILINE)
    assert shown is not None
    assert shown[0] in (ROOT / "features" / "reviewed.yaml").read_text().splitlines()


def test_the_request_at_the_desk_is_read() -> None:
    shown = re.search(r"```json\n(.*?)```", read("use/desk.md"), re.DOTALL)
    assert shown is not None
    done = CliRunner().invoke(app, ["check", "-", *policies()], input=shown[1])
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("outcome", sorted(path.stem for path in (ROOT / "examples").glob("*.json")))
def test_each_example_gets_the_outcome_it_is_named_after(outcome: str) -> None:
    example = str(ROOT / f"examples/{outcome}.json")
    arguments = ["check", example, "--role", "committee", "--format", "json", *policies()]
    assert f'"outcome": "{outcome}"' in CliRunner().invoke(app, arguments).output


def policies() -> list[str]:
    return ["--policies", str(ROOT / "policies")]


COMMANDS_SHOWN = re.compile(r"```(?:sh|console)\n(?:(?!```).*\n)*?(?:\$ )?channelgate ")
BY_BARE_NAME = [name for name in NAMES if COMMANDS_SHOWN.search((ROOT / name).read_text())]


@pytest.mark.parametrize("name", BY_BARE_NAME)
def test_a_page_says_how_the_shell_finds_the_command_before_it_shows_one(name: str) -> None:
    text = (ROOT / name).read_text()
    first = COMMANDS_SHOWN.search(text)
    assert first is not None
    assert "`. .venv/bin/activate`" in text[: first.start()]


def test_the_readme_says_it_too_and_what_its_commands_leave_behind_is_ignored() -> None:
    assert "`. .venv/bin/activate`" in README
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    for left in ("decisions.db", "decisions.db.key", "keys.json", "api-keys.json"):
        assert any(fnmatchcase(left, pattern) for pattern in ignored), left


def without_layout(text: str) -> list[str]:
    return re.sub(r"revision\s+[0-9a-f]+", "revision", text).split()


def code_of(page: Path) -> str:
    """The blocks of shell commands of a page."""
    return "\n".join(re.findall(r"```(?:sh|console)\n(.*?)```", page.read_text(), re.DOTALL))
