"""The records a report is made from, read and checked: that of `policies test`, and that of the scenarios' steps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.evidence.reviews.status import Reviews
from engine import Proof

PASSED = "PASSED"
_RecordT = TypeVar("_RecordT")


class UnusableRecord(Exception):
    """A record cannot be used; the text says what is wrong with it, `remedy` what helps."""

    def __init__(self, fact: str, remedy: str) -> None:
        super().__init__(fact)
        self.remedy = remedy


class RecordModel(BaseModel):
    """A part of a record: frozen; what a report does not show is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class InForce(RecordModel):
    """The first and the last day of the instruction; None is open."""

    start: dt.date | None = Field(alias="from")
    until: dt.date | None


class PoliciesTested(RecordModel):
    """The policy set that the scenarios were run about."""

    name: str
    title: str
    revision: str
    status: Literal["proposed", "in_force"]
    as_of: dt.date
    instruction: InForce | None
    folder: str


class PolicyFingerprints(RecordModel):
    """The fingerprints of what the answers rest on: rules and parameters by name, and the set as a whole."""

    whole: str
    rules: dict[str, str]
    parameters: dict[str, str]


class Scenario(RecordModel):
    """One expected scenario: a plain one, or one with a row of Examples."""

    place: str
    feature: str
    rule: str | None
    name: str
    cells: tuple[str, ...]
    tags: tuple[str, ...]
    fingerprint: str | None = None
    verdict: str
    seconds: float | None = None

    @property
    def key(self) -> tuple[str, str, tuple[str, ...]]:
        """What ties it to the same scenario in another record."""
        return self.place, self.name, self.cells

    def named(self, sort: str) -> tuple[str, ...]:
        """The ids that its tags of a sort (`clause`, `rule`, `reading`) name."""
        start = f"@{sort}:"
        return tuple(tag.removeprefix(start) for tag in self.tags if tag.startswith(start))


class Failing(RecordModel):
    """Why a scenario has not passed."""

    place: str
    name: str
    cells: tuple[str, ...] | None = None
    verdict: str
    message: str

    def is_about(self, scenario: Scenario) -> bool:
        """Whether it is about that scenario; a record of before did not say which row of Examples it means."""
        named = self.place == scenario.place and self.name == scenario.name
        return named and self.cells in (None, scenario.cells)


class RecordedFinding(RecordModel):
    """What is wrong with a feature file."""

    path: str
    line: int
    code: str
    fact: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.code} {self.fact}; {self.remedy}"


class Scenarios(RecordModel):
    """All scenarios, and those that have not passed."""

    expected: int = Field(alias="promised")
    passed: int
    failing: tuple[Failing, ...]
    findings: tuple[RecordedFinding, ...]
    all: tuple[Scenario, ...]

    def message_of(self, scenario: Scenario) -> str:
        """Why a scenario has not passed; empty if the record does not say so."""
        return next((row.message for row in self.failing if row.is_about(scenario)), "")


class ClauseRow(RecordModel):
    """A clause with its rules, its scenarios, and what they show of it."""

    clause: str
    text: str
    no_rule: str | None
    rules: tuple[str, ...]
    without: tuple[str, ...]
    scenarios: tuple[str, ...]
    verdict: str


class RuleRow(RecordModel):
    """A rule with its clauses and scenarios."""

    rule: str
    clauses: tuple[str, ...]
    scenarios: tuple[str, ...]
    verdict: str


class ConditionRow(RecordModel):
    """A part of a rule's condition, and which values no request of a scenario gave it."""

    rule: str
    condition: str
    unseen: tuple[str, ...]


class ProposedScenario(RecordModel):
    """A scenario that would notice a change."""

    path: str
    text: str


class MutantRow(RecordModel):
    """A small change of the policies, and its fate."""

    number: int
    file: str
    line: int
    subject: str
    change: str = Field(alias="said")
    fate: str
    because: str | None = None
    proposal: ProposedScenario | None = None

    @property
    def place(self) -> str:
        """Where the change was made."""
        return f"{self.file}:{self.line}"


class SetAside(RecordModel):
    """A scenario that could not be run against mutants."""

    scenario: str
    because: str


class Mutants(RecordModel):
    """The small changes tried, by their fates."""

    tried: int
    killed: int
    refused: int
    equivalent: int
    survived: int
    not_decided: int
    score: float
    set_aside: tuple[SetAside, ...]
    all: tuple[MutantRow, ...]


class Record(RecordModel):
    """What `policies test --out` writes; its form is documented in `api.cli.policies_test`."""

    form: Literal[1] = Field(alias="schema")
    ready: bool
    partial: dict[str, object] | None = None
    policies: PoliciesTested
    fingerprints: PolicyFingerprints | None = None
    started: dt.datetime
    scenarios: Scenarios
    clauses: tuple[ClauseRow, ...]
    rules: tuple[RuleRow, ...]
    conditions: tuple[ConditionRow, ...]
    unasked_countries: tuple[str, ...] = ()
    mutants: Mutants | None


class StepRow(RecordModel):
    """One step of a scenario, with its verdict at each door."""

    kind: str
    text: str
    verdicts: dict[str, str]


class SteppedScenario(RecordModel):
    """A scenario of the compliance record, with its steps."""

    path: str
    line: int
    name: str
    cells: tuple[str, ...]
    verdict: str
    steps: tuple[StepRow, ...]

    @property
    def key(self) -> tuple[str, str, tuple[str, ...]]:
        """What ties it to the same scenario in the other record."""
        return f"{self.path}:{self.line}", self.name, self.cells


class ComplianceRecord(RecordModel):
    """What `pytest --compliance-record` writes; the form is in `api.evidence.scenarios.compliance_record`."""

    form: Literal[1] = Field(alias="schema")
    finished: dt.datetime
    complete: bool
    scenarios: tuple[SteppedScenario, ...]


class Evidence(RecordModel):
    """All that a report is made from."""

    record: Record
    proof: Proof
    reviews: Reviews
    compliance: ComplianceRecord | None = None


def read_record(path: Path) -> Record:
    """Read the record of `policies test`. Raises UnusableRecord, also for that of a part."""
    remedy = "make it with `channelgate policies test --out`"
    found = _read(path, Record.model_validate_json, remedy)
    if found.partial is not None:
        fact = f"{path} is of a part of the scenarios alone"
        raise UnusableRecord(fact, f"{remedy}, without --only and --changed")
    return found


def read_compliance(path: Path, record: Record) -> ComplianceRecord:
    """Read the record of the steps, which must be of the same scenarios as `record`. Raises UnusableRecord."""
    remedy = "make it with `python -m pytest --compliance-record FILE features`"
    found = _read(path, ComplianceRecord.model_validate_json, remedy)
    mine, theirs = {one.key for one in record.scenarios.all}, {one.key for one in found.scenarios}
    if mine != theirs:
        place, name, _ = min(mine ^ theirs)
        raise UnusableRecord(
            f"{path} is not about the same scenarios as the record; only one of the two has {place} `{name}`",
            "make both records from the same feature files",
        )
    return found


def _read(path: Path, parse: Callable[[bytes], _RecordT], remedy: str) -> _RecordT:
    try:
        return parse(path.read_bytes())
    except OSError as error:
        raise UnusableRecord(f"{path} cannot be read ({error.strerror})", remedy) from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        at = f" at `{where}`" if where else ""
        raise UnusableRecord(f"{path} is not such a record{at}", remedy) from error
