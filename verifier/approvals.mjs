/* The approvals in a log: whoever stated something might, and what came into force was approved by as many as it took. */

import core from "./verify.js";
import { NotRead, find, readApprovers, sameCredentials, samePerson } from "./approvers.mjs";
import { asText, isObject, payloadOf } from "./entries.mjs";
import { digestOf, readStatement } from "./statements.mjs";

const { NotVerified, parseNote, refuse, signerOf } = core;

const STATED = new Set(["approvals_founded", "proposal", "officer_statement"]);
const DECIDED = new Set(["decision", "handover"]);
const BY_DECIDERS = new Set(["revocation", "confirmation of a restored ledger", "emergency return"]);
const NEEDED_STEPS = { check: "checked", proof: "proved" };
const DAY_MS = 86_400_000;

/** The history of approvals as far as the log has been read. */
export class Approvals {
  checked = 0;
  /** From where on approvers could not be read, so that nothing about approvals is said any more; null if they could. */
  notChecked = null;
  #founding = null;
  #statements = [];
  #proposals = new Map();
  #evidence = new Map();
  #activations = [];
  #revoked = new Set();
  #approvers = []; // each with the place from which it is in force
  #inForce = { policies: null, floor: null, approvers: null };
  #since = { policies: -1, floor: -1, approvers: -1 };

  /** Check the next entry; returns what is wrong with it. */
  async check(sequence, entry) {
    if (this.notChecked !== null) return [];
    try {
      if (STATED.has(entry.kind)) return await this.#stated(sequence, entry);
      if (entry.kind === "policies") return this.#activated(sequence, entry);
      if (entry.kind === "proposal_evidence") return await this.#computed(entry);
      if (DECIDED.has(entry.kind)) return this.#decided(entry);
      return [];
    } catch (fault) {
      if (fault instanceof NotRead) {
        this.notChecked = `approvals were not checked from entry ${sequence} on: ${fault.message}`;
        return [];
      }
      if (!(fault instanceof NotVerified)) throw fault;
      return [`what it states about approvals does not hold: ${fault.message}`];
    }
  }

  #decided(entry) {
    const last = this.#activations[this.#activations.length - 1];
    if (last === undefined || entry.members.revision === last.revision) return [];
    return [`it was decided by other policies than ${last.revision.slice(0, 12)}, which were in force`];
  }

  async #computed(entry) {
    const evidence = payloadOf(entry, "evidence");
    if (!isObject(evidence) || !isObject(evidence.loosens)) refuse("the evidence is not of the form of one");
    this.#evidence.set(entry.key, evidence);
    return this.#proposals.has(entry.key) ? [] : ["it is evidence of no proposal in the log"];
  }

  async #stated(sequence, entry) {
    const stated = await readStatement(asText(payloadOf(entry, "statement"), "the statement"));
    const texts = entry.payloads.has("texts") ? payloadOf(entry, "texts") : {};
    const recorded = { sequence, at: Date.parse(entry.at), stated, texts };
    this.checked += 1;
    const findings =
      stated.title === "founding" ? await this.#found(recorded) : [...(await this.#faultsOf(recorded, entry))];
    this.#statements.push(recorded);
    if (stated.title === "proposal") this.#proposals.set(stated.digest, recorded);
    if (stated.subject === "approvers") recorded.approvers = await readApprovers(texts.approvers);
    if (stated.title === "revocation") this.#revoked.add(stated.revoked);
    return findings;
  }

  /* Statements */

  async #found(recorded) {
    const { stated, texts } = recorded;
    asText(texts.floor, "the floor");
    asText(texts.approvers, "the file of approvers");
    const findings = this.#statements.length || this.#activations.length ? ["approvals were founded before"] : [];
    if ((await digestOf(texts.floor)) !== stated.floor || (await digestOf(texts.approvers)) !== stated.approvers) {
      findings.push("the founding is about another floor, or other approvers, than those beside it");
    }
    const approvers = await readApprovers(texts.approvers);
    for (const officer of approvers.officers) {
      if (!(await isSigned(stated, officer))) findings.push(`the founding is not signed by ${officer.officer}`);
    }
    this.#founding ??= recorded;
    this.#approvers.push({ sequence: recorded.sequence, approvers });
    this.#inForce = { policies: stated.content, floor: stated.floor, approvers: stated.approvers };
    return findings;
  }

  async *#statementFaults(recorded, entry) {
    const { stated } = recorded;
    if (this.#founding === null) {
      yield `a ${stated.title} stands before approvals were founded`;
      return;
    }
    const officer = find(this.#approversNow(), stated.officer);
    if (officer === undefined || this.#revoked.has(stated.officer)) {
      yield `the ${stated.title} is by ${stated.officer}, whom the approvers in force then do not name`;
      return;
    }
    if (stated.note !== null && !(await isSigned(stated, officer))) {
      yield `the ${stated.title} is not signed by ${officer.officer}`;
    } else if (stated.note === null && !isCaller(officer, entry.members)) {
      yield `the ${stated.title} is by ${officer.officer}, and the call was made by ${entry.members.caller}`;
    }
    if (stated.log !== this.#founding.stated.log) yield `the ${stated.title} is for the log ${stated.log}`;
    if (this.#statements.some((one) => one.stated.digest === stated.digest)) {
      yield `the ${stated.title} is in the log before, and counts once`;
    }
    yield* this.#faultsOfRights(recorded, officer);
  }

  async #faultsOf(recorded, entry) {
    const found = [];
    for await (const fault of this.#statementFaults(recorded, entry)) found.push(fault);
    return found;
  }

  async *#faultsOfRights({ stated, texts }, officer) {
    if (stated.title === "proposal") {
      if (stated.subject === "policies") return; // their files are not in the log
      const text = asText(texts[stated.subject], `the proposed ${stated.subject}`);
      if ((await digestOf(text)) !== stated.content) yield "the proposal is about another text than the one beside it";
    } else if (stated.proposal !== undefined) {
      yield* this.#faultsAbout(stated);
    } else if (BY_DECIDERS.has(stated.title) && stated.revoked !== officer.officer && !officer.decides) {
      yield `the ${stated.title} is by ${officer.officer}, who does not decide`;
    }
  }

  *#faultsAbout(stated) {
    const about = this.#proposals.get(stated.proposal)?.stated ?? refuse("it is about no proposal in the log");
    if (stated.title === "withdrawal of a proposal" && stated.officer !== about.officer) {
      yield `the proposal is withdrawn by ${stated.officer}, who is not its author`;
    }
    if (stated.title !== "approval") return;
    if (stated.officer === about.officer) yield `the approval is by ${stated.officer}, who is the author`;
    if (stated.content !== about.content || stated.base !== about.base) {
      yield "the approval is about another revision than the proposal";
    }
  }

  /* What came into force */

  #activated(sequence, entry) {
    if (!("by" in entry.members)) {
      const required = this.#statements.length > 0 || this.#activations.length > 0;
      return required ? ["policies came into force without approvals, which were required by then"] : [];
    }
    const activation = { sequence, revision: entry.key, by: entry.members.by, cause: entry.members.cause };
    const findings = [...this.#activationFaults(activation, entry)];
    this.#activations.push(activation);
    const proposal = this.#proposals.get(activation.cause);
    const subject = activation.by === "approved" ? proposal.stated.subject : "policies";
    this.#inForce[subject] = subject === "policies" ? entry.key : proposal.stated.content;
    this.#since[subject] = sequence;
    if (subject === "approvers") this.#approvers.push({ sequence, approvers: proposal.approvers });
    return findings;
  }

  *#activationFaults(activation, entry) {
    switch (activation.by) {
      case "founded":
        if (this.#statements.length !== 1 || this.#activations.length > 0 || this.#founding?.stated.content !== entry.key) {
          yield "policies came into force as founded, and no founding of them stands before";
        }
        return;
      case "approved":
        yield* this.#approvedFaults(activation, entry);
        return;
      case "returned":
        yield* this.#returnedFaults(activation);
        return;
      default:
        yield "policies came into force without approvals";
    }
  }

  *#returnedFaults({ revision, cause }) {
    const last = this.#statements[this.#statements.length - 1]?.stated;
    if (last?.title !== "emergency return" || last.digest !== cause) {
      yield "policies came into force by a return that nobody stated before";
      return;
    }
    if (last.content !== revision) yield "another revision came into force than the one that was to be returned to";
    if (!this.#activations.some((one) => one.revision === revision)) {
      yield "policies came into force as earlier ones, and never were in force";
    }
  }

  *#approvedFaults(activation, entry) {
    const proposal = this.#proposals.get(activation.cause) ?? refuse("policies came into force by no proposal in the log");
    const { stated } = proposal;
    const lacking = [...this.#lacking(proposal, entry)];
    const counted = this.#count(proposal, Date.parse(entry.at));
    const deciding = counted.filter(({ officer }) => officer.decides).length;
    const needed = this.#approversNow().needed;
    if (counted.length - deciding < needed) lacking.push(`${counted.length - deciding} of ${needed} officers have approved it`);
    if (deciding === 0 && this.#needsDeciding(stated)) lacking.push("an officer who decides has to approve it as well");
    if (lacking.length > 0) yield `policies came into force that were not approved: ${lacking.join("; ")}`;
    if (entry.key !== (stated.subject === "policies" ? stated.content : this.#inForce.policies)) {
      yield "another revision came into force than the one that was approved";
    }
    if (JSON.stringify(entry.members.approvals) !== JSON.stringify(counted.map(({ recorded }) => recorded.sequence))) {
      yield "it names other approvals than those that counted then";
    }
  }

  *#lacking({ stated, sequence }, entry) {
    const ends = { rejection: "rejected", "withdrawal of a proposal": "withdrawn" };
    for (const one of this.#about(stated.digest)) {
      if (one.stated.title in ends) yield `the proposal was ${ends[one.stated.title]}`;
    }
    if (this.#activations.some((one) => one.by === "approved" && one.cause === stated.digest)) {
      yield "the proposal came into force before";
    } else if (stated.base !== this.#inForce[stated.subject] || this.#since[stated.subject] > sequence) {
      yield "what it was to replace was no longer in force";
    }
    if (stated.holds_from !== null && entry.members.day < stated.holds_from) yield `it shall hold from ${stated.holds_from}`;
    if (stated.subject !== "approvers") yield* this.#lackingEvidence(stated, entry);
  }

  *#lackingEvidence(stated, entry) {
    const evidence = this.#evidence.get(stated.digest);
    if (evidence === undefined) {
      yield "its evidence had not been computed";
      return;
    }
    const about = stated.subject === "policies" ? evidence.proposed : evidence.floor;
    const sameFloor = stated.subject === "floor" || evidence.floor === this.#inForce.floor;
    if (evidence.base !== this.#inForce.policies || !sameFloor || about !== stated.content) {
      yield "its evidence is about something else";
    }
    if (evidence.engine !== entry.members.engine) yield "its evidence was computed by another engine";
    for (const [step, word] of Object.entries(NEEDED_STEPS)) {
      if (evidence[step]?.result !== "passed") yield `it had not been ${word}`;
    }
  }

  #needsDeciding(stated) {
    return stated.subject !== "policies" || (this.#evidence.get(stated.digest)?.loosens.reasons ?? []).length > 0;
  }

  /* Counting */

  #approversNow() {
    return this.#approvers[this.#approvers.length - 1].approvers;
  }

  #approversAt(sequence) {
    return (this.#approvers.findLast((one) => one.sequence < sequence) ?? this.#approvers[0]).approvers;
  }

  #about(digest) {
    return this.#statements.filter(({ stated }) => stated.proposal === digest);
  }

  /** Every record of a person among all approvers that were ever in force: names and keys may change. */
  #recordsOf(officer) {
    const found = [officer];
    let left = this.#approvers.flatMap(({ approvers }) => approvers.officers);
    for (;;) {
      const same = left.filter((one) => found.some((known) => samePerson(one, known)));
      if (same.length === 0) return found;
      found.push(...same);
      left = left.filter((one) => !same.includes(one));
    }
  }

  /** The approvals that count at a time, in the order of the log: of one person, under whatever names, the newest. */
  #count(proposal, at) {
    const author = find(this.#approversAt(proposal.sequence), proposal.stated.officer);
    const authors = author === undefined ? [] : this.#recordsOf(author);
    const persons = [];
    const counted = [];
    for (const recorded of this.#about(proposal.stated.digest).reverse()) {
      if (recorded.stated.title !== "approval") continue;
      const officer = this.#counting(recorded, proposal.stated, authors, persons, at);
      if (officer === null) continue;
      persons.push(...this.#recordsOf(officer));
      counted.unshift({ recorded, officer });
    }
    return counted;
  }

  #counting(recorded, proposal, authors, persons, at) {
    const { stated } = recorded;
    const before = this.#approversAt(recorded.sequence);
    const [then, now] = [find(before, stated.officer), find(this.#approversNow(), stated.officer)];
    if (then === undefined || now === undefined || !sameCredentials(then, now)) return null;
    const days = Math.min(before.approvals_hold_days, this.#approversNow().approvals_hold_days);
    const expired = at >= Math.min(stated.at, recorded.at) + days * DAY_MS;
    const isAuthor = authors.some((author) => samePerson(now, author) || samePerson(then, author));
    const misses = stated.content !== proposal.content || stated.base !== proposal.base;
    const again = persons.some((other) => samePerson(now, other));
    return this.#revoked.has(stated.officer) || expired || isAuthor || misses || again || this.#takenBack(recorded) ? null : now;
  }

  #takenBack({ sequence, stated }) {
    return this.#about(stated.proposal).some(
      (later) =>
        later.stated.title === "withdrawal of an approval" &&
        later.stated.officer === stated.officer &&
        (later.sequence > sequence || (stated.note !== null && stated.at <= later.at)),
    );
  }
}

function isCaller(officer, { credential, caller }) {
  const names = { token: officer.sub, api_key: officer.api_key };
  return caller !== undefined && Object.hasOwn(names, credential) && names[credential] === caller;
}

async function isSigned(stated, officer) {
  try {
    await signerOf(stated.note ?? parseNote("", "the statement"), [officer.verifying], "the statement");
    return true;
  } catch (fault) {
    if (!(fault instanceof NotVerified)) throw fault;
    return false;
  }
}
