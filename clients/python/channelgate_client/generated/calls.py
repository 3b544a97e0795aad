"""The calls of the service, in a class that waits.

Made by `python -m channelgate_client.generator` from the OpenAPI document; do not edit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Literal

from channelgate_client.generated import models, statements
from channelgate_client.generated.statements import JsonObject
from channelgate_client.operations import Caller, Operation


_PRE_CHECK: Operation[models.AnsweredDecision | models.ExplainedDecision] = Operation('pre_check', 'POST', '/v1/pre-check', {200: models.AnsweredDecision | models.ExplainedDecision})
_PRE_CHECKS: Operation[tuple[models.AnsweredDecision | models.Problem, ...]] = Operation('pre_checks', 'POST', '/v1/pre-checks', {200: tuple[models.AnsweredDecision | models.Problem, ...]})
_READ_DECISION: Operation[models.AnsweredDecision] = Operation('read_decision', 'GET', '/v1/decisions/{decision_id}', {200: models.AnsweredDecision})
_READ_DECISION_PROOF: Operation[models.DecisionProof] = Operation('read_decision_proof', 'GET', '/v1/decisions/{decision_id}/proof', {200: models.DecisionProof})
_POST_CASE: Operation[models.CaseAcknowledgement | models.DryRunOfCaseAcknowledgement] = Operation('post_case', 'POST', '/v1/cases', {200: models.DryRunOfCaseAcknowledgement, 201: models.CaseAcknowledgement})
_READ_CASES: Operation[models.QueueAnswer] = Operation('read_cases', 'GET', '/v1/cases', {200: models.QueueAnswer})
_READ_CASE: Operation[models.CaseAnswer] = Operation('read_case', 'GET', '/v1/cases/{case_id}', {200: models.CaseAnswer})
_POST_FACTS: Operation[models.CaseAcknowledgement | models.DryRunOfCaseAcknowledgement] = Operation('post_facts', 'POST', '/v1/cases/{case_id}/facts', {200: models.DryRunOfCaseAcknowledgement, 201: models.CaseAcknowledgement})
_POST_CLEARANCE: Operation[models.IssuedClearance | models.DryRunOfIssuedClearance] = Operation('post_clearance', 'POST', '/v1/clearances', {200: models.IssuedClearance | models.DryRunOfIssuedClearance, 201: models.IssuedClearance})
_READ_CLEARANCE: Operation[models.ClearanceAnswer] = Operation('read_clearance', 'GET', '/v1/clearances/{clearance_id}', {200: models.ClearanceAnswer})
_POST_HANDOVER: Operation[models.HandoverAnswer | models.DryRunOfHandoverAnswer] = Operation('post_handover', 'POST', '/v1/handovers', {200: models.DryRunOfHandoverAnswer, 201: models.HandoverAnswer})
_READ_HANDOVERS: Operation[models.HandoverPage] = Operation('read_handovers', 'GET', '/v1/handovers', {200: models.HandoverPage})
_READ_HANDOVER: Operation[models.HandoverAnswer] = Operation('read_handover', 'GET', '/v1/handovers/{handover_id}', {200: models.HandoverAnswer})
_POST_TRANSFER: Operation[models.TransferAcknowledgement | models.DryRunOfTransferAcknowledgement] = Operation('post_transfer', 'POST', '/v1/handovers/{handover_id}/transfer', {200: models.DryRunOfTransferAcknowledgement, 201: models.TransferAcknowledgement})
_POST_HANDOVER_WITHDRAWAL: Operation[models.WithdrawalAcknowledgement | models.DryRunOfWithdrawalAcknowledgement] = Operation('post_handover_withdrawal', 'POST', '/v1/handovers/{handover_id}/withdrawal', {200: models.DryRunOfWithdrawalAcknowledgement, 201: models.WithdrawalAcknowledgement})
_READ_RECONCILE: Operation[models.ReconciliationAnswer] = Operation('read_reconcile', 'GET', '/v1/reconcile', {200: models.ReconciliationAnswer})
_READ_POLICIES: Operation[models.PolicySetAnswer] = Operation('read_policies', 'GET', '/v1/policies', {200: models.PolicySetAnswer})
_READ_VOCABULARY: Operation[models.VocabularyAnswer] = Operation('read_vocabulary', 'GET', '/v1/vocabulary', {200: models.VocabularyAnswer})
_READ_UPCOMING: Operation[models.UpcomingAnswer] = Operation('read_upcoming', 'GET', '/v1/policies/upcoming', {200: models.UpcomingAnswer})
_READ_POLICY: Operation[models.PolicyAnswer] = Operation('read_policy', 'GET', '/v1/policies/{name}', {200: models.PolicyAnswer})
_READ_REGISTER_LISTS: Operation[models.ListsAnswer] = Operation('read_register_lists', 'GET', '/v1/registers', {200: models.ListsAnswer})
_READ_REGISTER_REPORT: Operation[models.ReportAnswer] = Operation('read_register_report', 'GET', '/v1/registers/report', {200: models.ReportAnswer})
_READ_REGISTER_LIST: Operation[models.ListPage] = Operation('read_register_list', 'GET', '/v1/registers/lists/{list_id}', {200: models.ListPage})
_READ_REGISTER_ITEM: Operation[models.ItemHistoryAnswer] = Operation('read_register_item', 'GET', '/v1/registers/items/{item_no}', {200: models.ItemHistoryAnswer})
_POST_REGISTER_EVENT: Operation[models.EventAcknowledgement | models.DryRunOfEventAcknowledgement] = Operation('post_register_event', 'POST', '/v1/registers/events', {200: models.DryRunOfEventAcknowledgement, 201: models.EventAcknowledgement})
_READ_REGISTER_EVENTS: Operation[models.EventsAnswer] = Operation('read_register_events', 'GET', '/v1/registers/events', {200: models.EventsAnswer})
_READ_SESSION: Operation[models.SessionAnswer] = Operation('read_session', 'GET', '/v1/registers/sessions/{number}', {200: models.SessionAnswer})
_READ_CONFIRMATION_LIST: Operation[str] = Operation('read_confirmation_list', 'GET', '/v1/registers/pages/confirmation-list', {200: str})
_READ_AGENDA: Operation[str] = Operation('read_agenda', 'GET', '/v1/registers/pages/agenda', {200: str})
_READ_MEMORANDUM: Operation[str] = Operation('read_memorandum', 'GET', '/v1/registers/pages/memorandum', {200: str})
_READ_DUE: Operation[models.DuesAnswer] = Operation('read_due', 'GET', '/v1/due', {200: models.DuesAnswer})
_READ_CHECKPOINT: Operation[str] = Operation('read_checkpoint', 'GET', '/v1/log/checkpoint', {200: str})
_READ_LOG_ENTRIES: Operation[models.LogPage] = Operation('read_log_entries', 'GET', '/v1/log/entries', {200: models.LogPage})
_READ_TILE: Operation[str] = Operation('read_tile', 'GET', '/v1/log/tile/{tile}', {200: str})
_READ_ENTRY: Operation[str] = Operation('read_entry', 'GET', '/v1/log/entry/{sequence}', {200: str})
_READ_KEYS: Operation[models.KeysAnswer] = Operation('read_keys', 'GET', '/v1/keys', {200: models.KeysAnswer})
_POST_KEY_ROTATION: Operation[models.RotatedAnswer] = Operation('post_key_rotation', 'POST', '/v1/keys/rotation', {201: models.RotatedAnswer})
_POST_KEY_REVOCATION: Operation[models.RevokedAnswer] = Operation('post_key_revocation', 'POST', '/v1/keys/{name}/revocation', {200: models.RevokedAnswer})
_READ_PROPOSALS: Operation[models.ProposalsAnswer] = Operation('read_proposals', 'GET', '/v1/proposals', {200: models.ProposalsAnswer})
_POST_PROPOSAL: Operation[models.ProposalAnswer | models.DryRunOfProposalAnswer] = Operation('post_proposal', 'POST', '/v1/proposals', {200: models.DryRunOfProposalAnswer, 201: models.ProposalAnswer})
_READ_PROPOSAL: Operation[models.ProposalAnswer] = Operation('read_proposal', 'GET', '/v1/proposals/{proposal_id}', {200: models.ProposalAnswer})
_READ_EVIDENCE: Operation[models.ProposalEvidence] = Operation('read_evidence', 'GET', '/v1/proposals/{proposal_id}/evidence', {200: models.ProposalEvidence})
_POST_EVIDENCE: Operation[models.ProposalAnswer] = Operation('post_evidence', 'POST', '/v1/proposals/{proposal_id}/evidence', {202: models.ProposalAnswer})
_READ_APPROVERS: Operation[models.OfficersAnswer] = Operation('read_approvers', 'GET', '/v1/approvers', {200: models.OfficersAnswer})
_POST_APPROVAL: Operation[models.ProposalAnswer | models.DryRunOfProposalAnswer] = Operation('post_approval', 'POST', '/v1/proposals/{proposal_id}/approvals', {200: models.DryRunOfProposalAnswer, 201: models.ProposalAnswer})
_POST_APPROVAL_WITHDRAWAL: Operation[models.ProposalAnswer | models.DryRunOfProposalAnswer] = Operation('post_approval_withdrawal', 'POST', '/v1/proposals/{proposal_id}/approvals/withdrawal', {200: models.DryRunOfProposalAnswer, 201: models.ProposalAnswer})
_POST_REJECTION: Operation[models.ProposalAnswer | models.DryRunOfProposalAnswer] = Operation('post_rejection', 'POST', '/v1/proposals/{proposal_id}/rejection', {200: models.DryRunOfProposalAnswer, 201: models.ProposalAnswer})
_POST_PROPOSAL_WITHDRAWAL: Operation[models.ProposalAnswer | models.DryRunOfProposalAnswer] = Operation('post_proposal_withdrawal', 'POST', '/v1/proposals/{proposal_id}/withdrawal', {200: models.DryRunOfProposalAnswer, 201: models.ProposalAnswer})
_POST_ACTIVATION: Operation[models.ProposalAnswer | models.DryRunOfProposalAnswer] = Operation('post_activation', 'POST', '/v1/proposals/{proposal_id}/activation', {200: models.DryRunOfProposalAnswer, 201: models.ProposalAnswer})
_POST_RETURN: Operation[models.RecordedAnswer | models.DryRunOfRecordedAnswer] = Operation('post_return', 'POST', '/v1/policies/return', {200: models.DryRunOfRecordedAnswer, 201: models.RecordedAnswer})
_POST_CONFIRMATION: Operation[models.RecordedAnswer | models.DryRunOfRecordedAnswer] = Operation('post_confirmation', 'POST', '/v1/policies/confirmation', {200: models.DryRunOfRecordedAnswer, 201: models.RecordedAnswer})
_POST_REVOCATION: Operation[models.RecordedAnswer | models.DryRunOfRecordedAnswer] = Operation('post_revocation', 'POST', '/v1/approvers/{officer}/revocation', {200: models.DryRunOfRecordedAnswer, 201: models.RecordedAnswer})
_EVALUATION: Operation[models.EvaluationAnswer] = Operation('evaluation', 'POST', '/access/v1/evaluation', {200: models.EvaluationAnswer})
_EVALUATIONS: Operation[models.EvaluationsAnswer | models.EvaluationAnswer] = Operation('evaluations', 'POST', '/access/v1/evaluations', {200: models.EvaluationsAnswer | models.EvaluationAnswer})
_FIND_SUBJECTS: Operation[models.EntitySearchAnswer] = Operation('find_subjects', 'POST', '/access/v1/search/subject', {200: models.EntitySearchAnswer})
_FIND_RESOURCES: Operation[models.EntitySearchAnswer] = Operation('find_resources', 'POST', '/access/v1/search/resource', {200: models.EntitySearchAnswer})
_FIND_ACTIONS: Operation[models.ActionSearchAnswer] = Operation('find_actions', 'POST', '/access/v1/search/action', {200: models.ActionSearchAnswer})
_POST_REQUEST: Operation[models.AccessRequestAnswer] = Operation('post_request', 'POST', '/access/v1/requests', {202: models.AccessRequestAnswer})
_READ_REQUEST: Operation[models.AccessRequestAnswer] = Operation('read_request', 'GET', '/access/v1/requests/{case_id}', {200: models.AccessRequestAnswer})
_READ_HEALTH: Operation[models.HealthAnswer] = Operation('read_health', 'GET', '/healthz', {200: models.HealthAnswer})
_READ_READINESS: Operation[models.ReadinessAnswer] = Operation('read_readiness', 'GET', '/readyz', {200: models.ReadinessAnswer})
_DISCOVER: Operation[models.DecisionPointMetadata] = Operation('discover', 'GET', '/.well-known/authzen-configuration', {200: models.DecisionPointMetadata})


class Calls(Caller):
    """A method for each call of the service."""

    def pre_check(self, body: JsonObject | bytes, *, explain: Literal['full'] | None = None, accept_language: str | None = None) -> models.AnsweredDecision | models.ExplainedDecision:
        """Decide one request.

        Answer once the decision is recorded.
        """
        return self._call(_PRE_CHECK, query={'explain': explain}, header={'Accept-Language': accept_language}, body=body)

    def pre_checks(self, body: Sequence[JsonObject | Any] | bytes, *, accept_language: str | None = None) -> tuple[models.AnsweredDecision | models.Problem, ...]:
        """Decide a list of requests.

        Answer once every decision of the list is recorded; a malformed entry does not stop the others.
        """
        return self._call(_PRE_CHECKS, header={'Accept-Language': accept_language}, body=body)

    def read_decision(self, decision_id: str, *, accept_language: str | None = None) -> models.AnsweredDecision:
        """Read a decision again.

        Return the answer. For a department, a decision about another one is not there.
        """
        return self._call(_READ_DECISION, path={'decision_id': decision_id}, header={'Accept-Language': accept_language})

    def read_decision_proof(self, decision_id: str) -> models.DecisionProof:
        """Prove that a decision is recorded.

        Return the proof. For a department, a decision about another one is not there.
        """
        return self._call(_READ_DECISION_PROOF, path={'decision_id': decision_id})

    def post_case(self, body: JsonObject | statements.CaseStatement | bytes, *, idempotency_key: str | None = None, dry_run: bool = False) -> models.CaseAcknowledgement | models.DryRunOfCaseAcknowledgement:
        """Open a case.

        Open a case with the facts of a request, or of that of a decision, which happened on its `as_of`, or today.
        """
        return self._call(_POST_CASE, header={'Idempotency-Key': idempotency_key}, query={'dry_run': dry_run}, body=body)

    def read_cases(self, *, held_on: dt.date | str | None = None, known_at: dt.datetime | str | None = None, waiting_for: str | None = None, sort: Literal['deadline'] | None = None, limit: int | None = None, after: str | None = None) -> models.QueueAnswer:
        """Read the queue of cases.

        Return the cases, those that wait for one party alone if asked, the nearest deadline first if asked.
        """
        return self._call(_READ_CASES, query={'held_on': held_on, 'known_at': known_at, 'waiting_for': waiting_for, 'sort': sort, 'limit': limit, 'after': after})

    def read_case(self, case_id: str, *, held_on: dt.date | str | None = None, known_at: dt.datetime | str | None = None) -> models.CaseAnswer:
        """Read a case.

        Return facts, decision, open duties and history: of now, or what held and was known at other times.
        """
        return self._call(_READ_CASE, path={'case_id': case_id}, query={'held_on': held_on, 'known_at': known_at})

    def post_facts(self, case_id: str, body: statements.FactStatements | bytes, *, idempotency_key: str | None = None, dry_run: bool = False, if_match: str) -> models.CaseAcknowledgement | models.DryRunOfCaseAcknowledgement:
        """Record facts of a case.

        Record facts, all or none, if the case still has the version that the caller has seen.
        """
        return self._call(_POST_FACTS, path={'case_id': case_id}, header={'Idempotency-Key': idempotency_key, 'If-Match': if_match}, query={'dry_run': dry_run}, body=body)

    def post_clearance(self, body: statements.ClearanceStatement | bytes, *, idempotency_key: str | None = None, dry_run: bool = False) -> models.IssuedClearance | models.DryRunOfIssuedClearance:
        """Issue the clearance of a decision.

        Issue it for the lines that may be handed over: signed, for one handover, within the days of the decision.
        """
        return self._call(_POST_CLEARANCE, header={'Idempotency-Key': idempotency_key}, query={'dry_run': dry_run}, body=body)

    def read_clearance(self, clearance_id: str) -> models.ClearanceAnswer:
        """Read a clearance.

        Return the clearance with its state. For a department, one of another department is not there.
        """
        return self._call(_READ_CLEARANCE, path={'clearance_id': clearance_id})

    def post_handover(self, body: JsonObject | bytes, *, idempotency_key: str | None = None, dry_run: bool = False) -> models.HandoverAnswer | models.DryRunOfHandoverAnswer:
        """Record a handover.

        Record what was handed over, in order or not, and say which; a clearance is used up by it.
        """
        return self._call(_POST_HANDOVER, header={'Idempotency-Key': idempotency_key}, query={'dry_run': dry_run}, body=body)

    def read_handovers(self, *, status: Literal['breach', 'in_order', 'not_governed', 'to_be_regularised'] | None = None, limit: int | None = None, after: str | None = None) -> models.HandoverPage:
        """Read the handovers.

        Return handovers in the order of their recording, those of one status alone if asked.
        """
        return self._call(_READ_HANDOVERS, query={'status': status, 'limit': limit, 'after': after})

    def read_handover(self, handover_id: str) -> models.HandoverAnswer:
        """Read a handover.

        Return what was recorded and found, and the transfer if there is one.
        """
        return self._call(_READ_HANDOVER, path={'handover_id': handover_id})

    def post_transfer(self, handover_id: str, body: statements.TransferStatement | bytes, *, idempotency_key: str | None = None, dry_run: bool = False) -> models.TransferAcknowledgement | models.DryRunOfTransferAcknowledgement:
        """Record the transfer procedure of a handover.

        Record, once, that the transfer procedure was completed.
        """
        return self._call(_POST_TRANSFER, path={'handover_id': handover_id}, header={'Idempotency-Key': idempotency_key}, query={'dry_run': dry_run}, body=body)

    def post_handover_withdrawal(self, handover_id: str, body: statements.HandoverWithdrawal | bytes, *, idempotency_key: str | None = None, dry_run: bool = False) -> models.WithdrawalAcknowledgement | models.DryRunOfWithdrawalAcknowledgement:
        """Withdraw a handover that never took place.

        Record that it never took place: the record stays and does not count, and its clearance is free again.
        """
        return self._call(_POST_HANDOVER_WITHDRAWAL, path={'handover_id': handover_id}, header={'Idempotency-Key': idempotency_key}, query={'dry_run': dry_run}, body=body)

    def read_reconcile(self, *, as_of: dt.date | str | None = None) -> models.ReconciliationAnswer:
        """Read what does not agree.

        Return breaches, handovers nobody had asked about, unused clearances and what is overdue on a day, or today.
        """
        return self._call(_READ_RECONCILE, query={'as_of': as_of})

    def read_policies(self) -> models.PolicySetAnswer:
        """Read the active policy set.

        Return name, revision, status of today, files and policies.
        """
        return self._call(_READ_POLICIES)

    def read_vocabulary(self) -> models.VocabularyAnswer:
        """Read the words of the active policy set.

        Return every fact that a request may state, with its kind, its choices in words, and who answers for it.
        """
        return self._call(_READ_VOCABULARY)

    def read_upcoming(self, *, from_: dt.date | str | None = None, until: dt.date | str | None = None) -> models.UpcomingAnswer:
        """Read what changes on which day by itself.

        Return what begins, ends or changes on which day, from a day or today, until a day or a year later.

        Which requests are answered otherwise is computed in the background: until it is there, `classes` is null, and a
        later call has it.
        """
        return self._call(_READ_UPCOMING, query={'from': from_, 'until': until})

    def read_policy(self, name: str) -> models.PolicyAnswer:
        """Read one policy of the active set.

        Return the policy called `name` as it stands today.
        """
        return self._call(_READ_POLICY, path={'name': name})

    def read_register_lists(self) -> models.ListsAnswer:
        """Read the lists of the registers.

        Return every list with its provenance and the number of its items.
        """
        return self._call(_READ_REGISTER_LISTS)

    def read_register_report(self) -> models.ReportAnswer:
        """Reconcile the registers with their figures.

        Return how what is recorded stands to the figures of the office (`CHANNELGATE_FIGURES`).
        """
        return self._call(_READ_REGISTER_REPORT)

    def read_register_list(self, list_id: str, *, limit: int | None = None, after: str | None = None) -> models.ListPage:
        """Read a list.

        Return a list and its items in their order, behind the item `after`.
        """
        return self._call(_READ_REGISTER_LIST, path={'list_id': list_id}, query={'limit': limit, 'after': after})

    def read_register_item(self, item_no: str) -> models.ItemHistoryAnswer:
        """Read an item.

        Return an item with its list and its events.
        """
        return self._call(_READ_REGISTER_ITEM, path={'item_no': item_no})

    def post_register_event(self, body: statements.ListSent | statements.ConfirmationGiven | statements.ItemsDelivered | statements.TransferRecorded | statements.ListSubmitted | statements.SupplementaryAsked | statements.SessionOpened | statements.SessionClosed | statements.Resolution | statements.Memorandum | statements.Withdrawal | bytes, *, idempotency_key: str | None = None, dry_run: bool = False) -> models.EventAcknowledgement | models.DryRunOfEventAcknowledgement:
        """Record an event of the registers.

        Record what happened to lists, items or a session, with the paper that shows it.
        """
        return self._call(_POST_REGISTER_EVENT, header={'Idempotency-Key': idempotency_key}, query={'dry_run': dry_run}, body=body)

    def read_register_events(self, *, session: int | None = None, list_id: str | None = None, item_no: str | None = None) -> models.EventsAnswer:
        """Read the events of the registers.

        Return every event, or those of a session, of the items of a list, or of an item.
        """
        return self._call(_READ_REGISTER_EVENTS, query={'session': session, 'list_id': list_id, 'item_no': item_no})

    def read_session(self, number: int, *, country: str | None = None) -> models.SessionAnswer:
        """Read a session.

        Return when a session opened and closed, its resolutions, what it was asked, and what is in none of them.
        """
        return self._call(_READ_SESSION, path={'number': number}, query={'country': country})

    def read_confirmation_list(self, *, list_id: str | None = None, country: str | None = None) -> str:
        """Print the list for confirmation.

        Return the pending items that wait for an answer, with places to tick.
        """
        return self._call(_READ_CONFIRMATION_LIST, query={'list_id': list_id, 'country': country})

    def read_agenda(self, *, session: int, country: str | None = None) -> str:
        """Print the agenda of a session.

        Return what must be put to a session: lists, agreed projects, what is separate, open confirmations.
        """
        return self._call(_READ_AGENDA, query={'session': session, 'country': country})

    def read_memorandum(self, *, session: int, country: str | None = None) -> str:
        """Print the draft of a memorandum.

        Return the memorandum about the lists that a closed session left out.
        """
        return self._call(_READ_MEMORANDUM, query={'session': session, 'country': country})

    def read_due(self, *, as_of: dt.date | str | None = None, owner: str | None = None) -> models.DuesAnswer:
        """Read what falls due.

        Return what is owed as of a day, or today; by one party alone if asked. A department sees its own cases.
        """
        return self._call(_READ_DUE, query={'as_of': as_of, 'owner': owner})

    def read_checkpoint(self) -> str:
        """Read the newest signed checkpoint.

        Return the checkpoint over everything recorded so far; keep it where the log's writers cannot reach it.
        """
        return self._call(_READ_CHECKPOINT)

    def read_log_entries(self, *, limit: int | None = None, after: int | None = None) -> models.LogPage:
        """Read the log.

        Return the entries behind the place `after`, or from the first; `next` leads on if there may be more.
        """
        return self._call(_READ_LOG_ENTRIES, query={'limit': limit, 'after': after})

    def read_tile(self, tile: str) -> str:
        """Read a tile of the log's tree.

        Return hashes of the tree, 32 bytes each (C2SP tlog-tiles): `LEVEL/INDEX`, of a part `LEVEL/INDEX.p/WIDTH`.
        """
        return self._call(_READ_TILE, path={'tile': tile})

    def read_entry(self, sequence: str) -> str:
        """Read the bytes of an entry.

        Return the bytes of an entry, of which the tree is built.
        """
        return self._call(_READ_ENTRY, path={'sequence': sequence})

    def read_keys(self) -> models.KeysAnswer:
        """Read whose API keys there are.

        Return the holders of keys, with the beginnings of the hashes and the ends.
        """
        return self._call(_READ_KEYS)

    def post_key_rotation(self) -> models.RotatedAnswer:
        """Get a new API key in the place of one's own.

        Make a new key for the holder of the one that this call comes with. A repeated call makes one more.
        """
        return self._call(_POST_KEY_ROTATION)

    def post_key_revocation(self, name: str) -> models.RevokedAnswer:
        """Revoke every API key of somebody.

        Take every key of a name out of the file: nobody can call with it, or is signed in by it, from then on.
        """
        return self._call(_POST_KEY_REVOCATION, path={'name': name})

    def read_proposals(self, *, limit: int | None = None, after: str | None = None) -> models.ProposalsAnswer:
        """Read the proposals.

        Return proposals with their state, their approvals, and what they lack.
        """
        return self._call(_READ_PROPOSALS, query={'limit': limit, 'after': after})

    def post_proposal(self, body: statements.NewProposal | bytes, *, idempotency_key: str | None = None, dry_run: bool = False) -> models.ProposalAnswer | models.DryRunOfProposalAnswer:
        """Propose a change.

        Record a proposal; its evidence is computed in the background.
        """
        return self._call(_POST_PROPOSAL, header={'Idempotency-Key': idempotency_key}, query={'dry_run': dry_run}, body=body)

    def read_proposal(self, proposal_id: str) -> models.ProposalAnswer:
        """Read a proposal.

        Return a proposal with its state, its approvals, what it lacks, and how far its evidence is.
        """
        return self._call(_READ_PROPOSAL, path={'proposal_id': proposal_id})

    def read_evidence(self, proposal_id: str) -> models.ProposalEvidence:
        """Read the evidence of a proposal.

        Return what was computed last of a proposal.
        """
        return self._call(_READ_EVIDENCE, path={'proposal_id': proposal_id})

    def post_evidence(self, proposal_id: str) -> models.ProposalAnswer:
        """Compute the evidence of a proposal again.

        Begin the computation, unless it is under way.
        """
        return self._call(_POST_EVIDENCE, path={'proposal_id': proposal_id})

    def read_approvers(self) -> models.OfficersAnswer:
        """Read the approvers.

        Return the officers whom the approvers in force name, and what is in force.
        """
        return self._call(_READ_APPROVERS)

    def post_approval(self, proposal_id: str, body: statements.NewApproval | bytes, *, idempotency_key: str | None = None, dry_run: bool = False) -> models.ProposalAnswer | models.DryRunOfProposalAnswer:
        """Approve a proposal.

        Record that an officer approves.
        """
        return self._call(_POST_APPROVAL, path={'proposal_id': proposal_id}, header={'Idempotency-Key': idempotency_key}, query={'dry_run': dry_run}, body=body)

    def post_approval_withdrawal(self, proposal_id: str, body: statements.NewStatement | bytes, *, idempotency_key: str | None = None, dry_run: bool = False) -> models.ProposalAnswer | models.DryRunOfProposalAnswer:
        """Take an approval back.

        Record that an officer takes an approval back, before it is in force.
        """
        return self._call(_POST_APPROVAL_WITHDRAWAL, path={'proposal_id': proposal_id}, header={'Idempotency-Key': idempotency_key}, query={'dry_run': dry_run}, body=body)

    def post_rejection(self, proposal_id: str, body: statements.NewReason | bytes, *, idempotency_key: str | None = None, dry_run: bool = False) -> models.ProposalAnswer | models.DryRunOfProposalAnswer:
        """Reject a proposal.

        Record that an officer rejects a proposal: it comes to an end.
        """
        return self._call(_POST_REJECTION, path={'proposal_id': proposal_id}, header={'Idempotency-Key': idempotency_key}, query={'dry_run': dry_run}, body=body)

    def post_proposal_withdrawal(self, proposal_id: str, body: statements.NewStatement | bytes, *, idempotency_key: str | None = None, dry_run: bool = False) -> models.ProposalAnswer | models.DryRunOfProposalAnswer:
        """Withdraw a proposal.

        Record that its author withdraws a proposal.
        """
        return self._call(_POST_PROPOSAL_WITHDRAWAL, path={'proposal_id': proposal_id}, header={'Idempotency-Key': idempotency_key}, query={'dry_run': dry_run}, body=body)

    def post_activation(self, proposal_id: str, body: statements.NewStatement | bytes, *, idempotency_key: str | None = None, dry_run: bool = False) -> models.ProposalAnswer | models.DryRunOfProposalAnswer:
        """Bring a proposal into force.

        Bring into force what was approved, at every process at once.
        """
        return self._call(_POST_ACTIVATION, path={'proposal_id': proposal_id}, header={'Idempotency-Key': idempotency_key}, query={'dry_run': dry_run}, body=body)

    def post_return(self, body: statements.NewReturn | bytes, *, idempotency_key: str | None = None, dry_run: bool = False) -> models.RecordedAnswer | models.DryRunOfRecordedAnswer:
        """Return to earlier policies in an emergency.

        Bring an earlier revision into force at once, until it is confirmed by a proposal.
        """
        return self._call(_POST_RETURN, header={'Idempotency-Key': idempotency_key}, query={'dry_run': dry_run}, body=body)

    def post_confirmation(self, body: statements.NewConfirmation | bytes, *, idempotency_key: str | None = None, dry_run: bool = False) -> models.RecordedAnswer | models.DryRunOfRecordedAnswer:
        """Confirm a ledger that was restored from a backup.

        Confirm what is in force in a restored ledger; until then nothing is permitted.
        """
        return self._call(_POST_CONFIRMATION, header={'Idempotency-Key': idempotency_key}, query={'dry_run': dry_run}, body=body)

    def post_revocation(self, officer: str, body: statements.NewRevocation | bytes, *, idempotency_key: str | None = None, dry_run: bool = False) -> models.RecordedAnswer | models.DryRunOfRecordedAnswer:
        """Record that an officer has left.

        Record that an officer has left; what is pending needs other approvals from now on.
        """
        return self._call(_POST_REVOCATION, path={'officer': officer}, header={'Idempotency-Key': idempotency_key}, query={'dry_run': dry_run}, body=body)

    def evaluation(self, body: statements.EvaluationCall | bytes) -> models.EvaluationAnswer:
        """Answer one question.

        Answer once the decision is recorded.
        """
        return self._call(_EVALUATION, body=body)

    def evaluations(self, body: statements.EvaluationsCall | bytes) -> models.EvaluationsAnswer | models.EvaluationAnswer:
        """Answer a list of questions.

        Answer once the decisions are recorded; without a list, as one question is answered.
        """
        return self._call(_EVALUATIONS, body=body)

    def find_subjects(self, body: statements.SubjectSearchCall | bytes) -> models.EntitySearchAnswer:
        """Find subjects.

        Answer once every decision that the page rests on is recorded.
        """
        return self._call(_FIND_SUBJECTS, body=body)

    def find_resources(self, body: statements.ResourceSearchCall | bytes) -> models.EntitySearchAnswer:
        """Find resources.

        Answer once every decision that the page rests on is recorded.
        """
        return self._call(_FIND_RESOURCES, body=body)

    def find_actions(self, body: statements.ActionSearchCall | bytes) -> models.ActionSearchAnswer:
        """Find actions.

        Answer once every decision that the page rests on is recorded.
        """
        return self._call(_FIND_ACTIONS, body=body)

    def post_request(self, body: statements.AccessRequestCall | bytes, *, idempotency_key: str | None = None) -> models.AccessRequestAnswer:
        """Ask about a denial.

        Open the case of the question that was denied; without a key of its own, a denial opens one case.
        """
        return self._call(_POST_REQUEST, header={'Idempotency-Key': idempotency_key}, body=body)

    def read_request(self, case_id: str) -> models.AccessRequestAnswer:
        """Read how a request stands.

        Return how the case of a request is decided now.
        """
        return self._call(_READ_REQUEST, path={'case_id': case_id})

    def read_health(self) -> models.HealthAnswer:
        """Is the process alive?

        Answer as long as the event loop runs.
        """
        return self._call(_READ_HEALTH)

    def read_readiness(self) -> models.ReadinessAnswer:
        """Can the service decide?

        Answer 200 if there is a usable policy set, callers can be identified and the decision log can be written.

        Otherwise answer 503, and so from the moment on that the service is about to stop. A faulty or unproved policy
        folder is reported here, while the last good set stays active; so are keys of the issuer that cannot be read
        again, while those of before are trusted. What is too old for a permission is reported with 200 too: every call
        is answered.
        """
        return self._call(_READ_READINESS)

    def discover(self) -> models.DecisionPointMetadata:
        """Read what the service answers of AuthZEN.

        Answer to everybody: who has to ask here need not be known yet.
        """
        return self._call(_DISCOVER)
