"""The tasks of a running service that look after its policies: follow them, and bring into force what is due."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from api.services.context import Context
from api.services.policy_activations import record_activation

if TYPE_CHECKING:
    from api.policies.founding import FoundingNote


async def begin(context: Context, founding: FoundingNote | None) -> None:
    """Record a founding that has to be, and take up what is in force. Raises StoreUnavailable."""
    if _are_approved(context):
        from api.services.approved_followers import begin_approved

        await begin_approved(context, founding)


async def follow(context: Context, stop: asyncio.Event) -> None:
    """Follow the policies until `stop` is set."""
    tasks = [context.policies.watch(stop, partial(record_activation, context))]
    if _are_approved(context):
        from api.services.approved_followers import follow_days

        tasks.append(follow_days(context, stop))
    try:
        await asyncio.gather(*tasks)
    finally:
        await context.stop_computing()


def _are_approved(context: Context) -> bool:
    return context.policies.approvals == "required"
