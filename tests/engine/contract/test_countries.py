"""Each code is either taken or refused, and a refused one that was in use names what to write."""

from __future__ import annotations

import pytest

from engine.contract.countries import COUNTRY_CODES, WITHDRAWN, describe_withdrawn


def test_codes_of_the_time_that_are_taken_are_still_taken() -> None:
    assert {"SU", "CS", "DD", "YU", "VN", "GB"} <= COUNTRY_CODES
    assert "VD" not in COUNTRY_CODES  # no listed country goes by two names


@pytest.mark.parametrize("code", WITHDRAWN)
def test_a_withdrawn_code_names_codes_that_are_taken(code: str) -> None:
    assert code not in COUNTRY_CODES
    assert set(WITHDRAWN[code]) <= COUNTRY_CODES


@pytest.mark.parametrize("code", ["XX", "KP", "SU", "", "vd", "VDVN"])
def test_of_any_other_text_nothing_is_stated(code: str) -> None:
    assert describe_withdrawn(code) is None
