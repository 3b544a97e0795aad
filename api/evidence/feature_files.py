"""Feature files, read with the official Gherkin parser and nothing of pytest-bdd.

An expected scenario is one scenario as it must run: a plain one, or one with a row of Examples. It is compiled from
the file alone, so that a scenario which the test run loses is still missed.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any, NamedTuple, cast

from gherkin.dialect import Dialect
from gherkin.errors import CompositeParserException
from gherkin.parser import Parser
from gherkin.parser_types import Background, Feature, GherkinDocument, Rule, Scenario, Tag
from gherkin.parser_types import Step as StepNode
from gherkin.pickles.compiler import Compiler, GherkinDocumentWithURI, Pickle, PickleStep

from api.runtime.regular_files import read_regular_file


class StepKind(StrEnum):
    """The three kinds of step; a step opened by `*` or a leading And has none."""

    GIVEN = "given"
    WHEN = "when"
    THEN = "then"
    NONE = "none"


_STEP_KINDS = {"Context": StepKind.GIVEN, "Action": StepKind.WHEN, "Outcome": StepKind.THEN}


class ScenarioKey(NamedTuple):
    """What ties a run to its expected scenario: the real path, the scenario's line, the cells of its Examples row."""

    path: str
    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step as it must run, its placeholders filled in."""

    line: int
    kind: StepKind
    text: str
    table: tuple[tuple[str, ...], ...] | None = None
    docstring: str | None = None

    @property
    def has_table(self) -> bool:
        """Whether the step has a table."""
        return self.table is not None

    @property
    def has_docstring(self) -> bool:
        """Whether the step has a text."""
        return self.docstring is not None


@dataclass(frozen=True, slots=True)
class ExpectedScenario:
    """One scenario as it must run, with every tag it inherits from Feature, Rule, Scenario and Examples."""

    key: ScenarioKey
    path: str
    feature: str
    rule: str | None
    name: str
    line: int
    cells: tuple[str, ...]
    tags: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def place(self) -> str:
        """Where it is written, as `features/x.feature:12`."""
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class WrittenScenario:
    """One Scenario as written in the file, with the nodes around it that affect how it runs."""

    node: Scenario
    rule: Rule | None
    backgrounds: tuple[Background, ...]
    tags: tuple[Tag, ...]

    @property
    def steps(self) -> tuple[StepNode, ...]:
        """The steps in running order: of the Feature's background, of the Rule's, and its own."""
        before = tuple(step for background in self.backgrounds for step in background["steps"])
        return (*before, *self.node["steps"])

    @property
    def kinds(self) -> tuple[tuple[StepKind, StepNode], ...]:
        """The steps with their kinds; And and But take the kind of the step before."""
        kind, found = StepKind.NONE, []
        for step in self.steps:
            kind = (
                kind
                if step["keywordType"] == "Conjunction"
                else _STEP_KINDS.get(step["keywordType"], StepKind.NONE)
            )
            found.append((kind, step))
        return tuple(found)

    @property
    def line(self) -> int:
        """The line of its heading."""
        return self.node["location"]["line"]


@dataclass(frozen=True, slots=True)
class FeatureFile:
    """A feature file that could be read: its text, its syntax tree and the scenarios it expects to run."""

    path: Path
    name: str
    text: str
    digest: str
    feature: Feature
    scenarios: tuple[WrittenScenario, ...]
    expected: tuple[ExpectedScenario, ...]

    @property
    def dialect(self) -> Dialect:
        """The keywords of its language."""
        dialect = Dialect.for_name(self.feature["language"])
        assert dialect is not None, "the parser has accepted the language"
        return dialect

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The Rules, in the order of the file."""
        return _rules(self.feature)

    @property
    def backgrounds(self) -> tuple[Background, ...]:
        """The Backgrounds of the Feature and of its Rules."""
        ruled = (background for rule in self.rules for background in _backgrounds(rule))
        return (*_backgrounds(self.feature), *ruled)


MAX_FEATURE_BYTES = 1_000_000


class Unreadable(Enum):
    """Why nothing can be expected of a file."""

    NOT_READ = "the file cannot be read"
    NOT_UTF8 = "the file is not plain UTF-8 text"
    NO_FEATURE = "the file has no `Feature:`"
    SYNTAX = "the file is not valid Gherkin"


class UnreadableFeatureError(Exception):
    """A feature file cannot be read; `why` says in which way, `line` and `detail` where and what."""

    def __init__(self, why: Unreadable, line: int, detail: str = "") -> None:
        super().__init__(f"{why.value} (line {line}) {detail}".rstrip())
        self.why = why
        self.line = line
        self.detail = detail


def read_feature(path: Path, root: Path) -> FeatureFile:
    """Read one feature file and compile its expected scenarios; names are relative to `root`.

    Raises UnreadableFeatureError if the file cannot be read, is not UTF-8, has no Feature, or breaks the grammar.
    """
    try:
        raw = read_regular_file(path, MAX_FEATURE_BYTES)
    except OSError as error:
        raise UnreadableFeatureError(Unreadable.NOT_READ, 1, error.strerror or "") from error
    if len(raw) > MAX_FEATURE_BYTES:
        raise UnreadableFeatureError(Unreadable.NOT_READ, 1, f"it is larger than {MAX_FEATURE_BYTES:,} bytes")
    text = _decode(raw)
    document = _parse(text)
    if "feature" not in document:
        raise UnreadableFeatureError(Unreadable.NO_FEATURE, 1)
    name = name_of(path, root)
    scenarios = tuple(_written_scenarios(document["feature"]))
    return FeatureFile(
        path=path,
        name=name,
        text=text,
        digest=hashlib.sha256(raw).hexdigest(),
        feature=document["feature"],
        scenarios=scenarios,
        expected=tuple(_expected_scenarios(document, scenarios, path, name)),
    )


def name_of(path: Path, root: Path) -> str:
    """Name a file relative to `root` with forward slashes, or in full if it lies elsewhere."""
    real, base = path.resolve(), root.resolve()
    return real.relative_to(base).as_posix() if real.is_relative_to(base) else real.as_posix()


def _decode(raw: bytes) -> str:
    if raw.startswith(b"\xef\xbb\xbf"):
        raise UnreadableFeatureError(Unreadable.NOT_UTF8, 1, "it begins with a byte order mark")
    try:
        return raw.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise UnreadableFeatureError(Unreadable.NOT_UTF8, line, f"byte 0x{raw[error.start]:02x}") from error


def _parse(text: str) -> GherkinDocument:
    try:
        return Parser().parse(text)
    except CompositeParserException as error:
        first = error.errors[0]
        detail = str(first).split(": ", 1)[-1]
        raise UnreadableFeatureError(Unreadable.SYNTAX, first.location["line"], detail) from error


def _written_scenarios(feature: Feature) -> Iterator[WrittenScenario]:
    shared = _backgrounds(feature)
    yield from _scenarios_under(feature, None, shared, tuple(feature["tags"]))
    for rule in _rules(feature):
        backgrounds = (*shared, *_backgrounds(rule))
        yield from _scenarios_under(rule, rule, backgrounds, (*feature["tags"], *rule["tags"]))


def _scenarios_under(
    parent: Feature | Rule, rule: Rule | None, backgrounds: tuple[Background, ...], tags: tuple[Tag, ...]
) -> Iterator[WrittenScenario]:
    for child in _children(parent):
        if "scenario" in child:
            node: Scenario = child["scenario"]
            yield WrittenScenario(node, rule, backgrounds, (*tags, *node["tags"]))


def _rules(feature: Feature) -> tuple[Rule, ...]:
    return tuple(child["rule"] for child in _children(feature) if "rule" in child)


def _backgrounds(parent: Feature | Rule) -> tuple[Background, ...]:
    return tuple(child["background"] for child in _children(parent) if "background" in child)


def _children(node: Feature | Rule) -> list[dict[str, Any]]:
    """The children as the plain mappings they are: gherkin types their envelope without any of its keys."""
    return cast("list[dict[str, Any]]", node["children"])


def _expected_scenarios(
    document: GherkinDocument, scenarios: tuple[WrittenScenario, ...], path: Path, name: str
) -> Iterator[ExpectedScenario]:
    written = {scenario.node["id"]: scenario for scenario in scenarios}
    cells = {
        row["id"]: tuple(cell["value"] for cell in row["cells"])
        for scenario in scenarios
        for examples in scenario.node["examples"]
        for row in examples["tableBody"]
    }
    source = cast("GherkinDocumentWithURI", {**document, "uri": name})
    for pickle in Compiler().compile(source):
        scenario_id, *row_ids = pickle["astNodeIds"]
        scenario = written[scenario_id]
        row = cells[row_ids[0]] if row_ids else ()
        yield ExpectedScenario(
            key=ScenarioKey(str(path.resolve()), scenario.line, row),
            path=name,
            feature=document["feature"]["name"],
            rule=scenario.rule["name"] if scenario.rule else None,
            name=pickle["name"],
            line=scenario.line,
            cells=row,
            tags=tuple(dict.fromkeys(tag["name"] for tag in pickle["tags"])),
            steps=_steps(pickle, scenario),
        )


def _steps(pickle: Pickle, scenario: WrittenScenario) -> tuple[Step, ...]:
    lines = {node["id"]: node["location"]["line"] for node in scenario.steps}
    return tuple(_step(step, lines[step["astNodeIds"][0]]) for step in pickle["steps"])


def _step(step: PickleStep, line: int) -> Step:
    argument = cast("dict[str, Any]", step.get("argument", {}))
    table, docstring = argument.get("dataTable"), argument.get("docString")
    return Step(
        line=line,
        kind=_STEP_KINDS.get(step["type"], StepKind.NONE),
        text=step["text"],
        table=tuple(tuple(cell["value"] for cell in row["cells"]) for row in table["rows"])
        if table
        else None,
        docstring=docstring["content"] if docstring else None,
    )
