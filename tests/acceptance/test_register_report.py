"""The report: what the registers hold, reconciled with figures that are data.

Covers: api.domain.registers.figures_check, api.domain.registers.register_view
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.registers import BALANCE, ITEM, LIST, as_csv, folder, run

FIGURES = BALANCE / "figures.yaml"


def lines(name: str) -> list[str]:
    return (BALANCE / name).read_text(encoding="utf-8").splitlines(keepends=True)


def balance(place: Path, change: Callable[[list[str]], None]) -> Path:
    """The opening balance with its rows of items changed, imported."""
    items = lines("items.csv")
    change(items)
    files = folder(place / "files", (BALANCE / "lists.csv").read_bytes(), "".join(items).encode())
    result = run("import", files, "--database", place / "log.db")
    assert result.exit_code == 0, result.output
    return place / "log.db"


def found(*arguments: str | Path) -> dict[str, Any]:
    result = run("report", "--format", "json", *arguments)
    return {figure["figure"]: figure for figure in json.loads(result.output)["figures"]}


def drop(prefix: str) -> Callable[[list[str]], None]:
    def change(items: list[str]) -> None:
        items[:] = [line for line in items if not line.startswith(prefix)]

    return change


def add(line: str) -> Callable[[list[str]], None]:
    return lambda items: items.append(line + "\n")


def test_without_a_database_the_shipped_opening_balance_reconciles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("report")
    assert (result.exit_code, list(tmp_path.iterdir())) == (0, []), result.output
    first, *_, last = result.output.splitlines()
    assert first.startswith("report on the shipped opening balance, since there is no database here: 5 lists")
    assert last == "all 12 figures reconcile"


def test_a_database_that_is_named_is_reported_on_or_the_command_fails(tmp_path: Path) -> None:
    result = run("report", "--database", tmp_path / "missing.db")
    assert (result.exit_code, "missing.db cannot be used" in result.output) == (2, True), result.output


def test_the_figures_of_the_directive_are_counted_from_the_rows(tmp_path: Path) -> None:
    counted = found("--database", balance(tmp_path, lambda items: None))
    assert {name: figure["found"] for name, figure in counted.items()} == {
        "provided-since-1963": 382,
        "organised-and-pending": 57,
        "northeast-provided": 1806,
        "northeast-pending": 83,
        "northeast": 1889,
        "pending": 140,
        "provided": 2188,
        "all": 2328,
        "put-to-session-7": 439,
        "asked-at-session-7": 72,
        "transfer-recorded": 382,
        "transfer-not-recorded": 1806,
    }
    assert {figure["verdict"] for figure in counted.values()} == {"ok"}
    assert counted["pending"]["lists"] == [
        {"list_id": "kp-northeast-pending", "items": 83},
        {"list_id": "kp-organised-pending", "items": 57},
    ]


@pytest.mark.parametrize(
    ("change", "differing"),
    [
        (
            drop("PR-0382"),
            ["provided-since-1963", "provided", "all", "put-to-session-7", "transfer-recorded"],
        ),
        (drop("PN-0001"), ["organised-and-pending", "pending", "all", "put-to-session-7"]),
        (drop("NE-0900"), ["northeast-provided", "northeast", "provided", "all", "transfer-not-recorded"]),
        (drop("NP-0083"), ["northeast-pending", "northeast", "pending", "all"]),
        (drop("S7-0072"), ["asked-at-session-7"]),
        (add("S7-0073,kp-asked-at-session-7,Synthetic item,sample,,,,,"), ["asked-at-session-7"]),
        (
            add("PN-0058,kp-organised-pending,Synthetic item,sample,,,,,"),
            ["organised-and-pending", "pending", "put-to-session-7"],
        ),
    ],
    ids=[
        "an important one",
        "an organised one",
        "a provided one",
        "a pending one",
        "one of the 72",
        "a 73rd",
        "a 58th",
    ],
)
def test_a_row_too_few_or_too_many_is_noticed(
    tmp_path: Path, change: Callable[[list[str]], None], differing: list[str]
) -> None:
    result = run("report", "--database", balance(tmp_path, change))
    assert result.exit_code == 1
    summary = f"{len(differing)} of 12 figures do not reconcile: {', '.join(differing)}; "
    assert result.output.splitlines()[-1] == f"{summary}compare their lists with the source"
    assert "; 1 too " in result.output


def test_a_late_discovery_passes_the_floor_and_is_reported(tmp_path: Path) -> None:
    database = balance(tmp_path, lambda items: None)
    listed = {
        **LIST,
        "list_id": "kp-late",
        "batch": "late",
        "transfer_procedure": "not_recorded",
        "put_to_session": "",
    }
    late = folder(tmp_path / "late", as_csv(listed), as_csv({**ITEM, "item_no": "L-1", "list_id": "kp-late"}))
    assert run("import", late, "--database", database).exit_code == 0
    result = run("report", "--database", database)
    assert (result.exit_code, result.output.count("the floor is passed by 1")) == (0, 2), result.output
    counted = found("--database", database)
    assert {name for name, figure in counted.items() if figure["verdict"] == "floor_passed"} == {
        "provided",
        "all",
    }
    assert {"list_id": "kp-late", "items": 1} in counted["provided"]["lists"]


def test_items_that_say_the_same_on_two_lists_are_named(tmp_path: Path) -> None:
    twin = next(line for line in lines("items.csv") if line.startswith("PN-0001")).strip()
    copied = twin.replace("PN-0001", "NP-0084").replace("kp-organised-pending", "kp-northeast-pending")
    result = run("report", "--database", balance(tmp_path, add(copied)))
    assert (
        "may be one item, counted more than once: NP-0084 on kp-northeast-pending, PN-0001 on"
        in result.output
    )


def test_a_list_in_none_of_the_figures_is_named(tmp_path: Path) -> None:
    database = balance(tmp_path, lambda items: None)
    listed = as_csv({**LIST, "list_id": "al-a", "country": "AL", "put_to_session": ""})
    run(
        "import", folder(tmp_path / "al", listed, as_csv({**ITEM, "list_id": "al-a"})), "--database", database
    )
    result = run("report", "--database", database)
    assert (result.exit_code, "note: the list al-a (1 item) is in none of the figures" in result.output) == (
        0,
        True,
    )


def test_another_office_has_other_figures(tmp_path: Path) -> None:
    figures = tmp_path / "figures.yaml"
    figures.write_text(
        "figures:\n- {figure: one, says: one item, where: {list_id: kp-a}, expected: 1, source: our list}\n"
    )
    run("import", folder(tmp_path / "files"), "--database", tmp_path / "log.db")
    result = run("report", "--database", tmp_path / "log.db", "--figures", figures)
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "1 figure reconciles"), result.output


GOOD = {"figure": "a", "says": "b", "where": {}, "expected": 1, "source": "c"}


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ([{**GOOD, "expected": "many"}], "`expected`: input should be a valid integer"),
        ([{**GOOD, "expected": -1}], "`expected`: input should be greater than or equal to 0"),
        ([{**GOOD, "want": 1}], "`want` is no key of a figure; take it out"),
        ([{**GOOD, "where": {"colour": "red"}}], "`colour` is no key of a figure; take it out"),
        (
            [{**GOOD, "where": {"legacy_list": "lost"}}],
            "`legacy_list`: input should be 'pending', 'provided'",
        ),
        (
            [{name: value for name, value in GOOD.items() if name != "source"}],
            "`source` is missing here; add it",
        ),
        ([GOOD, GOOD], "`a` stands there twice; rename one"),
        ([{**GOOD, "sum_of": ["b"]}], "`b` is no figure above this one; name one that is"),
        (
            [GOOD, {**GOOD, "figure": "b", "sum_of": ["a"], "expected": 2}],
            "the parts make 1, not 2; mend the figure or its parts",
        ),
    ],
)
def test_a_mistake_in_the_figures_is_reported_with_its_place(
    tmp_path: Path, figures: list[dict[str, Any]], expected: str
) -> None:
    (tmp_path / "f.yaml").write_text(json.dumps({"figures": figures}))
    result = run("report", "--figures", tmp_path / "f.yaml")
    assert result.exit_code == 2
    assert expected in result.output
    assert "f.yaml:1:" in result.output


def test_figures_that_are_not_there_end_the_command(tmp_path: Path) -> None:
    result = run("report", "--figures", tmp_path / "none.yaml")
    assert (result.exit_code, "none.yaml cannot be read" in result.output) == (2, True)


def test_figures_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "marked.yaml").write_bytes(b"\xef\xbb\xbf" + FIGURES.read_bytes())
    assert run("report", "--figures", tmp_path / "marked.yaml").exit_code == 0


def test_the_shipped_figures_are_read_wherever_they_lie(tmp_path: Path) -> None:
    shutil.copy(FIGURES, tmp_path / "copied.yaml")
    assert run("report", "--figures", tmp_path / "copied.yaml").exit_code == 0
