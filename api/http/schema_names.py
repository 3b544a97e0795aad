"""How schemas of the OpenAPI document are named and marked."""

from __future__ import annotations

SCHEMAS = "#/components/schemas/"
"""What a reference to a schema begins with."""
OF_THE_POLICIES = {"x-of-the-policies": True}
"""Marks a schema, or a member, that other policies write otherwise; a client for all of them leaves it open."""
