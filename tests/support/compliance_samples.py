"""Small projects for the tests of this package: a sound one, and pieces to spoil it with."""

from textwrap import dedent, indent

from api.evidence.scenarios.findings import KnownIds

KNOWN = KnownIds(frozenset({"S1.1", "S1.2"}), frozenset({"route"}), frozenset({"R-1"}))

CONFTEST = """
    import pytest
    from api.evidence.scenarios.findings import KnownIds
    pytest_plugins = ["api.evidence.scenarios.collection", "api.evidence.scenarios.recorder", "story"]

    def pytest_compliance_known_ids(config):
        return KnownIds(frozenset({"S1.1", "S1.2"}), frozenset({"route"}), frozenset({"R-1"}))
"""

DOORS = """
    def pytest_compliance_doors(config):
        return ("function", "http")

    @pytest.fixture(params=["function", "http"])
    def door(request):
        return request.param
"""

STORY = """
    import pytest
    from pytest_bdd import parsers
    from api.evidence.scenarios.step_decorators import given, rows, then, when

    @given("a mission", target_fixture="mission")
    def _():
        return {}

    @given(parsers.parse('the country is "{country}"'))
    def _(mission, country):
        mission["country"] = country

    @given("these items")
    def _(mission, datatable):
        mission["items"] = rows(datatable, "item", "count")

    @when("it asks")
    def _(mission):
        mission["asked"] = True

    @then(parsers.parse('the answer is "{answer}"'))
    def _(mission, answer):
        assert answer == ("yes" if mission.get("country") != "ZZ" else "no")
"""

SOUND = """
    @clause:S1.1
    Feature: Requests
      What may be asked, and by whom.

      Background:
        Given a mission

      Scenario: A request is answered
        When it asks
        Then the answer is "yes"

      @rule:route @reading:R-1
      Rule: A country that is not covered is refused

        Background:
          Given these items
            | item  | count |
            | paper | 2     |

        @clause:S1.2 @boundary
        Scenario Outline: The country <country> gets <answer>
          Given the country is "<country>"
          When it asks
          Then the answer is "<answer>"

          Examples: covered countries
            | country | answer |
            | AA      | yes    |
            | BB      | yes    |

          Examples: other countries
            | country | answer |
            | ZZ      | no     |
"""

GOOD = 'Given a mission\nWhen it asks\nThen the answer is "yes"'
EXAMPLE_STEPS = 'Given the country is "<country>"\nThen the answer is "yes"\n'


def scenario(body: str, heading: str = "Scenario: It holds") -> str:
    """A feature with one tagged scenario of this body."""
    return f"@clause:S1.1\nFeature: Requests\n  {heading}\n" + indent(dedent(body).strip("\n"), "    ") + "\n"
