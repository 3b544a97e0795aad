"""The files of a register go out as they came in: CSV and XLSX, byte for byte, whatever stands in them.

Covers: api.files.columns, api.files.csv_tables, api.files.tables, api.files.xlsx_tables
"""

import csv
import datetime as dt
import io
import tempfile
import unicodedata
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from api.domain.registers.lists import Register, RegisterItem, RegisterList, TransferProcedure
from api.files.columns import columns_of
from api.files.csv_form import tidy
from api.files.export import write_csv_files, write_xlsx_file
from api.files.faults import RegisterFaults
from api.files.import_plan import ImportRules, plan_import, read_entries
from api.files.register_files import RegisterFile, read_recorded_tables, read_tables
from api.parsing.characters import find_invisible
from engine.checking.registers import registers_of_version_1
from tests.support.registers import BALANCE, ITEM, LIST, as_csv, folder, run, workbook
from tests.support.shipped_words import WORDS

TODAY = dt.date(1965, 1, 1)
RULES = ImportRules(TODAY, registers_of_version_1(), WORDS["item.kind"].choices)

IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)
SIGNS = st.one_of(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), st.sampled_from("\t\n'=+-@＝,;\"_x")
)
TEXTS = st.text(SIGNS, min_size=1, max_size=40).map(tidy).filter(bool)
AWKWARD = st.sampled_from(
    ["a\nb", '"', *"=1+1 '=1 ''@x -5 +44 @a 's-Gravenhage ' 007 1e5 _x0041_ _x000D_ #N/A TRUE".split()]
)
NAMES = TEXTS.map(lambda text: unicodedata.normalize("NFC", text)).filter(
    lambda name: not find_invisible(name)
)
ANY_TEXT = st.one_of(TEXTS, AWKWARD)
QUANTITIES = st.decimals(0, 10**9, places=3).map(lambda number: Decimal(format(number.normalize(), "f")))
DAYS = st.dates(dt.date(1900, 1, 1), TODAY)


@st.composite
def registers(draw: st.DrawFn) -> Register:
    lists, items = [], []
    for list_id in draw(st.lists(IDS, min_size=1, max_size=3, unique=True)):
        legacy = draw(st.sampled_from(["pending", "provided", "channel_72"]))
        provided = legacy == "provided"
        procedure = draw(st.sampled_from(TransferProcedure)) if provided else TransferProcedure.NONE
        session = draw(st.none() | st.integers(1, 999))
        texts = [draw(NAMES), draw(ANY_TEXT), draw(NAMES | AWKWARD)]
        lists.append(RegisterList(list_id, texts[0], "KP", legacy, texts[1], texts[2], procedure, session))
        items += [
            RegisterItem(
                f"{list_id}.{number}",
                list_id,
                draw(ANY_TEXT),
                draw(st.sampled_from(WORDS["item.kind"].choices)),
                draw(st.none() | QUANTITIES),
                draw(st.none() | NAMES),
                draw(st.none() | DAYS) if provided else None,
                draw(st.none() | NAMES) if provided else None,
                draw(st.none() | ANY_TEXT),
            )
            for number in range(draw(st.integers(1, 4)))
        ]
    return Register(lists, items)


@settings(max_examples=60)
@given(registers())
def test_every_register_comes_back_from_both_forms_as_it_was(register: Register) -> None:
    as_files = [RegisterFile(name, content) for name, content in write_csv_files(register).items()]
    as_book = [RegisterFile("r.xlsx", write_xlsx_file(register))]
    for files in (as_files, as_book):
        read = plan_import(read_tables(files), Register(), RULES).added
        assert read == register
        again = [RegisterFile(name, content) for name, content in write_csv_files(read).items()]
        assert again == as_files
        assert [RegisterFile("r.xlsx", write_xlsx_file(read))] == as_book


@settings(max_examples=60)
@given(registers())
def test_no_cell_of_an_exported_file_is_run_as_a_formula(register: Register) -> None:
    for content in write_csv_files(register).values():
        for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
            assert not any(cell.startswith(("=", "+", "-", "@", "＝")) for cell in row)
    book = load_workbook(io.BytesIO(write_xlsx_file(register)))
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert not any(isinstance(cell.value, int) for sheet in book for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("form", ["csv", "r.xlsx"])
def test_export_import_export_gives_the_same_bytes(tmp_path: Path, form: str) -> None:
    def exported(database: str, out: str) -> dict[str, bytes]:
        result = run("export", "--database", tmp_path / database, "--out", tmp_path / out / form)
        assert result.exit_code == 0, result.output
        return {file.name: file.read_bytes() for file in (tmp_path / out).rglob("*.*")}

    assert run("import", BALANCE, "--database", tmp_path / "a.db").exit_code == 0
    first, second = exported("a.db", "first"), exported("a.db", "second")
    assert run("import", tmp_path / "first" / form, "--database", tmp_path / "b.db").exit_code == 0
    assert first == second == exported("b.db", "third")


def test_the_shipped_opening_balance_has_the_form_of_an_export(tmp_path: Path) -> None:
    run("import", BALANCE, "--database", tmp_path / "a.db")
    run("export", "--database", tmp_path / "a.db", "--out", tmp_path / "out")
    for name in ("lists.csv", "items.csv"):
        assert (tmp_path / "out" / name).read_bytes() == (BALANCE / name).read_bytes()


def test_an_exported_workbook_says_nothing_of_its_hour() -> None:
    with ZipFile(io.BytesIO(write_xlsx_file(Register()))) as book:
        assert {part.date_time for part in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"dcterms" not in book.read("docProps/core.xml").replace(b"xmlns:dcterms", b"")


@pytest.mark.parametrize(
    "change",
    [
        lambda content: b"\xef\xbb\xbf" + content,
        lambda content: content.replace(b"\r\n", b"\n"),
        lambda content: content.replace(b"\n", b"\r\n").replace(b"\r\r", b"\r"),
        lambda content: content.replace(b",", b";"),
        lambda content: content + b"\r\n,,,,,,,,\r\n\r\n",
        lambda content: content.replace(b"item_no", b" Item_No ").replace(b"list_id", b"LIST_ID"),
    ],
    ids=["byte order mark", "LF", "CRLF", "semicolons", "blank rows", "names in capitals"],
)
def test_what_an_office_program_does_to_a_csv_file_changes_nothing(tmp_path: Path, change: object) -> None:
    assert callable(change)
    changed = folder(tmp_path / "changed", items=change(as_csv(ITEM)))
    run("import", folder(tmp_path / "plain"), "--database", tmp_path / "log.db")
    ran = run("import", changed, "--database", tmp_path / "log.db")
    assert (ran.exit_code, ran.output.startswith("nothing is new: ")) == (0, True), ran.output


def test_numbers_and_dates_of_a_spreadsheet_are_read_as_what_they_say(tmp_path: Path) -> None:
    run("import", folder(tmp_path / "plain"), "--database", tmp_path / "log.db")
    day = dt.datetime.fromisoformat(ITEM["provided_on"])
    book = workbook([{**LIST, "put_to_session": 7}], [{**ITEM, "quantity": 2.5, "provided_on": day}])
    book.create_sheet("Sheet3")
    book.save(tmp_path / "r.xlsx")
    ran = run("import", tmp_path / "r.xlsx", "--database", tmp_path / "log.db")
    assert (ran.exit_code, ran.output.startswith("nothing is new: ")) == (0, True), ran.output


@pytest.mark.parametrize(
    ("value", "code"),
    [(2.5, "0.0"), (2.5, "0.00"), (2.5, "#,##0.00"), (2.5, '0.0" m"'), (2.5, "# ?/?"), (2.5, "@")],
)
def test_a_number_that_is_shown_whole_is_taken(value: float, code: str, tmp_path: Path) -> None:
    run("import", folder(tmp_path / "plain"), "--database", tmp_path / "log.db")
    book = workbook(None, [{**ITEM, "quantity": value}])
    book["items"]["E2"].number_format = code
    book.save(tmp_path / "r.xlsx")
    ran = run("import", tmp_path / "r.xlsx", "--database", tmp_path / "log.db")
    assert (ran.exit_code, ran.output.startswith("nothing is new: ")) == (0, True), ran.output


@pytest.mark.parametrize("code", ["yyyy-mm-dd", "dd.mm.yyyy", "d mmm yyyy", "dd/mm/yyyy", "mm-dd-yy"])
def test_a_day_that_is_shown_in_full_is_taken(code: str, tmp_path: Path) -> None:
    run("import", folder(tmp_path / "plain"), "--database", tmp_path / "log.db")
    book = workbook(None, [{**ITEM, "provided_on": dt.datetime.fromisoformat(ITEM["provided_on"])}])
    book["items"]["G2"].number_format = code
    book.save(tmp_path / "r.xlsx")
    ran = run("import", tmp_path / "r.xlsx", "--database", tmp_path / "log.db")
    assert (ran.exit_code, ran.output.startswith("nothing is new: ")) == (0, True), ran.output


@pytest.mark.parametrize(
    ("written", "quantity"), [("2,5", "2.5"), ("2.5", "2.5"), ("0,125", "0.125"), ("1234", "1234")]
)
def test_a_number_with_a_decimal_comma_is_read_where_semicolons_separate(
    written: str, quantity: str, tmp_path: Path
) -> None:
    header, row = ";".join(ITEM), ";".join({**ITEM, "quantity": written}.values())
    run(
        "import",
        folder(tmp_path / "plain", None, as_csv({**ITEM, "quantity": quantity})),
        "--database",
        tmp_path / "a.db",
    )
    files = folder(tmp_path / "files", None, f"{header}\n{row}\n".encode())
    ran = run("import", files, "--database", tmp_path / "a.db")
    assert (ran.exit_code, ran.output.startswith("nothing is new: ")) == (0, True), ran.output


def test_a_name_may_be_composed_and_a_description_hold_any_text(tmp_path: Path) -> None:
    row = {**ITEM, "provided_to": "Caf\u00e9 \ud55c \u5317\u4eac\u3000x", "description": "Cafe\u0301 \u200d"}
    ran = run(
        "import", folder(tmp_path / "f", None, as_csv(row)), "--database", tmp_path / "a.db", "--dry-run"
    )
    assert ran.exit_code == 0, ran.output


def test_what_was_imported_before_is_read_as_it_was() -> None:
    """What is refused of a file today may be in the log, and is verified by being read again."""
    header = ";".join(ITEM)
    row = ";".join({**ITEM, "quantity": "1.234", "provided_to": "Cafe\u0301\u200b"}.values())
    as_text = RegisterFile("items.csv", f"{header}\n{row}\n".encode())
    book, stream = (
        workbook(None, [{**ITEM, "quantity": 12.6, "provided_on": dt.datetime(1964, 12, 1)}]),
        io.BytesIO(),
    )
    book["items"]["E2"].number_format, book["items"]["G2"].number_format = "0", "mmm-yy"
    book.save(stream)
    in_csv, in_book = (
        read_entries(read_recorded_tables([file])).items[0]
        for file in (as_text, RegisterFile("r.xlsx", stream.getvalue()))
    )
    assert (in_csv.quantity, in_csv.provided_to) == (Decimal("1.234"), "Cafe\u0301\u200b")
    assert (in_book.quantity, in_book.provided_on) == (Decimal("12.6"), dt.date(1964, 12, 1))


def test_a_name_that_is_recorded_in_another_form_may_be_given_again() -> None:
    item = RegisterItem("A-001", "kp-a", "x", "drawing", provided_to="Cafe\u0301")
    listed = RegisterList("kp-a", "Cafe\u0301", "KP", "provided", "x", "x", TransferProcedure.RECORDED, None)
    known = Register([listed], [item])
    files = [RegisterFile(name, content) for name, content in write_csv_files(known).items()]
    plan = plan_import(read_tables(files), known, RULES)
    assert (*plan.added.lists, *plan.added.items, plan.lists_there, plan.items_there) == (1, 1)
    with pytest.raises(RegisterFaults):
        plan_import(read_tables(files), Register(), RULES)


def test_single_files_are_taken_in_any_order(tmp_path: Path) -> None:
    place = folder(tmp_path / "files")
    ran = run("import", place / "items.csv", place / "lists.csv", place, "--database", tmp_path / "log.db")
    assert ran.output == f"recorded in {tmp_path}/log.db: 1 list, 1 item\n"


def test_a_file_that_is_not_there_is_named_so(tmp_path: Path) -> None:
    for name in ("nowhere", "nowhere.csv"):
        ran = run("import", tmp_path / name, "--database", tmp_path / "log.db")
        assert (ran.exit_code, f"there is no file {tmp_path / name}; name a CSV" in ran.output) == (2, True)


def test_an_export_replaces_a_file_only_with_the_option(tmp_path: Path) -> None:
    run("import", folder(tmp_path / "files"), "--database", tmp_path / "log.db")
    export: list[str | Path] = ["export", "--database", tmp_path / "log.db", "--out", tmp_path / "files"]
    refused = run(*export)
    assert (refused.exit_code, "already there: " in refused.output) == (2, True)
    assert run(*export, "--force").exit_code == 0


def test_an_export_that_contradicts_itself_writes_nothing(tmp_path: Path) -> None:
    run("import", folder(tmp_path / "files"), "--database", tmp_path / "log.db")
    ran = run("export", "--database", tmp_path / "log.db", "--out", tmp_path / "out", "--format", "xlsx")
    assert (ran.exit_code, "name a file.xlsx" in ran.output) == (2, True)
    assert not (tmp_path / "out").exists()


def test_the_opening_balance_is_what_its_script_makes() -> None:
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "make.py"
        copy.write_bytes((BALANCE / "make.py").read_bytes())
        names: dict[str, object] = {"__name__": "__main__", "__file__": str(copy)}
        exec(compile(copy.read_bytes(), str(copy), "exec"), names)
        for name in ("lists.csv", "items.csv"):
            assert copy.with_name(name).read_bytes() == (BALANCE / name).read_bytes()
    assert names["ITEM_COLUMNS"] == list(columns_of("items"))  # type: ignore[arg-type]
