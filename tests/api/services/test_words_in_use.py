"""What cases and registers have recorded in words that another policy set does not have is named with its place."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from api.cli.log import reading_log
from api.cli.main import app
from api.doors.running_server import running_server
from api.services.words_in_use import unknown_words
from api.settings import Settings
from engine import load_policies
from tests.support.mistakes import ROOT

SHIPPED = {path.name: path.read_text() for path in (ROOT / "policies").glob("*.yaml")}
RENAMED = (
    ("ad_hoc_request", "on_the_spot"),
    ("item.kind: drawing", "item.kind: sketch"),
    ("  drawing: ", "  sketch: "),
)


def test_renamed_choices_are_named_with_the_cases_and_lists_that_have_them(tmp_path: Path) -> None:
    database, key = str(tmp_path / "log.db"), tmp_path / "signing.key"
    ran = CliRunner().invoke(
        app,
        ["registers", "import", str(ROOT / "examples" / "opening_balance"), "--database", database],
        env={"CHANNELGATE_SIGNING_KEY": str(key)},
    )
    assert ran.exit_code == 0, ran.output
    settings = Settings(policies=ROOT / "policies", database=database, insecure_no_auth=True, signing_key=key)
    request = json.loads((ROOT / "examples" / "hold.json").read_text())
    request["department"] = {**request.get("department", {}), "id": "metallurgy"}
    with running_server(settings) as base, httpx.Client(base_url=base, trust_env=False) as client:
        opened = client.post("/v1/cases", json=request, headers={"Idempotency-Key": "k1"})
        assert opened.status_code == 201, opened.text
    files = dict(SHIPPED)
    for before, after in RENAMED:
        files = {name: text.replace(before, after) for name, text in files.items()}
    with reading_log(database) as connection:
        same = unknown_words(connection, load_policies({n: t.encode() for n, t in SHIPPED.items()}))
        found = unknown_words(connection, load_policies({n: t.encode() for n, t in files.items()}))
    assert same == ()
    assert {one.what for one in found} >= {"the choice drawing of item.kind"}
    assert any(one.where.startswith(f"case {opened.json()['case_id']}") for one in found)
    assert any(one.where.startswith("list ") for one in found)


@pytest.fixture(scope="module")
def opening_balance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("registers")
    ran = CliRunner().invoke(
        app,
        [
            "registers",
            "import",
            str(ROOT / "examples" / "opening_balance"),
            "--database",
            str(folder / "log.db"),
        ],
        env={"CHANNELGATE_SIGNING_KEY": str(folder / "signing.key")},
    )
    assert ran.exit_code == 0, ran.output
    return folder / "log.db"


@pytest.fixture
def awaited(tmp_path: Path) -> Path:
    """The shipped policies with another word for what is still to be provided."""
    folder = Path(shutil.copytree(ROOT / "policies", tmp_path / "policies"))
    for file in folder.glob("*.yaml"):
        text = file.read_text()
        for before, after in (
            ("      pending: on the list", "      awaited: on the list"),
            ("{item.legacy_list: pending}", "{item.legacy_list: awaited}"),
            ("    list: pending\n", "    list: awaited\n"),
            ('item.legacy_list == "pending"', 'item.legacy_list == "awaited"'),
            ('item.legacy_list in ["pending",', 'item.legacy_list in ["awaited",'),
        ):
            text = text.replace(before, after)
        file.write_text(text)
    return folder


def test_items_of_a_list_in_an_old_word_stay_due_as_recorded_in_old_words(
    opening_balance: Path, awaited: Path
) -> None:
    options = ("--policies", str(awaited), "--database", str(opening_balance), "--format", "json")
    ran = CliRunner().invoke(app, ["due", *options, "--as-of", "1965-02-01"])
    assert ran.exit_code == 0, ran.output
    old = [due for due in json.loads(ran.stdout)["due"] if "in old words, as `pending`" in due["what"]]
    assert sum(due["subject"]["items"] for due in old) == 140
    assert {due["subject"]["list_id"] for due in old} == {"kp-organised-pending", "kp-northeast-pending"}
    assert {due["who"] for due in old} == {"committee"}


def test_every_page_names_the_lists_that_it_leaves_out(opening_balance: Path, awaited: Path) -> None:
    options = ("--policies", str(awaited), "--database", str(opening_balance))
    left_out = "Left out, since recorded in old words"
    nothing = CliRunner().invoke(app, ["registers", "print", "confirmation-list", *options])
    assert nothing.exit_code == 2
    agenda = CliRunner().invoke(app, ["registers", "print", "agenda", "--session", "8", *options])
    assert agenda.exit_code == 0, agenda.output
    for text in (nothing.stderr, agenda.stdout):
        assert left_out in text
        assert "kp-organised-pending (`pending`)" in text
    present = ("--policies", str(ROOT / "policies"), "--database", str(opening_balance))
    assert (
        left_out not in CliRunner().invoke(app, ["registers", "print", "confirmation-list", *present]).stdout
    )
