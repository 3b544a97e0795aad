"""The ledger on both databases: SQLite, and a real PostgreSQL that the test starts itself."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from api.domain.cases.case import Case
from api.domain.cases.recordable_facts import NewFact
from api.domain.identity import Caller
from api.ledger.checkpoints import verify_checkpoint
from api.ledger.database import Database, StoreUnavailable
from api.ledger.entries import Entry, EntryKind
from api.ledger.key_succession import TrustedKeys
from api.ledger.log import Ledger
from api.ledger.reader import (
    find_decision,
    find_stored_decision,
    newest_entry,
    stored_entries,
    stored_notes,
)
from api.ledger.revisions import PolicyFiles, find_revision, store_revision
from api.ledger.verifier import verify_log
from api.signing.keys import load_signing_key
from api.storage.cases import add_case, add_facts, load_case, load_cases
from api.storage.newest_record import newest_record
from api.storage.stored_responses import IdempotentCall, StoredResponse, find_stored_response, store_response
from api.storage.tables import case_facts
from tests.support.shipped_roles import DEPARTMENT

NOW = datetime(1965, 1, 1, tzinfo=UTC)
POLICIES = PolicyFiles.of("r1", {"a.yaml": "\u4e2d\n".encode(), "b.yaml": b"\xff\xfe"})


def decision(number: int, size: int = 10) -> Entry:
    payloads = {"request": b' {"a": 1} ', "decision": b"x" * size}
    return Entry(EntryKind.DECISION, f"d{number}", NOW, {"revision": "r1"}, payloads)


@contextmanager
def opened(where: str, tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(Database(where), tmp_path / "signing.key", "example.org/log", lambda: NOW)
    ledger.open()
    try:
        yield ledger
    finally:
        ledger.close()


def intact(where: str, tmp_path: Path) -> int:
    """The number of entries of a log that verifies."""
    key = load_signing_key(tmp_path / "signing.key", "example.org/log").verifying
    database = Database(where, read_only=True)
    with database.reading() as connection:
        notes = stored_notes(connection)
        verdict = verify_log(stored_entries(connection), notes, TrustedKeys.of(key))
    database.dispose()
    assert verdict.intact, verdict.findings
    assert verify_checkpoint(notes[-1], [key]).size == verdict.size == verdict.signed
    return verdict.size


def test_what_is_appended_is_found_byte_for_byte_after_a_new_start(where: str, tmp_path: Path) -> None:
    with opened(where, tmp_path) as ledger:
        asyncio.run(ledger.append([decision(1), decision(2)], POLICIES))
    with opened(where, tmp_path) as ledger:
        read = ledger.read
        assert asyncio.run(read(lambda connection: find_decision(connection, "d2"))) == decision(2)
        assert asyncio.run(read(lambda connection: find_decision(connection, "d3"))) is None
        assert asyncio.run(read(lambda connection: find_revision(connection, "r1"))) == POLICIES
        asyncio.run(ledger.append([decision(3)], POLICIES))
    assert intact(where, tmp_path) == 3 + 2 * 3


def test_a_list_is_recorded_whole_or_not_at_all(where: str, tmp_path: Path) -> None:
    with opened(where, tmp_path) as ledger:
        with pytest.raises(StoreUnavailable):
            asyncio.run(ledger.append([decision(1), decision(1)], POLICIES))
        asyncio.run(ledger.append([decision(1)], POLICIES))
    assert intact(where, tmp_path) == 1 + 3


def test_a_trial_leaves_no_trace(where: str, tmp_path: Path) -> None:
    with opened(where, tmp_path) as ledger:
        asyncio.run(ledger.append([decision(1)], POLICIES))
        asyncio.run(ledger.try_writing())
    assert intact(where, tmp_path) == 1 + 3


def test_several_workers_share_one_log_without_a_gap(where: str, tmp_path: Path) -> None:
    def work(worker: int) -> None:
        async def append_all(ledger: Ledger) -> None:
            await asyncio.gather(
                *(ledger.append([decision(worker * 1000 + number)], POLICIES) for number in range(100))
            )

        with opened(where, tmp_path) as ledger:
            asyncio.run(append_all(ledger))

    database = Database(where)
    database.prepare()
    database.dispose()
    load_signing_key(tmp_path / "signing.key", "example.org/log")
    workers = [threading.Thread(target=work, args=[worker]) for worker in range(3)]
    for thread in workers:
        thread.start()
    for thread in workers:
        thread.join()
    assert intact(where, tmp_path) == 3 * (100 + 3)


def test_a_milestone_keeps_its_checkpoint(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.ledger.log_appender.CHECKPOINT_EVERY", 5)
    with opened(where, tmp_path) as ledger:
        for number in range(12):
            asyncio.run(ledger.append([decision(number)], POLICIES))
    database = Database(where, read_only=True)
    with database.reading() as connection:
        assert len(stored_notes(connection)) == 3
    database.dispose()
    intact(where, tmp_path)


def test_a_restarted_postgresql_costs_no_answered_entry(postgres: Any, tmp_path: Path) -> None:
    postgres.psql("CREATE DATABASE restarted;")
    where = str(postgres.get_uri("restarted"))
    answered = []
    with opened(where, tmp_path) as ledger:
        for number in range(60):
            if number in (20, 40):
                postgres.psql(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'restarted';"
                )
            try:
                asyncio.run(ledger.append([decision(number)], POLICIES))
                answered.append(number)
            except StoreUnavailable:
                continue
        found = [
            asyncio.run(ledger.read(partial(find_decision, decision_id=f"d{number}"))) for number in answered
        ]
    assert all(found)
    assert len(answered) >= 56
    intact(where, tmp_path)


def test_a_unit_sees_the_log_as_it_is_at_its_place(where: str, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []

    def unit(number: int) -> Callable[[Connection, int], tuple[Sequence[Entry], None]]:
        def run(connection: Connection, place: int) -> tuple[Sequence[Entry], None]:
            seen.append((place, newest_entry(connection)))
            return [decision(number)], None

        return run

    async def together() -> None:
        calls = [ledger.append([decision(100 + number)], POLICIES) for number in range(3)]
        await asyncio.gather(*calls, *(ledger.work(unit(number)) for number in range(20)))

    with opened(where, tmp_path) as ledger:
        asyncio.run(together())
    assert [newest for _, newest in seen] == [place - 1 for place, _ in seen]
    assert intact(where, tmp_path) == 3 + 23


def test_a_unit_that_refuses_leaves_the_work_of_its_group(where: str, tmp_path: Path) -> None:
    def unit(number: int) -> Callable[[Connection, int], tuple[list[Entry], int]]:
        def run(connection: Connection, place: int) -> tuple[list[Entry], int]:
            store_revision(connection, PolicyFiles.of(f"u{number}", {}))
            if number % 2:
                raise ValueError(f"refused {number}")
            return [decision(number), decision(1000 + number)], place

        return run

    async def work_all(ledger: Ledger) -> list[object]:
        calls = [ledger.work(unit(number)) for number in range(40)]
        others = [ledger.append([decision(5000 + number)], POLICIES) for number in range(10)]
        answers: list[object] = [*await asyncio.gather(*calls, *others, return_exceptions=True)]
        return answers[:40]

    with opened(where, tmp_path) as ledger:
        answers = asyncio.run(work_all(ledger))
        revisions = [asyncio.run(ledger.read(partial(find_revision, revision=f"u{n}"))) for n in range(40)]
        rows = [
            asyncio.run(ledger.read(partial(find_stored_decision, decision_id=f"d{n}"))) for n in range(40)
        ]
    places = [row.sequence if row else None for row in rows]
    assert [str(answer) for answer in answers[1::2]] == [f"refused {number}" for number in range(1, 40, 2)]
    assert answers[::2] == places[::2]
    assert [found is not None for found in revisions] == [True, False] * 20
    assert intact(where, tmp_path) == 2 * 20 + 10 + 3


def test_a_case_keeps_its_facts_and_its_versions(where: str, tmp_path: Path) -> None:
    facts = [
        NewFact(None, "urgency.ground", '"\u5de5"', NOW.date()),
        NewFact("1", "item.quantity", "1.50", NOW.date()),
    ]
    clerk = Caller("clerk", DEPARTMENT, "metallurgy")
    call = IdempotentCall(clerk, "/v1/cases", b"{}", "key")
    case = Case("c", "r", "metallurgy", NOW, (1, "b"), ((), ("item.legacy_list",)), 0, ())

    def unit(connection: Connection, place: int) -> tuple[list[Entry], int]:
        add_case(connection, case, place)
        store_response(connection, call, StoredResponse("{}", 2))
        return [], add_facts(connection, case, facts, [place, place], NOW, clerk.author)

    with opened(where, tmp_path) as ledger:
        assert asyncio.run(ledger.work(unit)) == 2
        (found,) = asyncio.run(ledger.read(lambda c: load_cases(c, "metallurgy")))
        assert asyncio.run(ledger.read(lambda c: load_cases(c, "textiles"))) == []
        assert asyncio.run(ledger.read(lambda c: load_cases(c, None))) == [found]
        assert asyncio.run(ledger.read(lambda c: load_case(c, "c"))) == found
        answered = asyncio.run(ledger.read(lambda c: find_stored_response(c, call)))
    assert answered == StoredResponse("{}", 2)
    assert (found.version, found.lines, found.claims) == (2, case.lines, case.claims)
    assert [(fact.position, fact.line, fact.value) for fact in found.facts] == [
        (1, None, "\u5de5"),
        (2, "1", Decimal("1.50")),
    ]


def test_a_failure_in_reading_what_is_known_is_one_of_the_store(where: str, tmp_path: Path) -> None:
    with opened(where, tmp_path) as store:
        with pytest.raises(StoreUnavailable, match="case_facts"):
            asyncio.run(store.work(_drop_and_read))
        database = Database(where)
        with database.upgrading() as connection:
            case_facts.drop(connection)
        database.dispose()
        with pytest.raises(StoreUnavailable, match="case_facts"):
            asyncio.run(store.read(newest_record))


def _drop_and_read(connection: Connection, _: int) -> tuple[Sequence[Entry], int]:
    """A unit of work that meets a failing database, and not a refusal of its own."""
    case_facts.drop(connection)
    return (), newest_record(connection)
