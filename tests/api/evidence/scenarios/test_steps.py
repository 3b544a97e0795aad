"""The sentences of the scenarios: each stands in a feature file, fits one definition, and states what it says.

Covers: api.evidence.feature_files, api.evidence.scenarios.step_definitions, api.evidence.scenarios.phrasing
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.domain.registers.events import STATEMENTS
from api.evidence.feature_files import Step, StepKind, read_feature
from api.evidence.scenarios.office import Office
from api.evidence.scenarios.phrasing import Phrasing
from api.evidence.scenarios.scenario_case import ScenarioCase
from api.evidence.scenarios.stated_facts import UnknownWord
from api.evidence.scenarios.step_definitions import StepDefinition, definitions_seen_from
from api.evidence.scenarios.steps import office as office_steps
from api.evidence.scenarios.worded_steps import InWords
from api.evidence.scenarios.words import PolicyWords
from engine import load_policies
from tests.support.mistakes import SHIPPED

ROOT = Path(__file__).parents[4]
FOLDERS = (
    ROOT / "features",
    ROOT / "tests" / "data" / "seed_house" / "features",
    ROOT / "examples" / "second_directive" / "features",
)
WRITTEN, *OTHERS = [
    [
        step
        for path in sorted(folder.glob("*.feature"))
        for scenario in read_feature(path, ROOT).expected
        for step in scenario.steps
    ]
    for folder in FOLDERS
]
OF_OTHERS = [step for steps in OTHERS for step in steps]
WORDS = PolicyWords(load_policies(SHIPPED))
PHRASING = Phrasing(WORDS)
ITEM = {"published": True, "legacy_list": "none", "quantity": 2.5, "channel": {"inclusion_session": 9}}
REQUEST: dict[str, Any] = {"request_id": "r", "mission": {"countries": ["KP", "DE"]}, "items": [ITEM]}
ANSWER: dict[str, Any] = {
    "outcome": "hold",
    "lines": [{"outcome": "hold", "say": "no", "duties": [{"who": "committee", "must": "wait"}]}],
}
FREE: dict[str, Any] = {"outcome": "hold", "lines": [{**ANSWER["lines"][0], "duties": []}]}
GIVEN = [
    "a mission from Korea and DE",
    "the item has been published",
    "the item is on no old list",
    "the session named for an inclusion is 9",
    "the fact item.quantity is 2.5",
]
THENS = [*PHRASING.then_steps(ANSWER, FREE), *PHRASING.then_steps(FREE, ANSWER)]
PROPOSED = [Step(0, StepKind.GIVEN, text) for text in GIVEN]
PROPOSED += [Step(0, StepKind.THEN, text) for text in THENS]


@pytest.fixture
def definitions(request: pytest.FixtureRequest) -> list[StepDefinition]:
    """Those of the product, the phrases of the shipped policies among them."""
    return list(definitions_seen_from(request.node))


def test_every_sentence_stands_in_a_feature_file_or_in_a_proposal(definitions: list[StepDefinition]) -> None:
    used = {
        definition.pattern
        for step in dict.fromkeys((*WRITTEN, *OF_OTHERS, *PROPOSED))
        for definition in definitions
        if definition.fits(step)
    }
    assert {definition.pattern for definition in definitions} - used == set()


def test_every_proposed_sentence_fits_one_definition(definitions: list[StepDefinition]) -> None:
    fitting = {step.text: sum(definition.fits(step) for definition in definitions) for step in PROPOSED}
    assert set(fitting.values()) == {1}, fitting


def test_a_request_is_stated_in_phrases_and_what_has_none_by_its_name() -> None:
    assert list(PHRASING.given_steps(REQUEST)) == GIVEN


def test_what_is_proposed_states_the_request(definitions: list[StepDefinition]) -> None:
    case = ScenarioCase({})
    for text in GIVEN:
        step = Step(0, StepKind.GIVEN, text)
        (definition,) = [one for one in definitions if one.fits(step)]
        arguments = definition.context.parser.parse_arguments(text) or {}
        words = {"words": WORDS} if isinstance(definition.context.parser, InWords) else {}
        definition.function(case, **words, **arguments)
    assert case.request == {**REQUEST, "request_id": "a case"}


def test_a_country_is_named_or_given_by_its_code() -> None:
    assert [WORDS.country(name) for name in ("Korea", "France", "DE")] == ["KP", "FR", "DE"]
    assert [WORDS.country_name(code) for code in ("KP", "DE", "FR")] == ["Korea", "DE", "France"]
    with pytest.raises(UnknownWord, match="no country is called `Corea`; did you mean `Korea`"):
        WORDS.country("Corea")
    with pytest.raises(UnknownWord, match="several countries are called `Germany`; write DD or DE"):
        WORDS.country("Germany")


@pytest.mark.parametrize("party", ["committee", "foreign_office", "receiving_department"])
def test_a_party_is_read_from_the_name_that_is_written(party: str) -> None:
    assert WORDS.party(WORDS.party_name(party)) == party
    assert WORDS.party(party) == party


def test_a_party_that_the_directive_does_not_have_is_refused() -> None:
    with pytest.raises(UnknownWord, match="unknown party `trade attache`"):
        WORDS.party("trade attache")


# -- the office ----------------------------------------------------------------------------------------------


@dataclass
class Recorded:
    """What a service answers when something was recorded."""

    status_code = 201
    text = "{}"

    def json(self) -> dict[str, Any]:
        return {}


class Service:
    """Takes every event, and holds the bodies."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []

    def call(
        self, caller: str, method: str, path: str, body: Any = None, **more: Mapping[str, str] | None
    ) -> Recorded:
        assert (caller, method, path) == ("liaison", "POST", "/v1/registers/events")
        self.bodies.append(body)
        return Recorded()


def test_what_a_sentence_says_of_the_registers_is_a_sound_event_of_its_day(
    definitions: list[StepDefinition],
) -> None:
    service = Service()
    stated = 0
    for step in dict.fromkeys(WRITTEN):
        for definition in [one for one in definitions if one.fits(step)]:
            events = "record_event" in definition.function.__code__.co_names
            if definition.function.__module__ == office_steps.__name__ and events:
                values = definition.context.parser.parse_arguments(step.text) or {}
                office = Office(service, ScenarioCase({}), WORDS.policies)
                office.lists = ["a-list", "another-list"]
                taken = {name: value for name, value in values.items() if name in definition.parameters}
                definition.function(office, **taken)
                STATEMENTS[service.bodies[-1]["kind"]].model_validate(service.bodies[-1])
                assert service.bodies[-1]["happened_on"] == values["day"]
                stated += 1
    assert stated > 10


# -- claims --------------------------------------------------------------------------------------------------


def test_facts_of_a_party_are_all_stated_or_all_claimed() -> None:
    claim = WORDS.claim("receiving department", "item.channel.consultation", "agreed")
    assert WORDS.claimed_of([claim, WORDS.statement("item.kind", "sample")]) == {"committee"}
    with pytest.raises(UnknownWord, match="claim all facts of that party, or none"):
        WORDS.claimed_of([claim, WORDS.statement("item.legacy_list", "none")])


def test_a_line_follows_the_one_before_it() -> None:
    case = ScenarioCase({})
    case.state([WORDS.statement("item.kind", "sample", "2"), WORDS.statement("item.kind", "data", "3")])
    assert [item.get("kind") for item in case.request["items"]] == [None, "sample", "data"]
    with pytest.raises(LookupError, match="line 5 comes before line 4"):
        case.state([WORDS.statement("item.kind", "sample", "5")])


def test_what_is_not_stated_is_taken_out_again() -> None:
    case = ScenarioCase({})
    case.state([WORDS.statement("visit.place", '"Beijing"'), WORDS.statement("trigger", "not known")])
    case.state([WORDS.statement("visit.place", "not stated")])
    assert case.request == {"request_id": "a case", "items": [{}], "trigger": None}
