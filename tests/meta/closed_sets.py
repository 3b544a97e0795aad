"""Adds a member to a closed set in a copy of the sources, and lets mypy say which branches are missing.

`python -m tests.meta.closed_sets` does so for every closed set, `python -m tests.meta.closed_sets Outcome` for one.
"""

from __future__ import annotations

import ast
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mypy import api as mypy

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("engine", "api")
ENUMERATIONS = frozenset({"Enum", "StrEnum"})
NEW = "A_MEMBER_NOBODY_HANDLES"

FREE = {
    "AccessLog": "two values, one compared by name",
    "AccessRequestFault": "carries its name, status and title",
    "AnswerState": "the words of an event, read into Confirmation",
    "ClearanceState": "reported as it is",
    "Counted": "counted under its own name, whatever it is",
    "Counts": "two values, compared by name",
    "DoneBy": "a duty that nothing here ends stays open",
    "ExportFormat": "two values, one requested by name",
    "FaultCode": "carries its meaning, and is reported as it is",
    "FileFormat": "two values, one requested by name",
    "Format": "two values, one requested by name",
    "GaugeMode": "words of the library of metrics, handed to it as they are",
    "Gauged": "carries its name, its words and its label",
    "GroundCode": "reported as it is",
    "HandoverStatus": "reported as it is",
    "Holds": "reported as it is",
    "LooseningCause": "reported as it is, each with its words",
    "NextAction": "reported as it is",
    "Operator": "reported as it is; one that is not listed as harmless is checked in full",
    "PartyOffice": "looked up in the table of permissions",
    "ProblemKind": "carries its type, status and title",
    "PropertyWord": "a word of the policy files, read into Property",
    "RegisterStep": "looked up in the registers, whose check asks for every one",
    "ReviewState": "reported as it is",
    "ScenarioVerdict": "ranked by the order of its members, and counted under its own name",
    "ShapeUse": "counted under its own name, whatever it is",
    "Sign": "the two directions of a sum",
    "StandingCase": "looked up in the policies, whose check asks for every one",
    "StepKind": "compared with the kinds of the step definitions",
    "StreamEnd": "reported as it is",
    "TaskStatus": "reported as it is",
    "TermSort": "stored and searched under its own name, whatever it is",
    "TextSort": "texts of one sort belong together, whichever sort it is",
    "TransferProcedure": "reported as it is",
    "Wait": "carries its words and its seconds",
    "_CheckpointSource": "carries its words",
    "_LogDifference": "carries its words",
}
"""The sets that nothing has to branch on, each with the reason."""


@dataclass(frozen=True, slots=True)
class ClosedSet:
    """An enumeration, or an alias of `Literal`: its name, and the module it is written in."""

    name: str
    path: Path

    def grown(self, text: str) -> str:
        """The module with one member more."""
        head = re.compile(rf"^class {self.name}\(\w+\):\n", re.MULTILINE)
        if found := head.search(text):
            member = re.compile(r"^    [A-Z][A-Z0-9_]* = ", re.MULTILINE).search(text, found.end())
            assert member
            return f'{text[: member.start()]}    {NEW} = "{NEW.lower()}"\n{text[member.start() :]}'
        return re.sub(
            rf"^({self.name} = Literal\[)", rf'\1"{NEW.lower()}", ', text, count=1, flags=re.MULTILINE
        )


def closed_sets() -> Iterator[ClosedSet]:
    """Every closed set of the sources."""
    for path in sources():
        for node in ast.parse(path.read_text()).body:
            match node:
                case ast.ClassDef(name=name, bases=[ast.Name(id=base)]) if base in ENUMERATIONS:
                    yield ClosedSet(name, path.relative_to(ROOT))
                case ast.Assign(
                    targets=[ast.Name(id=name)],
                    value=ast.Subscript(
                        value=ast.Name(id="Literal"), slice=ast.Tuple(elts=[ast.Constant(), *_])
                    ),
                ):
                    yield ClosedSet(name, path.relative_to(ROOT))


def sources() -> Iterator[Path]:
    """The modules of the packages."""
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def missing_branches(grown: ClosedSet, imports: str = "skip") -> list[str]:
    """What mypy says of the modules that branch on a closed set, once it has a member more.

    With `imports` skipped it takes seconds, and misses branches on what comes by way of another module; followed in
    silence, all are found.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for package in PACKAGES:
            shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
        module = copy / grown.path
        module.write_text(grown.grown(module.read_text()))
        named = re.compile(rf"\b{grown.name}\b")
        files = [copy / path.relative_to(ROOT) for path in sources() if branches_on(named, path.read_text())]
        files += [path for path in (module, copy / "engine/__init__.py") if path not in files]
        flags = ["--strict", f"--follow-imports={imports}", f"--cache-dir={copy / 'cache'}", "--config-file="]
        flags += [
            "--disable-error-code=misc",
            "--disable-error-code=no-any-return",
            "--no-warn-unused-ignores",
        ]
        report, _, _ = mypy.run([*flags, *map(str, files)])
        return [
            line.removeprefix(f"{folder}/")
            for line in report.splitlines()
            if NEW in line or NEW.lower() in line
        ]


def branches_on(named: re.Pattern[str], text: str) -> bool:
    """Whether a module may have a branch that is checked to be total."""
    return "assert_never" in text and named.search(text) is not None


if __name__ == "__main__":
    for one in closed_sets():
        if not sys.argv[1:] or one.name in sys.argv[1:]:
            places = missing_branches(one, "silent")
            print(f"{one.name} ({one.path}): {len(places)} places", *places, sep="\n    ")
