"""Seeded faults: each small slip in the shipped policies is found, by the checks or by the proof, with a request that
`decide` answers as shown; what an officer may rightly change raises no alarm.

Covers: engine.analysis.monotonicity, engine.analysis.properties
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from api.parsing.requests import read_request
from engine import Obligation, PolicyFaults, Proof, Verdict, decide, load_policies, prove
from tests.support.mistakes import SHIPPED, Case
from tests.support.shipped_words import VERSION_1
from tests.support.strategies import NOW

HERE = Path(__file__).parents[1] / "data" / "proof_faults"


def read(name: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = YAML(typ="safe", pure=True).load((HERE / name).read_text())
    return entries


def folder(entry: dict[str, Any]) -> dict[str, bytes]:
    edit = {key: entry[key] for key in ("file", "replace", "with") if key in entry}
    return Case(str(entry), tuple(entry.get("edits", [edit])), ()).folder()


def obligations(proof: Proof) -> list[Obligation]:
    return [obligation for group in proof.groups for obligation in group.obligations]


FAULTS, VARIANTS = read("faults.yaml"), read("variants.yaml")
PROVED_AGAINST = [fault for fault in FAULTS if "refutes" in fault]
CHECKED = [fault for fault in FAULTS if "check" in fault]


def test_there_are_thirty_faults_and_ten_variants_or_more() -> None:
    assert len(PROVED_AGAINST) >= 30
    assert len(VARIANTS) >= 10
    assert len(PROVED_AGAINST) + len(CHECKED) == len(FAULTS)


@pytest.mark.parametrize("fault", CHECKED, ids=lambda fault: fault["fault"])
def test_fault_is_found_before_anything_is_proved(fault: dict[str, Any]) -> None:
    with pytest.raises(PolicyFaults) as found:
        load_policies(folder(fault))
    assert fault["check"] in {finding.code for finding in found.value.diagnostics}


@pytest.mark.parametrize("fault", PROVED_AGAINST, ids=lambda fault: fault["fault"])
def test_fault_is_refuted_by_a_worked_request(fault: dict[str, Any]) -> None:
    policies = load_policies(folder(fault))
    proof = prove(policies)
    failed = [o for o in obligations(proof) if o.verdict is not Verdict.PROVED]
    assert all(obligation.verdict is Verdict.REFUTED for obligation in failed), failed
    (refuted,) = (obligation for obligation in failed if obligation.name == fault["refutes"])
    assert refuted.at
    assert refuted.because
    assert all(involved.at.count(":") == 2 for involved in refuted.involved)
    if shadows := fault.get("shadowed_by"):
        assert {i.rule for i in refuted.involved} >= set(shadows)
        assert all(f"`{name}`" in refuted.because for name in shadows)
    assert refuted.worked or refuted.name.startswith("no-dead")
    for obligation in failed:
        # Of two requests compared, or one compared under two sets, the last is what the policies answer.
        if worked := obligation.worked[-1:]:
            received = read_request(as_posted(worked[0].request), VERSION_1)
            decision = decide(policies, received.request, decision_id="x", evaluated_at=NOW)  # type: ignore[union-attr]
            assert decision.outcome is worked[0].outcome
            assert decision.lines[0].rules == worked[0].rules


def as_posted(request: dict[str, Any]) -> bytes:
    return json.dumps(request).encode()


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant["variant"])
def test_rightful_change_raises_no_alarm(variant: dict[str, Any]) -> None:
    proof = prove(load_policies(folder(variant)))
    assert [o for o in obligations(proof) if o.verdict is not Verdict.PROVED] == []


def test_everything_is_proved_of_the_shipped_policies() -> None:
    proof = prove(load_policies(dict(SHIPPED)))
    assert proof.proved, [o for o in obligations(proof) if o.verdict is not Verdict.PROVED]
    names = [obligation.name for obligation in obligations(proof)]
    assert len(names) == len(set(names))


def test_a_proof_is_the_same_every_time() -> None:
    files = folder(PROVED_AGAINST[0])
    assert prove(load_policies(files)).model_dump_json() == prove(load_policies(files)).model_dump_json()
