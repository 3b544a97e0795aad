"""What is recorded, in the words of the policies in force: what of it they do not have, and the rest of a request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from engine import Kind, Request, Vocabulary
from engine.contract.request_models import is_value_of
from engine.contract.vocabulary import AS_OF, COUNTRIES, ITEM


@dataclass(frozen=True, slots=True)
class UnknownRecordedWord:
    """Where something is recorded, and what of it a policy set does not have."""

    where: str
    what: str


def lacks(vocabulary: Vocabulary, name: str, value: Any) -> str | None:
    """What a vocabulary does not have of a fact that is stated with a value; None if it has both.

    What it does not have is not known to its rules, whatever was recorded of it. A value is named if it can have been
    a choice: a text may name a person.
    """
    if name == COUNTRIES:
        return None
    word = vocabulary.words.get(name)
    if word is None:
        return f"the fact {name}"
    if value is None or is_value_of(word, value):
        return None
    if word.kind is Kind.CHOICE and isinstance(value, str) and value.islower() and value.isidentifier():
        return f"the choice {value} of {name}"
    return f"the recorded value of {name}, which is a {word.kind} now"


class Restated(NamedTuple):
    """A request in the words of a set, and what that set does not have of what it stated."""

    request: Request
    lacking: tuple[str, ...] = ()


def stated_in(vocabulary: Vocabulary, request: Request) -> Restated:
    """Return the request in the words of another set; what that set does not have of it is not stated there."""
    if type(request) is vocabulary.request:
        return Restated(request)
    stated, lacking = request.model_dump(exclude_unset=True), dict[str, None]()
    items = stated.pop("items")
    members = _known(vocabulary, stated, "", lacking)
    members["items"] = [_known(vocabulary, item, ITEM, lacking) for item in items]
    return Restated(vocabulary.request.model_validate(members), tuple(lacking))


_ALWAYS = ("request_id", AS_OF, f"{ITEM}line")


def _known(
    vocabulary: Vocabulary, stated: Mapping[str, Any], prefix: str, lacking: dict[str, None]
) -> dict[str, Any]:
    """The facts that the vocabulary has; what else is known is added to `lacking`."""
    found: dict[str, Any] = {}
    for key, value in stated.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            if within := _known(vocabulary, value, f"{name}.", lacking):
                found[key] = within
        elif name in _ALWAYS or (what := lacks(vocabulary, name, value)) is None:
            found[key] = value
        elif value is not None:
            lacking[what] = None
    return found
