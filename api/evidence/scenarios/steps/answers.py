"""When the department asks, and Then what the answer is."""

from collections.abc import Iterable, Mapping
from typing import Any

from api.evidence.scenarios.door import AnswerJson, Door
from api.evidence.scenarios.failures import listed, require
from api.evidence.scenarios.scenario_case import ScenarioCase
from api.evidence.scenarios.step_decorators import then, when
from api.evidence.scenarios.worded_steps import ASKING, PARTY, InWords
from api.evidence.scenarios.words import FOR_THE_WHOLE, PolicyWords

STATUSES = {"in force": "in_force", "only proposed": "proposed"}
PERMISSIONS = {
    "yes": "it may be handed over as asked",
    "no": "nothing may be handed over as asked",
    "not_decided": "whether it may be handed over is not decided",
}


@when(InWords(rf"the {ASKING} asks before the handover"), target_fixture="answer")
def _(case: ScenarioCase, door: Door, words: PolicyWords) -> AnswerJson:
    return door.decide(case.request, case.policy_files(), words.claimed_of(case.stated.values()))


def line_of(answer: AnswerJson) -> dict[str, Any]:
    """The only line, or the first of those that decide the whole."""
    line: dict[str, Any] = next(line for line in answer["lines"] if line["outcome"] == answer["outcome"])
    return line


def question_about(answer: AnswerJson, words: PolicyWords, fact: str) -> dict[str, Any]:
    """The question about a fact."""
    found: dict[str, dict[str, Any]] = {e["fact"]: e for e in line_of(answer).get("missing", [])}
    require(fact in found, _questions(answer, words))
    return found[fact]


def _questions(answer: AnswerJson, words: PolicyWords) -> str:
    queried_facts = [
        f"the {words.party_name(one['answered_by'])} is asked for {one['fact']}: {one['ask']}"
        for one in line_of(answer).get("missing", [])
    ]
    return "; ".join(queried_facts) or "nothing is asked"


def duties_in_words(duties: Iterable[Mapping[str, Any]], words: PolicyWords) -> str:
    """Who must do what under which clause."""
    sentences = [
        f"under {one['clause']} the {words.party_name(one['who'])} must {one['must']}" for one in duties
    ]
    return "; ".join(sentences) or "nobody has a duty"


def _outcome(line: Mapping[str, Any]) -> str:
    rules = line.get("rules")
    return f"{line['outcome']}, by {listed(rules)}" if rules else str(line["outcome"])


def is_outcome(answer: AnswerJson, words: PolicyWords, outcome: str) -> None:
    """Check that the outcome is the one of a phrase."""
    require(answer["outcome"] == words.outcome(outcome), f"it is {_outcome(line_of(answer))}")


@then(InWords(rf"{FOR_THE_WHOLE}(?P<outcome>.+)"))
def _(answer: AnswerJson, words: PolicyWords, outcome: str) -> None:
    is_outcome(answer, words, outcome)


@then(InWords(r"for line (?P<mark>\d+): (?P<outcome>.+)"))
def _(answer: AnswerJson, words: PolicyWords, mark: str, outcome: str) -> None:
    lines = {line["line"]: line for line in answer["lines"]}
    require(int(mark) in lines, f"there is no such line, only {listed(lines)}")
    line = lines[int(mark)]
    require(line["outcome"] == words.outcome(outcome), f"it is {_outcome(line)}")


def _is_permission(answer: AnswerJson, permission: str) -> None:
    found = answer["handover_as_asked"]
    require(found == permission, f"{PERMISSIONS[found]} ({_outcome(line_of(answer))})")


@then("nothing may be handed over as asked")
def _(answer: AnswerJson) -> None:
    _is_permission(answer, "no")


@then("it may be handed over as asked")
def _(answer: AnswerJson) -> None:
    _is_permission(answer, "yes")


@then("whether it may be handed over is not decided")
def _(answer: AnswerJson) -> None:
    _is_permission(answer, "not_decided")


@then(InWords(r"the answer cites (?P<clauses>.+)"))
def _(answer: AnswerJson, words: PolicyWords, clauses: str) -> None:
    cited = line_of(answer)["clauses"]
    require(words.clauses(clauses) <= set(cited), f"it cites {listed(cited)}")


@then(InWords(r"the answer does not cite (?P<clause>\S+)"))
def _(answer: AnswerJson, clause: str) -> None:
    cited = line_of(answer)["clauses"]
    require(clause not in cited, f"it cites {listed(cited)}")


@then(InWords(r"the answer rests on the rule (?P<rule>\S+)"))
def _(answer: AnswerJson, rule: str) -> None:
    rules = line_of(answer).get("rules", [])
    require(rule in rules, f"it rests on {listed(rules, 'no rule')}, and is {line_of(answer)['outcome']}")


@then(InWords(r"the answer does not rest on the rule (?P<rule>\S+)"))
def _(answer: AnswerJson, rule: str) -> None:
    rules = line_of(answer).get("rules", [])
    require(rule not in rules, f"it rests on {listed(rules)}")


@then(InWords(r"the answer uses the reading (?P<reading>\S+)"))
def _(answer: AnswerJson, reading: str) -> None:
    readings = line_of(answer).get("readings", [])
    require(reading in readings, f"it uses {listed(readings)}")


@then(InWords(r"the answer does not use the reading (?P<reading>\S+)"))
def _(answer: AnswerJson, reading: str) -> None:
    readings = line_of(answer).get("readings", [])
    require(reading not in readings, f"it uses {listed(readings)}")


@then(InWords(r"the rule (?P<rule>\S+) did not decide because (?:of )?(?P<ground>.+)"))
def _(answer: AnswerJson, words: PolicyWords, rule: str, ground: str) -> None:
    found = [entry["found"] for entry in line_of(answer).get("why_not", []) if entry["rule"] == rule]
    grounds = dict.fromkeys(fact for facts in found for fact in facts)
    fact = words.ground(ground)
    require(any(fact in facts for facts in found), _because_of(grounds))


def _because_of(grounds: Iterable[str]) -> str:
    return f"it did not because of {named}" if (named := listed(grounds, "")) else "no ground is given of it"


@then(InWords(rf"the {PARTY} is asked: (?P<question>.+)"))
def _(answer: AnswerJson, words: PolicyWords, party: str, question: str) -> None:
    questions = {(entry["answered_by"], entry["ask"]) for entry in line_of(answer).get("missing", [])}
    require((words.party(party), question) in questions, _questions(answer, words))


@then(InWords(rf"the {PARTY} is asked for (?P<queried>[\w.]+)"))
def _(answer: AnswerJson, words: PolicyWords, party: str, queried: str) -> None:
    answered_by = question_about(answer, words, queried)["answered_by"]
    require(answered_by == words.party(party), _questions(answer, words))


@then(InWords(r"the fact (?P<queried>[\w.]+) is claimed, not confirmed"))
def _(answer: AnswerJson, queried: str) -> None:
    claimed = line_of(answer).get("claimed_not_confirmed", [])
    require(queried in claimed, f"only {listed(claimed)} is" if claimed else "no claim is unconfirmed")


@then(InWords(r"nobody is asked for (?P<queried>[\w.]+)"))
def _(answer: AnswerJson, words: PolicyWords, queried: str) -> None:
    queried_facts = [entry["fact"] for entry in line_of(answer).get("missing", [])]
    require(queried not in queried_facts, _questions(answer, words))


@then(InWords(r'the answer "(?P<reply>[^"]+)" to (?P<queried>\S+) would lead to: (?P<outcome>.+)'))
def _(answer: AnswerJson, words: PolicyWords, reply: str, queried: str, outcome: str) -> None:
    leads_to = question_about(answer, words, queried)["would_lead_to"]
    found = "; ".join(f'"{given}" would lead to {to}' for given, to in leads_to.items())
    require(leads_to.get(reply) == words.outcome(outcome), found or "no answer to it is foreseen")


@then(InWords(rf"the {PARTY} must (?P<must>.+)"))
def _(answer: AnswerJson, words: PolicyWords, party: str, must: str) -> None:
    duties = line_of(answer)["duties"]
    found = [(duty["who"], duty["must"]) for duty in duties]
    require((words.party(party), must) in found, duties_in_words(duties, words))


@then(InWords(rf"the {PARTY} need not (?P<must>.+)"))
def _(answer: AnswerJson, words: PolicyWords, party: str, must: str) -> None:
    duties = line_of(answer)["duties"]
    found = [(duty["who"], duty["must"]) for duty in duties]
    require((words.party(party), must) not in found, duties_in_words(duties, words))


@then(InWords(rf"under (?P<clause>\S+) the {PARTY} must (?P<must>.+)"))
def _(answer: AnswerJson, words: PolicyWords, clause: str, party: str, must: str) -> None:
    duties = line_of(answer)["duties"]
    found = [(duty["clause"], duty["who"], duty["must"]) for duty in duties]
    require((clause, words.party(party), must) in found, duties_in_words(duties, words))


@then(InWords(rf"the {PARTY} has no duty"))
def _(answer: AnswerJson, words: PolicyWords, party: str) -> None:
    duties = [duty for duty in line_of(answer)["duties"] if duty["who"] == words.party(party)]
    require(not duties, duties_in_words(duties, words))


@then(InWords(r"the guest is told: (?P<fragment>.+)"))
def _(answer: AnswerJson, fragment: str) -> None:
    require(fragment in answer["say"], f"they are told: {answer['say']}")


@then(InWords(r"the guest is not told: (?P<fragment>.+)"))
def _(answer: AnswerJson, fragment: str) -> None:
    require(fragment not in answer["say"], f"they are told: {answer['say']}")


@then(InWords(r"the answer may be relied on until (?P<day>[\d-]+)"))
def _(answer: AnswerJson, day: str) -> None:
    require(answer["valid_until"] == day, f"until {answer['valid_until']}")


@then(InWords(r"the policy is (?P<status>in force|only proposed)"))
def _(answer: AnswerJson, status: str) -> None:
    found = next((words for words, of in STATUSES.items() if of == answer["policy"]["status"]), "neither")
    require(found == status, f"it is {found}")


@then(InWords(r"once in force it would be: (?P<outcome>.+)"))
def _(answer: AnswerJson, words: PolicyWords, outcome: str) -> None:
    line = line_of(answer)
    require("if_in_force" in line, f"it is in force, and the answer is {_outcome(line)}")
    found = line["if_in_force"]
    require(found["outcome"] == words.outcome(outcome), f"it would be {_outcome(found)}")
