"""The answers about dues and sessions."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from api.domain.registers.answers import RecordedEvent
from api.parsing.answers import JsonAnswer


class SessionItems(JsonAnswer):
    """Items of a list that a session has to do with; they are named where they are few."""

    list_id: str
    items: int
    item_nos: tuple[str, ...] | None = None


class PendingProject(JsonAnswer):
    """A line of a case that both sides agreed to include."""

    case_id: str
    line: int | str
    project_no: str | None


class SessionAnswer(JsonAnswer):
    """A session: what it was asked, what its resolutions include, and what they do not."""

    session: int
    country: str
    opened: RecordedEvent | None
    closed: RecordedEvent | None
    resolutions: tuple[RecordedEvent, ...]
    asked: tuple[SessionItems, ...]
    included: tuple[SessionItems, ...]
    included_projects: tuple[str, ...]
    not_included: tuple[SessionItems, ...]
    owed_projects: tuple[PendingProject, ...]


class DueList(JsonAnswer):
    """The items of a list that something is owed for; they are named where they are few."""

    list_id: str
    items: int
    item_nos: tuple[str, ...] | None = None
    session: int | None = None


class DueCase(JsonAnswer):
    """The line of a case that something is owed for."""

    case_id: str
    line: int | str
    department: str
    session: int | None
    project_no: str | None


class DueHandover(JsonAnswer):
    """The handover that something is owed for."""

    handover_id: str
    department: str | None = None
    case_id: str | None = None


class DueAnswer(JsonAnswer):
    """Something owed; a day that is not known is null."""

    what: str
    who: str
    must: str
    clause: str
    since: dt.date | None
    due: dt.date | None
    overdue: bool
    subject: DueList | DueCase | DueHandover
    evidence: str | None


class DuePolicies(JsonAnswer):
    """The policies that something is owed by."""

    name: str
    revision: str
    status: Literal["proposed", "in_force"]


class DuesAnswer(JsonAnswer):
    """What is owed on a day, what is overdue first."""

    as_of: dt.date
    policy: DuePolicies
    sequence: int | None = Field(description="The newest log entry it was found from")
    overdue: int
    due: tuple[DueAnswer, ...]
