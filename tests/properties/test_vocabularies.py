"""Whatever the words of a directive: compiled and walked agree, there is one outcome, and unknown never permits."""

import datetime as dt
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine import PolicySet, decide, load_policies
from engine.deciding import decide_by_walking
from tests.engine.evaluation.test_default_logic import SKELETON

NOW = dt.datetime(2024, 6, 30, 12, tzinfo=dt.UTC)
VALUES: dict[str, list[Any]] = {
    "truth": [True, False],
    "choice": ["one", "two"],
    "number": [1, 2],
    "date": ["2024-06-29", "2024-07-01"],
    "text": ["a", "b"],
}
CONDITIONS = {
    "truth": "{name}",
    "choice": '{name} == "one"',
    "number": "{name} <= 1",
    "date": '{name} > d"2024-06-30"',
    "text": '{name} == "a"',
}
HANDOVER = "\n".join(
    f"  - fact: handover.{end}\n    kind: choice\n    choices: {{host: the host, other: another}}\n"
    f"    ask: Who?\n    answered_by: host"
    for end in ("by", "to")
)
PREFIXES = ("", "visit.", "item.", "item.review.")
words = st.lists(
    st.tuples(st.sampled_from(PREFIXES), st.sampled_from(sorted(VALUES))), min_size=1, max_size=6
)


def directive_of(declared: list[tuple[str, str]]) -> tuple[PolicySet, dict[str, str]]:
    """A directive that delivers where a condition about each of the facts holds, and their kinds by name."""
    kinds = {f"{prefix}f{number}": kind for number, (prefix, kind) in enumerate(declared)}
    facts = [
        f"  - fact: {name}\n    kind: {kind}\n    ask: What?\n    answered_by: host"
        + ("\n    choices: {one: the one, two: the other}" if kind == "choice" else "")
        for name, kind in kinds.items()
    ]
    every = " and ".join(CONDITIONS[kind].format(name=name) for name, kind in kinds.items())
    start = SKELETON["directive.yaml"].index("rules:")
    end = SKELETON["directive.yaml"].index("standing_answers:")
    head = SKELETON["directive.yaml"][:start]
    duty = "duties: [{who: host, must: act}], say: So it is"
    permits = f"when: {json.dumps(every)}, outcome: deliver"
    rules = (
        "rules:\n"
        f"  - {{rule: ground, clause: H2, when: 'mission.country == {{country}}', outcome: refuse, {duty}}}\n"
        f"  - {{rule: all-hold, exception_to: ground, clause: [H2, H3], {permits}, {duty}}}\n"
    )
    files = {
        **SKELETON,
        "directive.yaml": head + rules + SKELETON["directive.yaml"][end:],
        "vocabulary.yaml": "asking_party: host\nfacts:\n" + "\n".join([HANDOVER, *facts]) + "\n",
    }
    files.pop("invariants.yaml", None)
    return load_policies({name: text.encode() for name, text in files.items()}), kinds


def stated(facts: dict[str, Any]) -> dict[str, Any]:
    request: dict[str, Any] = {
        "request_id": "drawn",
        "as_of": "2024-06-30",
        "mission": {"countries": ["FR"]},
        "items": [{}],
    }
    for name, value in facts.items():
        *parts, last = name.split(".")
        place = request
        for part in parts:
            place = request["items"][0] if part == "item" else place.setdefault(part, {})
        place[last] = value
    return request


def holds(kind: str, value: Any) -> bool:
    return bool(value == VALUES[kind][1] if kind == "date" else value == VALUES[kind][0])


@settings(max_examples=60, deadline=None)
@given(declared=words, data=st.data())
def test_of_any_vocabulary_only_what_is_known_permits(
    declared: list[tuple[str, str]], data: st.DataObject
) -> None:
    policies, kinds = directive_of(declared)
    facts = {
        name: value
        for name, kind in kinds.items()
        if (value := data.draw(st.sampled_from([*VALUES[kind], None]), name)) is not None
    }
    read = policies.vocabulary.request.model_validate_json(json.dumps(stated(facts)))
    compiled = decide(policies, read, decision_id="drawn", evaluated_at=NOW)
    assert compiled == decide_by_walking(policies, read, decision_id="drawn", evaluated_at=NOW)
    (line,) = compiled.lines
    assert line.outcome is compiled.outcome
    assert line.outcome.permits is all(name in facts and holds(kinds[name], facts[name]) for name in kinds)
    missing = {one.fact for one in line.missing}
    assert missing <= set(kinds) - facts.keys()
