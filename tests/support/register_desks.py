"""A small register behind a running server: lists imported on the command line, events recorded over HTTP."""

import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from typer.testing import CliRunner, Result

from api.cli.main import app
from tests.support.desks import KEYS, ROOT, Desk, serving

LIST_COLUMNS = "list_id,title,country,legacy_list,source,batch,transfer_procedure,put_to_session"
ITEM_COLUMNS = "item_no,list_id,description,kind,quantity,unit,provided_on,provided_to,remarks"
ITEMS = {
    "important": ["A-1", "A-2"],
    "northeast": ["C-1"],
    "organised": ["B-1", "B-2", "B-3"],
    "joint": ["D-1"],
    "vietnam": ["V-1"],
}
LISTS = {
    "important": ("KP", "provided", "recorded", "7"),
    "northeast": ("KP", "provided", "not_recorded", ""),
    "organised": ("KP", "pending", "none", "7"),
    "joint": ("KP", "channel_72", "none", "7"),
    "vietnam": ("VN", "pending", "none", ""),
}


class RegisterDesk:
    """What the clerks of the registers do."""

    def __init__(self, desk: Desk, database: str, folder: Path) -> None:
        self.desk = desk
        self.database = database
        self.folder = folder

    def post(
        self, kind: str, day: str, caller: str = "liaison", key: str = "", **more: Any
    ) -> httpx.Response:
        body = {"kind": kind, "happened_on": day, "reference": f"letter of {day}", **more}
        headers = {"Idempotency-Key": key or f"k{next(KEYS)}"}
        return self.desk.call(caller, "POST", "/v1/registers/events", body, headers=headers)

    def record(self, kind: str, day: str, **more: Any) -> int:
        answer = self.post(kind, day, **more)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["sequence"])

    def faults(self, kind: str, day: str, **more: Any) -> dict[str, str]:
        before = self.read("/v1/registers/events")
        answer = self.post(kind, day, **more)
        assert answer.status_code == 400, answer.text
        assert self.read("/v1/registers/events") == before
        return {error["pointer"]: error["detail"] for error in answer.json()["errors"]}

    def read(self, path: str, caller: str = "auditor", **query: Any) -> Any:
        answer = self.desk.call(caller, "GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def due(self, day: str, caller: str = "auditor", **query: Any) -> list[dict[str, Any]]:
        return list(self.read("/v1/due", caller, as_of=day, **query)["due"])

    def dues_under(self, day: str, clause: str) -> list[dict[str, Any]]:
        return [due for due in self.due(day) if due["clause"] == clause]

    def item(self, item_no: str) -> Any:
        return self.read(f"/v1/registers/items/{item_no}")

    def run(self, *arguments: str) -> Result:
        return run(self.folder, *arguments, "--database", self.database)

    def import_files(self, *files: Path) -> None:
        imported = self.run("registers", "import", *map(str, files))
        assert imported.exit_code == 0, imported.output


def run(folder: Path, *arguments: str) -> Result:
    """Run the command line with the signing key of `folder`."""
    key = str(folder / "signing.key")
    policies = str(ROOT / "policies")
    env = {**os.environ, "CHANNELGATE_SIGNING_KEY": key, "CHANNELGATE_POLICIES": policies}
    return CliRunner().invoke(app, arguments, env=env)


def write_register(folder: Path, items: dict[str, list[str]] | None = None) -> Path:
    """Write the files of a register of the lists that have items."""
    items = ITEMS if items is None else items
    folder.mkdir()
    _write(folder / "lists.csv", LIST_COLUMNS, [_list(list_id) for list_id in items])
    rows = [
        [number, list_id, f"Synthetic <item> {number}", "drawing", "2", "sheets", "", "", ""]
        for list_id, numbers in items.items()
        for number in numbers
    ]
    _write(folder / "items.csv", ITEM_COLUMNS, rows)
    return folder


@contextmanager
def serving_registers(
    folder: Path, database: str | None = None, register: Path | None = None
) -> Iterator[RegisterDesk]:
    """A server with the registers of `register`, or a small one, in its database."""
    where = database or str(folder / "log.db")
    with serving(folder, where) as desk:
        registers = RegisterDesk(desk, where, folder)
        registers.import_files(register or write_register(folder / "register"))
        yield registers


def _list(list_id: str) -> list[str]:
    country, entry, procedure, session = LISTS[list_id]
    return [
        list_id,
        f"The {list_id} items",
        country,
        entry,
        "a made-up source",
        "a batch",
        procedure,
        session,
    ]


def _write(file: Path, columns: str, rows: list[list[str]]) -> None:
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.writer(opened)
        writer.writerow(columns.split(","))
        writer.writerows(rows)
