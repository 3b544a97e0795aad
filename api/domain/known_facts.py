"""What the ledger knows of a request: the Committee's facts, which a pre-check takes from here, not from claims."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from api.domain.cases.recordable_facts import marks_of, nested
from engine import COMMITTEE, Item, Request, withhold_claims


@dataclass(frozen=True, slots=True)
class Known:
    """The Committee's facts by the mark of the line; the case about the request and its version, if there is one."""

    facts: Mapping[str, Mapping[str, Any]]
    case_id: str | None = None
    version: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it for the log."""
        return asdict(self)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Known:
        """Read it back from the log."""
        return cls(**said)


class Facts(NamedTuple):
    """A request as it may be decided, and for each line what was claimed and is not confirmed."""

    request: Request
    claimed: tuple[tuple[str, ...], ...]


def request_to_json(request: Request) -> bytes:
    """Return a request as it was decided, for the log; an amount is a text there, so that it keeps every digit."""
    return request.model_dump_json(exclude_unset=True).encode()


def request_from_json(content: bytes) -> Request:
    """Read back what `request_to_json` wrote. Raises ValueError."""
    said = json.loads(content)
    for item in said["items"]:
        if item.get("quantity") is not None:
            item["quantity"] = Decimal(item["quantity"])
    return Request.model_validate(said)


def establish_facts(request: Request, known: Known | None, *, claims_withheld: bool) -> Facts:
    """Return the request with what the ledger knows.

    The Committee's own statement stands, and what it leaves out is filled in. Where claims are withheld, because
    somebody else asks, the ledger's fact takes the place of what is stated; a claim that differs from it is listed.
    """
    withheld, claimed = withhold_claims(request, COMMITTEE) if claims_withheld else (request, ())
    if known is None:
        return Facts(withheld, claimed)
    lines = [known.facts.get(str(mark), {}) for mark in marks_of(request)]
    if not claims_withheld:
        left_out = [_without(found, item) for item, found in zip(request.items, lines, strict=True)]
        return Facts(_filled(request, left_out), ())
    return Facts(
        _filled(withheld, lines),
        tuple(
            tuple(name for name in names if found.get(name) != stated_facts(item).get(name))
            for item, names, found in zip(request.items, claimed, lines, strict=True)
        ),
    )


def _filled(request: Request, lines: Sequence[Mapping[str, Any]]) -> Request:
    if not any(lines):
        return request
    items = [_filled_item(item, facts) for item, facts in zip(request.items, lines, strict=True)]
    return request.model_copy(update={"items": items})


def _filled_item(item: Item, facts: Mapping[str, Any]) -> Item:
    if not facts:
        return item
    members = item.model_dump(exclude_unset=True)
    if members.get("channel") is None:
        members.pop("channel", None)
    for name, value in facts.items():
        nested(name, value, members)
    return Item.model_validate(members)


def _without(facts: Mapping[str, Any], item: Item) -> dict[str, Any]:
    """The facts that an item does not state, not even as asked and not known."""
    stated = stated_facts(item)
    return {name: value for name, value in facts.items() if name not in stated}


def stated_facts(item: Item) -> dict[str, Any]:
    """Return what an item states, null among it, by the names of facts."""
    channel = item.channel.model_dump(exclude_unset=True) if item.channel else {}
    return {
        **{f"item.{name}": value for name, value in item.model_dump(exclude_unset=True).items()},
        **{f"item.channel.{name}": value for name, value in channel.items()},
    }
