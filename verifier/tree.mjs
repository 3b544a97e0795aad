/* The tree of a log as it grows, and the one pass over an exported log that stops at every signed state. */

import core from "./verify.js";

const { NotVerified, leafHash, nodeHash, parseCheckpoint, same, sha256 } = core;

const HASH_BYTES = 32;
const MAX_ROW_FINDINGS = 100;

/** The roots of the full subtrees of a tree, from left to right: all that is needed to append to it (RFC 6962). */
export class Tree {
  size = 0;
  #peaks = [];

  async append(leaf) {
    let node = leaf;
    for (let carry = this.size; carry % 2 === 1; carry = (carry - 1) / 2) {
      node = await nodeHash(this.#peaks.pop(), node);
    }
    this.#peaks.push(node);
    this.size += 1;
  }

  async root() {
    if (this.size === 0) return sha256(new Uint8Array());
    let root = this.#peaks[this.#peaks.length - 1];
    for (const peak of this.#peaks.slice(0, -1).reverse()) root = await nodeHash(peak, root);
    return root;
  }
}

export function nameEntries(start, end) {
  return end - start <= 1 ? `entry ${start}` : `entries ${start} to ${end - 1}`;
}

const SOURCES = { stored: "the stored checkpoint", anchor: "the anchor" };

/** Return the states that a key signed which counted then; what proves nothing becomes a finding. */
export async function readStates(notes, anchors, keys, findings) {
  const states = [];
  for (const [source, text] of [...notes.map((text) => ["stored", text]), ...anchors.map((text) => ["anchor", text])]) {
    let covered = "all entries";
    try {
      const checkpoint = parseCheckpoint(text);
      covered = nameEntries(0, checkpoint.size);
      await keys.check(checkpoint.note, checkpoint.size);
      states.push({ source, ...checkpoint });
    } catch (fault) {
      if (!(fault instanceof NotVerified)) throw fault;
      findings.push(`${covered}: ${SOURCES[source]} over them proves nothing: ${fault.message}`);
    }
  }
  return states.sort((one, other) => one.size - other.size);
}

function named(state) {
  return `${SOURCES[state.source]} of ${state.origin} at ${state.size} entries`;
}

/** One pass over the rows of a log. Two trees are built, over the entries and over the leaves stored beside them:
    which of them fits a signed state shows what was altered. Each row is handed on to `look` as it is read. */
export class Walk {
  findings = [];
  entries = new Tree();
  signed = 0;
  next = 0;
  #leaves = new Tree();
  #hashes;
  #look;
  #rowFindings = 0;
  #reported = {};

  constructor(rows, look) {
    this.#look = look;
    this.#hashes = this.#checkRows(rows);
  }

  async run(states) {
    for (const state of states) await this.#compare(state);
    await this.#advance(Infinity);
    for (const source of Object.keys(SOURCES)) {
      const newest = states.findLast((state) => state.source === source);
      if (newest && newest.size > this.next) {
        const missing = nameEntries(this.next, newest.size);
        this.findings.push(`${missing}: missing at the end; the log was cut (${named(newest)})`);
      }
    }
    if (this.next && !states.some((state) => state.size)) {
      this.findings.push(`${nameEntries(0, this.next)}: covered by no signed checkpoint`);
    }
    if (this.#rowFindings > MAX_ROW_FINDINGS) {
      const left = this.#rowFindings - MAX_ROW_FINDINGS;
      this.findings.push(`entries up to ${this.next - 1}: ${left} more findings are left out`);
    }
  }

  async #compare(state) {
    await this.#advance(state.size);
    if (this.entries.size < state.size) return; // a gap, which is reported where it is, or at the end
    const difference = await this.#difference(state);
    if (difference !== null && difference !== this.#reported[state.source]) {
      const narrowed = state.source === "stored" && this.signed < state.size;
      this.findings.push(`${nameEntries(narrowed ? this.signed : 0, state.size)}: ${difference} (${named(state)})`);
    }
    this.#reported[state.source] = difference;
    if (difference === null || difference === LEAVES) this.signed = state.size;
  }

  async #difference(state) {
    const entriesFit = same(await this.entries.root(), state.root);
    const leavesFit = same(await this.#leaves.root(), state.root);
    if (entriesFit) return leavesFit ? null : LEAVES;
    if (leavesFit) return ENTRIES;
    return state.source === "stored" ? LOG : REWRITTEN;
  }

  async #advance(size) {
    while (this.entries.size < size) {
      const { value, done } = await this.#hashes.next();
      if (done) return;
      await this.entries.append(value.computed);
      await this.#leaves.append(value.stored);
    }
  }

  async *#checkRows(rows) {
    let whole = true;
    for await (const row of rows) {
      const computed = await leafHash(row.entry);
      if (!same(computed, row.leaf)) {
        this.#report(`entry ${row.sequence}: its bytes do not fit the hash stored beside them; one of the two was altered`);
      }
      await this.#look(row);
      if (row.sequence < this.next) {
        this.#report(`entry ${row.sequence}: stands where entry ${this.next} is due; it was repeated or moved`);
        continue;
      }
      if (row.sequence > this.next) {
        whole = false;
        const missing = nameEntries(this.next, row.sequence);
        this.#report(`${missing}: missing before entry ${row.sequence}, so that no later checkpoint can be compared`);
      }
      this.next = row.sequence + 1;
      // A hash of another length could shift bytes to its neighbour and leave the node above as it was.
      if (whole) yield { computed, stored: row.leaf.length === HASH_BYTES ? row.leaf : new Uint8Array(HASH_BYTES) };
    }
  }

  /** A log that was altered throughout has a finding for every row: so many are spelled out. */
  #report(finding) {
    this.#rowFindings += 1;
    if (this.#rowFindings <= MAX_ROW_FINDINGS) this.findings.push(finding);
  }
}

const LEAVES = "the entries are those that were signed, but a hash stored beside them was altered";
const ENTRIES = "an entry was altered after it was signed; the hashes stored beside them are the signed ones";
const LOG = "these are not the entries that were signed: one was altered, moved, inserted or removed";
const REWRITTEN = "the log was rewritten: these are not the entries it had when the anchor was taken";
