"""channelgate: the neutral rules as a policy folder, a file for each country, and the ways in which it is called."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks.engines.content import ContentFacts, Rule, condition, together
from benchmarks.grown_policies import DIRECTIVE, rule
from engine import PolicySet, Request, decide, load_policies, outcome_of
from engine.compiling import CompiledPolicies, compile_policies
from engine.compiling.bounded_cache import BoundedCache
from engine.contract.vocabulary import STATED_AS
from engine.language.expression_text import describe
from tests.support.shipped_words import make_request

NOW = dt.datetime(1965, 3, 1, tzinfo=dt.UTC)


def write_folder(rules: Sequence[Rule]) -> dict[str, bytes]:
    """The files of the policies that hold these rules."""
    of_country: dict[str, list[str]] = {}
    for found in rules:
        when = describe(together([condition(*part) for part in found.when]))
        general = "" if found.exception_to is None else f"r{found.exception_to}"
        of_country.setdefault(found.country, []).append(rule(found.name, when, found.number, general))
    files = {"directive.yaml": f"{DIRECTIVE}rules: []\n".encode()}
    for country, written in of_country.items():
        code = country.lower()
        head = f"policy: grown-{code}\ntitle: G\nfollows: directive\ncountry: {country}\nparameters: {{}}\n"
        files[f"{code}.yaml"] = f"{head}rules:\n{''.join(written)}".encode()
    return files


def state_request(facts: ContentFacts) -> dict[str, Any]:
    """The request of one line that states these facts, as it is posted."""
    posted: dict[str, Any] = {"request_id": "benchmark", "as_of": str(NOW.date()), "items": [{}]}
    for name, value in facts.items():
        if name == "mission.country":
            posted.setdefault("mission", {})["countries"] = [value]
        elif name not in STATED_AS:
            *parts, last = name.split(".")
            place = posted
            for part in parts:
                place = posted["items"][0] if part == "item" else place.setdefault(part, {})
            place[last] = value
    return posted


class Channelgate:
    """`decide`: the full answer, with its trace."""

    def __init__(self, policies: PolicySet) -> None:
        self.policies = policies

    def prepare(self, posted: dict[str, Any]) -> Request:
        return make_request(posted)

    def decide(self, prepared: Request) -> str:
        return decide(self.policies, prepared, decision_id="benchmark", evaluated_at=NOW).outcome

    def outcome_alone(self, prepared: Request) -> str:
        """The outcome and nothing else, as the peers give it."""
        return outcome_of(self.policies, prepared, evaluated_at=NOW)

    def forget_requests(self) -> None:
        """Forget the requests, not what was found for their facts, as if each were another one."""
        compile_policies(self.policies).known.clear()

    def forget_answers(self) -> None:
        """Forget the answers, as a server has that never met the lines but has met others."""
        compile_policies(self.policies).forget_answers()

    def forget_everything(self) -> None:
        """Forget besides them all that was worked out for a request: answer templates, reasons, which rules win."""
        self.forget_answers()
        for cache in caches_in(compile_policies(self.policies)):
            cache.clear()


def caches_in(compiled: CompiledPolicies) -> Iterator[BoundedCache[Any]]:
    """Every cache of the compiled policies, whatever it is called and wherever it is stored."""
    todo: list[Any] = [compiled]
    seen: set[int] = set()
    while todo:
        part = todo.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, BoundedCache):
            yield part
        elif isinstance(part, dict):
            todo += part.values()
        elif isinstance(part, (list, tuple)):
            todo += part
        elif type(part).__module__.startswith("engine.compiling"):
            todo += [getattr(part, name) for name in type(part).__slots__ if hasattr(part, name)]


def build(rules: Sequence[Rule]) -> Channelgate:
    return Channelgate(load_policies(write_folder(rules)))
