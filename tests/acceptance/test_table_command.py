"""`channelgate policies table`: a table of rules as a sheet, changed there, and back in its file.

Covers: api.cli.policies_table, api.files.rule_cells, api.files.rule_sheets, engine.formatting.table_rows
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.files.csv_form import BLANKS
from api.files.rule_cells import COLUMNS
from api.files.rule_sheets import read_sheet, write_sheet
from api.files.spreadsheet_library import Workbook, load_workbook
from engine import RuleValues, exchange_rows, lay_out, tables_in
from engine.loading.rule_schema import RuleDutyText, RuleText
from tests.support.mistakes import ROOT

EXAMPLE = ROOT / "examples" / "second_directive"
FILES = {path.name: path.read_bytes() for path in (EXAMPLE / "policies").glob("*.yaml")}
TABLES = [(file, table) for file, content in sorted(FILES.items()) for table in tables_in(file, content)]
NAMES = [column.name for column in COLUMNS]
FORMS = ("rows.csv", "rows.xlsx")

Cells = dict[str, str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE / "policies", tmp_path / "policies"))


def run(folder: Path, table: str, *arguments: object) -> Result:
    places = ("--policies", str(folder), "--floor", str(EXAMPLE / "floor.yaml"))
    return CliRunner().invoke(app, ["policies", "table", table, *places, *map(str, arguments)])


def sheet_of(folder: Path, table: str) -> list[Cells]:
    """The rows of a table as the command writes them."""
    result = run(folder, table)
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.stdout_bytes.decode("utf-8-sig"), newline="")))


def write_rows(path: Path, rows: Sequence[Cells], names: Sequence[str] = NAMES) -> Path:
    """A sheet as an officer saves it."""
    texts = [list(names), *([row.get(name, "") for name in names] for row in rows)]
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, delimiter=";").writerows(texts)
    else:
        book = Workbook()
        book.worksheets[0].title = "rows"
        for row in texts:
            book.worksheets[0].append(row)
        book.save(path)
    return path


def content_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.yaml")}


# -- out, and back as it was -----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("file", "table"), TABLES)
def test_a_sheet_that_was_not_changed_changes_no_byte(
    file: str, table: str, form: str, folder: Path, tmp_path: Path
) -> None:
    assert run(folder, table, "--out", tmp_path / form).exit_code == 0
    result = run(folder, table, "--from", tmp_path / form)
    assert (result.exit_code, result.output) == (
        0,
        f"nothing to write: {folder / file} says of `{table}` what the sheet says\n",
    )
    assert content_of(folder) == FILES


def test_a_file_in_another_layout_stays_as_it_is_where_nothing_changes(folder: Path, tmp_path: Path) -> None:
    file = folder / "directive.yaml"
    file.write_bytes(FILES["directive.yaml"].replace(b"clause: [V2.4]", b"clause:   [ V2.4 ] # so"))
    before = file.read_bytes()
    run(folder, "which-answer", "--out", tmp_path / "rows.csv")
    assert run(folder, "which-answer", "--from", tmp_path / "rows.csv").exit_code == 0
    assert file.read_bytes() == before != lay_out("directive.yaml", before)


def test_every_row_stands_in_the_order_of_the_table_with_its_duties_one_a_line(folder: Path) -> None:
    rows = sheet_of(folder, "which-answer")
    assert [row["rule"] for row in rows] == [
        row["rule"] for row in tables_in("directive.yaml", FILES["directive.yaml"])["which-answer"]
    ]
    assert rows[0]["duties"] == (
        "records_office: log the release [V8.1]; within: 5 days of delivery; done_by: transfer_record"
    )
    assert rows[3]["duties"].splitlines()[1] == (
        "host: send the request through {liaison_office} [V2.2]; when: mission.country_listed"
    )
    assert rows[3]["say_when"].startswith("mission.country_listed -> The request came to us")
    assert (rows[3]["clause"], rows[10]["exception_to"]) == ("V2.5, V2.2", "report-as-urgent")


def test_a_workbook_has_the_same_cells_as_the_csv(folder: Path, tmp_path: Path) -> None:
    run(folder, "which-answer", "--out", tmp_path / "rows.xlsx")
    head, *others = load_workbook(tmp_path / "rows.xlsx").worksheets[0].iter_rows(values_only=True)
    assert [[cell or "" for cell in row] for row in others] == [
        [row[str(name)] for name in head] for row in sheet_of(folder, "which-answer")
    ]


def test_every_key_of_a_row_has_a_column() -> None:
    keys = {info.alias or name for name, info in RuleText.model_fields.items()}
    assert keys - {"beats"} == {*NAMES} - {"from", "until"} | {"in_force"}


def test_a_sheet_that_is_there_is_replaced_by_force_alone(folder: Path, tmp_path: Path) -> None:
    path = write_rows(tmp_path / "rows.csv", [])
    before = path.read_bytes()
    assert run(folder, "which-answer", "--out", path).exit_code == 2
    assert path.read_bytes() == before
    assert run(folder, "which-answer", "--out", path, "--force").exit_code == 0
    assert path.read_bytes() != before


# -- what was changed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_what_was_changed_in_the_sheet_is_changed_in_the_file_and_nothing_else(
    form: str, folder: Path, tmp_path: Path
) -> None:
    rows = sheet_of(folder, "which-answer")
    rows[0]["duties"] += "\nhost: be glad; before: noon"
    rows[2]["say"] = "No."
    rows[7]["from"] = "2026-03-02"
    result = run(folder, "which-answer", "--from", write_rows(tmp_path / form, rows))
    assert result.output == (
        "changed: published-and-free (duties)\nchanged: denied (say)\nchanged: under-review (in_force)\n"
        f"written: `which-answer` in {folder / 'directive.yaml'}\n"
    )
    expected = FILES["directive.yaml"].decode()
    for old, new in (
        ("        say: This is published and", "          - {who: host, must: be glad, before: noon}\n"),
        ('        when: item.review.result == "pending"', "        in_force: {from: 2026-03-02}\n"),
    ):
        assert expected.count(old) == 1
        expected = expected.replace(old, new + old)
    expected = expected.replace(
        "        say: We cannot let you have this. You may put forward a request for something else.\n",
        "        say: No.\n",
    )
    assert content_of(folder) == {**FILES, "directive.yaml": expected.encode()}


def test_rows_stand_in_the_order_of_the_sheet_with_their_comments(folder: Path, tmp_path: Path) -> None:
    rows = sheet_of(folder, "which-answer")
    moved = [rows[1], rows[0], *rows[2:]]
    result = run(folder, "which-answer", "--from", write_rows(tmp_path / "rows.csv", moved))
    assert result.output.startswith("the order of the rows changes\n")
    text = (folder / "directive.yaml").read_text()
    assert text.index("# 2\n      - rule: put-on-record") < text.index(
        "# 1\n      - rule: published-and-free"
    )
    assert sorted(text.splitlines()) == sorted(FILES["directive.yaml"].decode().splitlines())


def test_new_rows_are_added_and_those_that_are_gone_taken_out(folder: Path, tmp_path: Path) -> None:
    rows = sheet_of(folder, "which-answer")
    new = {**rows[2], "rule": "denied-anew", "clause": "V2.4, V2.1", "when": "item.published\nand trigger_is"}
    new["when"] = 'item.review.result == "denied"\nand item.published'
    result = run(
        folder,
        "which-answer",
        "--from",
        write_rows(tmp_path / "rows.csv", [*rows[:2], new, *rows[2:7], *rows[8:]]),
    )
    assert result.exit_code == 0, result.output
    assert result.output.startswith("new: denied-anew\ntaken out: under-review\nwritten: ")
    content = (folder / "directive.yaml").read_bytes()
    written = tables_in("directive.yaml", content)["which-answer"]
    assert written[2] == {
        "rule": "denied-anew",
        "clause": ["V2.4", "V2.1"],
        "when": 'item.review.result == "denied" and item.published',
        "outcome": "refuse",
        "duties": [{"who": "records_office", "must": "log the refusal and its ground", "clause": "V8.1"}],
        "say": rows[2]["say"],
    }
    assert "under-review" not in [row["rule"] for row in written]
    assert lay_out("directive.yaml", content) == content


def test_a_comment_within_a_value_that_changes_stands_above_its_key() -> None:
    text = (
        "policy: x\ntables:\n  - table: t\n    rows:\n      - rule: a\n        reading: [A1]  # why\n"
        "        duties:\n          # first\n          - {who: host, must: b}\n          # second\n"
        "          - {who: host, must: c}\n"
    )
    row = {"rule": "a", "duties": [{"who": "host", "must": "c"}, {"who": "host", "must": "d"}]}
    assert exchange_rows("x.yaml", text.encode(), "t", [row]).decode() == (
        "policy: x\ntables:\n  - table: t\n    rows:\n      # why\n      - rule: a\n        # first\n"
        "        duties:\n          # second\n          - {who: host, must: c}\n          - {who: host, must: d}\n"
    )


@pytest.mark.parametrize("option", ["--dry-run", "--diff"])
def test_nothing_is_written_by_dry_run_and_diff(option: str, folder: Path, tmp_path: Path) -> None:
    rows = sheet_of(folder, "which-answer")
    rows[2]["say"] = "No."
    result = run(folder, "which-answer", "--from", write_rows(tmp_path / "rows.csv", rows), option)
    assert result.exit_code == 0
    assert ("changed: denied (say)\nwould be written: " in result.output) == (option == "--dry-run")
    assert ("\n+        say: No.\n" in result.output) == (option == "--diff")
    assert content_of(folder) == FILES


# -- what is refused -------------------------------------------------------------------------------------------


def duties(text: str) -> Callable[[list[Cells]], None]:
    return lambda rows: rows[1].update(duties=text)


def cell(column: str, text: str) -> Callable[[list[Cells]], None]:
    return lambda rows: rows[1].update({column: text})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (cell("when", "item.publishd"), "row 3, column when: unknown word `item.publishd`; did you mean"),
        (cell("outcome", "regularize"), "row 3, column outcome: unknown word `regularize`; did you mean"),
        (cell("clause", "V8.2, V9.9"), "row 3, column clause: unknown clause `V9.9`; "),
        (cell("clause", ""), "row 3, column clause: is empty; fill it in\n"),
        (cell("clause", "V8.2,,V8.1"), "row 3, column clause: has a comma with nothing beside it; "),
        (cell("from", "2026-02-30"), "row 3, column from: is not a day of the calendar; "),
        (cell("say", "a\u202eb"), "row 3, column say: holds a character that is not seen, U+202E"),
        (cell("say", ""), "row 3, column say: is empty; fill it in\n"),
        (cell("say", "through {liason_office}"), "row 3, column say: unknown parameter `liason_office`; "),
        (cell("rule", "published-and-free"), "row 3, column rule: the rule `published-and-free` stands in row 2"),
        (cell("rule", "Put on record"), "row 3, column rule: `Put on record` is not spelt as a name is here; "),
        (cell("exception_to", "under-review"), "row 3, column exception_to: the row `put-on-record` is an exc"),
        (duties("hos: tell it"), "row 3, column duties: unknown party `hos`; did you mean `host`?"),
        (duties("tell it"), "row 3, column duties: has a duty that does not say whose it is: tell it; write"),
        (duties("host: tell it; wihtin: 5 days"), "row 3, column duties: has `wihtin` behind a semicolon, which"),
        (duties("host: tell it; when: a; when: b"), "row 3, column duties: has `when:` twice, or nothing behind"),
        (duties("host: tell it; within: 5 moons"), "row 3, column duties: `5 moons` is no term; "),
        (duties('{"who": "host", "must": "a"'), "row 3, column duties: cannot stand in a policy file: "),
        (cell("say_when", "item.published"), "row 3, column say_when: has a line without `->`: item.published"),
        (cell("cite_when", "item.published -> clauses: V1.1"), "row 3, column cite_when: has `clauses` behind"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_cell_names_its_row_and_column_and_nothing_is_written(
    change: Callable[[list[Cells]], None], says: str, folder: Path, tmp_path: Path
) -> None:
    rows = sheet_of(folder, "which-answer")
    change(rows)
    result = run(folder, "which-answer", "--from", write_rows(tmp_path / "rows.csv", rows))
    assert result.exit_code == 1
    assert f"rows.csv, {says}" in result.stderr
    assert result.stderr.endswith("channelgate: nothing is written; mend the places named above\n")
    assert content_of(folder) == FILES


def test_a_fault_that_a_sheet_makes_elsewhere_is_shown_where_it_is(folder: Path, tmp_path: Path) -> None:
    rows = [row for row in sheet_of(folder, "which-answer") if row["rule"] != "approved"]
    result = run(folder, "which-answer", "--from", write_rows(tmp_path / "rows.csv", rows))
    assert result.exit_code == 1
    assert "unknown rule `approved`" in result.stderr
    assert content_of(folder) == FILES


@pytest.mark.parametrize("names", [[*NAMES[:-1]], [*NAMES, "remarks"]])
def test_a_sheet_has_every_column_and_no_other(names: list[str], folder: Path, tmp_path: Path) -> None:
    rows = sheet_of(folder, "which-answer")
    result = run(folder, "which-answer", "--from", write_rows(tmp_path / "rows.csv", rows, names))
    assert result.exit_code == 1
    assert "rows.csv, row 1: the column `" in result.stderr


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        (
            "clause",
            8.2,
            "rows.xlsx, row 3, column clause: is a number to the spreadsheet, which drops leading",
        ),
        (
            "when",
            "item.publishd",
            "rows.xlsx, row 3, column when: unknown word `item.publishd`; did you mean",
        ),
    ],
)
def test_a_mistake_in_a_workbook_names_its_cell_likewise(
    column: str, value: str | float, says: str, folder: Path, tmp_path: Path
) -> None:
    run(folder, "which-answer", "--out", tmp_path / "rows.xlsx")
    book = load_workbook(tmp_path / "rows.xlsx")
    cell = book.worksheets[0].cell(3, NAMES.index(column) + 1, value)
    cell.number_format = "General"
    book.save(tmp_path / "rows.xlsx")
    result = run(folder, "which-answer", "--from", tmp_path / "rows.xlsx")
    assert (result.exit_code, says in result.stderr) == (1, True), result.stderr
    assert content_of(folder) == FILES


def test_a_day_typed_into_a_workbook_is_a_day(folder: Path, tmp_path: Path) -> None:
    run(folder, "which-answer", "--out", tmp_path / "rows.xlsx")
    book = load_workbook(tmp_path / "rows.xlsx")
    cell = book.worksheets[0].cell(3, NAMES.index("until") + 1, dt.date(2026, 12, 31))
    cell.number_format = "yyyy-mm-dd"
    book.save(tmp_path / "rows.xlsx")
    result = run(folder, "which-answer", "--from", tmp_path / "rows.xlsx")
    assert result.exit_code == 0, result.stderr
    assert "in_force: {until: 2026-12-31}" in (folder / "directive.yaml").read_text()


def test_a_sentence_like_a_formula_is_written_so_that_no_spreadsheet_runs_it(
    folder: Path, tmp_path: Path
) -> None:
    for index, sign in enumerate("=+-@"):
        rows = sheet_of(folder, "which-answer")
        assert rows[2]["say"][0] == ("W" if index == 0 else "'")
        rows[2]["say"] = f"'{sign}No."
        result = run(folder, "which-answer", "--from", write_rows(tmp_path / "rows.csv", rows))
        assert result.exit_code == 0, result.stderr
        written = tables_in("directive.yaml", (folder / "directive.yaml").read_bytes())
        assert written["which-answer"][2]["say"] == f"{sign}No."
    assert sheet_of(folder, "which-answer")[2]["say"] == "'@No."


def test_a_formula_in_a_workbook_is_not_read(folder: Path, tmp_path: Path) -> None:
    rows = sheet_of(folder, "which-answer")
    rows[1]["say"] = "=1+1"
    result = run(folder, "which-answer", "--from", write_rows(tmp_path / "rows.xlsx", rows))
    assert result.exit_code == 1
    assert "the cell K3 is a formula" in result.stderr


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("wich-answer", "the policies have no table `wich-answer`; did you mean `which-answer`?"),
        (
            "zzz",
            "the policies have no table `zzz`; name one of against-a-permission, against-a-permission-for-",
        ),
    ],
)
def test_the_name_of_no_table_is_answered_with_those_there_are(table: str, says: str, folder: Path) -> None:
    result = run(folder, table)
    assert (result.exit_code, says in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--diff",), "--dry-run and --diff are about a sheet that is read"),
        (
            ("--from", "a.csv", "--out", "b.csv"),
            "--from reads a sheet, and --out and --force are about writing",
        ),
        (("--out", "rows.ods"), "rows.ods is neither a CSV file nor an XLSX workbook by its name"),
        (("--from", "not-there.csv"), "not-there.csv; name a CSV file"),
    ],
)
def test_options_that_do_not_fit_are_refused(arguments: tuple[str, ...], says: str, folder: Path) -> None:
    result = run(folder, "which-answer", *arguments)
    assert (result.exit_code, says in result.stderr) == (2, True)


def test_a_folder_with_faults_gives_no_sheet(folder: Path) -> None:
    file = folder / "directive.yaml"
    file.write_bytes(file.read_bytes().replace(b"outcome: regularise", b"outcome: regularize"))
    result = run(folder, "which-answer")
    assert (result.exit_code, result.stdout) == (2, "")


# -- of all tables ---------------------------------------------------------------------------------------------

TEXTS = st.text("abW1 .,;:[]{}->=+-@'\"#&|%!\n\té中", min_size=1, max_size=30).filter(
    lambda text: text.strip(BLANKS)
)
DETAILS = st.sampled_from(
    ["; when: ", "; within: ", " -> ", " [V1.1]", "; reading: ", "host: ", "{", "'=", "x; y: z"]
)
SENTENCES = (
    st.lists(TEXTS | DETAILS, min_size=1, max_size=4).map("".join).map(lambda text: text.strip(BLANKS))
)
WORDED = SENTENCES.filter(bool)
CONDITIONS = WORDED.map(lambda text: " ".join(text.split("\n")))
MARKS = st.lists(st.from_regex("[A-Za-z0-9][A-Za-z0-9.-]{0,5}", fullmatch=True), min_size=1, max_size=3)
NAMED = st.from_regex("[a-z][a-z0-9-]{0,8}", fullmatch=True)
PARTIES = st.from_regex("[a-z][a-z0-9_]{0,8}", fullmatch=True)
DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1))
DUTIES = st.fixed_dictionaries(
    {"who": PARTIES, "must": WORDED},
    optional={"clause": MARKS.map(lambda marks: marks[0]), **dict.fromkeys(
        ("before", "within", "evidence", "when"), WORDED), "done_by": st.just("handover")},
)  # fmt: skip
ROWS: st.SearchStrategy[RuleValues] = st.fixed_dictionaries(
    {"rule": NAMED, "when": CONDITIONS, "outcome": PARTIES, "clause": MARKS, "say": WORDED,
     "duties": st.lists(DUTIES, min_size=1, max_size=3)},
    optional={
        "reading": MARKS,
        "exception_to": st.lists(NAMED, min_size=1, max_size=2),
        "exception_to_every": PARTIES,
        "ruling": NAMED,
        "in_force": st.fixed_dictionaries({"from": DAYS}, optional={"until": DAYS}),
        "say_when": st.lists(st.fixed_dictionaries({"when": WORDED, "say": WORDED}), min_size=1, max_size=2),
        "cite_when": st.lists(
            st.fixed_dictionaries({"when": WORDED, "clause": MARKS}, optional={"reading": MARKS}),
            min_size=1, max_size=2),
    },
)  # fmt: skip


@given(
    rows=st.lists(ROWS, min_size=1, max_size=4, unique_by=lambda row: row["rule"]),
    form=st.sampled_from(FORMS),
)
@settings(max_examples=60, deadline=None)
def test_whatever_a_row_says_is_read_back_from_its_cells(
    rows: list[RuleValues], form: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("sheet") / form
    path.write_bytes(write_sheet(rows, form))
    read = read_sheet(path, []).rows
    assert list(map(listed, read)) == list(map(listed, rows))


def listed(row: RuleValues) -> dict[str, Any]:
    """A row in which a single name stands in a list, as the files may have it or not."""
    names = ("clause", "reading", "exception_to")
    return {key: [value] if key in names and isinstance(value, str) else value for key, value in row.items()}


def test_the_parts_of_a_duty_are_all_written() -> None:
    duty = {
        name: "handover" if name == "done_by" else f"{name}_x".replace("clause_x", "V1")
        for name in RuleDutyText.model_fields
    }
    row = {"rule": "a", "when": "b", "outcome": "c", "clause": "d", "say": "e", "duties": [duty]}
    text = write_sheet([row], "rows.csv").decode("utf-8-sig")
    assert "who_x: must_x [V1]; before: before_x; within: within_x; evidence: evidence_x; done_by:" in text


@given(
    chance=st.randoms(use_true_random=False), drawn=st.lists(ROWS, max_size=3), place=st.sampled_from(TABLES)
)
@settings(max_examples=60, deadline=None)
def test_rows_exchanged_in_any_way_are_those_of_the_file_then_with_the_comments_of_those_that_stay(
    chance: random.Random, drawn: list[RuleValues], place: tuple[str, str]
) -> None:
    file, table = place
    rows = list(tables_in(file, FILES[file])[table])
    chance.shuffle(rows)
    rows = rows[: chance.randint(1, len(rows))]
    for new in drawn:
        at = chance.randrange(len(rows))
        rows[at] = {**rows[at], **new, "rule": rows[at]["rule"]} if chance.random() < 0.7 else new
    rows = list({row["rule"]: row for row in rows}.values())
    content = exchange_rows(file, FILES[file], table, rows)
    found = tables_in(file, content)
    assert found[table] == rows
    assert {**found, table: None} == {**tables_in(file, FILES[file]), table: None}
    assert lay_out(file, content) == content
