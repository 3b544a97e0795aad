"""The lint of the tables of feature files: Examples without rows, rows without content, rows that lose their end."""

import re
from collections.abc import Iterator

from gherkin.parser_types import Step, TableRow

from api.evidence.feature_files import FeatureFile, WrittenScenario
from api.evidence.scenarios.findings import LintFinding

_CLOSED = re.compile(r"(?:\\.|[^\\])*\|")
"""A row up to its last `|`; one behind a backslash belongs to a cell."""


def row_faults(file: FeatureFile) -> Iterator[LintFinding]:
    """Find every row that is not closed: the parser drops what stands behind its last `|`, and says nothing."""
    lines = file.text.split("\n")
    for row in _rows(file):
        at = row["location"]["line"]
        text = lines[at - 1].strip()
        closed = _CLOSED.match(text)
        if lost := text[closed.end() if closed else 0 :]:
            fact = f"the row of the table is not closed, and `{lost.strip()}` behind its last `|` is lost"
            yield LintFinding(file.name, at, "F23", fact, "write `|` behind it, or take it out")


def _rows(file: FeatureFile) -> Iterator[TableRow]:
    """Every row of the file, of Examples and of steps."""
    for background in file.backgrounds:
        yield from _rows_of_steps(background["steps"])
    for scenario in file.scenarios:
        yield from _rows_of_steps(scenario.node["steps"])
        for examples in scenario.node["examples"]:
            yield from (examples["tableHeader"], *examples["tableBody"]) if "tableHeader" in examples else ()


def _rows_of_steps(steps: list[Step]) -> Iterator[TableRow]:
    for step in steps:
        if "dataTable" in step:
            yield from step["dataTable"]["rows"]


def examples_faults(file: FeatureFile, scenario: WrittenScenario) -> Iterator[LintFinding]:
    """Find Examples without rows, and rows that are empty or repeat another."""
    takes_examples = scenario.node["keyword"] in file.dialect.scenario_outline_keywords
    if takes_examples and not scenario.node["examples"]:
        fact, remedy = "the outline has no Examples", "add a table, or call it Scenario"
        yield LintFinding(file.name, scenario.line, "F11", fact, remedy)
    first: dict[tuple[str, ...], int] = {}
    for examples in scenario.node["examples"]:
        if not examples["tableBody"]:
            fact, remedy = "the Examples have no rows", "add a row for each case, or take the table out"
            yield LintFinding(file.name, examples["location"]["line"], "F11", fact, remedy)
        for row in examples["tableBody"]:
            cells, line = tuple(cell["value"] for cell in row["cells"]), row["location"]["line"]
            if not any(cells):
                yield LintFinding(
                    file.name, line, "F12", "the Examples row is empty", "fill it, or take it out"
                )
            elif cells in first:
                fact = f"the Examples row repeats line {first[cells]}"
                yield LintFinding(file.name, line, "F12", fact, "take it out, or make it differ")
            first.setdefault(cells, line)
