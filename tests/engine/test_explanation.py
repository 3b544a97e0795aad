"""The explanation of an answer: it reports what `decide` did, and the changes it names are the smallest there are.

Covers: api.cli.rendering.explanation
"""

from __future__ import annotations

import copy
import datetime as dt
import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from typer.testing import CliRunner, Result

import engine.explanation.assembly
import engine.explanation.counterfactuals
from api.cli.main import app
from api.doors.running_server import running_server
from api.http.openapi import EXAMPLE_REQUEST
from api.settings import Settings
from engine import (
    Change,
    ConditionPart,
    ConsideredRule,
    Explanation,
    ExplanationStopped,
    LineExplanation,
    PolicySet,
    decide,
    explain,
)
from engine.contract.vocabulary import COUNTRY_LISTED, Kind
from engine.explanation import BUDGET
from engine.explanation.counterfactuals import find_changes
from engine.explanation.fact_changes import DecidedLine
from tests.support.folders import policies_of
from tests.support.mistakes import ROOT
from tests.support.shipped_words import WORDS, make_request
from tests.support.strategies import requests

AT = dt.datetime(1965, 3, 1, 12, tzinfo=dt.UTC)
EXAMPLES = sorted((ROOT / "examples").glob("*.json"))
Plain = dict[str, Any]


def outcome_of(policies: PolicySet, plain: Plain) -> str:
    request = make_request(plain)
    return decide(policies, request, decision_id="of a test", evaluated_at=AT).lines[0].outcome.value


def explained(policies: PolicySet, plain: Plain, most_tried: int = BUDGET) -> LineExplanation:
    request = make_request(plain)
    decision = decide(policies, request, decision_id="of a test", evaluated_at=AT)
    return explain(policies, request, decision, most_tried=most_tried).lines[0]


def read(file: Path) -> Plain:
    return dict(json.loads(file.read_text()))


def changed(plain: Plain, facts: Any) -> Plain:
    """The request after changes, each as a fact and its value."""
    after = copy.deepcopy(plain)
    for name, value in facts:
        *way, last = name.split(".")
        part = after["items"][0] if way[:1] == ["item"] else after
        for step in way[1:] if way[:1] == ["item"] else way:
            part = part.setdefault(step, {})
        part[last] = value
    return after


def applied(change: Change) -> list[tuple[str, Any]]:
    return [(one.fact, value_of(one.fact, one.becomes)) for one in change.facts]


def value_of(fact: str, text: str) -> Any:
    if fact == "mission.countries":
        return [text]
    match WORDS[fact].kind:
        case Kind.TRUTH:
            return text == "true"
        case Kind.NUMBER:
            return int(text)
        case _:
            return text


def rules_of(line: LineExplanation) -> list[ConsideredRule]:
    return [rule for country in line.countries for policy in country.policies for rule in policy.rules]


# What is reported of the rules


@settings(max_examples=60)
@given(requests())
def test_the_rules_that_decide_are_those_of_the_decision(plain: Plain) -> None:
    policies = policies_of("all registered")
    request = make_request(plain)
    decision = decide(policies, request, decision_id="of a test", evaluated_at=AT)
    with pytest.MonkeyPatch.context() as without_search:
        without_search.setattr(engine.explanation.counterfactuals, "MOST_CHANGES", 0)
        explanation = explain(policies, request, decision)
    for line, explained_line in zip(decision.lines, explanation.lines, strict=True):
        rules = line.if_in_force.rules if line.if_in_force else line.rules
        outcome = line.if_in_force.outcome if line.if_in_force else line.outcome
        strictest = [country for country in explained_line.countries if country.outcome is outcome]
        deciding = {
            rule.rule
            for country in strictest
            for policy in country.policies
            for rule in policy.rules
            if rule.state == "decides"
        }
        assert set(rules) <= deciding
        assert bool(rules) is bool(deciding)
        for rule in rules_of(explained_line):
            assert (rule.state == "does_not_hold") is (rule.condition.holds == "no")


def leaves(part: ConditionPart) -> list[ConditionPart]:
    return [leaf for inner in part.parts for leaf in leaves(inner)] if part.parts else [part]


def test_each_part_of_a_condition_has_the_value_found(shipped: PolicySet) -> None:
    line = explained(shipped, read(ROOT / "examples" / "escalate_urgent.json"))
    rules = {rule.rule: rule for rule in rules_of(line)}
    urgent = rules["report-first"]
    assert (urgent.state, urgent.condition.holds) == ("decides", "yes")
    assert [(leaf.condition, leaf.holds) for leaf in leaves(urgent.condition)] == [
        ("urgency.time_sensitive", "yes"),
        ("urgency.eagerly_wanted", "yes"),
    ]
    agreed = {leaf.condition: leaf for leaf in leaves(rules["agreed-as-a-project"].condition)}
    assert agreed["item.channel.reported_to_committee"].holds == "no"
    assert agreed["item.channel.committee_agrees"].holds == "unknown"
    assert agreed["item.channel.committee_agrees"].found[0].value == "not known"


def test_it_is_reported_which_rule_went_before_another(shipped: PolicySet) -> None:
    rules = {
        r.rule: r for r in rules_of(explained(shipped, read(ROOT / "examples" / "escalate_urgent.json")))
    }
    assert rules["route-bilateral"].state == "gives_way"
    assert rules["route-bilateral"].because_of == ("report-first",)
    assert rules["confirmation-declined"].state == "not_reached"
    assert rules["confirmation-declined"].because_of == ("pending-list",)
    included = changed(
        read(ROOT / "examples" / "escalate_urgent.json"), [("item.channel.inclusion", "included")]
    )
    rules = {r.rule: r for r in rules_of(explained(shipped, included))}
    assert rules["report-first"].state == "beaten"
    assert rules["report-first"].because_of == ("in-a-signed-resolution",)
    assert rules["route-bilateral"].state == "gives_way"


def test_a_rule_that_a_stricter_one_outweighs_says_so(shipped: PolicySet) -> None:
    plain = changed(read(ROOT / "examples" / "route_bilateral.json"), [("handover.to", "third_country")])
    rules = {rule.rule: rule for rule in rules_of(explained(shipped, plain))}
    assert rules["route-bilateral"].state == "outweighed"
    assert rules["route-bilateral"].because_of == ("never-to-a-third-country",)


# What would change the answer


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_each_set_of_changes_leads_where_it_says_and_none_of_it_can_be_left_out(
    shipped: PolicySet, file: Path
) -> None:
    plain = read(file)
    line = explained(shipped, plain)
    assert line.changes
    assert not line.search.cut
    for change in line.changes:
        facts = applied(change)
        assert outcome_of(shipped, changed(plain, facts)) == change.outcome.value
        for left_out in range(len(facts)):
            fewer = changed(plain, facts[:left_out] + facts[left_out + 1 :])
            assert outcome_of(shipped, fewer) != change.outcome.value, change


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_every_outcome_that_one_change_leads_to_is_named_with_one_change(
    shipped: PolicySet, file: Path
) -> None:
    """Every word of the contract that is a choice or a truth is tried with every value, one at a time."""
    plain = read(file)
    reached = set()
    for name, word in WORDS.items():
        values: tuple[Any, ...] = (True, False) if word.kind is Kind.TRUTH else word.choices
        for value in values if name != COUNTRY_LISTED else ():
            reached.add(outcome_of(shipped, changed(plain, [(name, value)])))
    for country in ("KP", "AL", "CU", "VN", "FR"):
        reached.add(outcome_of(shipped, changed(plain, [("mission.countries", [country])])))
    named = {change.outcome.value for change in explained(shipped, plain).changes if len(change.facts) == 1}
    assert reached - {outcome_of(shipped, plain)} <= named


def test_a_parameter_that_has_not_been_found_is_among_the_changes(shipped: PolicySet) -> None:
    plain = changed(
        read(ROOT / "examples" / "deliver.json"),
        [("mission.countries", ["AL"]), ("item.channel.inclusion", "included")],
    )
    line = explained(shipped, plain)
    (delivered,) = [change for change in line.changes if change.outcome.value == "deliver" and len(change.facts) == 1
                    and change.facts[0].fact.startswith("parameters.")]  # fmt: skip
    (found,) = delivered.facts
    assert (found.fact, found.was) == ("parameters.albania.counterpart", "not known")
    assert found.answered_by == "policy_officer"


def test_a_search_that_was_cut_says_so(shipped: PolicySet) -> None:
    search = explained(shipped, read(ROOT / "examples" / "hold.json"), most_tried=60).search
    assert search.cut
    assert search.tried == 60
    assert search.complete_up_to == 1


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_without_a_search_the_way_to_the_answer_is_the_same(shipped: PolicySet, file: Path) -> None:
    request = make_request(read(file))
    decision = decide(shipped, request, decision_id="of a test", evaluated_at=AT)
    (whole,) = explain(shipped, request, decision).lines[:1]
    (way,) = explain(shipped, request, decision, most_tried=0).lines[:1]
    assert (way.countries, way.note, way.outcome) == (whole.countries, whole.note, whole.outcome)
    assert (way.changes, way.search.tried, way.search.complete_up_to, way.search.cut) == ((), 0, 0, True)


def test_values_that_no_condition_distinguishes_are_reported_together(shipped: PolicySet) -> None:
    line = explained(shipped, read(ROOT / "examples" / "deliver.json"))
    (refused,) = [
        change.facts[0] for change in line.changes if [one.fact for one in change.facts] == ["handover.by"]
    ]
    assert (refused.becomes, refused.alike) == ("receiving_department", ("other",))


# Bounds


def lines_of(count: int, **differences: Sequence[Any]) -> Plain:
    """A request of so many lines, each different in what no condition reads, and in `differences`."""
    facts = itertools.cycle(itertools.product(*differences.values()))
    items = [
        {"line": number, "description": f"No. {number}", **dict(zip(differences, values, strict=True))}
        for number, values in zip(range(1, count + 1), facts, strict=False)
    ]
    return {**read(ROOT / "examples" / "hold.json"), "items": items}


def explanation_of(policies: PolicySet, plain: Plain, most_tried: int = BUDGET) -> Explanation:
    request = make_request(plain)
    decision = decide(policies, request, decision_id="of a test", evaluated_at=AT)
    return explain(policies, request, decision, most_tried=most_tried)


def test_lines_that_no_condition_distinguishes_are_explained_once(
    shipped: PolicySet, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[int | str | None] = []

    def counted(line: DecidedLine, *more: Any) -> Any:
        searched.extend(item.line for item in line.request.items)
        return find_changes(line, *more)

    monkeypatch.setattr(engine.explanation.assembly, "find_changes", counted)
    explanation = explanation_of(shipped, lines_of(200, legacy_list=("none", "pending")))
    assert searched == [1, 2]
    assert [line.line for line in explanation.lines] == list(range(1, 201))
    assert len({line.model_copy(update={"line": 0}).model_dump_json() for line in explanation.lines}) <= 2
    assert explanation.left_out == 0


def test_so_many_different_lines_are_explained_and_the_rest_is_counted(
    shipped: PolicySet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine.explanation.assembly, "MOST_CONSIDERED", 4)
    plain = lines_of(9, kind=("document", "sample", "drawing"), legacy_list=("none", "pending", "provided"))
    assert len(explanation_of(shipped, plain).lines) == 9 - explanation_of(shipped, plain).left_out
    several = {**plain, "mission": {**plain["mission"], "countries": ["KP", "AL"]}}
    one, two = (explanation_of(shipped, stated, most_tried=100) for stated in (plain, several))
    assert 0 < one.left_out < two.left_out
    assert [line.line for line in one.lines[:2]] == [1, 2]
    for explanation, countries in ((one, 1), (two, 2)):
        tried = {line.search.tried for line in explanation.lines}
        assert max(tried) <= 100 // (4 // countries) // countries


def test_lines_after_the_first_are_counted_and_the_others_stay_the_same(shipped: PolicySet) -> None:
    request = make_request(
        lines_of(9, kind=("document", "sample", "drawing"), legacy_list=("none", "pending"))
    )
    decision = decide(shipped, request, decision_id="of a test", evaluated_at=AT)
    whole = explain(shipped, request, decision, most_tried=600)
    some = explain(shipped, request, decision, most_tried=600, most_lines=4)
    assert some.lines == whole.lines[:4]
    assert some.left_out == 5


def test_an_explanation_that_nobody_waits_for_stops(shipped: PolicySet) -> None:
    request = make_request(read(ROOT / "examples" / "hold.json"))
    decision = decide(shipped, request, decision_id="of a test", evaluated_at=AT)
    looks = iter([False] * 10 + [True])
    with pytest.raises(ExplanationStopped):
        explain(shipped, request, decision, lambda: next(looks))


# The doors


def check(*arguments: str) -> Result:
    return CliRunner().invoke(
        app, ["check", "--policies", str(ROOT / "policies"), "--role", "committee", *arguments]
    )


def test_check_explains_in_text() -> None:
    file = str(ROOT / "examples" / "escalate_urgent.json")
    output = check(file, "--explain").output
    assert output.startswith(check(file).output)
    assert "report-first decides -> escalate_urgent" in output
    assert "Policies that do not govern it: albania, border-areas, cuba, vietnam" in output
    assert "to: No. Wait for a result that is missing. (hold)" in output
    assert "if item.channel.reported_to_committee were true (is false): await-the-consultation" in output
    assert "all sets of up to 3 changes were tried" in output


def test_check_explains_in_json_with_one_member_more() -> None:
    file = str(ROOT / "examples" / "hold.json")
    plain, more = (json.loads(check(file, "--format", "json", *a).output) for a in ((), ("--explain",)))
    explanation = more.pop("explanation")
    assert plain.keys() == more.keys()
    assert Explanation.model_validate(explanation).lines[0].outcome.value == "hold"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("explained")
    settings = Settings(policies=ROOT / "policies", database=str(folder / "log.db"), insecure_no_auth=True)
    with running_server(settings) as address:
        yield address


def ask(url: str, path: str = "/v1/pre-check", body: Any = EXAMPLE_REQUEST) -> httpx.Response:
    return httpx.post(url + path, json=body, trust_env=False, timeout=30)


def test_what_is_recorded_is_the_answer_without_the_explanation_byte_for_byte(url: str) -> None:
    answer = ask(url, "/v1/pre-check?explain=full")
    assert answer.status_code == 200
    content = answer.json()
    stored = httpx.get(f"{url}/v1/decisions/{content['decision_id']}", trust_env=False).content
    assert "explanation" not in json.loads(stored)
    assert answer.content.startswith(stored[:-1] + b',"explanation":{')
    explanation = Explanation.model_validate(content["explanation"])
    assert explanation.revision == content["policy"]["revision"]
    assert explanation.lines[0].outcome.value == content["outcome"]


def test_without_the_parameter_nothing_is_explained(url: str) -> None:
    answer = ask(url)
    stored = httpx.get(f"{url}/v1/decisions/{answer.json()['decision_id']}", trust_env=False)
    assert answer.content == stored.content


@pytest.mark.parametrize(
    "path",
    [
        "/v1/pre-check?explain=yes",
        "/v1/pre-check?explain=",
        "/v1/pre-check?explian=full",
        "/v1/pre-check?explain=full&explain=full",
        "/v1/pre-checks?explain=full",
    ],
)
def test_a_slip_in_the_parameter_is_a_problem_and_nothing_is_decided(url: str, path: str) -> None:
    before = httpx.get(f"{url}/readyz", trust_env=False).json()["counters"]["decisions"]
    answer = ask(url, path)
    assert answer.status_code == 400
    assert answer.json()["type"] == "/problems/invalid-request"
    assert httpx.get(f"{url}/readyz", trust_env=False).json()["counters"]["decisions"] == before


def test_a_malformed_request_is_the_same_problem_with_the_parameter(url: str) -> None:
    assert ask(url, "/v1/pre-check?explain=full", {}).status_code == 400


def test_the_parameter_and_the_explanation_are_in_the_openapi_document(url: str) -> None:
    document = httpx.get(f"{url}/openapi.json", trust_env=False).json()
    call = document["paths"]["/v1/pre-check"]["post"]
    (parameter,) = (one for one in call["parameters"] if one["in"] == "query")
    assert (parameter["name"], parameter["schema"]["enum"]) == ("explain", ["full"])
    schema = document["components"]["schemas"]["ExplainedDecision"]
    assert "explanation" in schema["required"]
    assert {"Explanation", "ConsideredRule", "Change"} <= document["components"]["schemas"].keys()
