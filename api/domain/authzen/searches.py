"""A search of AuthZEN as the questions that it asks: one for each entity that the policies list."""

from __future__ import annotations

import binascii
import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, assert_never

from api.domain.authzen.answers import AttachedObligation, EvaluationAnswer
from api.domain.authzen.call_models import (
    ActionPart,
    ActionSearchCall,
    AnySearch,
    EntityPart,
    EvaluationCall,
    PagePart,
    ResourceSearchCall,
    SearchCall,
    SubjectSearchCall,
)
from api.domain.authzen.mapping import find_unknown
from api.parsing.answers import JsonAnswer
from api.parsing.json_values import canonical_json
from api.parsing.problems import FieldError, ProblemError, ProblemKind, make_problem
from engine import AuthzenMapping, EntityMapping

MOST_IN_A_PAGE = 100


class FoundEntity(JsonAnswer):
    """A subject or resource to which the answer is yes, and what has to be done with it."""

    type: str
    id: str
    obligations: tuple[AttachedObligation, ...] = ()


class FoundAction(JsonAnswer):
    """An action to which the answer is yes, and what has to be done with it."""

    name: str
    obligations: tuple[AttachedObligation, ...] = ()


class PageAnswer(JsonAnswer):
    """Where the results go on: an empty token says that there are no more."""

    next_token: str
    count: int


class EntitySearchAnswer(JsonAnswer):
    """The subjects or resources that were found."""

    results: tuple[FoundEntity, ...]
    page: PageAnswer | None = None


class ActionSearchAnswer(JsonAnswer):
    """The actions that were found."""

    results: tuple[FoundAction, ...]
    page: PageAnswer | None = None


class SearchPage(NamedTuple):
    """The part of the questions that a call asks, and the token of the part behind it, empty at the end."""

    questions: list[EvaluationCall]
    next_token: str


def lists_entities(entities: Mapping[str, EntityMapping]) -> bool:
    """Whether the policies list the entities of some type, so that they can be searched."""
    return any(entity.known for entity in entities.values())


def questions_of(mapping: AuthzenMapping, call: AnySearch) -> list[EvaluationCall]:
    """Return the question about each entity that can be found; none where the call names what is not known."""
    return [one for one in _candidates(mapping, call) if not any(find_unknown(mapping, one))]


def _candidates(mapping: AuthzenMapping, call: AnySearch) -> Iterator[EvaluationCall]:
    question = EvaluationCall.model_construct  # the parts were checked, and are shared: a context can be long
    match call:
        case SubjectSearchCall():
            for subject in _listed(mapping.subjects, call.subject.type, call.subject.properties):
                yield question(
                    subject=subject, action=call.action, resource=call.resource, context=call.context
                )
        case ResourceSearchCall():
            for resource in _listed(mapping.resources, call.resource.type, call.resource.properties):
                yield question(
                    subject=call.subject, action=call.action, resource=resource, context=call.context
                )
        case ActionSearchCall():
            for name in mapping.actions:
                action = ActionPart(name=name)
                yield question(
                    subject=call.subject, action=action, resource=call.resource, context=call.context
                )
        case _:
            assert_never(call)


def _listed(
    entities: Mapping[str, EntityMapping], name: str, properties: dict[str, object]
) -> Iterator[EntityPart]:
    known: Iterable[str] = entities[name].known if name in entities else ()
    return (EntityPart.model_construct(type=name, id=identity, properties=properties) for identity in known)


def is_of_itself(
    mapping: AuthzenMapping, call: AnySearch, question: EvaluationCall, fact: str | None
) -> bool:
    """Whether the policies, and not the call, state a fact of what the question of a search is about."""
    match call:
        case SubjectSearchCall():
            found, identity = mapping.subjects[question.subject.type], question.subject.id
        case ResourceSearchCall():
            found, identity = mapping.resources[question.resource.type], question.resource.id
        case ActionSearchCall():
            found, identity = mapping.actions[question.action.name], ""
        case _:
            assert_never(call)
    return fact in found.states or fact in found.known.get(identity, {})


def page_of(call: SearchCall, questions: list[EvaluationCall], revision: str) -> SearchPage:
    """Return the part of the questions that the page of a call names, under the policies of a revision.

    Raises `ProblemError` for a token of another search, of other policies, or of pages of another length.
    """
    page = call.page or PagePart()
    search = _digest(call, revision)
    start, limit = _read_token(page, search) if page.token else (0, page.limit or MOST_IN_A_PAGE)
    limit = min(limit, MOST_IN_A_PAGE)
    end = start + limit
    next_token = _token(end, limit, search) if end < len(questions) else ""
    return SearchPage(questions[start:end], next_token)


def page_answer(call: SearchCall, next_token: str, count: int) -> PageAnswer | None:
    """Return what an answer says of its page; nothing where it is whole and no page was named."""
    if call.page is None and not next_token:
        return None
    return PageAnswer(next_token=next_token, count=count)


def _digest(call: SearchCall, revision: str) -> str:
    """What a token has in common with its search: whatever the answers can rest on."""
    search = canonical_json({"search": call.model_dump(exclude={"page"}), "revision": revision})
    return hashlib.sha256(search.encode()).hexdigest()[:32]


def _token(start: int, limit: int, search: str) -> str:
    return urlsafe_b64encode(json.dumps([start, limit, search]).encode()).decode()


def _read_token(page: PagePart, search: str) -> tuple[int, int]:
    try:
        start, limit, other = json.loads(urlsafe_b64decode(page.token.encode()))
    except (binascii.Error, ValueError, TypeError, RecursionError):
        start, limit, other = 0, 0, ""
    of_this_search = other == search and type(start) is int and type(limit) is int and start >= 0
    if not of_this_search or limit < 1 or page.limit not in (None, limit):
        fault = FieldError(
            pointer="/page/token",
            detail="is of another search, or of other policies; send the search again without it",
        )
        raise ProblemError(make_problem(ProblemKind.INVALID_REQUEST, "1 fault was found.", errors=[fault]))
    return start, limit


def permitted(
    questions: Iterable[EvaluationCall], answers: Iterable[EvaluationAnswer]
) -> Iterator[tuple[EvaluationCall, tuple[AttachedObligation, ...]]]:
    """Yield the questions that were answered with yes, and what each answer requires."""
    for question, answer in zip(questions, answers, strict=True):
        if answer.decision:
            yield question, answer.context.obligations
