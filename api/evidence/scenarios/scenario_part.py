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
    """The places of scenarios, and the subjects of changes: rules, scopes and parameters."""

    text: str
    places: frozenset[str]
    subjects: frozenset[str]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is about the text."""
        return not self.places

    def concerns(self, subject: str) -> bool:
        """Whether a rule, scope or parameter is part of it; a parameter may stand in braces."""
        return subject in self.subjects or subject.strip("{}") == self.text.strip("{}")

    def write(self, path: Path) -> None:
        """Write it for the processes of the runs."""
        content = {"text": self.text, "places": sorted(self.places), "subjects": sorted(self.subjects)}
        path.write_text(json.dumps(content), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> ScenarioPart:
        """Read what `write` wrote."""
        content = json.loads(path.read_text(encoding="utf-8"))
        return cls(content["text"], frozenset(content["places"]), frozenset(content["subjects"]))


def select_part(text: str, scenarios: Iterable[ExpectedScenario], policies: PolicySet) -> ScenarioPart:
    """Return what a text is about: the name of a rule or clause, or a part of a file's name or of a title.

    Of scenarios chosen by file or title, the rules they are tagged with are chosen too.
    """
    cited = clause_coverage(policies)
    if text in cited or text in rule_names(policies):
        tags = {f"@clause:{text}", f"@rule:{text}"}
        chosen = [scenario for scenario in scenarios if tags & set(scenario.tags)]
        subjects = frozenset((text, *cited.get(text, ())))
    else:
        wanted = text.casefold()
        chosen = [one for one in scenarios if wanted in one.name.casefold() or wanted in one.path.casefold()]
        tagged = {tag for scenario in chosen for tag in scenario.tags}
        subjects = frozenset(rule for rule in rule_names(policies) if f"@rule:{rule}" in tagged)
    return ScenarioPart(text, frozenset(scenario.place for scenario in chosen), subjects)
