"""Witnesses: a log asks them, a second office is one, and none cosigns what was cut or rewritten.

Covers: api.cli.log_witness, api.ledger.witness, api.ledger.witness_protocol, api.http.witnessing, api.cli.witness,
api.signing.cosignatures
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import parse_headers
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.http.connection_limits import USUAL_SECONDS, ConnectionLimits, Wait
from api.http.witnessing import LIMITS, witness_server
from api.ledger.checkpoints import Checkpoint, parse_checkpoint, sign_checkpoint
from api.ledger.database import Database
from api.ledger.log import Ledger
from api.ledger.merkle import consistency_proof, leaf_hash, root_of
from api.ledger.witness import FILE, RefusalStatus, Witness, WitnessRefusal
from api.ledger.witness_protocol import format_submission, origin_hash
from api.signing.cosignatures import WitnessKey, cosign, witness_key
from api.signing.faults import SigningFault
from api.signing.keys import SigningKey, load_signing_key
from tests.support.node_verifier import VERIFIER, node
from tests.support.tlog_judge import install_judge, judge
from tests.support.waiting import PATIENCE_SECONDS, wait_until

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operate" / "witnesses.md").read_text()
ORIGIN = "gate.example.org/log"
VARIABLES = {"CHANNELGATE_LOG_ORIGIN": ORIGIN}
NAME = "witness.example.org/gate"
NOW = 1_796_000_000
LOG, OTHER = SigningKey.generate(ORIGIN), SigningKey.generate(ORIGIN)
WITNESS = SigningKey.generate(NAME)
SILENCE = dict.fromkeys((Wait.FIRST_BYTE, Wait.HEADERS, Wait.BODY, Wait.LEAVING), 0.3)
LEAVES = [leaf_hash(str(number).encode()) for number in range(40)]


def note_over(size: int, key: SigningKey = LOG, root: bytes | None = None, origin: str = ORIGIN) -> str:
    return sign_checkpoint(Checkpoint(origin, size, root or root_of(LEAVES[:size])), key)


def submitted(old: int, size: int, note: str | None = None) -> bytes:
    proof = consistency_proof(LEAVES, old, size) if 0 < old < size else ()
    return format_submission(old, proof, note or note_over(size))


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(WITNESS, [LOG.verifying], tmp_path / "witnessed", lambda: NOW)


def refusal_of(witness: Witness, content: bytes) -> WitnessRefusal:
    with pytest.raises(WitnessRefusal) as raised:
        witness.add_checkpoint(content)
    return raised.value


# -- cosignatures ------------------------------------------------------------------------------------------------


def test_a_cosignature_says_when_and_is_of_its_witness_alone() -> None:
    note = parse_checkpoint(
        note_over(7) + cosign(note_over(7).partition("\n\n")[0] + "\n", WITNESS, NOW)
    ).note
    assert witness_key(WITNESS).cosigned_at(note) == NOW
    assert WitnessKey.parse(witness_key(WITNESS).format()) == witness_key(WITNESS)
    assert witness_key(SigningKey.generate(NAME)).cosigned_at(note) is None


@pytest.mark.parametrize("at", [4, 11, 12, -1], ids=["time", "end of the time", "signature", "its end"])
def test_a_cosignature_that_was_altered_is_refused(at: int) -> None:
    text = note_over(7).partition("\n\n")[0] + "\n"
    head, _, encoded = cosign(text, WITNESS, NOW).strip().rpartition(" ")
    content = bytearray(b64decode(encoded))
    content[at] ^= 1
    note = parse_checkpoint(f"{text}\n{head} {b64encode(bytes(content)).decode()}\n").note
    with pytest.raises(SigningFault, match="does not fit the checkpoint"):
        witness_key(WITNESS).cosigned_at(note)


@pytest.mark.parametrize(
    "text",
    [
        LOG.verifying.format(),
        "",
        "a+b",
        witness_key(WITNESS).format()[:-4],
        f"{witness_key(WITNESS).format()}A",
    ],
    ids=["key of a log", "empty", "no key", "shorter", "longer"],
)
def test_what_is_no_key_of_a_witness_is_refused(text: str) -> None:
    with pytest.raises(SigningFault):
        WitnessKey.parse(text)


# -- the witness ---------------------------------------------------------------------------------------------------


def test_it_cosigns_what_continues_from_any_size_to_any_other(tmp_path: Path) -> None:
    for second in range(1, 20):
        for first in range(second + 1):
            witness = Witness(WITNESS, [LOG.verifying], tmp_path / f"{first}-{second}", lambda: NOW)
            witness.add_checkpoint(submitted(0, first))
            line = witness.add_checkpoint(submitted(first, second))
            stored = parse_checkpoint(witness.cosigned(origin_hash(ORIGIN)) or "")
            assert line == stored.signatures[-1].format()
            assert stored.verify([LOG.verifying]).size == second
            assert witness_key(WITNESS).cosigned_at(stored.note) == NOW


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (submitted(4, 7), RefusalStatus.OTHER_SIZE),
        (submitted(0, 7), RefusalStatus.OTHER_SIZE),
        (submitted(0, 3), RefusalStatus.OTHER_SIZE),
        (submitted(3, 3), RefusalStatus.OTHER_SIZE),
        (submitted(6, 5), RefusalStatus.MALFORMED),
        (format_submission(5, (), note_over(5, root=bytes(32))), RefusalStatus.INCONSISTENT),
        (format_submission(5, (), note_over(7)), RefusalStatus.INCONSISTENT),
        (format_submission(5, consistency_proof(LEAVES, 4, 7), note_over(7)), RefusalStatus.INCONSISTENT),
        (
            format_submission(5, consistency_proof(LEAVES, 5, 7), note_over(7, root=bytes(32))),
            RefusalStatus.INCONSISTENT,
        ),
        (submitted(5, 7, note_over(7, OTHER)), RefusalStatus.NOT_SIGNED),
        (submitted(5, 7, note_over(7, SigningKey("other", LOG.private), origin="other")), RefusalStatus.UNKNOWN_LOG),
    ],
    ids=[
        "an older size named", "none named", "an older checkpoint", "an older one again", "a size above",
        "same size, other root", "no proof", "proof of another size", "other root", "another key", "another log",
    ],
)  # fmt: skip
def test_what_does_not_continue_is_not_cosigned_and_changes_nothing(
    witness: Witness, content: bytes, status: RefusalStatus
) -> None:
    witness.add_checkpoint(submitted(0, 5))
    before = witness.cosigned(origin_hash(ORIGIN))
    refusal = refusal_of(witness, content)
    assert (refusal.status, refusal.size) == (status, 5 if status is RefusalStatus.OTHER_SIZE else None)
    assert witness.cosigned(origin_hash(ORIGIN)) == before


GOOD = submitted(5, 7)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"old 5",
        GOOD[:-1],
        GOOD.replace(b"\n", b"\r\n"),
        GOOD.replace(b"old 5", b"old 05"),
        GOOD.replace(b"old 5", b"old -5"),
        GOOD.replace(b"old 5", b"old 9223372036854775808"),
        GOOD.replace(b"old 5", b"5"),
        GOOD.replace(b"\n\n", b"\n=\n\n", 1),
        GOOD.replace(b"\n\n", b"\nAAAA\n\n", 1),
        GOOD.replace(b"\n\n", b"\n" + b64encode(bytes(32)).join([b"", b"\n"]) * 64 + b"\n", 1),
        GOOD + b"\xff",
        GOOD.replace(b"\n7\n", b"\n07\n"),
        b"old 5\n\nnot a note\n",
    ],
    ids=[
        "empty", "no note", "no last line break", "carriage returns", "leading zero", "below zero", "too large",
        "no old", "proof no base64", "proof short", "too many lines", "no text", "size of the note", "no note at all",
    ],
)  # fmt: skip
def test_what_is_malformed_is_answered_so(witness: Witness, content: bytes) -> None:
    witness.add_checkpoint(submitted(0, 5))
    assert refusal_of(witness, content).status is RefusalStatus.MALFORMED


def test_an_empty_log_is_cosigned_with_its_root_alone(witness: Witness) -> None:
    assert (
        refusal_of(witness, submitted(0, 0, note_over(0, root=bytes(32)))).status
        is RefusalStatus.INCONSISTENT
    )
    witness.add_checkpoint(submitted(0, 0))
    witness.add_checkpoint(submitted(0, 9))


def test_a_witness_that_cannot_read_what_it_cosigned_cosigns_nothing(witness: Witness) -> None:
    witness.add_checkpoint(submitted(0, 5))
    file = witness.folder / origin_hash(ORIGIN) / FILE
    file.write_text("")
    assert refusal_of(witness, submitted(0, 7)).status is RefusalStatus.CANNOT_STORE


def test_a_witness_that_cannot_store_gives_no_cosignature(witness: Witness) -> None:
    witness.folder.write_text("a file where the folder should be")
    assert refusal_of(witness, submitted(0, 7)).status is RefusalStatus.CANNOT_STORE


def test_of_two_checkpoints_at_once_one_is_cosigned(witness: Witness) -> None:
    witness.add_checkpoint(submitted(0, 5))
    forked = root_of([*LEAVES[:5], LEAVES[0], LEAVES[1]])
    proof = consistency_proof([*LEAVES[:5], LEAVES[0], LEAVES[1]], 5, 7)
    both = [submitted(5, 7), format_submission(5, proof, note_over(7, root=forked))]
    outcomes: list[str] = []

    def submit(content: bytes) -> None:
        try:
            outcomes.append(witness.add_checkpoint(content) and "cosigned")
        except WitnessRefusal as refusal:
            outcomes.append(refusal.status.name)

    threads = [threading.Thread(target=submit, args=(content,)) for content in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["OTHER_SIZE", "cosigned"]


# -- over HTTP, called by a log ------------------------------------------------------------------------------------


@contextmanager
def served(witness: Witness, limits: ConnectionLimits = LIMITS) -> Iterator[str]:
    """The address of a witness that answers until the end of the block."""
    server = witness_server(witness, limits)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=lambda: server.run(sockets=[listener]))
        thread.start()
        try:
            wait_until(lambda: server.started)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@dataclass
class AskingLog:
    """A log that asks witnesses: its folder, and the addresses in its file of witnesses."""

    folder: Path
    database: str = "log.db"
    witnesses: list[str] = field(default_factory=list)

    def record(self, count: int) -> None:
        file = str(self.folder / self.database)
        ledger = Ledger(Database(file), self.folder / "signing.key", ORIGIN, lambda: datetime.now(UTC))
        ledger.open()
        for _ in range(count - 1):
            ledger.close()
            ledger = Ledger(Database(file), self.folder / "signing.key", ORIGIN, lambda: datetime.now(UTC))
            ledger.open()
        ledger.close()

    @property
    def key(self) -> SigningKey:
        return load_signing_key(self.folder / "signing.key", ORIGIN)

    def run(self, *words: str) -> Result:
        variables = {**VARIABLES, "CHANNELGATE_SIGNING_KEY": str(self.folder / "signing.key")}
        command = ["log", *words, "--database", str(self.folder / self.database)]
        return CliRunner().invoke(app, command, env=variables)

    def ask(self) -> Result:
        (self.folder / "witnesses.txt").write_text("\n".join(self.witnesses) + "\n")
        return self.run(
            "witness", str(self.folder / "witnesses.txt"), "--folder", str(self.folder / "cosigned")
        )

    def knows(self, key: SigningKey, url: str) -> None:
        self.witnesses.append(f"{witness_key(key).format()} {url}")

    @property
    def stored(self) -> list[Path]:
        return sorted(self.folder.glob("cosigned/*"), key=lambda file: int(re.sub(r"\D", "", file.name)))


@pytest.fixture
def log(tmp_path: Path) -> AskingLog:
    made = AskingLog(tmp_path)
    made.record(1)
    return made


def test_a_log_is_cosigned_again_and_again_and_the_notes_are_anchors(log: AskingLog) -> None:
    witness = Witness(WITNESS, [log.key.verifying], log.folder / "witnessed", lambda: NOW)
    with served(witness) as url:
        log.knows(WITNESS, url)
        for count in (0, 1, 3):
            if count:
                log.record(count)
            done = log.ask()
            assert done.exit_code == 0, done.output
        published = httpx.get(f"{url}/{origin_hash(ORIGIN)}/checkpoint")
        assert published.text == log.stored[-1].read_text()
        assert httpx.get(f"{url}/{origin_hash('other')}/checkpoint").status_code == 404
    assert len(log.stored) == 3
    for file in log.stored:
        assert witness_key(WITNESS).cosigned_at(parse_checkpoint(file.read_text()).note) == NOW
        assert log.run("verify", "--anchor", str(file)).exit_code == 0


def test_both_verifiers_say_which_witness_has_not_cosigned_an_anchor(log: AskingLog) -> None:
    witness = Witness(WITNESS, [log.key.verifying], log.folder / "witnessed", lambda: NOW)
    with served(witness) as url:
        log.knows(WITNESS, url)
        assert log.ask().exit_code == 0
    (anchor,) = map(str, log.stored)
    altered = Path(anchor).with_name("altered.txt")
    content = Path(anchor).read_bytes().removesuffix(b"\n")
    altered.write_bytes(
        content[:-6] + (b"AAAA" if content[-6:-2] != b"AAAA" else b"BBBB") + content[-2:] + b"\n"
    )
    ours, other = (witness_key(key).format() for key in (WITNESS, SigningKey.generate("other.example.org")))
    (log.folder / "log.key").write_text(log.key.verifying.format())
    (log.folder / "log.jsonl").write_text(log.run("export", "--format", "bytes").stdout)
    for note, key, status in ((anchor, ours, 0), (anchor, other, 1), (str(altered), ours, 1)):
        (log.folder / "witness.pub").write_text(key)
        verified = log.run("verify", "--anchor", note, "--witness-key", key)
        words = ["log.jsonl", "--key", "log.key", "--anchor", note, "--witness-key", "witness.pub"]
        elsewhere = subprocess.run(
            [node(), str(VERIFIER.with_suffix(".mjs")), *words],
            cwd=log.folder,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        assert (verified.exit_code, elsewhere.returncode) == (status, status), elsewhere.stderr
        for printed in (verified.stdout, elsewhere.stdout):
            assert ("the anchor is not cosigned by" in printed) == bool(status)


def test_a_key_of_a_witness_needs_an_anchor(log: AskingLog) -> None:
    key = witness_key(WITNESS).format()
    assert "name one with --anchor" in log.run("verify", "--witness-key", key).stderr
    assert "key of a witness cannot be read" in log.run("verify", "--witness-key", "no key").stderr


def test_a_witness_that_has_seen_more_than_the_folder_says_how_much(log: AskingLog) -> None:
    witness = Witness(WITNESS, [log.key.verifying], log.folder / "witnessed", lambda: NOW)
    with served(witness) as url:
        log.knows(WITNESS, url)
        assert log.ask().exit_code == 0
        shutil.rmtree(log.folder / "cosigned")
        log.record(2)
        assert log.ask().exit_code == 0
    assert len(log.stored) == 1


def test_a_log_that_was_cut_is_shown_to_nobody(log: AskingLog) -> None:
    witness = Witness(WITNESS, [log.key.verifying], log.folder / "witnessed", lambda: NOW)
    for ending in ("", "-wal", "-shm"):
        if (log.folder / f"log.db{ending}").exists():
            shutil.copy(log.folder / f"log.db{ending}", log.folder / f"old.db{ending}")
    log.record(1)
    with served(witness) as url:
        log.knows(WITNESS, url)
        assert log.ask().exit_code == 0
        before = witness.cosigned(origin_hash(ORIGIN))
        log.database = "old.db"
        done = log.ask()
        assert done.exit_code == 1
        assert "NOT CONTINUED" in done.stdout
        shutil.rmtree(log.folder / "cosigned")
        done = log.ask()
        assert done.exit_code == 1
        assert "it was cut" in done.stdout
        log.record(3)
        done = log.ask()
        assert done.exit_code == 1
        assert "it answers 422: the checkpoint does not continue" in done.stdout
    assert witness.cosigned(origin_hash(ORIGIN)) == before
    assert log.stored == []


def test_what_one_witness_does_not_do_keeps_no_other_from_it(log: AskingLog) -> None:
    other = SigningKey.generate("other.example.org/w")
    witness = Witness(WITNESS, [log.key.verifying], log.folder / "witnessed", lambda: NOW)
    stranger = Witness(other, [OTHER.verifying], log.folder / "other", lambda: NOW)
    with served(witness) as url, served(stranger) as elsewhere:
        log.knows(other, elsewhere)
        log.knows(WITNESS, url)
        log.knows(SigningKey.generate("absent.example.org/w"), "http://127.0.0.1:9")
        log.knows(SigningKey.generate(NAME), url)
        done = log.ask()
    assert done.exit_code == 1
    printed = done.stdout.splitlines()
    assert [line.partition(": ")[2][:14] for line in printed[:4]] == [
        "NOT COSIGNED: ",
        "cosigned 3 ent",
        "NOT COSIGNED: ",
        "NOT COSIGNED: ",
    ]
    assert "it answers 403" in printed[0]
    assert "cannot be reached" in printed[2]
    assert "no cosignature by the key that is known here" in printed[3]
    (file,) = log.stored
    assert [line.name for line in parse_checkpoint(file.read_text()).signatures] == [ORIGIN, NAME]


def test_what_a_witness_answers_steers_no_terminal(log: AskingLog) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as request:
                request.readline()
                # A connection closed with unread bytes is reset, and its answer may be lost.
                request.read(int(parse_headers(request)["Content-Length"]))
                connection.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n\x1b[2J\rcosigned\xc2\x9b0m\n")

        thread = threading.Thread(target=answer)
        thread.start()
        log.knows(WITNESS, f"http://127.0.0.1:{listener.getsockname()[1]}")
        done = log.ask()
        thread.join()
    assert done.stdout == f"{NAME}: NOT COSIGNED: it answers 403: ?[2J?cosigned?0m\n"


def test_a_second_cosignature_of_one_size_joins_the_first(log: AskingLog) -> None:
    keys = [SigningKey.generate(f"w{number}.example.org") for number in range(2)]
    for number, key in enumerate(keys):
        witness = Witness(key, [log.key.verifying], log.folder / f"w{number}", lambda: NOW)
        log.witnesses.clear()
        with served(witness) as url:
            log.knows(key, url)
            assert log.ask().exit_code == 0
    (file,) = log.stored
    names = [line.name for line in parse_checkpoint(file.read_text()).signatures]
    assert names == [ORIGIN, *(key.name for key in keys)]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "names no witness"),
        (witness_key(WITNESS).format(), "witnesses.txt:1 names no address"),
        (f"{witness_key(WITNESS).format()} ftp://example.org", "witnesses.txt:1 names no address"),
        (f"{LOG.verifying.format()} http://127.0.0.1:9", "witnesses.txt:1: the key is not one by which"),
    ],
    ids=["none", "no address", "no http", "key of a log"],
)
def test_a_file_of_witnesses_that_cannot_be_used_is_reported_with_the_line(
    log: AskingLog, line: str, says: str
) -> None:
    log.witnesses.append(line)
    done = log.ask()
    assert done.exit_code == 2
    assert says in done.stderr


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"old 0", 400), (b"x" * 70_000, 413), (submitted(0, 7), 404)],
    ids=["malformed", "too large", "another log"],
)
def test_the_witness_answers_with_the_status_of_the_protocol(
    tmp_path: Path, body: bytes, status: int
) -> None:
    log_key = SigningKey.generate("another.example.org/log").verifying
    with served(Witness(WITNESS, [log_key], tmp_path, lambda: NOW)) as url:
        assert httpx.post(f"{url}/add-checkpoint", content=body).status_code == status


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"POST /add-checkpoint HTTP/1.1\r\n",
        b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 9\r\n\r\nold",
    ],
    ids=["nothing", "half a head", "half a body"],
)
def test_whoever_is_silent_takes_the_place_of_no_log_for_long(witness: Witness, sent: bytes) -> None:
    limits = ConnectionLimits(connections=2, seconds={**dict.fromkeys(USUAL_SECONDS, 60.0), **SILENCE})
    with served(witness, limits) as url, ExitStack() as silent:
        port = int(url.rpartition(":")[2])
        for _ in range(2):
            connection = silent.enter_context(socket.create_connection(("127.0.0.1", port)))
            connection.sendall(sent)
        wait_until(
            lambda: httpx.post(f"{url}/add-checkpoint", content=submitted(0, 7)).status_code in (200, 409)
        )


def test_the_size_cosigned_last_has_a_type_of_its_own(witness: Witness) -> None:
    witness.add_checkpoint(submitted(0, 5))
    with served(witness) as url:
        answer = httpx.post(f"{url}/add-checkpoint", content=submitted(0, 7))
    assert (answer.status_code, answer.text) == (409, "5\n")
    assert answer.headers["content-type"].startswith("text/x.tlog.size")


# -- verified by others, and the page --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install_judge(tmp_path_factory.mktemp("judge") / "venv")


@contextmanager
def foreign_witness(programs: Path, folder: Path, key: SigningKey) -> Iterator[tuple[str, str]]:
    """The key and the address of a witness of a package that is not ours, which knows one log."""
    folder.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as free:
        place = f"127.0.0.1:{free.getsockname()[1]}"
    program, config = str(programs / "aics-witness"), ["--config", str(folder / "witness.json")]
    made = ["init", *config, "--name", "foreign.example.org/w", "--listen", place]
    known = ["add-log", *config, "--origin", ORIGIN, "--vkey", key.verifying.format()]
    lines = [
        subprocess.run(
            [program, *words], capture_output=True, text=True, check=True, timeout=PATIENCE_SECONDS
        ).stdout
        for words in (made, known)
    ]
    with (folder / "log.txt").open("w") as written:
        process = subprocess.Popen([program, "serve", *config], stdout=written, stderr=written)
    try:
        wait_until(lambda: is_healthy(f"http://{place}"))
        yield lines[0].strip(), f"http://{place}"
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_SECONDS)


def is_healthy(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.TransportError:
        return False


def test_a_witness_that_is_not_ours_cosigns_a_log_that_grows(
    programs: Path, log: AskingLog, tmp_path: Path
) -> None:
    with foreign_witness(programs, tmp_path / "foreign", log.key) as (key, url):
        log.witnesses.append(f"{key} {url}")
        for count in (0, 2):
            if count:
                log.record(count)
            answered = log.ask()
            assert answered.exit_code == 0, answered.output
        shutil.rmtree(log.folder / "cosigned")
        assert log.ask().exit_code == 0


def test_ours_answers_as_a_witness_that_is_not_ours(programs: Path, tmp_path: Path) -> None:
    contents = [
        submitted(0, 5),
        submitted(5, 5),
        submitted(0, 7),
        submitted(4, 7),
        submitted(6, 5),
        submitted(0, 3),
        submitted(5, 7, note_over(7, OTHER)),
        submitted(5, 7, note_over(7, SigningKey("other", LOG.private), origin="other")),
        format_submission(5, (), note_over(7)),
        format_submission(5, (), note_over(5, root=bytes(32))),
        GOOD[:-1],
        GOOD.replace(b"\n", b"\r\n"),
        GOOD.replace(b"old 5", b"old 05"),
        GOOD,
        GOOD,
        submitted(7, 40),
    ]
    with (
        foreign_witness(programs, tmp_path / "foreign", LOG) as (_, foreign),
        served(Witness(WITNESS, [LOG.verifying], tmp_path / "ours", lambda: NOW)) as ours,
    ):
        answers = [
            [httpx.post(f"{url}/add-checkpoint", content=content) for url in (ours, foreign)]
            for content in contents
        ]
    statuses = [[answer.status_code for answer in pair] for pair in answers]
    assert [one for one, _ in statuses] == [other for _, other in statuses]
    sizes = [[answer.text for answer in pair] for pair in answers if pair[0].status_code == 409]
    assert [one for one, _ in sizes] == [other for _, other in sizes]
    assert {200, 400, 403, 404, 409, 422} == {one for one, _ in statuses}


def test_a_package_that_is_not_ours_verifies_the_cosignature(
    programs: Path, log: AskingLog, tmp_path: Path
) -> None:
    with served(Witness(WITNESS, [log.key.verifying], tmp_path / "witnessed", lambda: NOW)) as url:
        log.knows(WITNESS, url)
        assert log.ask().exit_code == 0
    (tmp_path / "log.key").write_text(log.key.verifying.format())
    call = ["verify-checkpoint", "--note", str(log.stored[0]), "--vkey-file", str(tmp_path / "log.key")]
    keys = [witness_key(key).format() for key in (WITNESS, SigningKey.generate(NAME))]
    verdicts = judge(programs, [[*call, "--witness-key", key, "--quorum", "1"] for key in keys])
    assert [verdict["ok"] for verdict in verdicts] == [True, False]


def shell(commands: str, folder: Path, **more: Any) -> subprocess.Popen[str]:
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    return subprocess.Popen(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=folder,
        env=os.environ | VARIABLES | {"PATH": path},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **more,
    )


def done(process: subprocess.Popen[str]) -> str:
    printed, errors = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, printed + errors
    return printed


def test_the_commands_of_the_page_have_a_log_cosigned_by_a_second_office(
    log: AskingLog, tmp_path: Path
) -> None:
    office = tmp_path / "office"
    office.mkdir()
    for file in log.folder.glob("log.db*"):
        shutil.move(file, office / file.name.replace("log.db", "decisions.db"))
    shutil.move(log.folder / "signing.key", office / "decisions.db.key")
    key, serve, ask, use = prepared_commands()
    done(shell(f"channelgate log key --database decisions.db > log.key\n{key}", office))
    witness = shell(f"exec {serve}", office)
    try:
        assert witness.stdout is not None
        url = witness.stdout.readline().partition(" ")[0]
        printed = done(shell(ask.replace("http://127.0.0.1:8065", url), office))
        (shown,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
        assert re.sub(r"\d+", "", printed) == re.sub(r"\d+", "", shown)
        assert "intact" in done(shell(use, office))
    finally:
        witness.terminate()
        witness.communicate(timeout=PATIENCE_SECONDS)


def prepared_commands() -> tuple[str, str, str, str]:
    """The blocks of the page; of the first, the line that serves, at any port, by itself."""
    first, ask, use = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    key, serve = first.splitlines()
    return key, f"{serve.removesuffix(' &')} --port 0", ask, use


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["absent.key"], "absent.key cannot be read (No such file or directory); "),
        (["empty.key"], "names no log"),
        (["wrong.key"], "a key in wrong.key cannot be read"),
        (["latin.key"], "latin.key cannot be read (it is not UTF-8); "),
    ],
)
def test_a_witness_without_logs_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty.key").touch()
    Path("wrong.key").write_text("no key")
    Path("latin.key").write_bytes(b"\xe9")
    result = CliRunner().invoke(app, ["witness", "serve", *words, "--name", NAME, "--folder", "witnessed"])
    assert result.exit_code == 2
    assert says in result.stderr


@pytest.mark.parametrize(
    "prepare",
    [lambda: Path("witness.key").write_text("no key"), lambda: Path("witness.key").mkdir()],
    ids=["no key", "a folder"],
)
def test_a_key_file_that_cannot_be_used_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prepare: Callable[[], object]
) -> None:
    monkeypatch.chdir(tmp_path)
    prepare()
    result = CliRunner().invoke(app, ["witness", "key", "--name", NAME])
    assert result.exit_code == 2
    assert "the key file witness.key" in result.stderr
