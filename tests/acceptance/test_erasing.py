"""Erasing erasable texts: the bytes are gone, every proof stands, and tampering with them is caught.

Covers: api.cli.log_erase
"""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, select, text
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.ledger.database import Database
from api.ledger.merkle import leaf_hash, verify_inclusion
from api.ledger.migrations.schema import metadata
from tests.support.desks import URGENT, Desk, fact, serving

SECRET = "Tal Orin"
OWNER = "works \u5de5, of Tal Orin"
REQUEST = {
    **URGENT,
    "mission": {**URGENT["mission"], "name": "a mission of Tal Orin"},
    "urgency": {**URGENT["urgency"], "ground": 'for "Tal Orin"'},
    "items": [{**item, "owner": OWNER} for item in URGENT["items"]],
}
BODY = json.dumps(REQUEST, ensure_ascii=False, indent=1).encode()
JSON = {"Content-Type": "application/json"}
GROUND = ("--ground", "wish of the person, letter no. 9")


@dataclass(frozen=True)
class ErasableDesk:
    """A log with a decision, the same decision again, and a case with a fact that was recorded."""

    where: str
    desk: Desk
    decision: str
    again: str
    case: str

    def run(self, *arguments: str | Path) -> Result:
        """A command about the log, which the server goes on using."""
        command, *rest = arguments
        words = ["log", command, *rest, *(["--database", self.where] if command == "erase" else [self.where])]
        return CliRunner().invoke(app, list(map(str, words)))

    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.run("export").stdout.splitlines()]

    def alter(self, statement: str, **values: Any) -> None:
        url = self.where if "://" in self.where else f"sqlite:///{self.where}"
        engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
        with engine.begin() as connection:
            connection.execute(text(statement), values)
        engine.dispose()

    def traces(self) -> bool:
        """Whether the secret stands in a row, or anywhere in the files of SQLite."""
        database = Database(self.where, read_only=True)
        with database.reading() as connection:
            rows = [row for table in metadata.sorted_tables for row in connection.execute(select(table))]
        database.dispose()
        cells = [
            bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
            for row in rows
            for cell in row
        ]
        files = [] if "://" in self.where else sorted(Path(self.where).parent.glob("log.db*"))
        return any(SECRET.encode() in content for content in [*cells, *(file.read_bytes() for file in files)])


@pytest.fixture
def office(where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ErasableDesk]:
    monkeypatch.setenv("CHANNELGATE_KEEP_APART", "personal")
    monkeypatch.setenv("CHANNELGATE_SIGNING_KEY", str(tmp_path / "signing.key"))
    with serving(tmp_path, where) as desk:
        one, again = (
            desk.call("committee", "POST", "/v1/pre-check", content=BODY, headers=JSON).json()["decision_id"]
            for _ in range(2)
        )
        case = desk.opened(**REQUEST)
        desk.record(
            "department", case, fact("urgency.ground", "asked by Tal Orin", evidence="Tal Orin's letter")
        )
        yield ErasableDesk(where, desk, one, again, case)


def test_the_log_holds_no_erasable_text_and_export_shows_it(office: ErasableDesk) -> None:
    database = Database(office.where, read_only=True)
    with database.reading() as connection:
        stored = (
            "SELECT entry FROM log_entries UNION ALL SELECT content FROM recurring_texts"
            " UNION ALL SELECT content FROM decision_groups"
        )
        entries = [bytes(row) for row in connection.execute(text(stored)).scalars()]
    database.dispose()
    assert not any(SECRET.encode() in entry for entry in entries)
    decided = next(line for line in office.lines() if line["key"] == office.decision)
    assert decided["request"] == REQUEST
    assert office.run("verify").stdout.splitlines()[1].startswith("kept apart: ")


def test_a_decision_is_answered_and_read_again_as_ever(office: ErasableDesk) -> None:
    answer = office.desk.call("committee", "GET", f"/v1/decisions/{office.decision}").json()
    assert (answer["decision_id"], answer["outcome"]) == (office.decision, "escalate_urgent")


def test_after_erasing_no_byte_of_the_text_is_left_while_the_service_runs(office: ErasableDesk) -> None:
    assert office.traces()
    for key in (office.decision, office.again, office.case):
        result = office.run("erase", key, *GROUND, "--by", "archive")
        assert result.exit_code == 0, result.output
        assert "erased: " in result.stdout
        assert ("left to do" in result.stdout) is ("://" in office.where)
    assert not office.traces()


def test_on_postgresql_the_files_hold_no_trace_once_the_tables_named_are_rewritten(
    postgres: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHANNELGATE_KEEP_APART", "personal")
    monkeypatch.setenv("CHANNELGATE_SIGNING_KEY", str(tmp_path / "signing.key"))
    postgres.psql("CREATE DATABASE rewritten;")
    where = str(postgres.get_uri("rewritten"))
    engine = create_engine(where.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with serving(tmp_path, where) as desk, engine.connect() as connection:
        case = desk.opened(**REQUEST)
        result = ErasableDesk(where, desk, "", "", case).run("erase", case, *GROUND)
        for command in (result.stdout.split("left to do: ")[1].splitlines()[0], "CHECKPOINT"):
            connection.execute(text(command))
        folder = Path(connection.execute(text("SHOW data_directory")).scalar_one())
        files = [path for path in (folder / "base").rglob("*") if path.is_file()]
        mentions = [path for path in files if case.encode() in path.read_bytes()]
        traces = [
            path
            for path in files
            if SECRET.encode() in path.read_bytes() and path.parent in {p.parent for p in mentions}
        ]
    engine.dispose()
    assert mentions
    assert not traces


def test_proofs_and_an_anchor_from_before_hold_after_erasing(office: ErasableDesk, tmp_path: Path) -> None:
    anchor = tmp_path / "anchor.txt"
    anchor.write_text(office.run("checkpoint").stdout)
    before = json.loads(office.run("prove", office.decision).stdout)
    office.run("erase", office.decision, *GROUND)
    office.run("erase", office.case, *GROUND)
    result = office.run("verify", "--anchor", anchor)
    assert result.exit_code == 0, result.output
    assert "kept apart: 6 texts as recorded, 14 texts erased" in result.stdout
    after = json.loads(office.run("prove", office.decision).stdout)
    assert after["entry"] == before["entry"]
    entry, root, *nodes = (
        base64.b64decode(part) for part in (after["entry"], after["root"], *after["inclusion_proof"])
    )
    assert verify_inclusion(leaf_hash(entry), after["sequence"], after["size"], nodes, root)


def test_erased_decisions_come_out_the_same_byte_for_byte(office: ErasableDesk) -> None:
    office.run("erase", office.decision, *GROUND)
    result = office.run("replay")
    assert result.exit_code == 0
    assert "2 decisions taken again, 0 differ" in result.stdout


def test_an_erased_text_is_null_in_the_export_and_of_the_others_nothing_changes(office: ErasableDesk) -> None:
    office.run("erase", office.decision, *GROUND, "--fact", "mission.name")
    requests = {line["key"]: line["request"] for line in office.lines() if "request" in line}
    assert requests[office.decision] == {**REQUEST, "mission": {**REQUEST["mission"], "name": None}}
    assert requests[office.again] == REQUEST


def test_who_erased_what_on_which_ground_is_in_the_log(office: ErasableDesk) -> None:
    office.run("erase", office.decision, *GROUND, "--by", "archive", "--fact", "mission.name")
    erased = next(line for line in office.lines() if line["kind"] == "erased")
    place = next(line["sequence"] for line in office.lines() if line["key"] == office.decision)
    assert (erased["key"], erased["caller"], erased["ground"]) == (office.decision, "archive", GROUND[1])
    assert [(sequence, name) for sequence, _, name in erased["texts"]] == [(place, "mission.name")]


def test_a_case_shows_an_erased_value_as_not_known_and_its_answer_stays(office: ErasableDesk) -> None:
    before = office.desk.case(office.case)
    office.run("erase", office.case, *GROUND)
    after = office.desk.case(office.case)
    assert SECRET in json.dumps(before["history"])
    assert SECRET not in json.dumps(after)
    values = {(fact["position"], fact["fact"]): fact["value"] for fact in after["history"]}
    assert {
        values[place] for place in values if place[1] in ("urgency.ground", "mission.name", "item.owner")
    } == {None}
    assert after["decision"]["lines"] == before["decision"]["lines"]
    assert after["version"] == before["version"]


def test_only_the_texts_of_the_fact_that_is_named_are_erased(office: ErasableDesk) -> None:
    office.run("erase", office.case, *GROUND, "--fact", "evidence")
    recorded = office.desk.case(office.case)["history"][-1]
    assert "evidence" not in recorded
    assert recorded["value"] == "asked by Tal Orin"


def test_a_call_whose_texts_were_erased_cannot_be_recognised_by_trying_texts(office: ErasableDesk) -> None:
    opened = office.desk.open(key="once", **{**REQUEST, "request_id": "once"}).json()["case_id"]
    assert office.desk.open(key="once", **{**REQUEST, "request_id": "once"}).json()["case_id"] == opened
    office.run("erase", opened, *GROUND)
    assert office.desk.open(key="once", **{**REQUEST, "request_id": "once"}).status_code == 409


def test_erasing_twice_says_that_nothing_was_left_and_records_nothing(office: ErasableDesk) -> None:
    office.run("erase", office.decision, *GROUND)
    count = len(office.lines())
    result = office.run("erase", office.decision, *GROUND)
    assert result.exit_code == 0
    assert "nothing was left to erase" in result.stdout
    assert len(office.lines()) == count


FORGED = b'"a mission of Nobody"'
TAMPERING: dict[str, tuple[Callable[[ErasableDesk, int], None], str]] = {
    "another text": (
        lambda office, place: office.alter(
            "UPDATE personal_data SET content = :content WHERE sequence = :place AND ordinal = 1",
            content=FORGED,
            place=place,
        ),
        "is not the one it was recorded with",
    ),
    "another salt": (
        lambda office, place: office.alter(
            "UPDATE personal_data SET salt = :salt WHERE sequence = :place AND ordinal = 1",
            salt=bytes(32),
            place=place,
        ),
        "is not the one it was recorded with",
    ),
    "a row removed": (
        lambda office, place: office.alter(
            "DELETE FROM personal_data WHERE sequence = :place AND ordinal = 1", place=place
        ),
        "is gone, and no entry says that it was erased",
    ),
    "a row added": (
        lambda office, place: office.alter(
            "INSERT INTO personal_data VALUES (:place, 99, :content, :content)", content=FORGED, place=place
        ),
        "a text is kept for it that it does not announce",
    ),
    "a row added for an entry that there is not": (
        lambda office, _: office.alter(
            "INSERT INTO personal_data VALUES (9999, 0, :content, :content)", content=FORGED
        ),
        "entry 9999: a text is kept",
    ),
}


@pytest.mark.parametrize(("tamper", "finding"), TAMPERING.values(), ids=TAMPERING)
def test_tampering_with_a_text_is_named_with_its_entry(
    office: ErasableDesk, tamper: Callable[[ErasableDesk, int], None], finding: str
) -> None:
    place = next(line["sequence"] for line in office.lines() if line["key"] == office.decision)
    tamper(office, place)
    result = office.run("verify")
    assert result.exit_code == 1
    assert finding in result.stdout
    assert "TAMPERED WITH: 1 findings" in result.stdout


def test_a_forged_text_is_not_shown_and_changes_no_replay(office: ErasableDesk) -> None:
    TAMPERING["another text"][0](
        office, next(e["sequence"] for e in office.lines() if e["key"] == office.decision)
    )
    assert "Nobody" not in office.run("export").stdout
    assert office.run("replay").exit_code == 0


def test_a_text_that_comes_back_after_it_was_erased_is_found(office: ErasableDesk) -> None:
    database = Database(office.where, read_only=True)
    with database.reading() as connection:
        row = connection.execute(text("SELECT * FROM personal_data ORDER BY sequence, ordinal")).first()
    database.dispose()
    assert row is not None
    office.run("erase", office.decision, *GROUND)
    office.alter(
        "UPDATE personal_data SET salt = :salt, content = :content WHERE sequence = :sequence AND ordinal = :ordinal",
        **row._mapping,
    )
    result = office.run("verify")
    assert result.exit_code == 1
    assert "says that it was erased; erase it again" in result.stdout
    assert office.run("erase", office.decision, *GROUND).exit_code == 0
    assert office.run("verify").exit_code == 0


def test_mistakes_are_reported_with_a_remedy(
    office: ErasableDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = office.run("erase", "no-such-id", *GROUND)
    assert (unknown.exit_code, "copy the id from an answer" in unknown.stderr) == (2, True)
    never = office.run("erase", office.decision, *GROUND, "--fact", "item.unit")
    assert (never.exit_code, "no text of item.unit" in never.stderr) == (2, True)
    misspelt = office.run("erase", office.decision, *GROUND, "--fact", "mision.name")
    assert (misspelt.exit_code, "did you mean `mission.name`?" in misspelt.stderr) == (2, True)
    blank = office.run("erase", office.decision, "--ground", " ")
    assert blank.exit_code == 2
    monkeypatch.setenv("CHANNELGATE_SIGNING_KEY", str(tmp_path / "absent.key"))
    keyless = office.run("erase", office.decision, *GROUND)
    assert (keyless.exit_code, "CHANNELGATE_SIGNING_KEY" in keyless.stderr) == (2, True)
    assert not (tmp_path / "absent.key").exists()
    assert office.run("verify").exit_code == 0


def test_without_the_setting_texts_stay_in_the_log_and_cannot_be_erased(where: str, tmp_path: Path) -> None:
    with serving(tmp_path, where) as desk:
        office = ErasableDesk(where, desk, "", "", desk.opened(**REQUEST))
        result = office.run("erase", office.case, *GROUND)
        assert result.exit_code == 2
        assert "--keep-apart" in result.stderr
        opened = next(line for line in office.lines() if line["kind"] == "case_opened")
        assert opened["request"] == REQUEST
        assert "apart" not in opened


def test_an_absent_log_is_not_created(tmp_path: Path) -> None:
    absent = tmp_path / "absent.db"
    result = CliRunner().invoke(app, ["log", "erase", "x", *GROUND, "--database", str(absent)])
    assert result.exit_code == 2
    assert not absent.exists()
