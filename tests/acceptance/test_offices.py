"""A directive with other parties: who calls, what each may do and record, its clearances and handovers, over HTTP.

Covers: api.domain.believed_parties, api.domain.handovers.handover_models, api.storage.recorded_roles,
engine.checking.parties, engine.contract.offices
"""

import itertools
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.doors.running_server import running_server
from api.settings import Settings
from tests.support.waiting import wait_until

SEEDS = Path(__file__).parents[1] / "data" / "seed_house"
FLOOR = SEEDS / "floor.yaml"
DAY = "2021-05-04"
SEED = {"line": 1, "description": "rye of 1911", "sort": "seed", "quantity": 2, "unit": "bag"}
REQUEST: dict[str, Any] = {
    "request_id": "greenhouse/7",
    "as_of": DAY,
    "mission": {"countries": ["MN"]},
    "handover": {"by": "exchange_desk", "to": "gene_bank"},
    "items": [SEED],
}
GIVEN = {name: value for name, value in SEED.items() if name != "sort"}
HANDOVER: dict[str, Any] = {
    "department": "beds",
    "countries": ["MN"],
    "handed_over_on": DAY,
    "by": "exchange_desk",
    "to": "gene_bank",
    "recipient": "the keeper of their cold room",
    "items": [GIVEN],
    "evidence": "receipt 4",
}
HOLDERS = {"gardener": "beds", "other": "orchard", "exchange_desk": None, "gate": None, "auditor": None}
NUMBERS = itertools.count(1)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


class House:
    """The seed house as a running service, with a key for each caller."""

    def __init__(self, client: httpx.Client, keys: dict[str, str]) -> None:
        self.client = client
        self.keys = keys

    def call(self, caller: str, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        sent = {"Authorization": f"Bearer {self.keys[caller]}", "Idempotency-Key": f"k{next(NUMBERS)}"}
        return self.client.request(method, path, json=body, headers={**sent, **headers})

    def done(self, caller: str, path: str, body: Any) -> Any:
        answer = self.call(caller, "POST", path, body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def record(self, caller: str, case_id: str, name: str, value: Any) -> httpx.Response:
        version = self.call("auditor", "GET", f"/v1/cases/{case_id}").json()["version"]
        line = {"line": 1} if name.startswith("item.") else {}
        fact = {"fact": name, "value": value, "happened_on": DAY, "evidence": "a letter", **line}
        path = f"/v1/cases/{case_id}/facts"
        return self.call(caller, "POST", path, {"facts": [fact]}, **{"If-Match": f'"{version}"'})

    def settled(self, request_id: str) -> str:
        """A case of the gardener in which every owner has recorded what permits the handover."""
        case_id = str(self.done("gardener", "/v1/cases", {**REQUEST, "request_id": request_id})["case_id"])
        for caller, name, value in (
            ("gate", "visit.screened", True),
            ("exchange_desk", "item.agreement.state", "signed"),
            ("exchange_desk", "item.agreement.amount", 2.5),
        ):
            assert self.record(caller, case_id, name, value).status_code == 201
        return case_id

    def cleared(self, request_id: str) -> Any:
        self.settled(request_id)
        decided = self.done("gardener", "/v1/pre-check", {**REQUEST, "request_id": request_id})
        assert decided["outcome"] == "deliver", decided
        return self.done("gardener", "/v1/clearances", {"decision_id": decided["decision_id"]})


def make_key(folder: Path, keys: Path, name: str, department: str | None) -> str:
    role = "gardener" if department else name
    named = ("--department", department) if department else ()
    options = ("--name", name, "--role", role, "--policies", folder, "--file", keys)
    made = run("keys", "new", *options, *named)
    assert made.exit_code == 0, made.output
    return made.stdout.strip()


@contextmanager
def house_in(tmp_path: Path) -> Iterator[House]:
    folder = tmp_path / "policies"
    if not folder.exists():
        shutil.copytree(SEEDS / "policies", folder)
    keys = {
        name: make_key(folder, tmp_path / "keys.json", name, department)
        for name, department in HOLDERS.items()
    }
    settings = Settings(
        policies=folder,
        floor=FLOOR,
        database=str(tmp_path / "log.db"),
        api_keys=tmp_path / "keys.json",
        exercise=True,
    )
    with (
        running_server(settings) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=30) as client,
    ):
        yield House(client, keys)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("house")


@pytest.fixture(scope="module")
def house(folder: Path) -> Iterator[House]:
    with house_in(folder) as house:
        yield house


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/cases", "gardener exchange_desk gate auditor"),
        ("GET", "/v1/registers", "exchange_desk gate auditor"),
        ("GET", "/v1/log/entries", "auditor"),
        ("GET", "/v1/reconcile", "exchange_desk auditor"),
        ("POST", "/v1/cases", "gardener exchange_desk"),
        ("POST", "/v1/handovers/x/withdrawal", "exchange_desk"),
        ("POST", "/v1/handovers/x/transfer", "exchange_desk gate"),
    ],
)
def test_the_offices_of_a_party_say_which_calls_its_callers_may_make(
    house: House, method: str, path: str, allowed: str
) -> None:
    body: dict[str, Any] | None = {} if method == "POST" else None
    for caller in ("gardener", "exchange_desk", "gate", "auditor"):
        answer = house.call(caller, method, path, body)
        assert (answer.status_code != 403) == (caller in allowed.split()), (caller, answer.text)
        if answer.status_code == 403:
            assert answer.json()["detail"] == f"This call is for: {', '.join(sorted(allowed.split()))}."


def test_the_interface_names_the_roles_of_the_policies_in_force(house: House) -> None:
    paths = house.client.get("/openapi.json").json()["paths"]
    assert paths["/v1/cases"]["post"]["responses"]["403"]["description"] == "For: exchange_desk, gardener"


def test_each_owner_records_its_facts_and_a_pre_check_takes_them(house: House) -> None:
    claimed = {**REQUEST, "visit": {"screened": True}, "request_id": "each"}
    before = house.done("gardener", "/v1/pre-check", claimed)
    assert before["outcome"] == "route_bilateral"
    assert before["lines"][0]["claimed_not_confirmed"] == ["visit.screened"]
    case_id = house.done("gardener", "/v1/cases", claimed)["case_id"]
    for caller, name, value, status in (
        ("gardener", "visit.screened", True, 403),
        ("exchange_desk", "visit.screened", True, 403),
        ("gate", "item.agreement.state", "signed", 403),
        ("gate", "item.sort", "book", 403),
        ("auditor", "visit.screened", True, 403),
        ("gate", "visit.screened", True, 201),
        ("exchange_desk", "item.agreement.state", "signed", 201),
        ("exchange_desk", "item.agreement.amount", 2.5, 201),
        ("gardener", "handover.planned_on", DAY, 201),
    ):
        answer = house.record(caller, case_id, name, value)
        assert answer.status_code == status, (caller, name, answer.text)
    decided = house.done("gardener", "/v1/pre-check", claimed)
    assert (decided["outcome"], decided["lines"][0].get("claimed_not_confirmed")) == ("deliver", None)
    for other in (
        {**claimed, "mission": {"countries": ["MN", "FR"]}},
        {**claimed, "items": [SEED, {**SEED, "line": 2, "description": "barley"}]},
    ):
        lines = house.done("gardener", "/v1/pre-check", other)["lines"]
        assert all(line["handover_as_asked"] != "yes" for line in lines)


def test_what_a_party_states_counts_for_its_own_facts_alone(house: House) -> None:
    stated = {
        **REQUEST,
        "request_id": "own",
        "visit": {"screened": True},
        "items": [{**SEED, "agreement": {"state": "signed", "amount": 2.5}}],
    }
    claims = {
        "gardener": ["visit.screened", "item.agreement.state", "item.agreement.amount"],
        "exchange_desk": ["visit.screened"],
        "gate": ["item.agreement.state", "item.agreement.amount"],
    }
    for caller, expected in claims.items():
        answer = house.done(caller, "/v1/pre-check", stated)
        assert sorted(answer["lines"][0]["claimed_not_confirmed"]) == sorted(expected), caller
        assert answer["handover_as_asked"] != "yes"


def test_a_party_that_asks_does_so_for_its_own_department_alone(house: House) -> None:
    case_id = house.done("gardener", "/v1/cases", {**REQUEST, "request_id": "mine"})["case_id"]
    assert house.call("other", "GET", f"/v1/cases/{case_id}").status_code == 404
    assert house.call("gate", "GET", f"/v1/cases/{case_id}").status_code == 200


def test_a_clearance_and_its_handover_are_in_the_words_of_the_vocabulary(house: House) -> None:
    clearance = house.cleared("cleared")
    lines = clearance["note"].split("\n")
    assert {"handed over by: exchange_desk", "handed over to: gene_bank"} <= set(lines)
    assert not any(line.startswith(("kind: ", "registered institution: ")) for line in lines)
    handed = house.done(
        "exchange_desk", "/v1/handovers", {**HANDOVER, "clearance": clearance["clearance_id"]}
    )
    assert (handed["status"], handed["grounds"], "mode" in handed) == ("in_order", [], False)
    assert handed["decision"]["outcome"] == "deliver"


@pytest.mark.parametrize(
    ("change", "pointer", "detail"),
    [
        ({"by": "exchange_dsk"}, "/by", "did you mean `exchange_desk`?"),
        ({"by": "committee"}, "/by", "must be one of `gardener`, `exchange_desk`"),
        ({"mode": "hand"}, "/mode", "unknown member"),
        ({"items": [{**GIVEN, "kind": "sample"}]}, "/items/0/kind", "unknown member"),
    ],
)
def test_a_word_of_another_directive_is_refused_with_its_place(
    house: House, change: dict[str, Any], pointer: str, detail: str
) -> None:
    refused = house.call("exchange_desk", "POST", "/v1/handovers", {**HANDOVER, **change})
    assert refused.status_code == 400
    (fault,) = refused.json()["errors"]
    assert (fault["pointer"], detail in fault["detail"]) == (pointer, True), fault


def test_the_interface_states_handovers_in_the_words_in_force(house: House) -> None:
    schemas = house.client.get("/openapi.json").json()["components"]["schemas"]
    members = schemas["HandoverStatement"]["properties"]
    assert members["by"]["enum"] == ["gardener", "exchange_desk"]
    assert members.keys().isdisjoint({"mode", "trigger", "border_area"})


def test_only_who_decides_frees_a_clearance_by_a_correction(house: House) -> None:
    clearance = house.cleared("corrected")["clearance_id"]
    first = house.done("gardener", "/v1/handovers", {**HANDOVER, "clearance": clearance})["handover_id"]
    anew = {**HANDOVER, "supersedes": first, "reason": "it never left", "clearance": "none"}
    other = house.cleared("corrected too")["clearance_id"]
    refused = house.call("gardener", "POST", "/v1/handovers", {**anew, "clearance": other})
    assert refused.status_code == 403
    assert "the exchange desk alone frees a clearance" in refused.text
    freed = house.done("exchange_desk", "/v1/handovers", {**anew, "clearance": other})
    assert f"The clearance {clearance} is free again." in freed["notes"]
    again = house.done("exchange_desk", "/v1/handovers", {**HANDOVER, "clearance": clearance})
    assert again["status"] == "in_order"
    withdrawn = house.done(
        "exchange_desk", f"/v1/handovers/{again['handover_id']}/withdrawal", {"reason": "a wrong entry"}
    )
    assert withdrawn["notes"] == [f"The clearance {clearance} is free again."]


def test_the_log_of_it_all_is_verified_and_replayed(house: House, folder: Path) -> None:
    house.cleared("verified")
    ledger = ("--database", folder / "log.db")
    verified = run("log", "verify", *ledger)
    assert verified.exit_code == 0, verified.output
    replayed = run("log", "replay", *ledger, "--floor", FLOOR)
    assert ", 0 differ" in replayed.output, replayed.output


def test_what_was_recorded_stays_readable_after_the_words_have_changed(tmp_path: Path) -> None:
    with house_in(tmp_path) as house:
        used, unused = house.cleared("used")["clearance_id"], house.cleared("unused")["clearance_id"]
        handed = house.done("exchange_desk", "/v1/handovers", {**HANDOVER, "clearance": used})
        house.settled("later")
        decided = house.done("gardener", "/v1/pre-check", {**REQUEST, "request_id": "later"})["decision_id"]
        for file in ("directive.yaml", "vocabulary.yaml"):
            changed = tmp_path / "policies" / file
            changed.write_text(changed.read_text().replace("gene_bank", "seed_bank"))
        now = {**HANDOVER, "to": "seed_bank"}
        dry = "/v1/handovers?dry_run=true"
        wait_until(lambda: house.call("exchange_desk", "POST", dry, now).status_code == 200)
        again = house.call("auditor", "GET", f"/v1/handovers/{handed['handover_id']}")
        assert (again.json(), again.json()["to"]) == (handed, "gene_bank")
        late = house.done("exchange_desk", "/v1/handovers", {**now, "clearance": unused})
        assert late["status"] == "breach"
        assert "other_recipient" in {ground["code"] for ground in late["grounds"]}
        refused = house.call("gardener", "POST", "/v1/clearances", {"decision_id": decided})
        assert refused.status_code == 409
        assert "other words than the request" in refused.json()["detail"]
    for command in (("verify",), ("replay", "--floor", FLOOR)):
        ran = run("log", *command, "--database", tmp_path / "log.db")
        assert ran.exit_code == 0, ran.output


def test_a_clearance_names_the_institution_that_the_country_registers(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SEEDS / "policies", tmp_path / "policies"))
    vocabulary, directive, country = (
        folder / f"{name}.yaml" for name in ("vocabulary", "directive", "mongolia")
    )
    named = "institution: {recipient: gene_bank, parameter: bank}\nfacts:"
    vocabulary.write_text(vocabulary.read_text().replace("facts:", named, 1))
    declared = "parameters:\n  bank: {kind: text, ask: Which bank?, otherwise: their bank}\nscope:"
    directive.write_text(directive.read_text().replace("scope:", declared, 1))
    value = "{value: the bank at Darkhan, status: sourced, source: a letter}"
    country.write_text(f"{country.read_text()}parameters:\n  bank:\n    - {value}\n")
    with house_in(tmp_path) as house:
        note = house.cleared("named")["note"]
        assert "registered institution: the bank at Darkhan" in note.split("\n")


def test_a_clearance_of_a_case_rests_on_what_its_owners_recorded(house: House) -> None:
    case_id = house.settled("by case")
    clearance = house.done("gate", "/v1/clearances", {"case_id": case_id, "planned_on": DAY})
    assert clearance["department"] == "beds"


def test_a_key_of_a_role_that_the_policies_in_force_do_not_know_is_refused(tmp_path: Path) -> None:
    with house_in(tmp_path) as house:
        assert house.call("gate", "GET", "/v1/cases").status_code == 200
        directive = tmp_path / "policies" / "directive.yaml"
        directive.write_text(directive.read_text().replace("role: gate", "role: porter"))
        wait_until(lambda: house.call("gate", "GET", "/v1/cases").status_code == 401)
        refused = house.call("gate", "POST", "/v1/pre-check", REQUEST)
        assert refused.status_code == 401
        assert refused.json()["detail"] == (
            "The API key is not for one role that the policies in force know:"
            " auditor, exchange_desk, gardener, porter."
        )
        assert house.call("exchange_desk", "GET", "/v1/cases").status_code == 200


def test_keys_and_checks_name_the_roles_of_the_folder(tmp_path: Path) -> None:
    folder = SEEDS / "policies"
    made = run(
        "keys", "new", "--name", "x", "--role", "committee", "--policies", folder, "--file", tmp_path / "k"
    )
    assert made.exit_code == 2
    shown = " ".join(made.stderr.replace("\u2502", " ").split())
    assert "'committee' is not one of 'gardener', 'exchange_desk', 'gate', 'auditor'" in shown
    assert not (tmp_path / "k").exists()
    stated = {**REQUEST, "visit": {"screened": True}}
    (tmp_path / "request.json").write_text(json.dumps(stated))
    for role, claims in (("gate", []), ("guard", []), ("gardener", ["visit.screened"])):
        named = ("--policies", folder, "--floor", FLOOR, "--format", "json", "--role", role)
        answer = json.loads(run("check", tmp_path / "request.json", *named).stdout)
        assert answer["lines"][0].get("claimed_not_confirmed", []) == claims, role


def test_a_comparison_of_two_folders_names_the_role_whose_offices_differ(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SEEDS / "policies", tmp_path / "policies"))
    directive = folder / "directive.yaml"
    text = directive.read_text()
    directive.write_text(
        text.replace("offices: [keeps_registers], role: gate", "offices: [decides], role: gate")
    )
    compared = run("policies", "compare", SEEDS / "policies", folder, "--floor", FLOOR)
    assert "offices of gate" in compared.output, compared.output
