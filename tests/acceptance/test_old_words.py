"""Facts recorded in words that a sound policy set no longer has: shown as such, not known, and never a permission.

Covers: api.domain.present_words, api.domain.cases.case, api.domain.known_facts
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.support.desks import ROOT, URGENT, fact, serving
from tests.support.waiting import wait_until

FURTHER = """
  - fact: item.grade
    kind: choice
    choices: {low: low, mid: middling, high: high}
    ask: Which grade is it?
    answered_by: committee
    owner: committee

  - fact: item.weight
    kind: number
    ask: How heavy is it?
    answered_by: committee
    owner: committee

  - fact: mission.cleared
    kind: choice
    choices: {not_done: not yet, ok: it is, bad: it is not}
    ask: Is the mission cleared?
    answered_by: committee
    owner: committee
"""
RECORDED = (
    fact("item.grade", "mid"),
    fact("item.weight", 7.5),
    fact("mission.cleared", "ok"),
    fact("item.channel.project_no", "8-1"),
)
CHANGES = {
    "a fact is removed": (("fact: item.weight", "fact: item.mass"), "item.weight", "the fact item.weight"),
    "a fact becomes a group": (
        ("fact: item.weight", "fact: item.weight.grams"),
        "item.weight",
        "the fact item.weight",
    ),
    "a fact of the request becomes one of its lines": (
        ("fact: mission.cleared", "fact: item.cleared"),
        "mission.cleared",
        "the fact mission.cleared",
    ),
    "a choice of a line is removed": (
        ("mid: middling, ", ""),
        "item.grade",
        "the choice mid of item.grade",
    ),
    "a choice of the request is renamed": (
        ("ok: it is,", "okay: it is,"),
        "mission.cleared",
        "the choice ok of mission.cleared",
    ),
    "a choice becomes a number": (
        ("kind: choice\n    choices: {low: low, mid: middling, high: high}", "kind: number"),
        "item.grade",
        "the recorded value of item.grade, which is a number now",
    ),
    "a number becomes a truth": (
        ("fact: item.weight\n    kind: number", "fact: item.weight\n    kind: truth"),
        "item.weight",
        "the recorded value of item.weight, which is a truth now",
    ),
    "the visitor is another fact": (
        ("mission.name", "mission.title"),
        "mission.name",
        "the fact mission.name",
    ),
}


class Recorded(NamedTuple):
    folder: Path
    keys: dict[str, str]
    request: dict[str, Any]
    case_id: str
    decision_id: str


def policies_with(folder: Path, *change: str) -> Path:
    """The shipped policies with further facts that no rule asks, then with a text changed in every file."""
    shutil.copytree(ROOT / "policies", folder)
    vocabulary = folder / "vocabulary.yaml"
    text = vocabulary.read_text()
    place = text.index("\n# ", text.index("- fact: item.channel.attache_confirmation"))
    vocabulary.write_text(text[:place] + FURTHER + text[place:])
    if change:
        before, after = change
        assert before in vocabulary.read_text()
        for file in folder.glob("*.yaml"):
            file.write_text(file.read_text().replace(before, after))
    return folder


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    folder, keys = tmp_path_factory.mktemp("recorded"), dict[str, str]()
    with serving(folder, str(folder / "log.db"), policies=policies_with(folder / "first"), keys=keys) as desk:
        request = {**URGENT, "request_id": "old words"}
        case_id = desk.opened(request_id="old words")
        desk.record("committee", case_id, *RECORDED)
        answer = desk.call("department", "POST", "/v1/pre-check", request)
        decision_id = answer.json()["decision_id"]
    return Recorded(folder, keys, request, case_id, decision_id)


@pytest.mark.parametrize("name", CHANGES)
def test_it_is_shown_as_recorded_in_old_words_and_every_door_answers(
    name: str, recorded: Recorded, tmp_path: Path
) -> None:
    change, changed_fact, lacking = CHANGES[name]
    for file in ("log.db", "keys.json", "signing.key"):
        shutil.copy(recorded.folder / file, tmp_path / file)
    policies = policies_with(tmp_path / "then", *change)
    with serving(tmp_path, str(tmp_path / "log.db"), policies=policies, keys=recorded.keys) as desk:
        wait_until(lambda: bool(desk.client.get("/readyz").json()["in_old_words"]))
        assert desk.client.get("/readyz").json()["in_old_words"] == [{"what": lacking, "places": 1}]
        case = desk.case(recorded.case_id)
        old = {one["fact"]: one["in_old_words"] for one in case["facts"] if "in_old_words" in one}
        assert old == {changed_fact: lacking}
        assert [one["fact"] for one in case["history"] if "in_old_words" in one] == [changed_fact]
        (queued,) = desk.call("committee", "GET", "/v1/cases").json()["cases"]
        assert queued["outcome"] == case["decision"]["outcome"]
        shown = desk.call("committee", "GET", f"/v1/decisions/{recorded.decision_id}")
        assert (shown.status_code, shown.json()["about"]["mission"]) == (200, URGENT["mission"]["name"])
        by_case = desk.call(
            "committee",
            "POST",
            "/v1/clearances",
            {"case_id": recorded.case_id},
            headers={"Idempotency-Key": "k"},
        )
        assert by_case.json()["type"] == "/problems/not-cleared"
        stated = {**recorded.request, "mission": {"countries": ["KP"]}}
        answer = desk.call("department", "POST", "/v1/pre-check", stated)
        assert (answer.status_code, answer.json()["outcome"]) == (200, case["decision"]["outcome"])
