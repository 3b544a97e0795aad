"""A small project whose policies can be changed: steps for every fact, and scenarios that notice little."""

CONFTEST = """
    import pytest
    from api.evidence.scenarios.door import FunctionDoor
    from api.runtime.shipped import shipped_floor
    pytest_plugins = ["story"]

    def pytest_compliance_language(config):
        import story
        return story

    def pytest_compliance_doors(config):
        return ()

    @pytest.fixture
    def door():
        return FunctionDoor(shipped_floor())
"""

STORY = """
    import json
    import pytest
    from pytest_bdd import parsers
    from api.evidence.scenarios.step_decorators import given, then, when

    WHEN_STEP = "the host asks"

    @pytest.fixture
    def facts():
        return {}

    @given(parsers.re(r"(?P<fact>[a-z_.]+) is (?P<value>.+)"))
    def _(facts, fact, value):
        facts[fact] = json.loads(value)

    @when("the host asks", target_fixture="answer")
    def _(facts, door, policy_files):
        request = {"request_id": "sample", "items": [{}]}
        for name, value in facts.items():
            *parts, last = name.split(".")
            place = request
            for part in parts:
                place = request["items"][0] if part == "item" else place.setdefault(part, {})
            place[last] = value
        return door.decide(request, policy_files)

    @then(parsers.re(r"the outcome is (?P<outcome>[a-z_]+)"))
    def _(answer, outcome):
        assert answer["outcome"] == outcome

    @then(parsers.re(r"it shows (?P<shown>.+)"))
    def _(answer, shown):
        assert shown_of(answer) == json.loads(shown)

    def shown_of(answer):
        line = answer["lines"][0]
        return {key: line[key] for key in ("rules", "clauses", "duties", "if_in_force", "say") if key in line}

    def given_steps(request):
        facts = {name: value for name, value in request.items() if name not in ("request_id", "items")}
        facts["item"] = request["items"][0]
        for name, value in facts.items():
            inner = value.items() if isinstance(value, dict) else [(None, value)]
            for last, known in inner:
                yield f"{name}.{last} is {json.dumps(known)}" if last else f"{name} is {json.dumps(known)}"

    def then_steps(before, after):
        return [f"the outcome is {before['outcome']}", f"it shows {json.dumps(shown_of(before))}"]
"""

FEATURE = """
    Feature: Samples

      @clause:H1 @clause:H2 @rule:visitors @rule:no-sample-leaves
      Rule: Samples do not leave

        Scenario: A sample is not given away
          Given as_of is "2024-06-30"
          And mission.countries is ["FR"]
          And item.kind is "sample"
          When the host asks
          Then the outcome is route_bilateral

        @rule:needs_information
        Scenario: What it is, is asked
          Given as_of is "2024-06-30"
          And mission.countries is ["FR"]
          When the host asks
          Then the outcome is needs_information

        @rule:not_settled
        Scenario: A drawing is decided by the office
          Given as_of is "2024-06-30"
          And mission.countries is ["FR"]
          And item.kind is "drawing"
          When the host asks
          Then the outcome is refer

      @clause:H3 @rule:small-quantities-are-sent
      Rule: Small quantities are sent

        Scenario Outline: A quantity of <quantity> gives: <outcome>
          Given as_of is "<day>"
          And mission.countries is ["FR"]
          And item.kind is "sample"
          And handover.by is "committee"
          And item.quantity is <quantity>
          When the host asks
          Then the outcome is <outcome>

          Examples: around the largest
            | day        | quantity | outcome         |
            | 2024-12-31 | 3        | deliver         |
            | 2024-12-31 | 4        | route_bilateral |

      @clause:H4 @rule:not_governed @rule:proposed
      Rule: Other visitors and other days are not decided

        Scenario: Visitors from elsewhere are not decided
          Given as_of is "2024-06-30"
          And mission.countries is ["DE"]
          When the host asks
          Then the outcome is not_governed

        Scenario: Before the first day everything is referred
          Given as_of is "2019-12-31"
          And mission.countries is ["FR"]
          And item.kind is "sample"
          When the host asks
          Then the outcome is refer
"""
