"""An office at work over HTTP: what the steps about registers, cases, clearances and handovers do.

What they are about is the case that the scenario has put together by its facts.
"""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from api.domain.cases.recordable_facts import IDENTITY, WHAT_IT_IS
from api.evidence.scenarios.scenario_case import ScenarioCase, put_together
from api.evidence.scenarios.stated_facts import StatedFact
from engine import PartyOffice, PolicySet
from engine.contract.vocabulary import AS_OF, ITEM

OFFICE = "metallurgy"
"""The office that asks, which the callers of a scenario speak for."""
LINE = {"line": 1, "description": "what was asked for", "quantity": 1, "unit": "set"}
"""What a request says of its line that no scenario is about."""


class Reply(Protocol):
    """What a service answers over HTTP."""

    @property
    def status_code(self) -> int:
        """The HTTP status."""
        ...

    @property
    def text(self) -> str:
        """The body as text."""
        ...

    def json(self) -> Any:
        """The body as plain data."""
        ...


class OfficeCallers(Protocol):
    """Sends requests to a running service, each in the name of a role."""

    def call(
        self,
        caller: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send one request in the name of the role `caller`."""
        ...


class UnexpectedReply(Exception):
    """The service refused what a step does; the text is its answer."""


class Office:
    """The registers of a service, the case that a scenario is about, and the last answer.

    `lists` are the lists of the registers that the scenario speaks of.
    """

    def __init__(self, callers: OfficeCallers, case: ScenarioCase, policies: PolicySet) -> None:
        self._callers = callers
        self._case = case
        self._vocabulary, self._roles = policies.vocabulary, policies.roles
        self._numbers = itertools.count()
        self.lists: list[str] = []
        self.case_id = ""
        self.handover_id = ""
        self.answer: dict[str, Any] = {}

    def read(self, path: str, by: PartyOffice = PartyOffice.AUDITS, **params: str) -> Any:
        """Read something of the service."""
        return self._expect(200, self._callers.call(self._holder(by), "GET", path, params=params)).json()

    def draft(self, page: str, **params: str) -> str:
        """Return a page to print, as HTML."""
        path = f"/v1/registers/pages/{page}"
        return self._expect(
            200, self._callers.call(self._holder(PartyOffice.KEEPS_REGISTERS), "GET", path, params=params)
        ).text

    def due(self, day: str) -> list[dict[str, Any]]:
        """Return what is due on a day."""
        return list(self.read("/v1/due", as_of=day)["due"])

    def item_in_register(self, number: str) -> dict[str, Any]:
        """Return an item as the registers hold it."""
        return dict(self.read(f"/v1/registers/items/{number}"))

    def item(self, number: str) -> dict[str, Any]:
        """Return an item of the registers as a request names it."""
        listed = self.item_in_register(number)
        item = {name: listed[name] for name in WHAT_IT_IS}
        return {"line": number, "quantity": int(listed["quantity"]), **item}

    def record_event(self, kind: str, day: str, **more: Any) -> None:
        """Record what happened to lists, items or sessions."""
        body = {"kind": kind, "happened_on": day, "reference": f"letter of {day}", **more}
        self._post(PartyOffice.KEEPS_REGISTERS, "/v1/registers/events", body)

    def pre_check(self, day: str, item: Mapping[str, Any]) -> dict[str, Any]:
        """Have a pre-check about an item decided; what others own is theirs to record."""
        body = {**self._requested(day), "items": [dict(item)]}
        reply = self._callers.call(self._holder(PartyOffice.ASKS), "POST", "/v1/pre-check", body)
        return dict(self._expect(200, reply).json())

    def open_case(self, day: str) -> None:
        """Open the case, and have what others own recorded by them."""
        reply = self._post(PartyOffice.ASKS, "/v1/cases", self._requested(day))
        self.case_id = str(reply["case_id"])
        if owned := [one for one in self._case.stated.values() if self._is_owned(one)]:
            self.record_facts(day, owned)

    def case_as_of(self, day: str) -> dict[str, Any]:
        """Return the case as it stood on a day."""
        return dict(self.read(f"/v1/cases/{self.case_id}", PartyOffice.DECIDES, held_on=day))

    def record_facts(self, day: str, statements: Sequence[StatedFact]) -> None:
        """Record what has become of the case: each fact by one of those who may, and do not ask."""
        by_role: dict[str, list[StatedFact]] = {}
        for one in statements:
            recording = [role for role in self._roles.values() if one.fact in role.records and not role.asks]
            deciding = [role for role in recording if role.decides]
            by_role.setdefault((deciding or recording)[0].name, []).append(one)
        for role, some in by_role.items():
            version = self.read(f"/v1/cases/{self.case_id}", PartyOffice.DECIDES)["version"]
            facts = {"facts": [_recorded(one, day) for one in some]}
            self._post_as(role, f"/v1/cases/{self.case_id}/facts", facts, {"If-Match": f'"{version}"'})

    def clear(self, decision: Mapping[str, Any]) -> str:
        """Issue the clearance for a decision, and return its id."""
        body = {"decision_id": decision["decision_id"]}
        return str(self._post(PartyOffice.DECIDES, "/v1/clearances", body)["clearance_id"])

    def hand_over(self, day: str, item: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
        """Record the handover of an item as the case says, or otherwise, without a clearance."""
        cause = {name: value for name, value in self._requested(day).items() if isinstance(value, str)}
        for name in (AS_OF, "request_id"):
            cause.pop(name)
        return self._hand_over(day, item, **cause, **changes)

    def hand_over_cleared(self, number: str, day: str, by: str) -> dict[str, Any]:
        """Record the handover of an item of the registers under a clearance."""
        item = self.item(number)
        return self._hand_over(day, item, clearance=self.clear(self.pre_check(day, item)), by=by)

    def hand_over_case(self, day: str, by: str) -> dict[str, Any]:
        """Record the handover of what the case is about, under a clearance."""
        item = self.requested_item(day)
        clearance = self.clear(self.pre_check(day, item))
        return self._hand_over(day, item, clearance=clearance, case_id=self.case_id, by=by)

    def requested_item(self, day: str) -> dict[str, Any]:
        """The line of the request."""
        (item,) = self._requested(day)["items"]
        return dict(item)

    def record_transfer(self, day: str) -> None:
        """Record the transfer procedure of the last handover."""
        body = {"recorded_on": day, "reference": "transfer record no. 12"}
        self._post(PartyOffice.DECIDES, f"/v1/handovers/{self.handover_id}/transfer", body)

    def _requested(self, day: str) -> dict[str, Any]:
        """The request as the party that asks can state it, on a day."""
        own = [one for one in self._case.stated.values() if not self._is_owned(one)]
        if office := self._vocabulary.declarations.asking_office:
            own.append(StatedFact(office, OFFICE))
        request = put_together([*own, StatedFact(AS_OF, day)])
        return {**request, "items": [{**LINE, **item} for item in request["items"]]}

    def _is_owned(self, statement: StatedFact) -> bool:
        word = self._vocabulary.words.get(statement.fact)
        return word is not None and word.owner in self._vocabulary.owners - {self._vocabulary.asking_party}

    def _hand_over(self, day: str, item: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        requested = self._requested(day)
        body = {
            "handed_over_on": day,
            "countries": requested["mission"]["countries"],
            "department": OFFICE,
            "recipient": "a secretary",
            "evidence": "receipt no. 4",
            "items": [{name: item[name] for name in ("line", *IDENTITY) if name in item}],
            **requested["handover"],
            **more,
        }
        return self._post(PartyOffice.DECIDES, "/v1/handovers", body)

    def _holder(self, office: PartyOffice) -> str:
        """The role that holds an office and the fewest besides."""
        holders = [role for role in self._roles.values() if office in role.offices]
        return min(holders, key=lambda role: len(role.offices)).name

    def _post(self, by: PartyOffice, path: str, body: Any) -> dict[str, Any]:
        return self._post_as(self._holder(by), path, body, {})

    def _post_as(self, role: str, path: str, body: Any, headers: Mapping[str, str]) -> dict[str, Any]:
        key = {"Idempotency-Key": f"k{next(self._numbers)}"}
        reply = self._callers.call(role, "POST", path, body, headers={**key, **headers})
        return dict(self._expect(201, reply).json())

    def _expect(self, status: int, reply: Reply) -> Reply:
        if reply.status_code != status:
            raise UnexpectedReply(reply.text)
        return reply


def _recorded(statement: StatedFact, day: str) -> dict[str, Any]:
    line = {"line": statement.line} if statement.fact.startswith(ITEM) else {}
    evidence = f"paper of {day}"
    return {
        "fact": statement.fact,
        "value": statement.value,
        "happened_on": day,
        "evidence": evidence,
        **line,
    }
