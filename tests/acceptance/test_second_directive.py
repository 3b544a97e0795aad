"""The second directive of `examples/`: at every door it answers what its words say.

Covers: engine.checking.rule_texts, engine.policy.rules
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import random
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.doors.running_server import running_server
from api.settings import Settings
from engine import LineDecision, PolicySet, decide, load_policies
from engine.deciding import decide_by_walking
from tests.support import release_oracle as oracle
from tests.support.mistakes import ROOT

EXAMPLE = ROOT / "examples" / "second_directive"
FLOOR = EXAMPLE / "floor.yaml"
NOW = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
FILES = {path.name: path.read_text() for path in (EXAMPLE / "policies").glob("*.yaml")}
COUNTRIES = (["IS"], ["NZ"], ["UY"], ["FR"], ["BV"], ["LU"], ["LU", "IS"], ["IS", "FR"], ["HM", "NZ"], None)
DAYS = [
    dt.date.fromisoformat(day)
    for day in (
        "2026-02-28",
        "2026-03-01",
        "2026-09-03",
        "2026-09-04",
        "2026-11-12",
        "2026-11-13",
        "2026-11-26",
        "2026-11-27",
        "2026-12-31",
        "2027-01-01",
        "2027-01-15",
        "2027-05-21",
        "2029-05-01",
    )
]
OWNERS = ("export_control_office", "disclosure_office", "duty_officer", "records_office")
APPROVED = {**oracle.NEAR, "handover.by": "disclosure_office", "handover.to": "liaison_office"}


@pytest.fixture(scope="module")
def institute() -> PolicySet:
    return load_policies({name: text.encode() for name, text in FILES.items()})


def stated(facts: dict[str, Any], countries: list[str] | None, day: dt.date) -> dict[str, Any]:
    """The request that states some facts, as it is posted."""
    request: dict[str, Any] = {"request_id": "of a test", "as_of": day.isoformat(), "items": [{}]}
    for name, value in facts.items():
        *parts, last = name.split(".")
        place = request
        for part in parts:
            place = request["items"][0] if part == "item" else place.setdefault(part, {})
        place[last] = value.isoformat() if isinstance(value, dt.date) else value
    return request | ({"mission": {"countries": countries}} if countries else {})


def answered(policies: PolicySet, request: dict[str, Any]) -> LineDecision:
    read = policies.vocabulary.request.model_validate(request)
    compiled = decide(policies, read, decision_id="of a test", evaluated_at=NOW)
    walked = decide_by_walking(policies, read, decision_id="of a test", evaluated_at=NOW)
    assert compiled == walked
    return compiled.lines[0]


def drawn(count: int, seed: int) -> list[tuple[list[str] | None, dt.date, dict[str, Any]]]:
    source = random.Random(seed)
    return [(source.choice(COUNTRIES), source.choice(DAYS), oracle.draw(source)) for _ in range(count)]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


def test_it_is_sound_and_everything_is_proved() -> None:
    checked = run("policies", "check", EXAMPLE / "policies", "--floor", FLOOR)
    assert checked.exit_code == 0, checked.output
    assert checked.output.count("\n") == 1, "a remark"
    proved = run("policies", "prove", EXAMPLE / "policies", "--floor", FLOOR)
    assert proved.exit_code == 0, proved.output
    assert run("policies", "fmt", EXAMPLE / "policies", "--check").exit_code == 0


def test_every_answer_is_what_the_words_say(institute: PolicySet) -> None:
    outcomes = set()
    for countries, day, facts in drawn(1200, 13):
        outcome, clauses = oracle.answer(countries, day, facts)
        answer = answered(institute, stated(facts, countries, day))
        assert answer.outcome.value == outcome, (countries, day, facts)
        assert clauses <= set(answer.clauses), (countries, day, facts)
        outcomes.add(outcome)
    assert outcomes == set(oracle.ORDER)


def test_each_fact_that_stands_against_a_permission_does_so_alone(institute: PolicySet) -> None:
    """From a release to a partner and one to another country, each fact is put otherwise and left out."""
    day = dt.date(2026, 11, 20)
    for country, by, to in (("IS", "disclosure_office", "liaison_office"), ("FR", "host", "visitor")):
        for approval in (True, False):
            close = {**oracle.NEAR, "handover.by": by, "handover.to": to, "item.kind": "sample"}
            if not approval:
                meeting = oracle.parameters(country, day)["{panel_meeting}"]
                urgent = {"item.urgent.answer": "released", "item.urgent.agenda_meeting": meeting}
                close |= {"item.review.result": "not_submitted", **urgent}
            assert oracle.answer([country], day, close)[0] == "deliver"
            for name, values in oracle.CHOICES.items():
                for value in (*values, None):
                    facts = {key: one for key, one in {**close, name: value}.items() if one is not None}
                    answer = answered(institute, stated(facts, [country], day))
                    assert answer.outcome.value == oracle.answer([country], day, facts)[0], (
                        country,
                        name,
                        value,
                    )


def test_knowing_less_never_permits(institute: PolicySet) -> None:
    source = random.Random(5)
    for countries, day, facts in drawn(300, 5):
        if answered(institute, stated(facts, countries, day)).outcome.permits or not facts:
            continue
        fewer = dict(facts)
        for name in source.sample(sorted(facts), min(3, len(facts))):
            del fewer[name]
            assert not answered(institute, stated(fewer, countries, day)).outcome.permits


def test_each_line_is_decided_on_its_own_whatever_their_order(institute: PolicySet) -> None:
    """One outcome a line, the strictest for the whole; lines put in another order are answered as before."""
    source = random.Random(8)
    for _ in range(60):
        countries, day = source.choice(COUNTRIES), source.choice(DAYS)
        shared = oracle.draw(source)
        whole = stated({n: v for n, v in shared.items() if not n.startswith("item.")}, countries, day)
        items = [{**stated(oracle.draw(source), None, day)["items"][0], "line": line} for line in range(1, 5)]
        answers = []
        for lines in (items, items[::-1], source.sample(items, 4)):
            read = institute.vocabulary.request.model_validate({**whole, "items": lines})
            decision = decide(institute, read, decision_id="of a test", evaluated_at=NOW)
            strictest = max(decision.lines, key=lambda line: line.outcome.strictness)
            assert decision.outcome is strictest.outcome
            answers.append({line.line: line for line in decision.lines})
        assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize("proviso", ["none", "show_only", "redacted_copy"])
def test_a_proviso_is_a_duty_in_the_words_of_the_fact(institute: PolicySet, proviso: str) -> None:
    facts = {**APPROVED, "item.kind": "visual", "handover.by": "host", "handover.to": "visitor"}
    answer = answered(
        institute, stated({**facts, "item.review.proviso": proviso}, ["IS"], dt.date(2026, 11, 20))
    )
    words = {
        "none": "no proviso",
        "show_only": "to be told or shown only",
        "redacted_copy": "as a redacted copy only",
    }
    assert [duty.must for duty in answer.duties if duty.who == "host"] == [
        f"release it in person, {words[proviso]}"
    ]
    assert words[proviso] in answer.say


@pytest.mark.parametrize(
    ("as_of", "planned_on", "until"),
    [
        ("2026-11-24", "2026-11-26", "2026-11-25"),
        ("2026-11-25", "2026-11-26", "2026-11-26"),
        ("2026-11-26", "2026-11-26", "2026-11-26"),
        ("2026-11-25", "2026-11-25", "2026-11-25"),
    ],
)
def test_a_permission_ends_with_the_dates_that_it_rests_on(
    institute: PolicySet, as_of: str, planned_on: str, until: str
) -> None:
    facts = {**APPROVED, "handover.planned_on": dt.date.fromisoformat(planned_on)}
    request = stated(facts, ["IS"], dt.date.fromisoformat(as_of))
    read = institute.vocabulary.request.model_validate(request)
    decision = decide(institute, read, decision_id="of a test", evaluated_at=NOW)
    assert decision.outcome.value == "deliver"
    assert str(decision.valid_until) == until


def test_a_refusal_ends_with_them_too(institute: PolicySet) -> None:
    facts = {**APPROVED, "handover.planned_on": dt.date(2026, 11, 27)}
    request = stated(facts, ["IS"], dt.date(2026, 11, 22))
    decision = decide(
        institute,
        institute.vocabulary.request.model_validate(request),
        decision_id="of a test",
        evaluated_at=NOW,
    )
    assert (decision.outcome.value, str(decision.valid_until)) == ("hold", "2026-11-26")


def test_the_parameters_of_the_country_are_in_the_words(institute: PolicySet) -> None:
    facts = {"item.published": False, "item.release_record": "none", "item.review.result": "not_submitted"}
    day = dt.date(2026, 11, 20)
    partner, other = (answered(institute, stated(facts, [code], day)) for code in ("IS", "FR"))
    assert "Science Liaison Office of Iceland" in partner.say
    assert any("Science Liaison Office of Iceland" in duty.must for duty in partner.duties)
    assert "form for visitors" in other.say
    assert any("form for visitors" in duty.must for duty in other.duties)


def test_what_others_own_is_a_claim_until_they_state_it(tmp_path: Path) -> None:
    (tmp_path / "request.json").write_text(json.dumps(stated(APPROVED, ["IS"], dt.date(2026, 11, 20))))
    named = ("--policies", EXAMPLE / "policies", "--floor", FLOOR, "--format", "json")
    claimed = json.loads(run("check", tmp_path / "request.json", *named).stdout)
    assert claimed["outcome"] == "route_bilateral"
    owned = claimed["lines"][0]["claimed_not_confirmed"]
    assert set(owned) >= {"visitor.screening", "item.review.result", "item.control_entry"}
    roles = itertools.chain.from_iterable(("--role", party) for party in ("host", *OWNERS))
    stated_by_all = json.loads(run("check", tmp_path / "request.json", *named, *roles).stdout)
    assert stated_by_all["outcome"] == "deliver"
    assert "claimed_not_confirmed" not in stated_by_all["lines"][0]


def test_over_http_it_answers_the_same(institute: PolicySet, tmp_path: Path) -> None:
    settings = Settings(
        policies=EXAMPLE / "policies", floor=FLOOR, database=str(tmp_path / "log.db"), insecure_no_auth=True
    )
    with running_server(settings) as base, httpx.Client(base_url=base, trust_env=False) as client:
        for countries, day, facts in drawn(40, 77):
            request = stated(facts, countries, day)
            reply = client.post("/v1/pre-check", json=request)
            assert reply.status_code == 200, reply.text
            assert reply.json()["lines"][0]["outcome"] == answered(institute, request).outcome.value
        unknown = client.post("/v1/pre-check", json={**request, "visit": {"border_area": "none"}})
        assert unknown.status_code == 400, unknown.text
        assert unknown.json()["errors"][0]["pointer"] == "/visit"
        vocabulary = client.get("/v1/vocabulary")
        assert vocabulary.status_code == 200, vocabulary.text
        for policy in client.get("/v1/policies").json()["policies"]:
            shown = client.get(f"/v1/policies/{policy['name']}")
            assert shown.status_code == 200, shown.text
    facts = {fact["fact"]: fact for fact in vocabulary.json()["facts"]}
    assert facts["item.review.proviso"]["owner"] == "disclosure_office"
    assert facts["item.review.proviso"]["choices"]["show_only"] == "to be told or shown only"
    assert "committee" not in vocabulary.text


def test_screen_answers_every_row_as_the_function_does(institute: PolicySet, tmp_path: Path) -> None:
    pytest.importorskip("ibis", reason="the extra `tables` is not installed")
    parquet = pytest.importorskip("pyarrow.parquet")
    requests = [stated(facts, countries, day) for countries, day, facts in drawn(400, 3)]
    lines = "".join(
        json.dumps({**request, "request_id": str(number)}) + "\n" for number, request in enumerate(requests)
    )
    (tmp_path / "asked.jsonl").write_text(lines)
    roles = itertools.chain.from_iterable(("--role", party) for party in ("host", *OWNERS))
    named = ("--policies", EXAMPLE / "policies", "--floor", FLOOR, "--out", tmp_path / "answers.parquet")
    ran = run("screen", tmp_path / "asked.jsonl", *named, *roles)
    assert ran.exit_code == 0, ran.output
    rows = {row["request_id"]: row for row in parquet.read_table(tmp_path / "answers.parquet").to_pylist()}
    assert len(rows) == len(requests)
    for number, request in enumerate(requests):
        answer, row = answered(institute, request), rows[str(number)]
        found = (row["outcome"], row["rules"], row["clauses"], row["say"], len(row["duties"]))
        read = institute.vocabulary.request.model_validate(request)
        decision = decide(institute, read, decision_id="of a test", evaluated_at=NOW)
        assert row["valid_until"] == decision.valid_until, request
        assert found == (
            answer.outcome.value,
            list(answer.rules),
            list(answer.clauses),
            answer.say,
            len(answer.duties),
        )
