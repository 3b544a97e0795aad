"""A console of the shipped policies at which people sign in at a real provider."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from api.http.authentication.key_file import add_api_key, new_api_key
from engine import roles_in
from tests.support.openid_provider import CLIENT_SECRET, free_port, running_provider
from tests.support.server_process import SHIPPED, environment, server


@dataclass(frozen=True)
class ProviderConsole:
    """The address of the console, the issuer of the provider, an API key that signs in beside it."""

    url: str
    issuer: str
    api_key: str


@contextmanager
def provider_console(place: Path, **settings: str) -> Iterator[ProviderConsole]:
    """Serve the console as a process, with its provider; `settings` are those of the environment, without prefix."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    roles = roles_in({file.name: file.read_bytes() for file in SHIPPED.glob("*.yaml")})
    key, stored = new_api_key("keeper", roles["liaison"])
    add_api_key(place / "keys.json", stored)
    (place / "secret").write_text(f"{CLIENT_SECRET}\n")
    with running_provider(url) as issuer:
        own = {
            "PORT": str(port),
            "SIGNING_KEY": str(place / "signing.key"),
            "INSECURE_NO_AUTH": "",
            "API_KEYS": str(place / "keys.json"),
            "PUBLIC_URL": url,
            "OIDC_ISSUER": issuer,
            "OIDC_CLIENT_ID": "channelgate",
            "OIDC_CLIENT_SECRET": str(place / "secret"),
            **settings,
        }
        named = {f"CHANNELGATE_{name}": value for name, value in own.items()}
        with server({**environment(place), **named}, anew="WORKERS" in settings):
            httpx.get(f"{url}/healthz", trust_env=False)  # workers answer later than their supervisor listens
            yield ProviderConsole(url, issuer, key)
