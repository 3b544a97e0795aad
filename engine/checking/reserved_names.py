"""Names that no policy can have, since what is read under them is something else."""

from __future__ import annotations

from engine.checking.report import CheckReport
from engine.loading.document import Document

RESERVED_NAMES = frozenset({"confirmation", "return", "upcoming"})
"""What stands at the place of a policy's name in addresses of the service (`/v1/policies/NAME`) and is none."""

RESERVED_NAME = "R50"


def check_policy_name(report: CheckReport, document: Document, name: str) -> None:
    """Report the name of a policy that could not be read under it (R50)."""
    if name in RESERVED_NAMES:
        message = f"no policy can be called `{name}`: /v1/policies/{name} is the address of something else"
        report.error(document, ("policy",), RESERVED_NAME, message, "give the policy another name")
