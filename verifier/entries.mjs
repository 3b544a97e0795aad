/* The bytes of an entry of the log: a line of JSON, then the payloads whose lengths it announces. */

import core from "./verify.js";

const { refuse } = core;

const text = new TextDecoder("utf-8", { fatal: true });

/** Return an entry: kind, key, time, the other members of its line, and the bytes of each payload. */
export function readEntry(bytes) {
  const end = bytes.indexOf(10);
  if (end < 0) refuse("it has no first line that says what it is");
  const { kind, key, at, payloads: lengths, ...members } = asObject(bytes.subarray(0, end), "its first line");
  if (![kind, key, at].every((member) => typeof member === "string")) refuse("its first line lacks its kind, key or time");
  if (!isObject(lengths)) refuse("its first line announces no payloads");
  const payloads = new Map();
  let start = end + 1;
  for (const [name, length] of Object.entries(lengths)) {
    if (!Number.isSafeInteger(length) || length < 0) refuse("its first line announces a payload without a length");
    // Names that are numbers come first here, and elsewhere where they stand: one entry would be read in two ways.
    if (/^[0-9]+$/.test(name)) refuse("its first line names a payload by a number");
    payloads.set(name, bytes.subarray(start, start + length));
    start += length;
  }
  if (start !== bytes.length) refuse("its payloads are not as long as its first line announces");
  return { kind, key, at, members, payloads };
}

/** Return the value of a payload of JSON. */
export function payloadOf(entry, name) {
  if (!entry.payloads.has(name)) refuse(`it has no payload ${name}`);
  return parsed(entry.payloads.get(name), `its payload ${name}`);
}

export function isObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

export function asText(value, what) {
  return typeof value === "string" ? value : refuse(`${what} is no text`);
}

function asObject(bytes, what) {
  const value = parsed(bytes, what);
  return isObject(value) ? value : refuse(`${what} is no JSON object`);
}

function parsed(bytes, what) {
  try {
    return JSON.parse(text.decode(bytes));
  } catch {
    return refuse(`${what} is no JSON`);
  }
}
