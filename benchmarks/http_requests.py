"""The requests that the benchmark over HTTP sends, and the same for other engines: their policies and their bodies.

A department asks about one item in every body; country, urgency, kind of item, receiver and what is merely described
differ. What the other engines have to know is which of the routes below a request takes. What they answer then
is the very answer of channelgate for that route and country, as a constant, so that all answer alike and as much.
Each route is one condition, written once for both; channelgate itself decides by the whole shipped set.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from benchmarks.processes import MARK, ROOT

DEPARTMENT = "metallurgy"
COUNTRIES = ("KP", "VN", "AL", "CU")
KINDS = ("drawing", "sample", "oral_or_visual")

ROUTES: Mapping[str, tuple[str, ...]] = {
    "never-to-a-third-country": ('handover.to == "third_country"',),
    "told-or-shown-only": ('handover.to == "mission"', 'item.kind == "oral_or_visual"'),
    "report-first": (
        'handover.to == "mission"',
        'item.kind in ["drawing", "sample"]',
        "urgency.time_sensitive == true",
        "urgency.eagerly_wanted == true",
    ),
    "route-bilateral": (
        'handover.to == "mission"',
        'item.kind in ["drawing", "sample"]',
        "urgency.eagerly_wanted == false",
    ),
}
"""The rules of the directive that decide the requests below, as far as it takes to distinguish these requests."""

Json = dict[str, Any]
Constants = Mapping[tuple[str, str], Json]
"""What is answered on each route for each country."""


def make_requests(lines: int = 1) -> list[Json]:
    """Requests of so many lines, as different as they come."""
    example = json.loads((ROOT / "examples" / "escalate_urgent.json").read_text())
    found = []
    ways = product(COUNTRIES, (True, False), KINDS, ("mission", "third_country"))
    for number, (country, eager, kind, receiver) in enumerate(ways):
        request = {**example, "request_id": MARK}
        request["department"] = {**example["department"], "id": DEPARTMENT}
        request["mission"] = {**example["mission"], "countries": [country]}
        request["urgency"] = {**example["urgency"], "eagerly_wanted": eager}
        request["handover"] = {**example["handover"], "to": receiver}
        request["items"] = [
            _item(line, number, kind if line == 1 else KINDS[line % 2]) for line in range(1, lines + 1)
        ]
        found.append(request)
    return found


def _item(line: int, number: int, kind: str) -> Json:
    return {
        "line": line,
        "description": f"drawings of a rolling mill, sheet {number + 1} of series {line}",
        "quantity": number % 7 + 1,
        "unit": "set",
        "kind": kind,
        "published": False,
        "legacy_list": "none",
    }


def grown_requests() -> list[Json]:
    """Requests that `grown_policies.tree` decides, each by a path of its own down the tree."""
    return [
        {
            "request_id": MARK,
            "department": {"id": str(first)},
            "mission": {"countries": ["FR"]},
            "visit": {"place": str(second)},
            "items": [{"published": False, "owner": "7", "secrecy_grade": "7"}],
        }
        for first, second in product(range(10), repeat=2)
    ]


def long_log_entry() -> Json:
    """A request with a short answer, for filling a log."""
    mission, visit = {"countries": ["FR"]}, {"border_area": "none"}
    return {"request_id": "filling", "as_of": "1965-03-01", "mission": mission, "visit": visit, "items": [{}]}


def write_bodies(file: Path, bodies: Sequence[Json]) -> Path:
    file.write_text("".join(f"{_compact(body)}\n" for body in bodies))
    return file


def _compact(body: Json) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def constants_of(requests: Sequence[Json], answers: Sequence[Json]) -> Constants:
    """The line of the answer to the first request of each route and country."""
    found: dict[tuple[str, str], Json] = {}
    for request, answer in zip(requests, answers, strict=True):
        (line,) = answer["lines"]
        (rule,) = line["rules"]
        found.setdefault((rule, request["mission"]["countries"][0]), line)
    return found


def facts_of(request: Json) -> Json:
    """The facts as a peer gets them: one line, so `item` and not `items`."""
    facts = {name: value for name, value in request.items() if name not in ("request_id", "items")}
    return {**facts, "item": request["items"][0]}


@dataclass(frozen=True)
class PeerProtocol:
    """The body that a peer is sent, and what of its answer is the answer."""

    body: Callable[[Json], Json]
    answer: Callable[[Json], Json]


def _cerbos_body(request: Json) -> Json:
    resource = {"kind": "handover", "id": "1", "attr": facts_of(request)}
    return {
        "requestId": request["request_id"],
        "principal": {"id": DEPARTMENT, "roles": ["department"]},
        "resources": [{"actions": ["hand_over"], "resource": resource}],
    }


def _cerbos_answer(answer: Json) -> Json:
    (result,) = answer["results"]
    (output,) = result["outputs"]
    return dict(output["val"])


CERBOS_PROTOCOL = PeerProtocol(_cerbos_body, _cerbos_answer)


def cerbos_policy(constants: Constants) -> str:
    """A resource policy; as JSON, which is YAML too."""
    rules = [
        {
            "name": f"{rule}-{country}",
            "actions": ["hand_over"],
            "roles": ["department"],
            "effect": "EFFECT_DENY",
            "condition": {"match": {"expr": " && ".join(_conditions(rule, country, "R.attr."))}},
            "output": {"when": {"ruleActivated": f"constants.{_name(rule, country)}"}},
        }
        for rule, country in constants
    ]
    local = {_name(rule, country): answer for (rule, country), answer in constants.items()}
    policy = {"resource": "handover", "version": "default", "constants": {"local": local}, "rules": rules}
    return json.dumps({"apiVersion": "api.cerbos.dev/v1", "resourcePolicy": policy}, indent=1)


OPA_PROTOCOL = PeerProtocol(
    body=lambda request: {"input": {"request_id": request["request_id"], **facts_of(request)}},
    answer=lambda answer: dict(answer["result"]),
)


def opa_policy(constants: Constants) -> str:
    """A module of one complete rule for each route and country."""
    rules = [
        f"answer := {_compact(answer)} if {{\n  "
        + "\n  ".join(_conditions(rule, country, "input."))
        + "\n}\n"
        for (rule, country), answer in constants.items()
    ]
    return "package handover\n\n" + "\n".join(rules)


def _conditions(rule: str, country: str, root: str) -> list[str]:
    return [root + condition for condition in (f'mission.countries[0] == "{country}"', *ROUTES[rule])]


def _name(rule: str, country: str) -> str:
    return f"{rule}_{country}".replace("-", "_")
