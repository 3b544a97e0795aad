"""The lint of the written steps against the step definitions (codes S..).

pytest-bdd finds out only at run time that a step is undefined, never says that two definitions fit, and lets
an asynchronous step or an unread table pass. What it knows of its definitions is read here and nowhere else.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from pytest_bdd.compat import get_fixture_names, getfixturedefs
from pytest_bdd.steps import StepFunctionContext, StepNamePrefix, step_function_context_registry

from api.evidence.feature_files import FeatureFile, Step, StepKind, name_of
from api.evidence.scenarios.findings import LintFinding
from api.evidence.scenarios.stated_facts import UnknownWord
from api.evidence.scenarios.step_decorators import is_guarded
from api.evidence.scenarios.worded_steps import FolderParser, InWords
from api.evidence.scenarios.words import PolicyWords

STRICT_DECORATORS = "api.evidence.scenarios.step_decorators"
OTHERWISE = "docs/use/vocabulary.md lists the steps, and `phrases` in vocabulary.yaml adds sentences"
"""The remedy beside the nearest step, or in its place."""
NEAR = 0.8
_GROUP = "(?P<"
_PLACEHOLDER = re.compile("<[^<>]*>|{[^{}]*}")


@dataclass(frozen=True, slots=True)
class StepDefinition:
    """A step definition as pytest-bdd holds it."""

    context: StepFunctionContext

    @property
    def pattern(self) -> str:
        """The pattern as its author wrote it."""
        return self.context.parser.name

    @property
    def readable_patterns(self) -> tuple[str, ...]:
        """The patterns as they read in a feature file, with `<name>` where one takes a value."""
        parser = self.context.parser
        return parser.forms if isinstance(parser, FolderParser) else (_without_groups(self.pattern),)

    @property
    def function(self) -> Callable[..., object]:
        """The function as its author wrote it."""
        function: Callable[..., object] = inspect.unwrap(self.context.step_func)
        return function

    @property
    def parameters(self) -> frozenset[str]:
        """The names of the function's parameters."""
        return frozenset(inspect.signature(self.function).parameters)

    @property
    def is_guarded(self) -> bool:
        """Whether it came through this project's given, when and then."""
        return is_guarded(self.context.step_func)

    @property
    def is_async(self) -> bool:
        """Whether calling it only makes a coroutine."""
        return inspect.iscoroutinefunction(self.function) or inspect.isasyncgenfunction(self.function)

    def fits(self, step: Step) -> bool:
        """Whether pytest-bdd would run it for this step."""
        return self.is_for(step) and bool(self.context.parser.is_matching(step.text))

    def is_for(self, step: Step) -> bool:
        """Whether it is of the kind of this step."""
        return self.context.type in (None, step.kind.value)

    def unknown_word(self, step: Step, words: Callable[[], PolicyWords]) -> UnknownWord | None:
        """The first word of a step that the policies do not have."""
        parser = self.context.parser
        try:
            if isinstance(parser, InWords | FolderParser):
                parser.check(words(), step.text, step.table)
        except UnknownWord as unknown:
            return unknown
        return None

    def place(self, root: Path) -> tuple[str, int]:
        """The file, relative to `root`, and the line of the function."""
        code = self.function.__code__
        return name_of(Path(code.co_filename), root), code.co_firstlineno


def definitions_seen_from(node: pytest.Item | pytest.Collector) -> tuple[StepDefinition, ...]:
    """Every step definition that pytest-bdd would consider for a scenario under this node.

    pytest-bdd's own `trace` steps are left out: they open a debugger and check nothing.
    """
    manager = (
        node.session._fixturemanager
    )  # pytest has no public list of fixtures; pytest-bdd reads the same one
    fixtures = (
        fixture
        for name in get_fixture_names(manager)
        if name.startswith(StepNamePrefix.step_def.value)
        for fixture in getfixturedefs(manager, name, node) or ()
    )
    contexts = (step_function_context_registry.get(fixture.func) for fixture in fixtures)
    return tuple(StepDefinition(c) for c in contexts if c and c.step_func.__module__ != "pytest_bdd.plugin")


def lint_steps(
    file: FeatureFile, definitions: Iterable[StepDefinition], words: Callable[[], PolicyWords], root: Path
) -> list[LintFinding]:
    """Find every step of the file that not exactly one definition would run as written, sorted by place.

    And those that use a word which the policies do not have; `words` reads these where a step is in their words.
    """
    known = tuple(definitions)
    found: dict[tuple[str, int, str], LintFinding] = {}
    for step in dict.fromkeys(step for scenario in file.expected for step in scenario.steps):
        for finding in _step_faults(file.name, step, known, words, root):
            found.setdefault((finding.path, finding.line, finding.code), finding)
    return sorted(found.values())


def lint_definitions(definitions: Iterable[StepDefinition], root: Path) -> list[LintFinding]:
    """Find every definition that could pass without checking, whether or not a step uses it."""
    return sorted(finding for definition in definitions for finding in _definition_faults(definition, root))


def _step_faults(
    path: str,
    step: Step,
    definitions: tuple[StepDefinition, ...],
    words: Callable[[], PolicyWords],
    root: Path,
) -> Iterator[LintFinding]:
    if step.kind is StepKind.NONE:  # F09 of `lint` says so, and what it means cannot be looked up
        return
    fitting = [definition for definition in definitions if definition.fits(step)]
    spoken = f"{step.kind.value.capitalize()} {step.text}"
    if not fitting:
        nearest = _nearest(step.text, _patterns_for(step, definitions))
        remedy = f"did you mean `{nearest}`? {OTHERWISE}" if nearest else OTHERWISE
        yield LintFinding(path, step.line, "S01", f"no step definition fits `{spoken}`", remedy)
    if len(fitting) > 1:
        places = " and ".join(sorted("{}:{}".format(*definition.place(root)) for definition in fitting))
        fact = f"`{spoken}` fits {len(fitting)} step definitions ({places})"
        yield LintFinding(path, step.line, "S02", fact, "make the patterns exclude each other")
    if len(fitting) == 1:
        if unknown := fitting[0].unknown_word(step, words):
            yield LintFinding(path, step.line, "S06", unknown.fact, unknown.remedy)
        parameters = fitting[0].parameters
        for present, name in ((step.has_table, "datatable"), (step.has_docstring, "docstring")):
            if present and name not in parameters:
                fact = f"`{spoken}` has a {name} that its step function does not take"
                yield LintFinding(
                    path, step.line, "S04", fact, f"take it out, or let the function take `{name}`"
                )


def _definition_faults(definition: StepDefinition, root: Path) -> Iterator[LintFinding]:
    path, line = definition.place(root)
    if definition.is_async:
        fact = f"the step `{definition.pattern}` is asynchronous and would never be awaited"
        yield LintFinding(path, line, "S03", fact, "make it a plain function")
    if not definition.is_guarded:
        fact = f"the step `{definition.pattern}` is defined without this project's decorators"
        yield LintFinding(path, line, "S05", fact, f"import given, when and then from {STRICT_DECORATORS}")


def _patterns_for(step: Step, definitions: Iterable[StepDefinition]) -> Iterator[str]:
    for definition in definitions:
        if definition.is_for(step):
            yield from definition.readable_patterns


def _nearest(text: str, patterns: Iterable[str]) -> str | None:
    """The pattern most similar to a step's text, if one is near; of equals, the one with more literal words."""
    scored = [(_likeness(text, pattern), len(_PLACEHOLDER.sub("", pattern)), pattern) for pattern in patterns]
    score, _, pattern = max(scored, default=(0.0, 0, ""))
    return pattern if score >= NEAR else None


def _likeness(text: str, pattern: str) -> float:
    """The share of a pattern's literal words that a text has, with tolerance for typos."""
    own, words = _PLACEHOLDER.sub(" ", pattern).split(), text.split()
    found = sum(
        len(word) * max(SequenceMatcher(None, word, other).ratio() for other in words) for word in own
    )
    return found / max(1, sum(map(len, own)))


def _without_groups(pattern: str) -> str:
    """A regular expression with each named group replaced by its name; one that may be left out is left out."""
    before, found, rest = pattern.partition(_GROUP)
    if not found:
        return pattern
    name, _, body = rest.partition(">")
    end, depth = 0, 1
    while depth and end < len(body):
        if body[end] == "\\":
            end += 1
        else:
            depth += {"(": 1, ")": -1}.get(body[end], 0)
        end += 1
    after = body[end:]
    value = "" if after.startswith("?") else f"<{name}>"
    return before + value + _without_groups(after.removeprefix("?"))
