"""The case that a scenario puts together: the facts that its steps state, and how the policies differ."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from api.evidence.scenarios.policy_overlays import Overlay
from api.evidence.scenarios.stated_facts import StatedFact
from engine.contract.vocabulary import ITEM


@dataclass
class ScenarioCase:
    """What was stated of the request, and how the policies differ from those of the folder."""

    files: dict[str, bytes]
    stated: dict[tuple[int, str], StatedFact] = field(default_factory=dict)
    overlays: list[Overlay] = field(default_factory=list)

    @property
    def lines(self) -> int:
        """How many lines the request has."""
        return max((line for line, _ in self.stated), default=1)

    @property
    def request(self) -> dict[str, Any]:
        """The request; what no step states is not stated in it either."""
        return put_together(self.stated.values())

    def state(self, statements: Iterable[StatedFact]) -> None:
        """State facts, in the place of what was stated of them before; a new line can follow the last."""
        for statement in statements:
            if statement.line > self.lines + 1:
                raise LookupError(
                    f"line {statement.line} comes before line {self.lines + 1}; state that one first"
                )
            key = statement.line, statement.fact
            if statement.is_stated:
                self.stated[key] = statement
            else:
                self.stated.pop(key, None)

    def repeat_line(self) -> None:
        """Add a line like the first."""
        first = [one for (line, fact), one in self.stated.items() if line == 1 and fact.startswith(ITEM)]
        self.state([replace(one, line=self.lines + 1) for one in first])

    def policy_files(self) -> dict[str, bytes]:
        """The policy folder with the changes that the steps make to it."""
        files = dict(self.files)
        for overlay in self.overlays:
            overlay(files)
        return files


def put_together(statements: Iterable[StatedFact]) -> dict[str, Any]:
    """The request in which each fact stands at its place."""
    stated = list(statements)
    request: dict[str, Any] = {
        "request_id": "a case",
        "items": [{} for _ in range(max((one.line for one in stated), default=1))],
    }
    for one in stated:
        of_line = one.fact.startswith(ITEM)
        place = request["items"][one.line - 1] if of_line else request
        *groups, name = one.fact.removeprefix(ITEM).split(".")
        for group in groups:
            place = place.setdefault(group, {})
        place[name] = one.value
    return request


def facts_of(request: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The facts of a request of one item, each by its name with its value."""
    parts: list[tuple[str, Any]] = [
        ("", {k: e for k, e in request.items() if k not in ("request_id", "items")})
    ]
    parts += [(ITEM, request["items"][0])]
    for prefix, part in parts:
        for name, value in part.items():
            if isinstance(value, dict):
                parts.append((f"{prefix}{name}.", value))
            else:
                yield prefix + name, value
