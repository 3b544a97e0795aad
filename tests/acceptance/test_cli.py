"""The command line, as a desk officer and a policy officer meet it.

Covers: api.cli.main, api.cli.check, api.cli.rendering.decision, engine.policy.description
"""

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest
from typer.testing import CliRunner, Result

from api.cli.commands import COMMANDS
from api.cli.lazy_commands import find_function
from api.cli.main import app

ROOT = Path(__file__).parents[2]
POLICIES = ["--policies", str(ROOT / "policies")]
ORDINARY = str(ROOT / "examples" / "route_bilateral.json")


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), input=text)


def faulty_folder(tmp_path: Path) -> Path:
    for path in (ROOT / "policies").glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    korea = tmp_path / "korea.yaml"
    korea.write_text(
        korea.read_text().replace('item.legacy_list == "pending"', 'item.legacy_lst == "pending"')
    )
    return tmp_path


def test_a_desk_officer_reads_answer_reason_duties_and_sentence() -> None:
    output = run("check", ORDINARY, *POLICIES).output
    for part in (
        "No. This goes through the bilateral channel.",
        "S3.6",
        "What to do next",
        "What to say",
    ):
        assert part in output


def test_the_answer_states_what_it_is_about() -> None:
    output = run("check", str(ROOT / "examples" / "escalate_urgent.json"), *POLICIES).output
    assert (
        "expert group on rolling mills, from the Democratic People's Republic of Korea (KP), at Beijing\n"
        in output
    )
    assert "Nothing was recorded; this is no clearance.\n" in output
    assert "(escalate_urgent)\n  drawings of a rolling mill, 1 set\n" in output


def shown(example: str, *options: str) -> str:
    return run("check", str(ROOT / "examples" / f"{example}.json"), *POLICIES, *options).output


def test_the_answer_says_how_the_text_was_read() -> None:
    output = " ".join(shown("escalate_urgent").split())
    assert (
        "read as in A3: Are pressed for time and eagerly wanted one condition or two? "
        "Taken: Two recorded facts, and both are needed." in output
    )
    assert "readings used" not in output


def test_a_reading_that_waits_for_its_ruling_is_shown_as_open(tmp_path: Path) -> None:
    for path in (ROOT / "policies").glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    readings = tmp_path / "readings.yaml"
    before, entry, after = readings.read_text().partition("  - reading: A3\n")
    own, rest = after.split("    taken: >-\n", 1)
    readings.write_text(f"{before}{entry}{own}    status: open\n{rest[rest.index(chr(10) * 2) :]}")
    output = run("check", str(ROOT / "examples" / "escalate_urgent.json"), "--policies", str(tmp_path)).output
    assert "one condition or two? Taken: nothing is decided yet." in " ".join(output.split()), output


def test_before_the_instruction_what_would_be_required_is_given_in_words() -> None:
    output = shown("route_bilateral", "--as-of", "1964-12-31")
    _, _, required = output.partition("  What would be required once it is in force\n")
    assert required.startswith("    No. This goes through the bilateral channel. (route_bilateral)\n")
    assert "    S3.6, the receiving department: Gives nothing directly.\n" in required
    assert "the receiving department: hand nothing over [S3.6]\n" in required


def test_of_what_would_change_the_answer_the_outcomes_are_given_in_words() -> None:
    output = shown("hold", "--explain")
    assert "to: Yes. The Committee delivers. (deliver)" in output
    assert "korea governs it: No. " in output


@pytest.mark.parametrize(("code", "remarked"), [("KR", True), ("KP", False), ("FR", False)])
def test_a_code_that_is_easily_mistaken_is_remarked(code: str, remarked: bool) -> None:
    request = {
        "request_id": "r",
        "mission": {"countries": [code]},
        "items": [{"description": "a seed drill"}],
    }
    output = run("check", "-", *POLICIES, text=json.dumps(request)).output
    remark = (
        "Remark: KR is Republic of Korea, which is not listed. If Democratic People's Republic of Korea is meant, "
        "write KP."
    )
    assert (remark in " ".join(output.split())) is remarked


def day_options() -> Iterator[tuple[str, str]]:
    """Each command with each of its options that take a day."""
    for command, (where, _) in COMMANDS.items():
        for name, hint in get_type_hints(find_function(where), include_extras=True).items():
            value, *options = get_args(hint) if get_origin(hint) is Annotated else (hint,)
            if dt.date in (value, *get_args(value)):
                declared = [
                    one for one in (options[0].default, *options[0].param_decls) if isinstance(one, str)
                ]
                yield command, next(iter(declared), f"--{name.replace('_', '-')}")


@pytest.mark.parametrize(
    "day", ["1965-1-1", "19650101", "1965-02-29", "1965-01-01T00:00:00", "١٩٦٥-٠١-٠١", ""]
)
def test_every_option_reads_a_day_in_the_one_form(day: str) -> None:
    options = list(day_options())
    assert {"due", "check", "screen", "reconcile", "policies check"} < {command for command, _ in options}
    for command, option in options:
        result = run(*command.split(), f"{option}={day}")
        assert result.exit_code == 2, command
        assert "write a day of the calendar as YYYY-MM-DD" in " ".join(result.output.split()), command


def test_standard_input_is_read_for_a_dash() -> None:
    result = run("check", "-", "--format", "json", *POLICIES, text=Path(ORDINARY).read_text())
    assert json.loads(result.stdout)["outcome"] == "route_bilateral"


@pytest.mark.parametrize("file", ["-", "request.json"])
def test_a_byte_order_mark_before_the_request_is_no_part_of_it(file: str, tmp_path: Path) -> None:
    text = "\ufeff" + Path(ORDINARY).read_text()
    (tmp_path / "request.json").write_text(text)
    given = [file if file == "-" else str(tmp_path / file), "--format", "json", *POLICIES]
    result = run("check", *given, text=text)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["outcome"] == "route_bilateral"


def test_the_day_can_be_set_from_outside() -> None:
    result = run("check", ORDINARY, "--as-of", "1964-12-31", "--format", "json", *POLICIES)
    decision = json.loads(result.stdout)
    assert (decision["as_of"], decision["outcome"]) == ("1964-12-31", "refer")


def test_several_lines_are_shown_under_the_answer_for_the_whole() -> None:
    request = json.loads(Path(ORDINARY).read_text())
    request["items"].append({"line": 2, "kind": "oral_or_visual"})
    output = run("check", "-", *POLICIES, text=json.dumps(request)).output
    for part in (
        "(refer)\n",
        "What to say\n    “For line 1: Thank you",
        "Line 1: No. This goes through",
        "Line 2: No. It has to be ruled on first.",
    ):
        assert part in output


@pytest.mark.parametrize(
    ("example", "options", "code"),
    [
        ("deliver", ["--exit-code"], 0),
        ("route_bilateral", ["--exit-code"], 1),
        ("not_governed", ["--exit-code"], 1),
        ("route_bilateral", [], 0),
        ("refuse", [], 0),
    ],
)
def test_the_exit_code_states_the_permission_only_with_the_option(
    example: str, options: list[str], code: int
) -> None:
    file = str(ROOT / "examples" / f"{example}.json")
    assert run("check", file, "--role", "committee", *options, *POLICIES).exit_code == code


def answer_to(example: str, *options: str) -> dict[str, Any]:
    file = str(ROOT / "examples" / f"{example}.json")
    return dict(json.loads(run("check", file, *options, "--format", "json", *POLICIES).stdout))


def test_facts_of_another_owner_are_claims_unless_the_owner_is_named() -> None:
    believed = answer_to("deliver", "--role", "committee")
    assert believed["outcome"] == "deliver"
    assert "claimed_not_confirmed" not in believed["lines"][0]
    for options in ([], ["--role", "receiving_department"], ["--role", "policy_officer"]):
        withheld = answer_to("deliver", *options)
        assert withheld["outcome"] == "escalate_urgent"
        claimed = withheld["lines"][0]["claimed_not_confirmed"]
        assert {"item.legacy_list", "item.channel.inclusion"} < set(claimed)
    both = answer_to("deliver", "--role", "receiving_department", "--role", "committee")
    assert both["outcome"] == "deliver"


def test_the_claims_are_shown_in_the_text() -> None:
    output = run("check", str(ROOT / "examples" / "deliver.json"), *POLICIES).output
    assert "Claimed, not confirmed" in output
    assert "item.channel.committee_agrees" in output


@pytest.mark.parametrize("command", [["check", ORDINARY], ["screen", "rows.csv", "--out", "out.csv"]])
def test_a_party_that_does_not_exist_gets_the_nearest(command: list[str]) -> None:
    result = run(*command, "--role", "comittee", *POLICIES)
    assert result.exit_code == 2
    assert "there is no party `comittee`; did you mean `committee`?" in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "JSON"),
        ("{", "JSON"),
        ('{"request_id": "x", "items": [{"kindd": "drawing"}]}', "/items/0/kindd"),
        ('{"request_id": "x", "trigger": "ad_hoc", "items": [{}]}', "did you mean `ad_hoc_request`"),
        ('{"request_id": "x", "items": []}', "/items"),
    ],
)
def test_a_malformed_request_is_an_error_with_its_place(text: str, message: str) -> None:
    result = run("check", "-", *POLICIES, text=text)
    assert result.exit_code == 2
    assert message in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "no-such-file.json", *POLICIES],
        ["check", str(ROOT), *POLICIES],
        ["check", ORDINARY, "--policies", "no-such-folder"],
        ["policies", "check", "no-such-folder"],
        ["policies", "show", "korae", *POLICIES],
        ["clauses", "--features", "no-such-folder", *POLICIES],
        ["check", ORDINARY, "--as-of", "tomorrow", *POLICIES],
    ],
)
def test_what_cannot_be_done_exits_2_and_says_why(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.output.strip()
    assert "Traceback" not in result.output


def test_faults_are_shown_with_line_mark_and_remedy(tmp_path: Path) -> None:
    result = run("policies", "check", str(faulty_folder(tmp_path)))
    assert result.exit_code == 1
    lines = result.output.splitlines()
    place = next(index for index, line in enumerate(lines) if line.startswith("korea.yaml:"))
    assert lines[place + 2].index("^") == lines[place + 1].index("item.legacy_lst")
    assert "item.legacy_list" in lines[place + 3]


def test_faults_are_machine_readable(tmp_path: Path) -> None:
    result = run("policies", "check", str(faulty_folder(tmp_path)), "--format", "json")
    (finding,) = json.loads(result.stdout)
    assert finding["file"] == "korea.yaml"
    assert finding["severity"] == "error"


def test_nothing_is_decided_by_faulty_policies(tmp_path: Path) -> None:
    result = run("check", ORDINARY, "--policies", str(faulty_folder(tmp_path)))
    assert result.exit_code == 2
    assert "korea.yaml:" in result.output
    assert "bilateral" not in result.stdout


def test_the_shipped_policies_are_sound() -> None:
    result = run("policies", "check", str(ROOT / "policies"))
    assert result.exit_code == 0
    assert result.output.startswith("ok:")


def test_a_policy_is_shown_as_read_on_a_day() -> None:
    output = run("policies", "show", "korea", *POLICIES, "--as-of", "1965-03-01").output
    for part in ("pending-list -> hold", "exception to route-bilateral", "next_session: 8"):
        assert part in output


def test_every_clause_with_a_rule_has_a_scenario() -> None:
    result = run("clauses", *POLICIES, "--features", str(ROOT / "features"), "--format", "json")
    assert result.exit_code == 0
    assert {row["clause"] for row in json.loads(result.stdout) if row["gap"]} == set()


def test_the_command_is_installed() -> None:
    command = Path(sys.executable).parent / "channelgate"
    result = subprocess.run([command, "--help"], capture_output=True, text=True, check=True)
    assert "pre-check" in result.stdout or "handover" in result.stdout


def test_a_service_with_faulty_policies_does_not_start_and_shows_the_fault_in_its_line(
    tmp_path: Path,
) -> None:
    folder, database = tmp_path / "policies", tmp_path / "log.db"
    folder.mkdir()
    arguments = ["--policies", str(faulty_folder(folder)), "--database", str(database)]
    result = run("serve", "--insecure-no-auth", *arguments)
    assert result.exit_code == 2
    for part in (
        "korea.yaml:",
        "`item.legacy_lst`",
        "^^^^",
        "remedy:",
        f"the policies in {folder} have faults",
    ):
        assert part in result.stderr
    assert not database.exists()


# -- several files -----------------------------------------------------------------------------------------------


@pytest.fixture
def requests_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "requests"
    folder.mkdir()
    for name, example in (("b.json", "hold"), ("a.json", "deliver"), ("c.JSON", "refuse")):
        (folder / name).write_bytes((ROOT / "examples" / f"{example}.json").read_bytes())
    (folder / "notes.txt").write_text("not a request")
    (folder / "old").mkdir()
    (folder / ".hidden.json").write_text("{")
    return folder


def test_each_file_of_a_folder_is_answered_under_its_name(requests_folder: Path) -> None:
    result = run("check", str(requests_folder), ORDINARY, "--role", "committee", *POLICIES)
    assert result.exit_code == 0, result.output
    names = [str(requests_folder / name) for name in ("a.json", "b.json", "c.JSON")] + [ORDINARY]
    lines = result.stdout.splitlines()
    places = [lines.index(name) for name in names]
    assert places == sorted(places)
    outcomes = ("deliver", "hold", "refuse", "route_bilateral")
    for place, after, outcome in zip(places, [*places[1:], len(lines)], outcomes, strict=True):
        assert f"({outcome})" in "\n".join(lines[place:after])
    assert result.stderr == (
        f"channelgate: {requests_folder / 'notes.txt'} is not read; of a folder, the files named *.json are\n"
        f"channelgate: {requests_folder / 'old'} is not read; of a folder, the files named *.json are\n"
    )


def test_one_file_is_answered_without_a_head() -> None:
    assert ORDINARY not in run("check", ORDINARY, *POLICIES).output


def test_a_bad_file_spoils_no_other_and_the_exit_code_is_the_worst(tmp_path: Path) -> None:
    bad, absent = tmp_path / "bad.json", str(tmp_path / "absent.json")
    bad.write_text('{"request_id": "x", "items": []}')
    deliver = str(ROOT / "examples" / "deliver.json")
    options = ["--role", "committee", "--exit-code", *POLICIES]
    for files, code in (
        ([deliver, deliver], 0),
        ([deliver, ORDINARY], 1),
        ([ORDINARY, str(bad), deliver], 2),
        ([absent, deliver], 2),
    ):
        result = run("check", *files, *options)
        assert result.exit_code == code, files
        assert "(deliver)" in result.stdout
    result = run("check", str(bad), absent, ORDINARY, *options)
    assert f"{bad}: The request does not keep to the contract." in result.stderr
    assert f"channelgate: {absent} cannot be read (No such file or directory); " in result.stderr
    assert "(route_bilateral)" in result.stdout


def test_several_answers_are_one_list_of_documents(tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("{")
    files = [ORDINARY, str(bad), "-", str(tmp_path / "absent.json")]
    result = run("check", *files, "--format", "json", *POLICIES, text=Path(ORDINARY).read_text())
    assert result.exit_code == 2
    documents = json.loads(result.stdout)
    assert [document["file"] for document in documents] == files
    assert [document.get("answer", {}).get("outcome") for document in documents] == [
        "route_bilateral",
        None,
        "route_bilateral",
        None,
    ]
    assert documents[1]["problem"]["type"] == "/problems/invalid-json"
    assert "cannot be read" in documents[3]["problem"]["title"]
    alone = run("check", ORDINARY, "--format", "json", *POLICIES)
    assert json.loads(alone.stdout)["outcome"] == "route_bilateral"


def test_a_folder_with_one_request_is_a_list_too(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_bytes(Path(ORDINARY).read_bytes())
    (document,) = json.loads(run("check", str(tmp_path), "--format", "json", *POLICIES).stdout)
    assert document["answer"]["outcome"] == "route_bilateral"


def test_a_folder_without_requests_is_named(tmp_path: Path) -> None:
    result = run("check", str(tmp_path), *POLICIES)
    assert result.exit_code == 2
    assert f"{tmp_path} holds no file named *.json; name a file with requests" in result.stderr
