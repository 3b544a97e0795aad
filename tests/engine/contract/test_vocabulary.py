"""The words that conditions may use, and their choices in words.

Covers: engine.contract.choice_words
"""

import pytest

from engine.contract.choice_words import CHOICES_IN_WORDS
from engine.contract.vocabulary import FACTS_IN_ORDER, STATED_AS, WORDS, Kind, Word

WITH_CHOICES = {name: word for name, word in WORDS.items() if word.choices}


def test_the_choices_of_every_fact_stand_in_words_and_no_others() -> None:
    assert {name: set(words) for name, words in CHOICES_IN_WORDS.items()} == {
        name: set(word.choices) for name, word in WITH_CHOICES.items()
    }


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
    assert {STATED_AS.get(name, name) for name in WORDS} <= FACTS_IN_ORDER.keys()
    assert FACTS_IN_ORDER["mission.countries"] < FACTS_IN_ORDER["visit.border_area"]
