"""The vocabulary of a folder: declared, defaulted, large, and equal for equal declarations."""

import pickle

import pytest

from engine import PolicyFaults, load_policies, vocabulary_in
from tests.support.mistakes import SHIPPED
from tests.support.shipped_words import VERSION_1

HANDOVER = """
  - {fact: handover.by, kind: choice, choices: {host: the host, other: another}, ask: Who?, answered_by: committee}
  - {fact: handover.to, kind: choice, choices: {guest: the guest, other: another}, ask: Whom?, answered_by: committee}
"""


def test_a_folder_without_a_vocabulary_has_that_of_version_1() -> None:
    files = {name: content for name, content in SHIPPED.items() if name != "vocabulary.yaml"}
    assert load_policies(files).vocabulary is VERSION_1


def test_equal_declarations_give_the_same_vocabulary() -> None:
    commented = {**SHIPPED, "vocabulary.yaml": b"# a remark\n" + SHIPPED["vocabulary.yaml"]}
    assert load_policies(commented).vocabulary is load_policies(SHIPPED).vocabulary
    assert pickle.loads(pickle.dumps(VERSION_1)) is VERSION_1


def test_a_second_vocabulary_is_a_fault() -> None:
    with pytest.raises(PolicyFaults) as faults:
        load_policies({**SHIPPED, "words.yaml": SHIPPED["vocabulary.yaml"]})
    (fault,) = faults.value.diagnostics
    assert fault.code == "V01"
    assert fault.place.file == "words.yaml"


def test_five_hundred_facts_and_a_choice_of_a_thousand_words_are_sound() -> None:
    choices = ", ".join(f"word_{number}: the word {number}" for number in range(1000))
    rows = "".join(
        f"  - {{fact: item.group_{number % 20}.fact_{number}, kind: truth, ask: Is it {number}?, answered_by: a}}\n"
        for number in range(500)
    )
    word = f"  - {{fact: item.word, kind: choice, choices: {{{choices}}}, ask: Which?, answered_by: a}}\n"
    text = f"asking_party: a\nfacts:{HANDOVER}{word}{rows}"
    vocabulary = vocabulary_in({"vocabulary.yaml": text.encode()})
    read = vocabulary.request.model_validate(
        {"request_id": "x", "items": [{"word": "word_999", "group_19": {"fact_499": True}}]}
    )
    facts = vocabulary.stated_of(read.items[0])
    assert facts == {"item.word": "word_999", "item.group_19.fact_499": True}
    assert len(vocabulary.facts) == 500 + 3 + 4


def test_the_deepest_groups_are_read_withheld_and_flattened_alike() -> None:
    deep = "  - {fact: item.a.b.c.d, kind: number, ask: How many?, answered_by: b, owner: b}\n"
    text = f"asking_party: a\nfacts:{HANDOVER}{deep}"
    vocabulary = vocabulary_in({"vocabulary.yaml": text.encode()})
    read = vocabulary.request.model_validate(
        {"request_id": "x", "items": [{"a": {"b": {"c": {"d": 2}}}}, {"a": {"b": None}}]}
    )
    assert [vocabulary.stated_of(item).get("item.a.b.c.d") for item in read.items] == [2, None]
    assert vocabulary.owners == {"b"}
    assert vocabulary.owned_by_others({"a"}) == ("item.a.b.c.d",)
