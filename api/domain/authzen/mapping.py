"""A question of AuthZEN -> the request of the contract that asks the same, as the policies in force map it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from api.domain.authzen.call_models import EvaluationCall
from api.domain.cases.recordable_facts import nested
from api.parsing.json_values import json_text
from api.parsing.problems import FieldError, Problem, ProblemKind, make_problem
from api.parsing.requests import Received, read_request
from api.parsing.strict_json import json_pointer
from engine import AuthzenMapping, EntityMapping, Vocabulary

REQUEST_ID = "request_id"
ITEM = "item."

_Steps = tuple[str, ...]


class PlacedValue(NamedTuple):
    """The value of a fact, and where the call states it."""

    value: object
    place: _Steps


class MisplacedPart(NamedTuple):
    """A part of a call that says nothing to the policies, with its place and why."""

    place: _Steps
    detail: str


def map_question(
    mapping: AuthzenMapping, call: EvaluationCall, own_id: str, vocabulary: Vocabulary
) -> Received | Problem:
    """Return the request that a call states, or why it states none, with pointers into the call.

    `own_id` is the id of the request where the call states none.
    """
    unknown = {json_pointer(one.place): one.detail for one in find_unknown(mapping, call)}
    if unknown:
        return _invalid(unknown)
    facts, wrong = _facts(mapping, call)
    if wrong:
        return _invalid(wrong)
    received = read_request(_body_of(facts, own_id), vocabulary)
    return _at_the_call(received, facts) if isinstance(received, Problem) else received


def at_the_call(problem: Problem, mapping: AuthzenMapping, call: EvaluationCall) -> Problem:
    """Return the problem with the request that a call states, with pointers into the call."""
    if any(find_unknown(mapping, call)):
        return problem
    return _at_the_call(problem, _facts(mapping, call)[0])


def _facts(mapping: AuthzenMapping, call: EvaluationCall) -> tuple[dict[str, PlacedValue], dict[str, str]]:
    """The facts that a call states, and what is wrong in it by pointers."""
    facts: dict[str, PlacedValue] = {}
    wrong: dict[str, str] = {}
    for stated, at in _parts(mapping, call):
        for fact, value in stated:
            if isinstance(value, MisplacedPart):
                wrong[json_pointer((*at, *value.place))] = value.detail
            else:
                facts[fact] = PlacedValue(value.value, (*at, *value.place))
    return facts, wrong


def find_unknown(mapping: AuthzenMapping, call: EvaluationCall) -> Iterator[MisplacedPart]:
    """Yield what the call names that the policies do not know: what is not known cannot be permitted."""
    if call.subject.type not in mapping.subjects:
        yield MisplacedPart(("subject", "type"), _none_of("types of subjects", mapping.subjects))
    if call.action.name not in mapping.actions:
        yield MisplacedPart(("action", "name"), _none_of("actions", mapping.actions))
    if call.resource.type not in mapping.resources:
        yield MisplacedPart(("resource", "type"), _none_of("types of resources", mapping.resources))


def _none_of(what: str, known: Iterable[str]) -> str:
    return f"is none of the {what} that the policies know: {', '.join(f'`{name}`' for name in known)}"


_PlacedFacts = Iterator[tuple[str, "PlacedValue | MisplacedPart"]]


def _parts(mapping: AuthzenMapping, call: EvaluationCall) -> Iterator[tuple[_PlacedFacts, _Steps]]:
    subject, resource = call.subject, call.resource
    yield _entity_facts(mapping.subjects[subject.type], subject.id, subject.properties), ("subject",)
    yield _entity_facts(mapping.actions[call.action.name], None, call.action.properties), ("action",)
    yield _entity_facts(mapping.resources[resource.type], resource.id, resource.properties), ("resource",)
    yield _properties(mapping.context, call.context), ("context",)


def _entity_facts(known: EntityMapping, identity: str | None, properties: Mapping[str, Any]) -> _PlacedFacts:
    """What is so of an entity, in the order in which it counts: the last is what the call itself states."""
    for fact, value in known.states.items():
        yield fact, PlacedValue(value, ())
    for fact, value in known.known.get(identity or "", {}).items():
        yield fact, PlacedValue(value, ("id",))
    if known.id is not None and identity is not None:
        yield known.id, PlacedValue(identity, ("id",))
    for fact, stated in _properties(known.properties, properties):
        yield fact, stated._replace(place=("properties", *stated.place))


def _properties(paths: Mapping[str, str], properties: Mapping[str, Any]) -> _PlacedFacts:
    for path, fact in paths.items():
        steps = tuple(path.split("."))
        found: Any = properties
        for depth, step in enumerate(steps):
            if found is None or (isinstance(found, dict) and step not in found):
                break
            if not isinstance(found, dict):
                yield fact, MisplacedPart(steps[:depth], "must be an object in braces")
                break
            found = found[step]
        else:
            yield fact, PlacedValue(found, steps)


def _body_of(facts: Mapping[str, PlacedValue], own_id: str) -> bytes:
    """The request in JSON: what is stated at its place, in one line."""
    request: dict[str, Any] = {REQUEST_ID: own_id}
    line: dict[str, Any] = {}
    for fact, stated in facts.items():
        nested(fact, stated.value, line if fact.startswith(ITEM) else request)
    return json_text({**request, "items": [line]}).encode()


def _at_the_call(problem: Problem, facts: Mapping[str, PlacedValue]) -> Problem:
    """The problem of a request with the pointers of the call that states it."""
    places = {json_pointer(_steps_of(fact)): json_pointer(one.place) for fact, one in facts.items()}
    errors = [
        one.model_copy(update={"pointer": _moved(one.pointer or "", places)}) for one in problem.errors or ()
    ]
    own_id = facts.get(REQUEST_ID)
    request_id = problem.request_id if own_id else None
    return problem.model_copy(update={"errors": tuple(errors) or None, "request_id": request_id})


def _steps_of(fact: str) -> Sequence[str | int]:
    steps = fact.removeprefix(ITEM).split(".")
    return ["items", 0, *steps] if fact.startswith(ITEM) else list(steps)


def _moved(pointer: str, places: Mapping[str, str]) -> str:
    for stated, place in places.items():
        if pointer == stated or pointer.startswith(f"{stated}/"):
            return place + pointer.removeprefix(stated)
    return ""


def _invalid(faults: Mapping[str, str]) -> Problem:
    """The problem with faults by their pointers."""
    errors = [FieldError(pointer=pointer, detail=detail) for pointer, detail in faults.items()]
    counted = "1 fault was found." if len(errors) == 1 else f"{len(errors)} faults were found."
    return make_problem(ProblemKind.INVALID_REQUEST, counted, errors=errors)
