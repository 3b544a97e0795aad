"""The floor: what no policy folder can lower, at the start, on a reload, after a restart, and with the proof off.

Covers: api.policies.floor, api.ledger.revisions, engine.checking.floor, engine.evaluation.floor
"""

from __future__ import annotations

import json
import re
import shutil
import signal
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner, Result

from api.app import create_app
from api.cli.main import app
from api.doors.running_server import running_server
from api.http.openapi import EXAMPLE_REQUEST
from api.settings import Settings
from engine import PolicyFaults
from tests.api.policies.test_proof_gate import let_the_department_deliver, policies_at
from tests.support.mistakes import ROOT
from tests.support.server_process import Running, environment

SIGNED_AND_HANDED_BY_THE_DEPARTMENT: dict[str, Any] = {
    "request_id": "signed-resolution",
    "as_of": "1965-03-01",
    "mission": {"countries": ["KP"]},
    "visit": {"border_area": "none"},
    "trigger": "ad_hoc_request",
    "urgency": {"time_sensitive": False, "eagerly_wanted": False},
    "handover": {"by": "receiving_department", "to": "counterpart_institution", "mode": "hand"},
    "items": [
        {
            "kind": "drawing",
            "legacy_list": "none",
            "channel": {"inclusion": "included", "consultation": "agreed", "accepted_as_project": True},
        }
    ],
}
"""What the policies deliver if the Committee hands it over."""


def command(*arguments: object, given: object = None) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)), input=json.dumps(given))


def cut_invariants(folder: Path) -> None:
    """Leave nothing of the invariants but the first two, as a half-written copy does, less the first."""
    whole = (folder / "invariants.yaml").read_text()
    entries = whole.split("\n  - invariant: ")
    (folder / "invariants.yaml").write_text("\n  - invariant: ".join([entries[0], entries[2]]) + "\n")


@pytest.mark.parametrize("left", ["invariants: []\n", None])
def test_policies_without_invariants_are_not_proved(folder: Path, left: str | None) -> None:
    (folder / "invariants.yaml").unlink() if left is None else (folder / "invariants.yaml").write_text(left)
    result = command("policies", "prove", folder)
    assert result.exit_code == 1
    assert "FAIL what the policies say of themselves" in result.output
    assert "they have no invariants, so nothing would guard a change of them" in " ".join(
        result.output.split()
    )
    assert "everything is proved" not in result.output


def test_a_folder_without_its_guard_still_meets_the_floor_or_is_not_decided_by(
    folder: Path, settings: Settings
) -> None:
    let_the_department_deliver(folder)
    cut_invariants(folder)
    with pytest.raises(PolicyFaults, match=r"floor\.yaml:\d+:\d+ L06 `only-the-committee-hands-over`"):
        create_app(settings)


def test_what_the_policies_stated_of_themselves_binds_the_next_ones_also_after_a_restart(
    folder: Path, tmp_path: Path
) -> None:
    surroundings = environment(tmp_path) | {"CHANNELGATE_POLICIES": str(folder)}
    running = Running(surroundings)
    try:
        first = policies_at(running.url, "active")
        cut_invariants(folder)
        directive = folder / "directive.yaml"
        weakened = directive.read_text().replace(*CONSULTED)
        assert weakened != directive.read_text()
        directive.write_text(weakened)
        refused = policies_at(running.url, "last_good_active")
        assert refused["revision"] == first["revision"]
        assert {fault["code"] for fault in refused["faults"]} == {"L06"}
        text = " ".join(fault["message"] for fault in refused["faults"])
        assert "nothing-the-committee-does-not-agree-to" in text
    finally:
        running.end(signal.SIGTERM)
    with pytest.raises(
        PolicyFaults, match=r"invariants\.yaml.* L06 `nothing-the-committee-does-not-agree-to`"
    ):
        create_app(
            Settings(policies=folder, database=surroundings["CHANNELGATE_DATABASE"], insecure_no_auth=True)
        )


@pytest.mark.parametrize("door", ["check", "http"])
def test_with_the_proof_switched_off_the_floor_still_refuses(
    door: str, folder: Path, settings: Settings
) -> None:
    let_the_department_deliver(folder)
    request = SIGNED_AND_HANDED_BY_THE_DEPARTMENT
    if door == "check":
        shown = command(
            "check", "-", "--role", "committee", "--policies", folder, "--format", "json", given=request
        )
        answer = json.loads(shown.output)
    else:
        trying = settings.model_copy(update={"accept_unproved": True})
        with capture_logs() as logs, running_server(trying) as url:
            answer = httpx.post(f"{url}/v1/pre-check", json=request, trust_env=False).json()
        (stopped,) = [entry for entry in logs if entry["event"] == "permission_stopped_by_floor"]
        assert stopped["decision_id"] == answer["decision_id"]
        assert stopped["broken"] == ("only-the-committee-hands-over",)
        assert command("log", "replay", settings.database).exit_code == 0
    (line,) = answer["lines"]
    assert (line["outcome"], line["handover_as_asked"]) == ("refuse", "no")
    assert {"D1", "S3.6"} <= set(line["clauses"])
    assert line["duties"]
    assert line["say"]
    (reason,) = line["why_not"]
    assert reason["rule"] == "in-a-signed-resolution"
    assert "only-the-committee-hands-over, which no policy may lower" in reason["condition"]


def test_another_floor_can_be_named(folder: Path) -> None:
    let_the_department_deliver(folder)
    floor = ROOT / "tests" / "data" / "mild_floor.yaml"
    request = SIGNED_AND_HANDED_BY_THE_DEPARTMENT
    options = ("--role", "committee", "--policies", folder, "--floor", floor, "--format", "json")
    given = command("check", "-", *options, given=request)
    assert json.loads(given.output)["outcome"] == "deliver"
    request = {**request, "handover": {**request["handover"], "to": "third_country"}}
    stated = command("check", "-", *options, given=request)
    assert json.loads(stated.output)["outcome"] != "deliver"


STRANGE = """invariants:
  - invariant: small-quantities
    clause: H3
    title: Large quantities stay here.
    when: item.quantity > {largest_quantity}
    never: deliver
"""


@pytest.mark.parametrize("what", ["policies check", "policies prove", "policies test", "serve", "check"])
def test_a_floor_that_the_folder_cannot_state_stops_the_command_and_names_the_option(
    what: str, tmp_path: Path
) -> None:
    floor = tmp_path / "floor.yaml"
    floor.write_text(STRANGE)
    arguments = {"serve": ["--insecure-no-auth"], "check": ["-"]}.get(what, [])
    folder = ["--policies", str(ROOT / "policies")]
    result = command(*what.split(), *arguments, *folder, "--floor", floor, given=EXAMPLE_REQUEST)
    assert result.exit_code in (1, 2)
    text = " ".join((result.output + result.stderr).split())
    assert "floor.yaml:5:" in text
    assert "G02" in text
    assert "{largest_quantity}" in text
    assert "--floor FILE" in text


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "G04"),
        ("invariants: []\n", "G01"),
        ("policy: x\n", "P0"),
        ("invariants: [", "Y"),
        ("readings: []\n", "G01"),
    ],
)
def test_a_floor_that_is_none_is_refused(content: str | None, code: str, tmp_path: Path) -> None:
    floor = tmp_path / "floor.yaml"
    if content is not None:
        floor.write_text(content)
    result = command("policies", "check", ROOT / "policies", "--floor", floor)
    assert result.exit_code == 1
    assert f" {code}" in result.output
    assert "remedy: " in result.output


def test_an_invariant_that_the_next_policies_cannot_state_keeps_them_out(
    folder: Path, settings: Settings
) -> None:
    for page in folder.glob("*.yaml"):
        page.write_text(re.sub(r"(?<![\w.])counterpart(?=[:}])", "partner", page.read_text()))
    with running_server(settings):
        pass
    for file in (ROOT / "policies").glob("*.yaml"):
        shutil.copy(file, folder)
    with pytest.raises(PolicyFaults, match=r"invariants\.yaml:\d+:\d+ G03 .*\{partner\}"):
        create_app(settings)


CONSULTED = (
    "and item.channel.committee_agrees and item.channel.accepted_as_project\n      and item.channel.inclusion",
    "and item.channel.accepted_as_project\n      and item.channel.inclusion",
)


SEEDS = ROOT / "tests" / "data" / "seed_house"


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A directive in words of its own, with its floor beside the folder."""
    return Path(shutil.copytree(SEEDS, tmp_path / "house"))


def test_the_floor_beside_a_folder_holds_for_it_at_every_command(house: Path) -> None:
    policies = house / "policies"
    request = house / "request.json"
    request.write_text(json.dumps({"request_id": "beside", "mission": {"countries": ["MN"]}, "items": [{}]}))
    held = f", held to {house / 'floor.yaml'}\n"
    for done, shows in (
        (command("policies", "check", policies), True),
        (command("policies", "prove", policies), True),
        (command("policies", "compare", policies, policies), False),
        (command("explain", "only-the-desk-sends", "--policies", policies), False),
        (command("check", request, "--policies", policies), False),
        (command("policies", "test", policies, "--no-mutants", "--only", "not-to-strangers"), False),
    ):
        assert done.exit_code == 0, done.output
        assert done.output.endswith(held) is shows, done.output


def test_rows_are_screened_under_the_floor_beside_the_folder(house: Path) -> None:
    pytest.importorskip("ibis", reason="the extra `tables` is not installed")
    rows = house / "rows.jsonl"
    rows.write_text(
        '{"request_id": "beside", "as_of": "2026-05-04", "mission": {"countries": ["MN"]}, "items": [{}]}\n'
    )
    screened = command("screen", rows, "--policies", house / "policies", "--out", house / "out.jsonl")
    assert screened.exit_code == 0, screened.output


@pytest.mark.parametrize(
    ("floor", "remedy"),
    [
        ("invariants: []\n", "write `invariants:`"),
        (
            "invariants: [{invariant: a, title: A., clause: X1, never: [deliver], when: item.gone}]\n",
            "mend the floor",
        ),
    ],
)
def test_the_faults_of_a_floor_are_not_those_of_the_policies(house: Path, floor: str, remedy: str) -> None:
    (house / "floor.yaml").write_text(floor)
    for words in (("check", "-"), ("explain", "refuse"), ("policies", "test")):
        refused = command(*words, "--policies", house / "policies")
        assert refused.exit_code == 2, refused.output
        shown = " ".join(refused.output.split())
        assert f"the floor {house / 'floor.yaml'} " in shown, (words, shown)
        assert "the policies in" not in shown.split(", so nothing")[0]
        assert remedy in shown


def test_the_service_holds_a_folder_to_the_floor_beside_it(house: Path, tmp_path: Path) -> None:
    settings = Settings(policies=house / "policies", database=str(tmp_path / "log.db"), insecure_no_auth=True)
    assert settings.floor == house / "floor.yaml"
    create_app(settings)
    (house / "floor.yaml").write_text("invariants: []\n")
    with pytest.raises(PolicyFaults, match="G01"):
        create_app(settings)


def test_a_floor_that_is_named_counts_before_the_one_beside(
    house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.move(house / "floor.yaml", house / "named.yaml")
    (house / "floor.yaml").write_text("invariants: []\n")
    policies = house / "policies"
    named = command("policies", "check", policies, "--floor", house / "named.yaml")
    assert (named.exit_code, named.output.endswith("named.yaml\n")) == (0, True), named.output
    monkeypatch.setenv("CHANNELGATE_FLOOR", str(house / "named.yaml"))
    assert command("policies", "check", policies).exit_code == 0
    assert Settings(policies=policies).floor == house / "named.yaml"


@pytest.mark.parametrize("stands", ["link to nothing", "folder", "nothing said"])
def test_a_floor_beside_that_cannot_be_used_is_not_passed_over(house: Path, stands: str) -> None:
    floor = house / "floor.yaml"
    floor.unlink()
    match stands:
        case "link to nothing":
            floor.symlink_to(house / "gone.yaml")
        case "folder":
            floor.mkdir()
        case _:
            floor.write_text("invariants: []\n")
    refused = command("policies", "check", house / "policies")
    assert refused.exit_code == 1
    assert ("G01" if stands == "nothing said" else "G04") in refused.output


def test_without_one_beside_the_shipped_floor_holds(house: Path, folder: Path) -> None:
    (house / "floor.yaml").unlink()
    assert "G02" in command("policies", "check", house / "policies").output
    sound = command("policies", "check", folder)
    assert (sound.exit_code, "held to" in sound.output) == (0, False), sound.output


def test_a_replay_is_held_to_the_floor_beside_the_candidate(house: Path, tmp_path: Path) -> None:
    settings = Settings(policies=house / "policies", database=str(tmp_path / "log.db"), insecure_no_auth=True)
    with running_server(settings) as address, httpx.Client(base_url=address, trust_env=False) as client:
        request = {"request_id": "replayed", "mission": {"countries": ["MN"]}, "items": [{}]}
        assert client.post("/v1/pre-check", json=request).status_code == 200
    replayed = command("log", "replay", "--database", tmp_path / "log.db", "--policies", house / "policies")
    assert replayed.exit_code == 0, replayed.output
