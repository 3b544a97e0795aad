"""Bytes to requests of the contract: strict JSON, then the strict model; every fault is collected.

Texts are taken as `api.parsing.stated_texts` says, but for those of the log, which were taken before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from api.parsing.member_counts import member_counter
from api.parsing.problems import FieldError, Problem, ProblemKind, make_problem
from api.parsing.stated_texts import are_sound, as_taken, find_text_faults, may_mislead, with_normal_texts
from api.parsing.strict_json import (
    MAX_DIGITS,
    DoubtError,
    JsonFault,
    NotJsonError,
    Repeated,
    find_faults,
    has_escaped_surrogates,
    is_text,
    read_entries,
    read_faultless,
    read_value,
)
from api.parsing.validation_messages import describe_errors, group_errors
from engine import Request, Vocabulary

MAX_ERRORS = 50
MAX_REQUEST_ID = 200
REQUEST_ID = "/request_id"

M = TypeVar("M", bound=BaseModel)


class Received(NamedTuple):
    """A request and its bytes, exactly as received."""

    request: Request
    body: bytes


def read_request(body: bytes, vocabulary: Vocabulary) -> Received | Problem:
    """Return the request in `body`, or the problem that lists its faults and echoes its request id."""
    try:
        return Received(read_sound_request(body, vocabulary), body)
    except DoubtError:
        request = read_model(body, vocabulary.request)
    return request if isinstance(request, Problem) else Received(request, body)


def read_recorded_request(
    body: bytes, members: Mapping[str, Any], vocabulary: Vocabulary
) -> Request | Problem:
    """Return the request of an entry with these members, its texts as they were taken, or the problem with it.

    Raises ValueError for a form of texts that this version does not know.
    """
    try:
        return read_sound_request(
            body, vocabulary
        )  # Its texts are the same in whatever form they were taken.
    except DoubtError:
        pass
    try:
        value = read_value(body)
    except NotJsonError as error:
        return _not_json(error)
    faults = find_faults(value)
    return _checked(as_taken(value, members), faults, vocabulary.request)


def read_sound_request(body: bytes, vocabulary: Vocabulary) -> Request:
    """Return the request in `body` as the strict reading does, if a fast check shows that it has no fault.

    Raises `DoubtError` otherwise. The library's reader of JSON takes the last of members that are given twice, and
    reads other than whole numbers as binary fractions. The first shows where there are more colons than members, the
    second in an amount that has an exponent; such a body, or one with a colon in a text, is left to the strict one.
    """
    misleading = may_mislead(body)
    if misleading and has_escaped_surrogates(body):
        raise DoubtError
    try:
        request: Request = vocabulary.request.__pydantic_validator__.validate_json(body)
    except ValidationError as failure:
        raise DoubtError from failure
    if member_counter(vocabulary, MAX_DIGITS)(request) != body.count(b":"):
        raise DoubtError
    if misleading and not are_sound(request, vocabulary):
        raise DoubtError
    return request


def read_model(body: bytes, model: type[M]) -> M | Problem:
    """Return what `body` holds, or the problem that lists its faults."""
    try:
        return _taken(body, read_faultless(body), (), model)
    except DoubtError:
        pass
    try:
        value = read_value(body)
    except NotJsonError as error:
        return _not_json(error)
    return _taken(body, value, find_faults(value), model)


def read_open_model(body: bytes, model: type[M]) -> M | Problem:
    """Return what `body` holds as `read_model` does, for a model that ignores members it does not know.

    The texts stay as they were received: what is taken of them is looked at where it is taken.
    """
    try:
        value = read_value(body)
    except NotJsonError as error:
        return _not_json(error)
    return check_value(value, model, find_faults(value))


def check_value(value: object, model: type[M], faults: Sequence[JsonFault] = ()) -> M | Problem:
    """Return what a value that was read holds, or the problem with its faults and those found before."""
    return _checked(value, faults, model)


def read_requests(
    body: bytes, max_entries: int, vocabulary: Vocabulary
) -> Sequence[Received | Problem] | Problem:
    """Return each entry of the list in `body` as a request or as its problem, in the order of the list.

    A body that is no list, or a list of more than `max_entries` entries, is one problem.
    """
    entries: list[Received | Problem] = []
    try:
        for value, own in read_entries(body):
            if len(entries) == max_entries:
                return make_problem(ProblemKind.TOO_LARGE, f"A list holds at most {max_entries} requests.")
            request = _taken(own, value, find_faults(value), vocabulary.request)
            entries.append(request if isinstance(request, Problem) else Received(request, own))
    except NotJsonError as error:
        return _not_json(error)
    return entries


def _not_json(error: NotJsonError) -> Problem:
    return make_problem(
        ProblemKind.INVALID_JSON,
        "The body could not be read as JSON.",
        errors=[FieldError(pointer="", detail=error.detail)],
    )


def _taken(body: bytes, value: object, faults: Iterable[JsonFault], model: type[M]) -> M | Problem:
    """What `value`, which is that of `body`, holds with its texts as they are taken at a door, or the problem."""
    if not may_mislead(body):
        return _checked(value, [*faults], model)
    found = [*faults, *find_text_faults(value)]
    return _checked(with_normal_texts(value), found, model)


def _checked(value: object, faults: Sequence[JsonFault], model: type[M]) -> M | Problem:
    try:
        found = model.model_validate(value)
    except ValidationError as failure:
        return _invalid(value, faults, failure, model)
    return _invalid(value, faults, None, model) if faults else found


def _invalid(
    value: object, faults: Sequence[JsonFault], failure: ValidationError | None, model: type[BaseModel]
) -> Problem:
    details = {fault.pointer: fault.detail for fault in faults}
    places = group_errors(failure, value) if failure else {}
    for pointer in details:
        places.pop(pointer, None)
    found = len(details) + len(places)
    errors = [
        FieldError(pointer=pointer, detail=detail) for pointer, detail in list(details.items())[:MAX_ERRORS]
    ]
    errors += [
        describe_errors(pointer, places[pointer], model)
        for pointer in list(places)[: MAX_ERRORS - len(errors)]
    ]
    counted = "1 fault was found" if found == 1 else f"{found} faults were found"
    return make_problem(
        ProblemKind.INVALID_REQUEST,
        f"{counted}; the first {MAX_ERRORS} are listed." if found > MAX_ERRORS else f"{counted}.",
        request_id=None if REQUEST_ID in details else _request_id(value),
        errors=errors,
    )


def _request_id(value: object) -> str | None:
    """Return the caller's own id, if it can be read without a doubt."""
    if not isinstance(value, dict) or (isinstance(value, Repeated) and "request_id" in value.names):
        return None
    own = value.get("request_id")
    return own if isinstance(own, str) and is_text(own) and 0 < len(own) <= MAX_REQUEST_ID else None
