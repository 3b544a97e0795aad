"""When the department asks, and Then what the answer is."""

from typing import Any

from pytest_bdd.parsers import re

from api.evidence.scenarios.door import AnswerJson, Door
from api.evidence.scenarios.step_decorators import then, when
from api.evidence.scenarios.steps import vocabulary as v
from api.evidence.scenarios.steps.facts import ScenarioCase

OUTCOME = v.any_of(v.OUTCOMES)


@when("the department asks before the handover", target_fixture="answer")
def _(case: ScenarioCase, door: Door) -> AnswerJson:
    return door.decide(case.request, case.policy_files())


def line_of(answer: AnswerJson) -> dict[str, Any]:
    """The only line, or the first of those that decide the whole."""
    line: dict[str, Any] = next(line for line in answer["lines"] if line["outcome"] == answer["outcome"])
    return line


def question_about(answer: AnswerJson, fact: str) -> dict[str, Any]:
    """The question about a fact."""
    found: dict[str, dict[str, Any]] = {e["fact"]: e for e in line_of(answer).get("missing", [])}
    assert fact in found, f"{fact} is not asked; asked are {sorted(found)}"
    return found[fact]


@then(re(rf"(?P<outcome>{OUTCOME})"))
def _(answer: AnswerJson, outcome: str) -> None:
    assert answer["outcome"] == v.OUTCOMES[outcome], line_of(answer)


@then(re(rf"for line (?P<mark>\d+): (?P<outcome>{OUTCOME})"))
def _(answer: AnswerJson, mark: str, outcome: str) -> None:
    lines = {line["line"]: line["outcome"] for line in answer["lines"]}
    assert lines[int(mark)] == v.OUTCOMES[outcome]


@then("nothing may be handed over as asked")
def _(answer: AnswerJson) -> None:
    assert answer["handover_as_asked"] == "no"


@then("it may be handed over as asked")
def _(answer: AnswerJson) -> None:
    assert answer["handover_as_asked"] == "yes"


@then("whether it may be handed over is not decided")
def _(answer: AnswerJson) -> None:
    assert answer["handover_as_asked"] == "not_decided"


@then(re(r"the answer cites (?P<clauses>.+)"))
def _(answer: AnswerJson, clauses: str) -> None:
    assert set(clauses.split(", ")) <= set(line_of(answer)["clauses"]), line_of(answer)["clauses"]


@then(re(r"the answer does not cite (?P<clause>\S+)"))
def _(answer: AnswerJson, clause: str) -> None:
    assert clause not in line_of(answer)["clauses"]


@then(re(r"the answer rests on the rule (?P<rule>\S+)"))
def _(answer: AnswerJson, rule: str) -> None:
    assert rule in line_of(answer).get("rules", []), line_of(answer)


@then(re(r"the answer does not rest on the rule (?P<rule>\S+)"))
def _(answer: AnswerJson, rule: str) -> None:
    assert rule not in line_of(answer).get("rules", [])


@then(re(r"the answer uses the reading (?P<reading>\S+)"))
def _(answer: AnswerJson, reading: str) -> None:
    assert reading in line_of(answer).get("readings", []), line_of(answer)


@then(re(r"the answer does not use the reading (?P<reading>\S+)"))
def _(answer: AnswerJson, reading: str) -> None:
    assert reading not in line_of(answer).get("readings", [])


@then(re(rf"the rule (?P<rule>\S+) did not decide because (?P<ground>{v.any_of(v.GROUNDS)})"))
def _(answer: AnswerJson, rule: str, ground: str) -> None:
    lost = [entry for entry in line_of(answer).get("why_not", []) if entry["rule"] == rule]
    assert any(v.GROUNDS[ground] in entry["found"] for entry in lost), line_of(answer).get("why_not")


@then(re(rf"the (?P<party>{v.PARTY}) is asked: (?P<question>.+)"))
def _(answer: AnswerJson, party: str, question: str) -> None:
    questions = {(entry["answered_by"], entry["ask"]) for entry in line_of(answer).get("missing", [])}
    assert (v.party_id(party), question) in questions, questions


@then(re(rf'the answer "(?P<reply>[^"]+)" to (?P<fact>\S+) would lead to: (?P<outcome>{OUTCOME})'))
def _(answer: AnswerJson, reply: str, fact: str, outcome: str) -> None:
    assert question_about(answer, fact)["would_lead_to"][reply] == v.OUTCOMES[outcome], question_about(
        answer, fact
    )


@then(re(rf"the (?P<party>{v.PARTY}) must (?P<must>.+)"))
def _(answer: AnswerJson, party: str, must: str) -> None:
    duties = [(duty["who"], duty["must"]) for duty in line_of(answer)["duties"]]
    assert (v.party_id(party), must) in duties, duties


@then(re(rf"the (?P<party>{v.PARTY}) need not (?P<must>.+)"))
def _(answer: AnswerJson, party: str, must: str) -> None:
    duties = [(duty["who"], duty["must"]) for duty in line_of(answer)["duties"]]
    assert (v.party_id(party), must) not in duties, duties


@then("the Committee has no duty")
def _(answer: AnswerJson) -> None:
    assert "committee" not in [duty["who"] for duty in line_of(answer)["duties"]]


@then(re(r"the guest is told: (?P<fragment>.+)"))
def _(answer: AnswerJson, fragment: str) -> None:
    assert fragment in answer["say"]


@then(re(r"the guest is not told: (?P<fragment>.+)"))
def _(answer: AnswerJson, fragment: str) -> None:
    assert fragment not in answer["say"]


@then(re(r"the answer may be relied on until (?P<day>[\d-]+)"))
def _(answer: AnswerJson, day: str) -> None:
    assert answer["valid_until"] == day


@then(re(rf"the policy is (?P<status>{v.any_of(v.STATUSES)})"))
def _(answer: AnswerJson, status: str) -> None:
    assert answer["policy"]["status"] == v.STATUSES[status]


@then(re(rf"once in force it would be: (?P<outcome>{OUTCOME})"))
def _(answer: AnswerJson, outcome: str) -> None:
    assert line_of(answer)["if_in_force"]["outcome"] == v.OUTCOMES[outcome]
