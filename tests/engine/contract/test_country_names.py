"""Every country that a request can state has a name, and no other."""

from __future__ import annotations

import pytest

from engine.contract.countries import COUNTRY_CODES
from engine.contract.country_names import CODES_BY_NAME


def test_the_names_are_those_of_the_countries_that_can_be_stated() -> None:
    assert frozenset().union(*CODES_BY_NAME.values()) == COUNTRY_CODES


@pytest.mark.parametrize(
    ("name", "codes"),
    [("Korea", {"KP", "KR"}), ("Laos", {"LA"}), ("Niger", {"NE"}), ("Soviet Union", {"SU"})],
)
def test_a_name_stands_for_every_country_that_goes_by_it(name: str, codes: set[str]) -> None:
    assert CODES_BY_NAME[name] == codes
