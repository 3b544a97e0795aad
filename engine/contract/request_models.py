"""The facts of a vocabulary -> the pydantic model that reads a request: one for the whole, one for each group."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, Literal, assert_never

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, create_model

from engine.contract.request import (
    CountryCode,
    Date,
    FactText,
    Handover,
    Item,
    Mission,
    Number,
    Request,
    RequestPart,
)
from engine.contract.vocabulary import COUNTRY_QUESTION, Kind, Word

_BASES: Mapping[str, type[RequestPart]] = {"mission": Mission, "handover": Handover, "item": Item}
"""The groups that every request has."""
UNUSABLE_MEMBERS = frozenset(dir(RequestPart))
"""Names that stand for something else in every model."""

_COUNTRIES = Annotated[list[CountryCode], Field(min_length=1, max_length=50)]
_LINE = Annotated[int, Field(ge=0)] | Annotated[str, Field(min_length=1, max_length=100)]

_AS_OF = "The day the answer is asked for; if absent, today at the calendar place of the policies."

_Fields = dict[str, Any]


def make_request_model(facts: Iterable[Word], groups: Mapping[str, str], asking_party: str) -> type[Request]:
    """Return the model of a request with these facts; `groups` describes groups of them, by dotted name.

    Members stand in the order of the facts, the lines last. Every member is optional but the id and the lines.
    """
    tree: dict[str, Any] = {"mission": {}, "item": {}}
    for word in facts:
        *groups_on_the_way, last = word.name.split(".")
        place = tree
        for group in groups_on_the_way:
            place = place.setdefault(group, {})
        place[last] = word
    maker = _Maker(groups, asking_party)
    item = maker.model("item", tree.pop("item"))
    members: _Fields = {
        "request_id": (Annotated[str, Field(min_length=1, max_length=200)], ...),
        "as_of": (
            Date | None,
            Field(
                default=None,
                description=_AS_OF,
            ),
        ),
        **maker.members("", tree),
        "items": (Annotated[list[item], Field(min_length=1, max_length=1000)], ...),  # type: ignore[valid-type]  # made here
    }
    return create_model("Request", __base__=Request, __doc__=Request.__doc__, __module__=__name__, **members)


class _Maker:
    """Makes the model of each group, under a name that no other has."""

    def __init__(self, groups: Mapping[str, str], asking_party: str) -> None:
        self.groups = groups
        self.asking_party = asking_party
        self.taken = {"Request"}

    def model(self, group: str, members: Mapping[str, Any]) -> type[RequestPart]:
        base = _BASES.get(group, RequestPart)
        fields = self.members(f"{group}.", members)
        if group == "mission":
            countries = _fact(COUNTRY_QUESTION, self.asking_party)
            fields = {"countries": (_COUNTRIES | None, countries), **fields}
        if group == "item":
            mark = "The line's number or mark; the position in the list if absent."
            fields = {"line": (_LINE | None, Field(default=None, description=mark)), **fields}
        title = self._name(group)
        return create_model(
            title, __base__=base, __doc__=self._describe(group), __module__=__name__, **fields
        )

    def members(self, prefix: str, members: Mapping[str, Any]) -> _Fields:
        """The members of a group: its facts, and the groups in it."""
        fields: _Fields = {}
        for name, member in members.items():
            if isinstance(member, Word):
                fields[name] = (type_of(member) | None, _fact(member.ask, member.answered_by))
            else:
                model = self.model(prefix + name, member)
                fields[name] = (model | None, Field(default=None, description=self._describe(prefix + name)))
        return fields

    def _describe(self, group: str) -> str:
        base = _BASES.get(group)
        usual = base.__doc__ if base else f"The facts under `{group}`."
        return self.groups.get(group) or usual or ""

    def _name(self, group: str) -> str:
        *_, last = words = [word.title().replace("_", "") for word in group.split(".")]
        name = free_name((last, "".join(words)), self.taken)
        self.taken.add(name)
        return name


def free_name(choices: Sequence[str], taken: Collection[str]) -> str:
    """The first of some names that is not taken; else the last, with as many `Facts` behind as it needs."""
    for name in choices:
        if name not in taken:
            return name
    name = choices[-1]
    while name in taken:
        name += "Facts"
    return name


def _fact(ask: str, answered_by: str) -> Any:
    return Field(default=None, description=ask, json_schema_extra={"x-answered-by": answered_by})


def type_of(word: Word) -> Any:
    """The type of a fact's value where it is known."""
    match word.kind:
        case Kind.TRUTH:
            return bool
        case Kind.CHOICE:
            return Literal[word.choices]
        case Kind.TEXT:
            return FactText
        case Kind.DATE:
            return Date
        case Kind.NUMBER if word.whole:
            return Annotated[int, Field(ge=word.least, le=word.most)]
        case Kind.NUMBER if word.least or word.most is not None:
            return Annotated[Number, Field(ge=word.least, le=word.most)]
        case Kind.NUMBER:
            return Number
        case _:
            assert_never(word.kind)


def is_value_of(word: Word, value: object) -> bool:
    """Whether a request may state this value of a fact, as JSON or as it was read."""
    try:
        _adapter(word).validate_python(value)
    except ValidationError:
        return False
    return True


@lru_cache(maxsize=4096)
def _adapter(word: Word) -> TypeAdapter[Any]:
    return TypeAdapter(type_of(word), config=ConfigDict(strict=True))
