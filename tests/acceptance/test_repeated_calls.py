"""A call is repeated by what it says, not by its bytes; and a key that stands for a recorded call says where that is.

Covers: api.http.idempotency, api.parsing.json_values, api.services.idempotent_commands, api.storage.stored_responses
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from api.domain.identity import Caller
from api.ledger.database import Database
from api.parsing.json_values import canonical_json
from api.parsing.strict_json import read_value
from api.storage.stored_responses import IdempotentCall
from api.storage.tables import answered_calls
from tests.support.desks import KEYS, fact
from tests.support.handing_over import DELIVER, HANDOVER, ITEM, decided, hand_over
from tests.support.register_desks import RegisterDesk, serving_registers
from tests.support.shipped_roles import COMMITTEE

WHOLE = {"line", "session", "inclusion_session"}
"""Members whose numbers count or name; 1.0 is none of their values."""
ACCENTED = "re\u0301union caf\u00e9"


@pytest.fixture(scope="module")
def registers(module_where: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegisterDesk]:
    with serving_registers(tmp_path_factory.mktemp("repeated"), module_where) as registers:
        yield registers


def send(registers: RegisterDesk, path: str, content: str, key: str, **headers: str) -> httpx.Response:
    sent = {"Idempotency-Key": key, "Content-Type": "application/json", **headers}
    return registers.desk.call("committee", "POST", path, content=content.encode(), headers=sent)


def calls(registers: RegisterDesk) -> dict[str, tuple[str, dict[str, Any], str]]:
    """Of each call that records: its address, a body, and where what it records is read."""
    desk = registers.desk
    case_id = desk.opened()
    handover_id = hand_over(desk)["handover_id"]
    transfer = {"recorded_on": "1965-03-20", "reference": ACCENTED}
    event = {
        "kind": "list_sent",
        "happened_on": "1965-02-24",
        "reference": ACCENTED,
        "lists": ["organised"],
    }
    clearance = {"decision_id": decided(desk)["decision_id"], "planned_on": "1965-03-02"}
    return {
        "case": (
            "/v1/cases",
            {**DELIVER, "request_id": f"{ACCENTED} {next(KEYS)}"},
            "/v1/cases/{case_id}",
        ),
        "facts": (
            f"/v1/cases/{case_id}/facts",
            {"facts": [fact("item.quantity", 2, "1965-03-02", evidence=ACCENTED)]},
            "/v1/cases/{case_id}",
        ),
        "handover": ("/v1/handovers", {**HANDOVER, "recipient": ACCENTED}, "/v1/handovers/{handover_id}"),
        "transfer": (f"/v1/handovers/{handover_id}/transfer", transfer, "/v1/handovers/{handover_id}"),
        "clearance": ("/v1/clearances", clearance, "/v1/clearances/{clearance_id}"),
        "event": ("/v1/registers/events", event, "/v1/registers/events"),
    }


def written_anew(value: Any) -> Any:
    """The same value: members in the other order, amounts with a fraction of nothing, texts composed."""
    if isinstance(value, dict):
        return {
            name: member if name in WHOLE else written_anew(member)
            for name, member in reversed(value.items())
        }
    if isinstance(value, list):
        return [written_anew(entry) for entry in value]
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    return float(value) if type(value) is int else value


def assert_once(registers: RegisterDesk, path: str, first: httpx.Response, *again: httpx.Response) -> None:
    assert first.status_code == 201, (path, first.text)
    for answer in again:
        assert (answer.status_code, answer.content) == (201, first.content), path


NAMES = ["case", "facts", "handover", "transfer", "clearance", "event"]


@pytest.mark.parametrize("name", NAMES)
def test_the_same_value_in_other_bytes_is_the_same_call(registers: RegisterDesk, name: str) -> None:
    path, body, _ = calls(registers)[name]
    key, seen = f"same-{name}-{next(KEYS)}", version(registers, path)
    before = checkpoint(registers)
    first = send(registers, path, json.dumps(body), key, **seen)
    recorded = checkpoint(registers)
    indented = send(registers, path, json.dumps(body, indent=4, sort_keys=True), key, **seen)
    reversed_ = send(registers, path, json.dumps(written_anew(body), ensure_ascii=False), key, **seen)
    assert_once(registers, path, first, indented, reversed_)
    assert before != recorded
    assert checkpoint(registers) == recorded


@pytest.mark.parametrize("name", NAMES)
def test_a_key_that_was_used_says_where_its_call_was_recorded(registers: RegisterDesk, name: str) -> None:
    path, body, where = calls(registers)[name]
    key, seen = f"used-{name}-{next(KEYS)}", version(registers, path)
    first = send(registers, path, json.dumps(body), key, **seen)
    assert first.status_code == 201, first.text
    recorded = where.format(**first.json())
    other_path, other, _ = calls(registers)["handover" if name != "handover" else "event"]
    answer = send(registers, other_path, json.dumps(other), key)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/key-reused")
    assert f"See {recorded}" in answer.json()["detail"]
    assert "stands for a call that was recorded" in answer.json()["title"]
    assert registers.desk.call("committee", "GET", recorded).status_code == 200


def checkpoint(registers: RegisterDesk) -> str:
    return registers.desk.call("auditor", "GET", "/v1/log/checkpoint").text


def version(registers: RegisterDesk, path: str) -> dict[str, str]:
    if not path.endswith("/facts"):
        return {}
    case = registers.desk.case(path.split("/")[3])
    return {"If-Match": f'"{case["version"]}"'}


@pytest.mark.parametrize(
    "change",
    [
        {"border_area": None},
        {"items": [{**ITEM, "quantity": 2}]},
        {"recipient": "\ufb01rst"},
        {"evidence": " "},
    ],
)
def test_another_value_is_another_call(registers: RegisterDesk, change: dict[str, Any]) -> None:
    """A member that is null is stated; one that is absent is not."""
    body, key = {**HANDOVER, "recipient": "first"}, f"other-{next(KEYS)}"
    first = send(registers, "/v1/handovers", json.dumps(body), key)
    other = send(registers, "/v1/handovers", json.dumps({**body, **change}), key)
    assert (first.status_code, other.status_code) == (201, 409)


def test_a_call_recorded_by_its_bytes_in_an_older_database_is_known_again(
    registers: RegisterDesk, module_where: str
) -> None:
    content, key = json.dumps(HANDOVER), f"old-{next(KEYS)}"
    first = send(registers, "/v1/handovers", content, key)
    digest = hashlib.sha256(b"/v1/handovers\n" + content.encode()).hexdigest()
    database = Database(module_where)
    with database.upgrading() as connection:
        row = update(answered_calls).where(answered_calls.c.key == key).values(call=digest)
        assert connection.execute(row).rowcount == 1
    database.dispose()
    assert_once(registers, "/v1/handovers", first, send(registers, "/v1/handovers", content, key))
    other = send(registers, "/v1/handovers", json.dumps(HANDOVER, indent=1), key)
    assert (other.status_code, first.json()["handover_id"] in other.json()["detail"]) == (409, True)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ('{"a": 1, "b": 2}', '{ "b":2,"a":1 }', True),
        ("[1, 100, 0]", "[1.0, 1e2, -0.0]", True),
        ("[0.1]", "[1e-1]", True),
        ("[1e39]", "[1" + "0" * 39 + "]", True),
        ("[1000000000000000000000000000000000000001]", "[1000000000000000000000000000000000000002]", False),
        ("[1]", "[true]", False),
        ("[1]", '["1"]', False),
        ("[null]", "[]", False),
        ('{"a": null}', "{}", False),
        ("[1, 2]", "[2, 1]", False),
        ('["caf\\u00e9"]', '["cafe\\u0301"]', True),
        ('{"caf\\u00e9": 1}', '{"cafe\\u0301": 1}', True),
        ('["\\ufb01"]', '["fi"]', False),
        ('["a"]', '["A"]', False),
        ('["a\\",\\"b"]', '["a","b"]', False),
    ],
)
def test_values_are_the_same_as_values_of_json(first: str, second: str, same: bool) -> None:
    written = [canonical_json(read_value(text.encode())) for text in (first, second)]
    assert (written[0] == written[1]) is same


def test_a_call_is_that_of_its_address_too() -> None:
    clerk = Caller("clerk", COMMITTEE)
    digests = {IdempotentCall(clerk, address, b"{}", "k").hash for address in ("/v1/cases", "/v1/handovers")}
    assert len(digests) == 2
