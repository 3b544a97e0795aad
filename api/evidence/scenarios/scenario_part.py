"""A part of the scenarios and of the small changes of the policies: those that a text is about."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from api.evidence.feature_files import ExpectedScenario
from engine import PolicySet, clause_coverage, rule_names


@dataclass(frozen=True, slots=True)
class ScenarioPart:
    """The places of scenarios, and the subjects of changes: rules, scopes and parameters in their braces.

    `because` says what it is a part of, as in "of what is about `S3.6`".
    """

    because: str
    places: frozenset[str]
    subjects: frozenset[str]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it."""
        return not (self.places or self.subjects)

    def concerns(self, subject: str) -> bool:
        """Whether a rule, scope or parameter is part of it."""
        return subject in self.subjects

    def within(self, other: ScenarioPart) -> ScenarioPart:
        """Return what is in both."""
        because = f"{self.because} and {other.because.removeprefix('of what ')}"
        return ScenarioPart(because, self.places & other.places, self.subjects & other.subjects)

    def write(self, path: Path) -> None:
        """Write it for the processes of the runs."""
        content = {
            "because": self.because,
            "places": sorted(self.places),
            "subjects": sorted(self.subjects),
        }
        path.write_text(json.dumps(content), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> ScenarioPart:
        """Read what `write` wrote."""
        content = json.loads(path.read_text(encoding="utf-8"))
        return cls(content["because"], frozenset(content["places"]), frozenset(content["subjects"]))


def select_part(text: str, scenarios: Iterable[ExpectedScenario], policies: PolicySet) -> ScenarioPart:
    """Return what a text is about: the name of a rule or clause, or a part of a file's name or of a title.

    Of scenarios chosen by file or title, the rules they are tagged with are chosen too, and a parameter of that name.
    """
    cited = clause_coverage(policies)
    if text in cited or text in rule_names(policies):
        tags = {f"@clause:{text}", f"@rule:{text}"}
        chosen = [scenario for scenario in scenarios if tags & set(scenario.tags)]
        subjects = {text, *cited.get(text, ())}
    else:
        wanted = text.casefold()
        chosen = [one for one in scenarios if wanted in one.name.casefold() or wanted in one.path.casefold()]
        tagged = {tag for scenario in chosen for tag in scenario.tags}
        subjects = {rule for rule in rule_names(policies) if f"@rule:{rule}" in tagged}
        subjects |= {f"{{{text.strip('{}')}}}"} if chosen else set()
    places = frozenset(scenario.place for scenario in chosen)
    return ScenarioPart(f"of what is about `{text}`", places, frozenset(subjects))
