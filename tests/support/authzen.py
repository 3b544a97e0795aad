"""Services that answer calls of AuthZEN by the policy folders of its public scenarios."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from api.doors.running_server import running_server
from api.settings import Settings

FIXTURES = Path(__file__).parents[1] / "data" / "authzen"


@contextmanager
def answering(folder: Path, policies: Path, **changes: Any) -> Iterator[httpx.Client]:
    """A service that decides by a policy folder, for whoever calls; its log and key are in `folder`."""
    settings = Settings(
        policies=policies,
        database=str(folder / "log.db"),
        signing_key=folder / "signing.key",
        insecure_no_auth=True,
        **changes,
    )
    with (
        running_server(settings) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=30) as client,
    ):
        yield client


def entity(kind: str, identity: str | None = None, **properties: Any) -> dict[str, Any]:
    """A subject or resource, with properties if it has any."""
    named = {} if identity is None else {"id": identity}
    return {"type": kind, **named, **({"properties": properties} if properties else {})}


def user(identity: str | None = None, **properties: Any) -> dict[str, Any]:
    """A subject of the scenarios."""
    return entity("user", identity, **properties)


def action(name: str, **properties: Any) -> dict[str, Any]:
    """An action, with properties if it has any."""
    return {"name": name, **({"properties": properties} if properties else {})}
