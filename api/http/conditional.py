"""Calls on a version that the caller has seen: the header If-Match (RFC 9110, 13.1.1)."""

from __future__ import annotations

from fastapi import Request

from api.parsing.entity_tags import ANY, EntityTags, read_entity_tags
from api.parsing.problems import ProblemError, ProblemKind, make_problem


def read_if_match(request: Request) -> EntityTags:
    """Return the tags of a call. Raises `ProblemError`: 400 for what is no tag, 428 where no version is named."""
    tags = read_entity_tags(request.headers.getlist("if-match"))
    if tags is None:
        detail = 'Send the `ETag` of the case as you read it, in its double quotes: `If-Match: "3"`.'
        raise ProblemError(make_problem(ProblemKind.IF_MATCH, detail))
    if tags == ANY:
        detail = "`*` names no version. Send the `ETag` of the case as you last read it in `If-Match`."
        raise ProblemError(make_problem(ProblemKind.VERSION_REQUIRED, detail))
    if not (tags.strong or tags.weak):
        detail = "Send the header `If-Match` with the `ETag` of the case as you last read it."
        raise ProblemError(make_problem(ProblemKind.VERSION_REQUIRED, detail))
    return tags
