"""The file of the endpoints that are notified: YAML or JSON, read at the start."""

from __future__ import annotations

import base64
import binascii
import os
import ssl
from collections.abc import Mapping, Sequence
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from api.domain.live.addresses import IpNetwork
from api.domain.live.news import NewsKind
from api.domain.live.webhooks import WebhookTarget
from api.runtime.regular_files import read_regular_file
from api.services.live.webhook_fault import WebhookFault
from engine import MAX_FILE_BYTES, PolicyFaults

SECRET_PREFIX = "whsec_"
SECRET_BYTES = range(24, 65)
MAX_SECRET_FILE = 1000


class _StatedEndpoint(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]
    url: Annotated[str, Field(max_length=2000)]
    secret: str | None = None
    secret_file: str | None = None
    secret_env: str | None = None
    kinds: list[str] | None = Field(default=None, min_length=1)
    networks: list[str] = Field(default_factory=list)
    certificates: str | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if sum(source is not None for source in (self.secret, self.secret_file, self.secret_env)) != 1:
            raise ValueError("has to have one of `secret`, `secret_file` and `secret_env`")
        _check_url(self.url, self.networks)
        return self

    @field_validator("kinds")
    @classmethod
    def _check_kinds(cls, kinds: list[str] | None) -> list[str] | None:
        if unknown := sorted(set(kinds or ()) - set(NewsKind)):
            raise ValueError(f"there is no kind {', '.join(unknown)}; there are {', '.join(NewsKind)}")
        return kinds

    @field_validator("networks")
    @classmethod
    def _check_networks(cls, networks: list[str]) -> list[str]:
        for network in networks:
            _read_network(network)
        return networks

    def target(self, folder: Path, environment: Mapping[str, str]) -> WebhookTarget:
        """Return the endpoint with its secret. Raises ValueError, OSError."""
        if self.secret_file is not None:
            text = read_regular_file(folder / self.secret_file, MAX_SECRET_FILE).decode("ascii")
        elif self.secret_env is not None:
            text = environment.get(self.secret_env, "")
        else:
            text = self.secret or ""
        certificates = None if self.certificates is None else str(folder / self.certificates)
        ssl.create_default_context(cafile=certificates)
        return WebhookTarget(
            name=self.name,
            url=self.url,
            secret=_read_secret(text.strip()),
            kinds=frozenset(NewsKind if self.kinds is None else map(NewsKind, self.kinds)),
            networks=tuple(map(_read_network, self.networks)),
            certificates=certificates,
        )


class _StatedFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    endpoints: list[_StatedEndpoint]

    @model_validator(mode="after")
    def _check(self) -> Self:
        names = [endpoint.name for endpoint in self.endpoints]
        if len(set(names)) < len(names):
            raise ValueError("two endpoints have the same name")
        return self


def read_webhooks(file: Path, environment: Mapping[str, str] | None = None) -> Sequence[WebhookTarget]:
    """Return the endpoints of a file; secrets come from the environment too. Raises `WebhookFault`."""
    from engine import load_document

    taken = os.environ if environment is None else environment
    try:
        content = read_regular_file(file, MAX_FILE_BYTES)
        stated = _StatedFile.model_validate(load_document(str(file), content).value)
        endpoints = stated.endpoints
    except OSError as error:
        raise WebhookFault(f"the file of webhooks {file}: {_worded(error)}", _PLACE_REMEDY) from error
    except (PolicyFaults, ValidationError) as error:
        raise WebhookFault(f"the file of webhooks {file}: {_worded(error)}", _REMEDY) from error
    found = []
    for endpoint in endpoints:
        try:
            found.append(endpoint.target(file.parent, taken))
        except (OSError, ValueError) as error:
            fact = f"the file of webhooks {file}: endpoint {endpoint.name}: {_worded(error)}"
            raise WebhookFault(fact, _ENDPOINT_REMEDY) from error
    return found


def _check_url(url: str, networks: Sequence[str]) -> None:
    """Raise ValueError unless calls can go to an address without anybody else reading them."""
    parts = urlsplit(url)
    if not (url.isascii() and url.isprintable() and parts.hostname and " " not in url):
        raise ValueError("`url` is no address")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise ValueError("`url` holds a name, a password or a fragment")
    if parts.scheme != "https" and not (parts.scheme == "http" and networks):
        raise ValueError("`url` begins with https://, or with http:// where `networks` says in which it lies")
    if parts.port == 0:
        raise ValueError("`url` has no port")


def _read_network(text: str) -> IpNetwork:
    return ip_network(text)


def _read_secret(text: str) -> bytes:
    if not text.startswith(SECRET_PREFIX):
        raise ValueError(f"the secret does not begin with {SECRET_PREFIX}")
    try:
        secret = base64.b64decode(text.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("the secret is not in base64") from error
    if len(secret) not in SECRET_BYTES:
        raise ValueError(f"the secret has {len(secret)} bytes, and not 24 to 64")
    return secret


def _worded(error: Exception) -> str:
    """What is wrong, in one line; no value of the file is in it, since it may be a secret."""
    if isinstance(error, ValidationError):
        faults = error.errors(include_url=False, include_input=False)
        return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'the whole'}: {one['msg']}" for one in faults)
    if isinstance(error, PolicyFaults):
        return "; ".join(f"{fault.place}: {fault.message}" for fault in error.diagnostics)
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)


_PLACE_REMEDY = "name a file that is there and can be read, with --webhooks or CHANNELGATE_WEBHOOKS"
_REMEDY = "write `endpoints:` with `name`, `url` and a secret each (docs/operate/webhooks.md)"
_ENDPOINT_REMEDY = (
    f'a secret is made with `echo "{SECRET_PREFIX}$(openssl rand -base64 32)"`;'
    " paths are relative to the file of webhooks"
)
