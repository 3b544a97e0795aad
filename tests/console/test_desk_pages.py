"""The pages of the desk over HTTP: back, changes, not known, countries, tables, the form, answers and their cases.

Covers: api.console.desk.answers, api.console.desk.interview_state, api.console.desk.whole_form,
api.console.frame.policy_texts, api.services.single_pre_checks
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.files.spreadsheet_library import Workbook
from tests.support.consoles import ROOT, ServedConsole, served_console
from tests.support.interviews import READY, DeskInterview, decision_id_of, heading_of, text_of
from tests.support.serving_parties import serving_parties

URGENT = {
    "mission__countries": "Vietnam",
    "item__description": "drawings",
    "trigger": "ad_hoc_request",
    "handover__to": "mission",
    "urgency__time_sensitive": "true",
    "urgency__eagerly_wanted": "true",
    "item__kind": "drawing",
}


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    with served_console(tmp_path_factory.mktemp("console")) as running:
        yield running


def interview(console: ServedConsole, role: str = "department", as_of: str = "") -> DeskInterview:
    return DeskInterview.begun(console.visitor(role), as_of)


def recorded(console: ServedConsole, decision_id: str, role: str = "auditor") -> Any:
    headers = {"Authorization": f"Bearer {console.keys[role]}"}
    answer = console.api.get(f"/v1/decisions/{decision_id}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_office_that_signed_in_is_not_asked_for(console: ServedConsole) -> None:
    desk = interview(console)
    assert desk.state["whole"] == {"department.id": "metallurgy"}
    assert desk.answer(**URGENT).heading == READY
    other = interview(console, "committee").answer(mission__countries="Vietnam", item__description="drawings")
    assert other.heading == "What is the department's identifier?"


def test_the_answer_is_the_one_that_a_call_with_the_same_request_gets(console: ServedConsole) -> None:
    page = interview(console, as_of="1965-03-01").answer(**URGENT).finish()
    at_desk = recorded(console, decision_id_of(page), "department")
    request = {
        "request_id": at_desk["request_id"],
        "as_of": "1965-03-01",
        "department": {"id": "metallurgy"},
        "mission": {"countries": ["VN"]},
        "trigger": "ad_hoc_request",
        "handover": {"to": "mission"},
        "urgency": {"time_sensitive": True, "eagerly_wanted": True},
        "items": [{"line": 1, "description": "drawings", "kind": "drawing"}],
    }
    headers = {"Authorization": f"Bearer {console.keys['department']}"}
    by_call = console.api.post("/v1/pre-check", json=request, headers=headers).json()
    own = ("decision_id", "evaluated_at", "links")
    assert {name: one for name, one in at_desk.items() if name not in own} == {
        name: one for name, one in by_call.items() if name not in own
    }


def test_a_form_that_is_sent_twice_is_recorded_once_and_another_answer_anew(console: ServedConsole) -> None:
    desk = interview(console).answer(**URGENT)
    page = desk.page
    first = desk.send(path="/desk/answers").headers["location"]
    desk.page = page
    assert desk.send(path="/desk/answers").headers["location"] == first
    desk.page = page
    desk.send(change=":handover.to")
    desk.send(answer="third_country")
    assert desk.send(path="/desk/answers").headers["location"] != first


def test_back_takes_the_newest_answer_away(console: ServedConsole) -> None:
    desk = interview(console).answer(mission__countries="Cuba", item__description="a seed")
    assert heading_of(desk.page) == "What gave rise to the handover?"
    desk.send("back")
    assert desk.heading == "What is the item?"
    assert [step["fact"] for step in desk.state["steps"]] == ["mission.countries"]


def test_an_earlier_answer_is_changed_in_its_place(console: ServedConsole) -> None:
    desk = interview(console).answer(**URGENT)
    before = desk.state["steps"]
    desk.send(change="0:item.description")
    assert desk.heading == "What is the item?"
    assert 'value="drawings"' in desk.page.text
    desk.send(answer="a drill", amount="2 pieces")
    assert desk.heading == READY
    assert [step["fact"] for step in desk.state["steps"]] == [step["fact"] for step in before]
    assert "a drill, 2 pieces" in text_of(desk.page)
    desk.send(change=":trigger")
    desk.send("show")
    assert desk.heading == READY


def test_what_is_not_known_is_recorded_so(console: ServedConsole) -> None:
    desk = interview(console).answer(mission__countries="Cuba", item__description="a seed")
    desk.send("unknown")
    assert desk.state["steps"][-1]["stated"] == {"trigger": None}
    page = desk.finish()
    (line,) = recorded(console, decision_id_of(page))["lines"]
    assert {one["fact"]: one["state"] for one in line["missing"]}["trigger"] == "asked_not_known"


@pytest.mark.parametrize(
    ("typed", "explained"),
    [
        ("Vietnm", "Did you mean `Vietnam`?"),
        ("", "Nothing is answered."),
        ("Atlantis", "is not the name or code of a country"),
    ],
)
def test_a_mistyped_country_is_explained_and_stays_in_its_field(
    console: ServedConsole, typed: str, explained: str
) -> None:
    desk = interview(console)
    page = desk.send(answer=typed)
    assert page.status_code == 422
    assert explained in text_of(page)
    assert f'name="answer" value="{typed}"' in page.text
    assert desk.state["steps"] == []


@pytest.mark.parametrize("typed", ["古巴", "古巴，阿尔巴尼亚"])
def test_a_country_may_be_named_in_the_language_of_the_page(console: ServedConsole, typed: str) -> None:
    desk = interview(console)
    desk.visitor.client.headers["Accept-Language"] = "zh"
    page = desk.send(answer=typed)
    assert page.status_code == 200
    assert "古巴 (CU)" in text_of(page)


def test_a_mistyped_country_is_explained_in_the_language_of_the_page(console: ServedConsole) -> None:
    desk = interview(console)
    desk.visitor.client.headers["Accept-Language"] = "zh"
    assert "“某国”不是国家的名称或代码" in text_of(desk.send(answer="某国"))


def test_countries_that_are_taken_for_one_another_are_confirmed_one_by_one(console: ServedConsole) -> None:
    desk = interview(console)
    page = desk.send(answer="Korea, Cuba, KR")
    assert "Which one is meant by “Korea”?" in text_of(page)
    page = desk.send(answer="Korea, Cuba, KR", meant="KP")
    assert "Which one is meant by “KR”?" in text_of(page)
    sent = desk.hidden | {"do": "answer", "answer": "Korea, Cuba, KR", "meant": "KR"}
    desk.page = desk.visitor.client.post("/desk/interview", data=sent)
    assert desk.state["steps"][0]["stated"] == {"mission.countries": ["KP", "CU", "KR"]}


def test_a_country_that_is_none_is_never_meant(console: ServedConsole) -> None:
    desk = interview(console)
    desk.send(answer="Korea")
    page = desk.send(answer="Korea", meant="XX")
    assert "Which one is meant by “Korea”?" in text_of(page)


def test_an_answer_may_hold_for_all_other_items(console: ServedConsole) -> None:
    desk = interview(console).answer(mission__countries="Cuba", item__description="a drill")
    desk.send("item")
    desk.answer(item__description="a saw", trigger="ad_hoc_request", handover__to="mission")
    desk.answer(urgency__time_sensitive="true", urgency__eagerly_wanted="true")
    assert desk.hidden["question"] == "item.kind"
    assert "Item 1: a drill" in text_of(desk.page)
    desk.send(answer="equipment_part", same="yes")
    assert desk.heading == READY
    page = desk.finish()
    assert [line["outcome"] for line in recorded(console, decision_id_of(page))["lines"]] == [
        "escalate_urgent"
    ] * 2


TABLE = [
    ["description", "quantity", "unit", "kind"],
    ["drawings; 3 of them", "2", "sets", "drawing"],
    ["=1+1", "1.5", "kg", "a specimen"],
]


def workbook(rows: list[list[str]], title: str = "items") -> bytes:
    book, stream = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.data_type = "s"
    book.save(stream)
    return stream.getvalue()


def of_table(rows: list[list[str]], between: str) -> str:
    return "".join(between.join(row) + "\r\n" for row in rows)


def begin_with(
    console: ServedConsole, pasted: str = "", file: tuple[str, bytes] | None = None
) -> DeskInterview:
    visitor = console.visitor("department")
    files = {"table": file} if file else {"table": ("", b"")}
    return DeskInterview(visitor, visitor.send("/desk/items", {"pasted": pasted}, at="/desk", files=files))


@pytest.mark.parametrize("way", ["tabs", "commas", "semicolons", "csv", "xlsx"])
def test_items_come_from_a_table_in_each_form(console: ServedConsole, way: str) -> None:
    match way:
        case "csv":
            begun = begin_with(console, file=("items.csv", of_table(TABLE, ",").encode()))
        case "xlsx":
            begun = begin_with(console, file=("items.xlsx", workbook(TABLE)))
        case _:
            between = {"tabs": "\t", "commas": ",", "semicolons": ","}[way]
            begun = begin_with(console, pasted=of_table(TABLE, between))
    assert begun.page.status_code == 200, text_of(begun.page)
    assert begun.state["lines"] == [
        {
            "item.description": "drawings; 3 of them",
            "item.quantity": 2,
            "item.unit": "sets",
            "item.kind": "drawing",
        },
        {"item.description": "=1+1", "item.quantity": 1.5, "item.unit": "kg", "item.kind": "specimen"},
    ]
    page = begun.answer(mission__countries="Albania", trigger="host_offer").finish()
    assert "2 items" in text_of(page)


@pytest.mark.parametrize(
    ("pasted", "file", "named"),
    [
        ("description\tkind\na drill\tdril", None, "the pasted table, row 2, column kind: `dril` is none of"),
        (
            "descripton\na drill",
            None,
            "the pasted table, row 1: no table of items has a column `descripton`",
        ),
        ("description", None, "the pasted table: has 0 items"),
        (" \n ", None, "Paste a table, or choose a file."),
        ("", ("a.txt", b"x"), "a.txt: is neither a CSV file nor an XLSX workbook"),
        ("", ("a.csv", b"description,quantity\na,b"), "a.csv, row 2, column quantity: `b` is not a number"),
        ("", ("a.csv", b"\xff"), "a.csv, row 1: holds a byte that is not UTF-8"),
        ("", ("a.xlsx", b"PK"), "a.xlsx: cannot be read as a workbook"),
        ("", ("a.xlsx", workbook(TABLE, "other")), "a.xlsx, sheet other"),
    ],
)
def test_what_is_wrong_with_a_table_is_named_with_its_place(
    console: ServedConsole, pasted: str, file: tuple[str, bytes] | None, named: str
) -> None:
    page = begin_with(console, pasted, file).page
    assert page.status_code == 422
    assert named in text_of(page)
    assert pasted.strip() in page.text


def test_the_form_goes_on_with_questions_about_what_is_missing(console: ServedConsole) -> None:
    visitor = console.visitor("department")
    stated = {
        "lines": "2",
        "as_of": "1965-03-01",
        "mission.countries": "VN",
        "handover.to": "mission",
        "0.item.description": "drawings; 2",
        "0.item.quantity": "1.50",
        "1.item.description": "-",
        "1.item.kind": "drawing",
    }
    desk = DeskInterview(visitor, visitor.send("/desk/form", stated | {"do": "ask"}, at="/desk/form"))
    assert desk.heading == "What gave rise to the handover?"
    assert desk.state["as_of"] == "1965-03-01"
    assert [(step["line"], step["stated"]) for step in desk.state["steps"]] == [
        (None, {"mission.countries": ["VN"]}),
        (None, {"handover.to": "mission"}),
        (0, {"item.description": "drawings; 2", "item.quantity": 1.5}),
        (None, {"items": True}),
        (1, {"item.description": None}),
        (1, {"item.kind": "drawing"}),
    ]


@pytest.mark.parametrize(
    ("field", "typed", "fault"),
    [
        ("as_of", "1965-02-30", "This is no day of the calendar"),
        ("handover.to", "nobody", "No answer is chosen"),
        ("handover.planned_on", "tomorrow", "“tomorrow” is no day; write it as YYYY-MM-DD"),
        ("0.item.quantity", "-1", "is not a number"),
        ("0.item.description", "a\u200bb", "does not show"),
        ("mission.countries", "Vietnm", "Did you mean `Vietnam`?"),
    ],
)
def test_each_fault_of_the_form_is_named_and_linked(
    console: ServedConsole, field: str, typed: str, fault: str
) -> None:
    visitor = console.visitor("department")
    page = visitor.send("/desk/form", {"lines": "1", field: typed, "do": "decide"}, at="/desk/form")
    assert page.status_code == 422
    assert fault in text_of(page)
    assert f'href="#{field}"' in page.text
    assert f'id="{field}"' in page.text


def test_a_form_gets_more_room_for_items(console: ServedConsole) -> None:
    visitor = console.visitor("department")
    page = visitor.send(
        "/desk/form", {"lines": "1", "0.item.description": "a drill", "do": "item"}, at="/desk/form"
    )
    assert 'name="1.item.description"' in page.text
    assert 'value="a drill"' in page.text
    page = visitor.send("/desk/form", {"lines": "999", "do": "item"}, at="/desk/form")
    assert 'name="2.item.description"' not in page.text


def changed(state: Any, **members: Any) -> str:
    return json.dumps({**state, **members})


def test_an_interview_that_was_tampered_with_is_refused_in_words(console: ServedConsole) -> None:
    desk = interview(console).answer(mission__countries="Cuba", item__description="a seed")
    state, page = desk.state, desk.page
    step = {"fact": "trigger", "line": None, "stated": {"trigger": "nothing"}}
    tampered = [
        "",
        "{",
        "[]",
        changed(state, request_id=""),
        changed(state, lines=[]),
        changed(state, lines=[{}] * 1001),
        changed(state, whole={"trigger": "ad_hoc_request", "handover": {"to": "mission"}}),
        changed(state, steps=[step]),
        changed(state, steps=[*state["steps"], state["steps"][0]]),
        changed(state, steps=[{"fact": "items", "line": None, "stated": {"items": False}}]),
        changed(state, steps=[{"fact": "item.kind", "line": 7, "stated": {"item.kind": "drawing"}}]),
        changed(
            state, steps=[{"fact": "department.id", "line": None, "stated": {"department.id": "textiles"}}]
        ),
        changed(state, more=True),
    ]
    for text in tampered:
        for path in ("/desk/interview", "/desk/answers"):
            desk.page = page
            answer = desk.send(path=path, interview=text)
            assert answer.status_code == 400, text
            assert "Nothing was recorded. Begin anew at the desk." in text_of(answer)


@pytest.mark.parametrize(
    "fields",
    [
        {"question": "no.fact"},
        {"question": "item.kind", "question_line": ""},
        {"question": "item.kind", "question_line": "5"},
        {"question": "department.id", "question_line": ""},
        {"change": "0:nothing"},
        {"change": ":"},
    ],
)
def test_a_question_that_is_none_is_refused_in_words(console: ServedConsole, fields: dict[str, str]) -> None:
    answer = interview(console).send(answer="x", **fields)
    assert answer.status_code == 400
    assert "Nothing was recorded." in text_of(answer)


def test_another_department_cannot_be_spoken_for(console: ServedConsole) -> None:
    desk = interview(console).answer(mission__countries="Cuba", item__description="a seed")
    state = desk.state | {"whole": {"department.id": "textiles"}}
    desk.send("finish", "/desk/answers", interview=json.dumps(state))
    decision_id = desk.page.headers["location"].rpartition("/")[2]
    assert recorded(console, decision_id, "department")["decision_id"] == decision_id


def test_a_case_is_opened_from_the_answer(console: ServedConsole) -> None:
    page = interview(console).answer(**URGENT).finish()
    path, visitor = page.url.path, console.visitor("department")
    assert "Report it: open the case" in page.text
    for _ in range(2):
        assert visitor.send(f"{path}/case", {}, at=path).headers["location"] == path
    page = visitor.open(path)
    assert "Report it" not in page.text
    (case_id,) = re.findall(r'href="/cases/([^"]+)">Go to the case', page.text)
    headers = {"Authorization": f"Bearer {console.keys['committee']}"}
    assert console.api.get(f"/v1/cases/{case_id}", headers=headers).status_code == 200


def test_an_answer_is_opened_by_its_id_and_only_by_those_whom_it_concerns(console: ServedConsole) -> None:
    page = interview(console, "committee")
    page.answer(mission__countries="Cuba", item__description="a seed", department__id="textiles")
    decision_id = decision_id_of(page.finish())
    path = f"/desk/answers/{decision_id}"
    assert console.visitor("auditor").open(f"/desk/answers?id=+{decision_id}").headers["location"] == path
    own = console.visitor("department")
    assert own.open(path).status_code == 404
    found = own.open(f"/desk/answers?id={decision_id}")
    assert (found.status_code, "No decision has this id." in found.text) == (404, True)
    assert decision_id not in own.open("/desk/answers").text
    for more in ("changes", "alike"):
        assert own.open(f"{path}/{more}").status_code == 404


def test_recent_answers_are_listed_a_page_at_a_time(
    console: ServedConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.console.desk.answers.RECENT", 2)
    answered = list[str]()
    for _ in range(3):
        page = interview(console, "department").answer(mission__countries="Cuba", item__description="a seed")
        answered.append(decision_id_of(page.finish()))
    visitor, listed = console.visitor("department"), list[str]()
    newest = visitor.open("/desk/answers").text
    (older,) = re.findall(r'href="(/desk/answers\?after=\d+)"', newest)
    for text in (newest, visitor.open(older).text):
        listed += re.findall(r'href="/desk/answers/([^"?]+)"', text)
    assert listed[:3] == answered[::-1]


@pytest.mark.parametrize("role", ["committee", "liaison"])
def test_an_answer_and_its_decision_lead_to_each_other(console: ServedConsole, role: str) -> None:
    page = interview(console, role).answer(
        mission__countries="Cuba", item__description="a seed", department__id="metallurgy"
    )
    decision_id = decision_id_of(page.finish())
    answer, decision = f"/desk/answers/{decision_id}", f"/audit/decisions/{decision_id}"
    audits = role == "committee"
    assert (f'href="{decision}"' in console.visitor(role).open(answer).text) == audits
    if audits:
        assert f'href="{answer}"' in console.visitor(role).open(decision).text


def test_who_reads_no_decisions_is_shown_the_answer_at_once(console: ServedConsole) -> None:
    desk = interview(console, "policy_officer").answer(mission__countries="Cuba", item__description="a seed")
    answer = desk.send("finish", "/desk/answers")
    assert answer.status_code == 200
    assert heading_of(answer).startswith("May it be handed over? No.")
    assert "What would change it?" not in answer.text


def test_the_desk_speaks_chinese_with_the_translations_of_the_policies(console: ServedConsole) -> None:
    visitor = console.visitor("department")
    visitor.client.headers["Accept-Language"] = "zh"
    desk = DeskInterview.begun(visitor)
    desk.answer(**URGENT)
    assert desk.heading == "没有别的要问了"
    page = desk.finish()
    assert page.headers["content-language"] == "zh"
    assert "对来宾怎么说" in page.text
    assert 'lang="vi"' in page.text


SECOND = ROOT / "examples" / "second_directive"


def test_the_desk_asks_by_another_directive(tmp_path: Path) -> None:
    departments = {"host": "laboratory", "disclosure_office": None}
    with serving_parties(tmp_path, SECOND / "policies", SECOND / "floor.yaml", departments) as (client, keys):
        served = ServedConsole(str(client.base_url).rstrip("/"), client, keys)
        visitor = served.visitor("host")
        desk = DeskInterview.begun(visitor, "1965-03-01")
        desk.answer(mission__countries="Iceland", item__description="a report")
        while desk.heading != READY:
            desk.send("unknown")
        page = desk.finish()
        assert heading_of(page).startswith("May it be handed over?")
        assert "Iceland (IS)" in page.text
        assert visitor.open("/desk/form").status_code == 200
        assert visitor.open(f"{page.url.path}/changes").status_code == 200
        visitor.client.close()
