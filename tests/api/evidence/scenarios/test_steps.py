"""The sentences of the scenarios: each stands in a feature file, fits one definition, and states what it says.

Covers: api.evidence.feature_files, api.evidence.scenarios.step_definitions
"""

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd.steps import step_function_context_registry

from api.domain.registers.events import STATEMENTS
from api.evidence.feature_files import Step, StepKind, read_feature
from api.evidence.scenarios import steps
from api.evidence.scenarios.language import Unspeakable
from api.evidence.scenarios.office import Office
from api.evidence.scenarios.step_definitions import StepDefinition
from api.evidence.scenarios.steps import office as office_steps
from api.evidence.scenarios.steps import vocabulary
from api.evidence.scenarios.steps.phrasing import given_steps, then_steps

ROOT = Path(__file__).parents[4]
MODULES = [
    import_module(f"{steps.__name__}.{module.name}") for module in pkgutil.iter_modules(steps.__path__)
]
DEFINITIONS = [
    StepDefinition(context)
    for context in step_function_context_registry.values()
    if context.step_func.__module__ in {module.__name__ for module in MODULES}
]
WRITTEN = [
    step
    for path in sorted((ROOT / "features").glob("*.feature"))
    for scenario in read_feature(path, ROOT).expected
    for step in scenario.steps
]
ITEM = {"published": True, "legacy_list": "none", "channel": {"inclusion_session": 9}}
REQUEST: dict[str, Any] = {"request_id": "r", "mission": {"countries": ["KP", "DE"]}, "items": [ITEM]}
ANSWER: dict[str, Any] = {
    "outcome": "hold",
    "lines": [{"outcome": "hold", "say": "no", "duties": [{"who": "committee", "must": "wait"}]}],
}
FREE: dict[str, Any] = {"outcome": "hold", "lines": [{**ANSWER["lines"][0], "duties": []}]}
PROPOSED = [Step(0, StepKind.GIVEN, text) for text in given_steps(REQUEST)]
PROPOSED += [Step(0, StepKind.THEN, text) for text in (*then_steps(ANSWER, FREE), *then_steps(FREE, ANSWER))]


def definitions_of(step: Step) -> list[StepDefinition]:
    return [definition for definition in DEFINITIONS if definition.fits(step)]


def test_every_sentence_stands_in_a_feature_file_or_in_a_proposal() -> None:
    used = {
        definition.pattern
        for step in dict.fromkeys((*WRITTEN, *PROPOSED))
        for definition in definitions_of(step)
    }
    assert {definition.pattern for definition in DEFINITIONS} - used == set()


def test_every_proposed_sentence_fits_one_definition() -> None:
    assert [step.text for step in PROPOSED if len(definitions_of(step)) != 1] == []


def test_a_fact_that_no_sentence_states_is_named() -> None:
    with pytest.raises(Unspeakable, match=r"item\.quantity"):
        given_steps({**REQUEST, "items": [{**ITEM, "quantity": 2}]})


def test_a_country_is_named_or_given_by_its_code() -> None:
    assert [vocabulary.country_code(name) for name in ("Korea", "DE")] == ["KP", "DE"]
    assert [vocabulary.country_name(code) for code in ("KP", "DE")] == ["Korea", "DE"]
    with pytest.raises(ValueError, match="no country is called `Corea`"):
        vocabulary.country_code("Corea")


@pytest.mark.parametrize("party", ["committee", "foreign_office", "trade_attache"])
def test_a_party_is_read_from_the_name_that_is_written(party: str) -> None:
    assert vocabulary.party_id(vocabulary.party_name(party)) == party


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


def test_what_a_sentence_says_of_the_registers_is_a_sound_event_of_its_day() -> None:
    service = Service()
    stated = 0
    for step in dict.fromkeys(WRITTEN):
        for definition in definitions_of(step):
            events = "record_event" in definition.function.__code__.co_names
            if definition.function.__module__ == office_steps.__name__ and events:
                values = definition.context.parser.parse_arguments(step.text) or {}
                definition.function(Office(service), **values)
                STATEMENTS[service.bodies[-1]["kind"]].model_validate(service.bodies[-1])
                assert service.bodies[-1]["happened_on"] == values["day"]
                stated += 1
    assert stated > 10
