/* Verifies what the decision log proves, from its signed checkpoints and nothing else. No dependencies.

   In a browser it verifies the proof of the page that loads it. Alone:

     node verify.js --key FILE PROOF.json

   FILE holds verifier keys (C2SP signed-note), one a line; PROOF.json is what `channelgate log prove` prints or a page of
   the console hands out: that an entry is in the log, or that one checkpoint continues another. Exit status: 0 verified,
   1 not, 2 if it could not be read.

   `verify.mjs` beside it verifies a whole log that was exported. Written from RFC 6962 (section 2.1, Merkle trees), C2SP
   signed-note and C2SP tlog-checkpoint, not from the program that writes the log: two programs that agree are worth more
   than one. It is a script and no module, so that both know it by one name. */

"use strict";

/** Why something is not verified, as a sentence. */
class NotVerified extends Error {}

const HASH_BYTES = 32;
const KEY_ID_BYTES = 4;
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const ED25519 = 1;
const MAX_SIGNATURES = 100;
const MAX_PATH = 64;

function refuse(sentence) {
  throw new NotVerified(sentence);
}

/* Bytes and texts */

function bytesOf(text) {
  return new TextEncoder().encode(text);
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function same(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

function hexOf(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Decode base64 (RFC 4648, section 4) in its one usual spelling. */
function fromBase64(text, what) {
  // No group is repeated in the pattern: of many megabytes it would exhaust the stack.
  if (typeof text !== "string" || /[^A-Za-z0-9+/=]/.test(text)) refuse(`${what} is not base64`);
  let binary;
  try {
    binary = atob(text);
  } catch {
    refuse(`${what} is not base64`);
  }
  if (btoa(binary) !== text) refuse(`${what} is not written in the usual form of base64`);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

function hashFromBase64(text, what) {
  const bytes = fromBase64(text, what);
  if (bytes.length !== HASH_BYTES) refuse(`${what} has ${bytes.length} bytes instead of ${HASH_BYTES}`);
  return bytes;
}

function isKeyName(name) {
  return name !== "" && !/[\p{White_Space}+\u0000-\u001f]/u.test(name);
}

async function cryptography() {
  if (globalThis.crypto && globalThis.crypto.subtle) return globalThis.crypto.subtle;
  if (typeof process !== "undefined") return (await import("node:crypto")).webcrypto.subtle;
  return refuse("this browser has no cryptography here, as over plain http by another name than localhost");
}

async function sha256(bytes) {
  return new Uint8Array(await (await cryptography()).digest("SHA-256", bytes));
}

/* Keys and signed notes (C2SP signed-note) */

/** Read a verifier key: name+key id in hexadecimal+base64 of the signature type and the public key. */
async function parseKey(line, type = ED25519) {
  const [, name, id, encoded] = /^([^+]*)\+([^+]*)\+(.*)$/s.exec(line) ?? refuse("a verifier key is not name+id+key");
  if (!isKeyName(name)) refuse("the name of a verifier key is empty or has a space or a control character");
  const content = fromBase64(encoded, "a verifier key");
  if (content[0] !== type || content.length !== 1 + KEY_BYTES) refuse("a verifier key is not one of the type that is wanted");
  const keyId = (await sha256(joined(bytesOf(`${name}\n`), content))).slice(0, KEY_ID_BYTES);
  if (hexOf(keyId) !== id) refuse("a verifier key does not have the id that it names");
  return { name, keyId, publicKey: content.slice(1), line };
}

/** Read the keys of a file, one a line. */
async function parseKeys(text, type = ED25519) {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  if (lines.length === 0) refuse("there is no verifier key");
  return Promise.all(lines.map((line) => parseKey(line, type)));
}

async function isSignedBy(key, message, signature) {
  if (signature.length !== SIGNATURE_BYTES) return false; // a browser would say so without an error
  const subtle = await cryptography();
  const imported = await subtle.importKey("raw", key.publicKey, { name: "Ed25519" }, false, ["verify"]);
  return subtle.verify({ name: "Ed25519" }, imported, signature, message);
}

/** Split a note into its text, which ends with a line break, and its signature lines. */
function parseNote(note, what = "the checkpoint") {
  if (typeof note !== "string" || /[\u0000-\u0009\u000b-\u001f\p{Surrogate}]/u.test(note)) {
    refuse(`${what} is not plain text`);
  }
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n") || end + 2 >= note.length) refuse("no signature lines follow the text");
  const lines = note.slice(end + 2, -1).split("\n");
  if (lines.length > MAX_SIGNATURES) refuse(`${what} has more than ${MAX_SIGNATURES} signatures`);
  const signatures = lines.map((line) => {
    const [, name, encoded] = /^— ([^ ]+) ([^ ]+)$/.exec(line) ?? refuse("a signature line has not the form of one");
    if (!isKeyName(name)) refuse("a signature line does not name a key");
    const content = fromBase64(encoded, "a signature");
    if (content.length <= KEY_ID_BYTES) refuse("a signature is too short");
    return { name, keyId: content.slice(0, KEY_ID_BYTES), signature: content.slice(KEY_ID_BYTES) };
  });
  return { text: note.slice(0, end + 1), signatures };
}

/** Return the key that signed a note. Lines of others are passed over; a false line of a known key refuses the note. */
async function signerOf(note, keys, what = "the checkpoint") {
  let signer = null;
  for (const { name, keyId, signature } of note.signatures) {
    const key = keys.find((one) => one.name === name && same(one.keyId, keyId));
    if (key === undefined) continue;
    if (!(await isSignedBy(key, bytesOf(note.text), signature))) {
      refuse(`the signature of ${name} does not fit ${what}: one of the two was altered`);
    }
    signer = key;
  }
  return signer ?? refuse(`no known key signed ${what}`);
}

/** Return what a checkpoint (C2SP tlog-checkpoint) says, with its note: nothing of it is verified yet. */
function parseCheckpoint(text) {
  const note = parseNote(text);
  const [origin, size, root, ...extensions] = note.text.slice(0, -1).split("\n");
  if (root === undefined) refuse("a checkpoint has three lines: the log, its size, its root");
  if (origin === "") refuse("the checkpoint names no log");
  if (!/^(?:0|[1-9][0-9]{0,18})$/.test(size)) refuse("the size of the log is not a plain number");
  if (!Number.isSafeInteger(Number(size))) refuse("the log is larger than this program can count");
  if (extensions.includes("")) refuse("a line of the checkpoint is empty");
  return { origin, size: Number(size), root: hashFromBase64(root, "the root of the log"), note };
}

/** Return what a checkpoint says, once a known key signed it. */
async function openCheckpoint(text, keys) {
  const { note, ...checkpoint } = parseCheckpoint(text);
  return { ...checkpoint, signer: await signerOf(note, keys) };
}

/* The Merkle tree (RFC 6962, section 2.1) */

async function leafHash(entry) {
  return sha256(joined(Uint8Array.of(0), entry));
}

async function nodeHash(left, right) {
  return sha256(joined(Uint8Array.of(1), left, right));
}

/** The largest power of two below a size of at least 2: where the tree of that size is split. */
function splitOf(size) {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** Return the root that a path leads to, as section 2.1.1 defines it: from the top, the last node of the path first. */
async function rootOverPath(index, size, leaf, path) {
  if (size === 1) return path.length === 0 ? leaf : refuse("the path is too long for its place in the log");
  if (path.length === 0) return refuse("the path is too short for its place in the log");
  const split = splitOf(size);
  const rest = path.slice(0, -1);
  const sibling = path[path.length - 1];
  return index < split
    ? nodeHash(await rootOverPath(index, split, leaf, rest), sibling)
    : nodeHash(sibling, await rootOverPath(index - split, size - split, leaf, rest));
}

/** Return both roots that a consistency proof leads to (section 2.1.2); `whole`: the first tree is known by its root. */
async function rootsOverProof(first, second, firstRoot, proof, whole) {
  if (first === second) {
    if (proof.length !== (whole ? 0 : 1)) refuse("the proof is too long or too short for its two sizes");
    return whole ? [firstRoot, firstRoot] : [proof[0], proof[0]];
  }
  if (proof.length === 0) refuse("the proof is too short for its two sizes");
  const split = splitOf(second);
  const rest = proof.slice(0, -1);
  const sibling = proof[proof.length - 1];
  if (first <= split) {
    const [old, now] = await rootsOverProof(first, split, firstRoot, rest, whole);
    return [old, await nodeHash(now, sibling)];
  }
  const [old, now] = await rootsOverProof(first - split, second - split, firstRoot, rest, false);
  return [await nodeHash(sibling, old), await nodeHash(sibling, now)];
}

/* Proofs */

function readPath(path) {
  if (!Array.isArray(path) || path.length > MAX_PATH) refuse("the path of the proof is no list of hashes");
  return path.map((node) => hashFromBase64(node, "a hash of the proof"));
}

function isPlace(number) {
  return Number.isSafeInteger(number) && number >= 0;
}

/** Verify that an entry is in the log; returns the checkpoint, the place, the bytes and the header of the entry. */
async function verifyInclusion(proof, keys) {
  const checkpoint = await openCheckpoint(proof.checkpoint, keys);
  if (proof.size !== checkpoint.size) refuse("the proof is about a log of another size than the checkpoint");
  if (!same(hashFromBase64(proof.root, "the root of the proof"), checkpoint.root)) {
    refuse("the proof is about another root than that of the checkpoint");
  }
  if (!isPlace(proof.sequence) || proof.sequence >= checkpoint.size) refuse("the log has no entry at this place");
  const entry = fromBase64(proof.entry, "the entry");
  const path = readPath(proof.inclusion_proof);
  const root = await rootOverPath(proof.sequence, checkpoint.size, await leafHash(entry), path);
  if (!same(root, checkpoint.root)) refuse("the entry does not lead to the root that was signed: it was altered, or moved");
  return { checkpoint, sequence: proof.sequence, entry, header: headerOf(entry) };
}

/** Verify that the second checkpoint continues the first: nothing before it was altered or left out. */
async function verifyConsistency(proof, keys) {
  const first = await openCheckpoint(proof.first, keys);
  const second = await openCheckpoint(proof.second, keys);
  if (first.origin !== second.origin) refuse("the checkpoints are of two logs");
  if (first.size === 0 || first.size > second.size) refuse("the first checkpoint is not of an earlier, written log");
  const path = readPath(proof.consistency_proof);
  const [old, now] = await rootsOverProof(first.size, second.size, first.root, path, true);
  if (!same(old, first.root) || !same(now, second.root)) refuse("the second checkpoint does not continue the first");
  return { first, second };
}

/** Verify a proof of either sort. Rejects with NotVerified, which says why. */
async function verify(proof, keys) {
  if (proof === null || typeof proof !== "object") refuse("the proof is no JSON object");
  return "consistency_proof" in proof ? verifyConsistency(proof, keys) : verifyInclusion(proof, keys);
}

/** Return the first line of an entry, which says what it records. */
function headerOf(entry) {
  const end = entry.indexOf(10);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(end < 0 ? entry : entry.subarray(0, end)));
  } catch {
    return null;
  }
}

function sentenceOf(verified) {
  if (verified.second) {
    const { first, second } = verified;
    return `the checkpoint of ${second.size} entries continues that of ${first.size}, both signed by ${second.signer.line}`;
  }
  const { checkpoint, sequence, header } = verified;
  const what = header ? `${header.kind} ${header.key} of ${header.at}` : "it";
  return `${what} is entry ${sequence} of ${checkpoint.size} of the log ${checkpoint.origin}, signed by ${checkpoint.signer.line}`;
}

/* In Node */

async function run(words) {
  const { readFileSync } = await import("node:fs");
  if (words.length !== 3 || words[0] !== "--key") {
    process.stderr.write("usage: node verify.js --key FILE PROOF.json\n");
    return 2;
  }
  let keys, proof;
  try {
    keys = await parseKeys(readFileSync(words[1], "utf8"));
    proof = JSON.parse(readFileSync(words[2], "utf8"));
  } catch (fault) {
    process.stderr.write(`cannot be read: ${fault.message}\n`);
    return 2;
  }
  try {
    process.stdout.write(`verified: ${sentenceOf(await verify(proof, keys))}\n`);
    return 0;
  } catch (fault) {
    if (!(fault instanceof NotVerified)) throw fault;
    process.stdout.write(`NOT VERIFIED: ${fault.message}\n`);
    return 1;
  }
}

/* In a page: <div data-proof="address of the proof" data-key="verifier key">, with the words of the page in it */

async function verifyPart(part) {
  const status = part.querySelector("[data-status]");
  const reason = part.querySelector("[data-reason]");
  try {
    const keys = await parseKeys(part.dataset.key);
    const answer = await fetch(part.dataset.proof, { headers: { Accept: "application/json" } });
    if (!answer.ok) refuse(`the proof could not be fetched: ${answer.status}`);
    const verified = await verify(await answer.json(), keys);
    if (part.dataset.decision !== undefined && verified.header?.key !== part.dataset.decision) {
      refuse("the entry is that of another decision");
    }
    show(status, "good", part.dataset.verified);
    reason.textContent = sentenceOf(verified);
    const content = part.querySelector("[data-content]");
    if (content && verified.header) {
      content.textContent = JSON.stringify(verified.header, null, 2);
      content.hidden = false;
    }
  } catch (fault) {
    const could = globalThis.crypto && globalThis.crypto.subtle;
    show(status, could ? "bad" : "wait", could ? part.dataset.refused : part.dataset.unable);
    reason.textContent = fault.message;
  }
}

function show(status, sort, words) {
  status.className = `status ${sort}`;
  status.textContent = words;
}

if (typeof document !== "undefined") {
  for (const part of document.querySelectorAll("[data-proof]")) verifyPart(part);
} else if (typeof module !== "undefined") {
  module.exports = {
    NotVerified, refuse, same, hexOf, bytesOf, fromBase64, sha256, parseKey, parseKeys, isKeyName, isSignedBy, parseNote,
    signerOf, parseCheckpoint, openCheckpoint, leafHash, nodeHash, verify, sentenceOf,
  };
  if (require.main === module) run(process.argv.slice(2)).then((code) => (process.exitCode = code));
}
