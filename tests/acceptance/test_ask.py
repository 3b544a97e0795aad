"""`channelgate ask`: the interview through the command, with typed lines.

Covers: api.cli.ask, api.cli.interviews.dialogue, api.cli.interviews.rendering, api.files.item_rows
"""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.doors.running_server import running_server
from api.files.xlsx_tables import write_workbook
from api.settings import Settings

ROOT = Path(__file__).parents[2]
SHIPPED = ("--policies", str(ROOT / "policies"), "--as-of", "1965-03-01")
SECOND = ("--policies", str(ROOT / "examples" / "second_directive" / "policies"), "--as-of", "2026-05-04")
URGENT = ("KP", "drawings of a rolling mill; 1 set", "metallurgy", "1", "1", "y", "y", "2", "n")


def run(*arguments: object, typed: tuple[str, ...] = (), **variables: str) -> Result:
    text = "".join(f"{line}\n" for line in typed)
    return CliRunner().invoke(app, list(map(str, arguments)), input=text, env=variables)


def ask(*options: object, typed: tuple[str, ...]) -> str:
    """What is printed of an interview that ends in an answer, on one line."""
    done = run("ask", *options, typed=typed)
    assert done.exit_code == 0, done.output
    return " ".join(done.stdout.split())


def answer_of(printed: str) -> str:
    """The answer at the end, without the id of its request."""
    return printed.partition("as of ")[2].partition(" To be asked of ")[0]


def checked(request: Path, *options: object) -> str:
    return " ".join(run("check", request, *options).stdout.split())


# -- three directives --------------------------------------------------------------------------------------------


def test_an_interview_ends_in_the_answer_that_check_gives_to_its_request(tmp_path: Path) -> None:
    out = tmp_path / "request.json"
    printed = ask(*SHIPPED, "--out", out, "--id", "an-urgent-request", typed=URGENT)
    assert "May it be handed over as asked? No." in printed
    assert "(escalate_urgent)" in printed
    assert "Nothing was recorded; this is no clearance." in printed
    assert answer_of(printed) == answer_of(checked(out, *SHIPPED))
    assert json.loads(out.read_text()) == {
        "request_id": "an-urgent-request",
        "as_of": "1965-03-01",
        "mission": {"countries": ["KP"]},
        "department": {"id": "metallurgy"},
        "trigger": "ad_hoc_request",
        "handover": {"to": "mission"},
        "urgency": {"time_sensitive": True, "eagerly_wanted": True},
        "items": [
            {
                "line": 1,
                "description": "drawings of a rolling mill",
                "quantity": 1,
                "unit": "set",
                "kind": "drawing",
            }
        ],
    }


def test_what_others_own_is_left_to_them(tmp_path: Path) -> None:
    printed = ask(*SHIPPED, typed=URGENT)
    before, _, left = printed.partition("To be asked of the Science and Technology Committee")
    assert "On which of the old lists does the item stand?" in left
    assert "1. On which" not in before.partition("May it be handed over")[0]
    of_committee = ask(*SHIPPED, "--role", "committee", typed=("KP", "drawings", "-", "1"))
    assert "On which of the old lists does the item stand? 1 on none" in of_committee


def test_another_directive_has_its_own_questions(tmp_path: Path) -> None:
    owners = ("export_control_office", "disclosure_office", "duty_officer", "records_office", "host")
    roles = [option for owner in owners for option in ("--role", owner)]
    out = tmp_path / "request.json"
    printed = ask(*SECOND, *roles, "--out", out, typed=("Iceland", "a seed drill; 2", "on the dual-use list"))
    assert "Which list covers it? 1 on no control list 2 on the dual-use list" in printed
    assert answer_of(printed) == answer_of(checked(out, *SECOND, *roles))
    printed = ask(*SECOND, "--out", out, "--force", typed=("Iceland", "a seed drill", "n"))
    assert answer_of(printed) == answer_of(checked(out, *SECOND))
    assert "To be asked of the export control office Which list covers it? (item.control_entry)" in printed


def test_a_new_directive_has_its_own_words(tmp_path: Path) -> None:
    assert run("new", tmp_path / "own").exit_code == 0
    own = ("--policies", tmp_path / "own" / "policies", "--floor", tmp_path / "own" / "floor.yaml")
    out = tmp_path / "request.json"
    roles = ("--role", "host", "--role", "release_desk")
    printed = ask(*own, *roles, "--out", out, typed=("Iceland", "a map; 2", "approved", "y", "n"))
    assert "What has the release desk decided?" in printed
    assert answer_of(printed) == answer_of(checked(out, *own, *roles))


# -- the dialogue ------------------------------------------------------------------------------------------------


def test_the_end_of_the_input_leaves_the_rest_not_known(tmp_path: Path) -> None:
    out = tmp_path / "request.json"
    assert "(needs_information)" in ask(*SHIPPED, "--out", out, typed=())
    request = json.loads(out.read_text())
    assert request["mission"] == {"countries": None}
    assert request["items"] == [{"line": 1, "description": None}]


@pytest.mark.parametrize(
    ("typed", "explained"),
    [
        (("Atlantis",), "`Atlantis` is not the name or code of a country"),
        (("",), "nothing was typed; type an answer, or - if it is not known"),
        (("KP", "-", "-", "6"), "`6` is none of the choices; type a number from 1 to 5"),
        (("KP", "-", "-", "one"), "`one` is none of the choices"),
        (("KP", "-", "-", "1", "1", "perhaps"), "`perhaps` is neither yes nor no"),
        (("b",), "this is the first question; answer it, or type q to end"),
    ],
)
def test_a_mistake_is_explained_and_the_question_put_again(typed: tuple[str, ...], explained: str) -> None:
    assert explained in ask(*SHIPPED, typed=typed)


def test_a_mistakable_country_is_confirmed() -> None:
    shown = "Which one is meant by `Korea`?"
    printed = ask(*SHIPPED, typed=("Korea", "1"))
    assert f"{shown} 1 Democratic People's Republic of Korea (KP) 2 Republic of Korea (KR)" in printed
    assert "from the Democratic People's Republic of Korea (KP)" in printed
    assert "from the Republic of Korea (KR)" in ask(*SHIPPED, typed=("kr", "2"))
    assert "from the Republic of Korea (KR)" in ask(*SHIPPED, typed=("Korea", "KR"))
    assert "`Korea` may be" in ask(*SHIPPED, typed=("Korea", "3"))


def test_one_can_go_back_and_answer_otherwise(tmp_path: Path) -> None:
    out = tmp_path / "request.json"
    ask(*SHIPPED, "--out", out, typed=("KP", "a drill", "-", "2", "b", "b", "steel", "1"))
    request = json.loads(out.read_text())
    assert request["department"] == {"id": "steel"}
    assert request["trigger"] == "ad_hoc_request"


def test_the_reasons_of_a_question_are_shown_with_the_clauses() -> None:
    printed = ask(*SHIPPED, typed=("KP", "-", "-", "?"))
    assert "It can change the answer: the mission asks on the spot or" in printed
    assert "(route_bilateral), by S3.2, S3.5, S3.6, S3.4a" in printed
    assert "S3.4a: It applies when a mission asks for something on the spot." in printed
    assert "Every request has it" in ask(*SHIPPED, typed=("KP", "?"))


def test_an_interview_that_is_ended_has_no_answer_and_writes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "request.json"
    done = run("ask", *SHIPPED, "--out", out, typed=("KP", "q"))
    assert (done.exit_code, out.exists()) == (2, False)
    assert "the interview was ended before an answer, and nothing was recorded" in done.stderr
    assert "May it be handed over" not in done.stdout


def test_the_questions_are_put_in_a_language() -> None:
    printed = ask(*SHIPPED, "--language", "zh", typed=("KP", "-", "-"))
    english = ask(*SHIPPED, typed=("KP", "-", "-"))
    assert "What gave rise to the handover?" in english
    assert "What gave rise to the handover?" not in printed


def test_the_office_can_be_named_beforehand(tmp_path: Path) -> None:
    out = tmp_path / "request.json"
    printed = ask(*SHIPPED, "--office", "metallurgy", "--out", out, typed=("KP", "-"))
    assert "What is the department's identifier?" not in printed
    assert json.loads(out.read_text())["department"] == {"id": "metallurgy"}
    assert run("ask", *SECOND, "--office", "x").exit_code == 2


# -- several items -----------------------------------------------------------------------------------------------


def test_another_item_has_its_own_answers(tmp_path: Path) -> None:
    out = tmp_path / "request.json"
    typed = ("KP", "a drawing", "-", "1", "1", "n", "2", "y", "an explanation", "only told or shown", "n")
    printed = ask(*SHIPPED, "--out", out, typed=typed)
    assert "Item 2, an explanation: What kind of item is it" in printed
    kinds = [item["kind"] for item in json.loads(out.read_text())["items"]]
    assert kinds == ["drawing", "oral_or_visual"]
    assert answer_of(printed) == answer_of(checked(out, *SHIPPED))


ROWS = [["description", "item.kind", "quantity"], ["a drawing", "drawing", "2"], ["a sample", "a sample", ""]]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_items_are_read_from_a_file(suffix: str, tmp_path: Path) -> None:
    file, out = tmp_path / f"items.{suffix}", tmp_path / "request.json"
    head, *rows = ROWS
    if suffix == "csv":
        file.write_text("\n".join(",".join(row) for row in ROWS))
    else:
        file.write_bytes(write_workbook({"items": (head, rows)}))
    printed = ask(*SHIPPED, "--lines", file, "--out", out, typed=("KP", "-", "1", "1", "n"))
    assert "Is there another item?" not in printed
    assert json.loads(out.read_text())["items"] == [
        {"line": 1, "description": "a drawing", "kind": "drawing", "quantity": 2},
        {"line": 2, "description": "a sample", "kind": "sample"},
    ]


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        (
            "description,kin\na,drawing\n",
            ["row 1: no table of items has a column `kin`; did you mean `kind`?"],
        ),
        ("description,description\na,b\n", ["row 1 column description: stands there twice"]),
        (
            "description,kind,quantity\na,tool,1\nb,drawing,x\n",
            [
                "row 2 column kind: `tool` is none of the choices",
                "row 3 column quantity: `x` is not a number",
            ],
        ),
        ("description\na,b\n", ["row 2: has more cells than the 1 columns that are named"]),
        ("description\n", ["has 0 items"]),
        ("", ["is empty"]),
    ],
)
def test_every_fault_of_a_file_of_items_is_named(content: str, faults: list[str], tmp_path: Path) -> None:
    file = tmp_path / "items.csv"
    file.write_text(content)
    done = run("ask", *SHIPPED, "--lines", file)
    shown = done.stderr.replace(", column", " column")
    assert done.exit_code == 2
    assert [fault for fault in faults if fault not in shown] == [], shown


def test_a_file_of_items_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = run("ask", *SHIPPED, "--lines", tmp_path / "items.csv")
    assert (done.exit_code, "there is no file" in done.stderr) == (2, True)


def test_a_request_is_not_written_over_another_file(tmp_path: Path) -> None:
    out = tmp_path / "request.json"
    out.write_text("{}")
    assert run("ask", *SHIPPED, "--out", out, typed=URGENT).exit_code == 2
    assert out.read_text() == "{}"
    assert run("ask", *SHIPPED, "--out", out, "--force", typed=URGENT).exit_code == 0
    nowhere = run("ask", *SHIPPED, "--out", tmp_path / "none" / "request.json", typed=URGENT)
    assert (nowhere.exit_code, nowhere.stdout) == (2, "")
    assert "there is no folder" in nowhere.stderr


# -- a service ---------------------------------------------------------------------------------------------------


def service_settings(tmp_path: Path, policies: Path) -> Settings:
    return Settings(
        policies=policies,
        floor=ROOT / "floor.yaml",
        database=str(tmp_path / "log.db"),
        insecure_no_auth=True,
    )


def test_a_service_records_the_request_and_its_decision_is_shown(tmp_path: Path) -> None:
    with running_server(service_settings(tmp_path, ROOT / "policies")) as address:
        done = run("ask", *SHIPPED, "--service", address, typed=URGENT, CHANNELGATE_TOKEN="any")
        assert done.exit_code == 0, done.output
        printed = " ".join(done.stdout.split())
        decision_id = printed.partition("Recorded as the decision ")[2].split(".")[0]
        recorded: dict[str, Any] = httpx.get(
            f"{address}/v1/decisions/{decision_id}", headers={"Authorization": "Bearer any"}, trust_env=False
        ).json()
    assert recorded["decision_id"] == decision_id
    assert recorded["outcome"] == "escalate_urgent"
    assert "Nothing was recorded" not in printed


def test_a_service_with_other_policies_is_refused_before_the_first_question(tmp_path: Path) -> None:
    with running_server(service_settings(tmp_path, ROOT / "policies")) as address:
        done = run("ask", *SECOND, "--service", address, typed=URGENT, CHANNELGATE_TOKEN="any")
    assert done.exit_code == 2
    assert "name the policies of the service with --policies" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("address", "token", "fact"),
    [
        ("http://example.org", "any", "a token is sent over http to this machine alone"),
        ("ftp://example.org", "any", "is no address of a service"),
        ("http://127.0.0.1:9", "", "the variable CHANNELGATE_TOKEN is empty"),
        ("http://127.0.0.1:9", "any", "does not answer"),
    ],
)
def test_a_service_that_cannot_be_called_is_named(address: str, token: str, fact: str) -> None:
    done = run("ask", *SHIPPED, "--service", address, typed=URGENT, CHANNELGATE_TOKEN=token)
    assert (done.exit_code, fact in done.stderr) == (2, True), done.stderr
