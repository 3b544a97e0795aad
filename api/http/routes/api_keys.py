"""The API keys over HTTP: who has one, a new one for the caller, and one that no longer counts.

No call makes a key for somebody else: whoever could, could approve a change as two officers. That needs the file.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Request, Response
from pydantic import Field

from api.domain.identity import Credential, IdentityFault
from api.http.authentication.authenticate import Admitted, context_of
from api.http.authentication.key_file import (
    StoredKey,
    UnknownKey,
    read_keys,
    renew_api_key,
    revoke_api_keys,
)
from api.http.openapi import answer, problems
from api.http.request_body import read_query
from api.ledger.entries import Entry, EntryKind
from api.parsing.answers import JsonAnswer
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.context import Context

router = APIRouter(prefix="/v1/keys", tags=["keys"])

OVERLAP = dt.timedelta(hours=24)
"""How long the key before a new one still counts."""
_NO_STORE = {"Cache-Control": "no-store"}
_Done = TypeVar("_Done")


class ListedKey(JsonAnswer):
    """A key as the file has it: its holder, the beginning of its hash, and its end, null for none."""

    name: str
    role: str
    department: str | None
    fingerprint: Annotated[str, Field(pattern="^[0-9a-f]{12}$")]
    expires_at: dt.datetime | None

    @classmethod
    def of(cls, key: StoredKey) -> ListedKey:
        """Return what is shown of a key."""
        return cls(
            name=key.name,
            role=key.role,
            department=key.department,
            fingerprint=key.fingerprint,
            expires_at=key.expires_at,
        )


class KeysAnswer(JsonAnswer):
    """The keys in the file, in their order."""

    keys: tuple[ListedKey, ...]


class RotatedAnswer(JsonAnswer):
    """The new key, shown this once, and until when the one before it counts."""

    key: str
    stored: ListedKey
    old_ends_at: dt.datetime


class RevokedAnswer(JsonAnswer):
    """The keys that no longer count."""

    revoked: tuple[ListedKey, ...]


_ROTATED: dict[int | str, dict[str, Any]] = {
    201: {
        "description": "The new key, shown this once; the one before it counts for 24 hours more",
        "model": RotatedAnswer,
    }
}


@router.get(
    "",
    summary="Read whose API keys there are",
    responses=answer("Holders, roles and ends; no key can be made out", KeysAnswer) | problems(400, 404, 503),
)
async def get_keys(request: Request, caller: Admitted) -> Response:
    """Return the holders of keys, with the beginnings of the hashes and the ends."""
    read_query(request, frozenset())
    keys = await _with_file(context_of(request), lambda file: read_keys(file).keys)
    return _answer(KeysAnswer(keys=tuple(map(ListedKey.of, keys))))


@router.post(
    "/rotation",
    status_code=201,
    summary="Get a new API key in the place of one's own",
    responses=_ROTATED | problems(400, 404, 503),
)
async def post_key_rotation(request: Request, caller: Admitted) -> Response:
    """Make a new key for the holder of the one that this call comes with. A repeated call makes one more."""
    read_query(request, frozenset())
    context = context_of(request)
    if caller.credential is not Credential.API_KEY:
        raise ProblemError(
            make_problem(
                ProblemKind.NOT_PERMITTED, "Only the holder of an API key can rotate it, with that key."
            )
        )
    old_ends_at = context.clock() + OVERLAP
    key, stored = await _with_file(context, lambda file: renew_api_key(file, caller.name, old_ends_at))
    members = {"act": "rotated", "caller": caller.name, "fingerprints": [stored.fingerprint]}
    await context.store.append([Entry(EntryKind.API_KEY, caller.name, context.clock(), members)])
    made = RotatedAnswer(key=key, stored=ListedKey.of(stored), old_ends_at=old_ends_at)
    return _answer(made, 201)


@router.post(
    "/{name}/revocation",
    summary="Revoke every API key of somebody",
    responses=answer("The keys that no longer count", RevokedAnswer) | problems(400, 404, 503),
)
async def post_key_revocation(request: Request, name: str, caller: Admitted) -> Response:
    """Take every key of a name out of the file: nobody can call with it, or is signed in by it, from then on."""
    read_query(request, frozenset())
    context = context_of(request)
    revoked = await _with_file(context, lambda file: revoke_api_keys(file, name))
    fingerprints = [key.fingerprint for key in revoked]
    members = {"act": "revoked", "caller": caller.name, "fingerprints": fingerprints}
    await context.store.append([Entry(EntryKind.API_KEY, name, context.clock(), members)])
    return _answer(RevokedAnswer(revoked=tuple(map(ListedKey.of, revoked))))


async def _with_file(context: Context, act: Callable[[Path], _Done]) -> _Done:
    """Return what `act` returns for the file of keys, in a thread. Raises `ProblemError`."""
    file = context.settings.api_keys
    if file is None:
        detail = "Callers are known by tokens here, or not at all; their issuer revokes and renews those."
        raise ProblemError(make_problem(ProblemKind.NO_API_KEYS, detail))
    try:
        return await asyncio.to_thread(act, file)
    except UnknownKey as fault:
        raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "No API key has this name.")) from fault
    except IdentityFault as fault:
        detail = "Let whoever runs the service do it, with `channelgate keys`; its log says why."
        raise ProblemError(make_problem(ProblemKind.KEYS_NOT_CHANGED, detail)) from fault


def _answer(content: JsonAnswer, status: int = 200) -> Response:
    return Response(content.to_bytes(), status, media_type="application/json", headers=_NO_STORE)
