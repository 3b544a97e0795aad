"""The pytest plugin that checks for every small change of the policies whether a scenario would notice it.

With `--policy-mutants FILE` nothing is run as a test. The scenarios run (`in_process_runs`) against every mutant of
the policy folder, in several processes, and FILE is written in the order of the mutants, each line a JSON object:

    {event: "start", scenarios, countries, set_aside: [{scenario, because}], mutants, mutants_of_all}
    {event: "mutant", number, operator, file, line, column, subject, said, before, after, fate, seconds, ...}
    {event: "conditions", conditions: [{rule, condition, seen: {true, false, unknown}, impossible: [truth]}]}
    {event: "end", seconds}

A fate is `killed` (with `by`, the scenario), `refused` (by the check; with `code` and `message`), `equivalent` (no
answer changes, proved), `survived` (with `worked` and `proposal` or `no_proposal`) or `not_decided` (with `because`).
`worked` is {request, words, before, after}, the last two {outcome, rules}; `proposal` {path, line, title, text}: the
scenario to be put after a line of a feature file. Scenarios that fail, or have nothing decided, when
they are run against the policies as they are, are set aside. Titles of proposals need not differ from each other.
"""

import datetime as dt
import json
import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from api.evidence.scenarios.collection import COLLECTED, part_of
from api.evidence.scenarios.door import FolderContent
from api.evidence.scenarios.in_process_runs import (
    BoundScenario,
    InProcessDoor,
    bind_scenarios,
    run_steps,
)
from api.evidence.scenarios.passing_scenarios import PassingScenario, first_killer
from api.evidence.scenarios.proposals import Proposal, Spot, propose, spots_of
from api.evidence.scenarios.session_policies import policy_files_of
from api.evidence.scenarios.step_definitions import definitions_seen_from
from engine import Document, PolicyFaults, PolicySet, load_document, load_policies, rule_names
from engine.analysis.mutation import (
    AnswerDifference,
    Mutant,
    NotDecided,
    Sameness,
    Sighting,
    all_sightings,
    changed_contents,
    consulted_rules,
    find_mutants,
    impossible_truths,
    see_truths,
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the run against mutants, and another policy folder than that of the project."""
    parser.addoption("--policies", metavar="DIR", help="the policy folder that the scenarios are about")
    parser.addoption("--policy-mutants", metavar="FILE", help="run the scenarios against every mutant")
    parser.addoption("--mutant-workers", type=int, default=0, help="how many processes; 0: as many as cores")


@pytest.fixture(scope="session")
def policy_files(pytestconfig: pytest.Config) -> dict[str, bytes]:
    """The policy folder of the scenarios, as name -> content; an in-process run puts a changed one here."""
    return policy_files_of(pytestconfig)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Run against mutants instead of as tests, if that is requested."""
    path = session.config.getoption("--policy-mutants")
    if not path:
        return None
    trials = MutantTrials(session)
    with Path(session.config.invocation_params.dir / path).open("w", encoding="utf-8") as out:
        for event in trials.events(session.config.getoption("--mutant-workers") or os.cpu_count() or 1):
            out.write(json.dumps(event, ensure_ascii=False) + "\n")
            out.flush()
    return True


FEW = 8
"""So few mutants to a process are not worth one."""


@dataclass
class MutantTrials:
    """Everything that a mutant is run against."""

    session: pytest.Session
    files: FolderContent = field(init=False)
    policies: PolicySet = field(init=False)
    sameness: Sameness = field(init=False)
    documents: tuple[Document, ...] = field(init=False)
    parts: list[PassingScenario] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)
    definitions: dict[pytest.Collector, Any] = field(default_factory=dict)
    set_aside: list[dict[str, str]] = field(default_factory=list)
    seen: Counter[Sighting] = field(default_factory=Counter)
    mutants: tuple[Mutant, ...] = ()

    def __post_init__(self) -> None:
        collected = self.session.config.stash[COLLECTED]
        unread: list[BoundScenario] = []
        for module in collected.modules:
            definitions = definitions_seen_from(module)
            self.definitions[module] = definitions
            file = collected.files[module.path.resolve()]
            unread += bind_scenarios(file, module, definitions)
            self.spots += spots_of(file, module)
        self.files = policy_files_of(self.session.config)
        self.policies = load_policies(self.files)
        self.sameness = Sameness(self.policies)
        self.documents = tuple(load_document(name, self.files[name]) for name in sorted(self.files))
        door = InProcessDoor(self.files, self.policies)
        for part in unread:
            self._try_unchanged(part, door)

    def _try_unchanged(self, part: BoundScenario, door: InProcessDoor) -> None:
        door.calls.clear()
        try:
            failed = run_steps(part.steps, door, part.node)
        except PolicyFaults as faults:
            failed = str(faults)
        if failed or not door.calls:
            because = failed or "it asks nothing at the door"
            self.set_aside.append({"scenario": part.title, "because": because})
            return
        today = self.policies.day_at(dt.datetime.now(dt.UTC))
        for policies, request, _ in door.calls:
            self.seen.update(see_truths(policies, request, today))
        rules = {
            rule for *_, answer in door.calls for line in answer["lines"] for rule in line.get("rules", ())
        }
        countries = {
            country
            for _, request, _ in door.calls
            for country in (request.mission and request.mission.countries) or ()
        }
        overlaid = any(policies is not self.policies for policies, *_ in door.calls)
        consulted = None
        if not overlaid and part.has_own_steps:
            found = (consulted_rules(policies, request, today) for policies, request, _ in door.calls)
            consulted = frozenset[str]().union(*found)
        self.parts.append(PassingScenario(part, frozenset(rules), frozenset(countries), overlaid, consulted))

    def events(self, workers: int) -> Iterator[dict[str, Any]]:
        """What is written to the file, in its order."""
        began = time.perf_counter()
        self.mutants = find_mutants(self.documents)
        part = part_of(self.session.config)
        chosen = [
            number for number, mutant in enumerate(self.mutants) if not part or part.concerns(mutant.subject)
        ]
        yield {
            "event": "start",
            "scenarios": len(self.parts),
            "countries": sorted({country for part in self.parts for country in part.countries}),
            "set_aside": self.set_aside,
            "mutants": len(chosen),
            "mutants_of_all": len(self.mutants),
        }
        if min(workers, len(chosen) // FEW) < 2:
            yield from map(self.try_mutant, chosen)
            yield self.conditions()
        else:
            yield from self._spread(chosen, workers)
        yield {"event": "end", "seconds": round(time.perf_counter() - began, 2)}

    def _spread(self, chosen: Sequence[int], workers: int) -> Iterator[dict[str, Any]]:
        """The same events in the same order, worked out by several processes."""
        global _TRIALS
        _TRIALS = self
        with multiprocessing.get_context("fork").Pool(workers) as pool:
            # What the scenarios have seen takes as long as some mutants; nobody waits for it at the end.
            conditions = pool.apply_async(_conditions)
            yield from pool.imap(_try, chosen)
            yield conditions.get()

    def try_mutant(self, number: int) -> dict[str, Any]:
        """The fate of a mutant."""
        began = time.perf_counter()
        mutant = self.mutants[number]
        fate = self._fate(mutant)
        return {
            "event": "mutant",
            "number": number + 1,
            "operator": mutant.operator.value,
            "file": mutant.place.file,
            "line": mutant.place.line,
            "column": mutant.place.column,
            "subject": mutant.subject,
            "said": mutant.change,
            "before": mutant.before,
            "after": mutant.after,
            **fate,
            "seconds": round(time.perf_counter() - began, 3),
        }

    def _fate(self, mutant: Mutant) -> dict[str, Any]:
        try:
            changed = mutant.check(self.documents)
        except PolicyFaults as faults:
            first = faults.diagnostics[0]
            return {"fate": "refused", "code": first.code, "message": first.message}
        files = {**self.files, mutant.document.file: mutant.document.text.encode()}
        door = InProcessDoor(files, changed)
        ranked = self._ranked(mutant)
        contents = changed_contents(self.policies, changed)
        if killer := first_killer(
            [one for one in ranked if not one.overlaid and one.may_notice(contents)], door
        ):
            return {"fate": "killed", "by": killer}
        try:
            difference = self.sameness.difference(changed)
        except NotDecided as reason:
            return {"fate": "not_decided", "because": str(reason)}
        if difference is None:
            return {"fate": "equivalent"}
        if killer := first_killer([one for one in ranked if one.overlaid], door):
            return {"fate": "killed", "by": killer}
        return {"fate": "survived", **self._shown(mutant, changed, files, difference)}

    def _ranked(self, mutant: Mutant) -> list[PassingScenario]:
        """The scenarios, those first that the change is likely to touch."""
        file = mutant.place.file
        countries = {code for p in self.policies.policies if p.file == file for code in p.countries}

        def distance(one: PassingScenario) -> tuple[bool, bool, bool]:
            tagged = f"@rule:{mutant.subject}" in one.part.scenario.tags
            return (
                bool(countries) and countries.isdisjoint(one.countries),
                mutant.subject not in one.rules,
                not tagged,
            )

        return sorted(self.parts, key=distance)

    def _shown(
        self, mutant: Mutant, changed: PolicySet, files: FolderContent, difference: AnswerDifference
    ) -> dict[str, Any]:
        worked = {
            "request": difference.request,
            "words": difference.words,
            "before": {"outcome": difference.before.outcome, "rules": difference.before.rules},
            "after": {"outcome": difference.after.outcome, "rules": difference.after.rules},
        }
        language = self.session.config.hook.pytest_compliance_language(config=self.session.config)
        if language is None:
            return {"worked": worked, "no_proposal": "the project says nothing in steps"}
        doors = InProcessDoor(self.files, self.policies), InProcessDoor(files, changed)
        clauses = {*difference.before.clauses, *difference.after.clauses}
        rules = {mutant.subject} & rule_names(self.policies)
        tags = frozenset({*(f"@rule:{rule}" for rule in rules), *(f"@clause:{clause}" for clause in clauses)})
        proposed = propose(self.spots, self.definitions, language, difference.request, doors, tags)
        if isinstance(proposed, Proposal):
            return {"worked": worked, "proposal": proposed.to_json()}
        return {"worked": worked, "no_proposal": proposed}

    def conditions(self) -> dict[str, Any]:
        """The truth values seen of each atomic condition, and those that are impossible."""
        everything = all_sightings(self.policies)
        impossible = impossible_truths(self.policies, [one for one in everything if not self.seen[one]])
        rows: dict[tuple[str, str], dict[str, Any]] = {}
        for one in everything:
            row = rows.setdefault(
                (one.rule, one.condition),
                {"rule": one.rule, "condition": one.condition, "seen": {}, "impossible": []},
            )
            row["seen"][one.truth.value] = self.seen[one]
            if one in impossible:
                row["impossible"].append(one.truth.value)
        return {"event": "conditions", "conditions": list(rows.values())}


_TRIALS: MutantTrials | None = None
"""Inherited by the processes of the pool, which are forks of this one."""


def _try(number: int) -> dict[str, Any]:
    assert _TRIALS is not None
    return _TRIALS.try_mutant(number)


def _conditions() -> dict[str, Any]:
    assert _TRIALS is not None
    return _TRIALS.conditions()
