"""What is stated in the bodies of calls.

Made by `python -m channelgate_client.generator` from the OpenAPI document; do not edit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NotRequired, TypedDict

from channelgate_client.generated.models import ProposalSubject

JsonObject = Mapping[str, Any]
"""A request or a statement in the words of the policies in force."""


class AccessRequestCall(TypedDict):
    """The question that was denied, and the denial."""

    subject: EntityPart
    action: ActionPart
    resource: EntityPart
    context: NotRequired[Mapping[str, Any]]
    denial: NotRequired[DenialPart]


class ActionPart(TypedDict):
    """An action."""

    name: str
    properties: NotRequired[Mapping[str, Any]]


class ActionSearchCall(TypedDict):
    """What a subject may do to a resource."""

    context: NotRequired[Mapping[str, Any]]
    page: NotRequired[PagePart | None]
    subject: EntityPart
    resource: EntityPart


class CaseStatement(TypedDict):
    """The decision whose request a case is opened with."""

    decision_id: str


class ClearanceStatement(TypedDict):
    """What a clearance is wanted for: a decision, or a case, which is then decided as of the day that is planned.

    `planned_on`, if given, has to lie within the days of the decision.
    """

    decision_id: NotRequired[str | None]
    case_id: NotRequired[str | None]
    planned_on: NotRequired[dt.date | str | None]


class ConfirmationGiven(TypedDict):
    """The written answer for pending items: one state for `items`, or a state for each of `answers`."""

    happened_on: dt.date | str
    reference: str
    remarks: NotRequired[str | None]
    kind: Literal['confirmation']
    state: NotRequired[Literal['confirmed', 'declined', 'pending'] | None]
    items: NotRequired[Sequence[str]]
    answers: NotRequired[Sequence[ItemAnswer]]


class DenialPart(TypedDict):
    """The denial that a request is about, as its answer named it."""

    evaluation_id: NotRequired[str]
    expires_at: NotRequired[str]


class EntityPart(TypedDict):
    """A subject or a resource."""

    type: str
    id: str
    properties: NotRequired[Mapping[str, Any]]


class EvaluationCall(TypedDict):
    """One question, whether a subject may do something to a resource."""

    subject: EntityPart
    action: ActionPart
    resource: EntityPart
    context: NotRequired[Mapping[str, Any]]


class EvaluationOptions(TypedDict):
    """How a list of questions is answered."""

    evaluations_semantic: NotRequired[EvaluationsSemantic]


class EvaluationsCall(TypedDict):
    """A list of questions, and what each of them has where it says nothing else; without a list, one question."""

    subject: NotRequired[Mapping[str, Any]]
    action: NotRequired[Mapping[str, Any]]
    resource: NotRequired[Mapping[str, Any]]
    context: NotRequired[Mapping[str, Any]]
    evaluations: NotRequired[Sequence[Any]]
    options: NotRequired[EvaluationOptions]


EvaluationsSemantic = Literal['execute_all', 'deny_on_first_deny', 'permit_on_first_permit']
"""How far a list of questions is answered."""


class FactStatements(TypedDict):
    """Facts to be recorded together, all or none."""

    facts: Sequence[JsonObject]


class HandoverWithdrawal(TypedDict):
    """Why a recorded handover is withdrawn: it never took place."""

    reason: str


class ItemAnswer(TypedDict):
    """The answer for one item."""

    item_no: str
    state: Literal['confirmed', 'declined', 'pending']


class ItemsDelivered(TypedDict):
    """Confirmed items delivered."""

    happened_on: dt.date | str
    reference: str
    remarks: NotRequired[str | None]
    kind: Literal['delivered']
    items: Sequence[str]


class ListSent(TypedDict):
    """Pending items sent for confirmation: whole lists, or items by their numbers.

    Of a whole list, the items go that nobody has answered for yet.
    """

    happened_on: dt.date | str
    reference: str
    remarks: NotRequired[str | None]
    kind: Literal['list_sent']
    lists: NotRequired[Sequence[str]]
    items: NotRequired[Sequence[str]]


class ListSubmitted(TypedDict):
    """Lists of what has been provided, handed to the other side."""

    happened_on: dt.date | str
    reference: str
    remarks: NotRequired[str | None]
    kind: Literal['list_submitted']
    lists: Sequence[str]


class Memorandum(TypedDict):
    """A memorandum for the record about lists that a session closed without."""

    happened_on: dt.date | str
    reference: str
    remarks: NotRequired[str | None]
    kind: Literal['memorandum']
    session: int
    lists: Sequence[str]


class NewApproval(TypedDict):
    """An approval; `evidence` is the digest of the evidence that the officer was shown."""

    note: NotRequired[str | None]
    evidence: NotRequired[str | None]


class NewConfirmation(TypedDict):
    """The confirmation of what is in force in a ledger that was restored."""

    note: NotRequired[str | None]
    revision: str


class NewProposal(TypedDict):
    """A proposal: of policies by their `files` or by a `revision` that the ledger knows, or of another `text`.

    `text` is that of a floor or of the approvers. `base` is what it replaces, left out: what is in force. `features`
    are the scenarios to test it by. It holds from a day, or as soon as it is approved and activated.
    """

    subject: NotRequired[ProposalSubject]
    wish: NotRequired[str | None]
    files: NotRequired[Mapping[str, str] | None]
    revision: NotRequired[str | None]
    text: NotRequired[str | None]
    features: NotRequired[Mapping[str, str] | None]
    base: NotRequired[str | None]
    holds_from: NotRequired[dt.date | str | None]
    note: NotRequired[str | None]


class NewReason(TypedDict):
    """What an officer states with a reason: a rejection, a revocation."""

    note: NotRequired[str | None]
    reason: NotRequired[str | None]


class NewReturn(TypedDict):
    """An emergency return to a revision that was in force before."""

    note: NotRequired[str | None]
    reason: NotRequired[str | None]
    revision: str


class NewRevocation(TypedDict):
    """An officer has left; `though_too_few` says so also where too few are left to change anything."""

    note: NotRequired[str | None]
    reason: NotRequired[str | None]
    though_too_few: NotRequired[bool]


class NewStatement(TypedDict):
    """What an officer states without more: takes an approval or a proposal back, activates, confirms."""

    note: NotRequired[str | None]


class PagePart(TypedDict):
    """Which part of the results is wanted: how many at most, and from where on."""

    token: NotRequired[str]
    limit: NotRequired[int | None]


class Resolution(TypedDict):
    """A resolution of a session, with the lists, items and projects it includes."""

    happened_on: dt.date | str
    reference: str
    remarks: NotRequired[str | None]
    kind: Literal['resolution']
    session: int
    country: NotRequired[str | None]
    number: str
    form: Literal['main', 'supplementary']
    lists: NotRequired[Sequence[str]]
    items: NotRequired[Sequence[str]]
    projects: NotRequired[Sequence[str]]


class ResourceSearchCall(TypedDict):
    """To which resources of a type a subject may do something."""

    context: NotRequired[Mapping[str, Any]]
    page: NotRequired[PagePart | None]
    subject: EntityPart
    action: ActionPart
    resource: SoughtEntity


class SessionClosed(TypedDict):
    """A session ended."""

    happened_on: dt.date | str
    reference: str
    remarks: NotRequired[str | None]
    kind: Literal['session_closed']
    session: int
    country: NotRequired[str | None]
    place: NotRequired[str | None]


class SessionOpened(TypedDict):
    """A session began. `country` may be left out where one country alone has registers."""

    happened_on: dt.date | str
    reference: str
    remarks: NotRequired[str | None]
    kind: Literal['session_opened']
    session: int
    country: NotRequired[str | None]
    place: NotRequired[str | None]


class SoughtEntity(TypedDict):
    """The subject or resource that is searched for; whatever id it has is ignored."""

    type: str
    properties: NotRequired[Mapping[str, Any]]


class SubjectSearchCall(TypedDict):
    """Which subjects of a type may do something to a resource."""

    context: NotRequired[Mapping[str, Any]]
    page: NotRequired[PagePart | None]
    subject: SoughtEntity
    action: ActionPart
    resource: EntityPart


class SupplementaryAsked(TypedDict):
    """Asked that lists enter a supplementary resolution of a session."""

    happened_on: dt.date | str
    reference: str
    remarks: NotRequired[str | None]
    kind: Literal['supplementary_asked']
    session: int
    lists: Sequence[str]


class TransferRecorded(TypedDict):
    """The transfer procedures of delivered items carried out."""

    happened_on: dt.date | str
    reference: str
    remarks: NotRequired[str | None]
    kind: Literal['transfer_recorded']
    items: Sequence[str]


class TransferStatement(TypedDict):
    """The transfer procedure of a handover, with its written reference."""

    recorded_on: dt.date | str
    reference: str


class Withdrawal(TypedDict):
    """An earlier event that should never have been recorded; `event` is its number, `sequence`."""

    happened_on: dt.date | str
    reference: str
    remarks: NotRequired[str | None]
    kind: Literal['withdrawal']
    event: int
