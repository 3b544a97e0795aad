"""A service of the shipped policies with an API key for each role, to be visited in a browser or over HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.support.approving import Clients, Office, approving
from tests.support.serving_parties import serving_parties

ROOT = Path(__file__).parents[2]
PARTIES = {
    "department": "metallurgy",
    "committee": None,
    "liaison": None,
    "policy_officer": None,
    "auditor": None,
}
_HIDDEN = re.compile(r'<input type="hidden" name="(form_token|call_key)" value="([^"]*)">')


@dataclass(frozen=True)
class ServedConsole:
    """A running service: its address, a client of its API, and the API keys by role."""

    url: str
    api: httpx.Client
    keys: dict[str, str]
    clients: list[httpx.Client] = field(default_factory=list)

    def visitor(self, role: str | None = None) -> Visitor:
        """A client that keeps cookies, signed in with the key of a role."""
        visitor = Visitor(self.url)
        self.clients.append(visitor.client)
        if role is not None:
            answer = visitor.send("/sign-in", {"api_key": self.keys[role], "next": "/"}, at="/sign-in")
            assert answer.status_code == 303, answer.text
        return visitor


class Visitor:
    """A browser without a window or scripts: it opens pages and sends their forms."""

    def __init__(self, url: str) -> None:
        self.client = httpx.Client(
            base_url=url,
            trust_env=False,
            timeout=30,
            headers={"Accept": "text/html", "Accept-Language": "en"},
            limits=httpx.Limits(max_keepalive_connections=0),  # no connection is left behind
        )

    def open(self, path: str) -> httpx.Response:
        """Open a page."""
        return self.client.get(path)

    def send(
        self, path: str, fields: dict[str, str], *, at: str, files: dict[str, tuple[str, bytes]] | None = None
    ) -> httpx.Response:
        """Send a form of the page `at`, with the hidden fields that it has there."""
        hidden = dict(_HIDDEN.findall(self.open(at).text))
        return self.client.post(path, data={**hidden, **fields}, files=files)


@contextmanager
def served_console(place: Path) -> Iterator[ServedConsole]:
    """Serve the shipped policies, with log and keys in `place`."""
    with serving_parties(place, ROOT / "policies", ROOT / "floor.yaml", PARTIES) as (client, keys):
        console = ServedConsole(str(client.base_url).rstrip("/"), client, keys)
        try:
            yield console
        finally:
            for one in console.clients:
                one.close()


@contextmanager
def office_console(office: Office, **changes: Any) -> Iterator[tuple[Clients, ServedConsole]]:
    """Serve an office with approvals: clients of its calls, and its console, with keys by the names of callers."""
    with approving(office, **changes) as clients:
        url = str(clients.client.base_url).rstrip("/")
        console = ServedConsole(url, clients.client, office.api_keys)
        try:
            yield clients, console
        finally:
            for one in console.clients:
                one.close()
