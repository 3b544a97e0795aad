"""What is recorded, in the words of the policies in force: what of it they do not have, and the rest of a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import Kind, Request, Vocabulary
from engine.contract.request_models import is_value_of
from engine.contract.vocabulary import AS_OF, COUNTRIES, ITEM


def lacks(vocabulary: Vocabulary, name: str, value: Any) -> str | None:
    """What a vocabulary does not have of a fact that is stated with a value; None if it has both.

    What it does not have is not known to its rules, whatever was recorded of it.
    """
    if name == COUNTRIES:
        return None
    word = vocabulary.words.get(name)
    if word is None:
        return f"the fact {name}"
    if value is None or is_value_of(word, value):
        return None
    if word.kind is Kind.CHOICE:
        return f"the choice {value} of {name}"
    return f"the recorded value of {name}, which is a {word.kind} now"


def stated_in(vocabulary: Vocabulary, request: Request) -> Request:
    """Return the request in the words of another set, without what that set does not have. Raises ValueError."""
    if type(request) is vocabulary.request:
        return request
    stated = request.model_dump(exclude_unset=True)
    items = [_known(vocabulary, item, ITEM) for item in stated.pop("items")]
    return vocabulary.request.model_validate({**_known(vocabulary, stated, ""), "items": items})


_ALWAYS = ("request_id", AS_OF, f"{ITEM}line")


def _known(vocabulary: Vocabulary, stated: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in stated.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            if within := _known(vocabulary, value, f"{name}."):
                found[key] = within
        elif name in _ALWAYS or lacks(vocabulary, name, value) is None:
            found[key] = value
    return found
