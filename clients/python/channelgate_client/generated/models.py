"""The answers of the service.

Made by `python -m channelgate_client.generator` from the OpenAPI document; do not edit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from pydantic import Field

from channelgate_client.answers import Answer


class About(Answer):
    """What was requested, as far as it was stated; `remarks` say what may have been meant otherwise."""

    mission: str | None = None
    countries: tuple[NamedCountry, ...] | None = None
    place: str | None = None
    lines: tuple[AboutLine, ...] | None = None
    remarks: tuple[str, ...] | None = None


class AboutLine(Answer):
    """What a line is of, and how much of it."""

    line: int | str
    description: str | None = None
    quantity: int | Decimal | None = None
    unit: str | None = None


class AccessRequestAnswer(Answer):
    """How a request stands, and what to do once it is approved."""

    task: TaskHandle
    result: TaskResult | None = None


class AccessRequestHint(Answer):
    """That the denial is requestable, and until when (AuthZEN Access Request and Approval Profile, draft 00)."""

    expires_at: dt.datetime


class ActionSearchAnswer(Answer):
    """The actions that were found."""

    results: tuple[FoundAction, ...]
    page: PageAnswer | None = None


class ActivePolicies(Answer):
    """The policies that are decided by; with faults in the folder, those from before them.

    `approval` is how they came into force. `ages` and the limits of `hold_past` are whole seconds: since the set came
    into force, since its last proof (null if it was not proved), since it was last found to be in force, which grows
    while the folder has faults, and since an emergency return that is not confirmed. `too_old` are the ages past
    their limits. Where approvals are required, `differences` says how the folder, the floor and the approvers on disk
    differ from what is in force.
    """

    state: Literal['active', 'last_good_active']
    revision: str
    proof: Literal['proved', 'not_run']
    approvals: Literal['required', 'none']
    approval: Approval
    ages: Mapping[AgeKind, int | None]
    hold_past: Mapping[AgeKind, int]
    too_old: tuple[AgeKind, ...]
    faults: tuple[PolicyFault, ...]
    differences: tuple[str, ...]


class AgeKind(StrEnum):
    """What has an age: the set in force, its last proof, the last time that it was found to be still the one.

    What waits to be confirmed, an emergency return or a ledger that was restored, has an age until it is.
    """

    SET = 'set'
    PROOF = 'proof'
    RELOAD = 'reload'
    UNCONFIRMED = 'unconfirmed'


class AlikeItem(Answer):
    """An item that says the same as one of another list."""

    item_no: str
    list_id: str


class AnswerLinks(Answer):
    """Where an answer leads: to the case about its request, or, as long as there is none, to the opening of one."""

    open_case: OpenCaseLink | None = None
    case: CaseLink | None = None


class AnswerWords(Answer):
    """The words of an answer in a language: titles by outcome, questions by fact."""

    language: str
    titles: Mapping[Outcome, str]
    questions: Mapping[str, QuestionWords]


class AnsweredDecision(Answer):
    """The decision as it is recorded, with what it is about and where it leads."""

    decision_id: str
    request_id: str
    outcome: Outcome
    handover_as_asked: Permission
    say: str
    say_in: Mapping[str, str] = {}
    say_in_draft: tuple[str, ...] = ()
    lines: tuple[LineDecision, ...]
    policy: PolicyStamp
    as_of: dt.date
    evaluated_at: dt.datetime
    valid_until: dt.date
    about: About | None = None
    """What was asked about, in words; not part of the recorded decision"""
    links: AnswerLinks | None = None
    """The case about the request, or how it is opened; not part of the recorded decision"""
    words: AnswerWords | None = None
    """Titles and questions in the language of Accept-Language; not part of the recorded decision"""


class Approval(StrEnum):
    """How a revision came into force.

    `none`: no approvals are required; `approved`: as many as are required were given; `founded`: the first set of a
    folder that requires approvals from then on; `returned`: an emergency return to an earlier revision, which is not
    confirmed yet.
    """

    NONE = 'none'
    APPROVED = 'approved'
    FOUNDED = 'founded'
    RETURNED = 'returned'


class ApprovalAnswer(Answer):
    """An approval, whether it counts, and until when; `evidence` is the digest of what the officer was shown."""

    officer: str
    decides: bool
    approved_at: dt.datetime
    until: dt.datetime
    evidence: str | None
    shown: ShownEvidence
    signed: bool
    entry: int
    counts: bool
    why_not: str | None = None


class ApprovalReference(Answer):
    """What a new question about the same names in `context.approval`; it grants nothing by itself."""

    id: str
    approved_until: dt.datetime


class AttachedObligation(Answer):
    """What has to be done, whatever the decision (AuthZEN Obligations Profile 1.0, draft 1)."""

    id: str
    type: str
    properties: DutyProperties


class CaseAcknowledgement(Answer):
    """What was recorded of a case: its version since then, and the positions of the facts."""

    case_id: str
    version: int
    recorded_at: dt.datetime
    positions: tuple[int, ...]


class CaseAnswer(Answer):
    """A case as it was held on a day, as far as it was known at a time."""

    case_id: str
    request_id: str
    department: str
    opened_at: dt.datetime
    version: int
    deadline: dt.date | None = None
    waiting_for: tuple[str, ...]
    about: About
    held_on: dt.date
    known_at: dt.datetime
    decision: Decision
    duties: tuple[OpenDuty, ...]
    done: tuple[DoneDuty, ...]
    facts: tuple[FactAnswer, ...]
    history: tuple[FactAnswer, ...]


class CaseLink(Answer):
    """The address of the case about the request."""

    href: str


class Change(Answer):
    """A set of changes of facts, none of which can be left out, and the answer there would be."""

    facts: tuple[FactChange, ...]
    outcome: Outcome
    rules: tuple[str, ...] = ()


class ChangeSearch(Answer):
    """How far changes were looked for.

    All sets of up to `complete_up_to` changes were tried, `tried` sets in all. `cut` means that there was no time for
    larger ones, of up to `most` changes; `left_out` counts sets that were found and are not shown.
    """

    tried: int
    complete_up_to: int
    most: int
    cut: bool
    left_out: int = 0


class CheckEvidence(Answer):
    """What the check found; with a fault nothing else is computed."""

    result: StepResult
    faults: tuple[EvidenceFinding, ...] | None = None
    remarks: tuple[EvidenceFinding, ...] | None = None


class ClauseAnswer(Answer):
    """A clause in the office's own words; `no_rule` says why no rule carries it out."""

    clause: str
    text: str
    who: str | None
    no_rule: str | None


class ClearanceAnswer(Answer):
    """A clearance with what has become of it."""

    clearance_id: str
    decision_id: str
    request_id: str
    department: str | None = None
    state: ClearanceState
    used_by: str | None = None
    """The handover that used it up"""
    lines: tuple[str, ...]
    issued_at: dt.datetime
    issued_by: str
    valid_from: dt.date
    valid_until: dt.date
    note: str
    """The clearance itself, signed, to be printed or kept; of a dry run, unsigned"""


class ClearanceState(StrEnum):
    """What has become of a clearance."""

    UNUSED = 'unused'
    USED = 'used'
    EXPIRED = 'expired'


class ComparisonEvidence(Answer):
    """What is answered otherwise, over all requests.

    `data` is the comparison as `channelgate policies compare --format json` prints it, `markdown` the same to read.
    Failed is one that is not proved to be complete, or that could not be made: `because` says why.
    """

    result: StepResult
    because: str | None = None
    data: Mapping[str, Any] | None = None
    markdown: str | None = None


class ConditionPart(Answer):
    """A condition or a part of one, and whether it holds; `found` where it is not made of parts itself."""

    condition: str
    holds: Literal['yes', 'no', 'unknown']
    found: tuple[FoundFact, ...] = ()
    parts: tuple[ConditionPart, ...] = ()


class Confirmation(StrEnum):
    """How the confirmation of an item stands."""

    NOT_SENT = 'not_sent'
    PENDING = 'pending'
    CONFIRMED = 'confirmed'
    DECLINED = 'declined'


class ConsideredCountry(Answer):
    """What the policies answer for one country of the mission; None where it is not known."""

    country: str | None = None
    outcome: Outcome
    policies: tuple[ConsideredPolicy, ...]


class ConsideredPolicy(Answer):
    """A policy: whether it governs, and its rules; of a policy that does not govern, the rules are not considered."""

    policy: str
    governs: Literal['yes', 'no', 'unknown']
    scope: tuple[ConsideredScope, ...]
    outcome: Outcome | None = None
    rules: tuple[ConsideredRule, ...] = ()


class ConsideredRule(Answer):
    """A rule: its condition, what became of it and why; `because_of` are the rules that this is due to."""

    rule: str
    at: str
    outcome: Outcome
    clauses: tuple[str, ...]
    exception_to: tuple[str, ...] = ()
    condition: ConditionPart
    state: Literal['decides', 'outweighed', 'gives_way', 'beaten', 'not_reached', 'does_not_hold', 'may_apply']
    because: str
    because_of: tuple[str, ...] = ()


class ConsideredScope(Answer):
    """A condition under which a policy governs."""

    scope: str
    at: str
    condition: ConditionPart


class DatedChangeAnswer(Answer):
    """Something that the policies write with days, or a condition that turns on the day."""

    kind: str
    name: str
    country: str | None = None
    """Of a group, the country that has the parameter for itself"""
    at: str
    change: str
    before: str | None = None
    after: str | None = None


class DatedChangeKind(StrEnum):
    """What becomes of a part on a day: it holds from then on, no longer, with another value, or turns."""

    BEGINS = 'begins'
    ENDS = 'ends'
    CHANGES = 'changes'
    TURNS = 'turns'


class DatedRecordAnswer(Answer):
    """Something recorded that begins to hold, or holds no longer, from the day on."""

    kind: DatedRecordKind
    name: str
    """The id of a clearance or proposal; of an approval that of its proposal, of a return the revision"""
    change: DatedChangeKind
    approved: bool | None = None
    """Of a proposal, whether it is approved now"""
    officer: str | None = None
    """Of an approval, the officer whose it is"""


class DatedRecordKind(StrEnum):
    """What is recorded with a day on which it begins to hold, or from which on it holds no longer."""

    CLEARANCE = 'clearance'
    PROPOSAL = 'proposal'
    APPROVAL = 'approval'
    EMERGENCY_RETURN = 'emergency return'


class Decision(Answer):
    """The answer to a pre-check (contract version 1).

    Times are UTC. `valid_until` is the last day on which the answer may be relied on; a permission is checked
    again at delivery all the same.
    """

    decision_id: str
    request_id: str
    outcome: Outcome
    handover_as_asked: Permission
    say: str
    say_in: Mapping[str, str] = {}
    say_in_draft: tuple[str, ...] = ()
    lines: tuple[LineDecision, ...]
    policy: PolicyStamp
    as_of: dt.date
    evaluated_at: dt.datetime
    valid_until: dt.date


class DecisionContext(Answer):
    """Why: the outcome as `reason`, what to say, what has to be done. `evaluation_id` is the id of the decision."""

    evaluation_id: str | None = None
    evaluated_at: str | None = None
    request_id: str | None = None
    reason: str
    say: str | None = None
    say_in: Mapping[str, str] | None = None
    valid_until: str | None = None
    rules: tuple[str, ...] | None = None
    clauses: tuple[str, ...] | None = None
    missing: tuple[Mapping[str, Any], ...] | None = None
    claimed_not_confirmed: tuple[str, ...] | None = None
    policy: Mapping[str, Any] | None = None
    obligations: tuple[AttachedObligation, ...] | None = None
    access_request: AccessRequestHint | None = None
    next_action: NextAction | None = None
    retry_after: int | None = None
    error: QuestionFault | None = None


class DecisionPointMetadata(Answer):
    """The addresses of the service; one that is left out is no address of it under the policies in force."""

    policy_decision_point: str
    access_evaluation_endpoint: str
    access_evaluations_endpoint: str
    search_subject_endpoint: str | None = None
    search_resource_endpoint: str | None = None
    search_action_endpoint: str
    access_request_endpoint: str
    supported_obligations: tuple[str, ...]
    capabilities: tuple[str, ...]


class DecisionProof(Answer):
    """The proof (RFC 6962, SHA-256) that the entry of a decision stands in the log under a signed checkpoint.

    Whoever verifies it takes size and root from the checkpoint, once its signature was found good.
    """

    sequence: int
    """The place of the entry, counted from 0"""
    size: int
    """The number of entries under the checkpoint"""
    root: str
    """The root of the tree, in Base64"""
    inclusion_proof: tuple[str, ...]
    """The nodes from the entry up, each in Base64"""
    entry: str
    """The bytes of the entry, in Base64"""
    checkpoint: str
    """A signed note of the form tlog-checkpoint"""


class DeclaredFactAnswer(Answer):
    """A fact that a request may state, of the whole request or of each line; choices with what they say."""

    fact: str
    of: Literal['request', 'line']
    kind: Literal['truth', 'choice', 'text', 'number', 'date']
    choices: Mapping[str, str] | None
    least: int | None
    most: int | None
    whole: bool | None
    """Of a number, true if it is whole"""
    ask: str
    answered_by: str
    owner: str | None
    """The party whose statement alone counts"""


class DoneDuty(Answer):
    """A duty that was done, with the handover that did it."""

    line: int | str
    who: str
    must: str
    clause: str
    before: str | None = None
    within: str | None = None
    evidence: str | None = None
    done_by: str | None = None
    done_on: dt.date
    handover_id: str


class DryRunOfCaseAcknowledgement(Answer):
    """DryRunOfCaseAcknowledgement"""

    case_id: str
    version: int
    recorded_at: dt.datetime
    positions: tuple[int, ...]
    dry_run: Literal[True]


class DryRunOfEventAcknowledgement(Answer):
    """DryRunOfEventAcknowledgement"""

    event_id: str
    """What `channelgate log erase` takes"""
    sequence: int
    kind: EventKind
    recorded_at: dt.datetime
    covers: int
    """How many items it is about"""
    dry_run: Literal[True]


class DryRunOfHandoverAnswer(Answer):
    """DryRunOfHandoverAnswer"""

    handover_id: str
    status: HandoverStatus
    grounds: tuple[GroundAnswer, ...]
    notes: tuple[str, ...]
    recorded_at: dt.datetime
    recorded_by: str
    recorded_late: bool
    clearance_id: str | None = None
    clearance_used_up: bool
    department: str | None = None
    request_id: str | None = None
    case_id: str | None = None
    listed_items: tuple[str, ...] | None = None
    """The pending items of the registers among its lines"""
    countries: tuple[str, ...]
    handed_over_on: dt.date
    by: str
    """A word of the vocabulary in which the handover was recorded"""
    to: str
    """A word of the vocabulary in which the handover was recorded"""
    recipient: str | None
    """Null once it was erased"""
    mode: str | None = None
    """A word of the vocabulary in which the handover was recorded"""
    trigger: str | None = None
    """A word of the vocabulary in which the handover was recorded"""
    border_area: str | None = None
    """A word of the vocabulary in which the handover was recorded"""
    items: tuple[HandedItemAnswer, ...]
    evidence: str | None
    """Null once it was erased"""
    supersedes: str | tuple[str, ...] | None = None
    """What this record counts in place of"""
    reason: str | None = None
    """Null once it was erased"""
    superseded_by: str | None = None
    """The record that counts in place of this one"""
    withdrawn: WithdrawalAnswer | None = None
    decision: Decision
    transfer: TransferAnswer | None = None
    dry_run: Literal[True]


class DryRunOfIssuedClearance(Answer):
    """DryRunOfIssuedClearance"""

    clearance_id: str
    decision_id: str
    request_id: str
    department: str | None = None
    state: ClearanceState
    used_by: str | None = None
    """The handover that used it up"""
    lines: tuple[str, ...]
    issued_at: dt.datetime
    issued_by: str
    valid_from: dt.date
    valid_until: dt.date
    note: str
    """The clearance itself, signed, to be printed or kept; of a dry run, unsigned"""
    already_issued: bool
    dry_run: Literal[True]


class DryRunOfProposalAnswer(Answer):
    """DryRunOfProposalAnswer"""

    proposal_id: str
    subject: ProposalSubject
    content: str
    base: str
    wish: str
    author: str
    proposed_at: dt.datetime
    holds_from: dt.date | None
    state: ProposalState
    evidence: EvidenceSummary | None
    approvals: tuple[ApprovalAnswer, ...]
    needs_deciding: tuple[str, ...]
    lacking: tuple[str, ...]
    entry: int
    active_since: dt.datetime | None = None
    ended: ProposalEnd | None = None
    evidence_under_way: EvidenceUnderWay | None = None
    dry_run: Literal[True]


class DryRunOfRecordedAnswer(Answer):
    """DryRunOfRecordedAnswer"""

    entry: int
    in_force: InForceAnswer
    dry_run: Literal[True]


class DryRunOfTransferAcknowledgement(Answer):
    """DryRunOfTransferAcknowledgement"""

    handover_id: str
    recorded_on: dt.date
    reference: str | None
    """Null once it was erased"""
    recorded_at: dt.datetime
    recorded_by: str
    notes: tuple[str, ...] | None = None
    dry_run: Literal[True]


class DryRunOfWithdrawalAcknowledgement(Answer):
    """DryRunOfWithdrawalAcknowledgement"""

    reason: str | None
    """Null once it was erased"""
    recorded_at: dt.datetime
    recorded_by: str
    handover_id: str
    notes: tuple[str, ...] | None = None
    dry_run: Literal[True]


class DueAnswer(Answer):
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


class DueCase(Answer):
    """The line of a case that something is owed for."""

    case_id: str
    line: int | str
    department: str
    session: int | None
    project_no: str | None


class DueHandover(Answer):
    """The handover that something is owed for."""

    handover_id: str
    department: str | None = None
    case_id: str | None = None


class DueList(Answer):
    """The items of a list that something is owed for; they are named where they are few."""

    list_id: str
    items: int
    item_nos: tuple[str, ...] | None = None
    session: int | None = None


class DuePolicies(Answer):
    """The policies that something is owed by."""

    name: str
    revision: str
    status: Literal['proposed', 'in_force']


class DuesAnswer(Answer):
    """What is owed on a day, what is overdue first."""

    as_of: dt.date
    policy: DuePolicies
    sequence: int | None
    """The newest log entry it was found from"""
    overdue: int
    due: tuple[DueAnswer, ...]


class Duty(Answer):
    """Who must do what, by which clause; `before` and `within` say when, `evidence` what shows that it was done.

    `done_by` tells what ends the duty: a recorded handover, a recorded transfer, or nothing, since it is done by
    refraining. Every other duty ends when a fact changes the answer.
    """

    who: str
    must: str
    clause: str
    before: str | None = None
    within: str | None = None
    evidence: str | None = None
    done_by: Literal['handover', 'transfer_record', 'refraining'] | None = None


class DutyProperties(Answer):
    """A duty of the decision."""

    who: str
    must: str
    clause: str
    before: str | None = None
    within: str | None = None
    evidence: str | None = None
    done_by: str | None = None


class EntitySearchAnswer(Answer):
    """The subjects or resources that were found."""

    results: tuple[FoundEntity, ...]
    page: PageAnswer | None = None


class EntryKind(StrEnum):
    """What an entry records."""

    STARTED = 'started'
    STOPPED = 'stopped'
    SIGNING_KEY = 'signing_key'
    API_KEY = 'api_key'
    POLICIES = 'policies'
    DECISION = 'decision'
    CASE_OPENED = 'case_opened'
    CASE_FACT = 'case_fact'
    CLEARANCE_ISSUED = 'clearance_issued'
    HANDOVER = 'handover'
    TRANSFER_RECORDED = 'transfer_recorded'
    HANDOVER_WITHDRAWN = 'handover_withdrawn'
    ERASED = 'erased'
    REGISTER_IMPORTED = 'register_imported'
    REGISTER_EVENT = 'register_event'
    REGISTER_PAPER = 'register_paper'
    APPROVALS_FOUNDED = 'approvals_founded'
    PROPOSAL = 'proposal'
    PROPOSAL_EVIDENCE = 'proposal_evidence'
    OFFICER_STATEMENT = 'officer_statement'
    CLOSED = 'closed'
    CONTINUED = 'continued'


class EvaluationAnswer(Answer):
    """The answer to one question; true for the outcome `deliver` alone."""

    decision: bool
    context: DecisionContext


class EvaluationsAnswer(Answer):
    """The answers to a list of questions, in their order."""

    evaluations: tuple[EvaluationAnswer, ...]


class EventAcknowledgement(Answer):
    """What is answered when an event was recorded."""

    event_id: str
    """What `channelgate log erase` takes"""
    sequence: int
    kind: EventKind
    recorded_at: dt.datetime
    covers: int
    """How many items it is about"""


class EventAnswer(Answer):
    """An event as it was stated, with the number of items it is about; a member that its kind has not is left out."""

    sequence: int
    happened_on: dt.date
    reference: str | None
    """Null once it was erased"""
    remarks: str | None = None
    """Null once it was erased"""
    kind: EventKind
    session: int | None = None
    country: str | None = None
    place: str | None = None
    number: str | None = None
    form: Literal['main', 'supplementary'] | None = None
    lists: tuple[str, ...] | None = None
    items: tuple[str, ...] | None = None
    projects: tuple[str, ...] | None = None
    answers: tuple[EventItemAnswer, ...] | None = None
    state: Confirmation | None = None
    event: int | None = None
    """The event that is withdrawn, by its sequence"""
    handover_id: str | None = None
    """The handover it came of"""
    covers: int
    """How many items it is about"""
    recorded_at: dt.datetime
    recorded_by: str
    role: str
    withdrawn_by: int | None = None


class EventItemAnswer(Answer):
    """What was answered for an item."""

    item_no: str
    state: Literal['confirmed', 'declined', 'pending']


class EventKind(StrEnum):
    """What can happen; which clause each fulfils the policies say. A withdrawal is about the record itself."""

    LIST_SENT = 'list_sent'
    CONFIRMATION = 'confirmation'
    DELIVERED = 'delivered'
    TRANSFER_RECORDED = 'transfer_recorded'
    LIST_SUBMITTED = 'list_submitted'
    SUPPLEMENTARY_ASKED = 'supplementary_asked'
    SESSION_OPENED = 'session_opened'
    SESSION_CLOSED = 'session_closed'
    RESOLUTION = 'resolution'
    MEMORANDUM = 'memorandum'
    WITHDRAWAL = 'withdrawal'


class EventsAnswer(Answer):
    """Events in the order they happened."""

    events: tuple[EventAnswer, ...]


class EvidenceFinding(Answer):
    """A fault or remark of the check, in the place where it stands in the proposed files."""

    place: str
    code: str
    message: str
    remedy: str


class EvidenceSummary(Answer):
    """The newest evidence: its digest, its steps, why it is stale if it is, why the change may loosen something."""

    digest: str
    computed_at: dt.datetime
    passed: tuple[str, ...]
    failed: str | None
    stale: tuple[str, ...]
    loosens: tuple[str, ...]


class EvidenceUnderWay(Answer):
    """How far the computation of evidence is at the process that was called; `fault` says why there is none."""

    step: str | None
    done: int
    of: int
    fault: str | None


class ExplainedDecision(Answer):
    """The answer with the explanation that was asked for."""

    decision_id: str
    request_id: str
    outcome: Outcome
    handover_as_asked: Permission
    say: str
    say_in: Mapping[str, str] = {}
    say_in_draft: tuple[str, ...] = ()
    lines: tuple[LineDecision, ...]
    policy: PolicyStamp
    as_of: dt.date
    evaluated_at: dt.datetime
    valid_until: dt.date
    about: About | None = None
    """What was asked about, in words; not part of the recorded decision"""
    links: AnswerLinks | None = None
    """The case about the request, or how it is opened; not part of the recorded decision"""
    words: AnswerWords | None = None
    """Titles and questions in the language of Accept-Language; not part of the recorded decision"""
    explanation: Explanation
    """How the answer came about; not part of the recorded decision"""


class Explanation(Answer):
    """The explanation of a decision, line by line; `left_out` counts lines that are not explained, since there are
    more different ones than are explained at once.
    """

    revision: str
    lines: tuple[LineExplanation, ...]
    left_out: int = 0


class FactAnswer(Answer):
    """A recorded fact; a value of null says that it was asked and is not known.

    With `in_old_words` the fact is not known to the policies in force: it says what they have no word for.
    """

    position: int
    line: int | str | None = None
    fact: str
    happened_on: dt.date
    recorded_at: dt.datetime
    recorded_by: str
    role: str
    evidence: str | None = None
    supersedes: int | None = None
    superseded_by: int | None = None
    sequence: int
    value: Any
    in_old_words: str | None = None


class FactChange(Answer):
    """A fact that would be another; `alike` are values that no condition distinguishes from the new one."""

    fact: str
    was: str
    becomes: str
    alike: tuple[str, ...] = ()
    ask: str | None = None
    answered_by: str | None = None


class FailedScenario(Answer):
    """A scenario that does not pass: where it stands, what it is called, and what was found instead."""

    place: str
    name: str
    message: str


class FieldError(Answer):
    """One fault: its place, what is wrong, and the nearest word of the contract.

    The place is a JSON pointer (RFC 6901) into the body, or the name of a parameter of the address.
    """

    pointer: str | None = None
    parameter: str | None = None
    detail: str
    suggestion: str | None = None


class FigureAnswer(Answer):
    """A figure: what was found, what is expected, and from which lists."""

    figure: str
    says: str
    where: Mapping[str, tuple[str, ...]]
    parts: tuple[PartAnswer, ...]
    found: int
    expected: int
    floor: bool
    verdict: FigureVerdict
    lists: tuple[ListCount, ...]
    source: str


class FigureVerdict(StrEnum):
    """How what is found stands to what is expected."""

    OK = 'ok'
    FLOOR_PASSED = 'floor_passed'
    DIFFERENCE = 'difference'


class FoundAction(Answer):
    """An action to which the answer is yes, and what has to be done with it."""

    name: str
    obligations: tuple[AttachedObligation, ...] | None = None


class FoundClearance(Answer):
    """A clearance that nobody has used."""

    clearance_id: str
    decision_id: str
    department: str | None = None
    lines: tuple[str, ...]
    valid_until: dt.date


class FoundEntity(Answer):
    """A subject or resource to which the answer is yes, and what has to be done with it."""

    type: str
    id: str
    obligations: tuple[AttachedObligation, ...] | None = None


class FoundFact(Answer):
    """A fact or parameter that a condition reads, and the value found; `not known` if there is none."""

    fact: str
    value: str


class FoundHandover(Answer):
    """A handover that does not agree."""

    handover_id: str
    status: HandoverStatus
    department: str | None = None
    request_id: str | None = None
    handed_over_on: dt.date
    recorded_by: str
    grounds: tuple[GroundAnswer, ...]


class GroundAnswer(Answer):
    """Why a handover is not in order, with the clause."""

    code: GroundCode
    detail: str
    clause: str


class GroundCode(StrEnum):
    """Why a handover is not in order."""

    BEFORE_INSTRUCTION = 'before_instruction'
    NO_CLEARANCE = 'no_clearance'
    UNKNOWN_CLEARANCE = 'unknown_clearance'
    CLEARANCE_USED = 'clearance_used'
    NOT_YET = 'not_yet'
    EXPIRED = 'expired'
    OTHER_ITEMS = 'other_items'
    OTHER_DELIVERER = 'other_deliverer'
    OTHER_RECIPIENT = 'other_recipient'
    OTHER_DEPARTMENT = 'other_department'
    OTHER_REQUEST = 'other_request'
    CLEARED_AFTERWARDS = 'cleared_afterwards'
    POLICY_CHANGED = 'policy_changed'
    NO_LONGER_PERMITTED = 'no_longer_permitted'
    CORRECTS_BREACH = 'corrects_breach'


class HandedItemAnswer(Answer):
    """A line as it was handed over."""

    line: int | str
    description: str | None
    """Null once it was erased"""
    quantity: Decimal | None = None
    unit: str | None = None
    kind: str | None = None
    """A word of the vocabulary in which the handover was recorded"""


class HandoverAnswer(Answer):
    """A handover: what was stated of it, what was found, the decision about it, and its transfer if there is one."""

    handover_id: str
    status: HandoverStatus
    grounds: tuple[GroundAnswer, ...]
    notes: tuple[str, ...]
    recorded_at: dt.datetime
    recorded_by: str
    recorded_late: bool
    clearance_id: str | None = None
    clearance_used_up: bool
    department: str | None = None
    request_id: str | None = None
    case_id: str | None = None
    listed_items: tuple[str, ...] | None = None
    """The pending items of the registers among its lines"""
    countries: tuple[str, ...]
    handed_over_on: dt.date
    by: str
    """A word of the vocabulary in which the handover was recorded"""
    to: str
    """A word of the vocabulary in which the handover was recorded"""
    recipient: str | None
    """Null once it was erased"""
    mode: str | None = None
    """A word of the vocabulary in which the handover was recorded"""
    trigger: str | None = None
    """A word of the vocabulary in which the handover was recorded"""
    border_area: str | None = None
    """A word of the vocabulary in which the handover was recorded"""
    items: tuple[HandedItemAnswer, ...]
    evidence: str | None
    """Null once it was erased"""
    supersedes: str | tuple[str, ...] | None = None
    """What this record counts in place of"""
    reason: str | None = None
    """Null once it was erased"""
    superseded_by: str | None = None
    """The record that counts in place of this one"""
    withdrawn: WithdrawalAnswer | None = None
    decision: Decision
    transfer: TransferAnswer | None = None


class HandoverPage(Answer):
    """A page of handovers; `next` is the `after` of the next page, absent on the last one."""

    handovers: tuple[HandoverAnswer, ...]
    next: str | None = None


class HandoverStatus(StrEnum):
    """What a handover is. `not_governed` says that the policies do not speak of it, never that it was allowed."""

    IN_ORDER = 'in_order'
    BREACH = 'breach'
    TO_BE_REGULARISED = 'to_be_regularised'
    NOT_GOVERNED = 'not_governed'


class HealthAnswer(Answer):
    """The process is alive."""

    status: Literal['alive']


class IfInForce(Answer):
    """What a policy that is only proposed would require."""

    outcome: Outcome
    rules: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    duties: tuple[Duty, ...] = ()


class InForceAnswer(Answer):
    """What is in force by the ledger, and how it came to be."""

    revision: str
    approval: Approval
    since: dt.datetime
    floor: str
    approvers: str
    confirm_until: dt.datetime | None


class IssuedClearance(Answer):
    """A clearance as it is answered to whoever asks for it to be issued."""

    clearance_id: str
    decision_id: str
    request_id: str
    department: str | None = None
    state: ClearanceState
    used_by: str | None = None
    """The handover that used it up"""
    lines: tuple[str, ...]
    issued_at: dt.datetime
    issued_by: str
    valid_from: dt.date
    valid_until: dt.date
    note: str
    """The clearance itself, signed, to be printed or kept; of a dry run, unsigned"""
    already_issued: bool


class ItemHistoryAnswer(Answer):
    """An item with its list, how it stands, and the events it has come through."""

    item_no: str
    list_id: str
    place: int
    description: str
    kind: str
    """What it is, in a word of the directive"""
    quantity: str | None = None
    """A decimal number, as text so that no digit is lost"""
    unit: str | None = None
    provided_on: dt.date | None = None
    provided_to: str | None = None
    remarks: str | None = None
    sequence: int
    list: RegisterListAnswer
    confirmation: Confirmation
    sent_on: dt.date | None = None
    answered_on: dt.date | None = None
    delivered_on: dt.date | None = None
    transferred_on: dt.date | None = None
    submitted_on: dt.date | None = None
    events: tuple[EventAnswer, ...]


class KeyState(StrEnum):
    """How far the issuer's keys are trusted: as read, as last read before a failure, or no more."""

    CURRENT = 'current'
    LAST_GOOD_TRUSTED = 'last_good_trusted'
    EXPIRED = 'expired'


class KeyTrust(Answer):
    """The trust in the issuer's keys: how long ago they were read, and for how long they are trusted from now."""

    state: KeyState
    age_seconds: int
    trusted_seconds: int


class KeysAnswer(Answer):
    """The keys in the file, in their order."""

    keys: tuple[ListedKey, ...]


class LineDecision(Answer):
    """The answer for one item line.

    `say_in` is the sentence in the languages of the mission's countries, by their tags, where there is a translation;
    `say_in_draft` are those of them of which nobody has yet read the translation against the English sentence.
    `valid_until` is its last day where a date among the facts sets one.
    """

    line: int | str
    outcome: Outcome
    handover_as_asked: Permission
    rules: tuple[str, ...] = ()
    clauses: tuple[str, ...]
    readings: tuple[str, ...] = ()
    duties: tuple[Duty, ...] = ()
    missing: tuple[Missing, ...] = ()
    why_not: tuple[WhyNot, ...] = ()
    claimed_not_confirmed: tuple[str, ...] = ()
    if_in_force: IfInForce | None = None
    valid_until: dt.date | None = None
    say: str
    say_in: Mapping[str, str] = {}
    say_in_draft: tuple[str, ...] = ()


class LineExplanation(Answer):
    """The explanation of the answer for one line; for each other outcome, the smallest changes that lead to it."""

    line: int | str
    outcome: Outcome
    note: str | None = None
    countries: tuple[ConsideredCountry, ...]
    changes: tuple[Change, ...] = ()
    search: ChangeSearch


class ListCount(Answer):
    """A list and how many items of it were counted."""

    list_id: str
    items: int


class ListPage(Answer):
    """A list with a page of its items; `next` is the `after` of the next page, absent on the last one."""

    list: RegisterListAnswer
    items: tuple[RegisterItemAnswer, ...]
    next: str | None = None


class ListedKey(Answer):
    """A key as the file has it: its holder, the beginning of its hash, and its end, null for none."""

    name: str
    role: str
    department: str | None
    fingerprint: str
    expires_at: dt.datetime | None


class ListsAnswer(Answer):
    """Every list."""

    lists: tuple[RegisterListAnswer, ...]


class LogEntryAnswer(Answer, extra='allow'):
    """An entry: its place, then the members and payloads of its kind, then its bytes, which the proofs are about."""

    sequence: int
    kind: EntryKind
    key: str
    at: dt.datetime
    bytes: str
    """In Base64"""


class LogPage(Answer):
    """A page of the log; `next` is the `after` of the next page, absent where there is none."""

    entries: tuple[LogEntryAnswer, ...]
    next: int | None = None


class LogState(Answer):
    """Whether the decision log can be written."""

    state: Literal['writable']


class LooseningCause(StrEnum):
    """Why a proposal may loosen something."""

    MORE_PERMISSIVE = 'more_permissive'
    LESS_GUARDED = 'less_guarded'
    NOT_PROVED = 'not_proved'
    INVARIANT_REMOVED = 'invariant_removed'
    INVARIANT_CHANGED = 'invariant_changed'
    PROHIBITION_REMOVED = 'prohibition_removed'
    DUTY_REMOVED = 'duty_removed'
    NOT_COMPUTED = 'not_computed'


class LooseningEvidence(Answer):
    """Whether the proposal may loosen something; what could not be computed counts as if it did."""

    may_loosen: bool
    reasons: tuple[LooseningReason, ...] | None = None


class LooseningReason(Answer):
    """One reason, in words."""

    cause: LooseningCause
    what: str


class Missing(Answer):
    """An unknown fact that could change the answer.

    `state` tells a fact that was not stated from one that was asked and is not known; a parameter that the policy
    officer has not found is `not_found`. `would_lead_to` gives the outcome of the line for each possible answer,
    `answers` what an answer means where it is a code. Where no answer changes the outcome by itself, `together_with`
    names the facts that have to be answered as well; where it is empty, all answers may still lead to the same
    outcome, and one of them has to be given. In a line the next question to ask comes first.
    """

    fact: str
    ask: str
    answered_by: str
    would_lead_to: Mapping[str, Outcome]
    state: Literal['not_stated', 'asked_not_known', 'not_found']
    together_with: tuple[str, ...] = ()
    answers: Mapping[str, str] = {}


class MutantEvidence(Answer):
    """How many small changes there are, how many were tried, and how many of those a scenario noticed.

    Tried changes that are neither caught nor listed are refused by the check or change no answer. `cut_short`: the
    time limit passed before all were tried, so that survivors may be missing.
    """

    made: int
    tried: int
    caught: int
    not_decided: int
    survivors: tuple[SurvivingMutant, ...] | None = None
    cut_short: bool | None = None


class NamedChanges(Answer):
    """The names of what is new, of what is gone, and of what is put otherwise."""

    added: tuple[str, ...] | None = None
    removed: tuple[str, ...] | None = None
    changed: tuple[str, ...] | None = None


class NamedCountry(Answer):
    """A country of the mission, with the name it goes by."""

    code: str
    name: str


class NamedPolicy(Answer):
    """A policy of the set; one without a country is for all."""

    name: str
    title: str
    country: str | None
    countries: tuple[str, ...] | None = None
    """Of a group, its countries on that day"""
    all_others_but: tuple[str, ...] | None = None
    """Of all other countries, those on that day that it is not for"""


class NextAction(StrEnum):
    """What a caller does about a denial in spite of an approval that it named."""

    REQUEST = 'request'
    RETRY = 'retry'
    NONE = 'none'


class OfficerAnswer(Answer):
    """An officer, and whether what the officer approves counts."""

    officer: str
    decides: bool
    has_left: bool


class OfficersAnswer(Answer):
    """The officers who may approve, how many have to, and what is in force.

    `too_few` says why nothing could be approved any more. `restored` is set while a restored ledger waits.
    """

    needed: int
    officers: tuple[OfficerAnswer, ...]
    too_few: str | None
    in_force: InForceAnswer
    restored: RestoredAnswer | None


class OldWord(Answer):
    """What the policies in force have no word for, and at how many places of cases and registers it is recorded."""

    what: str
    places: int


class OpenCaseLink(Answer):
    """The call that opens the case; its body is `{"decision_id": ...}` with the decision named here."""

    method: Literal['POST']
    href: str
    from_decision: str


class OpenDuty(Answer):
    """A duty that is not done; `due` is its last day, where the case has a deadline that binds it."""

    line: int | str
    who: str
    must: str
    clause: str
    before: str | None = None
    within: str | None = None
    evidence: str | None = None
    done_by: str | None = None
    due: dt.date | None = None


class Outcome(StrEnum):
    """The closed set of answers, from the least to the most strict; the strictest of several wins."""

    DELIVER = 'deliver'
    NOT_GOVERNED = 'not_governed'
    REGULARISE = 'regularise'
    ROUTE_BILATERAL = 'route_bilateral'
    ESCALATE_URGENT = 'escalate_urgent'
    HOLD = 'hold'
    NEEDS_INFORMATION = 'needs_information'
    REFER = 'refer'
    REFUSE = 'refuse'


class PageAnswer(Answer):
    """Where the results go on: an empty token says that there are no more."""

    next_token: str
    count: int


class ParameterAnswer(Answer):
    """A value of a parameter with its provenance and its days, the last one included; null where none was found."""

    value: bool | int | str | None
    status: str
    source: str
    from_: dt.date | None = Field(alias='from')
    until: dt.date | None


class PartAnswer(Answer):
    """A figure that is counted into another one."""

    figure: str
    found: int


class PendingProject(Answer):
    """A line of a case that both sides agreed to include."""

    case_id: str
    line: int | str
    project_no: str | None


class Permission(StrEnum):
    """Whether the handover may take place as it was asked for."""

    YES = 'yes'
    NO = 'no'
    NOT_DECIDED = 'not_decided'


class PolicyAnswer(Answer):
    """One policy with its scope, rules and parameters as they stand on a day."""

    name: str
    title: str
    country: str | None
    countries: tuple[str, ...] | None = None
    """Of a group, its countries on that day"""
    all_others_but: tuple[str, ...] | None = None
    """Of all other countries, those on that day that it is not for"""
    file: str
    revision: str
    status: Literal['proposed', 'in_force']
    as_of: dt.date
    scope: tuple[ScopeAnswer, ...]
    rules: tuple[RuleAnswer, ...]
    parameters: Mapping[str, tuple[ParameterAnswer, ...]]


class PolicyFault(Answer):
    """A fault of the policy folder, with its place and its remedy."""

    file: str
    line: int
    column: int
    code: str
    message: str
    remedy: str | None


class PolicySetAnswer(Answer):
    """The active set."""

    name: str
    title: str
    revision: str
    """The hash of the set's content; the ETag is this and the day"""
    status: Literal['proposed', 'in_force']
    in_force_from: dt.date | None
    time_zone: str
    """The IANA time zone whose day is meant wherever a call states none"""
    source: Mapping[str, str]
    files: tuple[str, ...]
    policies: tuple[NamedPolicy, ...]
    clauses: tuple[ClauseAnswer, ...]
    readings: tuple[ReadingAnswer, ...]


class PolicyStamp(Answer):
    """The policy set a decision was taken under; `revision` is the hash of its content.

    `approval` says how the revision came into force, and `note` what has to be known of that; answers of before the
    fourth edition say neither.
    """

    name: str
    revision: str
    status: Literal['proposed', 'in_force']
    approval: Approval | None = None
    note: str | None = None


class Problem(Answer):
    """A call that could not be answered (RFC 9457). It is never a decision."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str | None = None
    errors: tuple[FieldError, ...] | None = None


class ProofEvidence(Answer):
    """What was proved over all requests: of the set, of the floor, and of what the base guarantees of itself."""

    result: StepResult
    obligations: int | None = None
    unproved: tuple[UnprovedObligation, ...] | None = None


class ProposalAnswer(Answer):
    """A proposal as it stands. `lacking` says what it takes to come into force, `needs_deciding` why more."""

    proposal_id: str
    subject: ProposalSubject
    content: str
    base: str
    wish: str
    author: str
    proposed_at: dt.datetime
    holds_from: dt.date | None
    state: ProposalState
    evidence: EvidenceSummary | None
    approvals: tuple[ApprovalAnswer, ...]
    needs_deciding: tuple[str, ...]
    lacking: tuple[str, ...]
    entry: int
    active_since: dt.datetime | None = None
    ended: ProposalEnd | None = None
    evidence_under_way: EvidenceUnderWay | None = None


class ProposalEnd(Answer):
    """Who ended a proposal, and why."""

    officer: str
    at: dt.datetime
    reason: str | None = None


class ProposalEvidence(Answer):
    """Everything computed of a proposal.

    `base` and `proposed` are revisions, `floor` is the SHA-256 of the floor's file. `engine` is the fingerprint of
    the program that computed it.
    """

    base: str
    proposed: str
    floor: str
    engine: str
    answer_edition: int
    check: CheckEvidence
    proof: ProofEvidence
    scenarios: ScenarioEvidence
    comparison: ComparisonEvidence
    replay: ReplayEvidence | None = None
    clauses: NamedChanges | None = None
    readings: NamedChanges | None = None
    invariants: NamedChanges | None = None
    translations: tuple[TranslationEvidence, ...] | None = None
    loosens: LooseningEvidence


class ProposalState(StrEnum):
    """How far a proposal has come; the last four are ends."""

    DRAFTED = 'drafted'
    CHECKED = 'checked'
    PROVED = 'proved'
    TESTED = 'tested'
    COMPARED = 'compared'
    APPROVED = 'approved'
    ACTIVE = 'active'
    SUPERSEDED = 'superseded'
    WITHDRAWN = 'withdrawn'
    REJECTED = 'rejected'


class ProposalSubject(StrEnum):
    """What a proposal changes: the policies, or what they are held to and by whom."""

    POLICIES = 'policies'
    FLOOR = 'floor'
    APPROVERS = 'approvers'


class ProposalsAnswer(Answer):
    """A page of proposals, the newest first; `next` is the last of them where there are more behind it."""

    proposals: tuple[ProposalAnswer, ...]
    next: str | None


class QuestionFault(Answer):
    """Why a question of a list was not decided; the status is that of the problem it would be by itself."""

    status: int
    message: str
    errors: tuple[Mapping[str, Any], ...] | None = None


class QuestionWords(Answer):
    """A question of an answer, and what its answers mean where they are codes."""

    ask: str
    answers: Mapping[str, str] | None = None


class QueueAnswer(Answer):
    """A page of the queue; `next` is the `after` of the next page, absent on the last one."""

    urgent_without_case: tuple[UrgentPreCheck, ...] | None = None
    cases: tuple[QueuedCase, ...]
    next: str | None = None


class QueuedCase(Answer):
    """A case as it stands in the queue."""

    case_id: str
    request_id: str
    department: str
    opened_at: dt.datetime
    version: int
    deadline: dt.date | None = None
    waiting_for: tuple[str, ...]
    about: About
    outcome: Outcome
    duties: tuple[OpenDuty, ...]


class ReadinessAnswer(Answer):
    """The service can decide; while it is `holding`, something of the policies is too old, and it permits nothing.

    `issuer_keys` is null where no tokens are taken.
    `in_old_words` is what was recorded, when the policies came into force, in words that they do not have.
    """

    status: Literal['ready', 'holding']
    policies: ActivePolicies
    decision_log: LogState
    counters: Mapping[str, int]
    issuer_keys: KeyTrust | None
    in_old_words: tuple[OldWord, ...]


class ReadingAnswer(Answer):
    """A question that the text leaves open, and the reading taken."""

    reading: str
    clauses: tuple[str, ...]
    question: str
    taken: str | None
    status: str


class ReconciliationAnswer(Answer):
    """What does not agree on a day; what lies before the instruction and what is still valid are no findings."""

    as_of: dt.date
    findings: int
    breaches: tuple[FoundHandover, ...]
    without_pre_check: tuple[FoundHandover, ...]
    expired_unused: tuple[FoundClearance, ...]
    overdue: tuple[DueAnswer, ...]
    before_instruction: tuple[FoundHandover, ...]
    valid_unused: tuple[FoundClearance, ...]


class RecordedAnswer(Answer):
    """A statement was recorded, at this place of the log; what is in force after it."""

    entry: int
    in_force: InForceAnswer


class RegisterItemAnswer(Answer):
    """An item of a list; what is not known of it is left out."""

    item_no: str
    list_id: str
    place: int
    description: str
    kind: str
    """What it is, in a word of the directive"""
    quantity: str | None = None
    """A decimal number, as text so that no digit is lost"""
    unit: str | None = None
    provided_on: dt.date | None = None
    provided_to: str | None = None
    remarks: str | None = None
    sequence: int


class RegisterListAnswer(Answer):
    """A list with its provenance and the number of its items; what is not known of it is left out."""

    list_id: str
    title: str
    country: str
    legacy_list: str
    """The word by which the directive sorts lists"""
    source: str
    batch: str
    transfer_procedure: TransferProcedure
    put_to_session: int | None = None
    items: int
    recorded_at: dt.datetime | None = None
    recorded_by: str | None = None
    sequence: int


class ReplayEvidence(Answer):
    """Recorded decisions, taken again under both sets: how many, and how many of them are answered otherwise.

    `shown` names the first of their lines. Failed: a decision could not be taken again; `because` says why.
    """

    result: StepResult
    decided: int | None = None
    changed: int | None = None
    shown: tuple[ReplayedDecision, ...] | None = None
    because: str | None = None


class ReplayedDecision(Answer):
    """A line of a recorded decision that is answered otherwise; the outcome may be the same, with other content."""

    decision_id: str
    line: int | str
    was: Outcome
    becomes: Outcome


class ReportAnswer(Answer):
    """How what is recorded stands to the figures of the office."""

    reconciles: bool
    figures: tuple[FigureAnswer, ...]
    uncounted_lists: tuple[ListCount, ...]
    alike: tuple[tuple[AlikeItem, ...], ...]


class RestoredAnswer(Answer):
    """The ledger was restored from a backup taken at a time, with so many entries; `mark` is what is confirmed."""

    taken_at: dt.datetime
    entries: int
    mark: str


class RevokedAnswer(Answer):
    """The keys that no longer count."""

    revoked: tuple[ListedKey, ...]


class RotatedAnswer(Answer):
    """The new key, shown this once, and until when the one before it counts."""

    key: str
    stored: ListedKey
    old_ends_at: dt.datetime


class RuleAnswer(Answer):
    """A rule with its place in the file and the rules it gives way to."""

    rule: str
    at: str
    exception_to: tuple[str, ...]
    beaten_by: tuple[str, ...]
    when: str
    outcome: Outcome
    clauses: tuple[str, ...]
    readings: tuple[str, ...]
    duties: tuple[RuleDuty, ...]
    say: str
    say_when: tuple[RuleSentence, ...]


class RuleDuty(Answer):
    """Who must do what where the rule decides, by which clause."""

    who: str
    must: str
    clause: str
    before: str | None = None
    within: str | None = None
    evidence: str | None = None
    done_by: str | None = None
    when: str | None = None
    """The condition under which it is there"""


class RuleSentence(Answer):
    """A sentence that the rule says in the place of the plain one where a condition holds."""

    when: str
    say: str


class ScenarioEvidence(Answer):
    """The scenarios of the base, run against the proposed set; `because` says why they could not be run."""

    result: StepResult
    expected: int | None = None
    passed: int | None = None
    failed: tuple[FailedScenario, ...] | None = None
    because: str | None = None
    mutants: MutantEvidence | None = None


class ScopeAnswer(Answer):
    """A condition under which the policy speaks at all."""

    scope: str
    when: str
    clauses: tuple[str, ...]
    readings: tuple[str, ...]


class SessionAnswer(Answer):
    """A session: what it was asked, what its resolutions include, and what they do not."""

    session: int
    country: str
    opened: EventAnswer | None
    closed: EventAnswer | None
    resolutions: tuple[EventAnswer, ...]
    asked: tuple[SessionItems, ...]
    included: tuple[SessionItems, ...]
    included_projects: tuple[str, ...]
    not_included: tuple[SessionItems, ...]
    owed_projects: tuple[PendingProject, ...]


class SessionItems(Answer):
    """Items of a list that a session has to do with; they are named where they are few."""

    list_id: str
    items: int
    item_nos: tuple[str, ...] | None = None


class ShownEvidence(StrEnum):
    """What an officer was shown: the newest evidence, one from before it, one computed elsewhere, or none."""

    NEWEST = 'newest'
    EARLIER = 'earlier'
    ELSEWHERE = 'elsewhere'
    NONE = 'none'


class StepResult(StrEnum):
    """What became of a step; only `passed` speaks for the proposal.

    `no_scenarios`: there are none to run. `not_run`: an earlier step failed, or the step could not be begun.
    """

    PASSED = 'passed'
    FAILED = 'failed'
    NOT_RUN = 'not_run'
    NO_SCENARIOS = 'no_scenarios'


class SuggestedScenario(Answer):
    """A scenario that was run and notices a small change: its title and text, to stand after a line of a file."""

    path: str
    line: int
    title: str
    text: str


class SurvivingMutant(Answer):
    """A small change of the proposed files that no scenario notices, and one that would, if it was found."""

    place: str
    subject: str
    change: str
    proposal: SuggestedScenario | None = None


class TaskHandle(Answer):
    """A request: the id is that of its case."""

    id: str
    status: TaskStatus
    status_endpoint: str
    progress: TaskProgress | None = None


class TaskProgress(Answer):
    """For which parties it waits."""

    awaiting: tuple[str, ...]


class TaskResult(Answer):
    """What to do with an approval: ask again."""

    mode: str
    approval: ApprovalReference


class TaskStatus(StrEnum):
    """How a request stands."""

    PENDING = 'pending'
    APPROVED = 'approved'
    DENIED = 'denied'


class TransferAcknowledgement(Answer):
    """A transfer procedure as it is answered when it was recorded."""

    handover_id: str
    recorded_on: dt.date
    reference: str | None
    """Null once it was erased"""
    recorded_at: dt.datetime
    recorded_by: str
    notes: tuple[str, ...] | None = None


class TransferAnswer(Answer):
    """A recorded transfer procedure."""

    recorded_on: dt.date
    reference: str | None
    """Null once it was erased"""
    recorded_at: dt.datetime
    recorded_by: str


class TransferProcedure(StrEnum):
    """Whether transfer procedures are recorded for a list; `none` where there was nothing to transfer."""

    RECORDED = 'recorded'
    NOT_RECORDED = 'not_recorded'
    NONE = 'none'


class TranslationEvidence(Answer):
    """The translations of the proposed set into one language: texts that have none, stale ones, and drafts."""

    language: str
    missing: int
    stale: int
    drafts: int


class UnprovedObligation(Answer):
    """Something that is not proved, why, and the smallest request that shows it, if there is one."""

    name: str
    because: str | None = None
    request: Mapping[str, Any] | None = None


class UpcomingAnswer(Answer):
    """What changes without anybody doing anything, from one day to another, both included."""

    revision: str
    from_: dt.date = Field(alias='from')
    until: dt.date
    record_kinds: tuple[DatedRecordKind, ...]
    """The kinds of dated records that are listed: those that the caller may read"""
    own_dates: tuple[str, ...]
    """Facts by whose date an answer changes on a day of its own, which no list of days shows"""
    days: tuple[UpcomingDay, ...]


class UpcomingAnswerChange(Answer):
    """Requests whose outcome stays while the answer differs in content, by the rule or answer it comes from."""

    about: str
    countries: tuple[str, ...]
    members: tuple[str, ...]


class UpcomingClass(Answer):
    """Requests that are answered with another outcome on the day than on the day before, all in the same way."""

    sentence: str
    countries: tuple[str, ...]
    policies: tuple[str, ...]
    was: Outcome
    becomes: Outcome
    direction: str
    rules_before: tuple[str, ...]
    rules_after: tuple[str, ...]
    always: tuple[str, ...]
    because_of: tuple[str, ...]
    example: Mapping[str, Any]
    """The smallest such request, as put on the day"""


class UpcomingDay(Answer):
    """A day: what begins, ends or changes on it, and which requests are answered otherwise than on the day before."""

    day: dt.date
    changes: tuple[DatedChangeAnswer, ...]
    records: tuple[DatedRecordAnswer, ...]
    classes: tuple[UpcomingClass, ...] | None
    """Null where they are not known, or not yet"""
    answers: tuple[UpcomingAnswerChange, ...] | None
    """Null where they are not known, or not yet"""
    complete: bool
    """Whether it is proved that no other request changes its outcome"""
    because: str | None = None
    """Why classes are not known, or may not be all"""


class UrgentPreCheck(Answer):
    """The newest pre-check of a request that is urgent and about which no case has been opened."""

    decision_id: str
    request_id: str
    department: str
    evaluated_at: dt.datetime
    deadline: dt.date | None = None
    waiting_for: tuple[str, ...]
    about: About | None = None
    links: AnswerLinks | None = None


class VocabularyAnswer(Answer):
    """The words of the active set."""

    revision: str
    asking_party: str
    """The party that asks, and answers what belongs to nobody else"""
    parties: Mapping[str, str]
    groups: Mapping[str, str]
    """What groups of facts are about"""
    facts: tuple[DeclaredFactAnswer, ...]


class WhyNot(Answer):
    """A rule that did not decide: its condition that failed, and what was found instead."""

    rule: str
    condition: str
    found: str


class WithdrawalAcknowledgement(Answer):
    """A withdrawal as it is answered when it was recorded."""

    reason: str | None
    """Null once it was erased"""
    recorded_at: dt.datetime
    recorded_by: str
    handover_id: str
    notes: tuple[str, ...] | None = None


class WithdrawalAnswer(Answer):
    """Why a handover does not count: it never took place."""

    reason: str | None
    """Null once it was erased"""
    recorded_at: dt.datetime
    recorded_by: str
