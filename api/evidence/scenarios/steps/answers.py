"""When the department asks, and Then what the answer is."""

from typing import Any

from api.evidence.scenarios.door import AnswerJson, Door
from api.evidence.scenarios.scenario_case import ScenarioCase
from api.evidence.scenarios.step_decorators import then, when
from api.evidence.scenarios.worded_steps import ASKING, PARTY, InWords
from api.evidence.scenarios.words import FOR_THE_WHOLE, PolicyWords

STATUSES = {"in force": "in_force", "only proposed": "proposed"}


@when(InWords(rf"the {ASKING} asks before the handover"), target_fixture="answer")
def _(case: ScenarioCase, door: Door, words: PolicyWords) -> AnswerJson:
    return door.decide(case.request, case.policy_files(), words.claimed_of(case.stated.values()))


def line_of(answer: AnswerJson) -> dict[str, Any]:
    """The only line, or the first of those that decide the whole."""
    line: dict[str, Any] = next(line for line in answer["lines"] if line["outcome"] == answer["outcome"])
    return line


def question_about(answer: AnswerJson, fact: str) -> dict[str, Any]:
    """The question about a fact."""
    found: dict[str, dict[str, Any]] = {e["fact"]: e for e in line_of(answer).get("missing", [])}
    assert fact in found, f"{fact} is not asked; asked are {sorted(found)}"
    return found[fact]


def is_outcome(answer: AnswerJson, words: PolicyWords, outcome: str) -> None:
    """Check that the outcome is the one of a phrase."""
    assert answer["outcome"] == words.outcome(outcome), line_of(answer)


@then(InWords(rf"{FOR_THE_WHOLE}(?P<outcome>.+)"))
def _(answer: AnswerJson, words: PolicyWords, outcome: str) -> None:
    is_outcome(answer, words, outcome)


@then(InWords(r"for line (?P<mark>\d+): (?P<outcome>.+)"))
def _(answer: AnswerJson, words: PolicyWords, mark: str, outcome: str) -> None:
    lines = {line["line"]: line["outcome"] for line in answer["lines"]}
    assert lines[int(mark)] == words.outcome(outcome)


@then("nothing may be handed over as asked")
def _(answer: AnswerJson) -> None:
    assert answer["handover_as_asked"] == "no"


@then("it may be handed over as asked")
def _(answer: AnswerJson) -> None:
    assert answer["handover_as_asked"] == "yes"


@then("whether it may be handed over is not decided")
def _(answer: AnswerJson) -> None:
    assert answer["handover_as_asked"] == "not_decided"


@then(InWords(r"the answer cites (?P<clauses>.+)"))
def _(answer: AnswerJson, words: PolicyWords, clauses: str) -> None:
    assert words.clauses(clauses) <= set(line_of(answer)["clauses"]), line_of(answer)["clauses"]


@then(InWords(r"the answer does not cite (?P<clause>\S+)"))
def _(answer: AnswerJson, clause: str) -> None:
    assert clause not in line_of(answer)["clauses"]


@then(InWords(r"the answer rests on the rule (?P<rule>\S+)"))
def _(answer: AnswerJson, rule: str) -> None:
    assert rule in line_of(answer).get("rules", []), line_of(answer)


@then(InWords(r"the answer does not rest on the rule (?P<rule>\S+)"))
def _(answer: AnswerJson, rule: str) -> None:
    assert rule not in line_of(answer).get("rules", [])


@then(InWords(r"the answer uses the reading (?P<reading>\S+)"))
def _(answer: AnswerJson, reading: str) -> None:
    assert reading in line_of(answer).get("readings", []), line_of(answer)


@then(InWords(r"the answer does not use the reading (?P<reading>\S+)"))
def _(answer: AnswerJson, reading: str) -> None:
    assert reading not in line_of(answer).get("readings", [])


@then(InWords(r"the rule (?P<rule>\S+) did not decide because (?:of )?(?P<ground>.+)"))
def _(answer: AnswerJson, words: PolicyWords, rule: str, ground: str) -> None:
    lost = [entry for entry in line_of(answer).get("why_not", []) if entry["rule"] == rule]
    assert any(words.ground(ground) in entry["found"] for entry in lost), line_of(answer).get("why_not")


@then(InWords(rf"the {PARTY} is asked: (?P<question>.+)"))
def _(answer: AnswerJson, words: PolicyWords, party: str, question: str) -> None:
    questions = {(entry["answered_by"], entry["ask"]) for entry in line_of(answer).get("missing", [])}
    assert (words.party(party), question) in questions, questions


@then(InWords(rf"the {PARTY} is asked for (?P<queried>[\w.]+)"))
def _(answer: AnswerJson, words: PolicyWords, party: str, queried: str) -> None:
    assert question_about(answer, queried)["answered_by"] == words.party(party), question_about(
        answer, queried
    )


@then(InWords(r"the fact (?P<queried>[\w.]+) is claimed, not confirmed"))
def _(answer: AnswerJson, queried: str) -> None:
    assert queried in line_of(answer).get("claimed_not_confirmed", []), line_of(answer)


@then(InWords(r"nobody is asked for (?P<queried>[\w.]+)"))
def _(answer: AnswerJson, queried: str) -> None:
    assert queried not in [entry["fact"] for entry in line_of(answer).get("missing", [])]


@then(InWords(r'the answer "(?P<reply>[^"]+)" to (?P<queried>\S+) would lead to: (?P<outcome>.+)'))
def _(answer: AnswerJson, words: PolicyWords, reply: str, queried: str, outcome: str) -> None:
    leads_to = question_about(answer, queried)["would_lead_to"]
    assert leads_to.get(reply) == words.outcome(outcome), leads_to


@then(InWords(rf"the {PARTY} must (?P<must>.+)"))
def _(answer: AnswerJson, words: PolicyWords, party: str, must: str) -> None:
    duties = [(duty["who"], duty["must"]) for duty in line_of(answer)["duties"]]
    assert (words.party(party), must) in duties, duties


@then(InWords(rf"the {PARTY} need not (?P<must>.+)"))
def _(answer: AnswerJson, words: PolicyWords, party: str, must: str) -> None:
    duties = [(duty["who"], duty["must"]) for duty in line_of(answer)["duties"]]
    assert (words.party(party), must) not in duties, duties


@then(InWords(rf"under (?P<clause>\S+) the {PARTY} must (?P<must>.+)"))
def _(answer: AnswerJson, words: PolicyWords, clause: str, party: str, must: str) -> None:
    duties = [(duty["clause"], duty["who"], duty["must"]) for duty in line_of(answer)["duties"]]
    assert (clause, words.party(party), must) in duties, duties


@then(InWords(rf"the {PARTY} has no duty"))
def _(answer: AnswerJson, words: PolicyWords, party: str) -> None:
    assert words.party(party) not in [duty["who"] for duty in line_of(answer)["duties"]]


@then(InWords(r"the guest is told: (?P<fragment>.+)"))
def _(answer: AnswerJson, fragment: str) -> None:
    assert fragment in answer["say"]


@then(InWords(r"the guest is not told: (?P<fragment>.+)"))
def _(answer: AnswerJson, fragment: str) -> None:
    assert fragment not in answer["say"]


@then(InWords(r"the answer may be relied on until (?P<day>[\d-]+)"))
def _(answer: AnswerJson, day: str) -> None:
    assert answer["valid_until"] == day


@then(InWords(r"the policy is (?P<status>in force|only proposed)"))
def _(answer: AnswerJson, status: str) -> None:
    assert answer["policy"]["status"] == STATUSES[status]


@then(InWords(r"once in force it would be: (?P<outcome>.+)"))
def _(answer: AnswerJson, words: PolicyWords, outcome: str) -> None:
    assert line_of(answer)["if_in_force"]["outcome"] == words.outcome(outcome)
