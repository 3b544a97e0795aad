"""The vocabulary of the shipped directive, its words, and requests in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import Request, vocabulary_of_version_1

VERSION_1 = vocabulary_of_version_1()
WORDS = VERSION_1.words
COMMITTEE, DEPARTMENT = "committee", "receiving_department"


def make_request(members: Mapping[str, Any]) -> Request:
    return VERSION_1.request.model_validate(members)
