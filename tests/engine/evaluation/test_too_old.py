"""While something of the policies is too old, every way of deciding holds what it would permit, and nothing else.

Covers: engine.contract.serving_status, engine.evaluation.too_old
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.bulk.screening.screening import screen_requests
from engine import (
    NO_STATUS,
    AgeKind,
    Approval,
    Outcome,
    PolicyFaults,
    PolicySet,
    ServingStatus,
    decide,
    decide_by_walking,
    explain,
    load_policies,
    read_floor,
)
from engine.checking import hold_to
from engine.contract.serving_status import duration_in_words
from tests.engine.test_compiling import check_agreement
from tests.support.folders import FOLDERS, folder, policies_of
from tests.support.screened import DAY, assert_as_decided
from tests.support.shipped_words import make_request
from tests.support.strategies import AGREED, NOW, Plain, requests, spread

TOO_OLD = ServingStatus(
    Approval.APPROVED,
    {AgeKind.SET: 5, AgeKind.PROOF: 40 * 86_400, AgeKind.RELOAD: 3_601},
    {AgeKind.PROOF: 30 * 86_400, AgeKind.SET: 10, AgeKind.RELOAD: 3_600},
)
statuses = st.builds(
    ServingStatus,
    st.sampled_from(Approval),
    st.dictionaries(st.sampled_from(AgeKind), st.none() | st.integers(0, 3)),
    st.dictionaries(st.sampled_from(AgeKind), st.integers(0, 3)),
)
PERMITTED = spread({**AGREED, "item.channel.reported_to_committee": True})


def decided(policies: PolicySet, plain: Plain, status: ServingStatus) -> Any:
    return decide(
        policies, make_request(plain), decision_id="of a test", evaluated_at=NOW, status=status
    ).model_dump(mode="json", exclude_defaults=True)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(sorted(FOLDERS)), requests(), statuses)
def test_walking_and_compiled_policies_agree_at_every_age(
    name: str, plain: Plain, status: ServingStatus
) -> None:
    check_agreement(policies_of(name), make_request(plain), status=status)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(requests(), statuses)
def test_a_permission_becomes_a_hold_and_every_other_line_stays(plain: Plain, status: ServingStatus) -> None:
    policies = policies_of("all registered")
    before, after = (decided(policies, plain, one)["lines"] for one in (NO_STATUS, status))
    for was, now in zip(before, after, strict=True):
        if was["outcome"] == Outcome.DELIVER and status.too_old:
            assert (now["outcome"], now["handover_as_asked"]) == ("hold", "no")
        else:
            assert now == was


@settings(max_examples=4, suppress_health_check=list(HealthCheck))
@given(st.lists(requests(), min_size=30, max_size=60), statuses)
def test_tables_are_answered_as_requests_are_at_every_age(rows: list[Plain], status: ServingStatus) -> None:
    policies = policies_of("all registered")
    read = [make_request(plain) for plain in rows]
    for one in (status, TOO_OLD):
        assert_as_decided(policies, read, screen_requests(policies, read, DAY, status=one), one)


def test_the_hold_names_every_age_past_its_limit_and_has_a_duty_clauses_and_a_sentence() -> None:
    policies = policies_of("shipped")
    (line,) = decided(policies, PERMITTED, TOO_OLD)["lines"]
    rule = decided(policies, PERMITTED, NO_STATUS)["lines"][0]["rules"][0]
    assert line["why_not"] == [
        {
            "rule": rule,
            "condition": "the last proof of the policies is no older than 30 days",
            "found": "it is older",
        },
        {
            "rule": rule,
            "condition": "the last time that the policies were found to be those in force is no older than 1 hour",
            "found": "it is older",
        },
    ]
    assert "rules" not in line
    assert line["clauses"] == list(policies.too_old_answer.clauses)
    assert [duty["who"] for duty in line["duties"]] == ["policy_officer"]
    assert line["say"].startswith("We have to make sure first that our rules are still the present ones.")


def test_a_proof_that_never_ran_is_past_every_limit() -> None:
    status = ServingStatus(limits={AgeKind.PROOF: 10**9})
    (line,) = decided(policies_of("shipped"), PERMITTED, status)["lines"]
    assert line["why_not"][0]["found"] == "there is none"
    assert status.too_old[0].fact == "there is no last proof of the policies"


def test_an_age_at_its_limit_is_not_past_it() -> None:
    assert not ServingStatus(ages={AgeKind.SET: 60}, limits={AgeKind.SET: 60}).too_old
    assert ServingStatus(ages={AgeKind.SET: 61}, limits={AgeKind.SET: 60}).too_old


def test_a_permission_that_breaks_the_floor_stays_refused() -> None:
    floor = b"""invariants:
  - invariant: nothing-leaves
    clause: S3.6
    title: Nothing leaves.
    when: handover.by == "committee"
    never: [deliver]
"""
    policies = hold_to(policies_of("shipped"), read_floor("floor.yaml", floor))
    assert decided(policies, PERMITTED, TOO_OLD)["outcome"] == "refuse"


@pytest.mark.parametrize("approval", Approval)
def test_every_answer_says_how_the_policies_came_into_force(approval: Approval) -> None:
    stamp = decided(policies_of("shipped"), PERMITTED, ServingStatus(approval))["policy"]
    assert stamp["approval"] == approval
    assert ("emergency" in stamp.get("note", "")) is (approval is Approval.RETURNED)


def test_a_directive_can_state_its_own_answer() -> None:
    own = """
  policies_too_old:
    clause: [S3.6]
    duties:
      - {who: committee, must: renew the proof, clause: S3.6}
    say: Our rules are being renewed.
"""
    policies = load_policies(with_answer(own))
    (line,) = decided(policies, PERMITTED, TOO_OLD)["lines"]
    assert (line["say"], line["duties"]) == (
        "Our rules are being renewed.",
        [{"who": "committee", "must": "renew the proof", "clause": "S3.6"}],
    )
    walked = decide_by_walking(
        policies, make_request(PERMITTED), decision_id="of a test", evaluated_at=NOW, status=TOO_OLD
    )
    assert walked.model_dump(mode="json", exclude_defaults=True)["lines"] == [line]


def test_its_own_answer_is_checked_as_the_others_are() -> None:
    own = """
  policies_too_old:
    clause: [S9.9]
    duties:
      - {who: nobody, must: renew the proof}
    say: Our {rules} are being renewed.
"""
    with pytest.raises(PolicyFaults) as faults:
        load_policies(with_answer(own))
    assert {found.code for found in faults.value.diagnostics} >= {"R07"}
    assert {str(found.place).split(":")[0] for found in faults.value.diagnostics} == {"directive.yaml"}


def with_answer(text: str) -> dict[str, bytes]:
    files = dict(folder("shipped"))
    directive = files["directive.yaml"].decode()
    key = "\nstanding_answers:"
    assert directive.count(key) == 1
    return {**files, "directive.yaml": directive.replace(key, key + text.rstrip()).encode()}


def test_an_explanation_says_why_it_is_held_and_offers_no_permission() -> None:
    policies, request = policies_of("shipped"), make_request(PERMITTED)
    decision = decide(policies, request, decision_id="of a test", evaluated_at=NOW, status=TOO_OLD)
    (line,) = explain(policies, request, decision, status=TOO_OLD).lines
    assert line.note is not None
    assert "too old" in line.note
    assert Outcome.DELIVER not in {change.outcome for change in line.changes}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (90, "1 minute 30 seconds"),
        (3_600, "1 hour"),
        (400 * 86_400 + 7_200, "400 days 2 hours"),
    ],
)
def test_a_duration_is_written_in_its_units(seconds: int, words: str) -> None:
    assert duration_in_words(seconds) == words
