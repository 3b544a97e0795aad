"""What the log proves about itself while it is served: proofs for others to verify, its keys, its checkpoints."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.domain.identity import Caller
from api.ledger.proofs import (
    EarlierEntry,
    StoredCheckpoint,
    find_checkpoint,
    newest_checkpoint,
    page_of_checkpoints,
    prove_consistency,
    prove_decision,
)
from api.ledger.reader import newest_entry, signing_keys, stored_at
from api.ledger.tiles import parse_tile_path, read_tile
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.context import Context
from api.services.decision_queries import visible_decision
from api.services.missing_decisions import no_decision
from api.services.paging import MAX_SEQUENCE

if TYPE_CHECKING:
    from sqlalchemy import Connection


_PLACE = re.compile(r"0|[1-9][0-9]{0,17}")


@dataclass(frozen=True, slots=True)
class CheckpointPage:
    """Checkpoints, the newest first; `next` is the `after` of the next page. `newest` is that over everything."""

    newest: StoredCheckpoint | None
    checkpoints: Sequence[StoredCheckpoint]
    next: int | None


async def log_keys(context: Context) -> list[str]:
    """Return the verifying keys that the log names, as lines; its own now is one of them. Raises StoreUnavailable."""
    named = await context.store.read(signing_keys)
    own = context.store.signing_key.verifying
    return [own.format(), *(key.format() for key in named if key != own)]


async def prove_recorded(context: Context, decision_id: str) -> dict[str, Any]:
    """Return the proof that a decision is in the log, as `log prove` prints it. Raises `ProblemError`."""

    def prove(connection: Connection) -> dict[str, Any]:
        try:
            proof = prove_decision(connection, context.proof_blocks, decision_id)
        except EarlierEntry as earlier:
            raise ProblemError(make_problem(ProblemKind.NOT_FOUND, str(earlier))) from earlier
        if proof is None:
            raise no_decision(connection)
        return proof

    return await context.store.read(prove)


async def prove_to(context: Context, decision_id: str, caller: Caller) -> dict[str, Any]:
    """Return what `prove_recorded` does to a caller who may know of the decision; for others it is not found."""

    def visible(connection: Connection) -> None:
        visible_decision(connection, decision_id, caller)

    await context.store.read(visible)
    return await prove_recorded(context, decision_id)


async def read_checkpoints(context: Context, after: int | None, limit: int) -> CheckpointPage:
    """Return a page of the checkpoints that the ledger keeps. Raises StoreUnavailable."""

    def read(connection: Connection) -> CheckpointPage:
        before = MAX_SEQUENCE if after is None else after
        found = page_of_checkpoints(connection, before, limit + 1)
        shown = found[:limit]
        following = shown[-1].checkpoint.size if len(found) > limit else None
        return CheckpointPage(newest_checkpoint(connection), shown, following)

    return await context.store.read(read)


async def read_checkpoint(context: Context, size: int) -> StoredCheckpoint:
    """Return the checkpoint of a size that the ledger keeps. Raises `ProblemError`."""
    found = await context.store.read(lambda connection: find_checkpoint(connection, size))
    if found is None:
        raise _no_checkpoint(size)
    return found


async def prove_continued(context: Context, first: int, second: int) -> dict[str, Any]:
    """Return the proof that the checkpoint of one size continues that of another. Raises `ProblemError`."""

    def prove(connection: Connection) -> dict[str, Any]:
        older, newer = find_checkpoint(connection, first), find_checkpoint(connection, second)
        if older is None or newer is None:
            raise _no_checkpoint(first if older is None else second)
        return prove_consistency(connection, context.proof_blocks, older.note, newer.note)

    if not 0 < first <= second:
        raise ProblemError(
            make_problem(ProblemKind.INVALID_REQUEST, "Name the smaller of two checkpoints first.")
        )
    return await context.store.read(prove)


async def read_log_tile(context: Context, path: str) -> bytes | None:
    """Return the tile that a path names; None for what is no path of one, or is not filled yet.

    Raises StoreUnavailable.
    """
    tile = parse_tile_path(path)
    if tile is None:
        return None

    def read(connection: Connection) -> bytes | None:
        newest = newest_entry(connection)
        return read_tile(connection, context.proof_blocks, tile, 0 if newest is None else newest + 1)

    return await context.store.read(read)


async def read_entry_bytes(context: Context, place: str) -> bytes | None:
    """Return the bytes of the entry at a place, written as a number; None where there is none.

    Raises StoreUnavailable.
    """
    if not _PLACE.fullmatch(place):
        return None
    stored = await context.store.read(lambda connection: stored_at(connection, int(place)))
    return None if stored is None else stored.entry


def _no_checkpoint(size: int) -> ProblemError:
    return ProblemError(make_problem(ProblemKind.NOT_FOUND, f"No checkpoint over {size} entries is kept."))
