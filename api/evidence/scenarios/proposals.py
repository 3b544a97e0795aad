"""A request that two policy sets answer differently -> a scenario that distinguishes them, in the Rule it fits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from api.evidence.feature_files import FeatureFile, Step, StepKind
from api.evidence.scenarios.in_process_runs import InProcessDoor, bind, run_steps
from api.evidence.scenarios.language import Language
from api.evidence.scenarios.step_definitions import StepDefinition
from engine import PolicyFaults

DAY = "today is "
"""How the step begins that states the day."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place for a scenario: a Rule of a file, with the steps that run before it and the tags it inherits.

    `line` is the last line of the Rule; `before` runs as background.
    """

    file: FeatureFile
    node: pytest.Collector
    line: int
    before: tuple[Step, ...]
    tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A scenario ready to be put after a line of a file; it has been run and distinguishes the two sets."""

    path: str
    line: int
    title: str
    text: str

    def to_json(self) -> dict[str, Any]:
        """Return the proposal as plain data."""
        return {"path": self.path, "line": self.line, "title": self.title, "text": self.text}


def spots_of(file: FeatureFile, node: pytest.Collector) -> Iterator[Spot]:
    """Every Rule of a file whose scenarios go through the function."""
    last = len(file.text.rstrip("\n").split("\n"))
    starts = [_first_line(rule) for rule in file.rules]
    for number, rule in enumerate(file.rules):
        inside = [written for written in file.scenarios if written.rule is rule]
        tags = {tag["name"] for tag in (*file.feature["tags"], *rule["tags"])}
        if not inside or any(tag.startswith("@door:") for tag in tags):
            continue
        end = starts[number + 1] - 1 if number + 1 < len(starts) else last
        steps = [step for background in inside[0].backgrounds for step in background["steps"]]
        before = tuple(Step(step["location"]["line"], StepKind.GIVEN, step["text"]) for step in steps)
        lines = file.text.split("\n")
        while end > 1 and not lines[end - 1].strip():
            end -= 1
        yield Spot(file, node, end, before, frozenset(tags))


def _first_line(rule: Mapping[str, Any]) -> int:
    lines: list[int] = [rule["location"]["line"], *(tag["location"]["line"] for tag in rule["tags"])]
    return min(lines)


def propose(
    spots: Sequence[Spot],
    definitions: Mapping[pytest.Collector, Sequence[StepDefinition]],
    language: Language,
    request: Mapping[str, Any],
    doors: tuple[InProcessDoor, InProcessDoor],
    tags: frozenset[str],
) -> Proposal | str:
    """Write a scenario for the request at the spot that fits its tags best; or say why there is none.

    `doors` answer by the policies as they are and by the changed ones.
    """
    stated = language.given_steps(request)
    for spot in sorted(spots, key=lambda spot: _distance(spot, tags)):
        for own in _givens(spot, stated):
            try:
                found = _at(spot, definitions[spot.node], language, own, doors, tags)
            except (LookupError, PolicyFaults):
                continue
            if found:
                return found
    return "under the backgrounds of the feature files the two answers are alike"


def _distance(spot: Spot, tags: frozenset[str]) -> tuple[bool, int, int]:
    """A Rule about the changed rule is nearest, then one about many of its clauses and little else."""
    rules = {tag for tag in tags if tag.startswith("@rule:")}
    return not (rules & spot.tags), -len(spot.tags & tags), len(spot.tags - tags)


def _givens(spot: Spot, stated: Sequence[str]) -> Iterator[list[str]]:
    """The Givens that the background does not state: first without a day of its own, if the background has one."""
    background = {step.text for step in spot.before}
    own = [text for text in stated if text not in background]
    days = [text for text in own if text.startswith(DAY)]
    if days and any(text.startswith(DAY) for text in background):
        yield [text for text in own if text not in days]
    yield own


def _at(
    spot: Spot,
    definitions: Sequence[StepDefinition],
    language: Language,
    own: Sequence[str],
    doors: tuple[InProcessDoor, InProcessDoor],
    tags: frozenset[str],
) -> Proposal | None:
    upto_when = [
        *spot.before,
        *(Step(0, StepKind.GIVEN, text) for text in own),
        Step(0, StepKind.WHEN, language.WHEN_STEP),
    ]
    bound = bind(upto_when, definitions)
    if any(run_steps(bound, door, spot.node) for door in doors):
        return None
    before, after = (door.answer for door in doors)
    thens = language.then_steps(before, after)
    checking = (*bound, *bind([Step(0, StepKind.THEN, text) for text in thens], definitions))
    if run_steps(checking, doors[0], spot.node) or not run_steps(checking, doors[1], spot.node):
        return None
    title = _title(spot.file, own, thens)
    own_tags = sorted(tag for tag in tags - spot.tags if tag.startswith(("@clause:", "@rule:")))
    if any(tag in spot.tags for tag in tags):
        own_tags = [tag for tag in own_tags if tag.startswith("@rule:")]
    text = "\n".join(_written(title, own, language.WHEN_STEP, thens, own_tags))
    return Proposal(spot.file.name, spot.line, title, text)


def _title(file: FeatureFile, own: Sequence[str], thens: Sequence[str]) -> str:
    claim = thens[1] if len(thens) > 1 else thens[0]
    title = f"{claim[0].upper()}{claim[1:]}" + (f", where {' and '.join(own[-2:])}" if own else "")
    title = title.replace("<", "(").replace(">", ")")
    taken, number, base = {written.node["name"] for written in file.scenarios}, 1, title
    while title in taken:
        number += 1
        title = f"{base} ({number})"
    return title


def _written(
    title: str, own: Sequence[str], when_step: str, thens: Sequence[str], tags: Sequence[str]
) -> Iterator[str]:
    if tags:
        yield "    " + " ".join(tags)
    yield f"    Scenario: {title}"
    for word, steps in (("Given", own), ("When", [when_step]), ("Then", thens)):
        for position, step in enumerate(steps):
            yield f"      {word if position == 0 else 'And'} {step}"
