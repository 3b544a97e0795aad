/* The approvers in a log: who may approve, by which key, as the file of approvers that was recorded lists them.

   The file is YAML. Only what such files consist of is read here: keys with plain or quoted values, one a line or in
   braces. What is written otherwise is not guessed. */

import core from "./verify.js";

const { parseKey, refuse } = core;

/** The file of approvers is written in a way that is not read here: it may be sound all the same. */
export class NotRead extends Error {}

const MEMBERS = new Set(["officer", "key", "sub", "api_key", "decides"]);
const NUMBERS = { needed: 2, approvals_hold_days: 30, confirm_within_days: 3 };
const PAIR = /^([a-z_]+):[ \t]+("(?:[^"\\]|\\["\\/])*"|'(?:[^']|'')*'|[^\s"'#&*!|>{}[\],][^#{}[\],]*?)$/;

/** Return the approvers: the numbers of the file, and the officers with their keys. */
export async function readApprovers(text) {
  const lines = text.split("\n").map((line) => line.replace(/(?:^|[ \t])#.*$/, "").trimEnd());
  const approvers = { ...NUMBERS, officers: [] };
  let started = false;
  for (const line of lines) {
    const content = line.trim();
    if (content === "" || content === "---" || content === "officers:") continue;
    if (content === "approvers:" && !started) {
      started = true;
      continue;
    }
    const item = /^-[ \t]+(.*)$/.exec(content);
    if (item) approvers.officers.push({});
    const written = item ? item[1] : content;
    const braces = /^\{(.*)\}$/.exec(written);
    for (const pair of braces ? braces[1].split(/,[ \t]*/) : [written]) takePair(approvers, pair.trim());
  }
  if (!started || approvers.officers.length === 0) giveUp("the file of approvers is written in a way that this program does not read");
  for (const officer of approvers.officers) await check(officer);
  return approvers;
}

function giveUp(sentence) {
  throw new NotRead(sentence);
}

function takePair(approvers, pair) {
  const [, name, written] = PAIR.exec(pair) ?? giveUp("the file of approvers is written in a way that this program does not read");
  const officer = approvers.officers[approvers.officers.length - 1];
  if (officer === undefined && name in NUMBERS && /^[0-9]{1,3}$/.test(written)) approvers[name] = Number(written);
  else if (officer !== undefined && MEMBERS.has(name) && !(name in officer)) officer[name] = valueOf(written);
  else giveUp(`the file of approvers has ${name} where this program does not read it`);
}

function valueOf(written) {
  if (written.startsWith('"')) return JSON.parse(written);
  if (written.startsWith("'")) return written.slice(1, -1).replaceAll("''", "'");
  return written;
}

async function check(officer) {
  if (officer.officer === undefined || officer.key === undefined) refuse("an approver has no name or no key");
  officer.decides = officer.decides === "true";
  officer.verifying = await parseKey(officer.key);
  if (officer.verifying.name !== officer.officer) refuse(`the key of ${officer.officer} is one of ${officer.verifying.name}`);
}

export function find(approvers, name) {
  return approvers.officers.find((one) => one.officer === name);
}

/** By what an officer is known: the public key without its name and id, and two names of accounts. */
function credentials({ key, sub, api_key }) {
  return [key.split("+").slice(2).join("+"), sub, api_key];
}

export function sameCredentials(one, other) {
  return credentials(one).every((credential, at) => credential === credentials(other)[at]);
}

/** Whether two records of officers are of one person: something is the same by which the officer is known. */
export function samePerson(one, other) {
  const [key, ...names] = credentials(one);
  const [otherKey, ...otherNames] = credentials(other);
  const equal = (name, its) => Boolean(name) && Boolean(its) && name.toLowerCase() === its.toLowerCase();
  return key === otherKey || equal(one.officer, other.officer) || names.some((name, at) => equal(name, otherNames[at]));
}
