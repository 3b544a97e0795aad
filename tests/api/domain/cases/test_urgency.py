"""The links of an answer are written as their model writes them."""

from __future__ import annotations

from itertools import product

import pytest

from api.domain.cases.urgency import links_of, links_to_bytes
from tests.support.shipped_roles import ROLES


@pytest.mark.parametrize("role", sorted(ROLES))
@pytest.mark.parametrize(
    "name", ["0190e5a6-0000-7000-8000-000000000000", 'a "name" of \u00e9'], ids=["id", "escapes"]
)
def test_the_links_are_written_as_they_are(role: str, name: str) -> None:
    found = set()
    for key, case_id, urgent in product(
        (None, ("metallurgy", "r"), ("metallurgy", "r\0")), (None, "c-1"), (False, True)
    ):
        links = links_of(name, key, case_id, ROLES[role], urgent=urgent)
        written = links_to_bytes(name, key, case_id, ROLES[role], urgent=urgent)
        assert written == (None if links is None else links.to_bytes())
        found.add(written)
    assert len(found) > 1 or role == "policy_officer"
