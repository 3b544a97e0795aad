"""Groups handed over to one writer are recorded as groups that each process writes by itself.

Covers: api.ledger.handover.client
Covers: api.ledger.handover.server
Covers: api.ledger.transactions
"""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Connection
from structlog.testing import capture_logs

from api.ledger.database import Database, StoreUnavailable
from api.ledger.detached_texts import all_texts
from api.ledger.entries import Entry, EntryKind
from api.ledger.group_commit import JobResult
from api.ledger.handover import client, frames, server
from api.ledger.handover.answers import answer_with, encode_answer
from api.ledger.handover.frames import frame
from api.ledger.handover.groups import decode_group
from api.ledger.key_rotation import rotate_signing_key
from api.ledger.log import Ledger
from api.ledger.preconditions import NOTHING, PoliciesSuperseded, StaleRead
from api.ledger.reader import whole_entries
from api.ledger.revisions import PolicyFiles, find_revision
from api.storage.newest_record import newest_record
from api.storage.urgencies import UrgencyRows
from tests.api.storage.test_newest_record import open_case
from tests.support.log_writer import ADDRESS, KEY, NOW, ORIGIN, writing
from tests.support.waiting import PATIENCE_SECONDS, wait_until

POLICIES = PolicyFiles.of("r1", {"a.yaml": b"\xff"})
RECURRING = b"a reason that many answers have, which is longer than sixty-four bytes"
SERVICE = (EntryKind.STARTED, EntryKind.SIGNING_KEY, EntryKind.STOPPED)


def record(number: int, request: bytes = b"{}") -> Entry:
    pieces = (b"%d<" % number, RECURRING, b">")
    members = {"department": "metallurgy", "request_id": f"r{number}"}
    return Entry(
        EntryKind.DECISION,
        f"d{number}",
        NOW,
        members,
        {"request": request, "decision": b"".join(pieces)},
        pieces,
    )


@contextmanager
def opened(where: str, folder: Path, log_writer: Path | None, **options: Any) -> Iterator[Ledger]:
    ledger = Ledger(
        Database(where),
        folder / KEY,
        ORIGIN,
        lambda: NOW,
        newest=newest_record,
        derived_rows=UrgencyRows(),
        log_writer=log_writer,
        **options,
    )
    ledger.open(approvals="none")
    try:
        yield ledger
    finally:
        ledger.close()


def entries_in(where: str, *left_out: EntryKind) -> list[Entry]:
    database = Database(where, read_only=True)
    with database.reading() as connection:
        found = [entry for _, entry in whole_entries(connection) if entry.kind not in left_out]
    database.dispose()
    return found


async def append_all(ledger: Ledger, entries: Sequence[Entry]) -> None:
    await asyncio.gather(*(ledger.append([entry], POLICIES, NOTHING) for entry in entries))


def answer_once(listener: socket.socket, answer: Callable[[socket.socket], None]) -> threading.Thread:
    """Something at the address of the writer that takes one connection."""

    def run() -> None:
        connection, _ = listener.accept()
        with connection:
            answer(connection)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def take_groups(connection: socket.socket, groups: int = 1) -> list[bytes]:
    """Greet as a writer does, and read so many groups."""
    connection.sendall(frame(b""))
    reader = frames.FrameReader(connection)
    taken = [content for _ in range(groups) if (content := reader.read())]
    assert len(taken) == groups
    return taken


async def begun(
    ledger: Ledger, numbers: Sequence[int], entry: Callable[[int], Entry]
) -> list[asyncio.Task[None]]:
    """Calls that are under way, each in a group of its own; of those after the second, nothing is waited for."""
    calls = list[asyncio.Task[None]]()
    for number in numbers:
        calls.append(asyncio.create_task(ledger.append([entry(number)])))
        while len(calls) < 3 and not any(call.done() for call in calls):
            if any(len(one._under_way) >= len(calls) for one in ledger._clients):
                break
            await asyncio.sleep(0)
    return calls


def last_of(connection: socket.socket) -> bytes:
    """What the other side sends before it closes; nothing also if it has not read all that it was sent."""
    try:
        return connection.recv(1)
    except ConnectionResetError:
        return b""


@contextmanager
def instead_of_a_writer(folder: Path, answer: Callable[[socket.socket], None]) -> Iterator[Path]:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / ADDRESS))
        listener.listen()
        thread = answer_once(listener, answer)
        try:
            yield folder / ADDRESS
        finally:
            thread.join()
            (folder / ADDRESS).unlink()


def test_what_is_handed_over_is_recorded_as_what_a_process_writes_itself(tmp_path: Path) -> None:
    alone, together = str(tmp_path / "alone.db"), str(tmp_path / "together.db")
    expected = [record(number) for number in range(40)]
    with opened(alone, tmp_path, None) as ledger:
        for start in range(0, 40, 4):
            asyncio.run(append_all(ledger, expected[start : start + 4]))
    with writing(together, tmp_path, newest_record) as address, opened(together, tmp_path, address) as ledger:
        for start in range(0, 40, 4):
            asyncio.run(append_all(ledger, expected[start : start + 4]))
    assert entries_in(together) == entries_in(alone)
    assert entries_in(together, *SERVICE) == expected
    database = Database(together, read_only=True)
    with database.reading() as connection:
        assert find_revision(connection, "r1") == POLICIES
    database.dispose()


def test_several_hand_over_at_once_and_the_service_starts_and_stops_once(tmp_path: Path) -> None:
    where = str(tmp_path / "log.db")

    def work(worker: int, address: Path) -> None:
        with opened(where, tmp_path, address) as ledger:
            asyncio.run(append_all(ledger, [record(worker * 100 + number) for number in range(50)]))

    with writing(where, tmp_path, newest_record) as address:
        threads = [threading.Thread(target=work, args=[worker, address]) for worker in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    kinds = [entry.kind for entry in entries_in(where)]
    assert kinds[:2] == [EntryKind.STARTED, EntryKind.SIGNING_KEY]
    assert kinds[2:-1] == [EntryKind.DECISION] * 150
    assert kinds[-1] is EntryKind.STOPPED


def test_what_newer_records_supersede_is_refused_and_the_newest_is_learned(tmp_path: Path) -> None:
    where = str(tmp_path / "log.db")
    with (
        writing(where, tmp_path, newest_record) as address,
        opened(where, tmp_path, address) as one,
        opened(where, tmp_path, address) as other,
    ):
        place = asyncio.run(one.work(open_case))
        assert (one.newest_record, other.newest_record) == (place, NOTHING)
        with pytest.raises(StaleRead):
            asyncio.run(other.append([record(1)], POLICIES, NOTHING))
        assert other.newest_record == place
        asyncio.run(other.append([record(1)], POLICIES, place))


def test_what_other_policies_decided_than_those_in_force_is_refused(tmp_path: Path) -> None:
    where = str(tmp_path / "log.db")

    def found(connection: Connection, place: int) -> tuple[list[Entry], int]:
        kinds = (EntryKind.APPROVALS_FOUNDED, EntryKind.POLICIES)
        return [Entry(kind, "r2", NOW) for kind in kinds], place + 1

    with writing(where, tmp_path) as address, opened(where, tmp_path, address) as ledger:
        place = asyncio.run(ledger.work(found))
        with pytest.raises(PoliciesSuperseded):
            asyncio.run(ledger.append([record(1)], POLICIES))
        asyncio.run(ledger.append([record(2)], PolicyFiles(POLICIES.revision, POLICIES.files, place)))
    assert [entry.key for entry in entries_in(where) if entry.kind is EntryKind.DECISION] == ["d2"]


def test_texts_that_are_detached_stay_out_of_what_is_handed_over(tmp_path: Path) -> None:
    where = str(tmp_path / "log.db")
    request = b'{"mission":{"name":"a name"}}'
    with (
        writing(where, tmp_path) as address,
        opened(where, tmp_path, address, erasable=lambda: frozenset({"mission.name"})) as ledger,
    ):
        asyncio.run(ledger.append([record(1), record(2, request), record(3, request)]))
    assert [entry.payloads["request"] for entry in entries_in(where, *SERVICE)] == [b"{}", request, request]
    database = Database(where, read_only=True)
    with database.reading() as connection:
        assert len(dict(all_texts(connection))) == 2
    database.dispose()


def test_readiness_is_that_of_the_writer(tmp_path: Path) -> None:
    where = str(tmp_path / "log.db")
    with writing(where, tmp_path) as address, opened(where, tmp_path, address) as ledger:
        asyncio.run(ledger.try_writing())
        (tmp_path / "log.db").rename(tmp_path / "moved.db")
        with pytest.raises(StoreUnavailable, match=r"moved|no such file|No such file"):
            asyncio.run(ledger.try_writing())
        (tmp_path / "moved.db").rename(tmp_path / "log.db")
        asyncio.run(ledger.try_writing())


def test_without_a_writer_a_process_writes_by_itself_until_there_is_one(tmp_path: Path) -> None:
    where, address = str(tmp_path / "log.db"), tmp_path / ADDRESS

    async def work(ledger: Ledger) -> None:
        await ledger.append([record(1)])
        await ledger.append([record(2)])
        assert [line["event"] for line in lines] == ["log_writer_missed"]
        with writing(where, tmp_path):
            await ledger.append([record(3)])
            ledger.close()

    with opened(where, tmp_path, address) as ledger, capture_logs() as lines:
        asyncio.run(work(ledger))
    kinds = [entry.key for entry in entries_in(where)]
    assert kinds == ["d1", "d2", ORIGIN, ORIGIN, "d3", ORIGIN]


def test_a_writer_that_goes_before_it_answers_leaves_its_callers_without_one(tmp_path: Path) -> None:
    where = str(tmp_path / "log.db")

    def die(connection: socket.socket) -> None:
        take_groups(connection)

    with opened(where, tmp_path, tmp_path / ADDRESS) as ledger:
        with instead_of_a_writer(tmp_path, die), pytest.raises(StoreUnavailable, match="has gone"):
            asyncio.run(ledger.append([record(1)]))
        with writing(where, tmp_path):
            asyncio.run(ledger.append([record(2)]))
            ledger.close()
    assert [entry.key for entry in entries_in(where, *SERVICE)] == ["d2"]


def test_a_writer_that_goes_takes_along_all_groups_that_it_has_not_answered(tmp_path: Path) -> None:
    where = str(tmp_path / "log.db")

    def die(connection: socket.socket) -> None:
        take_groups(connection, 2)

    async def ask(ledger: Ledger) -> list[Any]:
        return await asyncio.gather(*await begun(ledger, range(3), record), return_exceptions=True)

    with opened(where, tmp_path, tmp_path / ADDRESS) as ledger, instead_of_a_writer(tmp_path, die):
        first, second, third = asyncio.run(ask(ledger))
    assert ["has gone" in str(refused) for refused in (first, second)] == [True, True]
    assert third is None
    assert "d0" not in [entry.key for entry in entries_in(where)]


def test_a_writer_that_does_not_answer_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where, seen = str(tmp_path / "log.db"), []
    monkeypatch.setattr(client, "ANSWER_SECONDS", 0.05)

    def keep_quiet(connection: socket.socket) -> None:
        take_groups(connection)
        seen.append(last_of(connection))

    with opened(where, tmp_path, tmp_path / ADDRESS) as ledger:
        with (
            instead_of_a_writer(tmp_path, keep_quiet),
            pytest.raises(StoreUnavailable, match="does not answer"),
        ):
            asyncio.run(ledger.append([record(1)]))
        asyncio.run(ledger.append([record(2)]))
    assert seen == [b""]
    assert [entry.key for entry in entries_in(where, *SERVICE)] == ["d2"]


@pytest.mark.parametrize("answer", [frame(b"{}"), frame(b""), b"CGLX" + bytes(8), b"HTTP/1.1 200 OK\r\n"])
def test_what_is_no_answer_ends_the_connection(tmp_path: Path, answer: bytes) -> None:
    where = str(tmp_path / "log.db")

    def reply(connection: socket.socket) -> None:
        take_groups(connection)
        connection.sendall(answer)
        assert last_of(connection) == b""

    with opened(where, tmp_path, tmp_path / ADDRESS) as ledger:
        with instead_of_a_writer(tmp_path, reply), pytest.raises(StoreUnavailable, match="has gone"):
            asyncio.run(ledger.append([record(1)]))
        asyncio.run(ledger.append([record(2)]))
    assert [entry.key for entry in entries_in(where, *SERVICE)] == ["d2"]


def test_an_answer_that_nothing_waits_for_ends_the_connection(tmp_path: Path) -> None:
    where = str(tmp_path / "log.db")

    def reply_twice(connection: socket.socket) -> None:
        take_groups(connection)
        answer = frame(encode_answer(answer_with("k", [JobResult()], NOTHING, [])))
        connection.sendall(answer + answer)
        assert last_of(connection) == b""

    async def work(ledger: Ledger) -> None:
        await ledger.append([record(1)])
        while ledger._clients[0]._connection is not None:
            await asyncio.sleep(0)
        await ledger.append([record(2)])

    with (
        opened(where, tmp_path, tmp_path / ADDRESS) as ledger,
        instead_of_a_writer(tmp_path, reply_twice),
        capture_logs() as lines,
    ):
        asyncio.run(work(ledger))
    assert "ledger_unavailable" not in [line["event"] for line in lines]


@pytest.mark.parametrize("size", [1_000_000, 5_000_000])
def test_a_group_that_the_socket_has_no_room_for_is_sent_in_parts(tmp_path: Path, size: int) -> None:
    where = str(tmp_path / "log.db")
    expected = [record(number, b"%d" % number * size) for number in range(1, 4)]

    async def work(ledger: Ledger) -> None:
        await asyncio.gather(*await begun(ledger, range(3), expected.__getitem__))

    with writing(where, tmp_path) as address, opened(where, tmp_path, address) as ledger:
        asyncio.run(work(ledger))
    assert entries_in(where, *SERVICE) == expected


def test_what_is_under_way_at_the_end_is_answered(tmp_path: Path) -> None:
    where = str(tmp_path / "log.db")

    async def work(ledger: Ledger) -> None:
        await ledger.append([record(0)])
        calls = []
        for number in range(1, 6):
            calls.append(asyncio.create_task(ledger.append([record(number)])))
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        ledger.close()
        await asyncio.gather(*calls)

    with writing(where, tmp_path) as address, opened(where, tmp_path, address) as ledger:
        asyncio.run(work(ledger))
    assert [entry.key for entry in entries_in(where, *SERVICE)] == [f"d{number}" for number in range(6)]


@pytest.mark.parametrize("connected", [False, True], ids=["while it connects", "once it is connected"])
def test_what_is_to_be_handed_over_at_the_end_is_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, connected: bool
) -> None:
    where, connect = str(tmp_path / "log.db"), client.WriterClient.connect

    def connect_late(one: client.WriterClient) -> bool:
        connecting.set()
        if not connected:
            wait_until(lambda: not ledger._open)
        return connect(one)

    async def work() -> None:
        call = asyncio.create_task(ledger.append([record(1)]))
        while not connecting.is_set():
            await asyncio.sleep(0)
        if connected:
            wait_until(lambda: len(ledger._returned) > 0)
        ledger.close()
        await call

    connecting = threading.Event()
    monkeypatch.setattr(client.WriterClient, "connect", connect_late)
    with writing(where, tmp_path) as address, opened(where, tmp_path, address) as ledger:
        asyncio.run(work())
    assert [entry.key for entry in entries_in(where, *SERVICE)] == ["d1"]


def test_a_writer_that_does_not_answer_is_given_up_at_the_end_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, received = str(tmp_path / "log.db"), threading.Event()
    monkeypatch.setattr(client, "ANSWER_SECONDS", 0.5)

    def keep_quiet(connection: socket.socket) -> None:
        take_groups(connection)
        received.set()
        assert last_of(connection) == b""

    async def work(ledger: Ledger) -> None:
        call = asyncio.create_task(ledger.append([record(1)]))
        while not received.is_set():
            await asyncio.sleep(0)
        ledger.close()
        with pytest.raises(StoreUnavailable):
            await call

    with opened(where, tmp_path, tmp_path / ADDRESS) as ledger, instead_of_a_writer(tmp_path, keep_quiet):
        asyncio.run(work(ledger))


def test_more_policy_sets_than_a_connection_takes_are_recorded_without_the_writer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, received, may_answer = str(tmp_path / "log.db"), threading.Event(), threading.Event()
    monkeypatch.setattr(client, "MAX_POLICIES", 1)

    def answer_late(connection: socket.socket) -> None:
        (content,) = take_groups(connection)
        numbers = [1] * len(decode_group(content, {}).texts)
        received.set()
        assert may_answer.wait(PATIENCE_SECONDS)
        connection.sendall(frame(encode_answer(answer_with("k", [JobResult()], NOTHING, numbers))))
        assert last_of(connection) == b""

    async def work(ledger: Ledger) -> None:
        one, other = (PolicyFiles.of(f"r{number}", {}) for number in range(2))
        together = [ledger.append([record(number)], set_) for number, set_ in enumerate((one, other))]
        await asyncio.gather(*together)
        under_way = asyncio.create_task(ledger.append([record(2)], one))
        while not received.is_set():
            await asyncio.sleep(0)
        await ledger.append([record(3)], one)
        await ledger.append([record(4)], one)
        may_answer.set()
        await under_way

    with (
        opened(where, tmp_path, tmp_path / ADDRESS) as ledger,
        instead_of_a_writer(tmp_path, answer_late),
        capture_logs() as lines,
    ):
        asyncio.run(work(ledger))
        ledger.close()
    assert [line["event"] for line in lines if line["log_level"] != "info"][:1] == ["not_handed_over"]
    assert [entry.key for entry in entries_in(where, *SERVICE)] == ["d0", "d1", "d3", "d4"]


def test_a_process_without_a_file_descriptor_writes_by_itself_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = str(tmp_path / "log.db")

    def refuse(*_: object) -> None:
        raise OSError(errno.EMFILE, "too many open files")

    async def work(ledger: Ledger) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(client, "socket", SimpleNamespace(socket=refuse, AF_UNIX=0, SOCK_STREAM=0))
            await ledger.append([record(1)])
        await ledger.append([record(2)])

    with (
        writing(where, tmp_path) as address,
        opened(where, tmp_path, address) as ledger,
        capture_logs() as lines,
    ):
        asyncio.run(work(ledger))
    assert "log_writer_missed" in [line["event"] for line in lines]
    assert [entry.key for entry in entries_in(where, *SERVICE)] == ["d1", "d2"]


@pytest.mark.parametrize(
    "greeting",
    [frame(b"")[:4] + b"\x09" + frame(b"")[5:], b"HTTP/1.1 400 Bad Request\r\n\r\n", b""],
    ids=["another version", "another protocol", "nothing"],
)
def test_nothing_is_handed_over_to_what_is_no_writer(tmp_path: Path, greeting: bytes) -> None:
    where, received = str(tmp_path / "log.db"), []

    def greet(connection: socket.socket) -> None:
        connection.sendall(greeting)
        connection.shutdown(socket.SHUT_WR)
        received.append(last_of(connection))

    with opened(where, tmp_path, tmp_path / ADDRESS) as ledger, instead_of_a_writer(tmp_path, greet):
        asyncio.run(ledger.append([record(1)]))
    assert received == [b""]
    assert [entry.key for entry in entries_in(where, *SERVICE)] == ["d1"]


@pytest.mark.parametrize("side", [client, server], ids=["the writer", "a worker"])
def test_a_process_of_another_user_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, side: Any
) -> None:
    where = str(tmp_path / "log.db")
    with writing(where, tmp_path) as address, opened(where, tmp_path, address) as ledger:
        monkeypatch.setattr(side, "is_own_user", lambda _: False)
        with capture_logs() as lines:
            asyncio.run(ledger.append([record(1)]))
    assert "log_writer_missed" in [line["event"] for line in lines]
    assert [entry.key for entry in entries_in(where, *SERVICE)] == ["d1"]


def test_a_group_that_is_too_long_for_a_frame_is_written_without_the_writer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = str(tmp_path / "log.db")
    monkeypatch.setattr(frames, "MAX_FRAME_BYTES", 10_000)
    with writing(where, tmp_path) as address, opened(where, tmp_path, address) as ledger:
        with capture_logs() as lines:
            asyncio.run(ledger.append([record(1, b"x" * 20_000)], POLICIES))
        assert [line["event"] for line in lines] == ["not_handed_over"]
        asyncio.run(ledger.append([record(2)], POLICIES))
    assert [entry.key for entry in entries_in(where, *SERVICE)] == ["d1", "d2"]


def test_a_worker_that_sends_what_is_no_group_disturbs_no_other(tmp_path: Path) -> None:
    where = str(tmp_path / "log.db")
    with writing(where, tmp_path) as address, opened(where, tmp_path, address) as ledger:
        for sent in (b"HTTP", frame(b"no group"), b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", frame(b"x")[:5]):
            with socket.socket(socket.AF_UNIX) as stranger:
                stranger.connect(str(address))
                assert frames.FrameReader(stranger).read() == b""
                stranger.sendall(sent)
                if len(sent) > 12:
                    assert last_of(stranger) == b""
            asyncio.run(ledger.append([record(len(sent))]))
    assert len(entries_in(where, *SERVICE)) == 4


def test_a_rotated_key_is_followed_by_who_hands_over(tmp_path: Path) -> None:
    where = str(tmp_path / "log.db")
    with writing(where, tmp_path) as address, opened(where, tmp_path, address) as ledger:
        asyncio.run(ledger.append([record(1)]))
        before = ledger.signing_key.verifying
        succession = rotate_signing_key(Database(where), tmp_path / KEY, ORIGIN, lambda: NOW)
        asyncio.run(ledger.append([record(2)]))
        assert ledger.signing_key.verifying == succession.new != before


def test_many_policy_sets_are_handed_over_on_further_connections(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = str(tmp_path / "log.db")
    monkeypatch.setattr(client, "MAX_POLICIES", 2)

    async def work(ledger: Ledger) -> None:
        for number in range(5):
            await ledger.append([record(number)], PolicyFiles.of(f"r{number}", {}))

    with writing(where, tmp_path) as address, opened(where, tmp_path, address) as ledger:
        asyncio.run(work(ledger))
    database = Database(where, read_only=True)
    with database.reading() as connection:
        assert all(find_revision(connection, f"r{number}") for number in range(5))
    database.dispose()
