"""Cases over HTTP: opened by a department, carried through the channel fact by fact, never overwritten.

Covers: api.domain.case_view, api.domain.cases.case, api.domain.cases.recordable_facts, api.http.routes.cases,
api.services.case_queries, api.services.cases, api.storage.cases
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from api.domain.cases.recordable_facts import recordable_facts
from tests.support.desks import KEYS, URGENT, Desk, fact, serving
from tests.support.shipped_words import VERSION_1, WORDS

CHANNEL = "item.channel."
HELD = {"held_on": "1965-03-10"}


@pytest.fixture(scope="module")
def desk(module_where: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with serving(tmp_path_factory.mktemp("cases"), module_where) as desk:
        yield desk


def test_an_urgent_case_goes_from_the_report_to_the_delivery(desk: Desk) -> None:
    case_id = desk.opened()
    desk.record("committee", case_id, fact("item.legacy_list", "none", "1965-03-01"))
    first = desk.case(case_id, "department", held_on="1965-03-01")
    assert first["decision"]["outcome"] == "escalate_urgent"
    report = next(duty for duty in first["duties"] if duty["clause"] == "S3.8")
    assert (report["who"], report["due"]) == ("receiving_department", "1965-03-20")

    desk.record("committee", case_id, fact(CHANNEL + "reported_to_committee", True))
    reported = desk.case(case_id, **HELD)
    assert reported["decision"]["outcome"] == "hold"
    assert any(duty["clause"] == "S3.9" and duty["who"] == "committee" for duty in reported["duties"])

    desk.record("committee", case_id, fact(CHANNEL + "consultation", "agreed", "1965-03-04"))
    desk.record(
        "committee",
        case_id,
        fact(CHANNEL + "committee_agrees", True, "1965-03-05"),
        fact(CHANNEL + "accepted_as_project", True, "1965-03-05"),
        fact(CHANNEL + "project_no", "8-14", "1965-03-05"),
    )
    assert desk.case(case_id, **HELD)["decision"]["outcome"] == "hold"
    desk.record(
        "committee",
        case_id,
        fact(CHANNEL + "inclusion", "agreed_to_include", "1965-03-06"),
        fact(CHANNEL + "inclusion_session", 8, "1965-03-06"),
    )
    assert desk.case(case_id, **HELD)["decision"]["outcome"] != "deliver"
    desk.record("department", case_id, fact("handover.by", "committee", "1965-03-07"))
    desk.record("department", case_id, fact("handover.to", "counterpart_institution", "1965-03-07"))
    last = desk.case(case_id, **HELD)
    assert (last["decision"]["outcome"], last["decision"]["handover_as_asked"]) == ("deliver", "yes")
    assert last["waiting_for"] == ["committee"]
    due = {duty["clause"]: duty.get("due") for duty in last["duties"] if duty["who"] == "committee"}
    assert due["D5"] is None  # it is due by the close of the session, not by the day of the handover
    assert desk.case(case_id, held_on="1965-03-01")["decision"]["outcome"] == "escalate_urgent"
    assert desk.case(case_id, held_on="1965-03-05")["decision"]["outcome"] == "hold"


def test_a_fact_that_changed_and_one_that_was_wrong_stay_in_the_history(desk: Desk) -> None:
    case_id = desk.opened()
    (opened,) = desk.record("committee", case_id, fact(CHANNEL + "consultation", "open", "1965-03-02"))
    (wrong,) = desk.record("committee", case_id, fact(CHANNEL + "consultation", "refused", "1965-03-03"))
    mended = fact(CHANNEL + "consultation", "no_reply", "1965-03-06", supersedes=wrong)
    (right,) = desk.record("committee", case_id, mended)

    history = {entry["position"]: entry for entry in desk.case(case_id, **HELD)["history"]}
    assert [history[place]["value"] for place in (opened, wrong, right)] == ["open", "refused", "no_reply"]
    assert (history[wrong]["superseded_by"], history[opened]["superseded_by"]) == (right, right)
    assert history[right]["recorded_by"] == "committee"
    assert history[right]["evidence"] == "paper of 1965-03-06"
    assert history[right]["line"] == 1

    def held(day: str, **query: str) -> Any:
        facts = desk.case(case_id, held_on=day, **query)["facts"]
        return [found["value"] for found in facts if found["fact"] == CHANNEL + "consultation"]

    assert (held("1965-03-01"), held("1965-03-04"), held("1965-03-06")) == ([], ["open"], ["no_reply"])
    before = history[wrong]["recorded_at"]  # what was known before the correction
    assert (held("1965-03-02", known_at=before), held("1965-03-04", known_at=before)) == (
        ["open"],
        ["refused"],
    )
    again = desk.post("committee", case_id, mended)
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (400, "/facts/0/supersedes")


def test_a_fact_stated_as_not_known_is_stored_as_such(desk: Desk) -> None:
    case_id = desk.opened()
    desk.record("department", case_id, fact("urgency.time_sensitive", None))
    (found,) = (f for f in desk.case(case_id, **HELD)["facts"] if f["fact"] == "urgency.time_sensitive")
    assert found["value"] is None
    desk.record("department", case_id, fact("mission.countries", ["AL"]), fact("item.quantity", 2.5))
    values = {f["fact"]: f["value"] for f in desk.case(case_id, **HELD)["facts"]}
    assert (values["mission.countries"], values["item.quantity"]) == (["AL"], 2.5)


def test_what_a_department_claims_at_the_opening_is_shown_until_the_committee_records_it(desk: Desk) -> None:
    case_id = desk.opened()
    claimed = ["item.legacy_list", CHANNEL + "reported_to_committee"]
    assert desk.case(case_id)["decision"]["lines"][0]["claimed_not_confirmed"] == claimed
    assert not {found["fact"] for found in desk.case(case_id)["facts"]} & set(claimed)
    desk.record("liaison", case_id, fact("item.legacy_list", "none"))
    assert desk.case(case_id)["decision"]["lines"][0]["claimed_not_confirmed"] == claimed[1:]


def test_a_case_was_not_there_before_it_was_opened(desk: Desk) -> None:
    case_id = desk.opened()
    answer = desk.call(
        "committee", "GET", f"/v1/cases/{case_id}", params={"known_at": "1965-03-01T00:00:00Z"}
    )
    assert answer.status_code == 404
    facts = desk.case(case_id, held_on="1965-02-28")
    assert (facts["facts"], len(facts["history"])) == ([], facts["version"])


def test_of_two_clerks_who_write_at_once_one_has_to_read_again(desk: Desk) -> None:
    case_id = desk.opened()
    seen = desk.case(case_id)["version"]
    grounds = [fact("urgency.ground", f"ground {number}") for number in range(12)]
    with ThreadPoolExecutor(12) as clerks:
        answers = list(
            clerks.map(lambda ground: desk.post("department", case_id, ground, seen=seen), grounds)
        )
    assert sorted(answer.status_code for answer in answers) == [201] + [412] * 11
    refused = next(answer for answer in answers if answer.status_code == 412)
    assert refused.json()["type"] == "/problems/version-changed"
    assert desk.case(case_id)["version"] == seen + 1
    for ground, answer in zip(grounds, answers, strict=True):
        if answer.status_code == 412:
            desk.record("department", case_id, ground)
    recorded = {
        found["value"] for found in desk.case(case_id)["history"] if found["fact"] == "urgency.ground"
    }
    assert {ground["value"] for ground in grounds} <= recorded


@pytest.mark.parametrize(
    ("tag", "status", "kind", "detail"),
    [
        (None, 428, "version-required", "Send the header"),
        ("*", 428, "version-required", "names no version"),
        (",", 428, "version-required", "Send the header"),
        ('"NOW"', 201, None, ""),
        ('"1", "NOW"', 201, None, ""),
        ('W/"NOW", "NOW"', 201, None, ""),
        ('"1"', 412, "version-changed", "Read the case again"),
        ('"0", "1"', 412, "version-changed", "Read the case again"),
        ('"1", W/"NOW"', 412, "version-changed", "Read the case again"),
        ('W/"NOW"', 412, "version-weak", "without the `W/`"),
        ('W/"1"', 412, "version-weak", "without the `W/`"),
        ('"99"', 412, "version-unknown", "the `ETag` of the case"),
        ('"x"', 412, "version-unknown", "the `ETag` of the case"),
        ('"0NOW"', 412, "version-unknown", "the `ETag` of the case"),
        ("NOW", 400, "if-match", "double quotes"),
        ("'NOW'", 400, "if-match", "double quotes"),
        ('w/"NOW"', 400, "if-match", "double quotes"),
        ('*, "NOW"', 400, "if-match", "double quotes"),
    ],
)
def test_a_fact_is_recorded_on_the_version_that_was_seen(
    desk: Desk, tag: str | None, status: int, kind: str | None, detail: str
) -> None:
    case_id = desk.opened()
    now = str(desk.case(case_id)["version"])
    seen = {"If-Match": tag.replace("NOW", now)} if tag else {}
    body = {"facts": [fact("urgency.ground", "x")]}
    headers = {"Idempotency-Key": f"k{next(KEYS)}", **seen}
    answer = desk.call("department", "POST", f"/v1/cases/{case_id}/facts", body, headers=headers)
    assert answer.status_code == status, answer.text
    if kind:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == f"/problems/{kind}"
        assert detail in answer.json()["detail"]
        assert ("has changed" in answer.text) is (kind == "version-changed")
        assert str(desk.case(case_id)["version"]) == now


def test_tags_in_several_headers_are_one_list(desk: Desk) -> None:
    case_id = desk.opened()
    version = desk.case(case_id)["version"]
    headers = [
        ("Authorization", f"Bearer {desk.keys['department']}"),
        ("Idempotency-Key", f"k{next(KEYS)}"),
        ("If-Match", '"99"'),
        ("If-Match", f'"{version}"'),
    ]
    body = {"facts": [fact("urgency.ground", "x")]}
    answer = desk.client.post(f"/v1/cases/{case_id}/facts", json=body, headers=headers)
    assert answer.status_code == 201, answer.text


def test_the_etag_of_a_case_is_what_if_match_takes(desk: Desk) -> None:
    case_id = desk.opened()
    tag = desk.call("department", "GET", f"/v1/cases/{case_id}").headers["etag"]
    headers = {"Idempotency-Key": f"k{next(KEYS)}", "If-Match": tag}
    body = {"facts": [fact("urgency.ground", "x")]}
    answer = desk.call("department", "POST", f"/v1/cases/{case_id}/facts", body, headers=headers)
    assert answer.status_code == 201
    now = desk.call("department", "GET", f"/v1/cases/{case_id}")
    assert now.headers["etag"] == answer.headers["etag"] != tag
    assert "etag" not in desk.call("department", "GET", f"/v1/cases/{case_id}", params=HELD).headers


def test_a_repeated_call_gets_the_same_answer_and_records_nothing_more(desk: Desk) -> None:
    first, again = desk.open(key="opening", request_id="once"), desk.open(key="opening", request_id="once")
    assert first.status_code == again.status_code == 201
    assert (first.content, first.headers["etag"]) == (again.content, again.headers["etag"])
    case_id = first.json()["case_id"]
    seen = desk.case(case_id)["version"]
    ground = fact("urgency.ground", "x")
    answers = [desk.post("department", case_id, ground, seen=seen, key="fact") for _ in range(3)]
    assert len({answer.content for answer in answers}) == 1
    assert desk.case(case_id)["version"] == seen + 1
    for reused in (
        desk.open(key="opening", request_id="another"),
        desk.post("department", case_id, fact("urgency.ground", "y"), key="fact"),
        desk.open(key="fact"),
    ):
        assert (reused.status_code, reused.json()["type"]) == (409, "/problems/key-reused")
    assert desk.open("committee", "opening", department={"id": "metallurgy"}).json()["case_id"] != case_id
    assert desk.call("department", "POST", "/v1/cases", URGENT).json()["type"] == "/problems/idempotency-key"


def test_a_refused_call_may_be_repeated_under_its_key(desk: Desk) -> None:
    case_id = desk.opened()
    ground, seen = fact("urgency.ground", "x"), desk.case(case_id)["version"]
    assert desk.post("department", case_id, ground, seen=seen - 1, key="late").status_code == 412
    assert desk.post("department", case_id, ground, seen=seen, key="late").status_code == 201


def test_a_case_of_another_department_is_not_there(desk: Desk) -> None:
    case_id = desk.opened()
    seen = desk.case(case_id)["version"]
    answers = [
        desk.call("other", "GET", f"/v1/cases/{case_id}"),
        desk.post("other", case_id, fact("urgency.ground", "x"), seen=seen),
        desk.post("other", case_id, fact(CHANNEL + "consultation", "agreed"), seen=seen),
        desk.post("other", case_id, fact("urgency.grund", "x"), seen=seen),
        desk.call("committee", "GET", "/v1/cases/none"),
        desk.call("committee", "GET", "/v1/cases/%00"),
    ]
    assert desk.call("committee", "GET", "/v1/decisions/%00").status_code == 404
    assert [answer.status_code for answer in answers] == [404] * 6
    assert len({answer.content for answer in answers}) == 1
    listed = desk.call("other", "GET", "/v1/cases").json()["cases"]
    assert case_id not in {found["case_id"] for found in listed}
    assert desk.open("other", department={"id": "metallurgy"}).status_code == 403


def test_what_the_other_side_has_written_is_not_shown_to_a_department(desk: Desk) -> None:
    case_id = desk.opened()
    desk.record("committee", case_id, fact(CHANNEL + "consultation", "agreed"))
    desk.record("department", case_id, fact("urgency.ground", "x"))
    for reader in ("department", "committee", "liaison", "auditor"):
        case = desk.case(case_id, reader, **HELD)
        for part in ("facts", "history"):
            shown = {found["fact"]: found for found in case[part]}
            assert shown[CHANNEL + "consultation"]["value"] == "agreed"
            assert ("evidence" in shown[CHANNEL + "consultation"]) is (reader != "department")
            assert shown["urgency.ground"]["evidence"] == "paper of 1965-03-02"


def test_each_fact_is_recorded_by_its_owner_or_the_committee(desk: Desk) -> None:
    case_id = desk.opened()
    committees = {name for name, word in WORDS.items() if word.answered_by == "committee"}
    for name in sorted(committees):
        word = WORDS[name]
        value: Any = word.choices[0] if word.choices else {"truth": True, "text": "x", "number": 8}[word.kind]
        refused = desk.post("department", case_id, fact(name, value))
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (403, "/facts/0/fact")
        by_liaison = name in ("item.legacy_list", CHANNEL + "attache_confirmation")
        assert desk.post("liaison", case_id, fact(name, value)).status_code == (201 if by_liaison else 403)
        desk.record("committee", case_id, fact(name, value))
    assert desk.post("liaison", case_id, fact("urgency.ground", "x")).status_code == 403
    desk.record("committee", case_id, fact("urgency.ground", "x"))
    assert committees < recordable_facts(VERSION_1)


@pytest.mark.parametrize("caller", ["auditor", "policy_officer", "liaison"])
def test_who_only_reads_opens_no_case(desk: Desk, caller: str) -> None:
    assert desk.open(caller).status_code == 403
    readable = 403 if caller == "policy_officer" else 200
    assert desk.call(caller, "GET", "/v1/cases").status_code == readable


@pytest.mark.parametrize(
    ("stated", "pointer"),
    [
        (fact("item.channel.consultaton", "agreed"), "/facts/0/fact"),
        (fact("department.id", "textiles"), "/facts/0/fact"),
        (fact("mission.country", "KP"), "/facts/0/fact"),
        (fact(CHANNEL + "consultation", "agred"), "/facts/0/value"),
        (fact("mission.countries", ["KP", "Cuba"]), "/facts/0/value/1"),
        (fact("urgency.deadline", "20 March"), "/facts/0/value"),
        (fact("urgency.ground", {"a": 1}), "/facts/0/value"),
        (fact("urgency.ground", "x", "2999-01-01"), "/facts/0/happened_on"),
        (fact("urgency.ground", "x", "1965-3-1"), "/facts/0/happened_on"),
        (fact("urgency.ground", "x", line=1), "/facts/0/line"),
        (fact("item.kind", "drawing", line=7), "/facts/0/line"),
        (fact("item.kind", "drawing", line=None), "/facts/0/line"),
        (fact("urgency.ground", "x", supersedes=1), "/facts/0/supersedes"),
        (fact("urgency.ground", "x", evidence=""), "/facts/0/evidence"),
        (fact("urgency.ground", "x", evidence="a\0b"), "/facts/0/evidence"),
        (fact("urgency.ground", "x", by="me"), "/facts/0/by"),
    ],
)
def test_a_faulty_fact_is_named_with_its_place_and_nothing_is_recorded(
    desk: Desk, stated: dict[str, Any], pointer: str
) -> None:
    case_id = desk.opened()
    seen = desk.case(case_id)["version"]
    answer = desk.post("committee", case_id, stated, fact("urgency.ground", "sound"))
    assert answer.status_code == 400, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert desk.case(case_id)["version"] == seen


def test_a_case_belongs_to_a_department_and_has_begun(desk: Desk) -> None:
    nobodys = desk.open("committee")
    assert (nobodys.status_code, nobodys.json()["errors"][0]["pointer"]) == (400, "/department/id")
    future = desk.open(as_of="2999-01-01")
    assert (future.status_code, future.json()["errors"][0]["pointer"]) == (400, "/as_of")
    assert desk.open(department={"id": "a\0b"}, caller="committee").status_code == 400


def test_the_urgent_queue_of_the_committee_begins_with_the_nearest_deadline(desk: Desk) -> None:
    days = ["1965-03-20", "1965-03-11", None, "1965-03-15"]
    expected = {}
    for day in days:
        urgency = {"time_sensitive": True, "eagerly_wanted": True, **({"deadline": day} if day else {})}
        case_id = desk.opened(request_id=f"queue {day}", urgency=urgency)
        facts = [fact("item.legacy_list", "none"), fact(CHANNEL + "reported_to_committee", True)]
        desk.record("committee", case_id, *facts)
        expected[case_id] = day
    ordinary = desk.opened(request_id="queue ordinary", urgency={"eagerly_wanted": False})
    desk.record("committee", ordinary, fact("item.legacy_list", "none"))
    query = {"waiting_for": "committee", "sort": "deadline", **HELD}
    queue = desk.call("committee", "GET", "/v1/cases", params=query).json()["cases"]
    found = [(case["case_id"], case.get("deadline")) for case in queue if case["case_id"] in expected]
    assert [day for _, day in found] == ["1965-03-11", "1965-03-15", "1965-03-20", None]
    assert dict(found) == expected
    assert ordinary not in {case["case_id"] for case in queue}
    assert all("committee" in case["waiting_for"] for case in queue)
    opened = desk.call("committee", "GET", "/v1/cases", params=HELD).json()["cases"]
    assert [case["opened_at"] for case in opened] == sorted(case["opened_at"] for case in opened)
    assert ordinary in {case["case_id"] for case in opened}


@pytest.mark.parametrize(
    "query",
    [
        "waiting_for=comittee",
        "sort=name",
        "held_no=1965-03-01",
        "held_on=1965-3-1",
        "known_at=1965-03-01",
        "known_at=0001-01-01T00:00:00%2B23:00",
        "held_on=1965-03-01&held_on=1965-03-02",
        "limit=0",
        "limit=1001",
        "limit=9999999999999",
        "limit=x",
        "after=nothing",
    ],
)
def test_a_question_that_is_not_understood_is_not_answered(desk: Desk, query: str) -> None:
    answer = desk.call("committee", "GET", f"/v1/cases?{query}")
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-request")


def test_the_queue_is_listed_in_pages(tmp_path: Path) -> None:
    with serving(tmp_path) as desk:
        opened = [desk.opened(urgency={"deadline": f"1965-03-{day}"}) for day in (22, 20, 24, 21, 23)]
        for sort, order in (
            ({}, opened),
            ({"sort": "deadline"}, [opened[place] for place in (1, 3, 0, 4, 2)]),
        ):
            listed: list[str] = []
            page: dict[str, Any] = {"next": None}
            while "next" in page:
                query = {"limit": 2, **({"after": page["next"]} if page["next"] else {}), **sort}
                page = desk.call("committee", "GET", "/v1/cases", params=query).json()
                assert len(page["cases"]) <= 2
                listed += [found["case_id"] for found in page["cases"]]
            assert listed == order


def test_the_log_holds_every_fact_and_verifies(tmp_path: Path) -> None:
    with serving(tmp_path) as desk:
        case_id = desk.opened()
        assert desk.post("department", case_id, fact("urgency.ground", "x"), seen=99).status_code == 412
        desk.record("department", case_id, fact("urgency.ground", "\u5de5"), fact("item.quantity", 1.50))
        case = desk.case(case_id)
    verified = CliRunner().invoke(app, ["log", "verify", str(tmp_path / "log.db")])
    assert verified.exit_code == 0, verified.output
    lines = CliRunner().invoke(app, ["log", "export", str(tmp_path / "log.db")]).stdout.splitlines()
    entries = {entry["sequence"]: entry for entry in map(json.loads, lines)}
    mine = [entry for entry in entries.values() if entry["key"] == case_id]
    assert [entry["kind"] for entry in mine] == ["case_opened", "case_fact", "case_fact"]
    assert mine[0]["request"] == {**URGENT, "request_id": case["request_id"]}
    for recorded in case["history"][-2:]:
        entry = entries[recorded["sequence"]]
        assert (entry["position"], entry["fact"]["fact"]) == (recorded["position"], recorded["fact"])
        assert entry["fact"]["value"] == recorded["value"]
        assert (entry["caller"], entry["at"]) == ("department", recorded["recorded_at"])
    assert {recorded["sequence"] for recorded in case["history"][:-2]} == {mine[0]["sequence"]}
    replayed = CliRunner().invoke(app, ["log", "replay", str(tmp_path / "log.db")])
    assert replayed.exit_code == 0, replayed.output


def test_an_undecided_case_waits_for_those_who_can_settle_it_and_not_for_every_question(desk: Desk) -> None:
    case = desk.case(desk.opened(trigger=None), **HELD)
    (line,) = case["decision"]["lines"]
    assert line["outcome"] == "needs_information"
    assert {missing["answered_by"] for missing in line["missing"]} == {"committee", "receiving_department"}
    assert case["waiting_for"] == ["receiving_department"]
