"""`policies compare` and what a vocabulary guards: whose word counts, what is urgent, what can be stated at all.

Covers: engine.analysis.guards, engine.analysis.vocabularies, engine.checking.floor
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from engine import (
    PolicyFaults,
    hold_to,
    invariants_in,
    load_policies,
    load_recorded_policies,
    read_floor,
)
from engine.analysis.proving import prove
from tests.support.mistakes import ROOT

STARTER = ROOT / "api" / "files" / "starter" / "policies"
FILES = {path.name: path.read_text() for path in STARTER.glob("*.yaml")}
LATE = """
  - fact: urgency.late
    kind: truth
    ask: Is it of no use if it comes late?
    answered_by: host
"""
PURPOSES = """
  - fact: request.sort
    kind: choice
    choices: {talk: a talk, tour: a tour}
    ask: What sort of visit is it?
    answered_by: host
"""
URGENCY = """
  - invariant: urgency-never-permits
    clause: [C2]
    title: Urgency never permits.
    property: urgency_never_permits
"""


def folder(place: Path, *changes: tuple[str, str, str], facts: str = "", invariants: str = "") -> Path:
    """The starter with these facts, and with texts of its files put otherwise."""
    files = {**FILES, "vocabulary.yaml": FILES["vocabulary.yaml"] + facts}
    files["invariants.yaml"] += invariants
    for file, before, after in changes:
        assert before in files[file]
        files[file] = files[file].replace(before, after)
    place.mkdir()
    for name, text in files.items():
        (place / name).write_text(text)
    return place


def files_of(place: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in place.glob("*.yaml")}


def compared(old: Path, new: Path) -> tuple[int, dict[str, Any]]:
    named = ("--floor", STARTER.parent / "floor.yaml", "--format", "json")
    result: Result = CliRunner().invoke(app, ["policies", "compare", *map(str, (old, new, *named))])
    return result.exit_code, json.loads(result.stdout)


@pytest.mark.parametrize(
    ("owner", "change"),
    [
        ("", "owner release_desk -> nobody"),
        ("    owner: host\n", "owner release_desk -> host"),
        ("    owner: records_desk\n", "owner release_desk -> records_desk"),
    ],
)
def test_a_fact_that_loses_its_owner_is_guarded_less(tmp_path: Path, owner: str, change: str) -> None:
    old = folder(tmp_path / "old")
    new = folder(tmp_path / "new", ("vocabulary.yaml", "    owner: release_desk\n", owner))
    code, found = compared(old, new)
    assert code == 1
    assert ("fact item.approval", change) in [(one["name"], one["change"]) for one in found["guards"]]


def test_a_fact_that_gets_an_owner_is_not(tmp_path: Path) -> None:
    signed = "    ask: Has the visitor signed not to pass it on?\n    answered_by: host\n"
    new = folder(tmp_path / "new", ("vocabulary.yaml", signed, f"{signed}    owner: records_desk\n"))
    code, found = compared(folder(tmp_path / "old"), new)
    assert (code, found["guards"]) == (0, [])


def test_a_new_choice_that_slips_past_a_prohibition_is_more_permissive(tmp_path: Path) -> None:
    sample = "      sample: a sample\n"
    more = (("vocabulary.yaml", sample, f"{sample}      specimen: a specimen\n"),)
    code, found = compared(folder(tmp_path / "old"), folder(tmp_path / "new", *more))
    assert code == 1
    permitted = [one for one in found["classes"] if one["direction"] == "more_permissive"]
    assert {one["becomes"] for one in permitted} == {"deliver"}
    assert all("item.kind is specimen" in one["always"] for one in permitted)
    assert all("item.kind: has the new choice specimen" in one["because_of"][0] for one in permitted)


def test_a_new_choice_that_no_rule_asks_for_changes_nothing(tmp_path: Path) -> None:
    unasked = ("directive.yaml", "facts: [request.purpose,", "facts: [request.sort, request.purpose,")
    old = folder(tmp_path / "old", unasked, facts=PURPOSES)
    new = folder(
        tmp_path / "new", unasked, facts=PURPOSES.replace("tour: a tour", "tour: a tour, stay: a stay")
    )
    code, found = compared(old, new)
    assert (code, found["classes"], found["guards"]) == (0, [], [])


def test_a_number_that_may_be_larger_than_before_is_answered_for_what_is_new(tmp_path: Path) -> None:
    heavy = (
        "\n  - fact: item.weight\n    kind: number\n    most: 9\n    ask: How heavy?\n    answered_by: host\n"
    )
    rule = (
        "directive.yaml",
        '        when: item.approval == "approved"\n        outcome: deliver',
        '        when: item.approval == "approved" and item.weight >= 0\n        outcome: deliver',
    )
    old = folder(tmp_path / "old", rule, facts=heavy)
    new = folder(tmp_path / "new", rule, facts=heavy.replace("most: 9", "most: 99"))
    code, found = compared(old, new)
    assert code == 1
    assert {one["becomes"] for one in found["classes"] if one["direction"] == "more_permissive"} == {
        "deliver"
    }


@pytest.mark.parametrize("name", ["pressing.late", "urgency.hurried"])
def test_a_fact_that_is_no_longer_known_as_urgency_is_guarded_less(tmp_path: Path, name: str) -> None:
    old = folder(tmp_path / "old", facts=LATE, invariants=URGENCY)
    new = folder(tmp_path / "new", facts=LATE.replace("urgency.late", name), invariants=URGENCY)
    code, found = compared(old, new)
    assert code == 1
    assert ("fact urgency.late", "is gone") in [(one["name"], one["change"]) for one in found["guards"]]


def test_another_group_of_urgency_is_guarded_less(tmp_path: Path) -> None:
    facts = LATE + LATE.replace("urgency", "pressing")
    named = ("vocabulary.yaml", "asking_party: host", "urgency_group: pressing\nasking_party: host")
    old, new = folder(tmp_path / "old", facts=facts), folder(tmp_path / "new", named, facts=facts)
    code, found = compared(old, new)
    assert code == 1
    guards = [(one["name"], one["change"]) for one in found["guards"]]
    assert ("urgency_group", "urgency -> pressing") in guards
    assert ("fact urgency.late", "no longer says how pressing a request is") in guards


def test_a_group_of_urgency_that_has_no_fact_is_a_fault_but_not_of_a_set_that_was_in_use(
    tmp_path: Path,
) -> None:
    named = ("vocabulary.yaml", "asking_party: host", "urgency_group: urgncy\nasking_party: host")
    files = files_of(folder(tmp_path / "new", named, facts=LATE))
    with pytest.raises(PolicyFaults) as faults:
        load_policies(files)
    (fault,) = faults.value.diagnostics
    assert (fault.code, fault.message) == ("V10", "no fact is in the group `urgncy`")
    assert "urgency" in fault.remedy
    assert load_recorded_policies(files).hints


def urgency_proved(policies: Any) -> list[tuple[str, str]]:
    return [
        (group.name, one.verdict.value)
        for group in prove(policies).groups
        for one in group.obligations
        if "rgency" in one.title
    ]


def test_of_a_set_without_urgency_nothing_is_proved_that_a_floor_says_of_it(tmp_path: Path) -> None:
    floor = read_floor("floor.yaml", f"invariants:{URGENCY}".encode())
    with_facts = load_policies(files_of(folder(tmp_path / "with", facts=LATE)))
    without = load_policies(files_of(folder(tmp_path / "without")))
    assert ("floor", "proved") in urgency_proved(hold_to(with_facts, floor))
    assert ("floor", "refuted") in urgency_proved(hold_to(without, floor))


def test_nor_what_the_set_before_stated_of_itself(tmp_path: Path) -> None:
    floor = read_floor(
        "floor.yaml", f"invariants:{URGENCY.replace('property: urgency', 'property: unknown')}".encode()
    )
    old = invariants_in(files_of(folder(tmp_path / "old", facts=LATE, invariants=URGENCY)))
    renamed = folder(tmp_path / "new", facts=LATE.replace("urgency.", "pressing."), invariants=URGENCY)
    new = load_policies(files_of(renamed))
    assert ("former", "refuted") in urgency_proved(hold_to(new, floor, old))
    never = invariants_in(files_of(folder(tmp_path / "never", invariants=URGENCY)))
    assert "former" not in [group for group, _ in urgency_proved(hold_to(new, floor, never))]


@pytest.mark.parametrize(
    ("before", "after", "name", "change"),
    [
        ("deliver: 1", "deliver: 365", "valid_days deliver", "1 -> 365"),
        ("offices: [keeps_registers, audits]", "offices: [decides, audits]", "role records_desk", "decides"),
        ("offices: [edits_policies]", "offices: [edits_policies, decides]", "role head", "decides"),
        ("offices: [edits_policies]", "offices: [audits]", "role head", "less: edits_policies"),
    ],
)
def test_what_callers_may_do_and_how_long_a_permission_holds_is_guarded(
    tmp_path: Path, before: str, after: str, name: str, change: str
) -> None:
    new = folder(tmp_path / "new", ("directive.yaml", before, after))
    code, found = compared(folder(tmp_path / "old"), new)
    assert code == 1
    assert [one["change"] for one in found["guards"] if one["name"] == name] == [
        change if "->" in change else f"may do {change if ':' in change else f'more: {change}'}"
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("route_bilateral: 7", "route_bilateral: 70"),
        ("hold: 7", "hold: 70"),
        ("offices: [keeps_registers, audits]", "offices: [audits]"),
    ],
)
def test_what_permits_nothing_more_is_no_guard(tmp_path: Path, before: str, after: str) -> None:
    new = folder(tmp_path / "new", ("directive.yaml", before, after))
    assert compared(folder(tmp_path / "old"), new)[1]["guards"] == []
