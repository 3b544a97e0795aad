"""The form of an event: its fields as the statement that it stands for, and the faults of that in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.console.frame.areas import marked
from api.console.frame.forms import Form
from api.console.frame.problem_words import Sentence, ShownFault, say_fault
from api.console.frame.visits import Visit
from api.domain.registers.events import STATEMENTS, EventKind
from api.parsing.fields import read_whole_number
from api.parsing.problems import Problem

LISTED = ("lists", "items", "projects")
NUMBERS = ("session", "event")
MAX_NUMBER = 2**62
_BETWEEN = re.compile(r"[\n,;\t]+")
LABELS: Mapping[str, str] = {
    "happened_on": marked("Day"),
    "reference": marked("Paper that shows it"),
    "remarks": marked("Remarks"),
    "lists": marked("Lists"),
    "items": marked("Items"),
    "projects": marked("Projects"),
    "session": marked("Session"),
    "country": marked("Country"),
    "place": marked("Place"),
    "number": marked("Number of the resolution"),
    "form": marked("Form"),
    "state": marked("Answer"),
    "answers": marked("Answers"),
    "event": marked("Event to withdraw, by its log entry"),
}
"""How the members of events are called; the members of each kind are those of its statement."""


@dataclass(frozen=True, slots=True)
class EventForm:
    """What was typed into the form of an event of a kind."""

    kind: EventKind
    typed: Mapping[str, str]
    lists: tuple[str, ...]

    @classmethod
    def of(cls, kind: EventKind, form: Form) -> EventForm:
        """Return what a form holds."""
        names = fields_of(kind)
        return cls(
            kind, {name: form.get(name).strip() for name in names if name != "lists"}, form.all("lists")
        )

    @property
    def statement(self) -> dict[str, Any]:
        """The body of the call that the form stands for; what was left empty is left out."""
        stated: dict[str, Any] = {"kind": self.kind.value}
        for name in fields_of(self.kind):
            if name == "lists":
                stated["lists"] = [*self.lists]
            elif name in LISTED:
                stated[name] = _names(self.typed[name])
            elif name in NUMBERS:
                number = read_whole_number(self.typed[name], 0, MAX_NUMBER)
                stated[name] = self.typed[name] if number is None else number
            elif self.typed[name]:
                stated[name] = self.typed[name]
        return {name: value for name, value in stated.items() if value not in ([], "")}


def fields_of(kind: EventKind) -> list[str]:
    """Return the members of an event that its form has a field for, in their order."""
    return [name for name in STATEMENTS[kind].model_fields if name not in ("kind", "answers")]


def is_needed(kind: EventKind, name: str) -> bool:
    """Whether an event of this kind cannot do without the member."""
    return STATEMENTS[kind].model_fields[name].is_required()


def sentences_of(visit: Visit, problem: Problem, stated: Mapping[str, Any]) -> list[Sentence]:
    """Return what is wrong with an event, a sentence each, with the field and what was typed there."""
    return [
        _sentence(visit, error.pointer or "", error.detail, stated) for error in problem.errors or ()
    ] or [say_fault(visit.language, problem.detail)]


def _sentence(visit: Visit, pointer: str, detail: str, stated: Mapping[str, Any]) -> ShownFault:
    _, _, name = pointer.partition("/")
    member, _, place = name.partition("/")
    label = visit.message(LABELS[member]) if member in LABELS else member
    listed = stated.get(member)
    if isinstance(listed, list) and place.isdigit() and int(place) < len(listed):
        label = f"{label}, {listed[int(place)]}"
    return say_fault(visit.language, detail, label)


def _names(text: str) -> list[str]:
    return [name for name in (part.strip() for part in _BETWEEN.split(text)) if name]
