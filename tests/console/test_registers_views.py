"""Views of items and their files, imports row by row, finals byte for byte, and who may do what, over HTTP.

Covers: api.domain.registers.browsing, api.services.register_memory, api.services.register_papers,
api.files.answer_rows, api.files.import_preview, api.console.registers.words, api.console.registers.imports,
api.services.register_imports
"""

import csv
import datetime as dt
import hashlib
import html
import io
import itertools
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy.dialects import sqlite

from api.console.frame.templates import FOLDER
from api.console.registers.paper_languages import PAPER_LANGUAGES, PaperLanguage, message_in
from api.console.registers.papers import HEADS
from api.console.registers.words import answer_words
from api.domain.registers.events import Confirmation
from api.ledger.entries import Entry, EntryKind
from api.services.audit.papers import PaperAudit
from api.storage.register_marks import marks_query
from tests.console.test_messages import messages_of
from tests.support.console_cases import agree, opened
from tests.support.consoles import ROOT, ServedConsole, served_console
from tests.support.register_desks import ITEM_COLUMNS, LIST_COLUMNS, run, write_register
from tests.support.register_pages import RegisterPages, hidden_of, text_of
from tests.support.serving_parties import serving_parties

INJECTIONS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}",
    "'-- ",
    "=cmd|' /C calc'!A0",
    "</textarea><b>x",
    "{% raw %}",
    "&lt;b&gt;",
    "%(num)s",
    "+1+1",
)
KINDS = ("drawing", "sample", "document")
SORTS = ("item_no", "list_id", "description", "kind", "provided_on", "state")


def many_items() -> dict[str, list[str]]:
    return {"organised": [f"B-{n}" for n in range(130)], "important": [f"A-{n}" for n in range(60)]}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("console")


@pytest.fixture(scope="module")
def console(place: Path) -> Iterator[ServedConsole]:
    with served_console(place) as running:
        folder = write_register(place / "register", many_items())
        rows = [*csv.reader(io.StringIO((folder / "items.csv").read_text()))]
        for row, kind, words in zip(
            rows[1:], itertools.cycle(KINDS), itertools.cycle(INJECTIONS), strict=False
        ):
            row[2:4] = [f"{words} {row[0]}".strip(), kind]
        with (folder / "items.csv").open("w", newline="") as file:
            csv.writer(file).writerows(rows)
        pages = RegisterPages(running)
        pages.import_folder(folder)
        pages.record("list_sent", items=", ".join(f"B-{n}" for n in range(80)))
        yield running


@pytest.fixture
def pages(console: ServedConsole) -> RegisterPages:
    return RegisterPages(console)


@pytest.mark.parametrize("direction", ["", "&direction=down"])
@pytest.mark.parametrize("sort", SORTS)
def test_the_pages_of_a_view_have_every_item_once(pages: RegisterPages, sort: str, direction: str) -> None:
    everything = pages.numbers(f"sort={sort}{direction}")
    assert sorted(everything) == sorted(number for numbers in many_items().values() for number in numbers)
    pending = pages.numbers(f"sort={sort}{direction}&state=pending")
    assert pending == [number for number in everything if number in {f"B-{n}" for n in range(80)}]


@pytest.mark.parametrize(
    ("view", "count"),
    [
        ("list=important", 60),
        ("state=not_sent", 50),
        ("country=KP", 190),
        ("country=VN", 0),
        ("kind=sample&list=important", 20),
        ("text=B-12", 11),
        ("text=%3Cscript%3E", 19),
        ("text=SCRIPT&state=pending", 8),
    ],
)
def test_a_view_is_filtered_and_its_files_hold_the_same(pages: RegisterPages, view: str, count: int) -> None:
    shown = pages.numbers(view)
    assert len(shown) == count
    assert f"{count} item" in pages.text(f"/registers/items?{view}")
    as_csv = [
        *csv.reader(io.StringIO(pages.open(f"/registers/items.csv?{view}").content.decode("utf-8-sig")))
    ]
    book = load_workbook(io.BytesIO(pages.open(f"/registers/items.xlsx?{view}").content))
    cells = [[str(cell.value or "") for cell in row] for row in book["items"].rows]
    assert [row[0] for row in as_csv[1:]] == shown == [row[0] for row in cells[1:]]
    assert as_csv[0] == cells[0]


def test_no_cell_of_a_file_is_run_by_a_spreadsheet(pages: RegisterPages) -> None:
    rows = [*csv.reader(io.StringIO(pages.open("/registers/items.csv").content.decode("utf-8-sig")))]
    assert not [cell for row in rows[1:] for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert [cell for row in rows for cell in row if cell.startswith("'=cmd")]
    book = load_workbook(io.BytesIO(pages.open("/registers/items.xlsx").content))
    assert {cell.data_type for row in book["items"].rows for cell in row if cell.value is not None} == {"s"}
    assert any(str(cell.value).startswith("=cmd") for row in book["items"].rows for cell in row)


@pytest.mark.parametrize("query", ["sort=place", "state=gone", "after=no-such-item"])
def test_a_view_that_there_is_not_says_so(pages: RegisterPages, query: str) -> None:
    assert pages.open(f"/registers/items?{query}").status_code == 400


@pytest.mark.parametrize("path", ["/registers/items/none", "/registers/lists/none", "/registers/papers/99"])
def test_what_is_not_recorded_is_not_found(pages: RegisterPages, path: str) -> None:
    assert pages.open(path).status_code == 404


def test_a_file_with_faults_names_its_cells_and_records_nothing(pages: RegisterPages) -> None:
    rows = [
        "X-1,organised,a thing,drawing,2,,,,",
        "B-1,organised,something else,drawing,2,sheets,,,",
        "X-3,nowhere,a thing,drawing,2,,,,",
        "X-4,organised,a thing,poem,1.5.5,,,,",
    ]
    shown = pages.upload(("bad.csv", "\n".join([ITEM_COLUMNS, *rows]).encode()))
    shown_text = text_of(shown)
    for cell in (
        "bad.csv 3 item_no B-1 is recorded already",
        "bad.csv 4 list_id no list nowhere is given or recorded",
        "bad.csv 5 kind is none of the words",
        "bad.csv 5 quantity",
    ):
        assert cell in shown_text
    assert "is recorded otherwise" in shown_text
    assert "Record exactly this" not in shown_text
    assert pages.open("/registers/items/X-1").status_code == 404
    assert pages.confirm("/registers/import", pages.open("/registers/import")).status_code == 400


@pytest.mark.parametrize(
    "name_and_content",
    [("x.txt", b"a"), ("x.xlsx", b"PK\x03\x04 no"), ("x.csv", b""), ("x.csv", b"\xff\xfe")],
)
def test_no_file_fails_the_page(pages: RegisterPages, name_and_content: tuple[str, bytes]) -> None:
    shown = pages.upload(name_and_content)
    assert shown.status_code in (200, 400)
    assert "Record exactly this" not in shown.text


def test_an_import_is_recorded_as_it_was_shown_or_not_at_all(pages: RegisterPages) -> None:
    new = f"{ITEM_COLUMNS}\nN-1,organised,new,drawing,2,,,,\n".encode()
    shown = pages.upload(("new.csv", new))
    other = pages.upload(("new.csv", new.replace(b"N-1", b"N-2")))
    changed = {**hidden_of(shown), "shown": hidden_of(other)["shown"], "record": "yes"}
    refused = pages.visitor.client.post("/registers/import", data=changed)
    assert "have changed since this was shown" in text_of(refused)
    assert pages.open("/registers/items/N-1").status_code == 404
    assert pages.confirm("/registers/import", shown).status_code == 303
    assert pages.open("/registers/items/N-1").status_code == 200
    again = pages.confirm("/registers/import", shown)
    assert "Nothing is new" in text_of(again)


@pytest.mark.parametrize("typed", INJECTIONS)
def test_what_is_typed_is_shown_as_text(pages: RegisterPages, typed: str) -> None:
    faulty = pages.state("delivered", reference=typed, remarks=typed, items=typed, happened_on=typed)
    assert faulty.status_code == 400
    assert typed.strip() in text_of(faulty) or "value=" in faulty.text
    recorded = pages.record(
        "session_opened", session=20 + INJECTIONS.index(typed), reference=typed, place=typed
    )
    for path in (
        f"/registers/events?recorded={recorded}",
        f"/registers/sessions/{20 + INJECTIONS.index(typed)}",
    ):
        answer = pages.open(path)
        assert typed.strip() in text_of_markup(answer.text)
        assert "<script>alert" not in answer.text
        assert "<img" not in answer.text
    searched = pages.visitor.client.get("/registers/items", params={"text": typed})
    assert searched.status_code == 200
    assert "<script>alert" not in searched.text


def text_of_markup(markup: str) -> str:
    """The text of markup; what looks like an element in it was escaped."""
    return html.unescape(re.sub(r"<[^>]+>", " ", markup))


@pytest.mark.parametrize(
    ("rows", "cell"),
    [
        (["B-1,yes"], "back.csv 2 answer “yes” is no answer"),
        (["B-1,confirmed", "B-1,declined"], "back.csv 3 item_no B-1 stands in row 2 already"),
        (["B-1,confirmed", "Z-9,declined"], "back.csv 3 item_no Z-9: no list has an item of this number"),
        (["A-1,confirmed"], "back.csv 2 item_no A-1: is provided"),
        ([",confirmed"], "back.csv 2 item_no is empty"),
    ],
)
def test_a_returned_list_with_faults_names_its_cells(
    pages: RegisterPages, rows: list[str], cell: str
) -> None:
    file = "\n".join(["item_no,answer", *rows]).encode()
    fields = {"happened_on": "1965-04-01", "reference": "a letter"}
    at = "/registers/confirmations"
    shown = pages.visitor.send(at, fields, at=at, files={"first": ("back.csv", file)})
    assert shown.status_code == 400
    assert cell in text_of(shown)


@pytest.mark.parametrize("word", ["confirmed", "CONFIRMED", "确认", "확인"])
def test_answers_are_read_in_the_languages_of_the_papers(pages: RegisterPages, word: str) -> None:
    fields = {"happened_on": "1965-04-01", "reference": "a letter"}
    at, file = "/registers/confirmations", f"item_no,answer\nB-2,{word}\nB-3,\n".encode()
    shown = pages.visitor.send(at, fields, at=at, files={"first": ("back.csv", file)})
    assert "1 item: confirmed; 1 row without an answer" in text_of(shown)
    assert "A-1" not in pages.open("/registers/confirmations.csv").text


def issue(pages: RegisterPages, query: str) -> str:
    draft = pages.open(f"/registers/papers/draft?{query}")
    assert draft.status_code == 200, text_of(draft)
    answer = pages.visitor.client.post("/registers/papers/draft", data=hidden_of(draft))
    assert answer.status_code == 303, text_of(answer)
    assert (
        pages.visitor.client.post("/registers/papers/draft", data=hidden_of(draft)).headers["location"]
        == (answer.headers["location"])
    )
    return answer.headers["location"]


def test_a_final_has_the_next_number_and_stays_as_it_is(tmp_path: Path) -> None:
    with served_console(tmp_path) as console:
        pages = RegisterPages(console)
        pages.import_folder(write_register(tmp_path / "register"))
        first = issue(pages, "paper=agenda&session=8&office=zh")
        pages.record("list_submitted", lists=["important"])
        second = issue(pages, "paper=confirmation-list")
        assert (first, second) == ("/registers/papers/1", "/registers/papers/2")
        page = pages.open(f"{first}/page")
        facts = pages.text(first)
        assert hashlib.sha256(page.content).hexdigest() in facts
        assert "zh, ko" in facts
        assert "第 8 次会议议程" in page.text
        assert "제8차 회의 의정" in page.text
        pages.record("list_submitted", lists=["northeast"])
        assert pages.open(f"{first}/page").content == page.content
        assert "A-1" in page.text
        assert "Nothing on this page has been sent" not in page.text
        assert pages.text("/registers/papers").index("No. 2") < pages.text("/registers/papers").index("No. 1")
    database = str(tmp_path / "log.db")
    assert run(tmp_path, "log", "verify", "--database", database).exit_code == 0


def test_the_page_of_a_draft_shows_few_items_of_each_list_and_the_print_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.console.registers.papers.PREVIEWED_IN_ALL", 2)
    with served_console(tmp_path) as console:
        pages = RegisterPages(console)
        pages.import_folder(write_register(tmp_path / "register"))
        page = pages.open("/registers/papers/draft?paper=confirmation-list").text
        assert ("B-1" in page, "B-3" in page, "… 1" in page) == (True, False, True)
        printed = pages.open("/registers/papers/draft/print?paper=confirmation-list").text
        assert ("B-1" in printed, "B-3" in printed) == (True, True)


def test_a_draft_that_has_changed_is_shown_again_and_gets_no_number(tmp_path: Path) -> None:
    with served_console(tmp_path) as console:
        pages = RegisterPages(console)
        pages.import_folder(write_register(tmp_path / "register"))
        draft = pages.open("/registers/papers/draft?paper=agenda&session=8")
        pages.record("list_submitted", lists=["important"])
        answer = pages.visitor.client.post("/registers/papers/draft", data=hidden_of(draft))
        assert "have changed since this was shown" in text_of(answer)
        assert "No paper was issued yet." in pages.text("/registers/papers")
        again = pages.visitor.client.post("/registers/papers/draft", data=hidden_of(answer))
        assert again.headers["location"] == "/registers/papers/1"


@pytest.mark.parametrize(
    "query", ["paper=memorandum&session=8", "paper=letter", "paper=agenda&session=x", "paper=agenda&session="]
)
def test_a_paper_that_cannot_be_made_says_why(pages: RegisterPages, query: str) -> None:
    assert pages.open(f"/registers/papers/draft?{query}").status_code in (400, 409)


def test_who_only_reads_registers_has_no_forms(console: ServedConsole) -> None:
    auditor = RegisterPages(console, "auditor")
    for path in (
        "",
        "/items",
        "/events",
        "/sessions",
        "/papers",
        "/papers/draft?paper=agenda&session=8",
        "/due",
    ):
        page = auditor.text(f"/registers{path}")
        assert "Record an event" not in page
        assert "Make it final" not in page
    for path in ("/import", "/events/new", "/confirmations"):
        assert auditor.open(f"/registers{path}").status_code == 403
    for path in ("/import", "/events/new", "/confirmations", "/papers/draft"):
        fields = hidden_of(auditor.open("/account"))
        assert auditor.visitor.client.post(f"/registers{path}", data=fields).status_code == 403


def test_a_department_sees_what_is_due_for_it_and_no_registers(console: ServedConsole) -> None:
    department = RegisterPages(console, "department")
    assert department.open("/registers").status_code == 403
    page = department.text("/registers/due")
    assert "organised" not in page


def test_what_is_due_is_filtered_by_who_has_to_do_it(pages: RegisterPages) -> None:
    assert "the Science and Technology Committee" in pages.text("/registers/due?owner=committee")
    assert "Nothing is due." in pages.text("/registers/due?owner=counterpart")
    assert pages.open("/registers/due?owner=nobody").status_code == 400


def test_what_is_due_of_a_case_leads_to_it(tmp_path: Path) -> None:
    with served_console(tmp_path) as console:
        case_id = opened(console)
        agree(console, case_id)
        page = RegisterPages(console).open("/registers/due")
        assert page.status_code == 200
        assert f'<a href="/cases/{case_id}">' in page.text


def test_a_directive_without_registers_has_no_such_area(tmp_path: Path) -> None:
    there = ROOT / "examples" / "second_directive"
    with serving_parties(tmp_path, there / "policies", there / "floor.yaml", {"records_office": None}) as (
        client,
        keys,
    ):
        pages = RegisterPages(ServedConsole(str(client.base_url).rstrip("/"), client, keys), "records_office")
        assert 'href="/registers"' not in pages.open("/").text
        for path in ("", "/items", "/events/new", "/sessions", "/sessions/8", "/papers", "/import"):
            answer = pages.open(f"/registers{path}")
            assert (path, answer.status_code) == (path, 404)
            assert "has no registers" in answer.text
        assert pages.open("/registers/due").status_code == 200
        pages.visitor.client.close()


def test_how_far_the_records_reach_is_read_from_the_ends_of_indexes(
    place: Path, pages: RegisterPages
) -> None:
    compiled = str(marks_query().compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
    with sqlite3.connect(place / "log.db") as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {compiled}")]
    for table in ("register_items", "register_events", "cases", "case_facts", "handovers"):
        (read,) = (step for step in plan if step.split()[1:2] == [table])
        assert read.startswith("SEARCH"), plan


def test_lists_are_imported_with_their_columns_in_any_language(pages: RegisterPages) -> None:
    pages.visitor.send("/language", {"language": "zh", "back": "/"}, at="/account")
    page = pages.text("/registers/import")
    assert "导入清单和项目" in page
    assert LIST_COLUMNS.replace(",", ", ") in page


@pytest.mark.parametrize("language", [code for code in PAPER_LANGUAGES if code != "en"])
def test_papers_say_everything_in_each_of_their_languages(language: str) -> None:
    answers = {answer_words(one) for one in Confirmation if one is not Confirmation.NOT_SENT}
    words = answers | {*HEADS.values()}
    for template in ("paper_body.html", "paper_document.html"):
        words |= messages_of(FOLDER / "registers" / template)
    assert [
        text for text in sorted(words) if message_in(language, text) == text and text != "%(num)s item"
    ] == []
    assert PaperLanguage.of(language, None).count("%(num)s item", "%(num)s items", 2) != "2 items"  # type: ignore[arg-type]


def entry_of_paper(number: int, page: bytes, sha256: str | None = None) -> Entry:
    members = {"number": number, "sha256": sha256 or hashlib.sha256(page).hexdigest()}
    at = dt.datetime(1965, 3, 1, tzinfo=dt.UTC)
    return Entry(EntryKind.REGISTER_PAPER, f"paper-{number:09d}", at, members, {"page": page})


def test_the_audit_finds_a_number_that_is_left_out_and_a_page_that_was_changed() -> None:
    audit = PaperAudit()
    assert [*audit.check(4, entry_of_paper(1, b"a"))] == []
    assert [*audit.check(5, entry_of_paper(3, b"b"))] == [
        "entry 5: it is final paper 3, where 2 is due",
    ]
    assert [*audit.check(6, entry_of_paper(3, b"c", "0" * 64))] == [
        "entry 6: the page of final paper 3 does not fit its hash",
    ]
