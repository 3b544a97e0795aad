"""A running service with a caller for each role, and a ledger that holds the opening balance."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from api.cli.main import app
from api.doors.outer_doors import DoorFailed
from api.doors.running_server import running_server
from api.files.figures_file import opening_balance
from api.http.authentication.key_file import add_api_key, new_api_key
from api.policies.folder import read_folder
from api.runtime.http_client import HttpReply, send
from api.settings import Settings

DEPARTMENT = "metallurgy"
DATABASE = "log.db"
KEY = "signing.key"


class Callers:
    """Sends requests to a service, each as a role."""

    def __init__(self, base_url: str, keys: Mapping[str, str]) -> None:
        self._base_url = base_url
        self._keys = keys

    def call(
        self,
        caller: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> HttpReply:
        """Send one request in the name of the role `caller`."""
        proof = {"Authorization": f"Bearer {self._keys[caller]}"}
        return send(self._base_url, method, path, body, headers={**proof, **(headers or {})}, params=params)


@contextmanager
def office_service(folder: Path, policies: Path) -> Iterator[Callers]:
    """Serve the ledger of `folder` in exercise mode, with past dates; yield the callers."""
    keys = {}
    for name, role in read_folder(policies).load().roles.items():
        keys[name], stored = new_api_key(name, role, DEPARTMENT if role.asks else None)
        add_api_key(folder / "keys.json", stored)
    settings = Settings(
        policies=policies,
        database=str(folder / DATABASE),
        signing_key=folder / KEY,
        api_keys=folder / "keys.json",
        exercise=True,
        accept_unproved=True,
    )
    with running_server(settings) as base_url:
        yield Callers(base_url, keys)


def import_opening_balance(folder: Path, policies: Path) -> None:
    """Make a ledger in `folder` into which the shipped opening balance is imported. Raises DoorFailed."""
    environment = {
        **os.environ,
        "CHANNELGATE_SIGNING_KEY": str(folder / KEY),
        "CHANNELGATE_POLICIES": str(policies),
    }
    arguments = ["registers", "import", str(opening_balance()), "--database", str(folder / DATABASE)]
    imported = CliRunner().invoke(app, arguments, env=environment)
    if imported.exit_code != 0:
        raise DoorFailed(imported.output)
