"""A service under any policy folder, with an API key for a caller of each role."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from api.doors.running_server import running_server
from api.http.authentication.key_file import add_api_key, new_api_key
from api.settings import Settings
from engine import roles_in


@contextmanager
def serving_parties(
    place: Path, policies: Path, floor: Path, departments: Mapping[str, str | None]
) -> Iterator[tuple[httpx.Client, dict[str, str]]]:
    """Serve, with log and keys in `place`; yields a client and the keys by role. Who asks has a department."""
    roles = roles_in({file.name: file.read_bytes() for file in policies.glob("*.yaml")})
    keys: dict[str, str] = {}
    for name, department in departments.items():
        keys[name], stored = new_api_key(name, roles[name], department)
        add_api_key(place / "keys.json", stored)
    settings = Settings(
        policies=policies,
        floor=floor,
        database=str(place / "log.db"),
        api_keys=place / "keys.json",
        exercise=True,
    )
    with running_server(settings) as base, httpx.Client(base_url=base, trust_env=False, timeout=30) as client:
        yield client, keys
