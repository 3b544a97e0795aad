// Answers questions about exported logs, a line each way, until its input ends.

import { createInterface } from "node:readline";

import core from "../../verifier/verify.js";
import { Unreadable, verifyExport } from "../../verifier/verify.mjs";

for await (const line of createInterface({ input: process.stdin })) {
  const { file, key, anchors } = JSON.parse(line);
  let answer;
  try {
    answer = await verifyExport(file, await core.parseKeys(key), anchors);
  } catch (fault) {
    if (!(fault instanceof Unreadable)) throw fault;
    answer = { unreadable: fault.message };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
