"""The approvers: named officers with their keys, how many must approve, and for how long that holds.

The file of them lies outside the policy folder, so that a change of the folder cannot change who approves it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Set
from itertools import combinations
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from api.domain.approvals.fault_code import APPROVALS_CODE
from api.domain.identity import Caller, Credential
from api.parsing.fields import MAX_NAME
from api.signing.faults import SigningFault
from api.signing.keys import VerifyingKey
from engine import Diagnostic, PolicyFaults

if TYPE_CHECKING:
    from engine import Document

LEAST_NEEDED = 2
"""No fewer officers than this approve a change."""

_LISTED = (
    "list each officer as `- officer: NAME` with `key:`, the line that `channelgate keys officer` prints"
)


CredentialName = Annotated[str, Field(min_length=1, max_length=MAX_NAME, pattern=r"^\S(.*\S)?$")]


class Officer(BaseModel):
    """One person, however known: by the subject of a token, the name of an API key, or a key that signs."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    officer: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\s-]\S*$")]
    key: str
    sub: CredentialName | None = None
    api_key: CredentialName | None = None
    decides: bool = False
    """Whether the officer speaks for the party that decides, and not as one who edits policies."""

    @property
    def verifying_key(self) -> VerifyingKey:
        """The key that checks what the officer signed."""
        return VerifyingKey.parse(self.key)

    @property
    def credentials(self) -> tuple[str, str | None, str | None]:
        """By what the officer is known: the public key, the subject, the name of the API key."""
        return self.key.split("+", 2)[-1], self.sub, self.api_key  # without the name before the key

    def is_known_as(self, credential: Credential, name: str) -> bool:
        """Whether a caller identified by such a credential, under a name, is this officer; one by none is not."""
        match credential:
            case Credential.TOKEN:
                return name == self.sub
            case Credential.API_KEY:
                return name == self.api_key
            case Credential.NONE:
                return False


def same_person(one: Officer, other: Officer) -> bool:
    """Whether two records of officers are of one person: something is the same by which the officer is known."""
    return _shared(one, other) is not None


def _shared(one: Officer, other: Officer) -> str | None:
    """What two records share, in words. Names that differ only in capitals are one."""
    marks = zip(
        ("name", "key", "sub", "API key"),
        (one.officer, *one.credentials),
        (other.officer, *other.credentials),
        strict=True,
    )
    for what, mine, others in marks:
        same = mine == others if what == "key" else mine and others and mine.casefold() == others.casefold()
        if same:
            return f"{what}, {mine}"
    return None


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
        for one, other in combinations(self.officers, 2):
            if shared := _shared(one, other):
                yield f"two officers have the same {shared}: one person counts once"
        if lacking := self.too_few_without(frozenset()):
            yield lacking

    def too_few_without(self, names: Set[str]) -> str | None:
        """Return why nothing could be approved without some officers; None if it could."""
        left = [one for one in self.officers if one.officer not in names]
        editing = sum(not one.decides for one in left)
        if editing <= self.needed:
            return (
                f"Of {editing} officers who edit policies, {self.needed} would have to approve what another one"
                " proposes, which cannot be."
            )
        if not any(one.decides for one in left):
            return "No officer would decide, and some changes need one who does (`decides: true`)."
        return None

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
    from engine import load_document

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
