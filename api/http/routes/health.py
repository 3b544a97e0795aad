"""Whether the process is alive, and whether it can decide."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from api.http.authentication.authenticate import context_of
from api.http.openapi import problems
from engine import Diagnostic

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="Is the process alive?", responses=problems())
async def read_health() -> dict[str, str]:
    """Answer as long as the event loop runs."""
    return {"status": "alive"}


@router.get("/readyz", summary="Can the service decide?", responses=problems(503))
async def read_readiness(request: Request) -> dict[str, Any]:
    """Answer 200 if there is a usable policy set and the decision log can be written, else 503.

    A faulty or unproved policy folder is told here, while the last good set stays active.
    """
    context = context_of(request)
    await context.store.try_writing()
    faults, active = context.policies.faults, context.policies.current
    return {
        "status": "ready",
        "policies": {
            "state": "last_good_active" if faults else "active",
            "revision": active.policies.revision,
            "proof": "proved" if active.proved else "not_run",
            "faults": [_told(fault) for fault in faults],
        },
        "decision_log": {"state": "writable"},
        "counters": context.counters.numbers(),
    }


def _told(fault: Diagnostic) -> dict[str, Any]:
    return {
        "file": fault.place.file,
        "line": fault.place.line,
        "column": fault.place.column,
        "code": fault.code,
        "message": fault.message,
        "remedy": fault.remedy,
    }
