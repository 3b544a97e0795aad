"""The phrases of a folder: what each states, and that no sentence can be two of them.

Covers: engine.contract.phrases
"""

import re

import pytest

from engine import PolicyFaults, load_policies
from engine.contract.phrases import Phrase, pattern_of
from tests.support.mistakes import ROOT, SHIPPED
from tests.support.shipped_words import VERSION_1

SEED_HOUSE = ROOT / "tests" / "data" / "seed_house" / "policies"
WORDS = load_policies(SHIPPED).vocabulary


def faults_of(*phrases: str) -> list[str]:
    """The codes that are found in a folder with these phrases alone."""
    files = {path.name: path.read_bytes() for path in SEED_HOUSE.glob("*.yaml")}
    text, _, _ = files["vocabulary.yaml"].decode().partition("phrases:\n")
    rows = "".join(f"  - {phrase}\n" for phrase in phrases)
    try:
        load_policies({**files, "vocabulary.yaml": f"{text}phrases:\n{rows}".encode()})
    except PolicyFaults as faults:
        return [fault.code for fault in faults.diagnostics]
    return []


def test_a_folder_without_a_vocabulary_has_the_shipped_phrases() -> None:
    files = {name: content for name, content in SHIPPED.items() if name != "vocabulary.yaml"}
    assert load_policies(files).phrases == load_policies(SHIPPED).phrases


def test_phrases_are_no_part_of_the_vocabulary_of_conditions() -> None:
    text, _, _ = SHIPPED["vocabulary.yaml"].decode().partition("phrases:\n")
    without = load_policies({**SHIPPED, "vocabulary.yaml": text.encode()})
    assert without.vocabulary is VERSION_1
    assert without.phrases.facts == ()


@pytest.mark.parametrize(
    ("phrases", "codes"),
    [
        (("phrase: it is {item.sort}", "phrase: it is {item.agreement.state}"), []),
        (("phrase: it is {item.sort}", "{phrase: it is a book, states: {visit.screened: true}}"), ["V16"]),
        (("phrase: it is {item.sort}", "{phrase: it is a pot, states: {visit.screened: true}}"), []),
        (("phrase: for {item.description}", "phrase: for {item.unit}"), ["V16"]),
        (("phrase: for {item.description} of it", "phrase: for {item.unit} of them"), []),
        (("phrase: a {item.description} b", "phrase: a b {item.unit}"), ["V16"]),
        (("phrase: a{item.quantity}b", "{phrase: ab, states: {visit.screened: true}}"), []),
        (("phrase: a{item.quantity}b", "{phrase: a1b, states: {visit.screened: true}}"), ["V16"]),
        (("phrase: on {happened_on} it is {item.sort}", "phrase: on {item.description}"), ["V16"]),
        (("phrase: by {happened_on}",), ["V19"]),
        (("{phrase: they are two, states: {item.quantity: 2.5}}",), []),
        (("{phrase: they are two, states: {item.quantity: -2}}",), ["V18"]),
        (("{phrase: they are two, states: {item.agreement.amount: 'two'}}",), ["V18"]),
        (("{phrase: it is now, states: {as_of: 2026-03-01}}",), []),
        (("{phrase: it is now, states: {as_of: now}}",), ["V18"]),
        (("{phrase: from there, states: {mission.countries: FR}}",), []),
        (("{phrase: from there, states: {mission.country: FR}}",), ["V18"]),
        (("{phrase: it is odd, states: {item.sort: book}, not_known: [item.sort]}",), ["V18"]),
        (("{phrase: '{item.sort', states: {item.sort: book}}",), ["V17"]),
        (("{phrase: '{}', states: {item.sort: book}}",), ["V17"]),
        (("{phrase: 'two  spaces', states: {item.sort: book}}",), ["P05"]),
        (("{phrase: another book, states: {item.sort: book}, line: 2}",), []),
        (("{phrase: 'another {item.sort}', line: 0}",), ["P07"]),
    ],
)
def test_a_sentence_can_be_one_phrase_and_a_phrase_states_what_can_be(
    phrases: tuple[str, ...], codes: list[str]
) -> None:
    assert faults_of(*phrases) == codes


@pytest.mark.parametrize(
    ("text", "sentence", "taken"),
    [
        ("the consultation is {item.channel.consultation}", "the consultation is no reply", ("no reply",)),
        ("the consultation is {item.channel.consultation}", "the consultation is no_reply", ("no_reply",)),
        ("the consultation is {item.channel.consultation}", "the consultation is put off", ("put off",)),
        ("the consultation is {item.channel.consultation}", "the consultation is over", None),
        ("from {mission.countries}", "from Korea and France", ("Korea and France",)),
        ("session {item.channel.inclusion_session} (next)", "session 8 (next)", ("8",)),
        ("session {item.channel.inclusion_session}", "session 8 or 9", None),
    ],
)
def test_a_phrase_takes_a_value_where_it_names_a_fact(
    text: str, sentence: str, taken: tuple[str, ...] | None
) -> None:
    found = re.fullmatch(pattern_of(Phrase(text, {}), WORDS), sentence)
    assert (found and found.groups()) == taken
