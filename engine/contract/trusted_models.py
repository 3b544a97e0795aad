"""Frozen models made of values that are known to be of their declared types, at a fraction of the cost."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel

M = TypeVar("M", bound=BaseModel)
_new = object.__new__
_set_members = BaseModel.__dict__["__dict__"].__set__
_set_stated = BaseModel.__dict__["__pydantic_fields_set__"].__set__
_set_extra = BaseModel.__dict__["__pydantic_extra__"].__set__
_set_private = BaseModel.__dict__["__pydantic_private__"].__set__


def make_unchecked(model: type[M], members: dict[str, object], stated: set[str] | None = None) -> M:
    """Return a model that holds the dictionary of all its members, which are of their declared types.

    Nothing is checked or copied. `stated` are the members that count as set; all, if not given.
    """
    made = _new(model)
    _set_members(made, members)
    _set_stated(made, set(members) if stated is None else stated)
    _set_extra(made, None)
    _set_private(made, None)
    return made


def with_members(model: M, **members: object) -> M:
    """Return a copy of the model with other members, of their declared types: they are not checked."""
    return make_unchecked(
        type(model), {**model.__dict__, **members}, model.__pydantic_fields_set__ | members.keys()
    )
