"""Registers in the words of a folder: its file says what is due, under which clause, and how lists are sorted.

Covers: api.domain.dues.list_terms, engine.policy.registers
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.domain.registers.events import Confirmation, EventKind
from engine.contract.registers import CONFIRMATIONS, RegisterStep
from tests.support.desks import ROOT
from tests.support.register_desks import RegisterDesk, serving_registers, write_register

CHANGES = {
    "registers.yaml": [
        ("due_from: committee", "due_from: policy_officer"),
        ("governed_by: [S1.2, S2.2]", "governed_by: S3.5"),
        ("    clause: S1.2\n", "    clause: S1.1\n"),
        (
            "{items} of “{title}” not sent for confirmation",
            "{items} of “{title}” in the drawer, {joint_committee}",
        ),
        ("    clause: S2.4\n", "    clause: S2.1\n"),
        ("    list: channel_72\n", "    list: shelved\n"),
        ("heading: Asked for in the channel (A17)", "heading: On the shelf"),
        ("note: These stay with the joint committee; they belong", "note: They belong"),
    ],
    "korea.yaml": [
        (
            "confirmed in writing\n        clause: S1.3\n        done_by: refraining\n",
            "confirmed in writing\n        clause: S1.3\n        done_by: refraining\n"
            "      - {who: policy_officer, must: look after the lists, clause: S3.5}\n"
            "      - {who: policy_officer, must: empty the drawer, clause: S1.1, evidence: the drawer}\n",
        )
    ],
    "vocabulary.yaml": [("      channel_72:", "      shelved: it is on the shelf\n      channel_72:")],
}


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(shutil.copytree(ROOT / "policies", tmp_path_factory.mktemp("own") / "policies"))
    for name, changes in CHANGES.items():
        text = (folder / name).read_text()
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="module")
def registers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegisterDesk]:
    with serving_registers(tmp_path_factory.mktemp("registers")) as registers:
        registers.record("session_closed", "1965-10-20", session=8)
        yield registers


def run(registers: RegisterDesk, policies: Path, *arguments: str) -> Result:
    named = ["--policies", str(policies), "--database", registers.database]
    return CliRunner().invoke(app, [*arguments, *named])


def test_what_is_due_has_the_words_clauses_and_party_of_the_folder(
    registers: RegisterDesk, policies: Path
) -> None:
    printed = run(registers, policies, "due", "--as-of", "1965-12-31").output
    body = "the Sino-Korean Scientific and Technological Cooperation Committee"
    assert f"open  [S1.1] 3 items of “The organised items” in the drawer, {body}\n" in printed
    assert "  the policy officer: empty the drawer; shown by the drawer\n" in printed
    assert "[S2.1] session 8 closed on 1965-10-20 without 1 item of “The northeast items”" in printed
    assert "S1.2" not in printed
    assert "S2.4" not in printed
    assert "the Science and Technology Committee:" not in printed


def test_a_page_has_the_clauses_and_texts_of_the_folder(registers: RegisterDesk, policies: Path) -> None:
    agenda = run(registers, policies, "registers", "print", "agenda", "--session", "9").output
    assert "<h2>3. On the shelf</h2>" in agenda
    assert "a memorandum is due (S2.4)" not in agenda
    assert "(A17)" not in agenda
    memorandum = run(registers, policies, "registers", "print", "memorandum", "--session", "8").output
    assert "in no resolution (S2.1)" in memorandum
    assert "<dd>the policy officer</dd>" in memorandum


def test_lists_are_sorted_by_the_words_of_the_folder(
    registers: RegisterDesk, policies: Path, tmp_path: Path
) -> None:
    files = write_register(tmp_path / "files", {"joint": ["E-1"]})
    arguments = ("registers", "import", str(files), "--dry-run")
    other = [*arguments, "--policies", str(policies), "--database", str(tmp_path / "other.db")]
    refused = CliRunner().invoke(app, other)
    assert (
        "legacy_list: is none of the words it can be; write one of pending, provided, shelved"
        in refused.output
    )
    text = (files / "lists.csv").read_text()
    (files / "lists.csv").write_text(text.replace("channel_72", "shelved"))
    assert CliRunner().invoke(app, other).exit_code == 0
    assert registers.run(*arguments).exit_code == 1


def test_the_engine_and_the_office_have_the_same_words_for_events_and_confirmations() -> None:
    assert tuple(Confirmation) == CONFIRMATIONS
    kinds = {kind.value for kind in EventKind}
    assert kinds - set(RegisterStep) == {"session_opened", "session_closed", "withdrawal"}
    assert set(RegisterStep) < kinds
