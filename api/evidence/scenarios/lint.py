"""The lint of the feature files themselves (codes F..): it rejects what would be green and check nothing.

Every fault is collected before any is reported, and each has its code, its place, the fact and the remedy. The
faults that only show beside the step definitions (codes S..) are found in `step_definitions`; `findings.CODES`
says what each code means.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import assert_never

from gherkin.parser_types import Background, Examples, Scenario, Tag
from gherkin.parser_types import Step as StepNode

from api.evidence.feature_files import (
    FeatureFile,
    StepKind,
    Unreadable,
    UnreadableFeatureError,
    WrittenScenario,
    name_of,
    read_feature,
)
from api.evidence.scenarios.findings import KnownIds, LintFinding, suggest
from api.evidence.scenarios.table_lint import examples_faults, row_faults

_PLACEHOLDER = re.compile(r"<([^<>]+)>")
_TAG = re.compile(
    r"@(?:(?P<key>clause|rule|reading):(?P<id>[\w.-]+)|country:[A-Z]{2}|door:[a-z]+|boundary|precedence)"
)
_TAG_CODES = {"clause": "F20", "rule": "F21", "reading": "F22"}
_STATUS = re.compile(
    r"@(?:skip|skipif|skipped|xfail|wip|todo|pending|ignored?|disabled|manual|draft|flaky|broken|off)\b",
    re.IGNORECASE,
)


def lint(paths: Iterable[Path], known: KnownIds, root: Path | None = None) -> list[LintFinding]:
    """Find every fault of the feature files, sorted by place; paths are named from `root`, or from here."""
    base = root or Path.cwd()
    return sorted({finding for path in paths for finding in _path_faults(path, known, base)})


def _path_faults(path: Path, known: KnownIds, root: Path) -> Iterator[LintFinding]:
    try:
        file = read_feature(path, root)
    except UnreadableFeatureError as error:
        yield _unreadable(name_of(path, root), error)
        return
    yield from _barren_faults(file)
    yield from _name_faults(file)
    yield from _description_faults(file)
    yield from _background_faults(file)
    yield from _tag_faults(file, known)
    yield from row_faults(file)
    for scenario in file.scenarios:
        yield from _step_faults(file, scenario)
        yield from examples_faults(file, scenario)
        yield from _placeholder_faults(file, scenario)


def _unreadable(name: str, error: UnreadableFeatureError) -> LintFinding:
    code, remedy = _code_and_remedy(error.why)
    detail = f" ({error.detail})" if error.detail else ""
    return LintFinding(name, error.line, code, f"{error.why.value}{detail}", remedy)


def _code_and_remedy(why: Unreadable) -> tuple[str, str]:
    match why:
        case Unreadable.NOT_READ:
            return "F01", "make it a readable file, or move it elsewhere"
        case Unreadable.NOT_UTF8:
            return "F01", "save it as UTF-8 without a byte order mark"
        case Unreadable.NO_FEATURE:
            return "F02", "begin it with `Feature:` and a title"
        case Unreadable.SYNTAX:
            return "F03", "correct this line or the one before it"
        case _:
            assert_never(why)


def _barren_faults(file: FeatureFile) -> Iterator[LintFinding]:
    remedy = "write a scenario, or take the heading out"
    if not file.scenarios:
        line = file.feature["location"]["line"]
        yield LintFinding(file.name, line, "F04", "the feature has no scenario", remedy)
        return
    populated = {scenario.rule["id"] for scenario in file.scenarios if scenario.rule}
    for rule in file.rules:
        if rule["id"] not in populated:
            line = rule["location"]["line"]
            yield LintFinding(file.name, line, "F04", f"the rule `{rule['name']}` has no scenario", remedy)


def _name_faults(file: FeatureFile) -> Iterator[LintFinding]:
    first: dict[str, int] = {}
    for scenario in file.scenarios:
        name, line = scenario.node["name"].strip(), scenario.line
        if not name:
            yield LintFinding(
                file.name, line, "F05", "the scenario has no name", "say what it shows in one sentence"
            )
        elif name in first:
            fact = f"the scenario `{name}` has the name of the one at line {first[name]}"
            yield LintFinding(
                file.name, line, "F05", fact, "give it a name of its own, even under another Rule"
            )
        first.setdefault(name, line)


def _description_faults(file: FeatureFile) -> Iterator[LintFinding]:
    dialect = file.dialect
    titles = _words(
        dialect.feature_keywords
        + dialect.rule_keywords
        + dialect.background_keywords
        + dialect.scenario_keywords
        + dialect.scenario_outline_keywords
        + dialect.examples_keywords
    )
    kinds = _words(dialect.given_keywords + dialect.when_keywords + dialect.then_keywords)
    joins = _words(dialect.and_keywords + dialect.but_keywords)
    # Prose wraps, so under a Feature or Rule only a capitalised Given, When or Then is suspect: a swallowed
    # scenario has one. Inside a scenario any step word at the start of a line is a step that will not run.
    prose = re.compile(rf"(?:{kinds})\s|(?i:(?:{titles}|{kinds}|{joins})\s*:)")
    inside = re.compile(rf"(?i:(?:{kinds}|{joins})(?:\s|:)|(?:{titles})\s*:)")
    lines = file.text.split("\n")
    for node, suspect in [
        *((node, prose) for node in (file.feature, *file.rules)),
        *((background, inside) for background in file.backgrounds),
        *((scenario.node, inside) for scenario in file.scenarios),
        *((examples, inside) for scenario in file.scenarios for examples in scenario.node["examples"]),
    ]:
        at = node["location"]["line"]
        for text in filter(None, map(str.strip, node["description"].split("\n"))):
            at = next((n for n, line in enumerate(lines[at:], at + 1) if line.strip() == text), at)
            if suspect.match(text):
                fact = f"`{text}` is read as description, not as a step or heading"
                remedy = (
                    "write the keyword with a capital and no colon (a heading with one), or begin differently"
                )
                yield LintFinding(file.name, at, "F10", fact, remedy)


def _words(keywords: Iterable[str]) -> str:
    words = sorted({keyword.strip() for keyword in keywords} - {"*"}, key=len, reverse=True)
    return "|".join(map(re.escape, words))


def _background_faults(file: FeatureFile) -> Iterator[LintFinding]:
    for background in file.backgrounds:
        yield from _kind_faults(file, background)
        for line, text in _texts(background["steps"]):
            for word in _PLACEHOLDER.findall(text):
                fact = f"`<{word}>` stands in a background, where no Examples fill it"
                yield LintFinding(
                    file.name, line, "F15", fact, "write the value, or move the step into the outline"
                )


def _kind_faults(file: FeatureFile, node: Background | Scenario) -> Iterator[LintFinding]:
    for index, step in enumerate(node["steps"]):
        if step["keywordType"] == "Unknown" or (index == 0 and step["keywordType"] == "Conjunction"):
            fact = f"`{step['keyword'].strip()} {step['text']}` is neither Given, When nor Then"
            yield LintFinding(
                file.name, step["location"]["line"], "F09", fact, "open it with Given, When or Then"
            )


def _step_faults(file: FeatureFile, scenario: WrittenScenario) -> Iterator[LintFinding]:
    if not scenario.node["steps"]:
        yield LintFinding(
            file.name, scenario.line, "F06", "the scenario has no steps", "write its Given, When and Then"
        )
        return
    yield from _kind_faults(file, scenario.node)
    own = scenario.kinds[-len(scenario.node["steps"]) :]
    if not any(kind is StepKind.THEN for kind, _ in own):
        yield LintFinding(
            file.name, scenario.line, "F07", "the scenario has no Then", "say what must be decided"
        )
    for step in [step for kind, step in scenario.kinds if kind is StepKind.WHEN][1:]:
        fact = f"`{step['text']}` is a second When"
        yield LintFinding(
            file.name, step["location"]["line"], "F08", fact, "split the scenario: one event each"
        )


def _placeholder_faults(file: FeatureFile, scenario: WrittenScenario) -> Iterator[LintFinding]:
    texts = [(scenario.line, scenario.node["name"]), *_texts(scenario.node["steps"])]
    used = [(line, word) for line, text in texts for word in _PLACEHOLDER.findall(text)]
    tables = [examples for examples in scenario.node["examples"] if "tableHeader" in examples]
    if not tables:
        for line, word in used:
            fact = f"`<{word}>` stands in a scenario without Examples"
            yield LintFinding(
                file.name, line, "F15", fact, "write the value, or add Examples with that column"
            )
    for examples in tables:
        columns = [cell["value"] for cell in examples["tableHeader"]["cells"]]
        for line, word in used:
            if word not in columns:
                where = f"the Examples at line {examples['location']['line']}"
                remedy = suggest(word, columns, f"add the column to {where}")
                yield LintFinding(file.name, line, "F13", f"`<{word}>` is not a column of {where}", remedy)
        yield from _column_faults(file, examples, {word for _, word in used})


def _column_faults(file: FeatureFile, examples: Examples, used: set[str]) -> Iterator[LintFinding]:
    for cell, count in Counter(cell["value"] for cell in examples["tableHeader"]["cells"]).items():
        line = examples["tableHeader"]["location"]["line"]
        if not cell:
            yield LintFinding(file.name, line, "F14", "an Examples column has no name", "name it")
        elif count > 1:
            yield LintFinding(file.name, line, "F14", f"the column `{cell}` comes {count} times", "keep one")
        elif cell not in used:
            remedy = f"use `<{cell}>` in a step or in the scenario's name, or take the column out"
            yield LintFinding(file.name, line, "F14", f"the column `{cell}` is not used", remedy)


def _texts(steps: Iterable[StepNode]) -> Iterator[tuple[int, str]]:
    """Every text of the steps in which a placeholder would be replaced, with its line."""
    for step in steps:
        yield step["location"]["line"], step["text"]
        if "docString" in step:
            yield step["docString"]["location"]["line"], step["docString"]["content"]
        if "dataTable" in step:
            for row in step["dataTable"]["rows"]:
                yield from ((row["location"]["line"], cell["value"]) for cell in row["cells"])


def _tag_faults(file: FeatureFile, known: KnownIds) -> Iterator[LintFinding]:
    for node in (file.feature, *file.rules, *(scenario.node for scenario in file.scenarios)):
        for tag in node["tags"]:
            yield from _form_faults(file, tag, known)
    for scenario in file.scenarios:
        if not any(tag["name"].startswith("@clause:") for tag in scenario.tags):
            remedy = "tag it, its Rule or its Feature with `@clause:ID`"
            yield LintFinding(file.name, scenario.line, "F18", "the scenario names no clause", remedy)
        for examples in scenario.node["examples"]:
            for tag in examples["tags"]:
                fact = f"`{tag['name']}` stands on Examples, where it is lost"
                yield LintFinding(file.name, tag["location"]["line"], "F19", fact, "move it to the scenario")


def _form_faults(file: FeatureFile, tag: Tag, known: KnownIds) -> Iterator[LintFinding]:
    name, line = tag["name"], tag["location"]["line"]
    if _STATUS.match(name):
        fact, remedy = (
            f"`{name}` would switch the scenario off",
            "take it out: a promise is kept, changed or withdrawn",
        )
        yield LintFinding(file.name, line, "F16", fact, remedy)
        return
    form = _TAG.fullmatch(name)
    if form is None:
        remedy = "use @clause:ID, @rule:NAME, @reading:ID, @country:XX, @door:NAME, @boundary or @precedence"
        yield LintFinding(file.name, line, "F17", f"`{name}` is no tag of this project", remedy)
        return
    key, word = form["key"], form["id"]
    if key and word not in known.named(key):
        remedy = suggest(word, known.named(key), f"name a {key} that exists")
        yield LintFinding(file.name, line, _TAG_CODES[key], f"the {key} `{word}` is unknown", remedy)
