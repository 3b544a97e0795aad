"""An answer says what it is about: over HTTP as at the command line, and no log entry holds it.

Covers: api.domain.about, api.services.answered, api.services.decision_queries
"""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from api.domain.about import about_request
from api.policies.folder import read_folder
from engine import load_policies
from tests.support.desks import ROOT, URGENT, Desk, serving
from tests.support.shipped_words import make_request

REQUEST: dict[str, Any] = {
    **URGENT,
    "request_id": "r 1",
    "mission": {"name": "expert group", "countries": ["KP", "KR"], "kind": "specialist_group"},
    "visit": {"place": "Shenyang", "border_area": "none"},
    "items": [
        {"line": "a", "description": "drawings", "quantity": 2.5, "unit": "set", "kind": "drawing"},
        {"line": "b", "quantity": 3, "kind": "sample"},
        {"line": "c"},
    ],
}
NORTH, SOUTH = "Democratic People's Republic of Korea", "Republic of Korea"
ABOUT = {
    "mission": "expert group",
    "countries": [{"code": "KP", "name": NORTH}, {"code": "KR", "name": SOUTH}],
    "place": "Shenyang",
    "lines": [
        {"line": "a", "description": "drawings", "quantity": 2.5, "unit": "set"},
        {"line": "b", "quantity": 3},
        {"line": "c"},
    ],
    "remarks": [f"KR is {SOUTH}, which is not listed. If {NORTH} is meant, write KP."],
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with serving(tmp_path_factory.mktemp("about")) as desk:
        yield desk


def recorded(desk: Desk, decision_id: str) -> str:
    """The answer as the log has it."""
    entries = desk.call("auditor", "GET", "/v1/log/entries?limit=1000").json()["entries"]
    (entry,) = (one for one in entries if one["key"] == decision_id)
    return json.dumps(entry["decision"])


@pytest.mark.parametrize("query", ["", "?explain=full"])
def test_an_answer_says_what_it_is_about(desk: Desk, query: str) -> None:
    answer = desk.call("department", "POST", f"/v1/pre-check{query}", REQUEST).json()
    assert answer["about"] == ABOUT


def test_so_does_each_answer_of_a_list(desk: Desk) -> None:
    bare = {"request_id": "bare", "items": [{}]}
    first, second = desk.call("committee", "POST", "/v1/pre-checks", [REQUEST, bare]).json()
    assert (first["about"], second["about"]) == (ABOUT, {"lines": [{"line": 1}]})


def test_a_decision_that_is_read_again_is_the_recorded_bytes_with_what_it_is_about(desk: Desk) -> None:
    answer = desk.call("committee", "POST", "/v1/pre-check", REQUEST)
    decision_id = answer.json()["decision_id"]
    again = desk.call("auditor", "GET", f"/v1/decisions/{decision_id}")
    log = recorded(desk, decision_id)
    assert again.json()["about"] == ABOUT
    members = {name: value for name, value in again.json().items() if name not in ("about", "links")}
    assert members == json.loads(log)
    assert answer.content.startswith(again.content.partition(b',"about":')[0])
    assert '"about"' not in log
    assert "Shenyang" not in log


def test_the_command_line_says_the_same_in_json_and_in_text(tmp_path: Path) -> None:
    file = tmp_path / "request.json"
    file.write_text(json.dumps(REQUEST))
    runs = {
        form: CliRunner().invoke(app, ["check", str(file), *words])
        for form, words in {
            "json": ["--format", "json"],
            "explained": ["--format", "json", "--explain"],
        }.items()
    }
    assert [json.loads(run.stdout)["about"] for run in runs.values()] == [ABOUT, ABOUT]
    text = CliRunner().invoke(app, ["check", str(file)]).stdout
    assert f"expert group, from the {NORTH} (KP) and the {SOUTH} (KR), at Shenyang" in " ".join(text.split())
    assert "drawings, 2.5 set" in text


def test_a_case_and_its_place_in_the_queue_say_what_they_are_about(desk: Desk) -> None:
    case_id = desk.opened(**{**REQUEST, "request_id": "about a case"})
    assert desk.case(case_id)["about"] == ABOUT
    queue = desk.call("committee", "GET", "/v1/cases").json()
    assert [one["about"] for one in queue["cases"] if one["case_id"] == case_id] == [ABOUT]


def test_erased_texts_are_not_repeated(tmp_path: Path, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHANNELGATE_KEEP_APART", "personal")
    monkeypatch.setenv("CHANNELGATE_SIGNING_KEY", str(tmp_path / "signing.key"))
    with serving(tmp_path, where) as desk:
        answer = desk.call("department", "POST", "/v1/pre-check", REQUEST).json()
        address = f"/v1/decisions/{answer['decision_id']}"
        assert desk.call("department", "GET", address).json()["about"] == answer["about"] == ABOUT
        words = ["log", "erase", answer["decision_id"], "--database", where, "--ground", "letter no. 9"]
        erased = CliRunner().invoke(app, words)
        assert erased.exit_code == 0, erased.output
        left = desk.call("department", "GET", address).json()["about"]
    lines = [{"line": "a", "quantity": 2.5, "unit": "set"}, *ABOUT["lines"][1:]]
    assert left == {"countries": ABOUT["countries"], "lines": lines, "remarks": ABOUT["remarks"]}


def test_what_is_withheld_as_a_claim_makes_no_difference(desk: Desk) -> None:
    claimed = {**REQUEST, "items": [{**REQUEST["items"][0], "legacy_list": "pending"}]}
    answer = desk.call("department", "POST", "/v1/pre-check", claimed).json()
    assert answer["about"] == {**ABOUT, "lines": ABOUT["lines"][:1]}


def test_a_withdrawn_code_is_remarked_and_a_listed_one_is_not() -> None:
    policies = load_policies(read_folder(ROOT / "policies").files)
    for code, remarks in (("KP", 0), ("VN", 0), ("FR", 0), ("KR", 1)):
        request = make_request({**REQUEST, "mission": {"countries": [code]}})
        assert len(about_request(request, policies.vocabulary, policies).get("remarks", [])) == remarks, code


@pytest.mark.parametrize(
    ("stated", "named"),
    [(0, 0), (4, 4), (10**27, 10**27), (Decimal("1E+2"), 100), (Decimal("2.0"), 2), (2.5, 2.5)],
    ids=["none", "whole", "large", "with an exponent", "with a fraction of none", "fraction"],
)
def test_an_amount_is_a_number(stated: Any, named: float) -> None:
    policies = load_policies(read_folder(ROOT / "policies").files)
    request = make_request({**REQUEST, "items": [{"quantity": stated}]})
    (line,) = about_request(request, policies.vocabulary, policies)["lines"]
    assert (line["quantity"], type(line["quantity"])) == (named, type(named))


def test_what_is_done_to_one_answer_changes_no_other() -> None:
    policies = load_policies(read_folder(ROOT / "policies").files)
    request = make_request({**REQUEST, "mission": {"countries": ["KR", "VN"]}})
    first, known = (about_request(request, policies.vocabulary, policies) for _ in range(2))
    first["countries"].clear()
    first["remarks"].clear()
    assert [country["code"] for country in known["countries"]] == ["KR", "VN"]
    assert about_request(request, policies.vocabulary, policies) == known
    assert len(known["remarks"]) == 1
