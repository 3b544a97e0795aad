"""The other direction: the steps that state a request, and those that distinguish one answer from another."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from api.evidence.scenarios.language import Unspeakable
from api.evidence.scenarios.steps import vocabulary as v

WHEN_STEP = "the department asks before the handover"

StatedFacts = dict[str, Any]


def given_steps(request: Mapping[str, Any]) -> Sequence[str]:
    """The Givens that state a request of one item. Raises Unspeakable, naming a fact that no step states."""
    facts = dict(_facts(request))
    steps = list(_steps(facts))
    if facts:
        raise Unspeakable(", ".join(sorted(facts)))
    return steps


def then_steps(before: Mapping[str, Any], after: Mapping[str, Any]) -> Sequence[str]:
    """The Thens that hold of one answer; of what the other answer shows as well, only the outcome."""
    was, became = _line(before), _line(after)
    steps = [_word(v.OUTCOMES, before["outcome"])]
    if "if_in_force" in was:
        steps.append(f"once in force it would be: {_word(v.OUTCOMES, was['if_in_force']['outcome'])}")
    for key, yes, no in (
        ("rules", "the answer rests on the rule {}", "the answer does not rest on the rule {}"),
        ("readings", "the answer uses the reading {}", "the answer does not use the reading {}"),
        ("clauses", "the answer cites {}", "the answer does not cite {}"),
    ):
        shown, other = was.get(key, []), became.get(key, [])
        steps += [yes.format(name) for name in shown if name not in other]
        steps += [no.format(name) for name in other if name not in shown]
    mine, theirs = _duties(was), _duties(became)
    steps += [f"the {who} must {must}" for who, must in mine if (who, must) not in theirs]
    steps += [f"the {who} need not {must}" for who, must in theirs if (who, must) not in mine]
    if len(steps) == 1 and was["say"] != became["say"]:
        steps.append(f"the guest is told: {was['say']}")
    return steps


def _line(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    line: Mapping[str, Any] = next(line for line in answer["lines"] if line["outcome"] == answer["outcome"])
    return line


def _duties(line: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(v.party_name(duty["who"]), duty["must"]) for duty in line["duties"]]


def _facts(request: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    parts: list[tuple[str, Any]] = [
        ("", {k: e for k, e in request.items() if k not in ("request_id", "items")})
    ]
    parts += [("item.", request["items"][0])]
    for prefix, part in parts:
        for name, value in part.items():
            if isinstance(value, dict):
                parts.append((f"{prefix}{name}.", value))
            else:
                yield prefix + name, value


def _word(words: Mapping[str, Any], value: Any) -> str:
    return next(word for word, meant in words.items() if meant == value)


def _steps(facts: StatedFacts) -> Iterator[str]:
    """The steps, in the order of a story; each fact that is stated is taken out."""
    if day := facts.pop("as_of", None):
        yield f"today is {day}"
    countries = facts.pop("mission.countries", None)
    if countries:
        yield f"a mission from {' and '.join(v.country_name(code) for code in countries)}"
    else:
        yield "a mission whose country is not known"
    area = facts.pop("visit.border_area", None)
    if area == "none":
        yield "the mission is received outside the border areas"
    elif area:
        yield f"the mission is received in the {_word(v.AREAS, area)} border area"
    if cause := facts.pop("trigger", None):
        yield f"the cause is {_word(v.CAUSES, cause)}"
    yield from _item(facts)
    for name, pattern in (
        ("urgency.time_sensitive", "the material is {}pressed for time"),
        ("urgency.eagerly_wanted", "the mission is {}eager to have it"),
        ("item.channel.reported_to_committee", "the request has {}been reported to the Committee"),
    ):
        if name in facts:
            yield pattern.format("" if facts.pop(name) else "not ")
    yield from _channel(facts)
    yield from _handover(facts)


def _item(facts: StatedFacts) -> Iterator[str]:
    kind, published = facts.get("item.kind"), facts.get("item.published", False)
    if kind:
        fitting = [thing for thing, of in v.THINGS.items() if of == {"kind": kind, "published": published}]
        if fitting:
            yield f"the item is {fitting[0]}"
            facts.pop("item.kind")
            facts.pop("item.published", None)
    elif "item.published" in facts:
        yield f"the item has {'' if facts.pop('item.published') else 'not '}been published"
    if listed := facts.pop("item.legacy_list", None):
        yield f"the item is {_word(v.LISTS, listed)}"


def _channel(facts: StatedFacts) -> Iterator[str]:
    if state := facts.pop("item.channel.consultation", None):
        yield f"the consultation is {state.replace('_', ' ')}"
    if "item.channel.committee_agrees" in facts:
        agrees = facts.pop("item.channel.committee_agrees")
        yield f"the Committee {'agrees' if agrees else 'does not agree'}"
    if "item.channel.accepted_as_project" in facts:
        accepted = facts.pop("item.channel.accepted_as_project")
        yield f"it has {'' if accepted else 'not '}been accepted as a project"
    inclusion = facts.pop("item.channel.inclusion", None)
    session = facts.pop("item.channel.inclusion_session", None)
    if inclusion == "agreed_to_include":
        named = f"session {session}" if session else "a session that nobody has named"
        yield f"it is agreed to include it in {named}"
    elif inclusion == "included":
        yield "the item is included in a signed resolution"
    elif inclusion:
        yield f"the inclusion is {inclusion.replace('_', ' ')}"
    if session and inclusion != "agreed_to_include":
        yield f"the session named for an inclusion is {session}"
    if state := facts.pop("item.channel.attache_confirmation", None):
        yield f"the confirmation is {state.replace('_', ' ')}"


def _handover(facts: StatedFacts) -> Iterator[str]:
    by, to = facts.pop("handover.by", None), facts.pop("handover.to", None)
    if (by, to) == ("committee", "counterpart_institution"):
        yield "the Committee delivers to the registered institution"
        return
    if by:
        yield f"{_word(v.DELIVERERS, by)} hands it over"
    if to:
        yield f"the recipient is {_word(v.RECIPIENTS, to)}"
