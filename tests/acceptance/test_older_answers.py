"""A ledger of an earlier version is replayed: its answers had another form, what was decided is the same.

Covers: api.domain.answer_editions, api.services.replay
"""

import gzip
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.domain.answer_editions import edition_named, is_same_answer
from api.doors.running_server import running_server
from api.ledger.database import Database
from api.ledger.entries import DECISION, Entry
from api.ledger.reader import whole_entries
from api.settings import Settings
from engine import ANSWER_EDITION, Decision

ROOT = Path(__file__).parents[2]
DUMP = ROOT / "tests" / "data" / "ledgers" / "answers_of_edition_1.sql.gz"
ANSWERS = 16
EXAMPLE = json.loads((ROOT / "examples" / "escalate_urgent.json").read_text())


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """The ledger as that version left it, with the tables brought up to date."""
    file = tmp_path / "log.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(gzip.decompress(DUMP.read_bytes()).decode())
    assert run("store", "upgrade", file).exit_code == 0
    return file


def entries_of(file: Path) -> list[Entry]:
    database = Database(str(file), read_only=True)
    with database.reading() as connection:
        found = [entry for _, entry in whole_entries(connection) if DECISION in entry.payloads]
    database.dispose()
    return found


def test_every_decision_of_an_earlier_version_is_taken_again_and_its_edition_named(ledger: Path) -> None:
    result = run("log", "replay", ledger)
    assert result.output.splitlines() == [
        f"{ANSWERS} decisions taken again, 0 differ from what was recorded",
        f"{ANSWERS} of them have answers of edition 1, and were compared by what was decided",
    ]
    assert result.exit_code == 0


def test_the_ledger_is_continued_in_the_edition_of_today(ledger: Path) -> None:
    settings = Settings(policies=ROOT / "policies", database=str(ledger), insecure_no_auth=True)
    with running_server(settings) as address, httpx.Client(base_url=address, timeout=60) as client:
        assert client.post("/v1/pre-check", json=EXAMPLE).status_code == 200
    result = run("log", "replay", ledger)
    assert result.output.startswith(f"{ANSWERS + 1} decisions taken again, 0 differ")
    assert f"\n{ANSWERS} of them have answers of edition 1" in result.output
    assert [entry.members.get("answer_edition") for entry in entries_of(ledger)[-2:]] == [
        None,
        ANSWER_EDITION,
    ]


Change = Callable[[dict[str, Any]], object]

WORDED_OTHERWISE: dict[str, Change] = {
    "the sentence": lambda answer: answer.update(say="Another sentence."),
    "the sentence of a line": lambda answer: answer["lines"][0].update(say="Another sentence."),
    "what is asked": lambda answer: answer["lines"][0].pop("missing"),
    "why others did not decide": lambda answer: answer["lines"][0].pop("why_not"),
}
DECIDED_OTHERWISE: dict[str, Change] = {
    "outcome": lambda answer: answer.update(outcome="deliver"),
    "permission": lambda answer: answer.update(handover_as_asked="yes"),
    "revision": lambda answer: answer["policy"].update(revision="0" * 64),
    "day": lambda answer: answer.update(as_of="1965-03-02"),
    "outcome of a line": lambda answer: answer["lines"][0].update(outcome="deliver"),
    "permission of a line": lambda answer: answer["lines"][0].update(handover_as_asked="yes"),
    "rule": lambda answer: answer["lines"][0]["rules"].append("another"),
    "clause": lambda answer: answer["lines"][0]["clauses"].append("D6"),
    "reading": lambda answer: answer["lines"][0]["readings"].reverse(),
    "duty": lambda answer: answer["lines"][0]["duties"].pop(),
    "evidence of a duty": lambda answer: answer["lines"][0]["duties"][0].pop("evidence"),
    "a line too few": lambda answer: answer["lines"].pop(),
}


@pytest.fixture
def urgent(ledger: Path) -> bytes:
    return next(
        content
        for entry in entries_of(ledger)
        if b'"outcome":"escalate_urgent"' in (content := entry.payloads[DECISION])
    )


def changed(answer: bytes, change: Change) -> bytes:
    members = json.loads(answer)
    change(members)
    written = json.dumps(members).encode()
    assert json.loads(written) != json.loads(answer)
    return written


@pytest.mark.parametrize("name", WORDED_OTHERWISE)
def test_what_explains_an_older_answer_may_have_another_form(urgent: bytes, name: str) -> None:
    again, older = Decision.model_validate_json(urgent), changed(urgent, WORDED_OTHERWISE[name])
    assert is_same_answer(older, again, 1)
    assert not is_same_answer(older, again, ANSWER_EDITION)


@pytest.mark.parametrize("name", DECIDED_OTHERWISE)
def test_what_was_decided_has_to_be_the_same(urgent: bytes, name: str) -> None:
    older = changed(urgent, DECIDED_OTHERWISE[name])
    assert not is_same_answer(older, Decision.model_validate_json(urgent), 1)


@pytest.mark.parametrize("edition", [0, ANSWER_EDITION + 1, "2", True, None, 1.0])
def test_an_edition_that_is_not_known_is_an_error(edition: object) -> None:
    with pytest.raises(ValueError, match="this version knows 1 to"):
        edition_named({"answer_edition": edition})
