export { Client, type ClientOptions, encodeBody } from "./client.js";
export { ClientFailure, NoAnswer, NotUnderstood, ProblemAnswer } from "./failures.js";
export { Gate, NotHandedOver, SAY_WITHOUT_ANSWER } from "./gate.js";
export type * from "./generated.js";
export type { JsonObject } from "./operations.js";
export { type Retries, USUAL_RETRIES } from "./retries.js";
