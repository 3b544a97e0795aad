"""What a policy folder says of calls of AuthZEN, as the checked set holds it."""

from __future__ import annotations

import datetime as dt

import pytest

from engine import PolicyFaults, load_policies
from engine.analysis.differences import list_differences
from engine.policy.authzen import EntityMapping
from tests.support.mistakes import SHIPPED

FILE = """
subjects:
  - type: mission
    id: mission.name
    states: {mission.countries: [KP, VN], visit.starts_on: 1965-03-01, item.quantity: 2.50}
    known:
      the miners: {mission.kind: delegation, mission.level: national}
actions:
  - {name: show, states: {item.kind: oral_or_visual}}
resources:
  - {type: item, properties: {channel.inclusion: item.channel.inclusion}}
"""


def test_a_property_is_a_value_or_an_object_and_not_both() -> None:
    both = "{channel: item.kind, channel.inclusion: item.channel.inclusion}"
    text = FILE.replace("{channel.inclusion: item.channel.inclusion}", both).replace(
        "item.kind: oral", "item.owner: oral"
    )
    with pytest.raises(PolicyFaults, match="no call can state both `channel`") as refused:
        load_policies({**SHIPPED, "authzen.yaml": text.encode()})
    assert [one.code for one in refused.value.diagnostics] == ["Z02"]


def test_a_folder_without_the_file_says_nothing() -> None:
    without = {name: content for name, content in SHIPPED.items() if name != "authzen.yaml"}
    assert load_policies(without).authzen is None


def test_the_mapping_holds_constants_known_entities_and_paths() -> None:
    mapping = load_policies({**SHIPPED, "authzen.yaml": FILE.encode()}).authzen
    assert mapping is not None
    subject = mapping.subjects["mission"]
    assert subject.states["mission.countries"] == ("KP", "VN")
    assert subject.states["visit.starts_on"] == dt.date(1965, 3, 1)
    assert str(subject.states["item.quantity"]) == "2.50"
    assert subject.known == {"the miners": {"mission.kind": "delegation", "mission.level": "national"}}
    assert mapping.actions == {"show": EntityMapping(None, {}, {"item.kind": "oral_or_visual"}, {})}
    assert mapping.resources["item"].properties == {"channel.inclusion": "item.channel.inclusion"}
    assert mapping.context == {}


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        ("name: show", "name: tell", "action of AuthZEN tell"),
        ("type: item", "type: thing", "resources of AuthZEN thing"),
        ("kind: delegation", "kind: trainee", "subjects of AuthZEN mission"),
    ],
    ids=["action", "resource", "subject"],
)
def test_a_comparison_names_what_was_changed(before: str, after: str, name: str) -> None:
    old, new = (
        load_policies({**SHIPPED, "authzen.yaml": text.encode()})
        for text in (FILE, FILE.replace(before, after))
    )
    assert name in [one.name for one in list_differences(old, new)]
