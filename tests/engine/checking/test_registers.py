"""The registers of a folder: from its file, from version 1, or none.

Covers: engine.policy.registers, engine.contract.registers
"""

import pickle

import pytest

from engine import PolicyFaults, load_policies, load_recorded_policies
from engine.checking.registers import registers_of_version_1
from engine.contract.registers import DueState, RegisterStep
from tests.acceptance.test_own_vocabulary import SEEDS
from tests.support.mistakes import SHIPPED

WITHOUT = {name: content for name, content in SHIPPED.items() if name != "registers.yaml"}
OWN_WORDS = {path.name: path.read_bytes() for path in (SEEDS / "policies").glob("*.yaml")}


def with_registers(old: str, new: str) -> dict[str, bytes]:
    text = SHIPPED["registers.yaml"].decode()
    assert text.count(old) == 1
    return {**SHIPPED, "registers.yaml": text.replace(old, new).encode()}


def test_the_shipped_registers_are_those_of_version_1() -> None:
    """Until an officer changes them; sets of earlier versions then keep what they were read by."""
    assert load_policies(dict(SHIPPED)).registers == registers_of_version_1()


def test_a_set_from_before_there_was_a_file_has_the_registers_of_version_1() -> None:
    assert load_recorded_policies(WITHOUT).registers == registers_of_version_1()
    older = {name: content for name, content in WITHOUT.items() if name != "vocabulary.yaml"}
    assert load_recorded_policies(older).registers == registers_of_version_1()


def test_a_directive_in_words_of_its_own_has_no_registers_but_by_a_file() -> None:
    assert load_policies(OWN_WORDS).registers is None


def test_a_set_says_what_its_own_file_says() -> None:
    changed = load_policies(with_registers("    clause: S2.4\n", "    clause: S2.1\n"))
    assert changed.registers is not None
    assert changed.registers.clauses[RegisterStep.MEMORANDUM] == "S2.1"
    assert changed.registers.dues[DueState.LEFT_OUT].clause == "S2.1"
    assert changed.revision != load_policies(dict(SHIPPED)).revision
    assert pickle.loads(pickle.dumps(changed)).registers == changed.registers


def test_the_duties_that_a_due_leaves_to_the_policies_are_looked_for() -> None:
    assert registers_of_version_1().duty_clauses == {"S1.2", "S1.4", "S1.5", "S2.2", "S2.3", "S2.4"}


@pytest.mark.parametrize("state", DueState)
def test_a_state_has_its_event_and_its_words(state: DueState) -> None:
    assert state in registers_of_version_1().dues
    assert ("project" in state.words) is state.is_of_project is (state.ended_by is RegisterStep.RESOLUTION)


def test_what_is_separate_and_the_inclusions_may_be_left_out() -> None:
    text = SHIPPED["registers.yaml"].decode()
    start, end = text.index("  separate:\n"), text.index("# For each event")
    text = text[:start] + text[end : text.index("# What was agreed")]
    registers = load_policies({**SHIPPED, "registers.yaml": text.encode()}).registers
    assert registers is not None
    assert (registers.separate, registers.inclusions) == (None, None)
    assert registers.list_words == ("pending", "provided")


def test_a_parameter_that_only_the_registers_name_is_no_remark() -> None:
    korea, declared = SHIPPED["korea.yaml"].decode(), "  confirming_office: {kind: text"
    assert korea.count(declared) == 1
    archive = "  archive: {kind: text, ask: Where is it?, otherwise: the archive}\n"
    value = "parameters:\n  archive:\n    - {value: Jilin, status: sourced, source: a letter}\n"
    korea = korea.replace(declared, archive + declared).replace("parameters:\n", value, 1)
    named = {"korea.yaml": korea.encode()}
    unread = [hint.code for hint in load_policies({**SHIPPED, **named}).hints if hint.code != "T06"]
    assert unread == ["H06"]
    spoken = with_registers("of “{title}” not sent for confirmation", "of “{title}” of {archive} not sent")
    assert {hint.code for hint in load_policies({**spoken, **named}).hints} <= {"T06"}


def test_a_file_out_of_shape_is_the_only_thing_that_is_reported() -> None:
    with pytest.raises(PolicyFaults) as faults:
        load_policies(with_registers("lists:\n", "lits:\n"))
    assert {fault.code for fault in faults.value.diagnostics} == {"P06"}
