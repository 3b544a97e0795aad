"""The printed pages: drafts for the attache, the session and the record, from the registers as they stand."""

from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.support.desks import ROOT, fact
from tests.support.register_desks import RegisterDesk, run, serving_registers

CHANNEL = "item.channel."
PAGES = "/v1/registers/pages/"
VOID = {"meta", "link", "br", "img"}


class Page(HTMLParser):
    """A parsed page: its text, its elements with attributes, and the elements left open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.words += data.split()

    @property
    def text(self) -> str:
        return " ".join(self.words)

    def count(self, tag: str, **attributes: str) -> int:
        return sum(name == tag and attributes.items() <= found.items() for name, found in self.elements)


@pytest.fixture
def registers(tmp_path: Path) -> Iterator[RegisterDesk]:
    with serving_registers(tmp_path) as registers:
        yield registers


@pytest.fixture(scope="module")
def opening_balance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegisterDesk]:
    folder = tmp_path_factory.mktemp("balance")
    with serving_registers(folder, register=ROOT / "examples" / "opening_balance") as registers:
        yield registers


def page(registers: RegisterDesk, name: str, caller: str = "liaison", **query: Any) -> Page:
    answer = registers.desk.call(caller, "GET", PAGES + name, params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    found = Page(answer.text)
    assert not found.open
    return found


def nothing(registers: RegisterDesk, name: str, **query: Any) -> str:
    answer = registers.desk.call("liaison", "GET", PAGES + name, params=query)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/nothing-to-print"), answer.text
    return str(answer.json()["detail"])


def test_the_confirmation_list_has_a_row_with_two_boxes_for_each_item_that_waits(
    registers: RegisterDesk,
) -> None:
    registers.record("list_sent", "1965-02-01", items=["B-1"])
    waiting = page(registers, "confirmation-list")
    assert [number for number in ("B-1", "B-2", "B-3", "V-1", "A-1") if number in waiting.words] == [
        "B-1", "B-2", "B-3",
    ]  # fmt: skip
    assert waiting.count("span", role="img") == 6
    assert "To the Trade Attache at the Korean embassy" in waiting.text
    registers.record("confirmation", "1965-02-10", items=["B-1"], state="confirmed")
    registers.record("confirmation", "1965-02-10", items=["B-2"], state="declined")
    waiting = page(registers, "confirmation-list", list_id="organised")
    assert waiting.count("span", role="img") == 2
    assert "1 item confirmed and not yet delivered, 1 item declined, 0 items delivered" in waiting.text
    registers.record("confirmation", "1965-02-10", items=["B-3"], state="confirmed")
    assert "waits for an answer" in nothing(registers, "confirmation-list")
    assert "organised" in nothing(registers, "confirmation-list", list_id="important")


def test_every_page_says_that_it_is_a_draft_and_what_it_was_made_from(registers: RegisterDesk) -> None:
    registers.record("session_opened", "1965-10-01", session=8)
    due = registers.read("/v1/due")
    pages = [page(registers, "confirmation-list"), page(registers, "agenda", session=8)]
    registers.record("session_closed", "1965-10-20", session=8)
    later = registers.read("/v1/due")["sequence"]
    for made, entry in (
        *((made, due["sequence"]) for made in pages),
        (page(registers, "memorandum", session=8), later),
    ):
        assert "Draft. Nothing on this page has been sent, agreed or signed." in made.text
        assert f"from the log up to entry {entry}, under cooperation-channel-1964 (in force)" in made.text
        assert due["policy"]["revision"] in made.text


def test_what_stands_in_a_list_is_text_on_the_page_and_nothing_else(registers: RegisterDesk) -> None:
    registers.record("session_closed", "1965-10-20", session=8, reference="<script>alert(1)</script>")
    made = page(registers, "memorandum", session=8)
    assert "Synthetic <item> A-1" in made.text
    assert "<script>alert(1)</script>" in made.text
    assert made.count("item") == made.count("script") == 0


def test_a_page_needs_nothing_from_elsewhere(registers: RegisterDesk) -> None:
    made = page(registers, "agenda", session=8)
    assert not [attributes for _, attributes in made.elements if "src" in attributes]
    assert [found["href"] for tag, found in made.elements if tag == "a"] == ["#main"]
    assert made.count("link") == 0


def test_every_cell_of_a_table_is_labelled_by_its_heading(registers: RegisterDesk) -> None:
    for made in (page(registers, "confirmation-list"), page(registers, "agenda", session=8)):
        tags = Counter(tag for tag, _ in made.elements)
        assert tags["caption"] == tags["table"] > 0
        assert made.count("html", lang="en") == made.count("main") == tags["h1"] == 1
        for tag, attributes in made.elements:
            assert tag != "td" or attributes["data-label"]
            assert tag != "th" or attributes["scope"] in ("col", "row")


def test_the_agenda_names_lists_pending_inclusions_what_is_in_the_channel_and_open_confirmations(
    registers: RegisterDesk,
) -> None:
    case_id = registers.desk.opened()
    registers.desk.record(
        "committee",
        case_id,
        fact(CHANNEL + "inclusion", "agreed_to_include", "1965-03-06"),
        fact(CHANNEL + "inclusion_session", 8, "1965-03-06"),
        fact(CHANNEL + "project_no", "8-14", "1965-03-06"),
    )
    registers.record("supplementary_asked", "1965-06-01", session=8, lists=["important"])
    registers.record("confirmation", "1965-02-10", items=["B-3"], state="declined")
    made = page(registers, "agenda", session=8)
    assert "important The important items 2 0 2" in made.text
    assert f"8-14 {case_id} 1 1965-03-06 paper of 1965-03-06" in made.text
    assert "The joint items: 1 item" in made.text
    assert "organised The organised items 2 0 0 1" in made.text
    assert "V-1" not in made.words
    other = page(registers, "agenda", session=9)
    assert "no list of what has been provided waits for this session" in other.text
    assert "no agreed inclusion is open for this session" in other.text
    registers.record("session_closed", "1965-10-20", session=8)
    assert "closed on 1965-10-20" in nothing(registers, "agenda", session=8)


def test_a_memorandum_is_drafted_for_what_a_closed_session_left_out(registers: RegisterDesk) -> None:
    assert "not recorded as closed" in nothing(registers, "memorandum", session=8)
    registers.record("resolution", "1965-10-19", session=8, number="8/2", form="supplementary", items=["A-2"])
    registers.record("session_closed", "1965-10-20", session=8)
    made = page(registers, "memorandum", session=8)
    assert [number for number in ("A-1", "A-2", "C-1") if number in made.words] == ["A-1", "C-1"]
    assert "closed on 1965-10-20 (letter of 1965-10-20)" in made.text
    assert "recorded before" not in made.text
    sequence = registers.record("memorandum", "1965-11-05", session=8, lists=["important", "northeast"])
    again = page(registers, "memorandum", session=8)
    assert f"letter of 1965-11-05, of 1965-11-05 (log entry {sequence})" in again.text
    registers.record(
        "resolution",
        "1965-12-01",
        session=8,
        number="8/3",
        form="supplementary",
        lists=["important", "northeast"],
    )
    assert "left out no list" in nothing(registers, "memorandum", session=8)


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("agenda", {}),
        ("memorandum", {"session": "next"}),
        ("agenda", {"session": 8, "list_id": "important"}),
        ("confirmation-list", {"session": 8}),
    ],
)
def test_a_page_that_is_requested_wrongly_is_a_problem(
    registers: RegisterDesk, name: str, query: dict[str, Any]
) -> None:
    assert registers.desk.call("liaison", "GET", PAGES + name, params=query).status_code == 400


def test_a_country_whose_lists_are_not_governed_has_no_pages(registers: RegisterDesk) -> None:
    assert "KP" in nothing(registers, "confirmation-list", country="VN")


@pytest.mark.parametrize(
    ("caller", "status"),
    [("committee", 200), ("liaison", 200), ("auditor", 200), ("department", 403), ("policy_officer", 403)],
)
def test_who_works_on_the_registers_prints_them(registers: RegisterDesk, caller: str, status: int) -> None:
    for name in ("confirmation-list", "agenda?session=8"):
        assert registers.desk.call(caller, "GET", PAGES + name).status_code == status


def test_the_opening_balance_is_printed_whole(opening_balance: RegisterDesk) -> None:
    waiting = page(opening_balance, "confirmation-list")
    assert waiting.count("span", role="img") == 2 * 140
    agenda = page(opening_balance, "agenda", session=8)
    rows = agenda.count("td", **{"data-label": "Kind"})
    assert rows == 2188 + 72


def test_the_command_prints_the_page_that_http_gives(opening_balance: RegisterDesk) -> None:
    printed = opening_balance.run("registers", "print", "agenda", "--session", "8")
    assert printed.exit_code == 0, printed.output
    over_http = opening_balance.desk.call("auditor", "GET", PAGES + "agenda", params={"session": 8}).text
    assert without_time(printed.stdout) == without_time(over_http)


def test_the_command_writes_a_file_for_the_browser(registers: RegisterDesk, tmp_path: Path) -> None:
    out = tmp_path / "list.html"
    printed = registers.run("registers", "print", "confirmation-list", "--out", str(out))
    assert printed.exit_code == 0, printed.output
    assert f"written: confirmation-list to {out}" in printed.output
    assert "B-1" in Page(out.read_text(encoding="utf-8")).words


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["memorandum", "--session", "8"], "not recorded as closed"),
        (["agenda"], "Name the session"),
        (["confirmation-list", "--list", "important"], "organised"),
        (["confirmation-list", "--out", "none/here.html"], "cannot be written"),
        (["agend", "--session", "8"], "agenda"),
    ],
)
def test_a_slip_on_the_command_line_is_reported_with_its_remedy(
    registers: RegisterDesk, arguments: list[str], message: str
) -> None:
    failed = registers.run("registers", "print", *arguments)
    assert failed.exit_code == 2
    assert message in failed.output


def test_without_a_ledger_no_page_is_printed(tmp_path: Path) -> None:
    failed = run(
        tmp_path, "registers", "print", "agenda", "--session", "8", "--database", str(tmp_path / "no.db")
    )
    assert failed.exit_code == 2
    assert "cannot be read" in failed.output


def without_time(html: str) -> list[str]:
    return [line for line in html.splitlines() if not line.startswith("<p>Made on")]
