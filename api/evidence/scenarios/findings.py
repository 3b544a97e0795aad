"""The words of the lint: what a finding is, which ids tags may name, and what each code means."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

CODES = {
    "F01": "The file cannot be read, is not plain UTF-8 text, or begins with a byte order mark.",
    "F02": "The file has no `Feature:`.",
    "F03": "The file is not valid Gherkin.",
    "F04": "The feature or rule has no scenario.",
    "F05": "The scenario has no name, or shares it with another in the file.",
    "F06": "The scenario has no steps.",
    "F07": "The scenario has no Then.",
    "F08": "The scenario has more than one When.",
    "F09": "A step has no kind: it opens with `*`, or with And or But before any Given, When or Then.",
    "F10": "A line of description reads like a step or a heading, and would not run.",
    "F11": "An outline has no Examples, or an Examples table has no rows.",
    "F12": "An Examples row is empty, or repeats another of the scenario.",
    "F13": "A placeholder is not a column of the Examples table.",
    "F14": "An Examples column is unused, unnamed or repeated.",
    "F15": "A placeholder stands where nothing fills it: in a plain scenario or a background.",
    "F16": "A tag would switch a scenario off.",
    "F17": "A tag is of no known form.",
    "F18": "The scenario has no clause tag.",
    "F19": "Examples carry a tag.",
    "F20": "The clause of a tag is unknown.",
    "F21": "The rule of a tag is unknown.",
    "F22": "The reading of a tag is unknown.",
    "F23": "A row of a table is not closed by a bar: what stands behind its last bar is lost.",
    "S01": "No step definition fits the step.",
    "S02": "More than one step definition fits the step.",
    "S03": "A step function is asynchronous and would never be awaited.",
    "S04": "A step has a table or a text that its step function does not take.",
    "S05": "A step is defined without this project's given, when and then.",
    "S06": "A step uses a word that the policies do not have: a fact, a choice, a value, a party, a country.",
}


@dataclass(frozen=True, slots=True)
class KnownIds:
    """The ids that tags may name; an empty set makes every such tag unknown."""

    clauses: frozenset[str] = field(default_factory=frozenset)
    rules: frozenset[str] = field(default_factory=frozenset)
    readings: frozenset[str] = field(default_factory=frozenset)

    def named(self, key: str) -> frozenset[str]:
        """The ids of one kind of tag: `clause`, `rule` or `reading`."""
        return {"clause": self.clauses, "rule": self.rules, "reading": self.readings}[key]


@dataclass(frozen=True, slots=True, order=True)
class LintFinding:
    """One fault: where, which code, what is the case, what to do about it."""

    path: str
    line: int
    code: str
    fact: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.code} {self.fact}; {self.remedy}"


def suggest(word: str, known: Iterable[str], otherwise: str) -> str:
    """The remedy for an unknown word: the nearest known one, or `otherwise` if none is near."""
    near = get_close_matches(word, sorted(known), n=1)
    return f"did you mean `{near[0]}`?" if near else otherwise
