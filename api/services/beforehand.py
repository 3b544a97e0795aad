"""What pages read into memory at their first use, read at the start: else the first visitor waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.ledger.database import StoreUnavailable
from api.runtime.loggers import get_logger
from api.services.context import Context
from api.storage.register_marks import read_marks

if TYPE_CHECKING:
    from sqlalchemy import Connection

log = get_logger()


async def read_beforehand(context: Context) -> None:
    """Read the registers and where each case stands; without them the service starts all the same."""
    active = context.policies.current
    policies, moment = active.policies, context.moment(active)

    def read(connection: Connection) -> None:
        if read_marks(connection).are_empty:
            return  # what reads them is not loaded for nothing
        context.board.places(connection, policies, moment)
        context.registers.dues(connection, policies, policies.day_at(moment.at))

    try:
        await context.store.read(read)
    except StoreUnavailable as error:
        log.warning("not_read_beforehand", reason=str(error))
    except Exception:  # a page that cannot be shown is no reason to decide nothing
        log.exception("not_read_beforehand")
