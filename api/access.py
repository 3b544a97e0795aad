"""How a route comes by the service of its application."""

from __future__ import annotations

from starlette.requests import Request

from api.service import Service


def service_of(request: Request) -> Service:
    """Return the service that `create_app` put into the application."""
    service: Service = request.app.state.service
    return service
