// Ask before a handover: a gate is passed by an answer `deliver`, and by nothing else.

import type { Client } from "./client.js";
import { encodeBody } from "./client.js";
import { ClientFailure } from "./failures.js";
import type { AnsweredDecision } from "./generated.js";
import type { JsonObject } from "./operations.js";

export const SAY_WITHOUT_ANSWER =
  "We cannot hand this over now, since we could not find out whether we may. Please wait until we have an answer.";

const DAY_MS = 24 * 60 * 60 * 1000;

/** An answer that is older by the clock here, as one from a cache is, or that is from later on, permits nothing. */
const CLOCK_TOLERANCE_MS = 5 * 60 * 1000;

/** Nothing may be handed over: `sentence` is what to say aloud; `decision` is the answer that does not permit it. */
export class NotHandedOver extends Error {
  override name = "NotHandedOver";
  readonly sentence: string;
  readonly decision: AnsweredDecision | undefined;

  constructor(reason: string, sentence: string, decision?: AnsweredDecision, options?: ErrorOptions) {
    super(`not handed over: ${reason}`, options);
    this.sentence = sentence;
    this.decision = decision;
  }
}

/** Asks by a client. No answer, a late one, one to another request, any other outcome: each is a `NotHandedOver`. */
export class Gate {
  readonly #client: Client;
  readonly #say: string;

  constructor(client: Client, sayWithoutAnswer: string = SAY_WITHOUT_ANSWER) {
    this.#client = client;
    this.#say = sayWithoutAnswer;
  }

  /** The decision that permits the handover. */
  async ask(request: JsonObject): Promise<AnsweredDecision> {
    const sent = encodeBody(request);
    let decision: AnsweredDecision;
    try {
      decision = await this.#client.preCheck(sent);
    } catch (failure) {
      if (!(failure instanceof ClientFailure)) throw failure;
      throw new NotHandedOver(failure.message, this.#say, undefined, { cause: failure });
    }
    return this.#required(decision, JSON.parse(new TextDecoder().decode(sent)) as JsonObject);
  }

  /** The function, run once its handover is permitted; `requestOf` makes the request of what it is called with. */
  before<A extends unknown[], T>(
    requestOf: (...args: NoInfer<A>) => JsonObject,
    handOver: (...args: A) => T | Promise<T>,
  ): (...args: A) => Promise<T> {
    return async (...args) => {
      await this.ask(requestOf(...args));
      return handOver(...args);
    };
  }

  /** What came over the wire has the type of a decision by its word alone: each member that counts is looked at. */
  #required(decision: AnsweredDecision, request: JsonObject): AnsweredDecision {
    const lines: unknown = decision?.lines;
    const items: unknown = request["items"];
    if (
      !Array.isArray(lines) ||
      !Array.isArray(items) ||
      lines.length !== items.length ||
      lines.length === 0 ||
      decision.request_id !== normal(request["request_id"]) ||
      !items.every((item: JsonObject, place) => markOf(item, place) === (lines[place] as JsonObject | null)?.["line"])
    ) {
      throw new NotHandedOver("the answer is about another request", this.#say);
    }
    if (![decision, ...lines].every(permits)) {
      const isDecided = typeof decision.say === "string" && decision.outcome !== "deliver";
      throw new NotHandedOver(`the outcome is ${decision.outcome}`, isDecided ? decision.say : this.#say, decision);
    }
    const isOfNow = Math.abs(Date.parse(decision.evaluated_at) - Date.now()) <= CLOCK_TOLERANCE_MS;
    if (!isOfNow) {
      throw new NotHandedOver(`the answer is of ${decision.evaluated_at}, and by the clock here not of now`, this.#say);
    }
    const today = Date.parse(`${String(decision.evaluated_at).slice(0, 10)}T00:00:00Z`);
    const asOf = Date.parse(`${decision.as_of}T00:00:00Z`);
    const isToday = Math.abs(asOf - today) <= DAY_MS && Date.parse(`${decision.valid_until}T00:00:00Z`) >= asOf;
    if (!isToday) throw new NotHandedOver(`the answer is about ${decision.as_of}, and not about today`, this.#say);
    return decision;
  }
}

function permits(part: { readonly outcome: unknown; readonly handover_as_asked: unknown } | null): boolean {
  return part?.outcome === "deliver" && part.handover_as_asked === "yes";
}

/** The mark of a line: as stated, else its place in the list, counted from 1. */
function markOf(item: JsonObject, place: number): unknown {
  return normal(item["line"] ?? place + 1);
}

/** A text in the form in which the service takes it, so that two that read the same are the same. */
function normal(mark: unknown): unknown {
  return typeof mark === "string" ? mark.normalize("NFC") : mark;
}
