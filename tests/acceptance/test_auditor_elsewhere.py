"""A log in the hands of an auditor on another machine: the commands of the page, clearances, and what is refused.

Covers: api.ledger.exact_export
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from api.ledger.checkpoints import Checkpoint, sign_checkpoint
from api.ledger.entries import Entry, EntryKind
from api.ledger.merkle import leaf_hash, root_of
from api.signing.keys import SigningKey, load_signing_key
from api.signing.notes import sign_note
from tests.support.desks import serving
from tests.support.export_verifier import ExportVerifier, export_log, running_export_verifier
from tests.support.grouped_log import decisions_in
from tests.support.handing_over import cleared, hand_over
from tests.support.node_verifier import VERIFIER, node
from tests.support.waiting import PATIENCE_SECONDS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "use" / "auditor-elsewhere.md").read_text()
ORIGIN = "channelgate"

Entries = list[Entry]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the log of an office that cleared something and handed it over, and its export."""
    folder = tmp_path_factory.mktemp("office")
    with serving(folder, str(folder / "decisions.db")) as desk:
        clearance = cleared(desk)
        hand_over(desk, clearance=clearance["note"])
        cleared(desk, request_id="another-request")
    shutil.move(folder / "signing.key", folder / "decisions.db.key")
    export_log(folder / "decisions.db", folder / "export.jsonl")
    return folder


@pytest.fixture(scope="module")
def verifier() -> Iterator[ExportVerifier]:
    with running_export_verifier() as running:
        yield running


@pytest.fixture
def key(written: Path) -> SigningKey:
    return load_signing_key(written / "decisions.db.key", ORIGIN)


def lines_of(written: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (written / "export.jsonl").read_text().splitlines()]


def run_commands(folder: Path, commands: str) -> str:
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=folder,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_commands_of_the_page_verify_a_log_with_nothing_but_three_files(
    written: Path, tmp_path: Path
) -> None:
    node()
    office, auditor = tmp_path / "office", tmp_path / "auditor"
    shutil.copytree(written, office)
    shutil.copytree(VERIFIER.parent, auditor / "verifier")
    at_the_office, elsewhere = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    run_commands(office, at_the_office)
    for name in ("log.key", "anchor.txt", "export.jsonl"):
        shutil.move(office / name, auditor)
    (shown,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    printed = run_commands(auditor, elsewhere)
    assert re.sub(r"\d+|root: .*", "", printed) == re.sub(r"\d+|root: .*", "", shown)
    assert "checked: 2 clearances" in printed


def test_the_bytes_exported_are_those_of_which_the_tree_is_built(written: Path) -> None:
    first, *rest = lines_of(written)
    notes = [line["checkpoint"] for line in rest if "checkpoint" in line]
    entries = [line for line in rest if "checkpoint" not in line]
    assert first == {"format": "channelgate log export 1"}
    assert [line["sequence"] for line in entries] == [*range(len(entries))]
    leaves = [leaf_hash(b64decode(line["entry"])) for line in entries]
    assert [b64decode(line["leaf"]) for line in entries] == leaves
    assert notes[-1].split("\n")[1:3] == [str(len(entries)), b64encode(root_of(leaves)).decode()]


def rewritten(written: Path, key: SigningKey, change: Callable[[Entries, SigningKey], Entries]) -> str:
    """The export of a log whose entries were changed, with every hash and signature made anew."""
    entries = [Entry.from_bytes(b64decode(line["entry"])) for line in lines_of(written) if "entry" in line]
    contents = [entry.to_bytes() for entry in change(entries, key)]
    leaves = [leaf_hash(content) for content in contents]
    note = sign_checkpoint(Checkpoint(ORIGIN, len(leaves), root_of(leaves)), key)
    lines: list[dict[str, Any]] = [{"format": "channelgate log export 1"}, {"checkpoint": note}]
    for sequence, (content, leaf) in enumerate(zip(contents, leaves, strict=True)):
        lines.append(
            {
                "sequence": sequence,
                "entry": b64encode(content).decode(),
                "leaf": b64encode(leaf).decode(),
            }
        )
    return "".join(json.dumps(line) + "\n" for line in lines)


def place_of(entries: Entries, kind: EntryKind) -> int:
    return next(place for place, entry in enumerate(entries) if entry.kind is kind)


def with_note(entries: Entries, change: Callable[[str], str]) -> Entries:
    place = place_of(entries, EntryKind.CLEARANCE_ISSUED)
    note = json.dumps(change(json.loads(entries[place].payloads["note"]))).encode()
    entries[place] = replace(entries[place], payloads={"note": note})
    return entries


def signed_anew(key: SigningKey, before: str, after: str) -> Callable[[str], str]:
    """Changes the text of a clearance and signs it by a key, under the name of the log's clearances."""

    def change(note: str) -> str:
        text = note.partition("\n\n")[0] + "\n"
        assert before in text
        return sign_note(text.replace(before, after), SigningKey(f"{ORIGIN}/clearance", key.private))

    return change


def clearance_altered(entries: Entries, _: SigningKey) -> Entries:
    return with_note(entries, lambda note: note.replace("quantity: 1", "quantity: 9"))


def clearance_by_a_stranger(entries: Entries, _: SigningKey) -> Entries:
    stranger = SigningKey.generate(ORIGIN)
    return with_note(entries, signed_anew(stranger, "quantity: 1", "quantity: 9"))


def clearance_of_another_line(entries: Entries, key: SigningKey) -> Entries:
    return with_note(entries, signed_anew(key, "line: 1\n", "line: 7\n"))


def clearance_under_other_policies(entries: Entries, key: SigningKey) -> Entries:
    return with_note(entries, signed_anew(key, "policies: ", "policies: 0"))


def decision_removed(entries: Entries, _: SigningKey) -> Entries:
    place = place_of(entries, EntryKind.DECISION)
    return [*entries[:place], *entries[place + 1 :]]


def decision_behind_its_clearance(entries: Entries, _: SigningKey) -> Entries:
    place = place_of(entries, EntryKind.DECISION)
    return [*entries[:place], *entries[place + 1 :], entries[place]]


def decision_refused(entries: Entries, _: SigningKey) -> Entries:
    place = place_of(entries, EntryKind.DECISION)
    payloads = dict(entries[place].payloads)
    payloads["decision"] = payloads["decision"].replace(b'"deliver"', b'"refuse"')
    entries[place] = replace(entries[place], payloads=payloads)
    return entries


def unchanged(entries: Entries, _: SigningKey) -> Entries:
    return entries


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (clearance_altered, "the signature of channelgate/clearance does not fit the clearance"),
        (clearance_by_a_stranger, "no known key signed the clearance"),
        (clearance_of_another_line, "the decision does not permit what is cleared: line 7"),
        (clearance_under_other_policies, "the clearance names other policies than the decision"),
        (decision_removed, "which is no decision in the log"),
        (decision_behind_its_clearance, "the clearance was issued before the decision"),
        (decision_refused, "the decision does not permit what is cleared: line 1"),
    ],
)
def test_a_clearance_that_does_not_hold_is_named(
    written: Path,
    key: SigningKey,
    verifier: ExportVerifier,
    tmp_path: Path,
    change: Callable[[Entries, SigningKey], Entries],
    part: str,
) -> None:
    (tmp_path / "log.jsonl").write_text(rewritten(written, key, change))
    (finding, *_) = verifier.findings(tmp_path / "log.jsonl", key.verifying.format())
    assert part in finding
    (tmp_path / "log.jsonl").write_text(rewritten(written, key, unchanged))
    assert verifier.findings(tmp_path / "log.jsonl", key.verifying.format()) == []


def cut_in_a_line(text: str) -> str:
    return text[:-20]


def cut_at_a_line(text: str) -> str:
    return "".join(text.splitlines(keepends=True)[:-1])


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        (str, 0, "intact: "),
        (cut_at_a_line, 1, "missing at the end; the log was cut"),
        (cut_in_a_line, 2, "cannot be read: line "),
        (lambda text: text.replace("export 1", "export 2"), 2, 'does not say "channelgate log export 1"'),
        (
            lambda text: text.replace('"sequence": 3', '"sequence": "3"'),
            2,
            "neither a checkpoint nor an entry",
        ),
        (lambda text: text.replace('"leaf": "', '"leaf": "%', 1), 2, "the leaf is not base64"),
        (lambda text: text.partition("\n")[0] + "\n", 0, "intact: 0 entries"),
        (lambda _: "", 2, "cannot be read"),
        (lambda _: "[]", 2, "neither an export nor a proof"),
        (lambda _: '{"sequence": 0}\n{"sequence": 1}\n', 2, "`channelgate log export --format bytes` writes"),
    ],
    ids=[
        "sound",
        "cut at a line",
        "cut in a line",
        "format",
        "sequence",
        "leaf",
        "no entries",
        "empty",
        "other",
        "another format",
    ],
)
def test_the_command_says_what_it_found_or_why_it_could_not_read(
    written: Path, key: SigningKey, tmp_path: Path, change: Callable[[str], str], status: int, says: str
) -> None:
    (tmp_path / "log.jsonl").write_text(change((written / "export.jsonl").read_text()))
    (tmp_path / "log.key").write_text(key.verifying.format())
    command = [node(), str(VERIFIER.with_suffix(".mjs")), "log.jsonl", "--key", "log.key"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    assert done.returncode == status, done.stdout + done.stderr
    assert says in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        pytest.param(["--help"], 0, "usage: node verify.mjs EXPORT --key FILE", id="help"),
        pytest.param(["log.jsonl", "--ky", "log.key"], 2, "Unknown option '--ky'\nusage: ", id="option"),
        pytest.param(["log.jsonl", "--key", "log.jsonl"], 2, "log.jsonl: a verifier key is not", id="no key"),
        pytest.param(
            ["log.jsonl", "--key", "log.key", "--anchor", "log.key", "--witness-key", "log.key"],
            2,
            "log.key: a verifier key is not one of the type",
            id="no witness",
        ),
    ],
)
def test_a_mistake_in_what_is_typed_is_named(
    key: SigningKey, tmp_path: Path, words: list[str], status: int, says: str
) -> None:
    (tmp_path / "log.jsonl").write_text('{"format": "channelgate log export 1"}\n')
    (tmp_path / "log.key").write_text(key.verifying.format())
    command = [node(), str(VERIFIER.with_suffix(".mjs")), *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    assert done.returncode == status, done.stdout + done.stderr
    assert says in done.stdout + done.stderr


def test_a_proof_is_verified_in_the_place_of_an_export(
    written: Path, key: SigningKey, tmp_path: Path
) -> None:
    decision = decisions_in(written / "decisions.db")[0].key
    proof = CliRunner().invoke(app, ["log", "prove", decision, str(written / "decisions.db")]).stdout
    (tmp_path / "proof.json").write_text(proof)
    (tmp_path / "log.key").write_text(key.verifying.format())
    command = [node(), str(VERIFIER.with_suffix(".mjs")), "proof.json", "--key", "log.key"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    assert (done.returncode, done.stdout[:19]) == (0, "verified: decision "), done.stderr


def test_the_folder_of_the_verifier_depends_on_nothing() -> None:
    package = json.loads((VERIFIER.parent / "package.json").read_text())
    assert not {"dependencies", "devDependencies", "peerDependencies", "scripts"} & package.keys()
    imported = {
        name
        for file in VERIFIER.parent.glob("*.*js")
        for name in re.findall(r'(?:^import [^"\n]*|import\()"([^"]+)"', file.read_text(), re.MULTILINE)
    }
    assert all(name.startswith(("./", "node:")) for name in imported), imported
