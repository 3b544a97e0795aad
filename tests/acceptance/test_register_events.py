"""What happens to the lists, over HTTP: sent, confirmed, delivered, submitted, requested, included, or not.

Covers: api.domain.registers.event_context, api.domain.registers.event_rules, api.domain.registers.events,
api.domain.registers.state, api.services.register_event_queries, api.services.register_events,
api.storage.register_events
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from api.domain.registers.events import STATEMENTS, EventKind
from tests.support.desks import KEYS
from tests.support.register_desks import RegisterDesk, run, serving_registers, write_register


@pytest.fixture
def registers(tmp_path: Path) -> Iterator[RegisterDesk]:
    with serving_registers(tmp_path) as registers:
        yield registers


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegisterDesk]:
    """Registers to which nothing but faulty events is sent, once session 6 has met and B-1 has gone its way."""
    with serving_registers(tmp_path_factory.mktemp("faults")) as registers:
        registers.record("list_sent", "1965-02-01", items=["B-1", "B-2"])
        registers.record("confirmation", "1965-02-10", items=["B-1", "B-2"], state="confirmed")
        registers.record("delivered", "1965-02-20", items=["B-1"])
        registers.record("transfer_recorded", "1965-03-01", items=["B-1"])
        registers.record("session_opened", "1963-10-01", session=6)
        registers.record("session_closed", "1963-10-20", session=6)
        registers.record(
            "resolution", "1963-10-19", session=6, number="6/1", form="main", lists=["northeast"]
        )
        registers.record("session_opened", "1964-10-01", session=7)
        yield registers


def test_an_item_goes_from_the_list_through_confirmation_to_the_transfer(where: str, tmp_path: Path) -> None:
    with serving_registers(tmp_path, where) as registers:
        assert registers.item("B-1")["confirmation"] == "not_sent"
        registers.record("list_sent", "1965-02-01", lists=["organised"], remarks="by courier")
        assert registers.item("B-1")["confirmation"] == "pending"
        answers = [{"item_no": "B-2", "state": "declined"}, {"item_no": "B-3", "state": "pending"}]
        registers.record("confirmation", "1965-02-10", items=["B-1"], state="confirmed", answers=answers)
        registers.record("delivered", "1965-02-20", items=["B-1"])
        registers.record("transfer_recorded", "1965-03-01", items=["B-1"])

        item = registers.item("B-1")
        assert item["confirmation"] == "confirmed"
        events = [(event["kind"], event["happened_on"]) for event in item["events"]]
        assert events == [
            ("list_sent", "1965-02-01"),
            ("confirmation", "1965-02-10"),
            ("delivered", "1965-02-20"),
            ("transfer_recorded", "1965-03-01"),
        ]
        assert item["events"][0]["covers"] == 3
        assert item["events"][0]["remarks"] == "by courier"
        assert [registers.item(number)["confirmation"] for number in ("B-2", "B-3")] == [
            "declined",
            "pending",
        ]
        assert log_lines(registers)


def test_a_later_answer_changes_an_earlier_one_and_both_stay_on_record(registers: RegisterDesk) -> None:
    registers.record("list_sent", "1965-02-01", lists=["organised"])
    registers.record("confirmation", "1965-02-10", items=["B-1"], state="declined")
    registers.record("confirmation", "1965-02-10", items=["B-1"], state="confirmed")
    item = registers.item("B-1")
    assert item["confirmation"] == "confirmed"
    assert [event.get("state") for event in item["events"]] == [None, "declined", "confirmed"]
    registers.record("confirmation", "1965-02-09", items=["B-1"], state="declined")
    assert registers.item("B-1")["confirmation"] == "confirmed"


def test_a_declined_item_waits_again_once_it_is_sent_again(registers: RegisterDesk) -> None:
    registers.record("list_sent", "1965-02-01", lists=["organised"])
    registers.record("confirmation", "1965-02-10", items=["B-1"], state="declined")
    registers.record("confirmation", "1965-02-10", items=["B-2"], state="confirmed")
    registers.record("list_sent", "1965-03-01", lists=["organised"])
    states = {number: registers.item(number)["confirmation"] for number in ("B-1", "B-2", "B-3")}
    assert states == {"B-1": "declined", "B-2": "confirmed", "B-3": "pending"}
    registers.record("list_sent", "1965-03-02", items=["B-1", "B-2"])
    assert [registers.item(number)["confirmation"] for number in ("B-1", "B-2")] == ["pending", "confirmed"]


def test_what_is_added_to_a_list_later_was_not_sent_with_it(registers: RegisterDesk, tmp_path: Path) -> None:
    registers.record("list_sent", "1965-02-01", lists=["organised"])
    late = write_register(tmp_path / "late", {"organised": ["B-4"]})
    registers.import_files(late)
    assert [registers.item(number)["confirmation"] for number in ("B-3", "B-4")] == ["pending", "not_sent"]


def test_an_item_is_delivered_only_once_it_was_confirmed_by_that_day(registers: RegisterDesk) -> None:
    registers.record("list_sent", "1965-02-01", lists=["organised"])
    registers.record("confirmation", "1965-02-10", items=["B-1"], state="confirmed")
    registers.record("confirmation", "1965-02-10", items=["B-2"], state="declined")
    faults = registers.faults("delivered", "1965-02-09", items=["B-1", "B-2", "B-3"])
    assert faults.keys() == {"/items/0", "/items/1", "/items/2"}
    assert all("S1.3" in detail for detail in faults.values())
    faults = registers.faults("delivered", "1965-02-10", items=["B-1", "B-2", "B-3"])
    assert {pointer: detail.split(" it was ")[1].split(":")[0] for pointer, detail in faults.items()} == {
        "/items/1": "declined",
        "/items/2": "pending",
    }
    registers.record("delivered", "1965-02-10", items=["B-1"])


FAULTY: dict[str, tuple[str, str, dict[str, Any], dict[str, str]]] = {
    "a day after today": (
        "session_opened", "2999-01-01", {"session": 9}, {"/happened_on": "after today"},
    ),
    "an unknown list and an unknown item, both named": (
        "list_sent", "1965-03-01", {"lists": ["none"], "items": ["B-2", "X"]},
        {"/lists/0": "no such list", "/items/1": "no list has an item"},
    ),
    "a provided list sent for confirmation": (
        "list_sent", "1965-03-01", {"lists": ["important"]}, {"/lists/0": "is provided"},
    ),
    "a provided item sent for confirmation": (
        "list_sent", "1965-03-01", {"items": ["A-1"]}, {"/items/0": "is provided"},
    ),
    "a list of another country": (
        "list_sent", "1965-03-01", {"lists": ["vietnam"]}, {"/lists/0": "A16"},
    ),
    "nothing sent": ("list_sent", "1965-03-01", {}, {"/lists": "name the lists or the items"}),
    "a delivered item sent": ("list_sent", "1965-03-01", {"items": ["B-1"]}, {"/items/0": "has been delivered"}),
    "an item named twice": (
        "list_sent", "1965-03-01", {"items": ["B-2", "B-2"]}, {"/items/1": "a second time"},
    ),
    "an answer for nothing": ("confirmation", "1965-03-01", {}, {"/items": "name the items"}),
    "items without their state": (
        "confirmation", "1965-03-01", {"items": ["B-2"]}, {"/state": "name it"},
    ),
    "a state without items": (
        "confirmation", "1965-03-01", {"state": "declined", "answers": [{"item_no": "B-2", "state": "declined"}]},
        {"/items": "leave `state` out"},
    ),
    "an answer for what was provided": (
        "confirmation", "1965-03-01", {"answers": [{"item_no": "A-1", "state": "confirmed"}]},
        {"/answers/0/item_no": "is provided"},
    ),
    "two states for one item": (
        "confirmation", "1965-03-01",
        {"items": ["B-2"], "state": "declined", "answers": [{"item_no": "B-2", "state": "confirmed"}]},
        {"/answers/0/item_no": "one state"},
    ),
    "a state that is none": (
        "confirmation", "1965-03-01", {"items": ["B-2"], "state": "confirmd"}, {"/state": "did you mean `confirmed`"},
    ),
    "a second delivery": ("delivered", "1965-03-01", {"items": ["B-1"]}, {"/items/0": "1965-02-20 already"}),
    "a delivery of what was provided": ("delivered", "1965-03-01", {"items": ["A-1"]}, {"/items/0": "is provided"}),
    "a transfer before the delivery": (
        "transfer_recorded", "1965-03-01", {"items": ["B-2"]}, {"/items/0": "had not been delivered"},
    ),
    "a second transfer": (
        "transfer_recorded", "1965-03-02", {"items": ["B-1"]}, {"/items/0": "already"},
    ),
    "a pending list submitted": (
        "list_submitted", "1965-03-01", {"lists": ["organised"]}, {"/lists/0": "is pending"},
    ),
    "no list submitted": ("list_submitted", "1965-03-01", {"lists": []}, {"/lists": "must not be empty"}),
    "asked of a session that had closed": (
        "supplementary_asked", "1965-03-01", {"session": 6, "lists": ["important"]},
        {"/session": "closed on 1963-10-20"},
    ),
    "a session opened twice": ("session_opened", "1963-10-02", {"session": 6}, {"/session": "opened on 1963-10-01"}),
    "a session closed twice": ("session_closed", "1963-10-21", {"session": 6}, {"/session": "closed on 1963-10-20"}),
    "a session closed before it opened": (
        "session_closed", "1964-09-30", {"session": 7}, {"/happened_on": "before its opening"},
    ),
    "a session that is no number": ("session_closed", "1965-09-30", {"session": "8"}, {"/session": "whole number"}),
    "a country that is none": (
        "session_closed", "1965-09-30", {"session": 8, "country": "Korea"}, {"/country": "two capital letters"},
    ),
    "a country that no list of countries has": (
        "session_opened", "1965-10-01", {"session": 8, "country": "XX"}, {"/country": "ISO 3166-1"},
    ),
    "a country by the code it had": (
        "session_opened", "1965-10-01", {"session": 8, "country": "VD"}, {"/country": "VD was withdrawn; write VN"},
    ),
    "an empty resolution": (
        "resolution", "1964-10-02", {"session": 7, "number": "7/1", "form": "main"},
        {"/lists": "what the resolution"},
    ),
    "a resolution of one country about the list of another": (
        "resolution", "1964-10-02",
        {"session": 7, "number": "7/1", "form": "main", "lists": ["vietnam"], "items": ["V-1", "A-1"]},
        {"/lists/0": "another country", "/items/0": "another country"},
    ),
    "a resolution without a number": (
        "resolution", "1964-10-02", {"session": 7, "form": "main", "projects": ["8-14"]}, {"/number": "required"},
    ),
    "a memorandum about an open session": (
        "memorandum", "1964-10-02", {"session": 7, "lists": ["important"]},
        {"/session": "was not closed by that day"},
    ),
    "a memorandum about what was included": (
        "memorandum", "1964-01-02", {"session": 6, "lists": ["northeast"]}, {"/lists/0": "in a resolution whole"},
    ),
    "a withdrawal of nothing": ("withdrawal", "1965-10-01", {"event": 9999}, {"/event": "no event has this number"}),
    "a withdrawal without its number": ("withdrawal", "1965-10-01", {}, {"/event": "required"}),
    "an event without its paper": (
        "session_opened", "1965-10-01", {"session": 8, "reference": ""}, {"/reference": "must not be empty"},
    ),
    "a member nobody knows": (
        "session_opened", "1965-10-01", {"session": 8, "plase": "Beijing"}, {"/plase": "did you mean `place`"},
    ),
    "a null character": (
        "session_opened", "1965-10-01", {"session": 8, "place": "a\0b"}, {"/place": "as what it is, U+0000"},
    ),
    "a kind that is none": ("list_send", "1965-10-01", {}, {"/kind": "did you mean `list_sent`"}),
    "a day that is none": (
        "session_opened", "1965-02-30", {"session": 8}, {"/happened_on": "must be a day of the calendar"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_event_is_refused_with_every_fault_and_its_place(shared: RegisterDesk, name: str) -> None:
    kind, day, more, expected = FAULTY[name]
    faults = shared.faults(kind, day, **more)
    assert faults.keys() == expected.keys()
    for pointer, part in expected.items():
        assert part in faults[pointer]


def test_every_kind_of_event_has_a_body() -> None:
    assert set(STATEMENTS) == set(EventKind)


def test_an_event_may_be_older_than_the_record_of_its_list(registers: RegisterDesk) -> None:
    registers.record("list_sent", "1912-01-01", lists=["organised"])
    assert registers.item("B-1")["confirmation"] == "pending"


@pytest.mark.parametrize(
    ("caller", "writes", "reads"),
    [
        ("committee", 201, 200),
        ("liaison", 201, 200),
        ("auditor", 403, 200),
        ("department", 403, 403),
        ("policy_officer", 403, 403),
    ],
)
def test_committee_and_liaison_record_and_the_auditor_reads(
    registers: RegisterDesk, caller: str, writes: int, reads: int
) -> None:
    assert registers.post("session_opened", "1965-10-01", caller, session=8).status_code == writes
    for path in ("/v1/registers/events", "/v1/registers/sessions/8"):
        assert registers.desk.call(caller, "GET", path).status_code == reads


def test_a_repeated_call_records_nothing_more(registers: RegisterDesk) -> None:
    first = registers.post("session_opened", "1965-10-01", key="once", session=8)
    again = registers.post("session_opened", "1965-10-01", key="once", session=8)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert len(registers.read("/v1/registers/events")["events"]) == 1
    assert registers.post("session_opened", "1965-10-02", key="once", session=8).status_code == 409
    without = registers.desk.call("liaison", "POST", "/v1/registers/events", {"kind": "session_opened"})
    assert without.json()["type"] == "/problems/idempotency-key"


def test_of_two_clerks_who_close_a_session_at_once_one_is_refused(registers: RegisterDesk) -> None:
    with ThreadPoolExecutor(6) as clerks:
        answers = list(
            clerks.map(lambda _: registers.post("session_closed", "1965-10-20", session=8), range(6))
        )
    assert sorted(answer.status_code for answer in answers) == [201] + [400] * 5


def test_events_are_found_by_session_list_and_item(registers: RegisterDesk) -> None:
    registers.record("list_sent", "1965-02-01", items=["B-1"])
    registers.record("session_opened", "1965-10-01", session=8, place="Pyongyang")
    registers.record("supplementary_asked", "1965-10-02", session=8, lists=["important", "northeast"])

    def kinds(**query: Any) -> list[str]:
        return [event["kind"] for event in registers.read("/v1/registers/events", **query)["events"]]

    assert kinds() == ["list_sent", "session_opened", "supplementary_asked"]
    assert kinds(session=8) == ["session_opened", "supplementary_asked"]
    assert kinds(list_id="northeast") == ["supplementary_asked"]
    assert kinds(item_no="B-1") == ["list_sent"]
    assert kinds(item_no="B-2") == []
    assert kinds(list_id="northeast", session=7) == []
    for query in ({"session": "eight"}, {"sesion": 8}):
        answer = registers.desk.call("auditor", "GET", "/v1/registers/events", params=query)
        assert answer.status_code == 400


def test_a_session_shows_what_was_submitted_to_it_and_what_it_includes(where: str, tmp_path: Path) -> None:
    with serving_registers(tmp_path, where) as registers:
        before = registers.read("/v1/registers/sessions/8")
        assert (before["country"], before["opened"], before["closed"]) == ("KP", None, None)
        assert [entry["list_id"] for entry in before["not_included"]] == ["important", "northeast"]
        registers.record("session_opened", "1965-10-01", session=8, place="Pyongyang")
        registers.record("supplementary_asked", "1965-10-02", session=8, lists=["important"])
        registers.record(
            "resolution", "1965-10-19", session=8, number="8/2", form="supplementary",
            lists=["northeast"], items=["A-2"], projects=["8-14"],
        )  # fmt: skip
        registers.record("session_closed", "1965-10-20", session=8)
        shown = registers.read("/v1/registers/sessions/8")
        assert (shown["opened"]["place"], shown["closed"]["happened_on"]) == ("Pyongyang", "1965-10-20")
        assert shown["resolutions"][0]["number"] == "8/2"
        assert shown["asked"] == [{"list_id": "important", "items": 2, "item_nos": ["A-1", "A-2"]}]
        assert [(entry["list_id"], entry["items"]) for entry in shown["included"]] == [
            ("important", 1),
            ("northeast", 1),
        ]
        assert shown["included_projects"] == ["8-14"]
        assert shown["not_included"] == [{"list_id": "important", "items": 1, "item_nos": ["A-1"]}]
        assert registers.read("/v1/registers/sessions/8", country="VN")["closed"] is None
        for query in ("0", "08", "+8", "10000", "8?country=Korea", "8?country=XX", "8?country="):
            answer = registers.desk.call("auditor", "GET", f"/v1/registers/sessions/{query}")
            assert answer.status_code == 400, query


def test_a_withdrawn_event_stays_on_record_and_counts_no_more(registers: RegisterDesk) -> None:
    wrong = registers.record("session_closed", "1965-09-20", session=8)
    withdrawal = registers.record("withdrawal", "1965-10-25", event=wrong, remarks="the wrong day")
    registers.record("session_closed", "1965-10-20", session=8)
    assert registers.read("/v1/registers/sessions/8")["closed"]["happened_on"] == "1965-10-20"
    assert not registers.dues_under("1965-10-19", "S2.4")
    events = registers.read("/v1/registers/events")["events"]
    assert [event.get("withdrawn_by") for event in events] == [withdrawal, None, None]
    for event, reason in ((wrong, "withdrawn already"), (withdrawal, "a withdrawal itself")):
        assert reason in registers.faults("withdrawal", "1965-10-26", event=event)["/event"]


def test_what_another_event_stands_on_is_not_withdrawn(where: str, tmp_path: Path) -> None:
    with serving_registers(tmp_path, where) as registers:
        confirmed = registers.record("confirmation", "1965-02-10", items=["B-1"], state="confirmed")
        again = registers.record("confirmation", "1965-02-11", items=["B-1", "B-2"], state="confirmed")
        delivered = registers.record("delivered", "1965-02-20", items=["B-1"])
        transferred = registers.record("transfer_recorded", "1965-03-01", items=["B-1"])
        closed = registers.record("session_closed", "1965-10-20", session=8)
        memorandum = registers.record("memorandum", "1965-11-05", session=8, lists=["important"])
        registers.record("withdrawal", "1965-03-02", event=confirmed)
        for event, stands in ((again, delivered), (delivered, transferred), (closed, memorandum)):
            assert f"event {stands} " in registers.faults("withdrawal", "1966-01-01", event=event)["/event"]
        for event in (transferred, delivered, again, memorandum, closed):
            registers.record("withdrawal", "1966-01-01", event=event)
        assert registers.item("B-1")["confirmation"] == "not_sent"
        registers.record("confirmation", "1965-02-12", items=["B-1"], state="confirmed")
        registers.record("delivered", "1965-02-21", items=["B-1"])


def test_events_are_in_the_log_and_the_log_verifies(registers: RegisterDesk) -> None:
    sequence = registers.record("session_opened", "1965-10-01", session=8)
    assert registers.read("/v1/registers/events")["events"][0]["sequence"] == sequence
    exported = [line for line in log_lines(registers) if f'"sequence": {sequence},' in line]
    assert len(exported) == 1
    assert '"kind": "register_event"' in exported[0]
    assert '"role": "liaison"' in exported[0]


def log_lines(registers: RegisterDesk) -> list[str]:
    verified = run(registers.folder, "log", "verify", registers.database)
    assert verified.exit_code == 0, verified.output
    return run(registers.folder, "log", "export", registers.database).stdout.splitlines()


def test_a_body_that_is_no_object_is_a_problem(registers: RegisterDesk) -> None:
    headers = {"Idempotency-Key": f"k{next(KEYS)}"}
    bodies: list[Any] = [[], "x", {"happened_on": "1965-01-01"}]
    for body in bodies:
        answer = registers.desk.call("liaison", "POST", "/v1/registers/events", body, headers=headers)
        assert answer.status_code == 400, answer.text
