/* Cosignatures of witnesses under a checkpoint (C2SP tlog-cosignature, cosignature/v1): when each of them saw it. */

import core from "./verify.js";

const { bytesOf, isSignedBy, parseKeys, parseNote, same } = core;

const COSIGNATURE = 4;
const TIME_BYTES = 8;

/** Read the keys of witnesses, one a line. */
export function parseWitnessKeys(text) {
  return parseKeys(text, COSIGNATURE);
}

/** Return a sentence for each witness that did not cosign a checkpoint. Rejects with NotVerified for what is none. */
export async function findNotCosigned(checkpoint, keys) {
  const note = parseNote(checkpoint);
  const cosigned = await Promise.all(keys.map((key) => isCosigned(note, key)));
  return keys.filter((_, at) => !cosigned[at]).map((key) => `the anchor is not cosigned by ${key.name}`);
}

async function isCosigned(note, key) {
  const lines = note.signatures.filter(({ name, keyId }) => name === key.name && same(keyId, key.keyId));
  const fitting = await Promise.all(lines.map(({ signature }) => fits(note.text, key, signature)));
  return lines.length > 0 && fitting.every(Boolean);
}

async function fits(text, key, signature) {
  if (signature.length < TIME_BYTES) return false;
  const time = new DataView(signature.buffer, signature.byteOffset, TIME_BYTES).getBigUint64(0);
  return isSignedBy(key, bytesOf(`cosignature/v1\ntime ${time}\n${text}`), signature.slice(TIME_BYTES));
}
