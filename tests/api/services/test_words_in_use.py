"""What cases and registers have recorded in words that another policy set does not have is named with its place."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
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
