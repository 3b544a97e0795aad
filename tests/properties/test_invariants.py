"""What holds of every answer, whatever the request and whatever officers write into the country files.

Covers: engine.contract.decision, engine.deciding, engine.evaluation.answer, engine.evaluation.possible_answers,
engine.policy.model
"""

import copy
import re
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from engine import Decision, LineDecision, Outcome, Permission, decide, rule_names
from tests.support.folders import FOLDERS, policies_of, shuffled, with_parameter
from tests.support.shipped_words import make_request
from tests.support.strategies import (
    ABSENT,
    DECISIVE,
    LISTED,
    NOW,
    PERMITTED,
    UNKNOWN,
    VALUES,
    Plain,
    ask,
    look_up,
    requests,
    restated,
    spread,
    state,
    stated,
)

FIRST_DAY = "1965-01-01"
URGENT = (("time_sensitive",), ("eagerly_wanted",), ("time_sensitive", "eagerly_wanted"))

folders = st.sampled_from(sorted(FOLDERS))
every = settings(max_examples=100)


def permits(line: LineDecision) -> bool:
    return line.handover_as_asked is Permission.YES


def never_looser(before: Decision, after: Decision) -> bool:
    return not any(permits(b) and not permits(a) for a, b in zip(before.lines, after.lines, strict=True))


def unstamped(decision: Decision) -> dict[str, Any]:
    plain = decision.model_dump()
    del plain["policy"]["revision"]
    return plain


# The draws themselves


@pytest.mark.parametrize("name", sorted(FOLDERS))
@pytest.mark.parametrize("way", sorted(PERMITTED))
def test_the_three_ways_end_in_a_permission_where_the_policies_allow_them(name: str, way: str) -> None:
    request = spread(PERMITTED[way], as_of="1965-01-01")
    closed = {
        "Korea's institution is not known": ("agreed", "signed", "confirmed"),
        "only the inclusion itself counts": ("agreed",),
        "Korea's own rules come later": ("confirmed",),
        "never instructed": ("agreed", "signed", "confirmed"),
    }
    assert ask(policies_of(name), request).outcome.permits is (way not in closed.get(name, ()))


def test_every_outcome_is_drawn() -> None:
    drawn: dict[Outcome, int] = dict.fromkeys(Outcome, 0)

    @settings(max_examples=1000, derandomize=True)
    @given(requests())
    def draw(request: Plain) -> None:
        for line in ask(policies_of("shipped"), request).lines:
            drawn[line.outcome] += 1

    draw()
    assert all(drawn.values()), drawn
    assert drawn[Outcome.DELIVER] > sum(drawn.values()) / 20, drawn


# What an answer is


@every
@given(folders, requests())
def test_a_permission_is_given_only_to_the_committee_and_the_registered_institution(
    name: str, request: Plain
) -> None:
    decision = ask(policies_of(name), request)
    event(decision.outcome)
    if any(code in LISTED for code in look_up(request, "mission.countries") or ()) and (
        look_up(request, "handover.by") != "committee"
        or look_up(request, "handover.to") != "counterpart_institution"
    ):
        assert not any(permits(line) for line in decision.lines)


@every
@given(folders, requests())
def test_the_handover_agrees_with_the_outcome_and_the_whole_is_the_strictest_line(
    name: str, request: Plain
) -> None:
    decision = ask(policies_of(name), request)
    order = (
        "deliver not_governed regularise route_bilateral escalate_urgent hold needs_information refer refuse"
    )
    strictness = order.split()
    means = {"deliver": "yes", "not_governed": "not_decided"}
    for line in decision.lines:
        assert line.handover_as_asked == means.get(line.outcome, "no")
    assert decision.outcome == max((line.outcome for line in decision.lines), key=strictness.index)
    assert decision.handover_as_asked == means.get(decision.outcome, "no")
    assert len(decision.lines) == len(request["items"])


@every
@given(folders, requests())
def test_not_governed_is_answered_only_for_known_unlisted_countries_at_a_known_place(
    name: str, request: Plain
) -> None:
    countries = look_up(request, "mission.countries")
    for index, line in enumerate(ask(policies_of(name), request).lines):
        if line.outcome is Outcome.NOT_GOVERNED:
            assert countries
            assert name == "no border area" or look_up(request, "visit.border_area") == "none"
            # Beside an unlisted country, a listed one only adds that it would be permitted to it.
            for code in set(countries) & set(LISTED):
                alone = ask(policies_of(name), restated(request, "mission.countries", [code]))
                assert permits(alone.lines[index])


@every
@given(folders, requests())
def test_an_answer_cites_what_exists(name: str, request: Plain) -> None:
    policies = policies_of(name)
    known_rules = rule_names(policies)
    for line in ask(policies, request).lines:
        would = line.if_in_force
        assert line.clauses
        assert policies.clauses.keys() >= set(line.clauses) | set(would.clauses if would else ())
        assert policies.readings.keys() >= set(line.readings)
        assert known_rules >= set(line.rules) | set(would.rules if would else ())
        assert known_rules >= {why_not.rule for why_not in line.why_not}
        assert line.duties
        for duty in (*line.duties, *(would.duties if would else ())):
            assert duty.who in policies.parties
            assert duty.clause in policies.clauses


@every
@given(folders, requests())
def test_the_sentences_are_complete(name: str, request: Plain) -> None:
    decision = ask(policies_of(name), request)
    for line in decision.lines:
        duties = [text for duty in line.duties for text in (duty.must, duty.before, duty.evidence) if text]
        for text in (line.say, *duties):
            assert text.strip()
            assert not re.search(r"[{}]|\bNone\b", text)
    spoken = dict.fromkeys(line.say for line in decision.lines)
    assert decision.say == decision.lines[0].say if len(spoken) == 1 else decision.say.startswith("For line")
    assert [sentence for sentence in spoken if decision.say.count(sentence) != 1] == []


@settings(every, max_examples=20)
@given(folders, requests())
def test_deciding_is_repeatable_and_leaves_its_arguments_alone(name: str, request: Plain) -> None:
    policies, posted = policies_of(name), make_request(request)
    before = copy.deepcopy((policies, posted))
    first, second = (decide(policies, posted, decision_id="same", evaluated_at=NOW) for _ in range(2))
    assert first.to_json() == second.to_json()
    assert (policies, posted) == before
    assert posted.model_fields_set == before[1].model_fields_set


@every
@given(folders, requests())
def test_a_decision_reads_back_from_its_json(name: str, request: Plain) -> None:
    decision = ask(policies_of(name), request)
    assert Decision.model_validate_json(decision.to_json()) == decision


# The unknown never helps


@st.composite
def forgotten(draw: st.DrawFn, request: Plain) -> Plain:
    """The request with one known fact or several no longer known."""
    known = list(stated(request))
    less = copy.deepcopy(request)
    for fact, line in draw(st.lists(st.sampled_from(known), min_size=1, max_size=4)) if known else ():
        state(less, fact, draw(UNKNOWN), line)
    return less


@settings(every, max_examples=400)
@given(folders, requests(), st.data())
def test_knowing_less_never_helps(name: str, request: Plain, data: st.DataObject) -> None:
    less = data.draw(forgotten(request))
    before, after = ask(policies_of(name), request), ask(policies_of(name), less)
    event(f"{before.outcome} -> {after.outcome}")
    assert never_looser(before, after)
    for known, unknown in zip(before.lines, after.lines, strict=True):
        assert unknown.outcome is not Outcome.NOT_GOVERNED or known.outcome is Outcome.NOT_GOVERNED


@pytest.mark.parametrize("name", sorted(FOLDERS))
def test_knowing_less_never_helps_close_to_a_permission(name: str) -> None:
    policies = policies_of(name)
    for way in PERMITTED.values():
        for fact, values in DECISIVE.items():
            for value in values:
                request = spread({**way, fact: value}, as_of=FIRST_DAY)
                before = ask(policies, request)
                for also, _ in stated(request):
                    assert never_looser(before, ask(policies, restated(request, also, None)))
                    both = restated(restated(request, also, None), fact, ABSENT)
                    assert never_looser(before, ask(policies, both))


@every
@given(folders, requests())
def test_what_is_absent_and_what_is_not_known_decide_the_same(name: str, request: Plain) -> None:
    null, absent = copy.deepcopy(request), copy.deepcopy(request)
    for fact in VALUES:
        for line in range(len(request["items"])) if fact.startswith("item.") else (0,):
            if look_up(request, fact, line) is None:
                state(null, fact, None, line)
                state(absent, fact, ABSENT, line)
    for part in ("department", "mission", "visit", "urgency", "handover"):
        if not absent.get(part, True):
            absent[part] = None
    with_null, without = ask(policies_of(name), null), ask(policies_of(name), absent)
    assert [line.outcome for line in with_null.lines] == [line.outcome for line in without.lines]
    assert [line.say for line in with_null.lines] == [line.say for line in without.lines]
    assert [{m.fact for m in line.missing} for line in with_null.lines] == [
        {m.fact for m in line.missing} for line in without.lines
    ]


@settings(every, max_examples=200)
@given(folders, requests(), st.sampled_from(URGENT), st.sampled_from([False, None, ABSENT]))
def test_urgency_alone_never_makes_an_answer_more_permissive(
    name: str, request: Plain, facts: tuple[str, ...], calm: object
) -> None:
    before = after = request
    for fact in facts:
        before = restated(before, f"urgency.{fact}", calm)
        after = restated(after, f"urgency.{fact}", True)
    calmly, urgently = ask(policies_of(name), before), ask(policies_of(name), after)
    assert never_looser(calmly, urgently)
    for calm_line, urgent_line in zip(calmly.lines, urgently.lines, strict=True):
        assert urgent_line.outcome.strictness >= calm_line.outcome.strictness


# What is missing


@every
@given(folders, requests())
def test_a_question_for_information_says_what_is_missing_and_who_can_answer(
    name: str, request: Plain
) -> None:
    policies = policies_of(name)
    for line in ask(policies, request).lines:
        assert line.missing or line.outcome is not Outcome.NEEDS_INFORMATION
        for missing in line.missing:
            assert missing.ask
            assert missing.answered_by in policies.parties
            assert missing.would_lead_to


@settings(every, max_examples=200)
@given(folders, requests())
def test_every_answer_to_a_question_leads_where_it_is_stated_to_lead(name: str, request: Plain) -> None:
    policies = policies_of(name)
    for index, line in enumerate(ask(policies, request).lines):
        for missing in line.missing:
            for label, outcome in missing.would_lead_to.items():
                event("an answer is tried")
                answered = given_answer(name, request, index, missing.fact, label)
                assert answered.lines[index].outcome == outcome, (missing.fact, label)


def given_answer(name: str, request: Plain, line: int, fact: str, label: str) -> Decision:
    """The decision after a question was answered by what `label` stands for."""
    if fact.startswith("parameters."):
        _, policy, parameter = fact.split(".")
        return ask(with_parameter(name, policy, parameter, parameter_value(parameter, label)), request)
    if fact == "mission.countries":
        return ask(policies_of(name), restated(request, fact, ["FR" if label == "any other" else label]))
    value = fact_value(fact, label)
    return ask(policies_of(name), restated(request, fact, value, line if fact.startswith("item.") else None))


def parameter_value(parameter: str, label: str) -> object:
    if parameter == "next_session":
        return number(label)
    return "an institution" if label == "once found" else label


def fact_value(fact: str, label: str) -> object:
    if fact == "item.channel.inclusion_session":
        return number(label)
    return {"true": True, "false": False}.get(label, label)


def number(label: str) -> int:
    if label == "once found":
        return 5
    edge = int(label.split()[-1])
    return edge - 1 if label.startswith("less") else edge + 1 if label.startswith("more") else edge


# Order, lines, countries, days


@every
@given(folders, st.integers(0, 1), requests())
def test_the_order_of_files_and_of_what_they_list_never_matters(name: str, seed: int, request: Plain) -> None:
    assert unstamped(ask(shuffled(name, seed), request)) == unstamped(ask(policies_of(name), request))


@every
@given(folders, requests(), st.randoms())
def test_a_line_is_decided_alike_alone_and_among_others(name: str, request: Plain, chance: Any) -> None:
    marked = copy.deepcopy(request)
    for mark, item in enumerate(marked["items"]):
        item["line"] = f"mark {mark}"
    together = {line.line: line for line in ask(policies_of(name), marked).lines}
    chance.shuffle(marked["items"])
    reordered = {line.line: line for line in ask(policies_of(name), marked).lines}
    alone = {
        item["line"]: ask(policies_of(name), {**marked, "items": [item]}).lines[0] for item in marked["items"]
    }
    assert together == reordered == alone


joint = st.lists(st.sampled_from([*LISTED, "FR", "MN"]), min_size=2, max_size=3, unique=True)


@every
@given(folders, requests(), joint, st.randoms())
def test_a_joint_mission_gets_the_strictest_of_its_countries_answers(
    name: str, request: Plain, countries: list[str], chance: Any
) -> None:
    together = ask(policies_of(name), restated(request, "mission.countries", countries))
    alone = [ask(policies_of(name), restated(request, "mission.countries", [code])) for code in countries]
    for index, line in enumerate(together.lines):
        strictest = max((one.lines[index].outcome for one in alone), key=lambda outcome: outcome.strictness)
        assert line.outcome is strictest
    event(together.outcome)
    reordered = chance.sample(countries, len(countries))
    again = ask(policies_of(name), restated(request, "mission.countries", [*reordered, countries[0]]))
    assert again == together


def test_each_of_two_institutions_that_are_not_known_is_a_question_together_with_the_other() -> None:
    channel = {"item.channel.inclusion": "included"}
    request = spread({**PERMITTED["signed"], **channel, "mission.countries": ["VN", "CU"]}, as_of=FIRST_DAY)
    (line,) = ask(policies_of("shipped"), request).lines
    assert line.outcome is Outcome.NEEDS_INFORMATION
    assert {missing.fact: missing.together_with for missing in line.missing} == {
        "parameters.cuba.counterpart": ("parameters.vietnam.counterpart",),
        "parameters.vietnam.counterpart": ("parameters.cuba.counterpart",),
    }


def test_a_question_about_one_country_of_a_joint_mission_speaks_of_the_answer_for_all() -> None:
    flat = {**PERMITTED["signed"], "mission.countries": ["KP", "VN"], "handover.to": None}
    (line,) = ask(policies_of("shipped"), spread(flat, as_of=FIRST_DAY)).lines
    leads = {missing.fact: missing.would_lead_to for missing in line.missing}
    assert leads["handover.to"]["counterpart_institution"] is Outcome.NEEDS_INFORMATION


def test_a_joint_mission_waits_for_the_instruction_if_one_of_its_countries_does() -> None:
    flat = {**PERMITTED["signed"], "mission.countries": ["KP", "FR"]}
    (line,) = ask(policies_of("shipped"), spread(flat, as_of="1964-12-31")).lines
    assert line.outcome is Outcome.REFER
    assert line.if_in_force
    assert line.if_in_force.outcome is Outcome.NOT_GOVERNED


@settings(every, max_examples=200)
@given(folders, requests(), st.sampled_from(["1964-12-31", "1964-12-16", "1960-02-29"]))
def test_before_the_first_day_governed_requests_are_referred_with_what_would_be_required(
    name: str, request: Plain, eve: str
) -> None:
    proposed = ask(policies_of(name), {**request, "as_of": eve})
    assert proposed.policy.status == "proposed"
    if name == "never instructed":
        assert not any(permits(line) for line in proposed.lines)
        return
    first_day = ask(policies_of(name), {**request, "as_of": FIRST_DAY})
    for before, then in zip(proposed.lines, first_day.lines, strict=True):
        if before.outcome is Outcome.REFER:
            assert before.if_in_force
            assert before.if_in_force.outcome is then.outcome
            assert (before.if_in_force.rules, before.if_in_force.clauses) == (then.rules, then.clauses)
        else:
            assert before.outcome is then.outcome
            assert then.outcome in (Outcome.NOT_GOVERNED, Outcome.NEEDS_INFORMATION)
            assert before.if_in_force is None
