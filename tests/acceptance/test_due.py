"""What falls due: for the lists until they are in order, and for agreed inclusions until a resolution has them.

Covers: api.cli.due, api.domain.dues.due, api.domain.dues.find_dues, api.domain.dues.list_terms
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.desks import ROOT, fact
from tests.support.register_desks import RegisterDesk, run, serving_registers, write_register

CHANNEL = "item.channel."
PROVIDED = ["important", "northeast"]


@pytest.fixture
def registers(tmp_path: Path) -> Iterator[RegisterDesk]:
    with serving_registers(tmp_path) as registers:
        yield registers


def clauses(dues: list[dict[str, Any]]) -> list[str]:
    return [due["clause"] for due in dues]


def agree(registers: RegisterDesk, session: int = 8, project: str | None = "8-14", **changes: Any) -> str:
    """A case whose one line is to enter the resolution of a session."""
    case_id = registers.desk.opened(**changes)
    facts = [
        fact(CHANNEL + "inclusion", "agreed_to_include", "1965-03-06"),
        fact(CHANNEL + "inclusion_session", session, "1965-03-06"),
    ]
    if project:
        facts.append(fact(CHANNEL + "project_no", project, "1965-03-06"))
    registers.desk.record("committee", case_id, *facts)
    return case_id


def test_of_an_untouched_register_everything_is_due_and_nothing_overdue(registers: RegisterDesk) -> None:
    dues = registers.due("1965-01-01")
    assert clauses(dues) == ["S1.2", "S2.2", "S2.2", "S2.3", "S2.3"]
    assert {due["who"] for due in dues} == {"committee"}
    assert {due["since"] for due in dues} == {"1965-01-01"}
    assert not any(due["overdue"] or due["due"] for due in dues)
    assert dues[0]["subject"] == {"list_id": "organised", "items": 3, "item_nos": ["B-1", "B-2", "B-3"]}
    assert "the Trade Attache at the Korean embassy" in dues[0]["must"]


def test_nothing_is_due_before_the_directive_is_in_force(registers: RegisterDesk) -> None:
    answer = registers.read("/v1/due", as_of="1964-12-31")
    assert (answer["due"], answer["policy"]["status"]) == ([], "proposed")


def test_a_list_of_another_country_owes_nothing(registers: RegisterDesk) -> None:
    subjects = [due["subject"]["list_id"] for due in registers.due("1966-01-01")]
    assert "vietnam" not in subjects
    assert "joint" not in subjects


def test_pending_items_are_due_from_the_sending_to_the_transfer(where: str, tmp_path: Path) -> None:
    with serving_registers(tmp_path, where) as registers:
        registers.record("list_sent", "1965-02-01", lists=["organised"])
        assert registers.dues_under("1965-01-31", "S1.2")
        assert not registers.dues_under("1965-02-01", "S1.2")
        (waiting,) = registers.dues_under("1965-02-01", "S1.3")
        assert (waiting["since"], waiting["due"], waiting["subject"]["items"]) == ("1965-02-01", None, 3)

        registers.record("confirmation", "1965-02-10", items=["B-1", "B-2"], state="confirmed")
        registers.record("confirmation", "1965-02-10", items=["B-3"], state="declined")
        assert not registers.dues_under("1965-02-10", "S1.3")
        (confirmed,) = registers.dues_under("1965-02-10", "S1.4")
        assert (confirmed["since"], confirmed["subject"]["item_nos"]) == ("1965-02-10", ["B-1", "B-2"])

        registers.record("delivered", "1965-03-01", items=["B-1", "B-2"])
        assert not registers.dues_under("1965-03-01", "S1.4")
        for day, overdue in (("1965-03-01", False), ("1965-03-31", False), ("1965-04-01", True)):
            (transfer,) = registers.dues_under(day, "S1.5")
            assert (transfer["due"], transfer["overdue"]) == ("1965-03-31", overdue)
        registers.record("transfer_recorded", "1965-04-02", items=["B-1"])
        (transfer,) = registers.dues_under("1965-04-02", "S1.5")
        assert transfer["subject"]["item_nos"] == ["B-2"]
        registers.record("transfer_recorded", "1965-04-02", items=["B-2"])
        assert not any(clause.startswith("S1") for clause in clauses(registers.due("1965-04-02")))
        assert registers.dues_under("1965-04-01", "S1.5")


def test_the_opening_balance_is_put_in_order_step_by_step(tmp_path: Path) -> None:
    pending, provided = (
        ["kp-organised-pending", "kp-northeast-pending"],
        ["kp-provided-since-1963", "kp-northeast-provided"],
    )
    with serving_registers(tmp_path, register=ROOT / "examples" / "opening_balance") as registers:

        def counts(day: str) -> dict[str, int]:
            found: dict[str, int] = {}
            for due in registers.due(day):
                found[due["clause"]] = found.get(due["clause"], 0) + due["subject"]["items"]
            return found

        assert counts("1965-01-01") == {"S1.2": 140, "S2.2": 2188, "S2.3": 2188}
        registers.record("list_sent", "1965-02-01", lists=pending)
        registers.record("list_submitted", "1965-02-01", lists=provided)
        assert counts("1965-02-01") == {"S1.3": 140, "S2.3": 2188}
        organised = [f"PN-{number:04}" for number in range(1, 58)]
        registers.record("confirmation", "1965-03-01", items=organised, state="confirmed")
        registers.record("delivered", "1965-03-10", items=organised[:50])
        assert counts("1965-03-10") == {"S1.3": 83, "S1.4": 7, "S1.5": 50, "S2.3": 2188}
        registers.record("transfer_recorded", "1965-03-20", items=organised[:50])
        registers.record("supplementary_asked", "1965-04-01", session=8, lists=provided)
        assert counts("1965-04-01") == {"S1.3": 83, "S1.4": 7}
        registers.record(
            "resolution", "1965-10-19", session=8, number="8/2", form="supplementary", lists=provided[:1]
        )
        registers.record("session_closed", "1965-10-20", session=8)
        assert counts("1965-10-21") == {"S1.3": 83, "S1.4": 7, "S2.3": 1806, "S2.4": 1806}
        registers.record("memorandum", "1965-11-01", session=8, lists=provided[1:])
        assert counts("1965-11-01") == {"S1.3": 83, "S1.4": 7, "S2.3": 1806}


def test_an_item_that_is_declined_after_its_confirmation_is_no_longer_to_be_delivered(
    registers: RegisterDesk,
) -> None:
    registers.record("confirmation", "1965-02-10", items=["B-1"], state="confirmed")
    registers.record("confirmation", "1965-02-12", items=["B-1"], state="declined")
    assert registers.dues_under("1965-02-11", "S1.4")
    assert not registers.dues_under("1965-02-12", "S1.4")


def test_with_a_supplementary_resolution_nothing_is_due_for_what_was_provided(
    where: str, tmp_path: Path
) -> None:
    with serving_registers(tmp_path, where) as registers:
        registers.record("list_submitted", "1965-05-01", lists=PROVIDED)
        assert not registers.dues_under("1965-05-01", "S2.2")
        registers.record("supplementary_asked", "1965-06-01", session=8, lists=PROVIDED)
        assert not registers.dues_under("1965-06-01", "S2.3")
        registers.record(
            "resolution", "1965-10-19", session=8, number="8/2", form="supplementary", lists=PROVIDED
        )
        registers.record("session_closed", "1965-10-20", session=8)
        assert not any(clause.startswith("S2") for clause in clauses(registers.due("1965-12-31")))


def test_a_session_that_closes_without_the_lists_owes_a_memorandum_and_they_stay_open(
    registers: RegisterDesk,
) -> None:
    registers.record("list_submitted", "1965-05-01", lists=PROVIDED)
    registers.record(
        "supplementary_asked", "1965-06-01", session=8, lists=PROVIDED, remarks="deferred by them"
    )
    registers.record(
        "resolution", "1965-10-19", session=8, number="8/2", form="supplementary", lists=["northeast"]
    )
    registers.record("session_closed", "1965-10-20", session=8)
    assert not registers.dues_under("1965-10-19", "S2.4")
    for day, overdue in (("1965-10-20", False), ("1965-10-21", True)):
        (memorandum,) = registers.dues_under(day, "S2.4")
        assert (memorandum["since"], memorandum["due"]) == ("1965-10-20", "1965-10-20")
        assert memorandum["overdue"] is overdue
    assert memorandum["subject"] == {
        "list_id": "important", "items": 2, "item_nos": ["A-1", "A-2"], "session": 8,
    }  # fmt: skip
    assert registers.due("1965-10-21")[0] == memorandum

    registers.record("memorandum", "1965-11-05", session=8, lists=["important"])
    assert registers.dues_under("1965-11-04", "S2.4")
    assert not registers.dues_under("1965-11-05", "S2.4")
    (still_open,) = registers.dues_under("1965-11-05", "S2.3")
    assert (still_open["due"], still_open["overdue"]) == (None, False)
    assert "stay open" in still_open["what"]


def test_a_later_resolution_puts_in_order_what_a_session_left_out(registers: RegisterDesk) -> None:
    registers.record("session_closed", "1965-10-20", session=8)
    assert len(registers.dues_under("1965-10-21", "S2.4")) == 2
    registers.record(
        "resolution", "1966-10-01", session=9, number="9/1", form="supplementary", lists=PROVIDED
    )
    assert not any(clause.startswith("S2") for clause in clauses(registers.due("1966-10-01")))


def test_a_session_that_was_never_to_have_the_lists_owes_no_memorandum(registers: RegisterDesk) -> None:
    registers.record("session_closed", "1964-10-31", session=7)
    registers.record("session_closed", "1965-10-20", session=8, country="VN")
    assert not registers.dues_under("1966-01-01", "S2.4")


def test_a_session_with_a_supplementary_request_owes_a_memorandum_for_it(registers: RegisterDesk) -> None:
    registers.record("supplementary_asked", "1966-06-01", session=9, lists=["northeast"])
    registers.record("session_closed", "1966-10-20", session=9)
    (memorandum,) = registers.dues_under("1966-10-21", "S2.4")
    assert memorandum["subject"]["list_id"] == "northeast"


def test_an_item_found_late_is_due_what_its_list_has_got(registers: RegisterDesk, tmp_path: Path) -> None:
    registers.record("list_submitted", "1965-05-01", lists=PROVIDED)
    registers.import_files(write_register(tmp_path / "late", {"northeast": ["C-2"]}))
    (unsubmitted,) = registers.dues_under("1965-05-01", "S2.2")
    assert unsubmitted["subject"]["item_nos"] == ["C-2"]


def test_an_agreed_inclusion_is_pending_and_the_closing_of_its_session_makes_it_overdue(
    where: str, tmp_path: Path
) -> None:
    with serving_registers(tmp_path, where) as registers:
        case_id = agree(registers)
        assert not registers.dues_under("1965-03-05", "D5")
        (inclusion,) = registers.dues_under("1965-03-06", "D5")
        assert (inclusion["who"], inclusion["since"], inclusion["due"], inclusion["overdue"]) == (
            "committee",
            "1965-03-06",
            None,
            False,
        )
        assert inclusion["subject"] == {
            "case_id": case_id, "line": 1, "department": "metallurgy", "session": 8, "project_no": "8-14",
        }  # fmt: skip
        registers.record("session_closed", "1965-10-20", session=8)
        (inclusion,) = registers.dues_under("1965-10-21", "D5")
        assert (inclusion["due"], inclusion["overdue"]) == ("1965-10-20", True)


def test_a_resolution_with_the_project_discharges_the_pending_inclusion(registers: RegisterDesk) -> None:
    agree(registers)
    registers.record("resolution", "1965-10-18", session=8, number="8/1", form="main", projects=["8-15"])
    registers.record("resolution", "1965-10-18", session=7, number="7/9", form="main", projects=["8-14"])
    assert registers.dues_under("1965-10-21", "D5")
    registers.record("resolution", "1965-10-19", session=8, number="8/2", form="main", projects=["8-14"])
    registers.record("session_closed", "1965-10-20", session=8)
    assert not registers.dues_under("1965-10-21", "D5")


def test_the_recorded_inclusion_discharges_the_pending_one(registers: RegisterDesk) -> None:
    case_id = agree(registers)
    registers.desk.record("committee", case_id, fact(CHANNEL + "inclusion", "included", "1965-10-19"))
    assert registers.dues_under("1965-10-18", "D5")
    assert not registers.dues_under("1965-10-19", "D5")


@pytest.mark.parametrize(
    ("inclusion", "pending"),
    [("not_included", True), ("deferred", True), ("refused", False), ("not_asked", False)],
)
def test_an_agreement_that_the_session_did_not_carry_out_stays_pending(
    registers: RegisterDesk, inclusion: str, pending: bool
) -> None:
    case_id = agree(registers)
    registers.record("session_closed", "1965-10-20", session=8)
    registers.desk.record("committee", case_id, fact(CHANNEL + "inclusion", inclusion, "1965-10-20"))
    assert bool(registers.dues_under("1965-10-21", "D5")) is pending


def test_an_agreement_that_was_recorded_by_mistake_is_not_pending(registers: RegisterDesk) -> None:
    case_id = registers.desk.opened()
    (wrong,) = registers.desk.record(
        "committee", case_id, fact(CHANNEL + "inclusion", "agreed_to_include", "1965-03-06")
    )
    right = fact(CHANNEL + "inclusion", "not_included", "1965-03-06", supersedes=wrong)
    registers.desk.record("committee", case_id, right)
    assert not registers.dues_under("1965-12-31", "D5")


def test_the_session_of_another_country_closes_no_pending_inclusion(registers: RegisterDesk) -> None:
    agree(registers, mission={"countries": ["VN"]})
    registers.record("session_closed", "1965-10-20", session=8)
    registers.record("resolution", "1965-10-19", session=8, number="8/1", form="main", projects=["8-14"])
    (inclusion,) = registers.dues_under("1965-10-21", "D5")
    assert (inclusion["due"], inclusion["overdue"]) == (None, False)


def test_a_pending_inclusion_without_a_session_or_a_project_number_stays_open(
    registers: RegisterDesk,
) -> None:
    agree(registers, project=None)
    registers.record("session_closed", "1965-10-20", session=8)
    (inclusion,) = registers.dues_under("1965-10-21", "D5")
    assert (inclusion["overdue"], inclusion["subject"]["project_no"]) == (True, None)


def test_a_department_sees_what_is_due_for_its_own_cases(registers: RegisterDesk) -> None:
    case_id = agree(registers)
    assert [due["subject"]["case_id"] for due in registers.due("1965-12-31", "department")] == [case_id]
    assert registers.due("1965-12-31", "other") == []
    for reader in ("committee", "liaison", "auditor"):
        assert len(registers.due("1965-12-31", reader)) == 6
    assert registers.desk.call("policy_officer", "GET", "/v1/due").status_code == 403


def test_the_dues_of_one_party_can_be_queried(registers: RegisterDesk) -> None:
    assert registers.due("1965-12-31", owner="receiving_department") == []
    assert len(registers.due("1965-12-31", owner="committee")) == 5


@pytest.mark.parametrize("query", [{"owner": "nobody"}, {"as_of": "1965-2-1"}, {"day": "1965-02-01"}])
def test_a_question_that_makes_no_sense_is_a_problem(registers: RegisterDesk, query: dict[str, str]) -> None:
    assert registers.desk.call("auditor", "GET", "/v1/due", params=query).status_code == 400


def test_the_answer_says_what_it_was_found_from(registers: RegisterDesk) -> None:
    sequence = registers.record("session_opened", "1965-10-01", session=8)
    answer = registers.read("/v1/due")
    assert (answer["sequence"], answer["policy"]["name"]) == (sequence, "cooperation-channel-1964")
    assert len(answer["policy"]["revision"]) == 64


def test_the_command_prints_what_http_answers_and_exits_1_if_something_is_overdue(
    registers: RegisterDesk,
) -> None:
    agree(registers)
    open_ = registers.run("due", "--as-of", "1965-12-31")
    assert open_.exit_code == 0, open_.output
    assert "6 owed, 0 of them overdue" in open_.output
    registers.record("session_closed", "1965-10-20", session=8)
    late = registers.run("due", "--as-of", "1965-12-31")
    assert late.exit_code == 1
    assert "OVERDUE since 1965-10-20  [S2.4]" in late.output
    assert "OVERDUE since 1965-10-20  [D5]" in late.output
    printed = registers.run("due", "--as-of", "1965-12-31", "--format", "json")
    assert json.loads(printed.stdout) == registers.read("/v1/due", as_of="1965-12-31")
    assert registers.run("due", "--as-of", "1965-12-31", "--owner", "receiving_department").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--as-of", "1965-13-01"], "YYYY-MM-DD"),
        (["--owner", "nobody"], "name one of"),
        (["--database", "none/here.db"], "cannot be read"),
        (["--policies", "none"], "none"),
    ],
)
def test_a_slip_on_the_command_line_is_reported_with_its_remedy(
    tmp_path: Path, arguments: list[str], message: str
) -> None:
    failed = run(tmp_path, "due", *arguments)
    assert failed.exit_code == 2
    assert message in failed.output


def test_another_directive_owes_nothing_for_lists(registers: RegisterDesk) -> None:
    folder = ROOT / "tests" / "data" / "laboratory"
    policies = next(path for path in [folder / "policies", folder] if list(path.glob("*.yaml")))
    other = registers.run("due", "--as-of", "2030-01-01", "--policies", str(policies))
    assert other.exit_code == 0, other.output
    assert "Nothing is owed." in other.output
