"""Screening and `decide` side by side: requests to draw, files of them, and what each row has to be."""

from __future__ import annotations

import csv
import datetime as dt
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow
from pyarrow import parquet

from api.bulk.screening.deciding import write_duty
from engine import NO_STATUS, PolicySet, Request, ServingStatus, decide
from engine.contract.vocabulary import Kind
from tests.support.shipped_words import WORDS, make_request
from tests.support.strategies import DECISIVE, FACTS, PERMITTED, Plain, spread

DAY = dt.date(1966, 5, 1)
NOW = dt.datetime(1966, 5, 1, 12, tzinfo=dt.UTC)
Rows = list[dict[str, Any]]


def expected(
    policies: PolicySet, request: Request, status: ServingStatus = NO_STATUS
) -> Iterator[tuple[dict[str, Any], set[str]]]:
    """What `decide` says of each line, in the columns of a table."""
    decision = decide(policies, request, decision_id="of a test", evaluated_at=NOW, status=status)
    for line in decision.lines:
        until = decision.valid_until
        if len(decision.lines) > 1:
            alone = request.model_copy(update={"items": [request.items[decision.lines.index(line)]]})
            again = decide(policies, alone, decision_id="of a test", evaluated_at=NOW, status=status)
            until = again.valid_until
        yield (
            {
                "request_id": decision.request_id,
                "line": str(line.line),
                "as_of": decision.as_of,
                "outcome": line.outcome.value,
                "handover_as_asked": line.handover_as_asked.value,
                "rules": list(line.rules),
                "clauses": list(line.clauses),
                "readings": list(line.readings),
                "duties": [write_duty(duty) for duty in line.duties],
                "say": line.say,
                "claimed_not_confirmed": list(line.claimed_not_confirmed),
                "if_in_force": line.if_in_force.outcome.value if line.if_in_force else None,
                "valid_until": until,
                "policy": decision.policy.name,
                "revision": decision.policy.revision,
            },
            {missing.fact for missing in line.missing if not missing.fact.startswith("parameters.")},
        )


def assert_as_decided(
    policies: PolicySet, requests: list[Request], rows: Rows, status: ServingStatus = NO_STATUS
) -> None:
    """Row by row what `decide` says; the facts not known are at least those it asks for."""
    wanted = [line for request in requests for line in expected(policies, request, status)]
    assert len(rows) == len(wanted)
    for (row, missing), found in zip(wanted, rows, strict=True):
        not_known = set(found.pop("not_known") or ())
        assert found == row
        assert missing <= not_known, row


def drawn(count: int, seed: int) -> list[Plain]:
    """Requests of one line: random words, half of them near one of the ways to a permission."""
    chance = random.Random(seed)
    days = ["1964-10-01", "1964-12-31", "1965-01-01", "1965-06-30", "1966-02-28", None]
    values = DECISIVE | {
        "mission.countries": [*DECISIVE["mission.countries"], ["FR", "AL", "MN"], ["ZW", "VN"], ["CU", "CU"]]
    }
    found = []
    for number in range(count):
        near = chance.choice([{}, *PERMITTED.values()])
        flat = {name: chance.choice(stated) for name, stated in values.items() if chance.random() < 0.7}
        flat |= {name: value for name, value in near.items() if chance.random() < 0.85}
        for name in chance.sample(sorted(values), chance.choice([0, 0, 1, 2])):
            flat[name] = None
        found.append(spread(flat, request_id=f"r-{number}", as_of=chance.choice(days)))
        found[-1]["request_id"] = f"r-{number}"
    return found


_KINDS = {Kind.TRUTH: pyarrow.bool_(), Kind.NUMBER: pyarrow.int64()}
FLAT = pyarrow.schema(
    {"request_id": pyarrow.string(), "as_of": pyarrow.string()}
    | {name: _KINDS.get(WORDS[name].kind, pyarrow.string()) for name in DECISIVE if name in WORDS}
    | {"mission.countries": pyarrow.list_(pyarrow.string())}
)
"""The facts of a drawn request by name."""


def read_all(requests: list[Plain]) -> list[Request]:
    return [make_request(request) for request in requests]


HEADER = ["request_id", "as_of", *(name for name in FACTS if name in DECISIVE), "item.quantity"]


def cell(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ";".join(value) if isinstance(value, list) else "" if value is None else str(value)


def flat_of(request: Plain) -> dict[str, Any]:
    """The facts of a request of one line by name."""
    found = {"request_id": request["request_id"], "as_of": request.get("as_of")}

    def take(part: Any, before: str) -> None:
        for name, value in part.items():
            if isinstance(value, dict):
                take(value, f"{before}{name}.")
            elif before or name == "trigger":
                found[before + name] = value

    take({name: value for name, value in request.items() if name != "items"}, "")
    take(request["items"][0], "item.")
    return found


def write_csv(path: Path, rows: list[dict[str, str]], header: Sequence[str] = HEADER) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_parquet(path: Path, requests: list[Plain], *, nested: bool) -> Path:
    if nested:
        rows = [{**request, "item": request["items"][0]} for request in requests]
        parquet.write_table(
            pyarrow.Table.from_pylist([{k: v for k, v in r.items() if k != "items"} for r in rows]), path
        )
        return path
    flat = [flat_of(request) for request in requests]
    names = sorted({name for row in flat for name in row})
    table = pyarrow.table({name: [row.get(name) for row in flat] for name in names})
    parquet.write_table(table, path)
    return path


def written(kind: str, folder: Path, requests: list[Plain]) -> Path:
    path = folder / f"asked.{kind.rpartition(' ')[2]}"
    match kind:
        case "csv":
            rows = [{name: cell(value) for name, value in flat_of(request).items()} for request in requests]
            return write_csv(path, rows)
        case "jsonl":
            path.write_text("".join(json.dumps(request) + "\n" for request in requests))
            return path
        case _:
            return write_parquet(path, requests, nested=kind.startswith("nested"))
