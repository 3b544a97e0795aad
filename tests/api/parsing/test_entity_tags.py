"""The entity tags of If-Match, as RFC 9110 writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.parsing.entity_tags import ANY, EntityTags, read_entity_tags


@pytest.mark.parametrize(
    ("fields", "strong", "weak"),
    [
        (['"3"'], {"3"}, set()),
        ([' "3" , "4"'], {"3", "4"}, set()),
        (['"3"', '"4"'], {"3", "4"}, set()),
        (['W/"3"'], set(), {"3"}),
        (['"3",W/"3"'], {"3"}, {"3"}),
        (['"a,b"'], {"a,b"}, set()),
        (['""'], {""}, set()),
        ([', "3",,'], {"3"}, set()),
        ([""], set(), set()),
        ([], set(), set()),
    ],
)
def test_tags_are_read_as_one_list(fields: list[str], strong: set[str], weak: set[str]) -> None:
    assert read_entity_tags(fields) == EntityTags(strong, weak)


def test_a_star_stands_alone() -> None:
    assert read_entity_tags([" * "]) == ANY
    assert read_entity_tags(['*, "3"']) is None


@pytest.mark.parametrize(
    "field", ["3", '"3', '3"', 'w/"3"', "W/3", '"3" "4"', '"3";"4"', '"a b"', "'3'", '"3"x']
)
def test_what_is_no_tag_is_not_read(field: str) -> None:
    assert read_entity_tags([field]) is None


@given(st.text(max_size=12))
def test_any_text_is_read_or_not(field: str) -> None:
    found = read_entity_tags([field])
    assert found is None or found == ANY or not found.strong & {'"'}
