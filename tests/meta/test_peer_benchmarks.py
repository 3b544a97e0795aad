"""What the benchmark of the peers rests on: every engine that is installed gives the same outcomes."""

from collections.abc import Sequence
from importlib import import_module

import pytest

from benchmarks.engines import channelgate
from benchmarks.engines.channelgate import Channelgate, state_request
from benchmarks.engines.content import ContentFacts, draw_requests, write_rules
from benchmarks.engines.installed import MODULES
from benchmarks.engines.protocol import Engine, EngineForm, state
from benchmarks.engines.shipped import draw_shipped_requests, write_shipped
from engine import PolicySet
from engine.language.expressions import evaluate

RULES = write_rules(20)
REQUESTS = draw_requests(RULES, 150)
OF_ANOTHER_SIZE = write_rules(200)


def wanted(engine: Channelgate, requests: Sequence[ContentFacts]) -> list[str]:
    return [engine.decide(engine.prepare(state_request(facts))) for facts in requests]


def answers(engine: Engine, requests: Sequence[ContentFacts]) -> list[str]:
    return [engine.decide(engine.prepare(state(facts))) for facts in requests]


@pytest.fixture(scope="module")
def outcomes() -> list[str]:
    return wanted(channelgate.build(RULES), REQUESTS)


@pytest.fixture(params=MODULES)
def forms(request: pytest.FixtureRequest) -> Sequence[EngineForm]:
    """The forms of a peer that is installed."""
    try:
        module = import_module(f"benchmarks.engines.{MODULES[request.param]}")
    except ModuleNotFoundError as missing:
        pytest.skip(f"not installed: {missing.name}")
    found: Sequence[EngineForm] = module.FORMS
    return found


def test_every_peer_gives_the_outcomes_of_channelgate(
    forms: Sequence[EngineForm], outcomes: list[str]
) -> None:
    for form in forms:
        assert answers(form.build(RULES), REQUESTS) == outcomes, form


def test_the_requests_reach_every_rule_and_beyond(outcomes: list[str]) -> None:
    assert len(set(outcomes)) == 5
    assert len({tuple(facts.values()) for facts in REQUESTS}) == len(REQUESTS)


def test_an_outcome_evaluated_alone_is_that_of_the_full_answer() -> None:
    requests = draw_requests(OF_ANOTHER_SIZE, 100)
    engine = channelgate.build(OF_ANOTHER_SIZE)
    by_themselves = [engine.outcome_alone(engine.prepare(state_request(facts))) for facts in requests]
    assert by_themselves == wanted(engine, requests)


def test_forgetting_everything_changes_no_answer(shipped: PolicySet) -> None:
    requests = draw_shipped_requests(20)
    engine = Channelgate(shipped)
    before = wanted(engine, requests)
    engine.forget_everything()
    assert wanted(engine, requests) == before


def test_the_shipped_policies_as_one_expression_have_the_outcomes_of_the_engine(shipped: PolicySet) -> None:
    requests = draw_shipped_requests(400)
    tree = write_shipped(shipped)
    assert [evaluate(tree, facts) for facts in requests] == wanted(Channelgate(shipped), requests)


def test_the_peers_that_nest_agree_on_the_shipped_policies(
    forms: Sequence[EngineForm], shipped: PolicySet
) -> None:
    requests, tree = draw_shipped_requests(100), write_shipped(shipped)
    outcomes = wanted(Channelgate(shipped), requests)
    for form in forms:
        if form.of_tree:
            assert answers(form.of_tree(tree), requests) == outcomes, form
