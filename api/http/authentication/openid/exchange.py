"""The calls of a provider's endpoints: a code for tokens, an access token for the claims of a person."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote_plus, urlencode
from urllib.request import Request

from api.domain.identity import IdentityFault
from api.http.authentication.bounded_fetch import FailedAnswer, fetch
from api.http.authentication.openid.faults import SignInFailed, SignInFault
from api.http.authentication.openid.provider_documents import ProviderMetadata, call_provider
from api.runtime.regular_files import read_regular_file

MAX_ANSWER_BYTES = 256 * 1024
MAX_SECRET_BYTES = 4096
_FORM = "application/x-www-form-urlencoded"


class Tokens(NamedTuple):
    """What a code was exchanged for."""

    id_token: str
    access_token: str


def read_client_secret(file: Path | None) -> str | None:
    """Return the secret of the client, None for a public one. Raises `IdentityFault`."""
    if file is None:
        return None
    remedy = (
        "put the client secret that the provider gave out into it, on one line, readable by the service alone"
    )
    try:
        secret = read_regular_file(file, MAX_SECRET_BYTES).decode().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise IdentityFault(f"the client secret {file} cannot be read ({reason})", remedy) from error
    if not secret or not secret.isprintable() or len(secret) > MAX_SECRET_BYTES:
        raise IdentityFault(f"the file {file} holds no client secret", remedy)
    return secret


async def exchange_code(
    metadata: ProviderMetadata, client_id: str, secret_file: Path | None, members: Mapping[str, str]
) -> Tokens:
    """Return the tokens for a code; `members` are the code, the verifier and the address to which it came.

    The file of the secret is read anew, so a new secret holds without a start. Raises `SignInFailed`.
    """

    def call() -> bytes:
        secret = read_client_secret(secret_file)
        request = Request(
            metadata.token_endpoint, headers={"Content-Type": _FORM, "Accept": "application/json"}
        )
        body = {"grant_type": "authorization_code", **members}
        methods = metadata.token_endpoint_auth_methods_supported
        if secret is None:
            body["client_id"] = client_id
        elif "client_secret_basic" in methods or "client_secret_post" not in methods:
            pair = f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()
            request.add_header("Authorization", f"Basic {base64.b64encode(pair).decode()}")
        else:
            body |= {"client_id": client_id, "client_secret": secret}
        request.data = urlencode(body).encode()
        return _fetch(request)

    answer = _object(await call_provider(call), "the token endpoint")
    id_token, access_token = answer.get("id_token"), answer.get("access_token")
    is_bearer = str(answer.get("token_type")).lower() == "bearer"
    if not (is_bearer and _is_credential(id_token) and _is_credential(access_token)):
        raise SignInFailed(
            SignInFault.NOT_TRUSTED, "the token endpoint gave no ID token with a bearer access token"
        )
    return Tokens(str(id_token), str(access_token))


async def read_user_info(address: str, access_token: str, subject: str) -> Mapping[str, Any]:
    """Return the claims of a person, whom the ID token named `subject`. Raises `SignInFailed`."""
    request = Request(
        address, headers={"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
    )
    claims = _object(await call_provider(lambda: _fetch(request)), "the userinfo endpoint")
    if claims.get("sub") != subject:
        raise SignInFailed(SignInFault.NOT_TRUSTED, "the userinfo endpoint answered about somebody else")
    return claims


def _is_credential(value: object) -> bool:
    """Whether it can be sent in a header (RFC 6750, 2.1)."""
    return isinstance(value, str) and value.isascii() and value.isprintable() and bool(value)


def _fetch(request: Request) -> bytes:
    """Return an answer. Raises `SignInFailed` with the error that the provider states (RFC 6749, 5.2), OSError."""
    try:
        return fetch(request, MAX_ANSWER_BYTES)
    except FailedAnswer as error:
        fault = (
            SignInFault.PROVIDER_REFUSED if 400 <= error.status < 500 else SignInFault.PROVIDER_UNAVAILABLE
        )
        stated = _stated_error(error.document)
        raise SignInFailed(fault, f"the provider answers {error.status}: {stated}") from error


def _stated_error(document: bytes) -> str:
    try:
        return shown(json.loads(document)["error"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return "no reason"


def shown(text: object) -> str:
    """Return what a provider states, as far as it can be shown and logged."""
    return "".join(sign for sign in str(text)[:200] if sign.isprintable())


def _object(document: bytes, where: str) -> dict[str, Any]:
    try:
        answer = json.loads(document)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise SignInFailed(SignInFault.NOT_TRUSTED, f"{where} answered with no JSON object")
    return answer
