// What a call is rejected with. None of these is a decision: whoever catches one hands nothing over.

import type { Problem } from "./generated.js";

/** A call did not bring the answer that it was made for. */
export class ClientFailure extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The service was not reached, or did not answer in time; whether it recorded anything is not known. */
export class NoAnswer extends ClientFailure {}

/** What came back is no answer of the service. */
export class NotUnderstood extends ClientFailure {}

/** The service answered with a problem (RFC 9457). */
export class ProblemAnswer extends ClientFailure {
  readonly problem: Problem;

  constructor(problem: Problem) {
    const faults = (problem.errors ?? []).map((fault) => `${fault.pointer ?? fault.parameter ?? "body"}: ${fault.detail}`);
    super([`${problem.status} ${problem.title} ${problem.detail}`, ...faults].join("\n"));
    this.problem = problem;
  }
}
