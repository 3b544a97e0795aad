/* The clearances in a log: each is signed by the key of the log under its own name, and rests on a decision before it. */

import core from "./verify.js";
import { asText, isObject, payloadOf } from "./entries.mjs";

const { NotVerified, bytesOf, hexOf, parseKey, parseNote, refuse, sha256, signerOf } = core;

const FORMAT = "channelgate clearance 1";
const SUFFIX = "/clearance";
const KEY_ID_BYTES = 4;
const PERMITS = "deliver";

/** Return the keys of clearances: those of the checkpoints under the name by which the log signs clearances. */
export function clearanceKeys(keys) {
  return Promise.all(
    keys.map(async ({ name, publicKey }) => {
      const own = name.endsWith(SUFFIX) ? name : name + SUFFIX;
      const content = Uint8Array.of(1, ...publicKey);
      const id = hexOf((await sha256(Uint8Array.of(...bytesOf(`${own}\n`), ...content))).slice(0, KEY_ID_BYTES));
      return parseKey(`${own}+${id}+${btoa(String.fromCharCode(...content))}`);
    }),
  );
}

/** What was cleared, collected as the log is read; the decisions that it rests on are looked up in a second reading. */
export class Clearances {
  checked = 0;
  /** Decision id -> the clearances that rest on it. */
  #resting = new Map();
  #keys;

  constructor(keys) {
    this.#keys = keys;
  }

  get isEmpty() {
    return this.#resting.size === 0;
  }

  /** Check an entry that records a clearance; returns what is wrong with it. */
  async check(sequence, entry) {
    if (entry.kind !== "clearance_issued") return [];
    try {
      const lines = await this.#open(asText(payloadOf(entry, "note"), "the clearance"));
      const value = (name) => lines.find(([found]) => found === name)?.[1] ?? refuse(`the clearance has no line ${name}`);
      if (value("clearance") !== entry.key) refuse("the clearance is another than its entry names");
      const decision = value("decision");
      if (decision !== entry.members.decision_id) refuse("the clearance rests on another decision than its entry names");
      const marks = lines.filter(([name]) => name === "line").map(([, mark]) => mark.normalize("NFC"));
      const resting = this.#resting.get(decision) ?? [];
      resting.push({ sequence, marks, revision: value("policies") });
      this.#resting.set(decision, resting);
      this.checked += 1;
      return [];
    } catch (fault) {
      if (!(fault instanceof NotVerified)) throw fault;
      return [fault.message];
    }
  }

  /** Look at an entry in the second reading: yields the place of a clearance and what is wrong with what it rests on. */
  *rest(sequence, entry) {
    if (entry.kind !== "decision" || !this.#resting.has(entry.key)) return;
    for (const clearance of this.#resting.get(entry.key)) {
      const fault = faultOf(clearance, sequence, entry);
      if (fault !== null) yield [clearance.sequence, fault];
    }
    this.#resting.delete(entry.key);
  }

  /** Yield what is left after the second reading: clearances for which no decision was recorded. */
  *restingOnNothing() {
    for (const [decision, clearances] of this.#resting) {
      for (const { sequence } of clearances) yield [sequence, `the clearance rests on ${decision}, which is no decision in the log`];
    }
  }

  async #open(written) {
    const note = parseNote(written, "the clearance");
    await signerOf(note, this.#keys, "the clearance");
    const [format, ...lines] = note.text.slice(0, -1).split("\n");
    if (format !== FORMAT) refuse(`the first line is not ${FORMAT}`);
    return lines.map((line) => {
      const [, name, value] = /^([a-z ]+): (.*)$/s.exec(line) ?? refuse("a line of the clearance is no name and value");
      return [name, value.replace(/\\(?:\\|u\{([0-9a-f]{1,6})\})/g, (_, code) => (code ? characterOf(parseInt(code, 16)) : "\\"))];
    });
  }
}

function characterOf(code) {
  return code <= 0x10ffff ? String.fromCodePoint(code) : refuse("the clearance names a character that does not exist");
}

function faultOf(clearance, sequence, entry) {
  if (sequence > clearance.sequence) return "the clearance was issued before the decision that it rests on";
  if (entry.members.revision !== clearance.revision) return "the clearance names other policies than the decision";
  try {
    const { lines } = payloadOf(entry, "decision");
    const permitted = new Set(
      (Array.isArray(lines) ? lines : []).filter((line) => isObject(line) && line.outcome === PERMITS)
        .map((line) => String(line.line).normalize("NFC")),
    );
    const lacking = clearance.marks.filter((mark) => !permitted.has(mark));
    return lacking.length === 0 ? null : `the decision does not permit what is cleared: line ${lacking.join(", ")}`;
  } catch (fault) {
    if (!(fault instanceof NotVerified)) throw fault;
    return `the decision that the clearance rests on cannot be read: ${fault.message}`;
  }
}
