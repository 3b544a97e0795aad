#!/usr/bin/env node
/* Verifies a whole log that was exported (`channelgate log export --format bytes`), on any machine with Node 20 or later:

     node verify.mjs EXPORT --key FILE [--anchor CHECKPOINT]... [--witness-key FILE]... [--json]

   FILE holds verifier keys, one a line, had by another way than the export; a CHECKPOINT is one that was kept elsewhere,
   and has to be cosigned by every witness whose key is given.
   A proof instead of an export is verified too. Exit status: 0 verified, 1 not, 2 if it could not be read. README.md
   beside it says what is checked, and what cannot be seen from an export. */

import { createReadStream, realpathSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { Approvals } from "./approvals.mjs";
import { Clearances, clearanceKeys } from "./clearances.mjs";
import { readEntry } from "./entries.mjs";
import { TrustedKeys } from "./successions.mjs";
import { Walk, readStates } from "./tree.mjs";
import { findNotCosigned, parseWitnessKeys } from "./witnesses.mjs";
import core from "./verify.js";

const { NotVerified, fromBase64, parseKeys, sentenceOf, verify } = core;

const FORMAT = "channelgate log export 1";
const MAX_CONTENT_FINDINGS = 100;
const USAGE = "usage: node verify.mjs EXPORT --key FILE [--anchor CHECKPOINT]... [--witness-key FILE]... [--json]";
const PIECE_BYTES = 2 ** 20;
const SIGNING_KEY = [...new TextEncoder().encode('{"kind":"signing_key"')];

/** Why an export cannot be read at all: it says nothing about the log. */
export class Unreadable extends Error {}

/** Yield the lines of a file; no more is held than one of them and a piece of the file. */
async function* linesOf(file) {
  let rest = "";
  for await (const piece of createReadStream(file, { encoding: "utf8", highWaterMark: PIECE_BYTES })) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop();
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** Yield the lines of an export, parsed: first its checkpoints, then its entries. */
async function* readExport(file) {
  let number = 0;
  for await (const line of linesOf(file)) {
    number += 1;
    const place = `line ${number}`;
    const members = parsed(line, place);
    if (number === 1) {
      if (members.format !== FORMAT) throw new Unreadable(`line 1 does not say "${FORMAT}"`);
    } else if (typeof members.checkpoint === "string") {
      yield { checkpoint: members.checkpoint, place };
    } else {
      yield rowOf(members, place);
    }
  }
  if (number === 0) throw new Unreadable("it is empty");
}

function parsed(line, place) {
  try {
    const members = JSON.parse(line);
    if (members !== null && typeof members === "object") return members;
  } catch {
    // said below
  }
  throw new Unreadable(`${place} is no JSON object`);
}

function rowOf({ sequence, entry, leaf }, place) {
  if (!Number.isSafeInteger(sequence)) throw new Unreadable(`${place} is neither a checkpoint nor an entry with a sequence`);
  try {
    return { sequence, entry: fromBase64(entry, "the entry"), leaf: fromBase64(leaf, "the leaf") };
  } catch (fault) {
    throw new Unreadable(`${place}: ${fault.message}`);
  }
}

/** Verify the log in a file. Returns its size and root, how many entries a signed checkpoint covers, `findings` about
    the log and those about the `contents` of its entries; it is intact if there are none of either. */
export async function verifyExport(file, keys, anchors = [], witnesses = []) {
  const lines = readExport(file);
  const notes = [];
  let { value: first, done } = await lines.next();
  for (; !done && first.checkpoint !== undefined; { value: first, done } = await lines.next()) notes.push(first.checkpoint);
  async function* rows() {
    if (done) return;
    yield first;
    for await (const row of lines) {
      if (row.checkpoint !== undefined) throw new Unreadable(`${row.place}: a checkpoint stands behind entries`);
      yield row;
    }
  }

  const trusted = new TrustedKeys(keys);
  await trusted.follow(await successionsIn(file));
  const findings = [...trusted.findings];
  const contents = new Contents(new Clearances(await clearanceKeys(trusted.keys)), new Approvals());
  const states = await readStates(notes, anchors, trusted, findings);
  for (const anchor of anchors) findings.push(...(await cosigningFaults(anchor, witnesses)));
  const walk = new Walk(rows(), (row) => contents.look(row));
  await walk.run(states);
  if (!contents.clearances.isEmpty) await contents.lookAgain(readExport(file));
  return {
    size: walk.entries.size,
    root: btoa(String.fromCharCode(...(await walk.entries.root()))),
    signed: walk.signed,
    clearances: contents.clearances.checked,
    statements: contents.approvals.checked,
    notChecked: contents.approvals.notChecked,
    findings: [...findings, ...walk.findings],
    contents: contents.findings(),
  };
}

/** Return the notes of an export by which one signing key hands over to the next, with their places. */
async function successionsIn(file) {
  const notes = [];
  for await (const { sequence, entry: bytes } of readExport(file)) {
    if (bytes === undefined || !startsWith(bytes, SIGNING_KEY)) continue;
    try {
      const { succession } = readEntry(bytes).members;
      if (typeof succession === "string") notes.push([sequence, succession]);
    } catch (fault) {
      if (!(fault instanceof NotVerified)) throw fault; // the reading that follows says so
    }
  }
  return notes;
}

function startsWith(bytes, beginning) {
  return beginning.every((byte, at) => bytes[at] === byte);
}

async function cosigningFaults(anchor, witnesses) {
  try {
    return (await findNotCosigned(anchor, witnesses)).map((fault) => `all entries: ${fault}`);
  } catch (fault) {
    if (!(fault instanceof NotVerified)) throw fault;
    return []; // it is no checkpoint, which is a finding already
  }
}

/** What the entries say, beyond their hashes. */
class Contents {
  #findings = [];
  #left = 0;

  constructor(clearances, approvals) {
    this.clearances = clearances;
    this.approvals = approvals;
  }

  async look({ sequence, entry: bytes }) {
    const entry = this.#read(sequence, bytes);
    if (entry === null) return;
    try {
      for (const fault of await this.clearances.check(sequence, entry)) this.#add(sequence, fault);
      for (const fault of await this.approvals.check(sequence, entry)) this.#add(sequence, fault);
    } catch (fault) {
      if (!(fault instanceof TypeError)) throw fault;
      this.#add(sequence, "it has not the form of its kind"); // what was tampered with can lack any member
    }
  }

  async lookAgain(lines) {
    for await (const { sequence, entry: bytes } of lines) {
      if (bytes === undefined) continue;
      let entry;
      try {
        entry = readEntry(bytes);
      } catch (fault) {
        if (!(fault instanceof NotVerified)) throw fault;
        continue; // the first reading has said so
      }
      for (const [place, fault] of this.clearances.rest(sequence, entry)) this.#add(place, fault);
    }
    for (const [place, fault] of this.clearances.restingOnNothing()) this.#add(place, fault);
  }

  findings() {
    return this.#left === 0 ? this.#findings : [...this.#findings, `${this.#left} more findings are left out`];
  }

  #read(sequence, bytes) {
    try {
      return readEntry(bytes);
    } catch (fault) {
      if (!(fault instanceof NotVerified)) throw fault;
      this.#add(sequence, `what it records cannot be read: ${fault.message}`);
      return null;
    }
  }

  #add(sequence, fault) {
    if (this.#findings.length < MAX_CONTENT_FINDINGS) this.#findings.push(`entry ${sequence}: ${fault}`);
    else this.#left += 1;
  }
}

function summaryOf(verdict, anchors) {
  const findings = [...verdict.findings, ...verdict.contents];
  if (findings.length > 0) return [...findings, `TAMPERED WITH: ${findings.length} findings`];
  return [
    `intact: ${verdict.size} entries, ${verdict.signed} of them under a signed checkpoint`,
    `root: ${verdict.root}`,
    ...(verdict.notChecked === null ? [] : [`NOT WHOLLY CHECKED: ${verdict.notChecked}; \`channelgate log verify\` checks them`]),
    `checked: ${verdict.clearances} clearances, ${verdict.statements} statements of officers`,
    ...(anchors.length > 0
      ? []
      : ["no anchor was given: that nothing was cut off the end, or rewritten with the key, is not shown"]),
  ];
}

/** Return the proof in a file, or null if it is an export. */
async function proofIn(file) {
  for await (const line of linesOf(file)) {
    if (line.startsWith('{"format"')) return null;
    break;
  }
  let proof = {};
  try {
    proof = parsed(await readFile(file, "utf8"), "the file");
  } catch (fault) {
    if (!(fault instanceof Unreadable)) throw fault; // lines that are no export are no object either
  }
  if ("inclusion_proof" in proof || "consistency_proof" in proof) return proof;
  throw new Unreadable(
    `${file} is neither an export nor a proof: \`channelgate log export --format bytes\` writes the one, \`channelgate log prove\` the other`,
  );
}

async function readAll(words) {
  const several = { type: "string", multiple: true };
  const options = { key: several, anchor: several, "witness-key": several, json: { type: "boolean" } };
  const { values, positionals } = parseArgs({ args: words, options, allowPositionals: true });
  if (positionals.length !== 1 || values.key === undefined) throw new TypeError("name one export, and --key");
  const readKeys = async (files, parse) =>
    (await Promise.all(files.map((file) => keysIn(file, parse)))).flat();
  const keys = await readKeys(values.key, (text) => parseKeys(text));
  const witnesses = await readKeys(values["witness-key"] ?? [], parseWitnessKeys);
  if (witnesses.length > 0 && values.anchor === undefined) throw new TypeError("name with --anchor what witnesses cosigned");
  const anchors = await Promise.all((values.anchor ?? []).map((file) => readFile(file, "utf8")));
  return { file: positionals[0], proof: await proofIn(positionals[0]), keys, anchors, witnesses, json: values.json === true };
}

/** What is printed, without what would steer a terminal: entries can hold anything, and are quoted. */
function plain(text) {
  return text.replace(/[^\P{C}\n]/gu, "?");
}

async function keysIn(file, parse) {
  const text = await readFile(file, "utf8");
  try {
    return await parse(text);
  } catch (fault) {
    if (!(fault instanceof NotVerified)) throw fault;
    throw new Unreadable(`${file}: ${fault.message}`);
  }
}

async function run(words) {
  if (words.includes("--help")) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  let given;
  try {
    given = await readAll(words);
  } catch (fault) {
    const usage = fault instanceof TypeError ? `\n${USAGE}` : "";
    process.stderr.write(`cannot be read: ${fault.message.split(". To specify")[0]}${usage}\n`);
    return 2;
  }
  try {
    if (given.proof !== null) {
      process.stdout.write(plain(`verified: ${sentenceOf(await verify(given.proof, given.keys))}\n`));
      return 0;
    }
    const verdict = await verifyExport(given.file, given.keys, given.anchors, given.witnesses);
    const lines = given.json ? [JSON.stringify(verdict)] : summaryOf(verdict, given.anchors);
    process.stdout.write(`${lines.map((line) => plain(line).replaceAll("\n", "?")).join("\n")}\n`);
    return verdict.findings.length + verdict.contents.length > 0 ? 1 : verdict.notChecked === null ? 0 : 2;
  } catch (fault) {
    if (fault instanceof NotVerified) {
      process.stdout.write(plain(`NOT VERIFIED: ${fault.message}\n`));
      return 1;
    }
    if (!(fault instanceof Unreadable) && fault.code === undefined) throw fault;
    process.stderr.write(`cannot be read: ${fault.message}\n`);
    return 2;
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = await run(process.argv.slice(2));
}
