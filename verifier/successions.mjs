/* Successions of signing keys, as a log records them: the notes by which one key hands over to the next. Both keys sign
   such a note, so whoever trusts one comes to trust the other; up to its place the old key counts, after it the new one,
   for successions too: the keys of a log form one line without branches and circles. */

import core from "./verify.js";

const { NotVerified, parseKey, parseNote, refuse, same, signerOf } = core;

const TITLE = "channelgate key succession";
const WHAT = "the succession of keys";

/** Return the place and both keys of a note, once both have signed it. */
async function readSuccession(text) {
  const note = parseNote(text, WHAT);
  const lines = note.text.slice(0, -1).split("\n");
  if (lines.length !== 5 || lines[0] !== TITLE || !/^(?:0|[1-9][0-9]{0,18})$/.test(lines[2])) {
    refuse("a succession of keys has five lines: what it is, the log, its size, the old key, the new one");
  }
  const [old, next] = [await parseKey(lines[3]), await parseKey(lines[4])];
  for (const key of [old, next]) await signerOf(note, [key], WHAT);
  return { size: Number(lines[2]), old, next };
}

/** The keys by which a log is verified: those that are given, and those that they lead to. */
export class TrustedKeys {
  findings = [];
  #followed = [];

  constructor(keys) {
    this.keys = [...keys];
  }

  /** Follow the notes, which come with the places of their entries, in their order. */
  async follow(notes) {
    for (const [place, text] of notes) {
      try {
        const succession = await readSuccession(text);
        if (succession.size === place) this.#continue(succession);
        else this.findings.push(`entry ${place}: its succession of keys is that of entry ${succession.size}`);
      } catch (fault) {
        if (!(fault instanceof NotVerified)) throw fault;
        this.findings.push(`entry ${place}: its succession of keys proves nothing: ${fault.message}`);
      }
    }
    for (let known = 0; known < this.keys.length; ) {
      known = this.keys.length; // each pass adds the neighbours of those that are trusted, in either direction
      for (const { old, next } of this.#followed) {
        if (!this.#has(old) && !this.#has(next)) continue;
        for (const key of [old, next]) if (!this.#has(key)) this.keys.push(key);
      }
    }
  }

  /** Refuse the note of a checkpoint over so many entries unless a key signed it that counted then. */
  async check(note, size) {
    const signer = await signerOf(note, this.keys);
    const counted = this.keys.filter((key) => size <= this.#lastSizeOf(key));
    if (!counted.includes(signer)) {
      await signerOf(note, counted).catch(() => refuse("the key that signed it had been succeeded by then"));
    }
  }

  /** Add a succession to the line of keys. */
  #continue(succession) {
    const { old, next } = succession;
    const before = this.#followed.find((one) => isOne(one.old, old));
    if (before !== undefined) refuse(`the old key had been succeeded at entry ${before.size}`);
    const known = [old, ...this.#followed.flatMap((one) => [one.old, one.next])];
    if (known.some((key) => isOne(key, next))) refuse("the new key is one that the log had before");
    this.#followed.push(succession);
  }

  #has(key) {
    return this.keys.some((one) => isOne(one, key));
  }

  #lastSizeOf(key) {
    return this.#followed.find(({ old }) => isOne(old, key))?.size ?? Infinity;
  }
}

function isOne(key, other) {
  return key.name === other.name && same(key.publicKey, other.publicKey);
}
