"""What lists, searches and news read is found by indexes, on SQLite: no query passes over all of a long table.

Held here is what a page costs where much is recorded; `benchmarks/console.py` measures it.

Covers: api.storage.console_tables, api.storage.tables
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, event

from api.domain.decision_terms import SearchTerm, TermSort
from api.domain.handovers.handover import HandoverStatus, RecordedHandover
from api.domain.live.news import NewsKind
from api.ledger.database import Database
from api.ledger.entries import EntryKind
from api.ledger.erasure import find_erasable
from api.ledger.proofs import newest_checkpoint, page_of_checkpoints
from api.ledger.reader import (
    entries_at,
    find_decision,
    find_entry,
    leaves_between,
    newest_activations,
    newest_decisions,
    newest_entry,
    page_of_entries,
    stored_at,
)
from api.ledger.stored_entries import moments_at
from api.storage.approvals import load_history
from api.storage.case_changes import find_case_changes
from api.storage.cases import find_case_id, load_case, load_cases_about, load_cases_among
from api.storage.decision_index import IndexBatch, read_batch, store_batch
from api.storage.decision_lookup import (
    Wanted,
    count_days,
    count_decisions,
    find_places,
    last_day,
    places_about,
    values_of,
)
from api.storage.handover_corrections import corrections_after, load_corrections, superseded_before
from api.storage.handovers import (
    find_clearance_of,
    find_handover,
    first_use,
    load_deliveries,
    load_handovers,
    load_newest_handovers,
)
from api.storage.live.news import NewsSpan, load_news
from api.storage.newest_record import newest_office_record, newest_record
from api.storage.register_events import item_history
from api.storage.register_marks import read_marks
from api.storage.register_papers import count_papers, load_papers
from api.storage.registers import find_item, find_items, listed_after, load_items
from api.storage.urgencies import find_place, load_urgent
from tests.api.storage.test_decision_lookup import decision

LONG_TABLES = frozenset(
    {
        "log_entries",
        "decision_groups",
        "register_items",
        "register_event_items",
        "decision_rows",
        "decision_places",
        "decision_terms",
        "handovers",
        "handover_corrections",
        "urgencies",
        "case_facts",
        "cases",
        "personal_data",
        "recurring_texts",
        "checkpoints",
    }
)
DECISION_ID = "01a22a54-b51e-7afa-9a01-0be4c768bbc2"
DAY = dt.date(1965, 3, 1)
TERMS = [
    [SearchTerm(TermSort.COUNTRY, "KP")],
    [SearchTerm(TermSort.CLAUSE, "2"), SearchTerm(TermSort.RULE, "r")],
]
HANDOVER = RecordedHandover(
    handover_id="h-1",
    clearance_id="c-1",
    uses_up="c-1",
    department="metallurgy",
    request_id="r-1",
    case_id="case-1",
    handed_over_on=DAY,
    recorded_at=dt.datetime(1965, 3, 1, tzinfo=dt.UTC),
    recorded_by="liaison-1",
    status=HandoverStatus.IN_ORDER,
    content={"items": []},
    sequence=7,
)

Query = Callable[[Connection], object]
NEWS = NewsSpan(5, 900)
QUERIES: dict[str, Query] = {
    "decisions by terms": lambda c: find_places(c, Wanted(TERMS), 900, 51),
    "decisions of a request": lambda c: find_places(c, Wanted(request_id="r-1"), 900, 51),
    "decisions of days": lambda c: find_places(c, Wanted(first_day=DAY, last_day=DAY), 900, 51),
    "decisions of days, by terms": lambda c: find_places(c, Wanted(TERMS, first_day=DAY), 900, 51),
    "a decision by its id": lambda c: find_places(c, Wanted(decision_id="d-1"), 900, 51),
    "a decision by an id of the service": lambda c: find_places(c, Wanted(decision_id=DECISION_ID), 900, 51),
    "places about a request": lambda c: places_about(c, "r-1"),
    "values of a sort": lambda c: values_of(c, TermSort.RULE),
    "values that begin so": lambda c: values_of(c, TermSort.REVISION, "0a"),
    "decisions by the values of a sort": lambda c: count_decisions(c, TermSort.OUTCOME),
    "decisions of each day": lambda c: count_days(c, DAY, DAY),
    "the last day": last_day,
    "a batch for the index": lambda c: read_batch(c, 900, 50),
    "entries at places": lambda c: entries_at(c, []),
    "entries at some places": lambda c: moments_at(c, [7, 900]),
    "an entry at a place": lambda c: stored_at(c, 7),
    "hashes between places": lambda c: leaves_between(c, 512, 1024),
    "what has a key": lambda c: find_erasable(c, DECISION_ID, None),
    "a page of the log": lambda c: page_of_entries(c, 900, 50),
    "the newest entry": newest_entry,
    "the newest decisions": lambda c: newest_decisions(c, 10),
    "the newest activations": lambda c: newest_activations(c, 10),
    "a decision": lambda c: find_decision(c, DECISION_ID),
    "an entry": lambda c: find_entry(c, EntryKind.CASE_OPENED, "case-1"),
    "the newest checkpoint": newest_checkpoint,
    "checkpoints": lambda c: page_of_checkpoints(c, 900, 50),
    "what was approved": lambda c: load_history(c, None),
    "final papers": lambda c: load_papers(c, limit=20),
    "final papers, further": lambda c: load_papers(c, before=7, limit=20),
    "how many papers": count_papers,
    "handovers": lambda c: load_newest_handovers(c, None, None, None, 51),
    "handovers, further": lambda c: load_newest_handovers(c, None, None, HANDOVER, 51),
    "handovers of a department": lambda c: load_newest_handovers(c, "metallurgy", None, HANDOVER, 51),
    "handovers of a status": lambda c: load_newest_handovers(c, None, HandoverStatus.IN_ORDER, HANDOVER, 51),
    "handovers of both": lambda c: load_newest_handovers(c, "m", HandoverStatus.IN_ORDER, HANDOVER, 51),
    "handovers, the oldest first": lambda c: load_handovers(c, "metallurgy", None, 7, 51),
    "a handover": lambda c: find_handover(c, "h-1"),
    "the first use of a clearance": lambda c: first_use(c, "c-1"),
    "the clearance of a decision": lambda c: find_clearance_of(c, "d-1"),
    "corrections": lambda c: load_corrections(c, {"h-1", "h-2"}),
    "corrections after": lambda c: corrections_after(c, {"h-1"}),
    "superseded before": lambda c: superseded_before(c, {"h-1"}),
    "deliveries of cases": lambda c: load_deliveries(c, ["case-1", "case-2"]),
    "a case": lambda c: load_case(c, "case-1"),
    "some cases": lambda c: load_cases_among(c, ["case-1", "case-2"]),
    "cases about requests": lambda c: load_cases_about(c, {"r-1"}),
    "the case of a request": lambda c: find_case_id(c, ("metallurgy", "r-1")),
    "changes of cases": lambda c: find_case_changes(c, 900),
    "urgent requests": lambda c: load_urgent(c, None, None, 5, 26),
    "urgent requests of a department": lambda c: load_urgent(c, "metallurgy", None, 5, 26),
    "urgent requests for a party": lambda c: load_urgent(c, None, "committee", 5, 26),
    "an urgent request": lambda c: find_place(c, "d-1", "metallurgy"),
    "the items of a list": lambda c: load_items(c, "list-1", after=50, limit=51),
    "an item": lambda c: find_item(c, "I-1"),
    "some items": lambda c: find_items(c, {"I-1", "I-2"}),
    "items since": lambda c: listed_after(c, 900),
    "the history of an item": lambda c: item_history(c, "I-1"),
    "how far the registers reach": read_marks,
    "the newest record": newest_record,
    "the newest record of the office": newest_office_record,
    **{
        f"news: {kind.value}": lambda c, kind=kind: load_news(c, NEWS, 50, kinds=[kind])  # type: ignore[misc]
        for kind in NewsKind
    },
    "news of a department, the newest first": lambda c: load_news(c, NewsSpan(-1, 9, True), 50, "metallurgy"),
}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = Database(str(tmp_path_factory.mktemp("plans") / "log.db"))
    database.prepare()
    terms = [term for group in TERMS for term in group]
    with database.writing() as connection:
        store_batch(connection, IndexBatch(0, 900, [decision(800, DAY, "r-1", terms)]))
    yield database
    database.dispose()


def plans_of(database: Database, query: Query) -> list[tuple[str, str]]:
    """Every step by which the statements of a query are carried out, each with its statement."""
    sent = list[tuple[str, object]]()
    with database.reading() as connection:
        driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]

        def note(_: object, __: object, statement: str, parameters: object, *___: object) -> None:
            sent.append((statement, parameters))

        event.listen(connection, "before_cursor_execute", note)
        texts = list[str]()
        driver.set_trace_callback(texts.append)
        query(connection)
        driver.set_trace_callback(None)
        known = {statement for statement, _ in sent}
        read = [*sent, *((text, ()) for text in texts if text.startswith("SELECT") and text not in known)]
        return [
            (str(row[3]), statement)
            for statement, parameters in read
            if statement.lstrip().upper().startswith(("SELECT", "WITH"))
            for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
        ]


def passes_over(step: str, statement: str, steps: list[str]) -> bool:
    """Whether a step reads all of a long table: a bounded walk along an index, in its order, does not."""
    words = step.split()
    if words[0] != "SCAN" or words[1] not in LONG_TABLES:
        return False
    is_bounded = "LIMIT" in statement.upper()
    return not is_bounded or any("TEMP B-TREE" in other for other in steps)


@pytest.mark.parametrize("name", QUERIES)
def test_no_long_table_is_read_whole(database: Database, name: str) -> None:
    plans = plans_of(database, QUERIES[name])
    assert plans, "nothing was read"
    for step, statement in plans:
        steps = [other for other, of in plans if of == statement]
        assert not passes_over(step, statement, steps), f"{steps}\n{statement}"


def test_a_query_without_an_index_would_be_found(database: Database) -> None:
    plans = plans_of(database, lambda c: c.exec_driver_sql("SELECT * FROM handovers WHERE recorded_by = 'x'"))
    assert [passes_over(step, statement, []) for step, statement in plans] == [True]
