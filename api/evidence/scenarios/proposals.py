"""A request that two policy sets answer differently -> a scenario that distinguishes them, in the Rule it fits."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from api.evidence.feature_files import FeatureFile, Step, StepKind, WrittenScenario
from api.evidence.scenarios.in_process_runs import InProcessDoor, bind, run_steps
from api.evidence.scenarios.language import Language
from api.evidence.scenarios.scenario_case import facts_of, put_together
from api.evidence.scenarios.stated_facts import StatedFact
from api.evidence.scenarios.step_definitions import StepDefinition
from engine import PolicyFaults
from engine.contract.vocabulary import AS_OF


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
        lines = file.text.split("\n")
        while end > 1 and not lines[end - 1].strip():
            end -= 1
        yield Spot(file, node, end, _before(file, inside), frozenset(tags))


def _before(file: FeatureFile, inside: Sequence[WrittenScenario]) -> tuple[Step, ...]:
    """The steps of the backgrounds of a Rule as they run, with their tables."""
    count = sum(len(background["steps"]) for background in inside[0].backgrounds)
    lines = {written.line for written in inside}
    return next((expected.steps[:count] for expected in file.expected if expected.line in lines), ())


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
    facts = dict(facts_of(request))
    for spot in sorted(spots, key=lambda spot: _distance(spot, tags)):
        known = definitions[spot.node]
        background = _stated_before(spot, known, language, doors[0])
        for own in _changes(background, facts):
            try:
                givens = list(language.given_steps(_request_of(own)))
                found = _at(spot, known, language, givens, doors, tags)
            except (LookupError, PolicyFaults):
                continue
            if found:
                return found
    return "under the backgrounds of the feature files the two answers are alike"


def _distance(spot: Spot, tags: frozenset[str]) -> tuple[bool, int, int]:
    """A Rule about the changed rule is nearest, then one about many of its clauses and little else."""
    rules = {tag for tag in tags if tag.startswith("@rule:")}
    return not (rules & spot.tags), -len(spot.tags & tags), len(spot.tags - tags)


def _stated_before(
    spot: Spot, definitions: Sequence[StepDefinition], language: Language, door: InProcessDoor
) -> Mapping[str, Any]:
    """The facts that the background states: those of a scenario without a Given of its own."""
    door.stated = {}
    asking = [*spot.before, Step(0, StepKind.WHEN, language.WHEN_STEP)]
    with suppress(LookupError, PolicyFaults):
        run_steps(bind(asking, definitions), door, spot.node)
    return dict(facts_of(door.stated)) if door.stated else {}


def _changes(background: Mapping[str, Any], facts: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What Givens may state beside the background, the least first: its day and what it says besides stay.

    A fact that the background states can be taken back only by saying that it is not known.
    """
    changed = {fact: value for fact, value in facts.items() if background.get(fact) != value}
    taken_back = {fact: None for fact in background if fact not in facts}
    tried = [changed, {**changed, **taken_back}]
    if AS_OF in background and AS_OF in changed:
        tried = [*({fact: one[fact] for fact in one if fact != AS_OF} for one in tried), *tried]
    yield from (one for number, one in enumerate(tried) if one not in tried[:number])


def _request_of(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return put_together(StatedFact(fact, value) for fact, value in facts.items())


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
