// The client: calls the service by `fetch`.

import { ClientFailure, NoAnswer, NotUnderstood, ProblemAnswer } from "./failures.js";
import { Calls, type Problem } from "./generated.js";
import type { Given, Operation, Value } from "./operations.js";
import { type Outcome, type Retries, USUAL_RETRIES, lossOf, pauseBefore, retryAfterOf } from "./retries.js";

const JSON_TYPE = "application/json";
const PROBLEM_TYPE = "application/problem+json";
const KEY = "Idempotency-Key";

/** An answer of more bytes is none of the service. */
const MOST_BYTES = 64 * 1024 * 1024;

export interface ClientOptions {
  /** An API key or a token. */
  readonly credential?: string;
  /** How many milliseconds a call may take, with all its attempts. */
  readonly timeoutMs?: number;
  readonly retries?: Retries;
  /** What is called in the place of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
}

interface Received {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Calls a service. */
export class Client extends Calls {
  readonly #baseUrl: string;
  readonly #credential: string | undefined;
  readonly #timeoutMs: number;
  readonly #retries: Retries;
  readonly #fetch: typeof globalThis.fetch;

  constructor(baseUrl: string, options: ClientOptions = {}) {
    super();
    this.#baseUrl = baseUrl.replace(/\/+$/, "");
    this.#credential = options.credential;
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    this.#retries = options.retries ?? USUAL_RETRIES;
    this.#fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
  }

  protected override async call<T>(operation: Operation, given: Given): Promise<T> {
    const until = Date.now() + this.#timeoutMs;
    const headers = this.#headersOf(given);
    const repeatable = operation.method === "GET" || headers.has(KEY);
    const address = this.#addressOf(operation, given);
    const body = given.body === undefined ? null : encodeBody(given.body);
    for (let attempt = 0; ; attempt++) {
      let received: Received | undefined;
      let outcome: Outcome;
      let lost: unknown;
      try {
        received = await this.#send(address, { method: operation.method, headers, body, redirect: "manual" }, until);
        outcome = received.status;
      } catch (error) {
        if (error instanceof ClientFailure) throw error;
        lost = error;
        outcome = lossOf(error);
      }
      const retryAfter = received && retryAfterOf(received.headers);
      const pause = pauseBefore(this.#retries, attempt, outcome, retryAfter, repeatable, until - Date.now());
      if (pause !== undefined) {
        await new Promise((resolve) => setTimeout(resolve, pause));
      } else if (received === undefined) {
        throw new NoAnswer(`${operation.name} had no answer: ${String(lost)}`, { cause: lost });
      } else {
        return readAnswer<T>(operation, received);
      }
    }
  }

  #headersOf(given: Given): Headers {
    const headers = new Headers({ Accept: `${JSON_TYPE}, ${PROBLEM_TYPE}, */*;q=0.1` });
    for (const [name, value] of stated(given.header)) headers.set(name, value);
    if (given.header && KEY in given.header && !headers.has(KEY)) headers.set(KEY, crypto.randomUUID());
    if (given.body !== undefined) headers.set("Content-Type", JSON_TYPE);
    if (this.#credential !== undefined) headers.set("Authorization", `Bearer ${this.#credential}`);
    return headers;
  }

  #addressOf(operation: Operation, given: Given): string {
    const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = given.path?.[name];
      if (value === undefined || value === null) throw new TypeError(`${operation.name} needs ${name}`);
      return encodeURIComponent(String(value));
    });
    const query = new URLSearchParams(stated(given.query).filter(([, value]) => value !== "false"));
    return this.#baseUrl + path + (query.size ? `?${query}` : "");
  }

  async #send(address: string, request: RequestInit, until: number): Promise<Received> {
    const signal = AbortSignal.timeout(Math.max(1, until - Date.now()));
    const response = await this.#fetch(address, { ...request, signal });
    return { status: response.status, headers: response.headers, text: await textOf(response) };
  }
}

/** The text of an answer, which is given up once it is longer than any of the service. */
async function textOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let [text, length] = ["", 0];
  for (let part = await reader?.read(); reader && part && !part.done; part = await reader.read()) {
    length += part.value.byteLength;
    if (length > MOST_BYTES) {
      await reader.cancel();
      throw new NotUnderstood(`the answer has more than ${MOST_BYTES} bytes`);
    }
    text += decoder.decode(part.value, { stream: true });
  }
  return text + decoder.decode();
}

/** The bytes of a body; bytes stay as they are, so that they can be compared with what is recorded. */
export function encodeBody(body: unknown): Uint8Array<ArrayBuffer> {
  return body instanceof Uint8Array ? new Uint8Array(body) : new TextEncoder().encode(JSON.stringify(body));
}

function stated(values: Readonly<Record<string, Value>> | undefined): [string, string][] {
  const entries = Object.entries(values ?? {});
  return entries.flatMap(([name, value]) => (value === undefined || value === null ? [] : [[name, String(value)]]));
}

function readAnswer<T>(operation: Operation, received: Received): T {
  const mediaType = received.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  const kind = operation.answers[received.status];
  if (kind === undefined) throw problemIn(received, mediaType);
  if (kind === "text") return received.text as T;
  if (mediaType !== JSON_TYPE) {
    throw new NotUnderstood(`the answer to ${operation.name} is ${mediaType || "of no media type"}, not ${JSON_TYPE}`);
  }
  return parse(received.text) as T;
}

function problemIn(received: Received, mediaType: string): ClientFailure {
  if (mediaType === PROBLEM_TYPE) {
    const problem = parse(received.text) as Partial<Problem> | null;
    const hasFaults = problem?.errors == null || (Array.isArray(problem.errors) && problem.errors.every(isObject));
    if (typeof problem?.title === "string" && typeof problem.detail === "string" && hasFaults) return new ProblemAnswer(problem as Problem);
  }
  return new NotUnderstood(`status ${received.status} with ${mediaType || "no media type"} is no answer of the service`);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new NotUnderstood(`an answer is not in JSON: ${String(error)}`, { cause: error });
  }
}
