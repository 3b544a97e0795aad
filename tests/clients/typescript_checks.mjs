// The TypeScript client as its users have it, compiled: against a running service, and without one.
// Run by `node --test`; the environment names the compiled client, the service, and a request for each outcome.

import assert from "node:assert/strict";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const { Client, Gate, NoAnswer, NotHandedOver, NotUnderstood, ProblemAnswer } = await import(
  pathToFileURL(process.env.CLIENT).href
);
const REQUESTS = JSON.parse(process.env.REQUESTS);
const OTHER_OUTCOMES = Object.keys(REQUESTS).filter((outcome) => outcome !== "deliver");
const AT_ONCE = { most: 3, firstPauseMs: 0, longestPauseMs: 1000 };
const served = new Client(process.env.URL, { credential: process.env.KEY, timeoutMs: 60_000 });

test("an answer is read, and read again", async () => {
  const decision = await served.preCheck(REQUESTS.deliver);
  assert.equal(decision.outcome, "deliver");
  assert.deepEqual((await served.readDecision(decision.decision_id)).lines, decision.lines);
  assert.match(await served.readCheckpoint(), /^channelgate\n/);
});

test("a call that records has a key, and a dry run records nothing", async () => {
  const decision = await served.preCheck(REQUESTS.deliver);
  const tried = await served.postClearance({ decision_id: decision.decision_id }, { dryRun: true });
  assert.equal(tried.dry_run, true);
  const issued = await served.postClearance({ decision_id: decision.decision_id }, { idempotencyKey: "from-node" });
  const again = await served.postClearance({ decision_id: decision.decision_id }, { idempotencyKey: "from-node" });
  assert.equal(again.clearance_id, issued.clearance_id);
});

test("a problem is thrown with its places", async () => {
  await assert.rejects(served.preCheck({ ...REQUESTS.deliver, trigger: "x" }), (error) => {
    assert.ok(error instanceof ProblemAnswer);
    assert.match(error.message, /^400 .*\n\/trigger: /);
    return true;
  });
});

for (const outcome of OTHER_OUTCOMES) {
  test(`nothing is handed over by ${outcome}, and there is a sentence to say`, async () => {
    const handed = [];
    const handOver = new Gate(served).before(() => REQUESTS[outcome], (item) => handed.push(item));
    await assert.rejects(handOver("a drawing"), (error) => {
      assert.ok(error instanceof NotHandedOver);
      assert.equal(error.decision.outcome, outcome);
      assert.equal(error.sentence, error.decision.say);
      return true;
    });
    assert.deepEqual(handed, []);
  });
}

test("lines have the marks that the request gives them, or their places", async () => {
  const [{ line, ...unmarked }] = REQUESTS.deliver.items;
  for (const items of [[unmarked], [unmarked, unmarked], [{ ...unmarked, line: "A\u0308" }], [{ ...unmarked, line: 7 }, unmarked]]) {
    assert.equal((await new Gate(served).ask({ ...REQUESTS.deliver, items })).outcome, "deliver");
  }
});

test("what is permitted is handed over", async () => {
  const handOver = new Gate(served).before(() => REQUESTS.deliver, (item) => `${item}, handed over`);
  assert.equal(await handOver("a drawing"), "a drawing, handed over");
});

// -- without a service ----------------------------------------------------------------------------------------

const permitting = await served.preCheck(REQUESTS.deliver);

function json(status, value, headers = {}) {
  return () => new Response(JSON.stringify(value), { status, headers: { "Content-Type": "application/json", ...headers } });
}

function failing(code) {
  return () => {
    throw new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) });
  };
}

/** The answer as it was given, or will be, to the same request then: what is left in a cache. */
function ofAnotherDay(days) {
  const moved = (time) => new Date(Date.parse(time) + days * 24 * 60 * 60 * 1000).toISOString();
  const [as_of, valid_until] = [permitting.as_of, permitting.valid_until].map((day) => moved(day).slice(0, 10));
  return { ...permitting, evaluated_at: moved(permitting.evaluated_at), as_of, valid_until };
}

/** A body without an end. */
function endless() {
  return new Response(new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(1024 * 1024).fill(32)) }), {
    headers: { "Content-Type": "application/json" },
  });
}

function problem(errors) {
  const value = { type: "about:blank", title: "t", status: 400, detail: "d", errors };
  return () => new Response(JSON.stringify(value), { status: 400, headers: { "Content-Type": "application/problem+json" } });
}

const line = permitting.lines[0];
const WITHOUT_PERMISSION = {
  unreachable: failing("ECONNREFUSED"),
  "cut off": failing("UND_ERR_SOCKET"),
  "a timeout": () => { throw new DOMException("the time was up", "TimeoutError"); },
  "an empty answer": () => new Response("", { headers: { "Content-Type": "application/json" } }),
  "null": json(200, null),
  "a list": json(200, []),
  "a page": () => new Response("deliver", { headers: { "Content-Type": "text/html" } }),
  "a redirect": () => new Response(null, { status: 302, headers: { Location: "/elsewhere" } }),
  "a failure": json(500, permitting),
  "created": json(201, permitting),
  "busy": json(503, {}, { "Retry-After": "0" }),
  "another request": json(200, { ...permitting, request_id: "another" }),
  "another line": json(200, { ...permitting, lines: [{ ...line, line: 2 }] }),
  "a line less": json(200, { ...permitting, lines: [] }),
  "lines that are none": json(200, { ...permitting, lines: [null] }),
  "a line refused": json(200, { ...permitting, lines: [{ ...line, outcome: "refuse" }] }),
  "a line not decided": json(200, { ...permitting, lines: [{ ...line, handover_as_asked: "not_decided" }] }),
  "an outcome that is not known": json(200, { ...permitting, outcome: "delivers" }),
  "an outcome that is null": json(200, { ...permitting, outcome: null }),
  "not as asked": json(200, { ...permitting, handover_as_asked: "no" }),
  "another day": json(200, { ...permitting, as_of: "1965-03-01" }),
  "yesterday": json(200, ofAnotherDay(-1)),
  "next year": json(200, ofAnotherDay(365)),
  "no time": json(200, { ...permitting, evaluated_at: null }),
  "an endless answer": endless,
  "a problem with a fault that is none": problem([null]),
  "a problem with faults that are no list": problem("all"),
  "no day": json(200, { ...permitting, as_of: null }),
  "ended": json(200, { ...permitting, valid_until: "1965-03-01" }),
};

for (const [name, answer] of Object.entries(WITHOUT_PERMISSION)) {
  test(`nothing is handed over: ${name}`, async () => {
    const handed = [];
    const client = new Client("http://service", { fetch: async () => answer(), retries: AT_ONCE });
    const handOver = new Gate(client).before(() => REQUESTS.deliver, (item) => handed.push(item));
    await assert.rejects(handOver("a drawing"), (error) => error instanceof NotHandedOver && error.sentence.length > 0);
    assert.deepEqual(handed, []);
  });
}

test("the answer that is altered there does permit", async () => {
  const client = new Client("http://service", { fetch: async () => json(200, permitting)() });
  assert.equal((await new Gate(client).ask(REQUESTS.deliver)).outcome, "deliver");
});

const comeBack = json(503, {}, { "Retry-After": "0" });
const busy = json(503, {});
const CALLS = {
  reading: (client) => client.readPolicies(),
  asking: (client) => client.preCheck({}),
  recording: (client) => client.postClearance({ decision_id: "d" }),
};
const ATTEMPTS = [
  [comeBack, { reading: 4, asking: 4, recording: 4 }],
  [busy, { reading: 4, asking: 1, recording: 4 }],
  [json(502, {}), { reading: 4, asking: 1, recording: 4 }],
  [json(500, {}), { reading: 1, asking: 1, recording: 1 }],
  [json(503, {}, { "Retry-After": "3600" }), { reading: 1, asking: 1, recording: 1 }],
  [failing("UND_ERR_SOCKET"), { reading: 4, asking: 1, recording: 4 }],
  [failing("ECONNREFUSED"), { reading: 4, asking: 4, recording: 4 }],
];

test("only what is safe is sent again, under one key", async () => {
  for (const [answer, times] of ATTEMPTS) {
    for (const [name, call] of Object.entries(CALLS)) {
      const keys = [];
      const fetch = async (_, request) => {
        keys.push(request.headers.get("idempotency-key"));
        return answer();
      };
      const client = new Client("http://service", { fetch, retries: AT_ONCE });
      await assert.rejects(call(client), (error) => error instanceof NoAnswer || error instanceof NotUnderstood);
      assert.equal(keys.length, times[name], name);
      assert.equal(new Set(keys).size, 1);
    }
  }
});
