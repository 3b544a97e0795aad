"""What the pages of the registers read, and what their templates show it with."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from api.console.frame.visits import Visit
from api.console.registers.words import event_words, stage_sign, stage_words, transfer_words
from api.domain.registers.lists import RegisterItem
from api.domain.registers.stages import Stage
from api.services.register_memory import RegisterContent
from api.services.required_registers import require_registers

RECORDS = "POST /v1/registers/events"
"""The call that only those may make who keep registers."""


async def read_content(visit: Visit) -> RegisterContent:
    """Return what the registers hold. Raises `ProblemError` where the directive has none."""
    registers = require_registers(visit.policies)
    memory = visit.context.registers
    return await visit.context.store.read(
        lambda connection: memory.content(connection, visit.policies, registers)
    )


def render_registers(visit: Visit, template: str, /, status: int = 200, **values: Any) -> Response:
    """Return a page of the registers; its template has the words for stages and kinds of events besides."""
    return visit.render(
        f"registers/{template}",
        status,
        stage_words=lambda stage: visit.message(stage_words(Stage(stage))),
        stage_sign=lambda stage: stage_sign(Stage(stage)),
        event_words=lambda kind: visit.message(event_words(kind)),
        transfer_words=lambda procedure: visit.message(transfer_words(procedure)),
        read=lambda text: visit.policies.languages.read(visit.language, text),
        amount=amount_of,
        may_record=visit.may(RECORDS),
        **values,
    )


def amount_of(item: RegisterItem) -> str:
    """Return the quantity of an item with its unit."""
    quantity = None if item.quantity is None else f"{item.quantity:f}"
    return " ".join(part for part in (quantity, item.unit) if part)
