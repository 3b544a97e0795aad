"""In which order the keys of each part of a policy file stand: that of engine/loading/file_schema.py."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from engine.loading.file_kinds import FILE_KINDS


def kind_of_file(keys: list[str]) -> Any:
    """The sort of file that has these keys, None if it is of none or of several."""
    kinds = [FILE_KINDS[key] for key in keys if key in FILE_KINDS]
    return kinds[0] if len(kinds) == 1 else None


def keys_in_order(sort: Any) -> list[str]:
    """The keys of a part of that sort in their order; none if they are names of the author's own."""
    return list(_fields(sort))


def sort_within(sort: Any, key: str | None) -> Any:
    """The sort of what stands under `key` in a part of a sort, or of the items of a list; None if there is none."""
    for candidate in _alternatives(sort):
        if key is None and get_origin(candidate) is list:
            return get_args(candidate)[0]
        if key is not None and get_origin(candidate) is dict:
            return get_args(candidate)[1]
    return _fields(sort).get(key) if key is not None else None


def _fields(sort: Any) -> Mapping[str, Any]:
    for candidate in _alternatives(sort):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return {info.alias or name: info.annotation for name, info in candidate.model_fields.items()}
    return {}


def _alternatives(sort: Any) -> list[Any]:
    if get_origin(sort) is Annotated:
        return _alternatives(get_args(sort)[0])
    if get_origin(sort) in (Union, types.UnionType):
        return [found for argument in get_args(sort) for found in _alternatives(argument)]
    return [sort]
