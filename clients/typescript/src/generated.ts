// The answers, the statements and the calls of the service.
// Made by `python -m channelgate_client.generator` from the OpenAPI document; do not edit.

import type { Given, JsonObject, Operation } from "./operations.js";

/** What was requested, as far as it was stated; `remarks` say what may have been meant otherwise. */
export interface About {
  readonly mission?: string;
  readonly countries?: ReadonlyArray<NamedCountry>;
  readonly place?: string;
  readonly lines?: ReadonlyArray<AboutLine>;
  readonly remarks?: ReadonlyArray<string>;
}

/** What a line is of, and how much of it. */
export interface AboutLine {
  readonly line: number | string;
  readonly description?: string;
  readonly quantity?: number;
  readonly unit?: string;
}

/** How a request stands, and what to do once it is approved. */
export interface AccessRequestAnswer {
  readonly task: TaskHandle;
  readonly result?: TaskResult;
}

/** The question that was denied, and the denial. */
export interface AccessRequestCall {
  readonly subject: EntityPart;
  readonly action: ActionPart;
  readonly resource: EntityPart;
  readonly context?: JsonObject;
  readonly denial?: DenialPart;
}

/** That the denial is requestable, and until when (AuthZEN Access Request and Approval Profile, draft 00). */
export interface AccessRequestHint {
  readonly expires_at: string;
}

/** An action. */
export interface ActionPart {
  readonly name: string;
  readonly properties?: JsonObject;
}

/** The actions that were found. */
export interface ActionSearchAnswer {
  readonly results: ReadonlyArray<FoundAction>;
  readonly page?: PageAnswer;
}

/** What a subject may do to a resource. */
export interface ActionSearchCall {
  readonly context?: JsonObject;
  readonly page?: PagePart | null;
  readonly subject: EntityPart;
  readonly resource: EntityPart;
}

/**
 * The policies that are decided by; with faults in the folder, those from before them.
 *
 * `approval` is how they came into force. `ages` and the limits of `hold_past` are whole seconds: since the set came
 * into force, since its last proof (null if it was not proved), since it was last found to be in force, which grows
 * while the folder has faults, and since an emergency return that is not confirmed. `too_old` are the ages past
 * their limits. Where approvals are required, `differences` says how the folder, the floor and the approvers on disk
 * differ from what is in force.
 */
export interface ActivePolicies {
  readonly state: "active" | "last_good_active";
  readonly revision: string;
  readonly proof: "proved" | "not_run";
  readonly approvals: "required" | "none";
  readonly approval: Approval;
  readonly ages: Readonly<Record<string, number | null>>;
  readonly hold_past: Readonly<Record<string, number>>;
  readonly too_old: ReadonlyArray<AgeKind>;
  readonly faults: ReadonlyArray<PolicyFault>;
  readonly differences: ReadonlyArray<string>;
}

/**
 * What has an age: the set in force, its last proof, the last time that it was found to be still the one.
 *
 * What waits to be confirmed, an emergency return or a ledger that was restored, has an age until it is.
 */
export type AgeKind = "set" | "proof" | "reload" | "unconfirmed";

/** An item that says the same as one of another list. */
export interface AlikeItem {
  readonly item_no: string;
  readonly list_id: string;
}

/** Where an answer leads: to the case about its request, or, as long as there is none, to the opening of one. */
export interface AnswerLinks {
  readonly open_case?: OpenCaseLink;
  readonly case?: CaseLink;
}

/** The words of an answer in a language: titles by outcome, questions by fact. */
export interface AnswerWords {
  readonly language: string;
  readonly titles: Readonly<Record<string, string>>;
  readonly questions: Readonly<Record<string, QuestionWords>>;
}

/** The decision as it is recorded, with what it is about and where it leads. */
export interface AnsweredDecision {
  readonly decision_id: string;
  readonly request_id: string;
  readonly outcome: Outcome;
  readonly handover_as_asked: Permission;
  readonly say: string;
  readonly say_in?: Readonly<Record<string, string>>;
  readonly say_in_draft?: ReadonlyArray<string>;
  readonly lines: ReadonlyArray<LineDecision>;
  readonly policy: PolicyStamp;
  readonly as_of: string;
  readonly evaluated_at: string;
  readonly valid_until: string;
  /** What was asked about, in words; not part of the recorded decision */
  readonly about?: About | null;
  /** The case about the request, or how it is opened; not part of the recorded decision */
  readonly links?: AnswerLinks | null;
  /** Titles and questions in the language of Accept-Language; not part of the recorded decision */
  readonly words?: AnswerWords | null;
}

/**
 * How a revision came into force.
 *
 * `none`: no approvals are required; `approved`: as many as are required were given; `founded`: the first set of a
 * folder that requires approvals from then on; `returned`: an emergency return to an earlier revision, which is not
 * confirmed yet.
 */
export type Approval = "none" | "approved" | "founded" | "returned";

/** An approval, whether it counts, and until when; `evidence` is the digest of what the officer was shown. */
export interface ApprovalAnswer {
  readonly officer: string;
  readonly decides: boolean;
  readonly approved_at: string;
  readonly until: string;
  readonly evidence: string | null;
  readonly shown: ShownEvidence;
  readonly signed: boolean;
  readonly entry: number;
  readonly counts: boolean;
  readonly why_not?: string;
}

/** What a new question about the same names in `context.approval`; it grants nothing by itself. */
export interface ApprovalReference {
  readonly id: string;
  readonly approved_until: string;
}

/** What has to be done, whatever the decision (AuthZEN Obligations Profile 1.0, draft 1). */
export interface AttachedObligation {
  readonly id: string;
  readonly type: string;
  readonly properties: DutyProperties;
}

/** What was recorded of a case: its version since then, and the positions of the facts. */
export interface CaseAcknowledgement {
  readonly case_id: string;
  readonly version: number;
  readonly recorded_at: string;
  readonly positions: ReadonlyArray<number>;
}

/** A case as it was held on a day, as far as it was known at a time. */
export interface CaseAnswer {
  readonly case_id: string;
  readonly request_id: string;
  readonly department: string;
  readonly opened_at: string;
  readonly version: number;
  readonly deadline?: string;
  readonly waiting_for: ReadonlyArray<string>;
  readonly about: About;
  readonly held_on: string;
  readonly known_at: string;
  readonly decision: Decision;
  readonly duties: ReadonlyArray<OpenDuty>;
  readonly done: ReadonlyArray<DoneDuty>;
  readonly facts: ReadonlyArray<FactAnswer>;
  readonly history: ReadonlyArray<FactAnswer>;
}

/** The address of the case about the request. */
export interface CaseLink {
  readonly href: string;
}

/** The decision whose request a case is opened with. */
export interface CaseStatement {
  readonly decision_id: string;
}

/** A set of changes of facts, none of which can be left out, and the answer there would be. */
export interface Change {
  readonly facts: ReadonlyArray<FactChange>;
  readonly outcome: Outcome;
  readonly rules?: ReadonlyArray<string>;
}

/**
 * How far changes were looked for.
 *
 * All sets of up to `complete_up_to` changes were tried, `tried` sets in all. `cut` means that there was no time for
 * larger ones, of up to `most` changes; `left_out` counts sets that were found and are not shown.
 */
export interface ChangeSearch {
  readonly tried: number;
  readonly complete_up_to: number;
  readonly most: number;
  readonly cut: boolean;
  readonly left_out?: number;
}

/** What the check found; with a fault nothing else is computed. */
export interface CheckEvidence {
  readonly result: StepResult;
  readonly faults?: ReadonlyArray<EvidenceFinding>;
  readonly remarks?: ReadonlyArray<EvidenceFinding>;
}

/** A clause in the office's own words; `no_rule` says why no rule carries it out. */
export interface ClauseAnswer {
  readonly clause: string;
  readonly text: string;
  readonly who: string | null;
  readonly no_rule: string | null;
}

/** A clearance with what has become of it. */
export interface ClearanceAnswer {
  readonly clearance_id: string;
  readonly decision_id: string;
  readonly request_id: string;
  readonly department?: string;
  readonly state: ClearanceState;
  /** The handover that used it up */
  readonly used_by?: string;
  readonly lines: ReadonlyArray<string>;
  readonly issued_at: string;
  readonly issued_by: string;
  readonly valid_from: string;
  readonly valid_until: string;
  /** The clearance itself, signed, to be printed or kept; of a dry run, unsigned */
  readonly note: string;
}

/** What has become of a clearance. */
export type ClearanceState = "unused" | "used" | "expired";

/**
 * What a clearance is wanted for: a decision, or a case, which is then decided as of the day that is planned.
 *
 * `planned_on`, if given, has to lie within the days of the decision.
 */
export interface ClearanceStatement {
  readonly decision_id?: string | null;
  readonly case_id?: string | null;
  readonly planned_on?: string | null;
}

/**
 * What is answered otherwise, over all requests.
 *
 * `data` is the comparison as `channelgate policies compare --format json` prints it, `markdown` the same to read.
 * Failed is one that is not proved to be complete, or that could not be made: `because` says why.
 */
export interface ComparisonEvidence {
  readonly result: StepResult;
  readonly because?: string;
  readonly data?: JsonObject;
  readonly markdown?: string;
}

/** A condition or a part of one, and whether it holds; `found` where it is not made of parts itself. */
export interface ConditionPart {
  readonly condition: string;
  readonly holds: "yes" | "no" | "unknown";
  readonly found?: ReadonlyArray<FoundFact>;
  readonly parts?: ReadonlyArray<ConditionPart>;
}

/** How the confirmation of an item stands. */
export type Confirmation = "not_sent" | "pending" | "confirmed" | "declined";

/** The written answer for pending items: one state for `items`, or a state for each of `answers`. */
export interface ConfirmationGiven {
  readonly happened_on: string;
  readonly reference: string;
  readonly remarks?: string | null;
  readonly kind: "confirmation";
  readonly state?: "confirmed" | "declined" | "pending" | null;
  readonly items?: ReadonlyArray<string>;
  readonly answers?: ReadonlyArray<ItemAnswer>;
}

/** What the policies answer for one country of the mission; None where it is not known. */
export interface ConsideredCountry {
  readonly country?: string | null;
  readonly outcome: Outcome;
  readonly policies: ReadonlyArray<ConsideredPolicy>;
}

/** A policy: whether it governs, and its rules; of a policy that does not govern, the rules are not considered. */
export interface ConsideredPolicy {
  readonly policy: string;
  readonly governs: "yes" | "no" | "unknown";
  readonly scope: ReadonlyArray<ConsideredScope>;
  readonly outcome?: Outcome | null;
  readonly rules?: ReadonlyArray<ConsideredRule>;
}

/** A rule: its condition, what became of it and why; `because_of` are the rules that this is due to. */
export interface ConsideredRule {
  readonly rule: string;
  readonly at: string;
  readonly outcome: Outcome;
  readonly clauses: ReadonlyArray<string>;
  readonly exception_to?: ReadonlyArray<string>;
  readonly condition: ConditionPart;
  readonly state: "decides" | "outweighed" | "gives_way" | "beaten" | "not_reached" | "does_not_hold" | "may_apply";
  readonly because: string;
  readonly because_of?: ReadonlyArray<string>;
}

/** A condition under which a policy governs. */
export interface ConsideredScope {
  readonly scope: string;
  readonly at: string;
  readonly condition: ConditionPart;
}

/** Something that the policies write with days, or a condition that turns on the day. */
export interface DatedChangeAnswer {
  readonly kind: string;
  readonly name: string;
  /** Of a group, the country that has the parameter for itself */
  readonly country?: string;
  readonly at: string;
  readonly change: string;
  readonly before?: string;
  readonly after?: string;
}

/** What becomes of a part on a day: it holds from then on, no longer, with another value, or turns. */
export type DatedChangeKind = "begins" | "ends" | "changes" | "turns";

/** Something recorded that begins to hold, or holds no longer, from the day on. */
export interface DatedRecordAnswer {
  readonly kind: DatedRecordKind;
  /** The id of a clearance or proposal; of an approval that of its proposal, of a return the revision */
  readonly name: string;
  readonly change: DatedChangeKind;
  /** Of a proposal, whether it is approved now */
  readonly approved?: boolean;
  /** Of an approval, the officer whose it is */
  readonly officer?: string;
}

/** What is recorded with a day on which it begins to hold, or from which on it holds no longer. */
export type DatedRecordKind = "clearance" | "proposal" | "approval" | "emergency return";

/**
 * The answer to a pre-check (contract version 1).
 *
 * Times are UTC. `valid_until` is the last day on which the answer may be relied on; a permission is checked
 * again at delivery all the same.
 */
export interface Decision {
  readonly decision_id: string;
  readonly request_id: string;
  readonly outcome: Outcome;
  readonly handover_as_asked: Permission;
  readonly say: string;
  readonly say_in?: Readonly<Record<string, string>>;
  readonly say_in_draft?: ReadonlyArray<string>;
  readonly lines: ReadonlyArray<LineDecision>;
  readonly policy: PolicyStamp;
  readonly as_of: string;
  readonly evaluated_at: string;
  readonly valid_until: string;
}

/** Why: the outcome as `reason`, what to say, what has to be done. `evaluation_id` is the id of the decision. */
export interface DecisionContext {
  readonly evaluation_id?: string;
  readonly evaluated_at?: string;
  readonly request_id?: string;
  readonly reason: string;
  readonly say?: string;
  readonly say_in?: Readonly<Record<string, string>>;
  readonly valid_until?: string;
  readonly rules?: ReadonlyArray<string>;
  readonly clauses?: ReadonlyArray<string>;
  readonly missing?: ReadonlyArray<JsonObject>;
  readonly claimed_not_confirmed?: ReadonlyArray<string>;
  readonly policy?: JsonObject;
  readonly obligations?: ReadonlyArray<AttachedObligation>;
  readonly access_request?: AccessRequestHint;
  readonly next_action?: NextAction;
  readonly retry_after?: number;
  readonly error?: QuestionFault;
}

/** The addresses of the service; one that is left out is no address of it under the policies in force. */
export interface DecisionPointMetadata {
  readonly policy_decision_point: string;
  readonly access_evaluation_endpoint: string;
  readonly access_evaluations_endpoint: string;
  readonly search_subject_endpoint?: string;
  readonly search_resource_endpoint?: string;
  readonly search_action_endpoint: string;
  readonly access_request_endpoint: string;
  readonly supported_obligations: ReadonlyArray<string>;
  readonly capabilities: ReadonlyArray<string>;
}

/**
 * The proof (RFC 6962, SHA-256) that the entry of a decision stands in the log under a signed checkpoint.
 *
 * Whoever verifies it takes size and root from the checkpoint, once its signature was found good.
 */
export interface DecisionProof {
  /** The place of the entry, counted from 0 */
  readonly sequence: number;
  /** The number of entries under the checkpoint */
  readonly size: number;
  /** The root of the tree, in Base64 */
  readonly root: string;
  /** The nodes from the entry up, each in Base64 */
  readonly inclusion_proof: ReadonlyArray<string>;
  /** The bytes of the entry, in Base64 */
  readonly entry: string;
  /** A signed note of the form tlog-checkpoint */
  readonly checkpoint: string;
}

/** A fact that a request may state, of the whole request or of each line; choices with what they say. */
export interface DeclaredFactAnswer {
  readonly fact: string;
  readonly of: "request" | "line";
  readonly kind: "truth" | "choice" | "text" | "number" | "date";
  readonly choices: Readonly<Record<string, string>> | null;
  readonly least: number | null;
  readonly most: number | null;
  /** Of a number, true if it is whole */
  readonly whole: boolean | null;
  readonly ask: string;
  readonly answered_by: string;
  /** The party whose statement alone counts */
  readonly owner: string | null;
}

/** The denial that a request is about, as its answer named it. */
export interface DenialPart {
  readonly evaluation_id?: string;
  readonly expires_at?: string;
}

/** A duty that was done, with the handover that did it. */
export interface DoneDuty {
  readonly line: number | string;
  readonly who: string;
  readonly must: string;
  readonly clause: string;
  readonly before?: string;
  readonly within?: string;
  readonly evidence?: string;
  readonly done_by?: string;
  readonly done_on: string;
  readonly handover_id: string;
}

/** DryRunOfCaseAcknowledgement */
export interface DryRunOfCaseAcknowledgement {
  readonly case_id: string;
  readonly version: number;
  readonly recorded_at: string;
  readonly positions: ReadonlyArray<number>;
  readonly dry_run: true;
}

/** DryRunOfEventAcknowledgement */
export interface DryRunOfEventAcknowledgement {
  /** What `channelgate log erase` takes */
  readonly event_id: string;
  readonly sequence: number;
  readonly kind: EventKind;
  readonly recorded_at: string;
  /** How many items it is about */
  readonly covers: number;
  readonly dry_run: true;
}

/** DryRunOfHandoverAnswer */
export interface DryRunOfHandoverAnswer {
  readonly handover_id: string;
  readonly status: HandoverStatus;
  readonly grounds: ReadonlyArray<GroundAnswer>;
  readonly notes: ReadonlyArray<string>;
  readonly recorded_at: string;
  readonly recorded_by: string;
  readonly recorded_late: boolean;
  readonly clearance_id?: string;
  readonly clearance_used_up: boolean;
  readonly department?: string;
  readonly request_id?: string;
  readonly case_id?: string;
  /** The pending items of the registers among its lines */
  readonly listed_items?: ReadonlyArray<string>;
  readonly countries: ReadonlyArray<string>;
  readonly handed_over_on: string;
  /** A word of the vocabulary in which the handover was recorded */
  readonly by: string;
  /** A word of the vocabulary in which the handover was recorded */
  readonly to: string;
  /** Null once it was erased */
  readonly recipient: string | null;
  /** A word of the vocabulary in which the handover was recorded */
  readonly mode?: string;
  /** A word of the vocabulary in which the handover was recorded */
  readonly trigger?: string;
  /** A word of the vocabulary in which the handover was recorded */
  readonly border_area?: string;
  readonly items: ReadonlyArray<HandedItemAnswer>;
  /** Null once it was erased */
  readonly evidence: string | null;
  /** What this record counts in place of */
  readonly supersedes?: string | ReadonlyArray<string>;
  /** Null once it was erased */
  readonly reason?: string | null;
  /** The record that counts in place of this one */
  readonly superseded_by?: string;
  readonly withdrawn?: WithdrawalAnswer;
  readonly decision: Decision;
  readonly transfer?: TransferAnswer;
  readonly dry_run: true;
}

/** DryRunOfIssuedClearance */
export interface DryRunOfIssuedClearance {
  readonly clearance_id: string;
  readonly decision_id: string;
  readonly request_id: string;
  readonly department?: string;
  readonly state: ClearanceState;
  /** The handover that used it up */
  readonly used_by?: string;
  readonly lines: ReadonlyArray<string>;
  readonly issued_at: string;
  readonly issued_by: string;
  readonly valid_from: string;
  readonly valid_until: string;
  /** The clearance itself, signed, to be printed or kept; of a dry run, unsigned */
  readonly note: string;
  readonly already_issued: boolean;
  readonly dry_run: true;
}

/** DryRunOfProposalAnswer */
export interface DryRunOfProposalAnswer {
  readonly proposal_id: string;
  readonly subject: ProposalSubject;
  readonly content: string;
  readonly base: string;
  readonly wish: string;
  readonly author: string;
  readonly proposed_at: string;
  readonly holds_from: string | null;
  readonly state: ProposalState;
  readonly evidence: EvidenceSummary | null;
  readonly approvals: ReadonlyArray<ApprovalAnswer>;
  readonly needs_deciding: ReadonlyArray<string>;
  readonly lacking: ReadonlyArray<string>;
  readonly entry: number;
  readonly active_since?: string;
  readonly ended?: ProposalEnd;
  readonly evidence_under_way?: EvidenceUnderWay;
  readonly dry_run: true;
}

/** DryRunOfRecordedAnswer */
export interface DryRunOfRecordedAnswer {
  readonly entry: number;
  readonly in_force: InForceAnswer;
  readonly dry_run: true;
}

/** DryRunOfTransferAcknowledgement */
export interface DryRunOfTransferAcknowledgement {
  readonly handover_id: string;
  readonly recorded_on: string;
  /** Null once it was erased */
  readonly reference: string | null;
  readonly recorded_at: string;
  readonly recorded_by: string;
  readonly notes?: ReadonlyArray<string>;
  readonly dry_run: true;
}

/** DryRunOfWithdrawalAcknowledgement */
export interface DryRunOfWithdrawalAcknowledgement {
  /** Null once it was erased */
  readonly reason: string | null;
  readonly recorded_at: string;
  readonly recorded_by: string;
  readonly handover_id: string;
  readonly notes?: ReadonlyArray<string>;
  readonly dry_run: true;
}

/** Something owed; a day that is not known is null. */
export interface DueAnswer {
  readonly what: string;
  readonly who: string;
  readonly must: string;
  readonly clause: string;
  readonly since: string | null;
  readonly due: string | null;
  readonly overdue: boolean;
  readonly subject: DueList | DueCase | DueHandover;
  readonly evidence: string | null;
}

/** The line of a case that something is owed for. */
export interface DueCase {
  readonly case_id: string;
  readonly line: number | string;
  readonly department: string;
  readonly session: number | null;
  readonly project_no: string | null;
}

/** The handover that something is owed for. */
export interface DueHandover {
  readonly handover_id: string;
  readonly department?: string;
  readonly case_id?: string;
}

/** The items of a list that something is owed for; they are named where they are few. */
export interface DueList {
  readonly list_id: string;
  readonly items: number;
  readonly item_nos?: ReadonlyArray<string>;
  readonly session?: number;
}

/** The policies that something is owed by. */
export interface DuePolicies {
  readonly name: string;
  readonly revision: string;
  readonly status: "proposed" | "in_force";
}

/** What is owed on a day, what is overdue first. */
export interface DuesAnswer {
  readonly as_of: string;
  readonly policy: DuePolicies;
  /** The newest log entry it was found from */
  readonly sequence: number | null;
  readonly overdue: number;
  readonly due: ReadonlyArray<DueAnswer>;
}

/**
 * Who must do what, by which clause; `before` and `within` say when, `evidence` what shows that it was done.
 *
 * `done_by` tells what ends the duty: a recorded handover, a recorded transfer, or nothing, since it is done by
 * refraining. Every other duty ends when a fact changes the answer.
 */
export interface Duty {
  readonly who: string;
  readonly must: string;
  readonly clause: string;
  readonly before?: string | null;
  readonly within?: string | null;
  readonly evidence?: string | null;
  readonly done_by?: "handover" | "transfer_record" | "refraining" | null;
}

/** A duty of the decision. */
export interface DutyProperties {
  readonly who: string;
  readonly must: string;
  readonly clause: string;
  readonly before?: string;
  readonly within?: string;
  readonly evidence?: string;
  readonly done_by?: string;
}

/** A subject or a resource. */
export interface EntityPart {
  readonly type: string;
  readonly id: string;
  readonly properties?: JsonObject;
}

/** The subjects or resources that were found. */
export interface EntitySearchAnswer {
  readonly results: ReadonlyArray<FoundEntity>;
  readonly page?: PageAnswer;
}

/** What an entry records. */
export type EntryKind = "started" | "stopped" | "signing_key" | "api_key" | "policies" | "decision" | "case_opened" | "case_fact" | "clearance_issued" | "handover" | "transfer_recorded" | "handover_withdrawn" | "erased" | "register_imported" | "register_event" | "register_paper" | "approvals_founded" | "proposal" | "proposal_evidence" | "officer_statement" | "closed" | "continued";

/** The answer to one question; true for the outcome `deliver` alone. */
export interface EvaluationAnswer {
  readonly decision: boolean;
  readonly context: DecisionContext;
}

/** One question, whether a subject may do something to a resource. */
export interface EvaluationCall {
  readonly subject: EntityPart;
  readonly action: ActionPart;
  readonly resource: EntityPart;
  readonly context?: JsonObject;
}

/** How a list of questions is answered. */
export interface EvaluationOptions {
  readonly evaluations_semantic?: EvaluationsSemantic;
}

/** The answers to a list of questions, in their order. */
export interface EvaluationsAnswer {
  readonly evaluations: ReadonlyArray<EvaluationAnswer>;
}

/** A list of questions, and what each of them has where it says nothing else; without a list, one question. */
export interface EvaluationsCall {
  readonly subject?: JsonObject;
  readonly action?: JsonObject;
  readonly resource?: JsonObject;
  readonly context?: JsonObject;
  readonly evaluations?: ReadonlyArray<unknown>;
  readonly options?: EvaluationOptions;
}

/** How far a list of questions is answered. */
export type EvaluationsSemantic = "execute_all" | "deny_on_first_deny" | "permit_on_first_permit";

/** What is answered when an event was recorded. */
export interface EventAcknowledgement {
  /** What `channelgate log erase` takes */
  readonly event_id: string;
  readonly sequence: number;
  readonly kind: EventKind;
  readonly recorded_at: string;
  /** How many items it is about */
  readonly covers: number;
}

/** An event as it was stated, with the number of items it is about; a member that its kind has not is left out. */
export interface EventAnswer {
  readonly sequence: number;
  readonly happened_on: string;
  /** Null once it was erased */
  readonly reference: string | null;
  /** Null once it was erased */
  readonly remarks?: string | null;
  readonly kind: EventKind;
  readonly session?: number;
  readonly country?: string;
  readonly place?: string;
  readonly number?: string;
  readonly form?: "main" | "supplementary";
  readonly lists?: ReadonlyArray<string>;
  readonly items?: ReadonlyArray<string>;
  readonly projects?: ReadonlyArray<string>;
  readonly answers?: ReadonlyArray<EventItemAnswer>;
  readonly state?: Confirmation;
  /** The event that is withdrawn, by its sequence */
  readonly event?: number;
  /** The handover it came of */
  readonly handover_id?: string;
  /** How many items it is about */
  readonly covers: number;
  readonly recorded_at: string;
  readonly recorded_by: string;
  readonly role: string;
  readonly withdrawn_by?: number;
}

/** What was answered for an item. */
export interface EventItemAnswer {
  readonly item_no: string;
  readonly state: "confirmed" | "declined" | "pending";
}

/** What can happen; which clause each fulfils the policies say. A withdrawal is about the record itself. */
export type EventKind = "list_sent" | "confirmation" | "delivered" | "transfer_recorded" | "list_submitted" | "supplementary_asked" | "session_opened" | "session_closed" | "resolution" | "memorandum" | "withdrawal";

/** Events in the order they happened. */
export interface EventsAnswer {
  readonly events: ReadonlyArray<EventAnswer>;
}

/** A fault or remark of the check, in the place where it stands in the proposed files. */
export interface EvidenceFinding {
  readonly place: string;
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** The newest evidence: its digest, its steps, why it is stale if it is, why the change may loosen something. */
export interface EvidenceSummary {
  readonly digest: string;
  readonly computed_at: string;
  readonly passed: ReadonlyArray<string>;
  readonly failed: string | null;
  readonly stale: ReadonlyArray<string>;
  readonly loosens: ReadonlyArray<string>;
}

/** How far the computation of evidence is at the process that was called; `fault` says why there is none. */
export interface EvidenceUnderWay {
  readonly step: string | null;
  readonly done: number;
  readonly of: number;
  readonly fault: string | null;
}

/** The answer with the explanation that was asked for. */
export interface ExplainedDecision {
  readonly decision_id: string;
  readonly request_id: string;
  readonly outcome: Outcome;
  readonly handover_as_asked: Permission;
  readonly say: string;
  readonly say_in?: Readonly<Record<string, string>>;
  readonly say_in_draft?: ReadonlyArray<string>;
  readonly lines: ReadonlyArray<LineDecision>;
  readonly policy: PolicyStamp;
  readonly as_of: string;
  readonly evaluated_at: string;
  readonly valid_until: string;
  /** What was asked about, in words; not part of the recorded decision */
  readonly about?: About | null;
  /** The case about the request, or how it is opened; not part of the recorded decision */
  readonly links?: AnswerLinks | null;
  /** Titles and questions in the language of Accept-Language; not part of the recorded decision */
  readonly words?: AnswerWords | null;
  /** How the answer came about; not part of the recorded decision */
  readonly explanation: Explanation;
}

/**
 * The explanation of a decision, line by line; `left_out` counts lines that are not explained, since there are
 * more different ones than are explained at once.
 */
export interface Explanation {
  readonly revision: string;
  readonly lines: ReadonlyArray<LineExplanation>;
  readonly left_out?: number;
}

/**
 * A recorded fact; a value of null says that it was asked and is not known.
 *
 * With `in_old_words` the fact is not known to the policies in force: it says what they have no word for.
 */
export interface FactAnswer {
  readonly position: number;
  readonly line?: number | string;
  readonly fact: string;
  readonly happened_on: string;
  readonly recorded_at: string;
  readonly recorded_by: string;
  readonly role: string;
  readonly evidence?: string;
  readonly supersedes?: number;
  readonly superseded_by?: number;
  readonly sequence: number;
  readonly value: unknown;
  readonly in_old_words?: string;
}

/** A fact that would be another; `alike` are values that no condition distinguishes from the new one. */
export interface FactChange {
  readonly fact: string;
  readonly was: string;
  readonly becomes: string;
  readonly alike?: ReadonlyArray<string>;
  readonly ask?: string | null;
  readonly answered_by?: string | null;
}

/** Facts to be recorded together, all or none. */
export interface FactStatements {
  readonly facts: ReadonlyArray<JsonObject>;
}

/** A scenario that does not pass: where it stands, what it is called, and what was found instead. */
export interface FailedScenario {
  readonly place: string;
  readonly name: string;
  readonly message: string;
}

/**
 * One fault: its place, what is wrong, and the nearest word of the contract.
 *
 * The place is a JSON pointer (RFC 6901) into the body, or the name of a parameter of the address.
 */
export interface FieldError {
  readonly pointer?: string | null;
  readonly parameter?: string | null;
  readonly detail: string;
  readonly suggestion?: string | null;
}

/** A figure: what was found, what is expected, and from which lists. */
export interface FigureAnswer {
  readonly figure: string;
  readonly says: string;
  readonly where: Readonly<Record<string, ReadonlyArray<string>>>;
  readonly parts: ReadonlyArray<PartAnswer>;
  readonly found: number;
  readonly expected: number;
  readonly floor: boolean;
  readonly verdict: FigureVerdict;
  readonly lists: ReadonlyArray<ListCount>;
  readonly source: string;
}

/** How what is found stands to what is expected. */
export type FigureVerdict = "ok" | "floor_passed" | "difference";

/** An action to which the answer is yes, and what has to be done with it. */
export interface FoundAction {
  readonly name: string;
  readonly obligations?: ReadonlyArray<AttachedObligation>;
}

/** A clearance that nobody has used. */
export interface FoundClearance {
  readonly clearance_id: string;
  readonly decision_id: string;
  readonly department?: string;
  readonly lines: ReadonlyArray<string>;
  readonly valid_until: string;
}

/** A subject or resource to which the answer is yes, and what has to be done with it. */
export interface FoundEntity {
  readonly type: string;
  readonly id: string;
  readonly obligations?: ReadonlyArray<AttachedObligation>;
}

/** A fact or parameter that a condition reads, and the value found; `not known` if there is none. */
export interface FoundFact {
  readonly fact: string;
  readonly value: string;
}

/** A handover that does not agree. */
export interface FoundHandover {
  readonly handover_id: string;
  readonly status: HandoverStatus;
  readonly department?: string;
  readonly request_id?: string;
  readonly handed_over_on: string;
  readonly recorded_by: string;
  readonly grounds: ReadonlyArray<GroundAnswer>;
}

/** Why a handover is not in order, with the clause. */
export interface GroundAnswer {
  readonly code: GroundCode;
  readonly detail: string;
  readonly clause: string;
}

/** Why a handover is not in order. */
export type GroundCode = "before_instruction" | "no_clearance" | "unknown_clearance" | "clearance_used" | "not_yet" | "expired" | "other_items" | "other_deliverer" | "other_recipient" | "other_department" | "other_request" | "cleared_afterwards" | "policy_changed" | "no_longer_permitted" | "corrects_breach";

/** A line as it was handed over. */
export interface HandedItemAnswer {
  readonly line: number | string;
  /** Null once it was erased */
  readonly description: string | null;
  readonly quantity?: number;
  readonly unit?: string;
  /** A word of the vocabulary in which the handover was recorded */
  readonly kind?: string;
}

/** A handover: what was stated of it, what was found, the decision about it, and its transfer if there is one. */
export interface HandoverAnswer {
  readonly handover_id: string;
  readonly status: HandoverStatus;
  readonly grounds: ReadonlyArray<GroundAnswer>;
  readonly notes: ReadonlyArray<string>;
  readonly recorded_at: string;
  readonly recorded_by: string;
  readonly recorded_late: boolean;
  readonly clearance_id?: string;
  readonly clearance_used_up: boolean;
  readonly department?: string;
  readonly request_id?: string;
  readonly case_id?: string;
  /** The pending items of the registers among its lines */
  readonly listed_items?: ReadonlyArray<string>;
  readonly countries: ReadonlyArray<string>;
  readonly handed_over_on: string;
  /** A word of the vocabulary in which the handover was recorded */
  readonly by: string;
  /** A word of the vocabulary in which the handover was recorded */
  readonly to: string;
  /** Null once it was erased */
  readonly recipient: string | null;
  /** A word of the vocabulary in which the handover was recorded */
  readonly mode?: string;
  /** A word of the vocabulary in which the handover was recorded */
  readonly trigger?: string;
  /** A word of the vocabulary in which the handover was recorded */
  readonly border_area?: string;
  readonly items: ReadonlyArray<HandedItemAnswer>;
  /** Null once it was erased */
  readonly evidence: string | null;
  /** What this record counts in place of */
  readonly supersedes?: string | ReadonlyArray<string>;
  /** Null once it was erased */
  readonly reason?: string | null;
  /** The record that counts in place of this one */
  readonly superseded_by?: string;
  readonly withdrawn?: WithdrawalAnswer;
  readonly decision: Decision;
  readonly transfer?: TransferAnswer;
}

/** A page of handovers; `next` is the `after` of the next page, absent on the last one. */
export interface HandoverPage {
  readonly handovers: ReadonlyArray<HandoverAnswer>;
  readonly next?: string;
}

/** What a handover is. `not_governed` says that the policies do not speak of it, never that it was allowed. */
export type HandoverStatus = "in_order" | "breach" | "to_be_regularised" | "not_governed";

/** Why a recorded handover is withdrawn: it never took place. */
export interface HandoverWithdrawal {
  readonly reason: string;
}

/** The process is alive. */
export interface HealthAnswer {
  readonly status: "alive";
}

/** What a policy that is only proposed would require. */
export interface IfInForce {
  readonly outcome: Outcome;
  readonly rules?: ReadonlyArray<string>;
  readonly clauses?: ReadonlyArray<string>;
  readonly duties?: ReadonlyArray<Duty>;
}

/** What is in force by the ledger, and how it came to be. */
export interface InForceAnswer {
  readonly revision: string;
  readonly approval: Approval;
  readonly since: string;
  readonly floor: string;
  readonly approvers: string;
  readonly confirm_until: string | null;
}

/** A clearance as it is answered to whoever asks for it to be issued. */
export interface IssuedClearance {
  readonly clearance_id: string;
  readonly decision_id: string;
  readonly request_id: string;
  readonly department?: string;
  readonly state: ClearanceState;
  /** The handover that used it up */
  readonly used_by?: string;
  readonly lines: ReadonlyArray<string>;
  readonly issued_at: string;
  readonly issued_by: string;
  readonly valid_from: string;
  readonly valid_until: string;
  /** The clearance itself, signed, to be printed or kept; of a dry run, unsigned */
  readonly note: string;
  readonly already_issued: boolean;
}

/** The answer for one item. */
export interface ItemAnswer {
  readonly item_no: string;
  readonly state: "confirmed" | "declined" | "pending";
}

/** An item with its list, how it stands, and the events it has come through. */
export interface ItemHistoryAnswer {
  readonly item_no: string;
  readonly list_id: string;
  readonly place: number;
  readonly description: string;
  /** What it is, in a word of the directive */
  readonly kind: string;
  /** A decimal number, as text so that no digit is lost */
  readonly quantity?: string;
  readonly unit?: string;
  readonly provided_on?: string;
  readonly provided_to?: string;
  readonly remarks?: string;
  readonly sequence: number;
  readonly list: RegisterListAnswer;
  readonly confirmation: Confirmation;
  readonly sent_on?: string;
  readonly answered_on?: string;
  readonly delivered_on?: string;
  readonly transferred_on?: string;
  readonly submitted_on?: string;
  readonly events: ReadonlyArray<EventAnswer>;
}

/** Confirmed items delivered. */
export interface ItemsDelivered {
  readonly happened_on: string;
  readonly reference: string;
  readonly remarks?: string | null;
  readonly kind: "delivered";
  readonly items: ReadonlyArray<string>;
}

/** How far the issuer's keys are trusted: as read, as last read before a failure, or no more. */
export type KeyState = "current" | "last_good_trusted" | "expired";

/** The trust in the issuer's keys: how long ago they were read, and for how long they are trusted from now. */
export interface KeyTrust {
  readonly state: KeyState;
  readonly age_seconds: number;
  readonly trusted_seconds: number;
}

/** The keys in the file, in their order. */
export interface KeysAnswer {
  readonly keys: ReadonlyArray<ListedKey>;
}

/**
 * The answer for one item line.
 *
 * `say_in` is the sentence in the languages of the mission's countries, by their tags, where there is a translation;
 * `say_in_draft` are those of them of which nobody has yet read the translation against the English sentence.
 * `valid_until` is its last day where a date among the facts sets one.
 */
export interface LineDecision {
  readonly line: number | string;
  readonly outcome: Outcome;
  readonly handover_as_asked: Permission;
  readonly rules?: ReadonlyArray<string>;
  readonly clauses: ReadonlyArray<string>;
  readonly readings?: ReadonlyArray<string>;
  readonly duties?: ReadonlyArray<Duty>;
  readonly missing?: ReadonlyArray<Missing>;
  readonly why_not?: ReadonlyArray<WhyNot>;
  readonly claimed_not_confirmed?: ReadonlyArray<string>;
  readonly if_in_force?: IfInForce | null;
  readonly valid_until?: string | null;
  readonly say: string;
  readonly say_in?: Readonly<Record<string, string>>;
  readonly say_in_draft?: ReadonlyArray<string>;
}

/** The explanation of the answer for one line; for each other outcome, the smallest changes that lead to it. */
export interface LineExplanation {
  readonly line: number | string;
  readonly outcome: Outcome;
  readonly note?: string | null;
  readonly countries: ReadonlyArray<ConsideredCountry>;
  readonly changes?: ReadonlyArray<Change>;
  readonly search: ChangeSearch;
}

/** A list and how many items of it were counted. */
export interface ListCount {
  readonly list_id: string;
  readonly items: number;
}

/** A list with a page of its items; `next` is the `after` of the next page, absent on the last one. */
export interface ListPage {
  readonly list: RegisterListAnswer;
  readonly items: ReadonlyArray<RegisterItemAnswer>;
  readonly next?: string;
}

/**
 * Pending items sent for confirmation: whole lists, or items by their numbers.
 *
 * Of a whole list, the items go that nobody has answered for yet.
 */
export interface ListSent {
  readonly happened_on: string;
  readonly reference: string;
  readonly remarks?: string | null;
  readonly kind: "list_sent";
  readonly lists?: ReadonlyArray<string>;
  readonly items?: ReadonlyArray<string>;
}

/** Lists of what has been provided, handed to the other side. */
export interface ListSubmitted {
  readonly happened_on: string;
  readonly reference: string;
  readonly remarks?: string | null;
  readonly kind: "list_submitted";
  readonly lists: ReadonlyArray<string>;
}

/** A key as the file has it: its holder, the beginning of its hash, and its end, null for none. */
export interface ListedKey {
  readonly name: string;
  readonly role: string;
  readonly department: string | null;
  readonly fingerprint: string;
  readonly expires_at: string | null;
}

/** Every list. */
export interface ListsAnswer {
  readonly lists: ReadonlyArray<RegisterListAnswer>;
}

/** An entry: its place, then the members and payloads of its kind, then its bytes, which the proofs are about. */
export interface LogEntryAnswer {
  readonly sequence: number;
  readonly kind: EntryKind;
  readonly key: string;
  readonly at: string;
  /** In Base64 */
  readonly bytes: string;
  readonly [name: string]: unknown;
}

/** A page of the log; `next` is the `after` of the next page, absent where there is none. */
export interface LogPage {
  readonly entries: ReadonlyArray<LogEntryAnswer>;
  readonly next?: number;
}

/** Whether the decision log can be written. */
export interface LogState {
  readonly state: "writable";
}

/** Why a proposal may loosen something. */
export type LooseningCause = "more_permissive" | "less_guarded" | "not_proved" | "invariant_removed" | "invariant_changed" | "prohibition_removed" | "duty_removed" | "not_computed";

/** Whether the proposal may loosen something; what could not be computed counts as if it did. */
export interface LooseningEvidence {
  readonly may_loosen: boolean;
  readonly reasons?: ReadonlyArray<LooseningReason>;
}

/** One reason, in words. */
export interface LooseningReason {
  readonly cause: LooseningCause;
  readonly what: string;
}

/** A memorandum for the record about lists that a session closed without. */
export interface Memorandum {
  readonly happened_on: string;
  readonly reference: string;
  readonly remarks?: string | null;
  readonly kind: "memorandum";
  readonly session: number;
  readonly lists: ReadonlyArray<string>;
}

/**
 * An unknown fact that could change the answer.
 *
 * `state` tells a fact that was not stated from one that was asked and is not known; a parameter that the policy
 * officer has not found is `not_found`. `would_lead_to` gives the outcome of the line for each possible answer,
 * `answers` what an answer means where it is a code. Where no answer changes the outcome by itself, `together_with`
 * names the facts that have to be answered as well; where it is empty, all answers may still lead to the same
 * outcome, and one of them has to be given. In a line the next question to ask comes first.
 */
export interface Missing {
  readonly fact: string;
  readonly ask: string;
  readonly answered_by: string;
  readonly would_lead_to: Readonly<Record<string, Outcome>>;
  readonly state: "not_stated" | "asked_not_known" | "not_found";
  readonly together_with?: ReadonlyArray<string>;
  readonly answers?: Readonly<Record<string, string>>;
}

/**
 * How many small changes there are, how many were tried, and how many of those a scenario noticed.
 *
 * Tried changes that are neither caught nor listed are refused by the check or change no answer. `cut_short`: the
 * time limit passed before all were tried, so that survivors may be missing.
 */
export interface MutantEvidence {
  readonly made: number;
  readonly tried: number;
  readonly caught: number;
  readonly not_decided: number;
  readonly survivors?: ReadonlyArray<SurvivingMutant>;
  readonly cut_short?: boolean;
}

/** The names of what is new, of what is gone, and of what is put otherwise. */
export interface NamedChanges {
  readonly added?: ReadonlyArray<string>;
  readonly removed?: ReadonlyArray<string>;
  readonly changed?: ReadonlyArray<string>;
}

/** A country of the mission, with the name it goes by. */
export interface NamedCountry {
  readonly code: string;
  readonly name: string;
}

/** A policy of the set; one without a country is for all. */
export interface NamedPolicy {
  readonly name: string;
  readonly title: string;
  readonly country: string | null;
  /** Of a group, its countries on that day */
  readonly countries?: ReadonlyArray<string>;
  /** Of all other countries, those on that day that it is not for */
  readonly all_others_but?: ReadonlyArray<string>;
}

/** An approval; `evidence` is the digest of the evidence that the officer was shown. */
export interface NewApproval {
  readonly note?: string | null;
  readonly evidence?: string | null;
}

/** The confirmation of what is in force in a ledger that was restored. */
export interface NewConfirmation {
  readonly note?: string | null;
  readonly revision: string;
}

/**
 * A proposal: of policies by their `files` or by a `revision` that the ledger knows, or of another `text`.
 *
 * `text` is that of a floor or of the approvers. `base` is what it replaces, left out: what is in force. `features`
 * are the scenarios to test it by. It holds from a day, or as soon as it is approved and activated.
 */
export interface NewProposal {
  readonly subject?: ProposalSubject;
  readonly wish?: string | null;
  readonly files?: Readonly<Record<string, string>> | null;
  readonly revision?: string | null;
  readonly text?: string | null;
  readonly features?: Readonly<Record<string, string>> | null;
  readonly base?: string | null;
  readonly holds_from?: string | null;
  readonly note?: string | null;
}

/** What an officer states with a reason: a rejection, a revocation. */
export interface NewReason {
  readonly note?: string | null;
  readonly reason?: string | null;
}

/** An emergency return to a revision that was in force before. */
export interface NewReturn {
  readonly note?: string | null;
  readonly reason?: string | null;
  readonly revision: string;
}

/** An officer has left; `though_too_few` says so also where too few are left to change anything. */
export interface NewRevocation {
  readonly note?: string | null;
  readonly reason?: string | null;
  readonly though_too_few?: boolean;
}

/** What an officer states without more: takes an approval or a proposal back, activates, confirms. */
export interface NewStatement {
  readonly note?: string | null;
}

/** What a caller does about a denial in spite of an approval that it named. */
export type NextAction = "request" | "retry" | "none";

/** An officer, and whether what the officer approves counts. */
export interface OfficerAnswer {
  readonly officer: string;
  readonly decides: boolean;
  readonly has_left: boolean;
}

/**
 * The officers who may approve, how many have to, and what is in force.
 *
 * `too_few` says why nothing could be approved any more. `restored` is set while a restored ledger waits.
 */
export interface OfficersAnswer {
  readonly needed: number;
  readonly officers: ReadonlyArray<OfficerAnswer>;
  readonly too_few: string | null;
  readonly in_force: InForceAnswer;
  readonly restored: RestoredAnswer | null;
}

/** What the policies in force have no word for, and at how many places of cases and registers it is recorded. */
export interface OldWord {
  readonly what: string;
  readonly places: number;
}

/** The call that opens the case; its body is `{"decision_id": ...}` with the decision named here. */
export interface OpenCaseLink {
  readonly method: "POST";
  readonly href: string;
  readonly from_decision: string;
}

/** A duty that is not done; `due` is its last day, where the case has a deadline that binds it. */
export interface OpenDuty {
  readonly line: number | string;
  readonly who: string;
  readonly must: string;
  readonly clause: string;
  readonly before?: string;
  readonly within?: string;
  readonly evidence?: string;
  readonly done_by?: string;
  readonly due?: string;
}

/** The closed set of answers, from the least to the most strict; the strictest of several wins. */
export type Outcome = "deliver" | "not_governed" | "regularise" | "route_bilateral" | "escalate_urgent" | "hold" | "needs_information" | "refer" | "refuse";

/** Where the results go on: an empty token says that there are no more. */
export interface PageAnswer {
  readonly next_token: string;
  readonly count: number;
}

/** Which part of the results is wanted: how many at most, and from where on. */
export interface PagePart {
  readonly token?: string;
  readonly limit?: number | null;
}

/** A value of a parameter with its provenance and its days, the last one included; null where none was found. */
export interface ParameterAnswer {
  readonly value: boolean | number | string | null;
  readonly status: string;
  readonly source: string;
  readonly from: string | null;
  readonly until: string | null;
}

/** A figure that is counted into another one. */
export interface PartAnswer {
  readonly figure: string;
  readonly found: number;
}

/** A line of a case that both sides agreed to include. */
export interface PendingProject {
  readonly case_id: string;
  readonly line: number | string;
  readonly project_no: string | null;
}

/** Whether the handover may take place as it was asked for. */
export type Permission = "yes" | "no" | "not_decided";

/** One policy with its scope, rules and parameters as they stand on a day. */
export interface PolicyAnswer {
  readonly name: string;
  readonly title: string;
  readonly country: string | null;
  /** Of a group, its countries on that day */
  readonly countries?: ReadonlyArray<string>;
  /** Of all other countries, those on that day that it is not for */
  readonly all_others_but?: ReadonlyArray<string>;
  readonly file: string;
  readonly revision: string;
  readonly status: "proposed" | "in_force";
  readonly as_of: string;
  readonly scope: ReadonlyArray<ScopeAnswer>;
  readonly rules: ReadonlyArray<RuleAnswer>;
  readonly parameters: Readonly<Record<string, ReadonlyArray<ParameterAnswer>>>;
}

/** A fault of the policy folder, with its place and its remedy. */
export interface PolicyFault {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly code: string;
  readonly message: string;
  readonly remedy: string | null;
}

/** The active set. */
export interface PolicySetAnswer {
  readonly name: string;
  readonly title: string;
  /** The hash of the set's content; the ETag is this and the day */
  readonly revision: string;
  readonly status: "proposed" | "in_force";
  readonly in_force_from: string | null;
  /** The IANA time zone whose day is meant wherever a call states none */
  readonly time_zone: string;
  readonly source: Readonly<Record<string, string>>;
  readonly files: ReadonlyArray<string>;
  readonly policies: ReadonlyArray<NamedPolicy>;
  readonly clauses: ReadonlyArray<ClauseAnswer>;
  readonly readings: ReadonlyArray<ReadingAnswer>;
}

/**
 * The policy set a decision was taken under; `revision` is the hash of its content.
 *
 * `approval` says how the revision came into force, and `note` what has to be known of that; answers of before the
 * fourth edition say neither.
 */
export interface PolicyStamp {
  readonly name: string;
  readonly revision: string;
  readonly status: "proposed" | "in_force";
  readonly approval?: Approval | null;
  readonly note?: string | null;
}

/** A call that could not be answered (RFC 9457). It is never a decision. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly request_id?: string | null;
  readonly errors?: ReadonlyArray<FieldError> | null;
}

/** What was proved over all requests: of the set, of the floor, and of what the base guarantees of itself. */
export interface ProofEvidence {
  readonly result: StepResult;
  readonly obligations?: number;
  readonly unproved?: ReadonlyArray<UnprovedObligation>;
}

/** A proposal as it stands. `lacking` says what it takes to come into force, `needs_deciding` why more. */
export interface ProposalAnswer {
  readonly proposal_id: string;
  readonly subject: ProposalSubject;
  readonly content: string;
  readonly base: string;
  readonly wish: string;
  readonly author: string;
  readonly proposed_at: string;
  readonly holds_from: string | null;
  readonly state: ProposalState;
  readonly evidence: EvidenceSummary | null;
  readonly approvals: ReadonlyArray<ApprovalAnswer>;
  readonly needs_deciding: ReadonlyArray<string>;
  readonly lacking: ReadonlyArray<string>;
  readonly entry: number;
  readonly active_since?: string;
  readonly ended?: ProposalEnd;
  readonly evidence_under_way?: EvidenceUnderWay;
}

/** Who ended a proposal, and why. */
export interface ProposalEnd {
  readonly officer: string;
  readonly at: string;
  readonly reason?: string;
}

/**
 * Everything computed of a proposal.
 *
 * `base` and `proposed` are revisions, `floor` is the SHA-256 of the floor's file. `engine` is the fingerprint of
 * the program that computed it.
 */
export interface ProposalEvidence {
  readonly base: string;
  readonly proposed: string;
  readonly floor: string;
  readonly engine: string;
  readonly answer_edition: number;
  readonly check: CheckEvidence;
  readonly proof: ProofEvidence;
  readonly scenarios: ScenarioEvidence;
  readonly comparison: ComparisonEvidence;
  readonly replay?: ReplayEvidence;
  readonly clauses?: NamedChanges;
  readonly readings?: NamedChanges;
  readonly invariants?: NamedChanges;
  readonly translations?: ReadonlyArray<TranslationEvidence>;
  readonly loosens: LooseningEvidence;
}

/** How far a proposal has come; the last four are ends. */
export type ProposalState = "drafted" | "checked" | "proved" | "tested" | "compared" | "approved" | "active" | "superseded" | "withdrawn" | "rejected";

/** What a proposal changes: the policies, or what they are held to and by whom. */
export type ProposalSubject = "policies" | "floor" | "approvers";

/** A page of proposals, the newest first; `next` is the last of them where there are more behind it. */
export interface ProposalsAnswer {
  readonly proposals: ReadonlyArray<ProposalAnswer>;
  readonly next: string | null;
}

/** Why a question of a list was not decided; the status is that of the problem it would be by itself. */
export interface QuestionFault {
  readonly status: number;
  readonly message: string;
  readonly errors?: ReadonlyArray<JsonObject>;
}

/** A question of an answer, and what its answers mean where they are codes. */
export interface QuestionWords {
  readonly ask: string;
  readonly answers?: Readonly<Record<string, string>>;
}

/** A page of the queue; `next` is the `after` of the next page, absent on the last one. */
export interface QueueAnswer {
  readonly urgent_without_case?: ReadonlyArray<UrgentPreCheck>;
  readonly cases: ReadonlyArray<QueuedCase>;
  readonly next?: string;
}

/** A case as it stands in the queue. */
export interface QueuedCase {
  readonly case_id: string;
  readonly request_id: string;
  readonly department: string;
  readonly opened_at: string;
  readonly version: number;
  readonly deadline?: string;
  readonly waiting_for: ReadonlyArray<string>;
  readonly about: About;
  readonly outcome: Outcome;
  readonly duties: ReadonlyArray<OpenDuty>;
}

/**
 * The service can decide; while it is `holding`, something of the policies is too old, and it permits nothing.
 *
 * `issuer_keys` is null where no tokens are taken.
 * `in_old_words` is what was recorded, when the policies came into force, in words that they do not have.
 */
export interface ReadinessAnswer {
  readonly status: "ready" | "holding";
  readonly policies: ActivePolicies;
  readonly decision_log: LogState;
  readonly counters: Readonly<Record<string, number>>;
  readonly issuer_keys: KeyTrust | null;
  readonly in_old_words: ReadonlyArray<OldWord>;
}

/** A question that the text leaves open, and the reading taken. */
export interface ReadingAnswer {
  readonly reading: string;
  readonly clauses: ReadonlyArray<string>;
  readonly question: string;
  readonly taken: string | null;
  readonly status: string;
}

/** What does not agree on a day; what lies before the instruction and what is still valid are no findings. */
export interface ReconciliationAnswer {
  readonly as_of: string;
  readonly findings: number;
  readonly breaches: ReadonlyArray<FoundHandover>;
  readonly without_pre_check: ReadonlyArray<FoundHandover>;
  readonly expired_unused: ReadonlyArray<FoundClearance>;
  readonly overdue: ReadonlyArray<DueAnswer>;
  readonly before_instruction: ReadonlyArray<FoundHandover>;
  readonly valid_unused: ReadonlyArray<FoundClearance>;
}

/** A statement was recorded, at this place of the log; what is in force after it. */
export interface RecordedAnswer {
  readonly entry: number;
  readonly in_force: InForceAnswer;
}

/** An item of a list; what is not known of it is left out. */
export interface RegisterItemAnswer {
  readonly item_no: string;
  readonly list_id: string;
  readonly place: number;
  readonly description: string;
  /** What it is, in a word of the directive */
  readonly kind: string;
  /** A decimal number, as text so that no digit is lost */
  readonly quantity?: string;
  readonly unit?: string;
  readonly provided_on?: string;
  readonly provided_to?: string;
  readonly remarks?: string;
  readonly sequence: number;
}

/** A list with its provenance and the number of its items; what is not known of it is left out. */
export interface RegisterListAnswer {
  readonly list_id: string;
  readonly title: string;
  readonly country: string;
  /** The word by which the directive sorts lists */
  readonly legacy_list: string;
  readonly source: string;
  readonly batch: string;
  readonly transfer_procedure: TransferProcedure;
  readonly put_to_session?: number;
  readonly items: number;
  readonly recorded_at?: string;
  readonly recorded_by?: string;
  readonly sequence: number;
}

/**
 * Recorded decisions, taken again under both sets: how many, and how many of them are answered otherwise.
 *
 * `shown` names the first of their lines. Failed: a decision could not be taken again; `because` says why.
 */
export interface ReplayEvidence {
  readonly result: StepResult;
  readonly decided?: number;
  readonly changed?: number;
  readonly shown?: ReadonlyArray<ReplayedDecision>;
  readonly because?: string;
}

/** A line of a recorded decision that is answered otherwise; the outcome may be the same, with other content. */
export interface ReplayedDecision {
  readonly decision_id: string;
  readonly line: number | string;
  readonly was: Outcome;
  readonly becomes: Outcome;
}

/** How what is recorded stands to the figures of the office. */
export interface ReportAnswer {
  readonly reconciles: boolean;
  readonly figures: ReadonlyArray<FigureAnswer>;
  readonly uncounted_lists: ReadonlyArray<ListCount>;
  readonly alike: ReadonlyArray<ReadonlyArray<AlikeItem>>;
}

/** A resolution of a session, with the lists, items and projects it includes. */
export interface Resolution {
  readonly happened_on: string;
  readonly reference: string;
  readonly remarks?: string | null;
  readonly kind: "resolution";
  readonly session: number;
  readonly country?: string | null;
  readonly number: string;
  readonly form: "main" | "supplementary";
  readonly lists?: ReadonlyArray<string>;
  readonly items?: ReadonlyArray<string>;
  readonly projects?: ReadonlyArray<string>;
}

/** To which resources of a type a subject may do something. */
export interface ResourceSearchCall {
  readonly context?: JsonObject;
  readonly page?: PagePart | null;
  readonly subject: EntityPart;
  readonly action: ActionPart;
  readonly resource: SoughtEntity;
}

/** The ledger was restored from a backup taken at a time, with so many entries; `mark` is what is confirmed. */
export interface RestoredAnswer {
  readonly taken_at: string;
  readonly entries: number;
  readonly mark: string;
}

/** The keys that no longer count. */
export interface RevokedAnswer {
  readonly revoked: ReadonlyArray<ListedKey>;
}

/** The new key, shown this once, and until when the one before it counts. */
export interface RotatedAnswer {
  readonly key: string;
  readonly stored: ListedKey;
  readonly old_ends_at: string;
}

/** A rule with its place in the file and the rules it gives way to. */
export interface RuleAnswer {
  readonly rule: string;
  readonly at: string;
  readonly exception_to: ReadonlyArray<string>;
  readonly beaten_by: ReadonlyArray<string>;
  readonly when: string;
  readonly outcome: Outcome;
  readonly clauses: ReadonlyArray<string>;
  readonly readings: ReadonlyArray<string>;
  readonly duties: ReadonlyArray<RuleDuty>;
  readonly say: string;
  readonly say_when: ReadonlyArray<RuleSentence>;
}

/** Who must do what where the rule decides, by which clause. */
export interface RuleDuty {
  readonly who: string;
  readonly must: string;
  readonly clause: string;
  readonly before?: string;
  readonly within?: string;
  readonly evidence?: string;
  readonly done_by?: string;
  /** The condition under which it is there */
  readonly when?: string;
}

/** A sentence that the rule says in the place of the plain one where a condition holds. */
export interface RuleSentence {
  readonly when: string;
  readonly say: string;
}

/** The scenarios of the base, run against the proposed set; `because` says why they could not be run. */
export interface ScenarioEvidence {
  readonly result: StepResult;
  readonly expected?: number;
  readonly passed?: number;
  readonly failed?: ReadonlyArray<FailedScenario>;
  readonly because?: string;
  readonly mutants?: MutantEvidence;
}

/** A condition under which the policy speaks at all. */
export interface ScopeAnswer {
  readonly scope: string;
  readonly when: string;
  readonly clauses: ReadonlyArray<string>;
  readonly readings: ReadonlyArray<string>;
}

/** A session: what it was asked, what its resolutions include, and what they do not. */
export interface SessionAnswer {
  readonly session: number;
  readonly country: string;
  readonly opened: EventAnswer | null;
  readonly closed: EventAnswer | null;
  readonly resolutions: ReadonlyArray<EventAnswer>;
  readonly asked: ReadonlyArray<SessionItems>;
  readonly included: ReadonlyArray<SessionItems>;
  readonly included_projects: ReadonlyArray<string>;
  readonly not_included: ReadonlyArray<SessionItems>;
  readonly owed_projects: ReadonlyArray<PendingProject>;
}

/** A session ended. */
export interface SessionClosed {
  readonly happened_on: string;
  readonly reference: string;
  readonly remarks?: string | null;
  readonly kind: "session_closed";
  readonly session: number;
  readonly country?: string | null;
  readonly place?: string | null;
}

/** Items of a list that a session has to do with; they are named where they are few. */
export interface SessionItems {
  readonly list_id: string;
  readonly items: number;
  readonly item_nos?: ReadonlyArray<string>;
}

/** A session began. `country` may be left out where one country alone has registers. */
export interface SessionOpened {
  readonly happened_on: string;
  readonly reference: string;
  readonly remarks?: string | null;
  readonly kind: "session_opened";
  readonly session: number;
  readonly country?: string | null;
  readonly place?: string | null;
}

/** What an officer was shown: the newest evidence, one from before it, one computed elsewhere, or none. */
export type ShownEvidence = "newest" | "earlier" | "elsewhere" | "none";

/** The subject or resource that is searched for; whatever id it has is ignored. */
export interface SoughtEntity {
  readonly type: string;
  readonly properties?: JsonObject;
}

/**
 * What became of a step; only `passed` speaks for the proposal.
 *
 * `no_scenarios`: there are none to run. `not_run`: an earlier step failed, or the step could not be begun.
 */
export type StepResult = "passed" | "failed" | "not_run" | "no_scenarios";

/** Which subjects of a type may do something to a resource. */
export interface SubjectSearchCall {
  readonly context?: JsonObject;
  readonly page?: PagePart | null;
  readonly subject: SoughtEntity;
  readonly action: ActionPart;
  readonly resource: EntityPart;
}

/** A scenario that was run and notices a small change: its title and text, to stand after a line of a file. */
export interface SuggestedScenario {
  readonly path: string;
  readonly line: number;
  readonly title: string;
  readonly text: string;
}

/** Asked that lists enter a supplementary resolution of a session. */
export interface SupplementaryAsked {
  readonly happened_on: string;
  readonly reference: string;
  readonly remarks?: string | null;
  readonly kind: "supplementary_asked";
  readonly session: number;
  readonly lists: ReadonlyArray<string>;
}

/** A small change of the proposed files that no scenario notices, and one that would, if it was found. */
export interface SurvivingMutant {
  readonly place: string;
  readonly subject: string;
  readonly change: string;
  readonly proposal?: SuggestedScenario;
}

/** A request: the id is that of its case. */
export interface TaskHandle {
  readonly id: string;
  readonly status: TaskStatus;
  readonly status_endpoint: string;
  readonly progress?: TaskProgress;
}

/** For which parties it waits. */
export interface TaskProgress {
  readonly awaiting: ReadonlyArray<string>;
}

/** What to do with an approval: ask again. */
export interface TaskResult {
  readonly mode: string;
  readonly approval: ApprovalReference;
}

/** How a request stands. */
export type TaskStatus = "pending" | "approved" | "denied";

/** A transfer procedure as it is answered when it was recorded. */
export interface TransferAcknowledgement {
  readonly handover_id: string;
  readonly recorded_on: string;
  /** Null once it was erased */
  readonly reference: string | null;
  readonly recorded_at: string;
  readonly recorded_by: string;
  readonly notes?: ReadonlyArray<string>;
}

/** A recorded transfer procedure. */
export interface TransferAnswer {
  readonly recorded_on: string;
  /** Null once it was erased */
  readonly reference: string | null;
  readonly recorded_at: string;
  readonly recorded_by: string;
}

/** Whether transfer procedures are recorded for a list; `none` where there was nothing to transfer. */
export type TransferProcedure = "recorded" | "not_recorded" | "none";

/** The transfer procedures of delivered items carried out. */
export interface TransferRecorded {
  readonly happened_on: string;
  readonly reference: string;
  readonly remarks?: string | null;
  readonly kind: "transfer_recorded";
  readonly items: ReadonlyArray<string>;
}

/** The transfer procedure of a handover, with its written reference. */
export interface TransferStatement {
  readonly recorded_on: string;
  readonly reference: string;
}

/** The translations of the proposed set into one language: texts that have none, stale ones, and drafts. */
export interface TranslationEvidence {
  readonly language: string;
  readonly missing: number;
  readonly stale: number;
  readonly drafts: number;
}

/** Something that is not proved, why, and the smallest request that shows it, if there is one. */
export interface UnprovedObligation {
  readonly name: string;
  readonly because?: string;
  readonly request?: JsonObject;
}

/** What changes without anybody doing anything, from one day to another, both included. */
export interface UpcomingAnswer {
  readonly revision: string;
  readonly from: string;
  readonly until: string;
  /** The kinds of dated records that are listed: those that the caller may read */
  readonly record_kinds: ReadonlyArray<DatedRecordKind>;
  /** Facts by whose date an answer changes on a day of its own, which no list of days shows */
  readonly own_dates: ReadonlyArray<string>;
  readonly days: ReadonlyArray<UpcomingDay>;
}

/** Requests whose outcome stays while the answer differs in content, by the rule or answer it comes from. */
export interface UpcomingAnswerChange {
  readonly about: string;
  readonly countries: ReadonlyArray<string>;
  readonly members: ReadonlyArray<string>;
}

/** Requests that are answered with another outcome on the day than on the day before, all in the same way. */
export interface UpcomingClass {
  readonly sentence: string;
  readonly countries: ReadonlyArray<string>;
  readonly policies: ReadonlyArray<string>;
  readonly was: Outcome;
  readonly becomes: Outcome;
  readonly direction: string;
  readonly rules_before: ReadonlyArray<string>;
  readonly rules_after: ReadonlyArray<string>;
  readonly always: ReadonlyArray<string>;
  readonly because_of: ReadonlyArray<string>;
  /** The smallest such request, as put on the day */
  readonly example: JsonObject;
}

/** A day: what begins, ends or changes on it, and which requests are answered otherwise than on the day before. */
export interface UpcomingDay {
  readonly day: string;
  readonly changes: ReadonlyArray<DatedChangeAnswer>;
  readonly records: ReadonlyArray<DatedRecordAnswer>;
  /** Null where they are not known, or not yet */
  readonly classes: ReadonlyArray<UpcomingClass> | null;
  /** Null where they are not known, or not yet */
  readonly answers: ReadonlyArray<UpcomingAnswerChange> | null;
  /** Whether it is proved that no other request changes its outcome */
  readonly complete: boolean;
  /** Why classes are not known, or may not be all */
  readonly because?: string;
}

/** The newest pre-check of a request that is urgent and about which no case has been opened. */
export interface UrgentPreCheck {
  readonly decision_id: string;
  readonly request_id: string;
  readonly department: string;
  readonly evaluated_at: string;
  readonly deadline?: string;
  readonly waiting_for: ReadonlyArray<string>;
  readonly about?: About;
  readonly links?: AnswerLinks;
}

/** The words of the active set. */
export interface VocabularyAnswer {
  readonly revision: string;
  /** The party that asks, and answers what belongs to nobody else */
  readonly asking_party: string;
  readonly parties: Readonly<Record<string, string>>;
  /** What groups of facts are about */
  readonly groups: Readonly<Record<string, string>>;
  readonly facts: ReadonlyArray<DeclaredFactAnswer>;
}

/** A rule that did not decide: its condition that failed, and what was found instead. */
export interface WhyNot {
  readonly rule: string;
  readonly condition: string;
  readonly found: string;
}

/** An earlier event that should never have been recorded; `event` is its number, `sequence`. */
export interface Withdrawal {
  readonly happened_on: string;
  readonly reference: string;
  readonly remarks?: string | null;
  readonly kind: "withdrawal";
  readonly event: number;
}

/** A withdrawal as it is answered when it was recorded. */
export interface WithdrawalAcknowledgement {
  /** Null once it was erased */
  readonly reason: string | null;
  readonly recorded_at: string;
  readonly recorded_by: string;
  readonly handover_id: string;
  readonly notes?: ReadonlyArray<string>;
}

/** Why a handover does not count: it never took place. */
export interface WithdrawalAnswer {
  /** Null once it was erased */
  readonly reason: string | null;
  readonly recorded_at: string;
  readonly recorded_by: string;
}

/** A method for each call of the service. */
export abstract class Calls {
  protected abstract call<T>(operation: Operation, given: Given): Promise<T>;

  /**
   * Decide one request.
   *
   * Answer once the decision is recorded.
   */
  preCheck(body: JsonObject | Uint8Array, options: { explain?: "full"; acceptLanguage?: string } = {}): Promise<AnsweredDecision | ExplainedDecision> {
    return this.call({ name: "pre_check", method: "POST", path: "/v1/pre-check", answers: { 200: "json" } }, { query: { "explain": options.explain }, header: { "Accept-Language": options.acceptLanguage }, body });
  }

  /**
   * Decide a list of requests.
   *
   * Answer once every decision of the list is recorded; a malformed entry does not stop the others.
   */
  preChecks(body: ReadonlyArray<JsonObject | unknown> | Uint8Array, options: { acceptLanguage?: string } = {}): Promise<ReadonlyArray<AnsweredDecision | Problem>> {
    return this.call({ name: "pre_checks", method: "POST", path: "/v1/pre-checks", answers: { 200: "json" } }, { header: { "Accept-Language": options.acceptLanguage }, body });
  }

  /**
   * Read a decision again.
   *
   * Return the answer. For a department, a decision about another one is not there.
   */
  readDecision(decisionId: string, options: { acceptLanguage?: string } = {}): Promise<AnsweredDecision> {
    return this.call({ name: "read_decision", method: "GET", path: "/v1/decisions/{decision_id}", answers: { 200: "json" } }, { path: { "decision_id": decisionId }, header: { "Accept-Language": options.acceptLanguage } });
  }

  /**
   * Prove that a decision is recorded.
   *
   * Return the proof. For a department, a decision about another one is not there.
   */
  readDecisionProof(decisionId: string): Promise<DecisionProof> {
    return this.call({ name: "read_decision_proof", method: "GET", path: "/v1/decisions/{decision_id}/proof", answers: { 200: "json" } }, { path: { "decision_id": decisionId } });
  }

  /**
   * Open a case.
   *
   * Open a case with the facts of a request, or of that of a decision, which happened on its `as_of`, or today.
   */
  postCase(body: JsonObject | CaseStatement | Uint8Array, options: { idempotencyKey?: string; dryRun?: boolean } = {}): Promise<CaseAcknowledgement | DryRunOfCaseAcknowledgement> {
    return this.call({ name: "post_case", method: "POST", path: "/v1/cases", answers: { 200: "json", 201: "json" } }, { header: { "Idempotency-Key": options.idempotencyKey }, query: { "dry_run": options.dryRun }, body });
  }

  /**
   * Read the queue of cases.
   *
   * Return the cases, those that wait for one party alone if asked, the nearest deadline first if asked.
   */
  readCases(options: { heldOn?: string; knownAt?: string; waitingFor?: string; sort?: "deadline"; limit?: number; after?: string } = {}): Promise<QueueAnswer> {
    return this.call({ name: "read_cases", method: "GET", path: "/v1/cases", answers: { 200: "json" } }, { query: { "held_on": options.heldOn, "known_at": options.knownAt, "waiting_for": options.waitingFor, "sort": options.sort, "limit": options.limit, "after": options.after } });
  }

  /**
   * Read a case.
   *
   * Return facts, decision, open duties and history: of now, or what held and was known at other times.
   */
  readCase(caseId: string, options: { heldOn?: string; knownAt?: string } = {}): Promise<CaseAnswer> {
    return this.call({ name: "read_case", method: "GET", path: "/v1/cases/{case_id}", answers: { 200: "json" } }, { path: { "case_id": caseId }, query: { "held_on": options.heldOn, "known_at": options.knownAt } });
  }

  /**
   * Record facts of a case.
   *
   * Record facts, all or none, if the case still has the version that the caller has seen.
   */
  postFacts(caseId: string, body: FactStatements | Uint8Array, options: { idempotencyKey?: string; dryRun?: boolean; ifMatch: string }): Promise<CaseAcknowledgement | DryRunOfCaseAcknowledgement> {
    return this.call({ name: "post_facts", method: "POST", path: "/v1/cases/{case_id}/facts", answers: { 200: "json", 201: "json" } }, { path: { "case_id": caseId }, header: { "Idempotency-Key": options.idempotencyKey, "If-Match": options.ifMatch }, query: { "dry_run": options.dryRun }, body });
  }

  /**
   * Issue the clearance of a decision.
   *
   * Issue it for the lines that may be handed over: signed, for one handover, within the days of the decision.
   */
  postClearance(body: ClearanceStatement | Uint8Array, options: { idempotencyKey?: string; dryRun?: boolean } = {}): Promise<IssuedClearance | DryRunOfIssuedClearance> {
    return this.call({ name: "post_clearance", method: "POST", path: "/v1/clearances", answers: { 200: "json", 201: "json" } }, { header: { "Idempotency-Key": options.idempotencyKey }, query: { "dry_run": options.dryRun }, body });
  }

  /**
   * Read a clearance.
   *
   * Return the clearance with its state. For a department, one of another department is not there.
   */
  readClearance(clearanceId: string): Promise<ClearanceAnswer> {
    return this.call({ name: "read_clearance", method: "GET", path: "/v1/clearances/{clearance_id}", answers: { 200: "json" } }, { path: { "clearance_id": clearanceId } });
  }

  /**
   * Record a handover.
   *
   * Record what was handed over, in order or not, and say which; a clearance is used up by it.
   */
  postHandover(body: JsonObject | Uint8Array, options: { idempotencyKey?: string; dryRun?: boolean } = {}): Promise<HandoverAnswer | DryRunOfHandoverAnswer> {
    return this.call({ name: "post_handover", method: "POST", path: "/v1/handovers", answers: { 200: "json", 201: "json" } }, { header: { "Idempotency-Key": options.idempotencyKey }, query: { "dry_run": options.dryRun }, body });
  }

  /**
   * Read the handovers.
   *
   * Return handovers in the order of their recording, those of one status alone if asked.
   */
  readHandovers(options: { status?: "breach" | "in_order" | "not_governed" | "to_be_regularised"; limit?: number; after?: string } = {}): Promise<HandoverPage> {
    return this.call({ name: "read_handovers", method: "GET", path: "/v1/handovers", answers: { 200: "json" } }, { query: { "status": options.status, "limit": options.limit, "after": options.after } });
  }

  /**
   * Read a handover.
   *
   * Return what was recorded and found, and the transfer if there is one.
   */
  readHandover(handoverId: string): Promise<HandoverAnswer> {
    return this.call({ name: "read_handover", method: "GET", path: "/v1/handovers/{handover_id}", answers: { 200: "json" } }, { path: { "handover_id": handoverId } });
  }

  /**
   * Record the transfer procedure of a handover.
   *
   * Record, once, that the transfer procedure was completed.
   */
  postTransfer(handoverId: string, body: TransferStatement | Uint8Array, options: { idempotencyKey?: string; dryRun?: boolean } = {}): Promise<TransferAcknowledgement | DryRunOfTransferAcknowledgement> {
    return this.call({ name: "post_transfer", method: "POST", path: "/v1/handovers/{handover_id}/transfer", answers: { 200: "json", 201: "json" } }, { path: { "handover_id": handoverId }, header: { "Idempotency-Key": options.idempotencyKey }, query: { "dry_run": options.dryRun }, body });
  }

  /**
   * Withdraw a handover that never took place.
   *
   * Record that it never took place: the record stays and does not count, and its clearance is free again.
   */
  postHandoverWithdrawal(handoverId: string, body: HandoverWithdrawal | Uint8Array, options: { idempotencyKey?: string; dryRun?: boolean } = {}): Promise<WithdrawalAcknowledgement | DryRunOfWithdrawalAcknowledgement> {
    return this.call({ name: "post_handover_withdrawal", method: "POST", path: "/v1/handovers/{handover_id}/withdrawal", answers: { 200: "json", 201: "json" } }, { path: { "handover_id": handoverId }, header: { "Idempotency-Key": options.idempotencyKey }, query: { "dry_run": options.dryRun }, body });
  }

  /**
   * Read what does not agree.
   *
   * Return breaches, handovers nobody had asked about, unused clearances and what is overdue on a day, or today.
   */
  readReconcile(options: { asOf?: string } = {}): Promise<ReconciliationAnswer> {
    return this.call({ name: "read_reconcile", method: "GET", path: "/v1/reconcile", answers: { 200: "json" } }, { query: { "as_of": options.asOf } });
  }

  /**
   * Read the active policy set.
   *
   * Return name, revision, status of today, files and policies.
   */
  readPolicies(): Promise<PolicySetAnswer> {
    return this.call({ name: "read_policies", method: "GET", path: "/v1/policies", answers: { 200: "json" } }, {  });
  }

  /**
   * Read the words of the active policy set.
   *
   * Return every fact that a request may state, with its kind, its choices in words, and who answers for it.
   */
  readVocabulary(): Promise<VocabularyAnswer> {
    return this.call({ name: "read_vocabulary", method: "GET", path: "/v1/vocabulary", answers: { 200: "json" } }, {  });
  }

  /**
   * Read what changes on which day by itself.
   *
   * Return what begins, ends or changes on which day, from a day or today, until a day or a year later.
   *
   * Which requests are answered otherwise is computed in the background: until it is there, `classes` is null, and a
   * later call has it.
   */
  readUpcoming(options: { from?: string; until?: string } = {}): Promise<UpcomingAnswer> {
    return this.call({ name: "read_upcoming", method: "GET", path: "/v1/policies/upcoming", answers: { 200: "json" } }, { query: { "from": options.from, "until": options.until } });
  }

  /**
   * Read one policy of the active set.
   *
   * Return the policy called `name` as it stands today.
   */
  readPolicy(name: string): Promise<PolicyAnswer> {
    return this.call({ name: "read_policy", method: "GET", path: "/v1/policies/{name}", answers: { 200: "json" } }, { path: { "name": name } });
  }

  /**
   * Read the lists of the registers.
   *
   * Return every list with its provenance and the number of its items.
   */
  readRegisterLists(): Promise<ListsAnswer> {
    return this.call({ name: "read_register_lists", method: "GET", path: "/v1/registers", answers: { 200: "json" } }, {  });
  }

  /**
   * Reconcile the registers with their figures.
   *
   * Return how what is recorded stands to the figures of the office (`CHANNELGATE_FIGURES`).
   */
  readRegisterReport(): Promise<ReportAnswer> {
    return this.call({ name: "read_register_report", method: "GET", path: "/v1/registers/report", answers: { 200: "json" } }, {  });
  }

  /**
   * Read a list.
   *
   * Return a list and its items in their order, behind the item `after`.
   */
  readRegisterList(listId: string, options: { limit?: number; after?: string } = {}): Promise<ListPage> {
    return this.call({ name: "read_register_list", method: "GET", path: "/v1/registers/lists/{list_id}", answers: { 200: "json" } }, { path: { "list_id": listId }, query: { "limit": options.limit, "after": options.after } });
  }

  /**
   * Read an item.
   *
   * Return an item with its list and its events.
   */
  readRegisterItem(itemNo: string): Promise<ItemHistoryAnswer> {
    return this.call({ name: "read_register_item", method: "GET", path: "/v1/registers/items/{item_no}", answers: { 200: "json" } }, { path: { "item_no": itemNo } });
  }

  /**
   * Record an event of the registers.
   *
   * Record what happened to lists, items or a session, with the paper that shows it.
   */
  postRegisterEvent(body: ListSent | ConfirmationGiven | ItemsDelivered | TransferRecorded | ListSubmitted | SupplementaryAsked | SessionOpened | SessionClosed | Resolution | Memorandum | Withdrawal | Uint8Array, options: { idempotencyKey?: string; dryRun?: boolean } = {}): Promise<EventAcknowledgement | DryRunOfEventAcknowledgement> {
    return this.call({ name: "post_register_event", method: "POST", path: "/v1/registers/events", answers: { 200: "json", 201: "json" } }, { header: { "Idempotency-Key": options.idempotencyKey }, query: { "dry_run": options.dryRun }, body });
  }

  /**
   * Read the events of the registers.
   *
   * Return every event, or those of a session, of the items of a list, or of an item.
   */
  readRegisterEvents(options: { session?: number; listId?: string; itemNo?: string } = {}): Promise<EventsAnswer> {
    return this.call({ name: "read_register_events", method: "GET", path: "/v1/registers/events", answers: { 200: "json" } }, { query: { "session": options.session, "list_id": options.listId, "item_no": options.itemNo } });
  }

  /**
   * Read a session.
   *
   * Return when a session opened and closed, its resolutions, what it was asked, and what is in none of them.
   */
  readSession(number: number, options: { country?: string } = {}): Promise<SessionAnswer> {
    return this.call({ name: "read_session", method: "GET", path: "/v1/registers/sessions/{number}", answers: { 200: "json" } }, { path: { "number": number }, query: { "country": options.country } });
  }

  /**
   * Print the list for confirmation.
   *
   * Return the pending items that wait for an answer, with places to tick.
   */
  readConfirmationList(options: { listId?: string; country?: string } = {}): Promise<string> {
    return this.call({ name: "read_confirmation_list", method: "GET", path: "/v1/registers/pages/confirmation-list", answers: { 200: "text" } }, { query: { "list_id": options.listId, "country": options.country } });
  }

  /**
   * Print the agenda of a session.
   *
   * Return what must be put to a session: lists, agreed projects, what is separate, open confirmations.
   */
  readAgenda(options: { session: number; country?: string }): Promise<string> {
    return this.call({ name: "read_agenda", method: "GET", path: "/v1/registers/pages/agenda", answers: { 200: "text" } }, { query: { "session": options.session, "country": options.country } });
  }

  /**
   * Print the draft of a memorandum.
   *
   * Return the memorandum about the lists that a closed session left out.
   */
  readMemorandum(options: { session: number; country?: string }): Promise<string> {
    return this.call({ name: "read_memorandum", method: "GET", path: "/v1/registers/pages/memorandum", answers: { 200: "text" } }, { query: { "session": options.session, "country": options.country } });
  }

  /**
   * Read what falls due.
   *
   * Return what is owed as of a day, or today; by one party alone if asked. A department sees its own cases.
   */
  readDue(options: { asOf?: string; owner?: string } = {}): Promise<DuesAnswer> {
    return this.call({ name: "read_due", method: "GET", path: "/v1/due", answers: { 200: "json" } }, { query: { "as_of": options.asOf, "owner": options.owner } });
  }

  /**
   * Read the newest signed checkpoint.
   *
   * Return the checkpoint over everything recorded so far; keep it where the log's writers cannot reach it.
   */
  readCheckpoint(): Promise<string> {
    return this.call({ name: "read_checkpoint", method: "GET", path: "/v1/log/checkpoint", answers: { 200: "text" } }, {  });
  }

  /**
   * Read the log.
   *
   * Return the entries behind the place `after`, or from the first; `next` leads on if there may be more.
   */
  readLogEntries(options: { limit?: number; after?: number } = {}): Promise<LogPage> {
    return this.call({ name: "read_log_entries", method: "GET", path: "/v1/log/entries", answers: { 200: "json" } }, { query: { "limit": options.limit, "after": options.after } });
  }

  /**
   * Read a tile of the log's tree.
   *
   * Return hashes of the tree, 32 bytes each (C2SP tlog-tiles): `LEVEL/INDEX`, of a part `LEVEL/INDEX.p/WIDTH`.
   */
  readTile(tile: string): Promise<string> {
    return this.call({ name: "read_tile", method: "GET", path: "/v1/log/tile/{tile}", answers: { 200: "text" } }, { path: { "tile": tile } });
  }

  /**
   * Read the bytes of an entry.
   *
   * Return the bytes of an entry, of which the tree is built.
   */
  readEntry(sequence: string): Promise<string> {
    return this.call({ name: "read_entry", method: "GET", path: "/v1/log/entry/{sequence}", answers: { 200: "text" } }, { path: { "sequence": sequence } });
  }

  /**
   * Read whose API keys there are.
   *
   * Return the holders of keys, with the beginnings of the hashes and the ends.
   */
  readKeys(): Promise<KeysAnswer> {
    return this.call({ name: "read_keys", method: "GET", path: "/v1/keys", answers: { 200: "json" } }, {  });
  }

  /**
   * Get a new API key in the place of one's own.
   *
   * Make a new key for the holder of the one that this call comes with. A repeated call makes one more.
   */
  postKeyRotation(): Promise<RotatedAnswer> {
    return this.call({ name: "post_key_rotation", method: "POST", path: "/v1/keys/rotation", answers: { 201: "json" } }, {  });
  }

  /**
   * Revoke every API key of somebody.
   *
   * Take every key of a name out of the file: nobody can call with it, or is signed in by it, from then on.
   */
  postKeyRevocation(name: string): Promise<RevokedAnswer> {
    return this.call({ name: "post_key_revocation", method: "POST", path: "/v1/keys/{name}/revocation", answers: { 200: "json" } }, { path: { "name": name } });
  }

  /**
   * Read the proposals.
   *
   * Return proposals with their state, their approvals, and what they lack.
   */
  readProposals(options: { limit?: number; after?: string } = {}): Promise<ProposalsAnswer> {
    return this.call({ name: "read_proposals", method: "GET", path: "/v1/proposals", answers: { 200: "json" } }, { query: { "limit": options.limit, "after": options.after } });
  }

  /**
   * Propose a change.
   *
   * Record a proposal; its evidence is computed in the background.
   */
  postProposal(body: NewProposal | Uint8Array, options: { idempotencyKey?: string; dryRun?: boolean } = {}): Promise<ProposalAnswer | DryRunOfProposalAnswer> {
    return this.call({ name: "post_proposal", method: "POST", path: "/v1/proposals", answers: { 200: "json", 201: "json" } }, { header: { "Idempotency-Key": options.idempotencyKey }, query: { "dry_run": options.dryRun }, body });
  }

  /**
   * Read a proposal.
   *
   * Return a proposal with its state, its approvals, what it lacks, and how far its evidence is.
   */
  readProposal(proposalId: string): Promise<ProposalAnswer> {
    return this.call({ name: "read_proposal", method: "GET", path: "/v1/proposals/{proposal_id}", answers: { 200: "json" } }, { path: { "proposal_id": proposalId } });
  }

  /**
   * Read the evidence of a proposal.
   *
   * Return what was computed last of a proposal.
   */
  readEvidence(proposalId: string): Promise<ProposalEvidence> {
    return this.call({ name: "read_evidence", method: "GET", path: "/v1/proposals/{proposal_id}/evidence", answers: { 200: "json" } }, { path: { "proposal_id": proposalId } });
  }

  /**
   * Compute the evidence of a proposal again.
   *
   * Begin the computation, unless it is under way.
   */
  postEvidence(proposalId: string): Promise<ProposalAnswer> {
    return this.call({ name: "post_evidence", method: "POST", path: "/v1/proposals/{proposal_id}/evidence", answers: { 202: "json" } }, { path: { "proposal_id": proposalId } });
  }

  /**
   * Read the approvers.
   *
   * Return the officers whom the approvers in force name, and what is in force.
   */
  readApprovers(): Promise<OfficersAnswer> {
    return this.call({ name: "read_approvers", method: "GET", path: "/v1/approvers", answers: { 200: "json" } }, {  });
  }

  /**
   * Approve a proposal.
   *
   * Record that an officer approves.
   */
  postApproval(proposalId: string, body: NewApproval | Uint8Array, options: { idempotencyKey?: string; dryRun?: boolean } = {}): Promise<ProposalAnswer | DryRunOfProposalAnswer> {
    return this.call({ name: "post_approval", method: "POST", path: "/v1/proposals/{proposal_id}/approvals", answers: { 200: "json", 201: "json" } }, { path: { "proposal_id": proposalId }, header: { "Idempotency-Key": options.idempotencyKey }, query: { "dry_run": options.dryRun }, body });
  }

  /**
   * Take an approval back.
   *
   * Record that an officer takes an approval back, before it is in force.
   */
  postApprovalWithdrawal(proposalId: string, body: NewStatement | Uint8Array, options: { idempotencyKey?: string; dryRun?: boolean } = {}): Promise<ProposalAnswer | DryRunOfProposalAnswer> {
    return this.call({ name: "post_approval_withdrawal", method: "POST", path: "/v1/proposals/{proposal_id}/approvals/withdrawal", answers: { 200: "json", 201: "json" } }, { path: { "proposal_id": proposalId }, header: { "Idempotency-Key": options.idempotencyKey }, query: { "dry_run": options.dryRun }, body });
  }

  /**
   * Reject a proposal.
   *
   * Record that an officer rejects a proposal: it comes to an end.
   */
  postRejection(proposalId: string, body: NewReason | Uint8Array, options: { idempotencyKey?: string; dryRun?: boolean } = {}): Promise<ProposalAnswer | DryRunOfProposalAnswer> {
    return this.call({ name: "post_rejection", method: "POST", path: "/v1/proposals/{proposal_id}/rejection", answers: { 200: "json", 201: "json" } }, { path: { "proposal_id": proposalId }, header: { "Idempotency-Key": options.idempotencyKey }, query: { "dry_run": options.dryRun }, body });
  }

  /**
   * Withdraw a proposal.
   *
   * Record that its author withdraws a proposal.
   */
  postProposalWithdrawal(proposalId: string, body: NewStatement | Uint8Array, options: { idempotencyKey?: string; dryRun?: boolean } = {}): Promise<ProposalAnswer | DryRunOfProposalAnswer> {
    return this.call({ name: "post_proposal_withdrawal", method: "POST", path: "/v1/proposals/{proposal_id}/withdrawal", answers: { 200: "json", 201: "json" } }, { path: { "proposal_id": proposalId }, header: { "Idempotency-Key": options.idempotencyKey }, query: { "dry_run": options.dryRun }, body });
  }

  /**
   * Bring a proposal into force.
   *
   * Bring into force what was approved, at every process at once.
   */
  postActivation(proposalId: string, body: NewStatement | Uint8Array, options: { idempotencyKey?: string; dryRun?: boolean } = {}): Promise<ProposalAnswer | DryRunOfProposalAnswer> {
    return this.call({ name: "post_activation", method: "POST", path: "/v1/proposals/{proposal_id}/activation", answers: { 200: "json", 201: "json" } }, { path: { "proposal_id": proposalId }, header: { "Idempotency-Key": options.idempotencyKey }, query: { "dry_run": options.dryRun }, body });
  }

  /**
   * Return to earlier policies in an emergency.
   *
   * Bring an earlier revision into force at once, until it is confirmed by a proposal.
   */
  postReturn(body: NewReturn | Uint8Array, options: { idempotencyKey?: string; dryRun?: boolean } = {}): Promise<RecordedAnswer | DryRunOfRecordedAnswer> {
    return this.call({ name: "post_return", method: "POST", path: "/v1/policies/return", answers: { 200: "json", 201: "json" } }, { header: { "Idempotency-Key": options.idempotencyKey }, query: { "dry_run": options.dryRun }, body });
  }

  /**
   * Confirm a ledger that was restored from a backup.
   *
   * Confirm what is in force in a restored ledger; until then nothing is permitted.
   */
  postConfirmation(body: NewConfirmation | Uint8Array, options: { idempotencyKey?: string; dryRun?: boolean } = {}): Promise<RecordedAnswer | DryRunOfRecordedAnswer> {
    return this.call({ name: "post_confirmation", method: "POST", path: "/v1/policies/confirmation", answers: { 200: "json", 201: "json" } }, { header: { "Idempotency-Key": options.idempotencyKey }, query: { "dry_run": options.dryRun }, body });
  }

  /**
   * Record that an officer has left.
   *
   * Record that an officer has left; what is pending needs other approvals from now on.
   */
  postRevocation(officer: string, body: NewRevocation | Uint8Array, options: { idempotencyKey?: string; dryRun?: boolean } = {}): Promise<RecordedAnswer | DryRunOfRecordedAnswer> {
    return this.call({ name: "post_revocation", method: "POST", path: "/v1/approvers/{officer}/revocation", answers: { 200: "json", 201: "json" } }, { path: { "officer": officer }, header: { "Idempotency-Key": options.idempotencyKey }, query: { "dry_run": options.dryRun }, body });
  }

  /**
   * Answer one question.
   *
   * Answer once the decision is recorded.
   */
  evaluation(body: EvaluationCall | Uint8Array): Promise<EvaluationAnswer> {
    return this.call({ name: "evaluation", method: "POST", path: "/access/v1/evaluation", answers: { 200: "json" } }, { body });
  }

  /**
   * Answer a list of questions.
   *
   * Answer once the decisions are recorded; without a list, as one question is answered.
   */
  evaluations(body: EvaluationsCall | Uint8Array): Promise<EvaluationsAnswer | EvaluationAnswer> {
    return this.call({ name: "evaluations", method: "POST", path: "/access/v1/evaluations", answers: { 200: "json" } }, { body });
  }

  /**
   * Find subjects.
   *
   * Answer once every decision that the page rests on is recorded.
   */
  findSubjects(body: SubjectSearchCall | Uint8Array): Promise<EntitySearchAnswer> {
    return this.call({ name: "find_subjects", method: "POST", path: "/access/v1/search/subject", answers: { 200: "json" } }, { body });
  }

  /**
   * Find resources.
   *
   * Answer once every decision that the page rests on is recorded.
   */
  findResources(body: ResourceSearchCall | Uint8Array): Promise<EntitySearchAnswer> {
    return this.call({ name: "find_resources", method: "POST", path: "/access/v1/search/resource", answers: { 200: "json" } }, { body });
  }

  /**
   * Find actions.
   *
   * Answer once every decision that the page rests on is recorded.
   */
  findActions(body: ActionSearchCall | Uint8Array): Promise<ActionSearchAnswer> {
    return this.call({ name: "find_actions", method: "POST", path: "/access/v1/search/action", answers: { 200: "json" } }, { body });
  }

  /**
   * Ask about a denial.
   *
   * Open the case of the question that was denied; without a key of its own, a denial opens one case.
   */
  postRequest(body: AccessRequestCall | Uint8Array, options: { idempotencyKey?: string } = {}): Promise<AccessRequestAnswer> {
    return this.call({ name: "post_request", method: "POST", path: "/access/v1/requests", answers: { 202: "json" } }, { header: { "Idempotency-Key": options.idempotencyKey }, body });
  }

  /**
   * Read how a request stands.
   *
   * Return how the case of a request is decided now.
   */
  readRequest(caseId: string): Promise<AccessRequestAnswer> {
    return this.call({ name: "read_request", method: "GET", path: "/access/v1/requests/{case_id}", answers: { 200: "json" } }, { path: { "case_id": caseId } });
  }

  /**
   * Is the process alive?
   *
   * Answer as long as the event loop runs.
   */
  readHealth(): Promise<HealthAnswer> {
    return this.call({ name: "read_health", method: "GET", path: "/healthz", answers: { 200: "json" } }, {  });
  }

  /**
   * Can the service decide?
   *
   * Answer 200 if there is a usable policy set, callers can be identified and the decision log can be written.
   *
   * Otherwise answer 503, and so from the moment on that the service is about to stop. A faulty or unproved policy
   * folder is reported here, while the last good set stays active; so are keys of the issuer that cannot be read
   * again, while those of before are trusted. What is too old for a permission is reported with 200 too: every call
   * is answered.
   */
  readReadiness(): Promise<ReadinessAnswer> {
    return this.call({ name: "read_readiness", method: "GET", path: "/readyz", answers: { 200: "json" } }, {  });
  }

  /**
   * Read what the service answers of AuthZEN.
   *
   * Answer to everybody: who has to ask here need not be known yet.
   */
  discover(): Promise<DecisionPointMetadata> {
    return this.call({ name: "discover", method: "GET", path: "/.well-known/authzen-configuration", answers: { 200: "json" } }, {  });
  }

}
