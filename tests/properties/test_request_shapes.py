"""For any request and any change of its bytes: what is filled in by its shape is what is worked out, to the byte."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.services.decision_work import DecisionAnswer
from benchmarks.mutated_bodies import run
from tests.support.shaped import CALLERS, TRACE, Shapes, assert_same, body_of
from tests.support.strategies import Plain, requests

MUTATED = 4_000
TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters='"\\'), min_size=1, max_size=30
)


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Shapes:
    return Shapes(tmp_path_factory.mktemp("shapes"))


@given(
    requests(), TEXTS, st.integers(0, 10**15 - 1), st.sampled_from([*CALLERS]), st.sampled_from([None, TRACE])
)
def test_a_request_that_is_filled_in_is_answered_as_it_is_worked_out(
    shapes: Shapes, request_: Plain, text: str, amount: int, caller: str, trace: str | None
) -> None:
    request_["department"] = {**(request_.get("department") or {}), "id": "metallurgy", "name": "one"}
    request_["items"][0] |= {"description": "a thing", "quantity": 1}
    body = body_of(request_)
    shapes.teach(body, caller)
    is_plain = shapes.cache.reader.read(body) is not None
    is_answered = isinstance(shapes.work_out(body, caller), DecisionAnswer)
    request_["request_id"] = text
    request_["department"]["name"] = text * 2
    request_["items"][0] |= {"description": text, "quantity": amount}
    found = shapes.send(body_of(request_), caller, trace)
    if found.filled:
        assert_same(found)
    assert found.filled or not (is_plain and is_answered and text.isascii())


def test_whatever_passes_of_mutated_bodies_is_worked_out_alike(shapes: Shapes) -> None:
    found = run(shapes, MUTATED, seed=random.Random(7).randrange(2**32))
    assert found["filled in, equal"] > MUTATED // 20
    assert found["left to be worked out"] > MUTATED // 4
