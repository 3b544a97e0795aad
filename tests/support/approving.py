"""Officers who approve: their keys and credentials, the files of approvers, and a founded service to call."""

from __future__ import annotations

import datetime as dt
import itertools
import shutil
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx

from api.domain.approvals.statements import Founding, OfficerStatement
from api.doors.running_server import running_server
from api.http.authentication.key_file import add_api_key, new_api_key
from api.settings import Settings
from api.signing.keys import SigningKey
from api.signing.notes import sign_note
from engine import revision_of, roles_in

ROOT = Path(__file__).parents[2]
LOG = "example.org/gate"
NUMBERS = itertools.count()
EDITING = ("officer-1", "officer-2", "officer-3", "officer-4")
DECIDING = ("head-1", "head-2")
STARTER = ROOT / "api" / "files" / "starter"
ROLE_OF = dict.fromkeys(EDITING, "head") | dict.fromkeys(DECIDING, "release_desk")
OTHERS = {
    "host": "host",
    "records": "records_desk",
    "auditor": "auditor",
    "other_head": "head",
    "desk": "release_desk",
}
"""Callers of the starter directive who are no officers, with their roles."""


@dataclass
class Office:
    """A folder with policies, a floor, approvers and keys, from which a service with approvals is started."""

    folder: Path
    keys: dict[str, SigningKey] = field(default_factory=dict)
    api_keys: dict[str, str] = field(default_factory=dict)
    callers: Mapping[str, str] = field(default_factory=lambda: {**ROLE_OF, **OTHERS})
    """The roles of all who call, officers too, by the name of their API key."""

    @property
    def log_variables(self) -> dict[str, str]:
        """The variables by which commands know the log: its name and its key."""
        return {"CHANNELGATE_SIGNING_KEY": str(self.folder / "signing.key"), "CHANNELGATE_LOG_ORIGIN": LOG}

    def moved_to(self, folder: Path) -> Office:
        """The same office in a copy of its folder."""
        return Office(folder, self.keys, self.api_keys, self.callers)

    def fill(self) -> None:
        """Make the keys of everybody, and the files of approvers and API keys."""
        for name in (*EDITING, *DECIDING):
            self.keys[name] = SigningKey.generate(name)
        self.approvers.write_text(self.approvers_text())
        roles = roles_in(self.files())
        for name, role in self.callers.items():
            department = "guest-office" if roles[role].asks else None
            self.api_keys[name], stored = new_api_key(name, roles[role], department)
            add_api_key(self.folder / "keys.json", stored)

    @property
    def policies(self) -> Path:
        return self.folder / "policies"

    @property
    def floor(self) -> Path:
        return self.folder / "floor.yaml"

    @property
    def database(self) -> str:
        return str(self.folder / "log.db")

    @property
    def approvers(self) -> Path:
        return self.folder / "approvers.yaml"

    def approvers_text(self, of: Collection[str] | None = None, **changes: Any) -> str:
        """The file of approvers, of some officers if they are named, with members changed."""
        lines = [f"  {name}: {value}" for name, value in changes.items()]
        officers = []
        for name, key in self.keys.items():
            if of is not None and name not in of:
                continue
            officers += [
                f"    - officer: {name}",
                f"      key: {key.verifying.format()}",
                f"      api_key: {name}",
            ]
            officers += ["      decides: true"] if name in DECIDING else []
        return "\n".join(["approvers:", *lines, "  officers:", *officers]) + "\n"

    def sign(self, stated: OfficerStatement, *names: str) -> str:
        """The note of a statement, signed by officers."""
        text = stated.to_text()
        notes = [sign_note(text, self.keys[name]) for name in names]
        lines = [note.removeprefix(text + "\n") for note in notes]
        return f"{text}\n{''.join(lines)}"

    def founding(self, **changes: Any) -> Founding:
        """The founding of what lies in the folder."""
        members: dict[str, Any] = {
            "log": LOG,
            "officer": EDITING[0],
            "at": dt.datetime(2026, 11, 29, tzinfo=dt.UTC),
            "content": revision_of(self.files()),
            "floor": sha256(self.floor.read_bytes()).hexdigest(),
            "approvers": sha256(self.approvers.read_bytes()).hexdigest(),
        }
        return Founding(**{**members, **changes})

    def found(self) -> Path:
        """The file of the founding, signed by everybody."""
        file = self.folder / "founding.txt"
        file.write_text(self.sign(self.founding(), *self.keys))
        return file

    def files(self) -> dict[str, bytes]:
        """The policy files in the folder."""
        return {path.name: path.read_bytes() for path in sorted(self.policies.glob("*.yaml"))}

    def texts(self) -> dict[str, str]:
        """The policy files in the folder as a proposal brings them."""
        return {name: content.decode() for name, content in self.files().items()}

    def settings(self, **changes: Any) -> Settings:
        """The settings of a service of this office."""
        members: dict[str, Any] = {
            "policies": self.policies,
            "floor": self.floor,
            "approvers": self.approvers,
            "founding": self.folder / "founding.txt",
            "database": self.database,
            "signing_key": self.folder / "signing.key",
            "api_keys": self.folder / "keys.json",
            "exercise": True,
            "log_origin": LOG,
        }
        return Settings(**{**members, **changes})

    def environment(self, **changes: str) -> dict[str, str]:
        """The same settings as the environment of a process; the port is one that is free."""
        named = self.settings(port=0, **changes).model_dump(mode="json", exclude_defaults=True)
        return {f"CHANNELGATE_{name.upper()}": str(value) for name, value in named.items()} | {
            "CHANNELGATE_PORT": "0"
        }


class Clients:
    """A client for each caller of a service."""

    def __init__(self, office: Office, client: httpx.Client) -> None:
        self.office = office
        self.client = client

    def call(self, caller: str, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.office.api_keys[caller]}", **more.pop("headers", {})}
        if method == "POST":
            headers = {"Idempotency-Key": f"k{next(NUMBERS)}", **headers}
        return self.client.request(method, path, json=body, headers=headers, **more)

    def post(self, caller: str, path: str, body: Any = None) -> Any:
        """Make a call that has to be recorded, and return the answer."""
        response = self.call(caller, "POST", path, {} if body is None else body)
        assert response.status_code in (201, 202), response.text
        return response.json()

    def get(self, caller: str, path: str) -> Any:
        """Return what can be read at an address."""
        response = self.call(caller, "GET", path)
        assert response.status_code == 200, response.text
        return response.json()

    def ready(self) -> Any:
        """What /readyz says of the policies."""
        return self.client.get("/readyz").json()["policies"]

    def propose(self, author: str = "officer-1", **members: Any) -> str:
        """Make a proposal and return its id."""
        stated = {"wish": "as it is wished", **members}
        if not {"files", "revision", "text"} & stated.keys():
            stated["files"] = self.office.texts()
        return str(self.post(author, "/v1/proposals", stated)["proposal_id"])

    def proposal(self, proposal_id: str) -> Any:
        """How a proposal stands."""
        return self.get("auditor", f"/v1/proposals/{proposal_id}")

    def await_evidence(self, proposal_id: str, seconds: float = 300) -> Any:
        """How a proposal stands once its evidence is there."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            shown = self.proposal(proposal_id)
            under_way = shown.get("evidence_under_way")
            if under_way is None and shown["evidence"]:
                return shown
            assert not (under_way and under_way["fault"]), under_way
            time.sleep(0.2)
        raise AssertionError("the evidence was not computed in time")

    def approve(self, proposal_id: str, *officers: str) -> Any:
        """Let officers approve a proposal."""
        shown = None
        for officer in officers:
            shown = self.post(officer, f"/v1/proposals/{proposal_id}/approvals")
        return shown

    def activate(self, proposal_id: str, officer: str = "officer-2") -> Any:
        """Bring a proposal into force."""
        return self.post(officer, f"/v1/proposals/{proposal_id}/activation")

    def adopt(self, proposal_id: str, *deciding: str) -> None:
        """Let two officers and those who decide approve a proposal, and bring it into force."""
        self.approve(proposal_id, "officer-2", "officer-3", *deciding)
        self.activate(proposal_id)


def edited(texts: dict[str, str], name: str, before: str, after: str) -> dict[str, str]:
    """Policy files with a passage of one of them replaced."""
    assert before in texts[name]
    return {**texts, name: texts[name].replace(before, after)}


def make_office(folder: Path) -> Office:
    """An office of the small starter directive, founded."""
    shutil.copytree(STARTER / "policies", folder / "policies")
    shutil.copy(STARTER / "floor.yaml", folder)
    office = Office(folder)
    office.fill()
    office.found()
    return office


def make_shipped_office(folder: Path) -> Office:
    """An office of the shipped directive, founded; its other callers are called by their roles."""
    shutil.copytree(ROOT / "policies", folder / "policies")
    shutil.copy(ROOT / "floor.yaml", folder)
    roles = dict.fromkeys(EDITING, "policy_officer") | dict.fromkeys(DECIDING, "committee")
    office = Office(folder, callers={**roles, "department": "department", "auditor": "auditor"})
    office.fill()
    office.found()
    return office


@contextmanager
def approving(office: Office, **changes: Any) -> Iterator[Clients]:
    """A running service of an office."""
    with (
        running_server(office.settings(**changes)) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=60) as client,
    ):
        yield Clients(office, client)
