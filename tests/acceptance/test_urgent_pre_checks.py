"""An urgent pre-check arrives: its answer leads to a case, and it stands in the queue until there is one.

Covers: api.domain.cases.urgency, api.services.case_openings, api.services.urgent_pre_checks, api.storage.urgencies
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from api.cli.main import app
from api.domain.cases.urgency import is_urgent, waiting_for
from engine import Decision
from tests.support.desks import KEYS, URGENT, Desk, serving
from tests.support.earlier_texts import taking_texts_as_received
from tests.support.handing_over import post

REPORTED = {"reported_to_committee": True}
CALM = {**URGENT, "urgency": {"time_sensitive": False, "eagerly_wanted": True}}
DEPARTMENT = {"department": {"id": "metallurgy", "kind": "institute"}}


@pytest.fixture(scope="module")
def desk(module_where: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with serving(tmp_path_factory.mktemp("urgent"), module_where) as desk:
        yield desk


def new_id() -> str:
    return f"u{next(KEYS)}"


def ask(desk: Desk, request_id: str, caller: str = "department", base: Any = URGENT, **changes: Any) -> Any:
    body = {**base, **({} if caller in ("department", "other") else DEPARTMENT), "request_id": request_id}
    answer = desk.call(caller, "POST", "/v1/pre-check", {**body, **changes})
    assert answer.status_code == 200, answer.text
    return answer.json()


def queue(desk: Desk, caller: str = "committee", **query: Any) -> Any:
    answer = desk.call(caller, "GET", "/v1/cases", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def urgent_ids(desk: Desk, caller: str = "committee", **query: Any) -> list[str]:
    return [one["request_id"] for one in queue(desk, caller, **query).get("urgent_without_case", [])]


def open_from(desk: Desk, decision_id: str, caller: str = "department") -> Any:
    return post(desk, caller, "/v1/cases", {"decision_id": decision_id})


# The link of an answer


@pytest.mark.parametrize("caller", ["department", "committee"])
def test_an_urgent_answer_leads_to_the_opening_of_a_case(desk: Desk, caller: str) -> None:
    answer = ask(desk, new_id(), caller)
    link = {"method": "POST", "href": "/v1/cases", "from_decision": answer["decision_id"]}
    assert (answer["outcome"], answer["links"]) == ("escalate_urgent", {"open_case": link})
    again = desk.call(caller, "GET", f"/v1/decisions/{answer['decision_id']}").json()
    assert again == answer


@pytest.mark.parametrize("caller", ["liaison", "auditor", "policy_officer"])
def test_a_caller_who_may_open_no_case_gets_no_link(desk: Desk, caller: str) -> None:
    answer = ask(desk, new_id(), caller)
    assert (answer["outcome"], "links" in answer) == ("escalate_urgent", False)


def test_an_answer_that_is_not_urgent_or_names_no_department_has_no_link(desk: Desk) -> None:
    assert "links" not in ask(desk, new_id(), base=CALM)
    unnamed = {**URGENT, "request_id": new_id(), "department": {"kind": "institute"}}
    assert "links" not in desk.call("committee", "POST", "/v1/pre-check", unnamed).json()


def test_one_urgent_line_of_several_is_enough_and_a_proposal_is_not() -> None:
    lines = [{"line": 1, "outcome": "hold"}, {"line": "escalate_urgent", "outcome": "escalate_urgent"}]
    assert is_urgent(json.dumps({"outcome": "hold", "lines": lines}, separators=(",", ":")).encode())
    proposed = {"line": 1, "outcome": "refer", "if_in_force": {"outcome": "escalate_urgent"}}
    assert not is_urgent(json.dumps({"lines": [proposed]}, separators=(",", ":")).encode())


def test_a_case_that_is_there_is_linked_whatever_the_answer(desk: Desk) -> None:
    request_id = new_id()
    case_id = desk.opened(request_id=request_id)
    for caller in ("department", "committee", "auditor"):
        answer = ask(desk, request_id, caller)
        assert answer["links"] == {"case": {"href": f"/v1/cases/{case_id}"}}, caller
    assert ask(desk, request_id, base=CALM)["links"] == {"case": {"href": f"/v1/cases/{case_id}"}}
    assert "links" not in ask(desk, request_id, "policy_officer")
    (listed,) = desk.call(
        "department", "POST", "/v1/pre-checks", [{**URGENT, "request_id": request_id}]
    ).json()
    assert listed["links"] == {"case": {"href": f"/v1/cases/{case_id}"}}


def test_a_pre_check_writes_no_case(desk: Desk) -> None:
    request_id = new_id()
    ask(desk, request_id)
    assert request_id not in [case["request_id"] for case in queue(desk)["cases"]]


# Opening a case from a decision


def test_a_case_is_opened_with_what_the_decision_was_about(desk: Desk) -> None:
    first, second = ask(desk, new_id()), new_id()
    opened = open_from(desk, first["decision_id"])
    assert opened.status_code == 201, opened.text
    direct = desk.case(desk.opened(request_id=second))
    case = desk.case(opened.json()["case_id"])
    own = ("recorded_at", "sequence")
    facts = [
        [{k: v for k, v in one.items() if k not in own} for one in found["facts"]] for found in (case, direct)
    ]
    assert facts[0] == facts[1] != []
    assert (case["request_id"], case["department"]) == (first["request_id"], "metallurgy")
    assert {one["happened_on"] for one in case["facts"]} == {URGENT["as_of"]}
    assert open_from(desk, first["decision_id"]).json()["type"] == "/problems/case-exists"


def test_the_log_says_of_which_decision_a_case_was_opened_and_fits_the_tables(
    desk: Desk, module_where: str
) -> None:
    decision_id = ask(desk, new_id())["decision_id"]
    case_id = open_from(desk, decision_id, "committee").json()["case_id"]
    entries = desk.call("auditor", "GET", "/v1/log/entries", params={"limit": 1000}).json()["entries"]
    (entry,) = (one for one in entries if one["key"] == case_id)
    assert entry["decision_id"] == decision_id
    verified = CliRunner().invoke(app, ["log", "verify", module_where])
    assert (verified.exit_code, "TAMPERED" in verified.output) == (0, False), verified.output


@pytest.mark.parametrize(("caller", "opener"), [("department", "committee"), ("committee", "department")])
def test_claims_become_no_facts_whoever_opens_the_case(desk: Desk, caller: str, opener: str) -> None:
    items = [{**URGENT["items"][0], "channel": REPORTED | {"project_no": "8-14"}}]
    answer = ask(desk, new_id(), caller, items=items, urgency=None)
    case_id = open_from(desk, answer["decision_id"], opener).json()["case_id"]
    names = {one["fact"] for one in desk.case(case_id)["facts"]}
    assert not [name for name in names if name.startswith("item.channel.")]
    assert "item.channel.project_no" in desk.case(case_id)["decision"]["lines"][0]["claimed_not_confirmed"]


def test_what_the_committee_itself_stated_it_opens_the_case_with(desk: Desk) -> None:
    items = [{**URGENT["items"][0], "channel": REPORTED}]
    answer = ask(desk, new_id(), "committee", items=items)
    case = desk.case(open_from(desk, answer["decision_id"], "committee").json()["case_id"])
    facts = {one["fact"]: one["value"] for one in case["facts"]}
    assert facts["item.channel.reported_to_committee"] is True


def test_a_decision_of_another_department_or_of_nobody_is_not_found(desk: Desk) -> None:
    decision_id = ask(desk, new_id())["decision_id"]
    for caller, named in (("other", decision_id), ("department", "unknown")):
        answer = open_from(desk, named, caller)
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found"), named


@pytest.mark.parametrize(
    "body", [{"decision_id": 7}, {"decision_id": "x", "request_id": "y"}, {"decision_id": ""}]
)
def test_a_body_that_names_a_decision_has_no_other_members(desk: Desk, body: Any) -> None:
    answer = post(desk, "committee", "/v1/cases", body)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-request")


def test_a_decision_without_a_department_opens_no_case(desk: Desk) -> None:
    unnamed = {**URGENT, "request_id": new_id(), "department": {"kind": "institute"}}
    decision_id = desk.call("committee", "POST", "/v1/pre-check", unnamed).json()["decision_id"]
    problem = open_from(desk, decision_id, "committee").json()
    assert problem["errors"][0]["pointer"] == "/decision_id"
    assert "names no department" in problem["errors"][0]["detail"]


def test_a_request_about_a_day_to_come_had_been_stated_on_the_day_of_its_decision(desk: Desk) -> None:
    answer = ask(desk, new_id(), as_of="2999-01-01")
    opened = open_from(desk, answer["decision_id"])
    assert opened.status_code == 201, opened.text
    days = {one["happened_on"] for one in desk.case(opened.json()["case_id"])["facts"]}
    assert [day < "2999" for day in days] == [True]


def test_a_decision_whose_texts_are_erased_opens_no_case(
    tmp_path: Path, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHANNELGATE_KEEP_APART", "personal")
    monkeypatch.setenv("CHANNELGATE_SIGNING_KEY", str(tmp_path / "signing.key"))
    with serving(tmp_path, where) as desk:
        decision_id = ask(desk, "erased")["decision_id"]
        words = ["log", "erase", decision_id, "--database", where, "--ground", "letter no. 9"]
        assert CliRunner().invoke(app, words).exit_code == 0
        problem = open_from(desk, decision_id).json()
        assert "have been erased" in problem["errors"][0]["detail"]
        assert "links" not in desk.call("department", "GET", f"/v1/decisions/{decision_id}").json()
        (left,) = queue(desk)["urgent_without_case"]
        assert ("links" in left, left["about"]["lines"][0].get("description")) == (False, None)
        opened = post(desk, "department", "/v1/cases", {**URGENT, "request_id": "kept"})
        assert opened.status_code == 201
        verified = CliRunner().invoke(app, ["log", "verify", where])
        assert verified.exit_code == 0, verified.output


# The queue


def test_an_urgent_request_stands_in_the_queue_until_there_is_a_case(desk: Desk) -> None:
    request_id = new_id()
    answer = ask(desk, request_id)
    (found,) = (one for one in queue(desk)["urgent_without_case"] if one["request_id"] == request_id)
    assert found["decision_id"] == answer["decision_id"]
    assert found["department"] == "metallurgy"
    assert found["about"] == answer["about"]
    assert found["links"] == answer["links"]
    assert found["deadline"] == URGENT["urgency"]["deadline"]
    assert found["evaluated_at"].replace("+00:00", "Z") == answer["evaluated_at"]
    open_from(desk, answer["decision_id"], "committee")
    assert request_id not in urgent_ids(desk)


def test_the_newest_pre_check_of_a_request_counts(desk: Desk) -> None:
    request_id = new_id()
    ask(desk, request_id)
    newest = ask(desk, request_id)["decision_id"]
    shown = [one for one in queue(desk)["urgent_without_case"] if one["request_id"] == request_id]
    assert [one["decision_id"] for one in shown] == [newest]
    ask(desk, request_id, base=CALM)
    assert request_id not in urgent_ids(desk)
    ask(desk, request_id, base=CALM)
    assert request_id not in urgent_ids(desk)
    ask(desk, request_id)
    assert request_id in urgent_ids(desk)


def test_so_it_does_within_one_list(desk: Desk) -> None:
    calmed, urged = new_id(), new_id()
    bodies = [
        {**base, "request_id": request_id}
        for request_id, base in ((calmed, URGENT), (urged, CALM), (calmed, CALM), (urged, URGENT))
    ]
    desk.call("department", "POST", "/v1/pre-checks", bodies)
    assert {calmed, urged}.intersection(urgent_ids(desk)) == {urged}


def test_a_department_sees_its_own_and_another_request_of_the_same_name_is_another(desk: Desk) -> None:
    request_id = new_id()
    ask(desk, request_id, "other")
    assert request_id not in urgent_ids(desk, "department")
    assert request_id in urgent_ids(desk, "other")
    ask(desk, request_id, base=CALM)
    desk.opened(request_id=request_id)
    assert request_id in urgent_ids(desk)


def test_a_caller_who_may_open_no_case_sees_it_without_the_link(desk: Desk) -> None:
    request_id = new_id()
    ask(desk, request_id)
    for caller in ("liaison", "auditor"):
        (found,) = (
            one for one in queue(desk, caller)["urgent_without_case"] if one["request_id"] == request_id
        )
        assert "links" not in found


def test_only_those_that_wait_for_a_party_are_listed_by_its_name(desk: Desk) -> None:
    request_id = new_id()
    ask(desk, request_id)
    (found,) = (one for one in queue(desk)["urgent_without_case"] if one["request_id"] == request_id)
    assert "committee" in found["waiting_for"]
    assert request_id in urgent_ids(desk, waiting_for="committee")
    assert request_id not in urgent_ids(desk, waiting_for="policy_officer")
    case = desk.case(open_from(desk, found["decision_id"]).json()["case_id"], held_on=URGENT["as_of"])
    assert found["waiting_for"] == case["waiting_for"]


def test_the_queue_of_another_time_has_none(desk: Desk) -> None:
    ask(desk, new_id())
    assert "urgent_without_case" not in queue(desk, held_on="1965-03-10")
    assert "urgent_without_case" not in queue(desk, known_at="2999-01-01T00:00:00Z")


def test_the_pages_of_the_queue_hold_everything_once(tmp_path: Path, where: str) -> None:
    with serving(tmp_path, where) as desk:
        queried = [ask(desk, f"r{number}")["decision_id"] for number in range(5)]
        cases = [open_from(desk, decision_id).json()["case_id"] for decision_id in queried[:2]]
        for limit in (1, 2, 3, 4, 5, 6):
            seen: list[str] = []
            page: Any = {"next": None}
            while "next" in page:
                after = {"after": page["next"]} if page["next"] else {}
                page = queue(desk, limit=limit, **after)
                ids = [one["decision_id"] for one in page.get("urgent_without_case", [])]
                ids += [one["case_id"] for one in page["cases"]]
                assert len(ids) <= limit
                seen += ids
            assert seen == [*queried[2:], *cases], limit
        refused = desk.call("other", "GET", "/v1/cases", params={"after": queried[2]})
        assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (400, "after")


def test_another_worker_sees_it_too(tmp_path: Path, where: str) -> None:
    with serving(tmp_path, where) as desk, serving(tmp_path, where, keys=desk.keys) as elsewhere:
        ask(desk, "queried")
        assert urgent_ids(elsewhere) == ["queried"]
        ask(elsewhere, "queried", base=CALM)
        assert urgent_ids(desk) == []


def test_a_row_that_was_removed_or_altered_is_found_by_the_audit(tmp_path: Path, where: str) -> None:
    keys: dict[str, str] = {}
    for statement, finding in (
        ("DELETE FROM urgencies", "missing"),
        ("UPDATE urgencies SET department = 'textiles'", "`department` is not as"),
    ):
        with serving(tmp_path, where, keys=keys) as desk:
            ask(desk, statement[:6])
        engine = create_engine(
            where.replace("postgresql:", "postgresql+psycopg:") if "://" in where else f"sqlite:///{where}"
        )
        with engine.begin() as connection:
            connection.execute(text(statement))
        engine.dispose()
        verified = CliRunner().invoke(app, ["log", "verify", where])
        assert (verified.exit_code, finding in verified.output) == (1, True), verified.output


def test_the_parties_of_a_recorded_decision_are_those_of_the_model(desk: Desk) -> None:
    answer = ask(desk, new_id())
    for name in ("about", "links"):
        answer.pop(name)
    decision = Decision.model_validate_json(json.dumps(answer))
    duties = {duty.who for line in decision.lines for duty in line.duties if duty.done_by != "refraining"}
    assert waiting_for(decision.to_json()) == sorted(duties)


# Whose question counts


@pytest.mark.parametrize("caller", ["liaison", "auditor", "policy_officer"])
def test_a_trial_question_of_others_changes_nothing(desk: Desk, caller: str) -> None:
    urgent = new_id()
    ask(desk, urgent)
    ask(desk, urgent, caller, base=CALM)
    assert urgent in urgent_ids(desk)
    tried = new_id()
    ask(desk, tried, caller)
    assert tried not in urgent_ids(desk)


def test_the_committee_finds_that_a_request_is_not_urgent_any_more(desk: Desk) -> None:
    urgent = new_id()
    ask(desk, urgent)
    ask(desk, urgent, "committee", base=CALM)
    assert urgent not in urgent_ids(desk)


# What an earlier version took as it was received


@pytest.fixture
def earlier(tmp_path: Path) -> Iterator[Desk]:
    """A service whose records an earlier version began."""
    with serving(tmp_path) as desk:
        yield desk


COMPOSED, DECOMPOSED = "caf\u00e9", "cafe\u0301"


def test_an_urgent_request_in_another_form_leaves_the_queue_with_its_case(earlier: Desk) -> None:
    with taking_texts_as_received():
        decision_id = ask(earlier, DECOMPOSED)["decision_id"]
    assert len(urgent_ids(earlier)) == 1
    assert open_from(earlier, decision_id).status_code == 201
    assert urgent_ids(earlier) == []


def test_an_urgent_request_in_another_form_is_decided_anew(earlier: Desk) -> None:
    with taking_texts_as_received():
        ask(earlier, DECOMPOSED)
    ask(earlier, COMPOSED, base=CALM)
    assert urgent_ids(earlier) == []


def test_a_case_whose_marks_would_become_one_spoils_no_queue(earlier: Desk) -> None:
    two = {**URGENT, "items": [{**URGENT["items"][0], "line": mark} for mark in (COMPOSED, DECOMPOSED)]}
    with taking_texts_as_received():
        case_id = post(earlier, "department", "/v1/cases", {**two, "request_id": "two"}).json()["case_id"]
        decision_id = ask(earlier, "two-more", base=two)["decision_id"]
    assert [line["line"] for line in earlier.case(case_id)["decision"]["lines"]] == [COMPOSED, DECOMPOSED]
    refused = open_from(earlier, decision_id)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/items")
    assert len(queue(earlier)["cases"]) == 1


@pytest.mark.parametrize("changes", [{"request_id": "a\u200bb"}, {"items": [{"line": "x\u00ady"}]}])
def test_no_case_is_opened_that_nobody_could_ask_about(earlier: Desk, changes: Any) -> None:
    with taking_texts_as_received():
        body = {**URGENT, "request_id": "shown", **changes}
        decision_id = earlier.call("department", "POST", "/v1/pre-check", body).json()["decision_id"]
    refused = open_from(earlier, decision_id)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/decision_id")
