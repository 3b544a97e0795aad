"""Which texts an operator can make erasable: those of the vocabulary in force, and of records."""

import asyncio
import shutil
from pathlib import Path

import pytest

from api.policies.active import PolicyProvider
from api.policies.erasable_facts import OF_RECORDS, erasable_facts, personal_facts, read_names
from api.policies.floor import read_floor_file
from api.runtime.counters import Counters
from engine import PolicyFaults, Vocabulary, load_policies
from tests.support.shipped_words import VERSION_1

SEEDS = Path(__file__).parents[2] / "data" / "seed_house"
FACTS = """
  - {fact: visitor.name, kind: text, ask: Who is it?, answered_by: gardener}
  - {fact: visitor.badge, kind: text, ask: Which badge?, answered_by: gardener, personal: false}
  - {fact: visitor.file, kind: text, ask: Which file?, answered_by: guard, owner: guard}
"""


def with_texts(folder: Path) -> None:
    vocabulary = folder / "vocabulary.yaml"
    before, _, after = vocabulary.read_text().partition("phrases:")
    vocabulary.write_text(f"{before.rstrip()}{FACTS.rstrip()}\nphrases:{after}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SEEDS / "policies", tmp_path / "policies"))


def words_of(folder: Path) -> Vocabulary:
    return load_policies({file.name: file.read_bytes() for file in folder.glob("*.yaml")}).vocabulary


def test_a_text_is_personal_unless_it_is_declared_not_to_be(folder: Path) -> None:
    with_texts(folder)
    words = words_of(folder)
    assert personal_facts(words) == OF_RECORDS | {"item.description", "visitor.name"}
    assert erasable_facts(words) == personal_facts(words) | {"item.unit", "visitor.badge"}
    assert read_names("visitor.badge", words) == {"visitor.badge"}


@pytest.mark.parametrize("name", ["visitor.file", "visit.screened", "mission.name"])
def test_what_is_no_such_text_of_the_vocabulary_cannot_be_named(folder: Path, name: str) -> None:
    with_texts(folder)
    with pytest.raises(ValueError, match=f"`{name}` is no text that can be kept apart"):
        read_names(name, words_of(folder))


def test_the_secrecy_grade_of_version_1_names_no_person() -> None:
    assert "item.secrecy_grade" in erasable_facts(VERSION_1) - personal_facts(VERSION_1)


def test_the_texts_of_a_set_that_is_taken_up_are_erasable_from_then_on(folder: Path) -> None:
    provider = PolicyProvider(folder, Counters(), "personal", floor=read_floor_file(SEEDS / "floor.yaml"))
    assert "visitor.name" not in provider.erasable()
    with_texts(folder)
    assert asyncio.run(provider.reload())
    assert {"visitor.name", "item.description"} <= provider.erasable()


def test_a_set_without_a_text_that_is_to_be_erasable_is_not_usable(folder: Path) -> None:
    with_texts(folder)
    provider = PolicyProvider(folder, Counters(), "visitor.name", floor=read_floor_file(SEEDS / "floor.yaml"))
    before = provider.current
    shutil.copy(SEEDS / "policies" / "vocabulary.yaml", folder)
    assert not asyncio.run(provider.reload())
    assert provider.current is before
    assert [fault.code for fault in provider.faults] == ["L05"]
    with pytest.raises(PolicyFaults, match=r"L05 --keep-apart: `visitor\.name` is no text"):
        PolicyProvider(folder, Counters(), "visitor.name", floor=read_floor_file(SEEDS / "floor.yaml"))
