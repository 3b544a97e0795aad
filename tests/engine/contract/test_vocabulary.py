"""The words that conditions may use, and their choices in words.

Covers: engine.contract.vocabulary_building, engine.contract.request_models
"""

import pytest

from engine import vocabulary_in
from engine.contract.vocabulary import STATED_AS, Kind, Word
from tests.support.mistakes import ROOT
from tests.support.shipped_words import VERSION_1, WORDS

WITH_CHOICES = {name: word for name, word in WORDS.items() if word.choices}


def test_the_shipped_vocabulary_is_that_of_version_1() -> None:
    """Until an officer changes it; requests of earlier versions then keep what they were read by."""
    assert (
        vocabulary_in({"vocabulary.yaml": (ROOT / "policies" / "vocabulary.yaml").read_bytes()}) is VERSION_1
    )


@pytest.mark.parametrize("name", sorted(WITH_CHOICES))
def test_the_words_are_short_and_each_says_something_of_its_own(name: str) -> None:
    words = list(WORDS[name].choices_in_words.values())
    assert len(set(words)) == len(words)
    assert all(0 < len(word) <= 60 and "_" not in word and "->" not in word for word in words)


def test_a_truth_is_yes_or_no_and_a_number_has_no_choices() -> None:
    assert WORDS["item.published"].choices_in_words == {"true": "yes", "false": "no"}
    assert WORDS["item.quantity"].choices_in_words == {}


def test_the_choices_of_a_parameter_are_read_as_the_words_they_are_made_of() -> None:
    word = Word("{deliver_upon}", Kind.CHOICE, ("agreed_to_include", "none"))
    assert word.choices_in_words == {"agreed_to_include": "agreed to include", "none": "none"}


def test_every_fact_of_a_request_has_its_place_in_the_order_of_the_vocabulary() -> None:
    assert {STATED_AS.get(name, name) for name in WORDS} <= VERSION_1.order.keys()
    assert VERSION_1.order["mission.countries"] < VERSION_1.order["visit.border_area"]
