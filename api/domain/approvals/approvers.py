"""The approvers: named officers with their keys, how many must approve, and for how long that holds.

The file of them lies outside the policy folder, so that a change of the folder cannot change who approves it.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from api.domain.identity import Caller, Credential
from api.parsing.fields import Name
from api.signing.faults import SigningFault
from api.signing.keys import VerifyingKey
from engine import Diagnostic, Document, PolicyFaults, load_document

LEAST_NEEDED = 2
"""No fewer officers than this approve a change."""

APPROVALS_CODE = "L10"
"""The code of every fault of approvers and their notes."""
_LISTED = (
    "list each officer as `- officer: NAME` with `key:`, the line that `channelgate keys officer` prints"
)


class Officer(BaseModel):
    """One person, however known: by the subject of a token, the name of an API key, or a key that signs."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    officer: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\s-]\S*$")]
    key: str
    sub: Name | None = None
    api_key: Name | None = None
    decides: bool = False
    """Whether the officer speaks for the party that decides, and not as one who edits policies."""

    @property
    def verifying_key(self) -> VerifyingKey:
        """The key that checks what the officer signed."""
        return VerifyingKey.parse(self.key)

    def is_known_as(self, credential: Credential, name: str) -> bool:
        """Whether a caller identified by such a credential, under a name, is this officer; one by none is not."""
        match credential:
            case Credential.TOKEN:
                return name == self.sub
            case Credential.API_KEY:
                return name == self.api_key
            case Credential.NONE:
                return False


class Approvers(BaseModel):
    """Who approves. `needed` officers who edit policies have to, and for some changes one who decides as well."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    needed: Annotated[int, Field(ge=LEAST_NEEDED, le=99)] = LEAST_NEEDED
    approvals_hold_days: Annotated[int, Field(ge=1, le=366)] = 30
    confirm_within_days: Annotated[int, Field(ge=0, le=30)] = 3
    officers: Annotated[list[Officer], Field(min_length=1)]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if problem := next(self._problems(), None):
            raise ValueError(problem)
        return self

    def _problems(self) -> Iterator[str]:
        for one in self.officers:
            try:
                named = one.verifying_key.name
            except SigningFault as fault:
                yield f"the key of {one.officer} cannot be used: {fault.fact}"
                continue
            if named != one.officer:
                yield f"the key of {one.officer} is one of {named}"
        marks: list[tuple[str, object]] = []
        for one in self.officers:
            public = one.key.split("+", 2)[-1]  # without the name before it, which differs
            shown = (("name", one.officer), ("key", public), ("sub", one.sub), ("API key", one.api_key))
            marks += [mark for mark in shown if mark[1] is not None]
        for (what, value), times in Counter(marks).items():
            if times > 1:
                yield f"two officers have the same {what}, {value}: one person counts once"
        editing = sum(not one.decides for one in self.officers)
        if editing <= self.needed:
            yield (
                f"of {editing} officers who edit policies, {self.needed} have to approve what another one proposes,"
                " which cannot be"
            )
        if not any(one.decides for one in self.officers):
            yield "no officer decides, and some changes need one who does (`decides: true`)"

    @property
    def approvals_hold(self) -> dt.timedelta:
        """For so long an approval counts."""
        return dt.timedelta(days=self.approvals_hold_days)

    @property
    def confirm_within(self) -> dt.timedelta:
        """Within so long an emergency return has to be confirmed."""
        return dt.timedelta(days=self.confirm_within_days)

    def find(self, name: str) -> Officer | None:
        """Return the officer of a name."""
        return next((one for one in self.officers if one.officer == name), None)

    def officer_calling(self, caller: Caller) -> Officer | None:
        """Return the officer who makes a call."""
        return next((one for one in self.officers if one.is_known_as(caller.credential, caller.name)), None)


class _ApproversFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    approvers: Approvers


def read_approvers(file: str, content: bytes) -> Approvers:
    """Read a file of approvers. Raises PolicyFaults: of form as for policy files, and L10 with each fault."""
    document = load_document(file, content)
    try:
        return _ApproversFile.model_validate(document.value).approvers
    except ValidationError as failure:
        raise PolicyFaults(_faults(document, failure)) from failure


def _faults(document: Document, failure: ValidationError) -> Iterator[Diagnostic]:
    for error in failure.errors(include_url=False, include_input=False):
        place = document.place(error["loc"])
        message, remedy = _worded(error)
        yield Diagnostic(place, APPROVALS_CODE, message, remedy)


def _worded(error: Any) -> tuple[str, str]:
    name = f"`{error['loc'][-1]}`" if error["loc"] else "the file"
    match error["type"]:
        case "missing":
            return f"{name} is missing", _LISTED
        case "extra_forbidden":
            return f"{name} is no key that the file of approvers has", "mend or remove it"
        case "value_error":
            return str(error["ctx"]["error"]), "mend the list of officers"
        case _:
            return f"{name} cannot be used: {error['msg'].lower()}", _LISTED
