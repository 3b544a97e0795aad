"""Given: the facts of a case. What no step states is not stated in the request either."""

import copy
from dataclasses import dataclass, field
from typing import Any

import pytest
from pytest_bdd.parsers import re

from api.evidence.scenarios.policy_overlays import (
    Overlay,
    set_parameter,
    suspend_from,
    without_a_rule_about_gifts,
    without_instruction,
)
from api.evidence.scenarios.step_decorators import given
from api.evidence.scenarios.steps import vocabulary as v


@dataclass
class ScenarioCase:
    """The request as it is put together, and how the policies differ from those of the folder."""

    files: dict[str, bytes]
    request: dict[str, Any] = field(default_factory=lambda: {"request_id": "a case", "items": [{}]})
    overlays: list[Overlay] = field(default_factory=list)

    @property
    def item(self) -> dict[str, Any]:
        """The first line."""
        item: dict[str, Any] = self.request["items"][0]
        return item

    @property
    def channel(self) -> dict[str, Any]:
        """What is stated of the first line's way through the channel."""
        channel: dict[str, Any] = self.item.setdefault("channel", {})
        return channel

    def part(self, name: str) -> dict[str, Any]:
        """A part of the request, such as the mission."""
        part: dict[str, Any] = self.request.setdefault(name, {})
        return part

    def policy_files(self) -> dict[str, bytes]:
        """The policy folder with the changes that the steps make to it."""
        files = dict(self.files)
        for overlay in self.overlays:
            overlay(files)
        return files


@pytest.fixture
def case(policy_files: dict[str, bytes]) -> ScenarioCase:
    """The case that a scenario puts together."""
    return ScenarioCase(policy_files)


@given(re(r"today is (?P<day>[\d-]+)"))
def _(case: ScenarioCase, day: str) -> None:
    case.request["as_of"] = day


@given(re(r"a mission from (?P<countries>.+)"))
def _(case: ScenarioCase, countries: str) -> None:
    case.part("mission")["countries"] = [v.country_code(name) for name in countries.split(" and ")]


@given("a mission whose country is not known")
def _(case: ScenarioCase) -> None:
    case.part("mission")["countries"] = None


@given(re(rf"the mission is an? (?P<kind>{v.any_of(v.MISSION_KINDS)})"))
def _(case: ScenarioCase, kind: str) -> None:
    case.part("mission")["kind"] = v.MISSION_KINDS[kind]


@given("the mission is a local one from the border")
def _(case: ScenarioCase) -> None:
    case.part("mission")["level"] = "border_local"


@given("the mission is received outside the border areas")
def _(case: ScenarioCase) -> None:
    case.part("visit")["border_area"] = "none"


@given(re(rf"the mission is received in the (?P<area>{v.any_of(v.AREAS)}) border area"))
def _(case: ScenarioCase, area: str) -> None:
    case.part("visit")["border_area"] = v.AREAS[area]


@given(re(rf"the mission asks on the spot for (?P<thing>{v.any_of(v.THINGS)})"))
def _(case: ScenarioCase, thing: str) -> None:
    case.request["trigger"] = "ad_hoc_request"
    case.item.update(v.THINGS[thing])


@given("the host offers a sample that nobody asked for")
def _(case: ScenarioCase) -> None:
    case.request["trigger"] = "host_offer"
    case.item.update(v.THINGS["a sample"])


@given(re(rf"the cause is (?P<cause>{v.any_of(v.CAUSES)})"))
def _(case: ScenarioCase, cause: str) -> None:
    case.request["trigger"] = v.CAUSES[cause]


@given(re(rf"the item is (?P<thing>{v.any_of(v.THINGS)})"))
def _(case: ScenarioCase, thing: str) -> None:
    case.item.update(v.THINGS[thing])


@given(re(rf"the item is (?P<entry>{v.any_of(v.LISTS)})"))
def _(case: ScenarioCase, entry: str) -> None:
    case.item["legacy_list"] = v.LISTS[entry]


@given(re(rf"it is not known (?P<what>{v.any_of(v.UNKNOWN)})"))
def _(case: ScenarioCase, what: str) -> None:
    *parts, name = v.UNKNOWN[what]
    place = case.request
    for part in parts:
        place = case.item if part == "item" else place.setdefault(part, {})
    place[name] = None


@given(re(rf"it would be handed over (?P<means>{v.any_of(v.MEANS)})"))
def _(case: ScenarioCase, means: str) -> None:
    case.part("handover").update(v.MEANS[means])


@given("the Committee delivers to the registered institution")
def _(case: ScenarioCase) -> None:
    case.part("handover").update(by="committee", to="counterpart_institution")


@given("the department itself hands it to the mission")
def _(case: ScenarioCase) -> None:
    case.part("handover").update(by="receiving_department", to="mission")


@given(re(rf"the recipient is (?P<recipient>{v.any_of(v.RECIPIENTS)})"))
def _(case: ScenarioCase, recipient: str) -> None:
    case.part("handover")["to"] = v.RECIPIENTS[recipient]


@given(re(rf"(?P<deliverer>{v.any_of(v.DELIVERERS)}) hands it over"))
def _(case: ScenarioCase, deliverer: str) -> None:
    case.part("handover")["by"] = v.DELIVERERS[deliverer]


@given(re(r"the material is (?P<negated>not )?pressed for time"))
def _(case: ScenarioCase, negated: str | None) -> None:
    case.part("urgency")["time_sensitive"] = not negated


@given(re(r"the mission is (?P<negated>not )?eager to have it"))
def _(case: ScenarioCase, negated: str | None) -> None:
    case.part("urgency")["eagerly_wanted"] = not negated


@given(re(r"the request has (?P<negated>not )?been reported to the Committee"))
def _(case: ScenarioCase, negated: str | None) -> None:
    case.channel["reported_to_committee"] = not negated


@given("an urgent request that has been reported to the Committee")
def _(case: ScenarioCase) -> None:
    case.part("urgency").update(time_sensitive=True, eagerly_wanted=True)
    case.channel["reported_to_committee"] = True


@given(re(r"an urgent request that both sides have agreed as a project(?P<included> for the next session)?"))
def _(case: ScenarioCase, included: str | None) -> None:
    case.part("urgency").update(time_sensitive=True, eagerly_wanted=True)
    case.channel.update(
        reported_to_committee=True, consultation="agreed", committee_agrees=True, accepted_as_project=True
    )
    if included:
        case.channel.update(inclusion="agreed_to_include", inclusion_session=8)


@given(re(r"the consultation is (?P<state>not opened|open|agreed|refused|no reply|withdrawn|deferred)"))
def _(case: ScenarioCase, state: str) -> None:
    case.channel["consultation"] = state.replace(" ", "_")


@given(re(r"the Committee (?P<answer>agrees|does not agree)"))
def _(case: ScenarioCase, answer: str) -> None:
    case.channel["committee_agrees"] = answer == "agrees"


@given(re(r"it has (?P<negated>not )?been accepted as a project"))
def _(case: ScenarioCase, negated: str | None) -> None:
    case.channel["accepted_as_project"] = not negated


@given(re(r"the inclusion is (?P<state>not asked|refused|not included|deferred)"))
def _(case: ScenarioCase, state: str) -> None:
    case.channel["inclusion"] = state.replace(" ", "_")


@given("the item is included in a signed resolution")
def _(case: ScenarioCase) -> None:
    case.channel["inclusion"] = "included"


@given(re(r"it is agreed to include it in session (?P<session>\d+)"))
def _(case: ScenarioCase, session: str) -> None:
    case.channel.update(inclusion="agreed_to_include", inclusion_session=int(session))


@given("it is agreed to include it in a session that nobody has named")
def _(case: ScenarioCase) -> None:
    case.channel["inclusion"] = "agreed_to_include"


@given(re(r"the session named for an inclusion is (?P<session>\d+)"))
def _(case: ScenarioCase, session: str) -> None:
    case.channel["inclusion_session"] = int(session)


@given(re(r"the item has (?P<negated>not )?been published"))
def _(case: ScenarioCase, negated: str | None) -> None:
    case.item["published"] = not negated


@given(re(r"the confirmation is (?P<state>not sent|pending|confirmed|declined)"))
def _(case: ScenarioCase, state: str) -> None:
    case.channel["attache_confirmation"] = state.replace(" ", "_")


@given(
    re(rf"a second line with (?P<thing>{v.any_of(v.THINGS)})(?: that has come no way through the channel)?")
)
def _(case: ScenarioCase, thing: str) -> None:
    case.request["items"].append(dict(v.THINGS[thing]))


@given("a second line like the first")
def _(case: ScenarioCase) -> None:
    case.request["items"].append(copy.deepcopy(case.item))


@given("the policies of Korea deliver only upon the inclusion itself")
def _(case: ScenarioCase) -> None:
    case.overlays.append(set_parameter("korea.yaml", "deliver_upon", "actually_included"))


@given(re(r'the policies register "(?P<institution>[^"]+)" as the institution of (?P<country>\w+)'))
def _(case: ScenarioCase, institution: str, country: str) -> None:
    case.overlays.append(set_parameter(f"{country.lower()}.yaml", "counterpart", institution))


@given("the policies hold no instruction")
def _(case: ScenarioCase) -> None:
    case.overlays.append(without_instruction)


@given("the policies have no rule about gifts")
def _(case: ScenarioCase) -> None:
    case.overlays.append(without_a_rule_about_gifts)


@given(re(r"the policies suspend the shared rule on lists for Korea from (?P<day>[\d-]+) only"))
def _(case: ScenarioCase, day: str) -> None:
    case.overlays.append(suspend_from("korea.yaml", day))
