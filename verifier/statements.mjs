/* What officers state, as texts: a first line that names what is stated, then a line for each member. */

import core from "./verify.js";

const { bytesOf, hexOf, parseNote, refuse, sha256 } = core;

const LEAD = "channelgate: ";
const OWN = ["log", "officer", "at"];
const MEMBERS = {
  founding: ["content", "floor", "approvers"],
  proposal: ["subject", "content", "base", "holds_from", "wish"],
  approval: ["proposal", "content", "base", "evidence"],
  "withdrawal of an approval": ["proposal"],
  rejection: ["proposal", "reason"],
  "withdrawal of a proposal": ["proposal"],
  activation: ["proposal"],
  "emergency return": ["content", "base", "reason"],
  revocation: ["revoked", "reason"],
  "confirmation of a restored ledger": ["content", "restoring"],
};
const HASHES = new Set(["content", "base", "floor", "approvers", "proposal", "restoring"]);

export async function digestOf(text) {
  return hexOf(await sha256(bytesOf(text)));
}

/** Return what is stated in a text or in the signed note around it, with the note, if it was signed. */
export async function readStatement(written) {
  const note = written.includes("\n\n") ? parseNote(written, "the statement") : null;
  const text = note === null ? written : note.text;
  const [first, ...lines] = text.replace(/\n$/, "").split("\n");
  const title = first.startsWith(LEAD) ? first.slice(LEAD.length) : "";
  if (!Object.hasOwn(MEMBERS, title)) refuse("its first line names nothing that officers state");
  const names = [...OWN, ...MEMBERS[title]];
  if (lines.length !== names.length) refuse(`the ${title} has not the lines of one`);
  const stated = { title, note, digest: await digestOf(text) };
  for (const [at, name] of names.entries()) {
    if (!lines[at].startsWith(`${name}: `)) refuse(`the ${title} has no line ${name} at its place`);
    const value = lines[at].slice(name.length + 2);
    if (HASHES.has(name) && !/^[0-9a-f]{64}$/.test(value)) refuse(`the line ${name} of the ${title} holds no hash`);
    stated[name] = value === "-" ? null : value;
  }
  stated.at = Date.parse(stated.at);
  if (Number.isNaN(stated.at)) refuse(`the line at of the ${title} holds no time`);
  return stated;
}
