"""The scenarios beside a policy folder, by the clauses that they show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

CLAUSE_TAG = "@clause:"


@dataclass(frozen=True, slots=True)
class ScenarioView:
    """A scenario: where it stands, what it is called, its steps, and in how many rows of examples it runs.

    The steps are those of the first row; `given` are those that state something.
    """

    place: str
    name: str
    heading: str
    steps: tuple[str, ...]
    given: tuple[str, ...]
    rows: int


def scenarios_of(policies: Path) -> Mapping[str, Sequence[ScenarioView]]:
    """Return the scenarios in `features` beside a policy folder, by clause; a file with faults has none."""
    folder = policies.resolve().parent / "features"
    files = tuple((file, file.stat().st_mtime_ns) for file in sorted(folder.rglob("*.feature")))
    return _read(folder, files)


@lru_cache(maxsize=4)
def _read(folder: Path, files: tuple[tuple[Path, int], ...]) -> Mapping[str, Sequence[ScenarioView]]:
    from api.evidence.feature_files import ExpectedScenario, StepKind, UnreadableFeatureError, read_feature

    by_line: dict[str, list[ExpectedScenario]] = {}
    for file, _ in files:
        try:
            expected = read_feature(file, folder.parent).expected
        except UnreadableFeatureError:
            continue
        for one in expected:
            by_line.setdefault(one.place, []).append(one)
    found: dict[str, list[ScenarioView]] = {}
    for place, rows in by_line.items():
        first = rows[0]
        steps = tuple(step.text for step in first.steps)
        given = tuple(step.text for step in first.steps if step.kind is StepKind.GIVEN)
        view = ScenarioView(place, first.name, first.rule or first.feature, steps, given, len(rows))
        tags = {tag for one in rows for tag in one.tags if tag.startswith(CLAUSE_TAG)}
        for tag in sorted(tags):
            found.setdefault(tag.removeprefix(CLAUSE_TAG), []).append(view)
    return found
